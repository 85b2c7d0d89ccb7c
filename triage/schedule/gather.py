"""What the register has to tell, fetched as rows for digests and reminders; nothing is cut off."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from sqlalchemy.orm import defer
from sqlmodel import and_, col, func, or_, select

from triage.masking import mask
from triage.register.case_commands import PAUSED, RESUMED
from triage.register.queued import ANSWERS
from triage.register.states import CaseState, Direction, EntryState, OutboxState, TaskState
from triage.register.tables import (
    Case,
    Event,
    HandledMail,
    HandlerTask,
    LedgerEntry,
    OutboxMail,
    Reminder,
)
from triage.schedule.chase import FACTS
from triage.schedule.doubles import doubles
from triage.schedule.rows import Asked, CaseRow, Desk, EntryRow, OutgoingRow, TaskRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from sqlalchemy import ColumnElement
    from sqlmodel import Session

_LATE = timedelta(hours=1)
"""A mail of ours that has not gone out after this long is told."""
_OPEN = col(Case.state) == CaseState.OPEN
_BY_ENTRY = col(HandledMail.ledger_id)


def desk(session: Session, since: datetime, now: datetime) -> Desk:
    """Return everything that a digest may have to tell; `since`: from when ended cases count."""
    open_tasks = tuple(_tasks(session))
    with_tasks = select(HandlerTask.case_number).where(
        HandlerTask.state == TaskState.OPEN, col(HandlerTask.case_number).is_not(None)
    )
    wanted = or_(
        _OPEN,
        and_(col(Case.state) == CaseState.ANSWERED, col(Case.outcome).is_(None)),
        col(Case.answered_at) >= since,
        col(Case.settled_at) >= since,
        col(Case.number).in_(with_tasks),
    )
    return Desk(
        cases=_cases(session, wanted, open_tasks),
        tasks=tuple(task for task in open_tasks if task.case_number is None),
        entries=tuple(_entries(session)),
        outgoing=tuple(_outgoing(session, now)),
        doubles=tuple(doubles(session)),
    )


def open_cases(session: Session) -> tuple[CaseRow, ...]:
    """Return all open cases."""
    return _cases(session, _OPEN, tuple(_tasks(session)))


def reminded(session: Session) -> dict[str, frozenset[tuple[str, date]]]:
    """Return which reminders went out, as steps with their days, by the number of an open case."""
    rows = session.exec(
        select(Reminder.case_number, Reminder.step, col(Reminder.day))
        .join(Case, col(Case.number) == col(Reminder.case_number))
        .where(_OPEN)
    )
    done: dict[str, set[tuple[str, date]]] = defaultdict(set)
    for number, step, day in rows:
        done[number].add((step, day))
    return {number: frozenset(steps) for number, steps in done.items()}


def _cases(
    session: Session, wanted: ColumnElement[bool], open_tasks: tuple[TaskRow, ...]
) -> tuple[CaseRow, ...]:
    mails = _mails(session, wanted)
    asked = _asked(session, wanted)
    facts = _facts_reminders(session, wanted)
    resting = _resting(session, wanted)
    tasks: dict[str | None, list[TaskRow]] = defaultdict(list)
    for task in open_tasks:
        tasks[task.case_number].append(task)
    rows = []
    for case in session.exec(select(Case).where(wanted).order_by(col(Case.number))):
        said = mails.get(case.number, _Said())
        names = case.facts.get("name", ())
        name = str(names[0]["value"]) if names else ""
        rows.append(
            CaseRow(
                number=case.number,
                policy=case.policy,
                kind=case.kind,
                state=case.state,
                language=case.language,
                sender=sender_words(name, said.sender),
                received_at=case.received_at,
                opened_at=case.opened_at,
                entry=said.entry,
                message_id=said.message_id,
                due=case.due,
                due_at=case.due_at,
                owner=case.owner,
                missing=tuple(case.missing),
                asked_at=asked.get(case.number),
                reminded_at=facts.get(case.number),
                unsure=said.unsure,
                unsure_at=said.unsure_at,
                not_acknowledged=tuple(case.not_acknowledged),
                acknowledged_at=case.acknowledged_at,
                answered_at=case.answered_at,
                settled_at=case.settled_at,
                outcome=case.outcome,
                paused=case.number in resting,
                collection_paused=case.collection_paused,
                tasks=tuple(tasks[case.number]),
            )
        )
    return tuple(rows)


def sender_words(name: str, address: str) -> str:
    """Return a sender as `Name <address>`, on one line, ids masked."""
    both = f"{name} <{address}>" if name and address else name or address
    return mask(" ".join(both.split()))[:120]


@dataclass(frozen=True, slots=True)
class _Said:
    """What the sender's mails of one case say of it."""

    entry: int | None = None
    sender: str = ""
    message_id: str = ""
    unsure: tuple[str, ...] = ()
    unsure_at: datetime | None = None


def _mails(session: Session, wanted: ColumnElement[bool]) -> dict[str, _Said]:
    """Return what the senders' mails say, by case; the mail that opened it names its sender.

    A reading that a person has looked at is not unsure any more.
    """
    looked_at = set(
        session.exec(
            select(HandlerTask.ledger_id).where(
                HandlerTask.code == "check_reading", HandlerTask.state == TaskState.DONE
            )
        )
    )
    mails = session.exec(
        select(HandledMail)
        # A reading is long, and not told; SQLModel types its columns as their values.
        .options(defer(HandledMail.reading))  # type: ignore[arg-type]
        .join(Case, col(Case.number) == col(HandledMail.case_number))
        .where(wanted, HandledMail.direction == Direction.IN)
        .order_by(col(HandledMail.case_number), col(HandledMail.joined) != "", _BY_ENTRY)
    )
    said: dict[str, _Said] = {}
    for number, of_case in groupby(mails, key=lambda mail: mail.case_number or ""):
        several = tuple(of_case)
        unsure = [mail for mail in several if mail.unsure and mail.ledger_id not in looked_at]
        said[number] = _Said(
            entry=several[0].ledger_id,
            sender=several[0].sender,
            message_id=several[0].message_id,
            unsure=tuple(dict.fromkeys(key for mail in unsure for key in mail.unsure)),
            unsure_at=max((mail.decided_at for mail in unsure), default=None),
        )
    return said


def _asked(session: Session, wanted: ColumnElement[bool]) -> dict[str, datetime]:
    rows = session.exec(
        select(OutboxMail.case_number, func.max(OutboxMail.sent_at))
        .join(Case, col(Case.number) == col(OutboxMail.case_number))
        .where(
            wanted,
            col(OutboxMail.purpose).in_(ANSWERS),
            OutboxMail.state == OutboxState.SENT,
        )
        .group_by(col(OutboxMail.case_number))
    )
    return {number: at for number, at in rows if number and at is not None}


def asked_of(session: Session, number: str) -> Asked | None:
    """Return the mail that last asked a case's sender for what is missing, if one was sent."""
    row = session.exec(
        select(OutboxMail.message_id, OutboxMail.recipient, LedgerEntry.mailbox)
        .join(LedgerEntry, col(LedgerEntry.id) == col(OutboxMail.ledger_id))
        .where(
            OutboxMail.case_number == number,
            col(OutboxMail.purpose).in_(ANSWERS),
            OutboxMail.state == OutboxState.SENT,
        )
        .order_by(col(OutboxMail.sent_at).desc())
        .limit(1)
    ).first()
    return Asked(*row) if row else None


def _facts_reminders(session: Session, wanted: ColumnElement[bool]) -> dict[str, datetime]:
    rows = session.exec(
        select(Reminder.case_number, func.min(Reminder.reminded_at))
        .join(Case, col(Case.number) == col(Reminder.case_number))
        .where(wanted, Reminder.step == FACTS)
        .group_by(col(Reminder.case_number))
    )
    return dict(rows.all())


def _resting(session: Session, wanted: ColumnElement[bool]) -> frozenset[str]:
    rows = session.exec(
        select(Event.case_number, Event.code)
        .join(Case, col(Case.number) == col(Event.case_number))
        .where(wanted, col(Event.code).in_((PAUSED, RESUMED)))
        .order_by(col(Event.id))
    )
    last: Mapping[str | None, str] = dict(rows.all())
    return frozenset(number for number, code in last.items() if number and code == PAUSED)


def _tasks(session: Session) -> Iterator[TaskRow]:
    rows = session.exec(
        select(HandlerTask, Case.policy, LedgerEntry.policy, LedgerEntry.message_id)
        .outerjoin(Case, col(Case.number) == col(HandlerTask.case_number))
        .outerjoin(LedgerEntry, col(LedgerEntry.id) == col(HandlerTask.ledger_id))
        .where(HandlerTask.state == TaskState.OPEN)
        .order_by(col(HandlerTask.created_at), col(HandlerTask.id))
    )
    for task, of_case, of_mail, message_id in rows:
        yield TaskRow(
            id=task.id,
            code=task.code,
            text=task.text,
            created_at=task.created_at,
            case_number=task.case_number,
            policy=of_case or of_mail,
            entry=task.ledger_id,
            outbox=task.outbox_id,
            message_id=message_id or "",
        )


def _entries(session: Session) -> Iterator[EntryRow]:
    told = (EntryState.FAILED, EntryState.SET_ASIDE, EntryState.LISTED)
    for entry in session.exec(
        select(LedgerEntry)
        .where(col(LedgerEntry.state).in_(told))
        .order_by(col(LedgerEntry.received_at), col(LedgerEntry.id))
    ):
        yield EntryRow(
            id=entry.id,
            state=entry.state,
            mailbox=entry.mailbox,
            policy=entry.policy,
            received_at=entry.received_at,
            taken_at=entry.taken_at,
            message_id=entry.message_id,
            error=entry.error,
        )


def _outgoing(session: Session, now: datetime) -> Iterator[OutgoingRow]:
    stuck = and_(
        col(OutboxMail.state).in_((OutboxState.DUE, OutboxState.SENDING)),
        OutboxMail.queued_at < now - _LATE,
    )
    rows = session.exec(
        select(OutboxMail, Case.policy)
        .outerjoin(Case, col(Case.number) == col(OutboxMail.case_number))
        .where(or_(OutboxMail.state == OutboxState.FAILED, stuck))
        .order_by(col(OutboxMail.queued_at), col(OutboxMail.id))
    )
    for mail, policy in rows:
        yield OutgoingRow(
            id=mail.id,
            state=mail.state,
            purpose=mail.purpose,
            recipient=mail.recipient,
            queued_at=mail.queued_at,
            error=mail.last_error,
            case_number=mail.case_number,
            policy=policy,
        )
