"""The clock: one process at a time, late runs caught up, faults told and survived."""

from __future__ import annotations

import threading
from datetime import time, timedelta
from typing import TYPE_CHECKING

import pytest
from schedule_samples import ANNA, NOW, PLAN_PARTS, at, outbox, store_case

from triage.errors import RegisterUnavailable
from triage.register.leases import acquire
from triage.schedule.jobs import Job
from triage.schedule.ticker import LEASE, LEASE_TERM, Ticker

if TYPE_CHECKING:
    from datetime import datetime

    from schedule_samples import SetClock

    from triage.register.database import Register
    from triage.schedule.plan import Plan

HOUR = timedelta(hours=1)
WAIT = 20


def ticker(register: Register, clock: SetClock, worker: str = "one", *more: Job) -> Ticker:
    settings, policies, templates = PLAN_PARTS
    return Ticker(register, settings, policies, templates, clock, worker, more=more)


class Counted:
    """A job that says when it ran."""

    def __init__(self, error: Exception | None = None) -> None:
        self.times: list[datetime] = []
        self.ran = threading.Event()
        self._error = error

    def __call__(self, _register: Register, _plan: Plan, now: datetime) -> int:
        self.times.append(now)
        self.ran.set()
        if self._error is not None:
            raise self._error
        return 1


def test_only_the_process_that_holds_the_lease_works(register: Register, clock: SetClock) -> None:
    work = Counted()
    job = Job("work", work, HOUR)
    one, two = ticker(register, clock, "one", job), ticker(register, clock, "two", job)
    assert (one.run(job), two.run(job), one.run(job)) == (1, 0, 1)
    assert (one.status["work"].standby, two.status["work"].standby) == (False, True)


def test_another_process_takes_over_when_one_dies(register: Register, clock: SetClock) -> None:
    work = Counted()
    job = Job("work", work, HOUR)
    ticker(register, clock, "one", job).run(job)
    two = ticker(register, clock, "two", job)
    clock.time = NOW + LEASE_TERM - timedelta(seconds=1)
    assert two.run(job) == 0
    clock.time = NOW + LEASE_TERM
    assert two.run(job) == 1


def test_a_job_is_given_the_services_own_time(register: Register, clock: SetClock) -> None:
    work = Counted()
    job = Job("work", work, HOUR)
    ticker(register, clock, "one", job).run(job)
    assert work.times == [NOW]


def test_it_looks_at_once_when_it_starts_and_lets_go_when_it_stops(
    register: Register, clock: SetClock
) -> None:
    work = Counted()
    clocked = ticker(register, clock, "one", Job("work", work, HOUR, at=time(7, 30)))
    clocked.start()
    try:
        assert work.ran.wait(WAIT)
    finally:
        clocked.stop()
    with register.transaction() as session:
        assert acquire(session, LEASE, "two", now=NOW, term=LEASE_TERM)
    clocked.stop()


def test_what_fails_is_told_and_keeps_nothing_else_from_running(
    register: Register, clock: SetClock
) -> None:
    broken = Counted(ValueError("broken by 123456782"))
    work = Counted()
    clocked = ticker(register, clock, "one", Job("broken", broken, HOUR), Job("work", work, HOUR))
    clocked.start()
    try:
        assert broken.ran.wait(WAIT)
        assert work.ran.wait(WAIT)
    finally:
        clocked.stop()
    assert clocked.status["broken"].last_error == "ValueError: broken by *******82"
    assert clocked.status["work"].last_error == ""
    assert clocked.status["work"].last_run == NOW


def test_a_job_that_recovers_is_well_again(register: Register, clock: SetClock) -> None:
    work = Counted(RegisterUnavailable("The database cannot be used now"))
    job = Job("work", work, HOUR)
    clocked = ticker(register, clock, "one", job)
    with pytest.raises(RegisterUnavailable):
        clocked.run(job)
    work._error = None
    clocked.run(job)
    assert clocked.status["work"].last_error == ""


def test_a_start_in_the_middle_of_the_day_catches_up_the_mornings_digest(
    register: Register, clock: SetClock
) -> None:
    clock.time = at("2026-03-04 13:00")
    store_case(register, received=at("2026-02-18 09:00"), owner=ANNA)
    last = Counted()
    clocked = ticker(register, clock, "one", Job("last", last, HOUR))
    clocked.start()
    try:
        # Jobs follow one another in one thread: when the last has run, the others have.
        assert last.ran.wait(WAIT)
    finally:
        clocked.stop()
    assert len(outbox(register, "digest")) == 4
    assert [mail.recipient for mail in outbox(register, "chase")] == [ANNA]


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-03-04 06:29", "2026-03-04 06:30"),
        ("2026-03-06 06:29", "2026-03-06 06:30"),
        # Over the weekend in which summer time begins.
        ("2026-03-27 06:30", "2026-03-30 05:30"),
        ("2026-10-23 05:30", "2026-10-26 06:30"),
    ],
)
def test_the_set_time_is_met_from_monday_to_friday_in_local_time(
    register: Register, clock: SetClock, now: str, then: str
) -> None:
    job = Job("work", Counted(), timedelta(days=9), at=time(7, 30))
    trigger = ticker(register, clock, "one", job)._trigger(job)
    moment = at(now)
    assert min(
        each.get_next_fire_time(moment, moment + timedelta(seconds=1))
        for each in trigger.triggers
        if hasattr(each, "fields")
    ) == at(then)
