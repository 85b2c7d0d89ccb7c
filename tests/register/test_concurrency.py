"""Two workers, on one machine or two, decide as if one came after the other."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from register_samples import POLICY, START, handled, message, open_case, queued, reading, take

from triage.decision import Caps, decide
from triage.register.apply import Handled, apply
from triage.register.case_commands import answer, settle
from triage.register.cases import case_file, case_of, find_cases
from triage.register.history import history_for
from triage.register.ledger import entry_of
from triage.register.numbering import signing_key
from triage.register.outbox_desk import mails_in
from triage.register.states import CaseState, EntryState, OutboxState, Outcome
from triage.register.tables import HandlerTask
from triage.register.tasks import add_task, finish_task, open_tasks
from triage.register.verdict import Ending

READ = reading(dossiers=("12345678",))


def at_once(*works):
    start = Barrier(len(works))
    results = {}

    def run(place, work):
        start.wait()
        results[place] = work()

    threads = [Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results[place] for place in range(len(works))]


def test_two_mails_of_one_sender_at_the_same_moment_make_one_case(register):
    with register.transaction() as session:
        signing_key(session, START)  # making it would let one worker wait for the other, too

    def process(entry_id):
        with register.transaction() as session:
            history = history_for(
                session,
                message(),
                READ,
                POLICY,
                entry_of(session, entry_id),
                caps=Caps(),
                own_addresses=frozenset(),
                now=START,
            )
            decided = decide(message(), READ, POLICY, history, START)
            mail = Handled(message(), READ, POLICY, decided, history.joined)
            return apply(session, entry_id, mail, lambda _case: (), START)

    entries = [take(register, uid) for uid in (1, 2, 3)]
    numbers = at_once(*(lambda entry_id=entry_id: process(entry_id) for entry_id in entries))
    assert set(numbers) == {"NL26-00001"}
    with register.reading() as session:
        assert len(case_file(session, "NL26-00001").mails) == 3


@pytest.mark.parametrize("new_database", ["postgresql"], indirect=True)
class TestWhatWasReadBeforeTheLock:
    """It is read anew under the lock; on SQLite nobody can write in between."""

    def test_a_case_that_was_settled_meanwhile_stays_settled(self, register):
        number = open_case(register)
        with register.transaction() as mine:
            seen = case_of(mine, number)
            with register.transaction() as theirs:
                settle(theirs, number, Ending(Outcome.REJECTED), by="anna", now=START)
            assert seen.state is CaseState.OPEN
            answer(mine, number, by="somebody", now=START)
        with register.reading() as session:
            assert case_of(session, number).state is CaseState.SETTLED

    def test_a_mail_that_was_handled_meanwhile_is_not_handled_again(self, register):
        entry_id = take(register)
        with register.transaction() as mine:
            seen = entry_of(mine, entry_id)
            with register.transaction() as theirs:
                apply(theirs, entry_id, handled(), lambda _case: (), START)
            assert seen.state is EntryState.WAITING
            number = apply(mine, entry_id, handled(), lambda _case: (), START)
        assert number == "NL26-00001"

    def test_a_task_is_done_by_whoever_was_first(self, register):
        with register.transaction() as session:
            add_task(session, START, "look", "Look")
        with register.transaction() as mine:
            (task,) = open_tasks(mine)
            with register.transaction() as theirs:
                finish_task(theirs, task.id, by="anna", now=START)
            finish_task(mine, task.id, by="bert", now=START)
        with register.reading() as session:
            assert session.get_one(HandlerTask, task.id).done_by == "anna"


def test_two_workers_with_the_same_mail_store_it_once(register):
    entry_id = take(register)

    def process(name):
        with register.transaction() as session:
            answer = queued("1", message_id=f"{name}@agency.example")
            return apply(session, entry_id, handled(), lambda _case: (answer,), START)

    assert at_once(*(lambda name=name: process(name) for name in "abc")) == ["NL26-00001"] * 3
    with register.reading() as session:
        assert len(find_cases(session, states=CaseState)) == 1
        assert len(mails_in(session, OutboxState)) == 1
