"""What is no longer needed is forgotten: the text and the people of cases that ended long ago.

The case itself stays, with its dates, kind and outcome, for the complaint register.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, delete, or_, select, update

from triage.register.events import record
from triage.register.states import CaseState, EntryState, TaskState
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

    from sqlmodel import Session

FORGOTTEN = "forgotten"
_ENDED = (EntryState.DONE, EntryState.DUPLICATE)


def forget_cases(session: Session, before: datetime, now: datetime, limit: int = 100) -> int:
    """Remove what is personal of cases that were settled before a moment; return how many.

    At most `limit` at a time, the oldest first. A case with an open task is left alone.
    """
    busy = select(HandlerTask.case_number).where(
        HandlerTask.state == TaskState.OPEN, col(HandlerTask.case_number).is_not(None)
    )
    done = select(Event.case_number).where(
        Event.code == FORGOTTEN, col(Event.case_number).is_not(None)
    )
    wanted = (
        select(Case)
        .where(
            Case.state == CaseState.SETTLED,
            col(Case.settled_at) < before,
            col(Case.number).not_in(busy),
            col(Case.number).not_in(done),
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
    of_nobody = (
        select(LedgerEntry)
        .join(RawMail, col(RawMail.sha256) == col(LedgerEntry.sha256))
        .where(
            LedgerEntry.received_at < before,
            col(LedgerEntry.duplicate_of).is_(None),
            col(LedgerEntry.case_number).is_(None),
            col(LedgerEntry.state).in_((*_ENDED, EntryState.LISTED)),
            col(RawMail.content).is_not(None),
        )
        .order_by(col(LedgerEntry.received_at))
        .limit(limit)
    )
    entries = session.exec(of_nobody).all()
    ids = [entry.id for entry in entries]
    kept_by_others = _still_needed(session, {entry.sha256 for entry in entries}, ids)
    forgotten = [entry for entry in entries if entry.sha256 not in kept_by_others]
    _forget_texts(session, {entry.sha256 for entry in forgotten})
    _forget_readings(session, [entry.id for entry in forgotten])
    return len(forgotten)


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
    session.exec(
        update(OutboxMail)
        .where(col(OutboxMail.case_number) == case.number)
        .values(content=b"", recipient="", last_error="", smtp_reply="")
    )
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
        or_(
            col(LedgerEntry.case_number).is_not(None),
            col(LedgerEntry.state).not_in((*_ENDED, EntryState.LISTED)),
        ),
    )
    return set(session.exec(others))


def _forget_texts(session: Session, texts: Collection[str]) -> None:
    session.exec(update(RawMail).where(col(RawMail.sha256).in_(texts)).values(content=None))


def _forget_readings(session: Session, ids: Collection[int]) -> None:
    session.exec(
        update(HandledMail)
        .where(col(HandledMail.ledger_id).in_(ids))
        .values(sender="", subject="", reading={})
    )
