"""Any order of deliveries, claims, faults, restarts and sendings keeps the register's promises."""

from __future__ import annotations

from collections import Counter
from itertools import count

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from register_samples import SetClock, arrival, handled, message, queued
from sqlmodel import func, select

from triage.register.apply import apply
from triage.register.cases import find_cases
from triage.register.database import Register
from triage.register.ledger import pack, take_in
from triage.register.outbox_desk import mails_in, retry_mail
from triage.register.outbox_queue import (
    CLAIM_HOLDS,
    claim,
    mark_deferred,
    mark_failed,
    mark_sent,
    void_sender_claims,
)
from triage.register.states import CaseState, EntryState, OutboxState
from triage.register.tables import Event, LedgerEntry
from triage.register.worklist import (
    claim_entries,
    entries_in,
    fail_entry,
    note_end,
    retry_entries,
)

WORKERS = st.sampled_from(["one", "two"])
PROCESSED = st.sampled_from(["done", "done twice", "broke", "slow", "killed"])
SENT = st.sampled_from(["sent", "lost", "deferred", "failed", "slow", "killed"])
MAILS = [b"Subject: mail %d\r\n\r\n" % number for number in range(4)]


class Life(RuleBasedStateMachine):
    """Mails that arrive in two mailboxes, two workers, one outbox, and what goes wrong."""

    def __init__(self, engine):
        super().__init__()
        self.clock = SetClock()
        self.register = Register(engine, self.clock)
        self.uids = count(1)
        self.ids = count(1)
        self.delivered = set()
        self.slow_work = []
        self.slow_mail = []
        self.accepted = Counter()

    def do(self, function, *args, **options):
        with self.register.transaction() as session:
            return function(session, *args, **options)

    @initialize(mails=st.lists(st.sampled_from(MAILS), min_size=1))
    def begin(self, mails):
        self.deliver(mails, "a@agency.example", 1, again=False)

    @rule(
        mails=st.lists(st.sampled_from(MAILS), min_size=1, max_size=3),
        mailbox=st.sampled_from(["a@agency.example", "b@agency.example"]),
        uidvalidity=st.integers(1, 2),
        again=st.booleans(),
    )
    def deliver(self, mails, mailbox, uidvalidity, again):
        batch = [
            arrival(
                next(self.uids),
                raw=raw,
                fingerprint=pack(raw).sha256,
                mailbox=mailbox,
                uidvalidity=uidvalidity,
            )
            for raw in mails
        ]
        for _ in range(1 + again):
            self.do(take_in, batch, self.clock.now())
        self.delivered.update(mails)

    @rule(worker=WORKERS, outcome=PROCESSED)
    def process_next(self, worker, outcome):
        for entry in self.do(claim_entries, worker, self.clock.now(), 1):
            self._process(entry.id, outcome)

    @precondition(lambda self: self.slow_work)
    @rule(outcome=PROCESSED)
    def process_at_last(self, outcome):
        """Go on with a mail that was claimed long ago, perhaps by another since."""
        self._process(self.slow_work.pop(0), outcome)

    def _process(self, entry_id, outcome):
        if outcome in {"done", "done twice"}:
            self._apply(entry_id)
        if outcome == "done twice":
            self._apply(entry_id)
        elif outcome == "broke":
            self.do(fail_entry, entry_id, "broke", self.clock.now())
        elif outcome == "slow":
            self.slow_work.append(entry_id)

    def _apply(self, entry_id):
        answer = queued(str(entry_id), message_id=f"{next(self.ids)}@agency.example")
        mail = handled(message(f"sender-{entry_id}@mail.example"))
        self.do(apply, entry_id, mail, lambda _case: (answer,), self.clock.now())

    @rule(worker=WORKERS, outcome=SENT)
    def send_next(self, worker, outcome):
        for mail in self.do(claim, 1, worker, self.clock.now()):
            self._send(worker, mail, outcome)

    @precondition(lambda self: self.slow_mail)
    @rule(outcome=SENT)
    def send_at_last(self, outcome):
        """Go on with a mail that was claimed long ago, perhaps by another since."""
        self._send(*self.slow_mail.pop(0), outcome)

    def _send(self, worker, mail, outcome):
        now = self.clock.now()
        if outcome in {"sent", "lost"}:  # lost: the server took it, and nobody noted it
            self.accepted[mail.message_id] += 1
        if outcome == "sent":
            self.do(mark_sent, mail.id, "250 OK", now)
        elif outcome == "deferred":
            self.do(mark_deferred, mail.id, "451", now, worker=worker)
        elif outcome == "failed":
            self.do(mark_failed, mail.id, "550", now, worker=worker)
        elif outcome == "slow":
            self.slow_mail.append((worker, mail))

    @rule(worker=WORKERS)
    def restart(self, worker):
        self.do(note_end, worker, self.clock.now())
        self.do(void_sender_claims, worker, self.clock.now())

    @rule(minutes=st.sampled_from([1, 10, 400]))
    def wait(self, minutes):
        self.clock.advance(minutes=minutes)

    @invariant()
    def each_mail_has_one_entry_that_stands_for_it(self):
        with self.register.reading() as session:
            entries = entries_in(session, EntryState)
        originals = Counter(e.fingerprint for e in entries if e.duplicate_of is None)
        assert originals == dict.fromkeys((pack(raw).sha256 for raw in self.delivered), 1)

    @invariant()
    def each_mail_has_at_most_one_case_and_each_case_one_acknowledgement(self):
        with self.register.reading() as session:
            done = entries_in(session, [EntryState.DONE])
            cases = find_cases(session, states=CaseState)
            mails = mails_in(session, OutboxState)
        numbers = sorted(case.number for case in cases)
        assert sorted(entry.case_number for entry in done) == numbers
        assert sorted(mail.case_number for mail in mails) == numbers

    @invariant()
    def what_was_sent_twice_is_said_so(self):
        with self.register.reading() as session:
            mails = {mail.message_id: mail for mail in mails_in(session, OutboxState)}
            counted = session.exec(
                select(Event.outbox_id, func.count())
                .where(Event.code == "sent_again")
                .group_by(Event.outbox_id)
            ).all()
        said = dict(counted)
        for message_id, times in self.accepted.items():
            assert times <= 1 + said.get(mails[message_id].id, 0)

    def teardown(self):
        """Let everything come to an end: nothing may be left behind."""
        self.restart("one")
        self.restart("two")
        with self.register.transaction() as session:
            given_up = session.exec(
                select(LedgerEntry.id).where(LedgerEntry.state == EntryState.SET_ASIDE)
            ).all()
            retry_entries(session, given_up, self.clock.now())
            for mail in mails_in(session, [OutboxState.FAILED]):
                retry_mail(session, mail.id, self.clock.now())
        self.clock.advance(days=1)
        while claimed := self.do(claim_entries, "one", self.clock.now(), 5):
            for entry in claimed:
                self._apply(entry.id)
        self.clock.time += CLAIM_HOLDS
        while mails := self.do(claim, 5, "one", self.clock.now()):
            for mail in mails:
                self.accepted[mail.message_id] += 1
                self.do(mark_sent, mail.id, "250 OK", self.clock.now())
        self.what_was_sent_twice_is_said_so()
        with self.register.reading() as session:
            states = {entry.state for entry in entries_in(session, EntryState)}
            cases = find_cases(session, states=CaseState)
            sent = mails_in(session, [OutboxState.SENT])
        assert states <= {EntryState.DONE, EntryState.DUPLICATE, EntryState.SET_ASIDE}
        assert len(cases) == len(sent) == len(self.delivered) - self._killed()
        assert all(case.acknowledged_at is not None for case in cases)

    def _killed(self):
        """Count the mails that were claimed so often without an end that a person must look."""
        with self.register.reading() as session:
            return len(entries_in(session, [EntryState.SET_ASIDE]))


def test_the_promises_hold_whatever_happens(new_database):
    run_state_machine_as_test(
        lambda: Life(new_database()),
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
