"""Each mail is processed by one worker; a mail that breaks delays no other."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from register_samples import START, handled, silent, take
from servers.waiting import wait_until
from sqlalchemy import text

from triage.errors import NotInRegister
from triage.register.apply import apply
from triage.register.database import locked
from triage.register.ledger import entry_of
from triage.register.states import EntryState
from triage.register.tables import LedgerEntry
from triage.register.tasks import open_tasks
from triage.register.worklist import (
    ATTEMPTS,
    CLAIM_HOLDS,
    ENDED_IN_HAND,
    claim_entries,
    count_entries,
    entries_in,
    fail_entry,
    give_back,
    note_end,
    oldest_waiting,
    pause_after,
    retry_entries,
    set_aside,
    void_claims,
)


def claim(register, worker="one", limit=10):
    with register.transaction() as session:
        found = claim_entries(session, worker, register.clock.now(), limit)
        return [entry.id for entry in found]


def fail(register, entry_id, error="broke"):
    with register.transaction() as session:
        fail_entry(session, entry_id, error, register.clock.now())


def entry(register, entry_id):
    with register.reading() as session:
        return entry_of(session, entry_id)


def test_mails_are_handed_out_by_the_time_the_server_received_them(register):
    late = take(register, 1, received_at=START + timedelta(hours=1))
    early = take(register, 2)
    assert claim(register) == [early, late]


def test_a_claimed_mail_is_not_handed_out_again(register):
    first, second = take(register, 1), take(register, 2)
    assert claim(register, "one", limit=1) == [first]
    assert claim(register, "two") == [second]
    assert claim(register, "three") == []


def test_workers_that_claim_at_the_same_moment_share_the_mails(register):
    entries = {take(register, uid) for uid in range(1, 41)}
    start = Barrier(4)
    claims = []

    def work(name):
        start.wait()
        while got := claim(register, name, limit=3):
            claims.extend(got)

    threads = [Thread(target=work, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claims) == sorted(entries)


@pytest.mark.parametrize("state", [EntryState.DONE, EntryState.LISTED])
def test_what_is_done_or_listed_is_not_handed_out(register, state):
    entry_id = take(register, backlog=state is EntryState.LISTED)
    if state is EntryState.DONE:
        with register.transaction() as session:
            apply(session, entry_id, handled(), silent, START)
    assert claim(register) == []


def test_a_claim_expires_when_its_worker_is_gone(register, clock):
    entry_id = take(register)
    claim(register, "dead")
    clock.time += CLAIM_HOLDS
    assert claim(register, "alive") == [entry_id]


def test_a_worker_voids_its_own_claims_when_it_starts_again(register):
    mine, others = take(register, 1), take(register, 2)
    claim(register, "me", limit=1)
    claim(register, "you", limit=1)
    with register.transaction() as session:
        void_claims(session, "me")
    assert claim(register, "me") == [mine]
    assert entry(register, others).claimed_by == "you"


def test_a_mail_given_back_unbegun_costs_no_attempt(register):
    entry_id = take(register)
    claim(register, "one")
    with register.transaction() as session:
        give_back(session, [entry_id], "one")
    assert entry(register, entry_id).attempts == 0
    assert claim(register, "two") == [entry_id]


def test_a_failed_mail_keeps_its_reason_and_waits(register, clock):
    entry_id = take(register)
    claim(register)
    fail(register, entry_id, "bad\nbytes")
    failed = entry(register, entry_id)
    assert (failed.state, failed.error) == (EntryState.FAILED, "bad bytes")
    assert claim(register) == []
    clock.advance(minutes=1)
    assert claim(register) == [entry_id]


def test_a_failed_mail_does_not_delay_the_next(register, clock):
    bad, good = take(register, 1), take(register, 2)
    claim(register, limit=1)
    fail(register, bad)
    clock.advance(minutes=5)
    assert claim(register, limit=1) == [good]


def test_pauses_grow_up_to_six_hours():
    pauses = [pause_after(attempts) for attempts in range(1, 8)]
    assert pauses[:4] == [timedelta(minutes=minutes) for minutes in (1, 4, 16, 64)]
    assert pauses == sorted(pauses)
    assert pause_after(10_000) == timedelta(hours=6)


def test_after_a_few_attempts_a_mail_is_set_aside_with_a_task(register, clock):
    entry_id = take(register)
    for _ in range(ATTEMPTS):
        assert claim(register) == [entry_id]
        fail(register, entry_id, "BSN 123456782 broke it")
        clock.advance(hours=7)
    assert claim(register) == []
    with register.reading() as session:
        (task,) = open_tasks(session)
    assert entry(register, entry_id).state is EntryState.SET_ASIDE
    assert (task.code, task.ledger_id) == ("mail_set_aside", entry_id)
    assert "123456782" not in task.text


def killed(register, worker="me"):
    """Have the process of a worker end and start again."""
    with register.transaction() as session:
        note_end(session, worker, register.clock.now())


def test_a_mail_that_was_in_hand_when_the_process_ended_is_tried_once_more(register):
    entry_id = take(register)
    claim(register, "me")
    killed(register)
    found = entry(register, entry_id)
    assert (found.state, found.error, found.attempts) == (EntryState.FAILED, ENDED_IN_HAND, 1)
    assert claim(register, "me") == [entry_id], "at once"


def test_a_mail_that_was_in_hand_twice_in_a_row_is_set_aside_with_a_task(register):
    entry_id = take(register)
    for _ in range(2):
        assert claim(register, "me") == [entry_id]
        killed(register)
    assert claim(register, "me") == []
    found = entry(register, entry_id)
    assert found.state is EntryState.SET_ASIDE
    assert "ended twice while this mail was in hand" in found.error
    with register.reading() as session:
        (task,) = open_tasks(session)
    assert (task.code, task.ledger_id) == ("mail_set_aside", entry_id)


def test_only_the_first_of_what_the_process_held_was_in_hand(register):
    first, second, third = (take(register, uid) for uid in (1, 2, 3))
    assert claim(register, "me") == [first, second, third]
    with register.transaction() as session:
        apply(session, first, handled(), silent, START)
    killed(register)
    assert entry(register, second).error == ENDED_IN_HAND
    assert (entry(register, third).state, entry(register, third).error) == (EntryState.WAITING, "")


def test_what_was_claimed_before_without_an_end_is_claimed_alone(register):
    first, second = take(register, 1), take(register, 2)
    assert claim(register, "me") == [first, second]
    killed(register)
    fresh = take(register, 3)
    assert [claim(register, "me") for _ in range(3)] == [[fresh], [first], [second]]


def test_an_end_after_another_failure_is_not_the_second_in_a_row(register, clock):
    entry_id = take(register)
    claim(register, "me")
    killed(register)
    claim(register, "me")
    fail(register, entry_id, "the template is broken")
    clock.advance(hours=7)
    claim(register, "me")
    killed(register)
    assert entry(register, entry_id).state is EntryState.FAILED


def test_a_person_who_retries_it_gives_it_two_more_attempts(register, clock):
    entry_id = take(register)
    for _ in range(2):
        claim(register, "me")
        killed(register)
    with register.transaction() as session:
        retry_entries(session, [entry_id], clock.now())
    claim(register, "me")
    killed(register)
    assert entry(register, entry_id).state is EntryState.FAILED


def test_another_machine_sets_aside_what_ended_two_processes(register, clock):
    """Each time the claim expires, since the machine that held it does not come back."""
    deadly, innocent = take(register, 1), take(register, 2)
    assert claim(register, "dead") == [deadly, innocent]
    clock.time += CLAIM_HOLDS
    assert claim(register, "dead too") == [deadly]
    clock.time += CLAIM_HOLDS
    assert claim(register, "alive") == [innocent]
    assert entry(register, deadly).state is EntryState.SET_ASIDE


def test_claims_that_are_voided_within_a_living_process_are_no_end_of_it(register):
    entry_id = take(register)
    for _ in range(3):
        assert claim(register, "me") == [entry_id]
        with register.transaction() as session:
            void_claims(session, "me")
    assert entry(register, entry_id).error == ""


@pytest.mark.parametrize("new_database", ["postgresql"], indirect=True)
def test_a_mail_that_a_dying_transaction_holds_is_waited_for_and_no_other_is_blamed(register):
    """PostgreSQL notices the end of a process, or of its machine, only after a while."""
    in_hand, innocent = take(register, 1), take(register, 2)
    assert claim(register, "me") == [in_hand, innocent]
    found: list[int] = []

    def start_again() -> None:
        with register.transaction() as session:
            found.extend(entry.id for entry in note_end(session, "me", register.clock.now()))

    starting = Thread(target=start_again)
    with register.transaction() as dying:
        assert locked(dying, LedgerEntry, in_hand)
        starting.start()
        waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        with register.engine.connect() as watch:
            wait_until(
                lambda: watch.execute(waits).scalar_one() or not starting.is_alive(), "the lock"
            )
    starting.join()
    assert found == [in_hand]


def test_what_would_fail_again_is_set_aside_at_once(register, clock):
    entry_id = take(register)
    claim(register)
    with register.transaction() as session:
        set_aside(session, entry_id, "Reading it broke off: BSN 123456782", clock.now())
    found = entry(register, entry_id)
    assert (found.state, found.claimed_at) == (EntryState.SET_ASIDE, None)
    assert found.error == "Reading it broke off: BSN *******82"
    with register.reading() as session:
        (task,) = open_tasks(session)
    assert (task.code, task.ledger_id) == ("mail_set_aside", entry_id)


def test_what_is_done_cannot_be_set_aside(register, clock):
    entry_id = take(register)
    with register.transaction() as session:
        apply(session, entry_id, handled(), silent, START)
        set_aside(session, entry_id, "too late", clock.now())
    assert entry(register, entry_id).state is EntryState.DONE


def test_a_late_failure_does_not_undo_what_is_done(register):
    entry_id = take(register)
    with register.transaction() as session:
        apply(session, entry_id, handled(), silent, START)
    fail(register, entry_id)
    assert entry(register, entry_id).state is EntryState.DONE


@pytest.mark.parametrize("state", [EntryState.FAILED, EntryState.SET_ASIDE, EntryState.LISTED])
def test_a_person_can_have_a_mail_processed_again_at_once(register, clock, state):
    entry_id = take(register, backlog=state is EntryState.LISTED)
    for _ in range({EntryState.FAILED: 1, EntryState.SET_ASIDE: ATTEMPTS}.get(state, 0)):
        claim(register)
        fail(register, entry_id)
        clock.advance(hours=7)
    assert entry(register, entry_id).state is state
    with register.transaction() as session:
        retry_entries(session, [entry_id], clock.now())
    assert claim(register) == [entry_id]
    assert entry(register, entry_id).error == ""


def test_a_mail_that_is_handled_after_all_ends_its_task(register, clock):
    entry_id, other = take(register, 1), take(register, 2)
    with register.transaction() as session:
        set_aside(session, entry_id, "Reading it broke off", clock.now())
        set_aside(session, other, "Reading it broke off", clock.now())
        retry_entries(session, [entry_id], clock.now())
        apply(session, entry_id, handled(), silent, clock.now())
    with register.reading() as session:
        assert [task.ledger_id for task in open_tasks(session)] == [other]


def test_a_listed_mail_stays_marked_as_backlog_when_it_is_processed(register, clock):
    entry_id = take(register, backlog=True)
    with register.transaction() as session:
        retry_entries(session, [entry_id], clock.now())
    assert entry(register, entry_id).backlog


def test_retrying_what_is_not_there_changes_nothing(register, clock):
    listed, waiting = take(register, 1, backlog=True), take(register, 2)
    with (
        pytest.raises(NotInRegister, match=f"{waiting}, 9999999"),
        register.transaction() as session,
    ):
        retry_entries(session, [listed, waiting, 9_999_999], clock.now())
    assert entry(register, listed).state is EntryState.LISTED


def test_the_list_and_the_counts_show_what_is_where(register, clock):
    failed = take(register, 1)
    claim(register)
    fail(register, failed)
    waiting, listed = (
        take(register, 2, received_at=START + timedelta(1)),
        take(register, 3, backlog=True),
    )
    with register.reading() as session:
        ids = [one.id for one in entries_in(session, [EntryState.FAILED, EntryState.LISTED])]
        assert ids == [failed, listed]
        assert [one.id for one in entries_in(session, [EntryState.WAITING])] == [waiting]
        counts = count_entries(session)
        assert (counts[EntryState.FAILED], counts[EntryState.DONE]) == (1, 0)
        assert oldest_waiting(session) == START


def test_nothing_waits_in_an_empty_ledger(register):
    with register.reading() as session:
        assert oldest_waiting(session) is None
        assert set(count_entries(session).values()) == {0}


def test_failing_an_unknown_mail_is_refused(register):
    with pytest.raises(NotInRegister):
        fail(register, 99)
