"""What happened, in order; events are added and never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from triage.masking import mask
from triage.register.tables import Event

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from triage.register.columns import Json

LONGEST_LINE = 500


def one_line(text: str) -> str:
    """Return `text` as one bounded line with the ids in it masked, for a person to read."""
    return mask(" ".join(text.split()))[:LONGEST_LINE]


def record(
    session: Session,
    at: datetime,
    code: str,
    text: str,
    *,
    case_number: str | None = None,
    ledger_id: int | None = None,
    outbox_id: int | None = None,
    data: dict[str, Json] | None = None,
) -> None:
    """Add an event. `text` is for a person; ids in it are masked here."""
    session.add(
        Event(
            at=at,
            code=code,
            text=one_line(text),
            case_number=case_number,
            ledger_id=ledger_id,
            outbox_id=outbox_id,
            data=data or {},
        )
    )


def events_of(session: Session, case_number: str) -> tuple[Event, ...]:
    """Return the events of a case, oldest first."""
    wanted = select(Event).where(Event.case_number == case_number).order_by(col(Event.id))
    return tuple(session.exec(wanted))
