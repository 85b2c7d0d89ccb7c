"""What the register has to tell, fetched as rows for digests and reminders; nothing is cut off."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from sqlmodel import and_, col, func, or_, select

from triage.masking import mask
from triage.register.queued import ANSWERS
from triage.register.states import CaseState, Direction, EntryState, OutboxState, TaskState
from triage.register.tables import (
    Case,
    CaseDossier,
    Contact,
    Event,
    HandledMail,
    HandlerTask,
    LedgerEntry,
    OutboxMail,
    Reminder,
)
from triage.schedule.rows import CaseRow, Desk, Double, EntryRow, OutgoingRow, TaskRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date, datetime

    from sqlalchemy import ColumnElement
    from sqlmodel import Session

FACTS = "facts"
"""The step of the one reminder to a sender who owes facts."""
PAUSED, RESUMED = "paused", "resumed"
"""Codes of the events that let a case rest, and end its rest."""
_LATE = timedelta(hours=1)
"""A mail of ours that has not gone out after this long is told."""
_REPRESENTATIVE = 5
"""More open cases of one address than this are somebody's who writes for others."""


def desk(session: Session, since: datetime, now: datetime) -> Desk:
    """Return everything that a digest may have to tell; `since`: from when ended cases count."""
    open_tasks = tuple(_tasks(session))
    with_tasks = select(HandlerTask.case_number).where(
        HandlerTask.state == TaskState.OPEN, col(HandlerTask.case_number).is_not(None)
    )
    wanted = or_(
        Case.state == CaseState.OPEN,
        and_(Case.state == CaseState.ANSWERED, col(Case.outcome).is_(None)),
        col(Case.answered_at) >= since,
        col(Case.settled_at) >= since,
        col(Case.number).in_(with_tasks),
    )
    return Desk(
        cases=_cases(session, wanted, open_tasks),
        tasks=tuple(task for task in open_tasks if task.case_number is None),
        entries=tuple(_entries(session)),
        outgoing=tuple(_outgoing(session, now)),
        doubles=tuple(_doubles(session)),
    )


def open_cases(session: Session) -> tuple[CaseRow, ...]:
    """Return all open cases."""
    return _cases(session, Case.state == CaseState.OPEN, tuple(_tasks(session)))


def reminded(session: Session) -> dict[str, frozenset[tuple[str, date]]]:
    """Return which reminders went out, as steps with their days, by the number of an open case."""
    rows = session.exec(
        select(Reminder.case_number, Reminder.step, Reminder.day)
        .join(Case, col(Case.number) == col(Reminder.case_number))
        .where(Case.state == CaseState.OPEN)
    )
    done: dict[str, set[tuple[str, date]]] = defaultdict(set)
    for number, step, day in rows:
        done[number].add((step, day))
    return {number: frozenset(steps) for number, steps in done.items()}


def _cases(
    session: Session, wanted: ColumnElement[bool] | bool, open_tasks: tuple[TaskRow, ...]
) -> tuple[CaseRow, ...]:
    cases = session.exec(select(Case).where(wanted).order_by(col(Case.number))).all()
    mails = _mails(session, wanted)
    asked = _asked(session, wanted)
    facts = _facts_reminders(session, wanted)
    resting = _resting(session, wanted)
    tasks: dict[str | None, list[TaskRow]] = defaultdict(list)
    for task in open_tasks:
        tasks[task.case_number].append(task)
    return tuple(
        _case_row(
            case,
            mails.get(case.number, ()),
            tuple(tasks[case.number]),
            asked_at=asked.get(case.number),
            reminded_at=facts.get(case.number),
            paused=case.number in resting,
        )
        for case in cases
    )


def _case_row(
    case: Case,
    mails: tuple[HandledMail, ...],
    tasks: tuple[TaskRow, ...],
    *,
    asked_at: datetime | None,
    reminded_at: datetime | None,
    paused: bool,
) -> CaseRow:
    first = mails[0] if mails else None
    unsure = [mail for mail in mails if mail.unsure]
    names = case.facts.get("name", ())
    name = str(names[0]["value"]) if names else ""
    return CaseRow(
        number=case.number,
        policy=case.policy,
        kind=case.kind,
        state=case.state,
        language=case.language,
        sender=sender_words(name, first.sender if first else ""),
        received_at=case.received_at,
        opened_at=case.opened_at,
        entry=first.ledger_id if first else None,
        message_id=first.message_id if first else "",
        due=case.due,
        due_at=case.due_at,
        owner=case.owner,
        missing=tuple(case.missing),
        asked_at=asked_at,
        reminded_at=reminded_at,
        unsure=tuple(dict.fromkeys(key for mail in unsure for key in mail.unsure)),
        unsure_at=max((mail.decided_at for mail in unsure), default=None),
        not_acknowledged=tuple(case.not_acknowledged),
        acknowledged_at=case.acknowledged_at,
        answered_at=case.answered_at,
        settled_at=case.settled_at,
        outcome=case.outcome,
        paused=paused,
        tasks=tasks,
    )


def sender_words(name: str, address: str) -> str:
    """Return a sender as `Name <address>`, on one line, ids masked."""
    both = f"{name} <{address}>" if name and address else name or address
    return mask(" ".join(both.split()))[:120]


def _mails(
    session: Session, wanted: ColumnElement[bool] | bool
) -> dict[str, tuple[HandledMail, ...]]:
    """Return the senders' mails of the cases, the first of each case first.

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
        .join(Case, col(Case.number) == col(HandledMail.case_number))
        .where(wanted, HandledMail.direction == Direction.IN)
        .order_by(col(HandledMail.case_number), col(HandledMail.ledger_id))
    )
    by_case: dict[str, tuple[HandledMail, ...]] = {}
    for number, of_case in groupby(mails, key=lambda mail: mail.case_number):
        several = sorted(of_case, key=lambda mail: (mail.joined != "", mail.ledger_id))
        for mail in several:
            session.expunge(mail)
            if mail.ledger_id in looked_at:
                mail.unsure = []
        by_case[number or ""] = tuple(several)
    return by_case


def _asked(session: Session, wanted: ColumnElement[bool] | bool) -> dict[str, datetime]:
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
    return {number: at for number, at in rows if number and at}


def _facts_reminders(session: Session, wanted: ColumnElement[bool] | bool) -> dict[str, datetime]:
    rows = session.exec(
        select(Reminder.case_number, func.min(Reminder.reminded_at))
        .join(Case, col(Case.number) == col(Reminder.case_number))
        .where(wanted, Reminder.step == FACTS)
        .group_by(col(Reminder.case_number))
    )
    return {number: at for number, at in rows if at}


def _resting(session: Session, wanted: ColumnElement[bool] | bool) -> frozenset[str]:
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


def _doubles(session: Session) -> Iterator[Double]:
    """Yield open cases of one kind about one dossier, or of one address when one names none."""
    dossiers = session.exec(
        select(CaseDossier.dossier_number, Case.kind, Case.number)
        .join(Case, col(Case.number) == col(CaseDossier.case_number))
        .where(Case.state == CaseState.OPEN)
        .order_by(col(Case.received_at), col(Case.number))
    ).all()
    addresses = session.exec(
        select(Contact.address, Case.kind, Case.number)
        .join(Case, col(Case.number) == col(Contact.case_number))
        .where(Case.state == CaseState.OPEN)
        .order_by(col(Case.received_at), col(Case.number))
    ).all()
    named = {number for _, _, number in dossiers}
    told: set[tuple[str, ...]] = set()
    for shared, numbers in _grouped(dossiers):
        told.add(numbers)
        yield Double(numbers, f"dossier {mask(shared)}")
    for shared, numbers in _grouped(addresses):
        few = len(numbers) <= _REPRESENTATIVE
        if numbers not in told and few and not named.issuperset(numbers):
            told.add(numbers)
            yield Double(numbers, f"sender {mask(shared)}")


def _grouped(rows: Iterable[tuple[str, object, str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    groups: dict[tuple[str, object], list[str]] = defaultdict(list)
    for shared, kind, number in rows:
        groups[shared, kind].append(number)
    for (shared, _), numbers in groups.items():
        if len(numbers) > 1:
            yield shared, tuple(numbers)
