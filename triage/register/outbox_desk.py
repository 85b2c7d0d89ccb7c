"""What a person sees of the outbox, and does with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from triage.errors import NotInRegister
from triage.register.bounces import forget_bounce
from triage.register.events import record
from triage.register.outbox_queue import mail_of
from triage.register.states import OutboxState
from triage.register.tables import OutboxMail

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlmodel import Session


def retry_mail(session: Session, outbox_id: int, now: datetime) -> None:
    """Try a failed or withheld mail again, on a person's word: they know that its address works.

    Raises NotInRegister, also for a mail whose text retention has removed.
    """
    row = mail_of(session, outbox_id)
    if row.state not in {OutboxState.FAILED, OutboxState.WITHHELD}:
        raise NotInRegister(f"Mail {outbox_id} of the outbox is {row.state}, not failed")
    if not row.content:
        raise NotInRegister(f"The text of mail {outbox_id} of the outbox is no longer kept")
    forget_bounce(session, row.recipient)
    row.state = OutboxState.DUE
    row.attempts = 0
    row.queued_at = now
    row.next_attempt_at = now


def withhold_mail(session: Session, outbox_id: int, reason: str, now: datetime) -> None:
    """Keep a mail that has not gone out from going, on a person's word. Raises NotInRegister."""
    row = mail_of(session, outbox_id)
    if row.state not in {OutboxState.DUE, OutboxState.FAILED}:
        raise NotInRegister(f"Mail {outbox_id} of the outbox is {row.state}, not waiting")
    row.state = OutboxState.WITHHELD
    record(
        session,
        now,
        "withheld",
        f"The {row.purpose} was withheld: {reason}",
        case_number=row.case_number,
        ledger_id=row.ledger_id,
        outbox_id=row.id,
    )


def mails_in(
    session: Session, states: Collection[OutboxState], limit: int = 1000
) -> tuple[OutboxMail, ...]:
    """Return the outbox's mails in these states, the oldest first."""
    wanted = (
        select(OutboxMail)
        .where(col(OutboxMail.state).in_(states))
        .order_by(col(OutboxMail.queued_at), col(OutboxMail.id))
        .limit(limit)
    )
    return tuple(session.exec(wanted))


def count_mails(session: Session) -> dict[OutboxState, int]:
    """Return how many mails of the outbox are in each state, zeroes included."""
    states = select(OutboxMail.state, func.count()).group_by(col(OutboxMail.state))
    counted = dict(session.exec(states).all())
    return {state: counted.get(state, 0) for state in OutboxState}


def oldest_due(session: Session) -> datetime | None:
    """Return when the oldest mail that has not gone out was queued; None when none waits."""
    wanted = select(func.min(OutboxMail.queued_at)).where(
        col(OutboxMail.state).in_((OutboxState.DUE, OutboxState.SENDING))
    )
    return session.exec(wanted).one()
