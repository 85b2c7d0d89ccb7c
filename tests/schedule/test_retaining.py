"""Nothing is forgotten unless the settings say after how many months."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from schedule_samples import NOW, at, plan, store_case
from sqlmodel import select

from triage.register.cases import case_of
from triage.register.states import CaseState
from triage.register.tables import Event
from triage.schedule.retaining import forget, months_before

if TYPE_CHECKING:
    from triage.register.database import Register


def forgotten(register: Register) -> set[str | None]:
    with register.reading() as session:
        wanted = select(Event.case_number).where(Event.code == "forgotten")
        return set(session.exec(wanted))


@pytest.fixture
def settled(register: Register) -> None:
    for number, day in (("NL25-00001", "2025-03-03"), ("NL25-00002", "2025-03-05")):
        store_case(register, number)
        with register.transaction() as session:
            case = case_of(session, number)
            case.state, case.settled_at = CaseState.SETTLED, at(f"{day} 09:00")


@pytest.mark.usefixtures("settled")
def test_by_default_everything_is_kept(register: Register) -> None:
    assert forget(register, plan(), NOW) == 0
    assert forgotten(register) == set()


@pytest.mark.usefixtures("settled")
def test_what_was_settled_longer_ago_is_forgotten(register: Register) -> None:
    for _ in range(2):
        forget(register, plan(retention={"months": 12}), NOW)
    assert forgotten(register) == {"NL25-00001"}


@pytest.mark.parametrize(
    ("moment", "months", "expected"),
    [
        ("2026-03-31 09:00", 1, "2026-02-28 09:00"),
        ("2028-03-31 09:00", 1, "2028-02-29 09:00"),
        ("2026-01-15 09:00", 1, "2025-12-15 09:00"),
        ("2026-12-15 09:00", 12, "2025-12-15 09:00"),
        ("2026-06-30 09:00", 18, "2024-12-30 09:00"),
    ],
)
def test_months_are_counted_by_the_calendar(moment: str, months: int, expected: str) -> None:
    assert months_before(at(moment), months) == at(expected)
