"""One holder at a time, and either machine can die."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest

from triage.register.leases import acquire, release

TERM = timedelta(seconds=60)


@pytest.fixture
def hold(register):
    def hold(holder, name="scheduler"):
        with register.transaction() as session:
            return acquire(session, name, holder, now=register.clock.now(), term=TERM)

    return hold


def test_a_free_lease_is_taken(hold):
    assert hold("a")


def test_a_held_lease_is_refused_to_others(hold):
    hold("a")
    assert not hold("b")


def test_its_holder_renews_it(hold, clock):
    hold("a")
    clock.advance(seconds=50)
    assert hold("a")
    clock.advance(seconds=50)
    assert not hold("b")


def test_an_expired_lease_goes_to_whoever_asks_next(hold, clock):
    hold("a")
    clock.time += TERM
    assert hold("b")
    assert not hold("a")


def test_leases_are_apart_by_name(hold):
    assert hold("a", "mailbox one")
    assert hold("b", "mailbox two")


def test_a_released_lease_is_free(hold, register):
    hold("a")
    with register.transaction() as session:
        release(session, "scheduler", "a")
    assert hold("b")


def test_nobody_releases_anothers_lease(hold, register):
    hold("a")
    with register.transaction() as session:
        release(session, "scheduler", "b")
    assert not hold("b")


def test_of_many_that_ask_at_once_one_holds_it(hold):
    start = Barrier(5)
    answers = []

    def ask(holder):
        start.wait()
        answers.append(hold(holder))

    threads = [Thread(target=ask, args=(str(number),)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False, False, False, False, True]
