"""Which reminders went out: one per case, step and day, whatever restarts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triage.register.database import insert_new
from triage.register.tables import Reminder

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlmodel import Session


def claim_reminder(session: Session, case_number: str, step: str, day: date, now: datetime) -> bool:
    """Note that this reminder goes out with this transaction; False if it did before."""
    reminder = Reminder(case_number=case_number, step=step, day=day, reminded_at=now)
    return insert_new(session, reminder) is not None
