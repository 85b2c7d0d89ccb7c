"""What is no longer needed is forgotten: the text and the people of cases that ended long ago.

The case itself stays, with its dates, kind and outcome, for the complaint register.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import aliased
from sqlmodel import and_, col, delete, func, or_, select, update

from triage.register.events import record
from triage.register.states import CaseState, EntryState, OutboxState, TaskState
from triage.register.tables import (
    Case,
    CaseDossier,
    Contact,
    Event,
    HandledMail,
    HandlerTask,
    LedgerEntry,
    OutboxMail,
    RawMail,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlmodel import Session

FORGOTTEN = "forgotten"
_ENDED = (EntryState.DONE, EntryState.DUPLICATE)
_ENDED_MAIL = (OutboxState.SENT, OutboxState.FAILED, OutboxState.WITHHELD)


def forget_cases(session: Session, before: datetime, now: datetime, limit: int = 100) -> int:
    """Remove what is personal of cases that were settled before a moment; return how many.

    At most `limit` at a time, the oldest first. A case with an open task is left alone. One that
    was forgotten before is taken again when it was settled again, or mail joined it since.
    """
    busy = select(HandlerTask.case_number).where(
        HandlerTask.state == TaskState.OPEN, col(HandlerTask.case_number).is_not(None)
    )
    forgotten_at = (
        select(func.max(Event.at))
        .where(Event.case_number == Case.number, Event.code == FORGOTTEN)
        .scalar_subquery()
    )
    last_mail_at = (
        select(func.max(HandledMail.decided_at))
        .where(HandledMail.case_number == Case.number)
        .scalar_subquery()
    )
    wanted = (
        select(Case)
        .where(
            Case.state == CaseState.SETTLED,
            col(Case.settled_at) < before,
            col(Case.number).not_in(busy),
            or_(
                forgotten_at.is_(None),
                col(Case.settled_at) > forgotten_at,
                and_(last_mail_at > forgotten_at, last_mail_at < before),
            ),
        )
        .order_by(col(Case.settled_at), col(Case.number))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    cases = session.exec(wanted).all()
    for case in cases:
        _forget(session, case, now)
    return len(cases)


def forget_other_mail(session: Session, before: datetime, limit: int = 500) -> int:
    """Remove the text of mails that belong to no case and were received before a moment."""
    other = aliased(LedgerEntry)
    needed = (
        select(other.id)
        .where(
            other.sha256 == LedgerEntry.sha256, other.id != LedgerEntry.id, _needs_its_text(other)
        )
        .exists()
    )
    of_nobody = (
        select(LedgerEntry)
        .join(RawMail, col(RawMail.sha256) == col(LedgerEntry.sha256))
        .where(
            LedgerEntry.received_at < before,
            col(LedgerEntry.duplicate_of).is_(None),
            col(LedgerEntry.case_number).is_(None),
            col(LedgerEntry.state).in_((*_ENDED, EntryState.LISTED)),
            col(RawMail.content).is_not(None),
            ~needed,
        )
        .order_by(col(LedgerEntry.received_at))
        .limit(limit)
    )
    entries = session.exec(of_nobody).all()
    _forget_texts(session, {entry.sha256 for entry in entries})
    _forget_readings(session, [entry.id for entry in entries])
    return len(entries)


def forget_own_mail(session: Session, before: datetime, limit: int = 500) -> int:
    """Remove the text of mails to our own people (digests name senders) queued before a moment.

    Their rows stay, so that none is made a second time.
    """
    of_no_case = (
        select(OutboxMail.id)
        .where(
            col(OutboxMail.case_number).is_(None),
            col(OutboxMail.state).in_(_ENDED_MAIL),
            OutboxMail.queued_at < before,
            OutboxMail.content != b"",
        )
        .order_by(col(OutboxMail.id))
        .limit(limit)
    )
    ids = session.exec(of_no_case).all()
    session.exec(update(OutboxMail).where(col(OutboxMail.id).in_(ids)).values(content=b""))
    return len(ids)


def _forget(session: Session, case: Case, now: datetime) -> None:
    of_case = select(LedgerEntry).where(LedgerEntry.case_number == case.number)
    entries = session.exec(of_case).all()
    ids = [entry.id for entry in entries]
    copies = select(LedgerEntry).where(col(LedgerEntry.duplicate_of).in_(ids))
    entries = [*entries, *session.exec(copies).all()]
    ids = [entry.id for entry in entries]
    texts = {entry.sha256 for entry in entries}
    _forget_texts(session, texts - _still_needed(session, texts, ids))
    _forget_readings(session, ids)
    session.exec(delete(Contact).where(col(Contact.case_number) == case.number))
    session.exec(delete(CaseDossier).where(col(CaseDossier.case_number) == case.number))
    for mail in session.exec(select(OutboxMail).where(OutboxMail.case_number == case.number)):
        mail.content = b""
        mail.recipient = mail.last_error = mail.smtp_reply = ""
        mail.unique_key = f"forgotten/{mail.id}"  # it held the recipient
    session.exec(
        update(Event).where(col(Event.case_number) == case.number).values(text=col(Event.code))
    )
    session.exec(
        update(HandlerTask)
        .where(col(HandlerTask.case_number) == case.number)
        .values(text=col(HandlerTask.code), note="")
    )
    # How the contact took place is counted in reports, and says nothing of anybody.
    channels = case.facts.get("incident_channel", ())
    case.facts = {"incident_channel": [{"value": each["value"]} for each in channels]}
    record(session, now, FORGOTTEN, "Mails and personal data removed", case_number=case.number)


def _still_needed(session: Session, texts: Collection[str], ids: Collection[int]) -> set[str]:
    """Return those of the texts that other mails have, too, of a case or still in hand."""
    others = select(LedgerEntry.sha256).where(
        col(LedgerEntry.sha256).in_(texts),
        col(LedgerEntry.id).not_in(ids),
        _needs_its_text(LedgerEntry),
    )
    return set(session.exec(others))


def _needs_its_text(entry: type[LedgerEntry]) -> ColumnElement[bool]:
    """Return what is true of a mail of a case, and of one still in hand."""
    return or_(
        col(entry.case_number).is_not(None),
        col(entry.state).not_in((*_ENDED, EntryState.LISTED)),
    )


def _forget_texts(session: Session, texts: Collection[str]) -> None:
    session.exec(update(RawMail).where(col(RawMail.sha256).in_(texts)).values(content=None))


def _forget_readings(session: Session, ids: Collection[int]) -> None:
    session.exec(
        update(HandledMail)
        .where(col(HandledMail.ledger_id).in_(ids))
        .values(sender="", subject="", reading={})
    )
