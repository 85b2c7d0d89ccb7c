"""One decision, stored: case, contacts, events, tasks and mails to send, in one transaction.

Its key is the row of the ledger: applied a second time, nothing happens. Whatever raises in here
leaves nothing behind, and the mail is tried again from the start.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from triage.decision import Joined, Reason, Task
from triage.errors import NotInRegister
from triage.proxy_check import CHECK, FACT, completed, facts_of_items, text_of
from triage.register.bounces import note_bounce
from triage.register.case_number import tag
from triage.register.cases import unmerged
from triage.register.database import insert_new, locked
from triage.register.events import one_line, record
from triage.register.facts import facts_of, merged
from triage.register.numbering import allocate_number, signing_key
from triage.register.outbox_queue import queue
from triage.register.queued import CaseReference
from triage.register.states import (
    CaseState,
    ContactSource,
    Direction,
    EntryState,
    OutboxState,
)
from triage.register.tables import (
    Case,
    CaseDossier,
    Contact,
    HandledMail,
    LedgerEntry,
    OutboxMail,
)
from triage.register.tasks import SET_ASIDE_TASK, add_task, finish_tasks_about, finish_tasks_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlmodel import Session

    from triage.decision import Decision
    from triage.message.model import DeliveryReport, Message
    from triage.policy.model import Policy
    from triage.register.queued import QueuedMail
    from triage.understanding.model import Reading

    Compose = Callable[[CaseReference | None], tuple[QueuedMail, ...]]
    """Renders what the decision wants sent, once the case has its number; () for nothing."""


@dataclass(frozen=True, slots=True)
class Handled:
    """A mail with all that was concluded from it."""

    message: Message
    reading: Reading
    policy: Policy
    decision: Decision
    joined: Joined | None = None
    """How it was tied to its case (`History.joined`)."""

    @property
    def from_us(self) -> bool:
        """Whether one of our own addresses wrote it."""
        return Reason.OWN_ADDRESS in self.decision.reasons

    @property
    def sender(self) -> str:
        """The address that a person wrote from (in a web form: gave), lower case, or empty."""
        written_from = self.message.sender.address if self.message.sender else ""
        return (self.decision.recipient or written_from).lower()


def apply(
    session: Session, entry_id: int, mail: Handled, compose: Compose, now: datetime
) -> str | None:
    """Store what was decided about a mail of the ledger; return the number of its case, if any.

    The caller commits. When the entry is done already, nothing changes and its case is returned.
    Raises NotInRegister for an unknown entry or a case that the decision joins and is not there.
    """
    entry = locked(session, LedgerEntry, entry_id)
    if entry is None:
        raise NotInRegister(f"There is no mail {entry_id} in the ledger")
    if entry.state in {EntryState.DONE, EntryState.DUPLICATE}:
        return entry.case_number
    case = _case(session, entry, mail, now)
    number = case.number if case else None
    _register_mail(session, entry, mail, number, now)
    if case is not None and not mail.decision.kind.is_machine and not mail.from_us:
        _add_people(session, case, mail, now)
    _note_report(session, entry, mail, number, now)
    tasks = mail.decision.tasks
    if case is not None and mail.decision.proxy.items:
        tasks = _note_proxy(session, entry, case, mail, now)
    for task in tasks:
        add_task(session, now, task.code, task.text, case_number=number, ledger_id=entry.id)
    for queued in compose(_reference(session, case, now)):
        queue(session, queued, now, case_number=number, ledger_id=entry.id)
    entry.state = EntryState.DONE
    entry.case_number = number
    entry.error = ""
    entry.claimed_by = entry.claimed_at = None
    done = "it was processed after all"
    finish_tasks_about(session, SET_ASIDE_TASK, ledger_id=entry.id, now=now, note=done)
    return number


def _note_proxy(
    session: Session, entry: LedgerEntry, case: Case, mail: Handled, now: datetime
) -> tuple[Task, ...]:
    """Keep the check of a power of attorney with the case; return the tasks with it whole.

    A further mail completes it: the task that tells the earlier check ends.
    """
    more = facts_of_items(mail.decision.proxy.items, entry.id)
    rows = completed(case.facts.get(FACT, ()), more)
    case.facts = {**case.facts, FACT: rows}
    note = "a further mail was checked, too"
    who = "the service"
    finish_tasks_of(session, case.number, by=who, now=now, code=CHECK, note=note)
    others = (task for task in mail.decision.tasks if task.code != CHECK)
    return (*others, Task(CHECK, text_of(rows)))


def _reference(session: Session, case: Case | None, now: datetime) -> CaseReference | None:
    if case is None:
        return None
    return CaseReference(
        number=case.number,
        tag=tag(case.number, signing_key(session, now)),
        received_at=case.received_at,
        due=case.due,
        missing=tuple(case.missing),
    )


def _case(session: Session, entry: LedgerEntry, mail: Handled, now: datetime) -> Case | None:
    if mail.decision.joins is not None:
        case = unmerged(session, mail.decision.joins)
        session.refresh(case, with_for_update=True)
        _continue(session, entry, case, mail, now)
        return case
    return _open(session, entry, mail, now) if mail.decision.opens_case else None


def _open(session: Session, entry: LedgerEntry, mail: Handled, now: datetime) -> Case:
    decision = mail.decision
    case = Case(
        number=allocate_number(session, mail.policy, now),
        policy=mail.policy.name,
        kind=decision.kind,
        language=decision.language,
        received_at=entry.received_at,
        opened_at=now,
        due=decision.due,
        due_at=decision.due_at,
        first_due=decision.due,
        counted=list(decision.counted),
        missing=list(decision.missing),
        given=list(decision.given),
        facts=facts_of(mail.reading, entry.id),
        completed_at=None if decision.missing else now,
        not_acknowledged=[] if decision.acknowledge else [r.value for r in decision.reasons],
        collection_paused_at=now if decision.pauses_collection else None,
    )
    session.add(case)
    session.flush()  # rows that are inserted apart from the session refer to it
    due = f", answer due {decision.due}" if decision.due else ""
    second = ", second instance" if decision.second_instance else ""
    record(
        session,
        now,
        "opened",
        f"Opened by a mail ({decision.kind}{second}){due}",
        case_number=case.number,
        ledger_id=entry.id,
        data={"second_instance": decision.second_instance},
    )
    if decision.pauses_collection:
        _record(session, now, "collection_paused", "Collection is paused", entry, case.number)
    return case


def _continue(
    session: Session, entry: LedgerEntry, case: Case, mail: Handled, now: datetime
) -> None:
    decision = mail.decision
    how = f", by {mail.joined}" if mail.joined else ""
    who = "us" if mail.from_us else "outside"
    _record(
        session,
        now,
        "joined",
        f"A mail from {who} joined ({decision.kind}{how})",
        entry,
        case.number,
    )
    if decision.kind.is_machine or mail.from_us:
        return  # a bounce or an absence notice supplies nothing, and neither do we
    case.facts = merged(case.facts, facts_of(mail.reading, entry.id))
    case.given = sorted({*case.given, *decision.given})
    if decision.due_at is not None:
        _start_term(session, entry, case, mail, now)
    supplied = [key for key in case.missing if key not in decision.missing]
    if supplied:
        case.missing = [key for key in case.missing if key in decision.missing]
        _record(session, now, "supplied", f"Supplied: {', '.join(supplied)}", entry, case.number)
        if not case.missing:
            case.completed_at = now
            _record(session, now, "complete", "Nothing is missing any more", entry, case.number)
            finish_tasks_of(
                session,
                case.number,
                by="the sender",
                now=now,
                code="incomplete",
                note="all that was missing came in",
            )
    if decision.pauses_collection and not case.collection_paused and case.state is CaseState.OPEN:
        case.collection_paused_at, case.collection_resumed_at = now, None
        _record(session, now, "collection_paused", "Collection is paused", entry, case.number)


def _start_term(
    session: Session, entry: LedgerEntry, case: Case, mail: Handled, now: datetime
) -> None:
    """Give the case the term of a mail that has one of its own, such as a complaint on a question.

    A term that runs already is not moved by it.
    """
    decision = mail.decision
    if case.due_at is not None and case.kind == decision.kind:
        return
    case.kind = decision.kind
    case.state = CaseState.OPEN
    case.due, case.due_at = decision.due, decision.due_at
    case.first_due = decision.due
    case.counted = list(decision.counted)
    case.missing = list(decision.missing)
    case.completed_at = None if decision.missing else now
    _record(
        session,
        now,
        "term_started",
        f"Now a {decision.kind}, answer due {decision.due}",
        entry,
        case.number,
    )


def _register_mail(
    session: Session, entry: LedgerEntry, mail: Handled, number: str | None, now: datetime
) -> None:
    decision = mail.decision
    session.add(
        HandledMail(
            ledger_id=entry.id,
            case_number=number,
            direction=Direction.OUT if mail.from_us else Direction.IN,
            message_id=mail.message.message_id,
            sender=mail.sender,
            subject=one_line(mail.message.subject),
            joined=mail.joined.value if mail.joined and decision.joins else "",
            kind=decision.kind,
            language=mail.reading.language.value,
            acknowledged=decision.acknowledge,
            reasons=[reason.value for reason in decision.reasons],
            unsure=list(decision.unsure),
            reading=asdict(mail.reading),
            decided_at=now,
        )
    )
    if decision.acknowledge:
        return
    because = ", ".join(decision.reasons) or "no reason was given"
    _record(session, now, "not_acknowledged", f"Not acknowledged: {because}", entry, number)


def _add_people(session: Session, case: Case, mail: Handled, now: datetime) -> None:
    """Note the addresses and dossier numbers by which a later mail is known to be of this case."""
    fields = mail.reading.fields
    addresses = dict.fromkeys(
        (finding.value.lower() for finding in fields.emails), ContactSource.GIVEN
    )
    if mail.sender:
        addresses[mail.sender] = ContactSource.WROTE
    for address, source in addresses.items():
        insert_new(
            session,
            Contact(case_number=case.number, address=address, source=source, added_at=now),
        )
    further = False
    for dossier in fields.dossier_numbers:
        row = CaseDossier(case_number=case.number, dossier_number=dossier.value)
        further |= insert_new(session, row) is not None
    if further and mail.decision.joins is not None and case.collection_paused:
        # The collection system has not been told of this dossier.
        text = "Collection is paused, also of a further dossier"
        record(session, now, "collection_paused", text, case_number=case.number)


def _note_report(
    session: Session, entry: LedgerEntry, mail: Handled, number: str | None, now: datetime
) -> None:
    """Note a delivery report (RFC 3464, or in free form) about a mail of ours.

    One that shows neither a Message-ID nor a case token of ours proves nothing: anybody can write
    it.
    """
    report = mail.message.report
    sent = _reported(session, report, mail.joined, number) if report else None
    if report is None or sent is None:
        return
    status = report.status or "no status code"
    if report.permanent:
        note_bounce(session, sent.recipient, status, now)
    what = "came back for good" if report.permanent else "is delayed"
    _record(session, now, "bounced", f"The {sent.purpose} {what} ({status})", entry, number)


def _reported(
    session: Session, report: DeliveryReport, joined: Joined | None, number: str | None
) -> OutboxMail | None:
    """Return which mail of ours a report is about: by its Message-ID, else as the case tells.

    Exchange and others return neither the mail nor its headers, but its subject, with our token. Of
    the mails to the people of that case it is the last, to the named address where one is.
    """
    by_id = select(OutboxMail).where(OutboxMail.message_id == report.original_message_id)
    if report.original_message_id and (sent := session.exec(by_id).first()) is not None:
        return sent
    if number is None or joined not in {Joined.THREAD, Joined.TOKEN}:
        return None
    to_people = select(Contact.address).where(Contact.case_number == number)
    several = session.exec(
        select(OutboxMail)
        .where(
            OutboxMail.case_number == number,
            OutboxMail.state == OutboxState.SENT,
            col(OutboxMail.recipient).in_(to_people),
        )
        .order_by(col(OutboxMail.id).desc())
    ).all()
    named = (sent for sent in several if sent.recipient == report.recipient.lower())
    return next(named, next(iter(several), None))


def _record(
    session: Session,
    now: datetime,
    code: str,
    text: str,
    entry: LedgerEntry,
    number: str | None,
) -> None:
    record(session, now, code, text, case_number=number, ledger_id=entry.id)
