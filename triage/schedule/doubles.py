"""Open cases that may be one: the same dossier, or the same sender without a dossier number."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlmodel import col, select

from triage.masking import mask
from triage.register.states import CaseState
from triage.register.tables import Case, CaseDossier, Contact
from triage.schedule.rows import Double

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlmodel import Session

_REPRESENTATIVE = 5
"""More open cases of one address than this are somebody's who writes for others."""


def doubles(session: Session) -> Iterator[Double]:
    """Yield open cases of one kind about one dossier, or of one address when one names none.

    They are of one policy, because others cannot be merged (`case_commands.merge`).
    """
    dossiers = session.exec(
        select(CaseDossier.dossier_number, Case.policy, Case.kind, Case.number)
        .join(Case, col(Case.number) == col(CaseDossier.case_number))
        .where(Case.state == CaseState.OPEN)
        .order_by(col(Case.received_at), col(Case.number))
    ).all()
    addresses = session.exec(
        select(Contact.address, Case.policy, Case.kind, Case.number)
        .join(Case, col(Case.number) == col(Contact.case_number))
        .where(Case.state == CaseState.OPEN)
        .order_by(col(Case.received_at), col(Case.number))
    ).all()
    named = {number for *_, number in dossiers}
    told: set[tuple[str, ...]] = set()
    for shared, numbers in _grouped(dossiers):
        told.add(numbers)
        yield Double(numbers, f"dossier {mask(shared)}")
    for shared, numbers in _grouped(addresses):
        few = len(numbers) <= _REPRESENTATIVE
        if numbers not in told and few and not named.issuperset(numbers):
            told.add(numbers)
            yield Double(numbers, f"sender {mask(shared)}")


def _grouped(
    rows: Iterable[tuple[str, str, object, str]],
) -> Iterator[tuple[str, tuple[str, ...]]]:
    groups: dict[tuple[str, str, object], list[str]] = defaultdict(list)
    for shared, policy, kind, number in rows:
        groups[shared, policy, kind].append(number)
    for (shared, *_), numbers in groups.items():
        if len(numbers) > 1:
            yield shared, tuple(numbers)
