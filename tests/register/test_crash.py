"""Whatever breaks off at whatever step: no mail is lost, none is handled or answered twice."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count

import pytest
from register_samples import (
    DEBTOR,
    MAILBOX,
    POLICY,
    START,
    SetClock,
    arrival,
    message,
    queued,
    reading,
)
from servers.waiting import wait_until
from sqlalchemy import event, text
from sqlmodel import select

from triage.decision import Caps, decide
from triage.register.apply import Handled, apply
from triage.register.cases import case_file, find_cases
from triage.register.database import Register
from triage.register.history import history_for
from triage.register.ledger import take_in
from triage.register.outbox_desk import mails_in
from triage.register.outbox_queue import claim, mark_sent, void_sender_claims
from triage.register.states import EntryState, OutboxState
from triage.register.tables import Event
from triage.register.worklist import claim_entries, entries_in, note_end
from triage.understanding.model import Finding, Kind

OTHER_MAILBOX = "info@agency.example"
COMPLAINT, SUPPLEMENT = b"Subject: Klacht\r\n\r\n1", b"Subject: Telefoon\r\n\r\n2"
DOSSIER = ("12345678",)
READ = {
    arrival(raw=COMPLAINT).fingerprint: reading(dossiers=DOSSIER, name=Finding("Jan", 0.9)),
    arrival(raw=SUPPLEMENT).fingerprint: reading(
        Kind.QUESTION, dossiers=DOSSIER, phones=(Finding("+31612345678", 0.9),)
    ),
}
FETCHED = [
    [arrival(1, raw=COMPLAINT)],
    [
        arrival(9, raw=COMPLAINT, mailbox=OTHER_MAILBOX),
        arrival(10, raw=SUPPLEMENT, mailbox=OTHER_MAILBOX),
    ],
]


class PowerCut(BaseException):
    """Not an Exception: nothing may catch it and go on."""


@contextmanager
def power_cut(engine, at):
    """Raise before the statement or commit of that number; count them when `at` is None."""
    steps = count(1)
    seen = []

    def step(*_args):
        seen.append(next(steps))
        if seen[-1] == at:
            raise PowerCut

    event.listen(engine, "before_cursor_execute", step)
    event.listen(engine, "commit", step)
    try:
        with suppress(PowerCut):
            yield seen
    finally:
        event.remove(engine, "before_cursor_execute", step)
        event.remove(engine, "commit", step)


def _has_ended(engine):
    """Whether PostgreSQL has noticed that a connection was cut off, and let go of its locks."""
    if engine.dialect.name != "postgresql":
        return True
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
        " AND backend_type = 'client backend'"
    )
    with engine.connect() as connection:
        return connection.execute(others).scalar_one() == 0


class Service:
    """The steps of the service, and what the outside world saw of them."""

    def __init__(self, engine):
        self.register = Register(engine, SetClock())
        self.ids = count()
        self.accepted: list[str] = []

    def run(self):
        """Start, do all there is to do."""
        self._restart()
        for batch in FETCHED:
            with self.register.transaction() as session:
                take_in(session, batch, START)
        while self._process():
            pass
        while self._send():
            pass

    def _restart(self):
        with self.register.transaction() as session:
            note_end(session, "me", START)
            void_sender_claims(session, "me", START)

    def _process(self):
        with self.register.transaction() as session:
            claimed = claim_entries(session, "me", START, 10)
        for entry in claimed:
            read = READ[entry.fingerprint]
            mail = message(message_id=entry.message_id)
            with self.register.transaction() as session:
                history = history_for(
                    session,
                    mail,
                    read,
                    POLICY,
                    entry,
                    caps=Caps(),
                    own_addresses=frozenset({MAILBOX, OTHER_MAILBOX}),
                    now=START,
                )
                decision = decide(mail, read, POLICY, history, START)
                handled = Handled(mail, read, POLICY, decision, history.joined)
                apply(session, entry.id, handled, self._composer(entry.id, decision), START)
        return claimed

    def _composer(self, entry_id, decision):
        def compose(case):
            if not decision.acknowledge:
                return ()
            message_id = f"{next(self.ids)}@agency.example"  # a new one each time it is rendered
            answer = queued(str(entry_id), message_id=message_id, purpose=decision.purpose)
            assert case is not None
            return (answer,)

        return compose

    def _send(self):
        with self.register.transaction() as session:
            claimed = claim(session, 10, "me", START)
        for mail in claimed:
            self.accepted.append(mail.message_id)  # the server took it
            with self.register.transaction() as session:
                mark_sent(session, mail.id, "250 OK", START)
        return claimed

    def check(self):
        with self.register.reading() as session:
            states = Counter(entry.state for entry in entries_in(session, EntryState))
            assert states == {EntryState.DONE: 2, EntryState.DUPLICATE: 1}
            (case,) = find_cases(session)
            found = case_file(session, case.number)
            sent = mails_in(session, OutboxState)
            again = session.exec(select(Event.outbox_id).where(Event.code == "sent_again")).all()
        assert (case.number, case.missing) == ("NL26-00001", [])
        assert found.addresses == (DEBTOR,)
        assert [mail.joined for mail in found.mails] == ["", "sender"]
        assert Counter(mail.purpose for mail in sent) == {"acknowledgement": 1, "supplement": 1}
        assert {mail.state for mail in sent} == {OutboxState.SENT}
        assert set(self.accepted) == {mail.message_id for mail in sent}
        twice = {mail for mail, times in Counter(self.accepted).items() if times > 1}
        assert twice <= {mail.message_id for mail in sent if mail.id in again}


def test_without_a_crash_all_is_done_and_a_second_run_finds_nothing(new_database):
    service = Service(new_database())
    service.run()
    service.run()
    service.check()
    assert len(service.accepted) == 2


@pytest.mark.timeout(300)
def test_a_crash_at_any_statement_or_commit_loses_nothing_and_doubles_nothing(new_database):
    service = Service(new_database())
    with power_cut(service.register.engine, None) as seen:
        service.run()
    assert len(seen) > 50
    for at in seen:
        service = Service(new_database())
        with power_cut(service.register.engine, at):
            service.run()
        wait_until(partial(_has_ended, service.register.engine), "the end of what was cut off")
        service.run()
        try:
            service.check()
        except AssertionError as error:
            raise AssertionError(f"after a crash at step {at} of {len(seen)}") from error
