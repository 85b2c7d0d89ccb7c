"""Two workers, on one machine or two, decide as if one came after the other."""

from __future__ import annotations

from threading import Barrier, Thread

from register_samples import POLICY, START, handled, message, queued, reading, take

from triage.decision import Caps, decide
from triage.register.apply import Handled, apply
from triage.register.cases import case_file, find_cases
from triage.register.history import history_for
from triage.register.ledger import entry_of
from triage.register.numbering import signing_key
from triage.register.outbox_desk import mails_in
from triage.register.states import CaseState, OutboxState

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
