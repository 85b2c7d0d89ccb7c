"""Two services on one PostgreSQL: each mail once, and either may die."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from post_office import letter
from servers.waiting import wait_until
from triage_process import TriageRun

from triage.mailbox.status import Phase
from triage.register.tables import Lease

if TYPE_CHECKING:
    from collections.abc import Callable

    from agency import Agency
    from post_office import PostOffice

    from triage.service import Service


@pytest.fixture
def agency(
    office: PostOffice, postgresql_store: str, found_agency: Callable[[PostOffice, str], Agency]
) -> Agency:
    return found_agency(office, postgresql_store)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for the other's lease all the time instead of every ten seconds."""
    monkeypatch.setattr("triage.mailbox.watcher.LEASE_SECONDS", 0.02)


def phases(*services: Service) -> list[Phase]:
    return [watcher.status.phase for service in services for watcher in service._watchers]


def test_one_watches_and_both_work_and_each_mail_is_handled_once(agency: Agency):
    office = agency.office
    people = [office.open("person") for _ in range(30)]
    with agency.running("one") as one, agency.running("two", watched=False) as two:
        wait_until(lambda: Phase.STANDBY in phases(one, two), "the second standing by")
        office.send(*(letter(person, agency.mailbox, f"Klacht {person}") for person in people))
        wait_until(lambda: len(agency.entries()) == 30 and agency.is_idle(), "all handled")
        assert sorted(phases(one, two)) == [Phase.STANDBY, Phase.WATCHING]
    assert len(agency.cases()) == 30
    assert [len(office.inbox(person)) for person in people] == [1] * 30


def test_when_one_is_stopped_the_other_takes_over_at_once(agency: Agency):
    office = agency.office
    with agency.running("two", watched=False) as two:
        with agency.running("one", watched=False) as one:
            wait_until(lambda: set(phases(one, two)) == {Phase.WATCHING, Phase.STANDBY})
        jan = office.open("jan")
        wait_until(lambda: phases(two) == [Phase.WATCHING], "the takeover")
        office.send(letter(jan, agency.mailbox))
        office.answer(jan)


def test_when_one_is_killed_the_other_takes_over_after_the_lease(agency: Agency):
    office = agency.office
    jan, eva = office.open("jan"), office.open("eva")
    with TriageRun(agency.config) as killed:
        wait_until(agency.is_watched, "the first scan")
        office.send(letter(jan, agency.mailbox))
        office.answer(jan)
        with agency.running("two", watched=False) as two:
            wait_until(lambda: phases(two) == [Phase.STANDBY], "the second standing by")
            killed.kill()
            office.send(letter(eva, agency.mailbox))
            agency.clock.forward(timedelta(minutes=1))
            office.answer(eva)
    assert len(office.inbox(jan)) == 1
    assert len(agency.cases()) == 2


def test_the_leases_are_given_up_at_the_end(agency: Agency):
    with agency.running("one"):
        assert {lease.holder for lease in agency.rows(Lease)} == {"one"}
    assert agency.rows(Lease) == []
