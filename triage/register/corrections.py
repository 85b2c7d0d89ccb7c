"""Wrong readings that people corrected: remembered as events, given back with their mails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from triage.errors import NotInRegister
from triage.register.events import record
from triage.register.ledger import raw_of
from triage.register.states import Direction
from triage.register.tables import Event, HandledMail, LedgerEntry
from triage.understanding.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlmodel import Session

CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Correction:
    """A mail with the kind that a person says it has."""

    entry: LedgerEntry
    raw: bytes
    kind: Kind
    was: str
    """The kind it was taken for; empty when it had none."""


def remember_correction(
    session: Session, entry: LedgerEntry, was: Kind | None, kind: Kind, now: datetime
) -> None:
    """Remember that a mail is of another kind than it was taken for."""
    record(
        session,
        now,
        CORRECTED,
        f"Somebody corrected it: it is {kind.value}" + (f", not {was.value}" if was else ""),
        case_number=entry.case_number,
        ledger_id=entry.id,
        data={"kind": kind.value, "was": was.value if was else ""},
    )


def remember_no_complaint(session: Session, number: str, now: datetime) -> None:
    """Remember that the mail that opened a case is no complaint, if it was taken for one."""
    opening = session.exec(
        select(HandledMail, LedgerEntry)
        .join(LedgerEntry, col(LedgerEntry.id) == col(HandledMail.ledger_id))
        .where(
            HandledMail.case_number == number.strip().upper(),
            HandledMail.direction == Direction.IN,
            HandledMail.joined == "",
        )
        .order_by(col(HandledMail.ledger_id))
    ).first()
    if opening is not None and opening[0].kind.is_complaint:
        remember_correction(session, opening[1], opening[0].kind, Kind.QUESTION, now)


def corrections(session: Session) -> Iterator[Correction]:
    """Give the corrected mails that are still kept, by receipt; the last word on each counts."""
    said = session.exec(select(Event).where(Event.code == CORRECTED).order_by(col(Event.id))).all()
    last = {event.ledger_id: event.data for event in said if event.ledger_id is not None}
    entries = select(LedgerEntry).where(col(LedgerEntry.id).in_(tuple(last)))
    order = (col(LedgerEntry.received_at), col(LedgerEntry.id))
    for entry in session.exec(entries.order_by(*order)).all():
        try:
            raw = raw_of(session, entry)
        except NotInRegister:  # retention has removed it
            continue
        data = last[entry.id]
        yield Correction(entry, raw, Kind(data["kind"]), str(data["was"]))
