"""Mails waiting to be sent, and what became of them.

A mail is queued in the transaction that decides upon it, with its Message-ID and a key under which
it can be queued only once. A sender claims mails, hands them over by SMTP and says how it went. A
claim that never came to an end leaves open whether the server took the mail: it is sent again with
the same Message-ID, by which a recipient's system can tell that it is the same, and an event says
so. No acknowledgement is lost that way, and a second copy is rare and recognisable.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import and_, col, or_, select, update

from triage.errors import NotInRegister, RegisterError
from triage.register.bounces import note_bounce
from triage.register.database import insert_new, locked
from triage.register.events import one_line, record
from triage.register.queued import ANSWERS
from triage.register.states import OutboxState
from triage.register.tables import Case, OutboxMail
from triage.register.tasks import NOT_SENT, add_task, finish_tasks_about

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlmodel import Session

    from triage.register.queued import QueuedMail

CLAIM_HOLDS = timedelta(minutes=10)
"""After this long without an end a claimed mail is sent again; SMTP's longest wait, for the reply
to the final dot, is 10 minutes (RFC 5321 section 4.5.3.2.6)."""
GIVE_UP = timedelta(days=5)
"""How long a mail is tried (RFC 5321 section 4.5.4.1: at least 4 to 5 days)."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail that a sender now has in hand."""

    id: int
    message_id: str
    purpose: str
    recipient: str
    envelope_from: str
    content: bytes
    resent: bool
    """Whether the server may have taken it before."""


def next_attempt(attempts: int) -> timedelta:
    """Return the pause after that many attempts: 10 seconds, doubling up to an hour."""
    return timedelta(seconds=min(10 * 2 ** min(max(attempts, 1) - 1, 9), 3600))


def queue(
    session: Session,
    mail: QueuedMail,
    now: datetime,
    *,
    case_number: str | None = None,
    ledger_id: int | None = None,
) -> int | None:
    """Queue a mail; return its id in the outbox, or None if the same one was queued before.

    Raises RegisterError when its Message-ID is another mail's.
    """
    key = mail.unique_key(case_number)
    row = OutboxMail(
        message_id=mail.message_id,
        unique_key=key,
        case_number=case_number,
        ledger_id=ledger_id,
        purpose=mail.purpose,
        recipient=mail.recipient.lower(),
        envelope_from=mail.envelope_from,
        content=mail.content,
        queued_at=now,
        next_attempt_at=now,
    )
    outbox_id = insert_new(session, row)
    if outbox_id is None:
        same = select(OutboxMail.id).where(OutboxMail.unique_key == key)
        if session.exec(same).first() is None:
            raise RegisterError(f"The Message-ID {mail.message_id} was given to another mail")
    return outbox_id


def claim(session: Session, limit: int, worker: str, now: datetime) -> tuple[Claimed, ...]:
    """Return mails for this sender to hand over, the longest due first."""
    due = and_(OutboxMail.state == OutboxState.DUE, OutboxMail.next_attempt_at <= now)
    abandoned = and_(
        OutboxMail.state == OutboxState.SENDING, col(OutboxMail.claimed_at) <= now - CLAIM_HOLDS
    )
    wanted = (
        select(OutboxMail)
        .where(or_(due, abandoned))
        .order_by(col(OutboxMail.next_attempt_at), col(OutboxMail.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return tuple(_claimed(session, row, worker, now) for row in session.exec(wanted).all())


def _claimed(session: Session, row: OutboxMail, worker: str, now: datetime) -> Claimed:
    resent = row.state is OutboxState.SENDING or row.claimed_at is not None
    if resent:
        record(
            session,
            now,
            "sent_again",
            f"Whether the {row.purpose} reached the mail server is not known; "
            "sent again with the same Message-ID",
            case_number=row.case_number,
            ledger_id=row.ledger_id,
            outbox_id=row.id,
        )
    row.state = OutboxState.SENDING
    row.claimed_by = worker
    row.claimed_at = now
    row.attempts += 1
    return Claimed(
        row.id,
        row.message_id,
        row.purpose,
        row.recipient,
        row.envelope_from,
        row.content,
        resent,
    )


def give_back(session: Session, outbox_ids: Iterable[int], worker: str) -> None:
    """Return claimed mails that this sender did not begin to hand over, because it stops."""
    session.exec(
        update(OutboxMail)
        .where(
            col(OutboxMail.id).in_(tuple(outbox_ids)),
            col(OutboxMail.state) == OutboxState.SENDING,
            col(OutboxMail.claimed_by) == worker,
        )
        .values(
            state=OutboxState.DUE,
            claimed_by=None,
            claimed_at=None,
            attempts=col(OutboxMail.attempts) - 1,
        )
    )


def void_sender_claims(session: Session, worker: str, now: datetime) -> None:
    """Make due what this sender held when it last ended; to be called at its start."""
    held = select(OutboxMail).where(
        OutboxMail.state == OutboxState.SENDING, OutboxMail.claimed_by == worker
    )
    for row in session.exec(held.with_for_update()).all():
        # claimed_at stays: it says that the server may have the mail already.
        row.state = OutboxState.DUE
        row.claimed_by = None
        row.next_attempt_at = now


def mark_sent(session: Session, outbox_id: int, reply: str, now: datetime) -> None:
    """Note that the mail server took the mail, whoever holds the claim by now."""
    row = mail_of(session, outbox_id)
    if row.state is OutboxState.SENT:
        return
    row.state = OutboxState.SENT
    row.sent_at = now
    row.smtp_reply = one_line(reply)
    row.claimed_by = row.claimed_at = None
    row.last_error = ""
    if row.purpose in ANSWERS and row.case_number is not None:
        case = locked(session, Case, row.case_number)
        if case is not None and case.acknowledged_at is None:
            case.acknowledged_at = now
    record(
        session,
        now,
        "sent",
        f"The mail server took the {row.purpose}",
        case_number=row.case_number,
        ledger_id=row.ledger_id,
        outbox_id=row.id,
    )
    finish_tasks_about(session, NOT_SENT, outbox_id=row.id, now=now, note="it was sent after all")


def mark_deferred(
    session: Session, outbox_id: int, error: str, now: datetime, *, worker: str
) -> None:
    """Note that it did not go now; it is tried again after a pause, up to `GIVE_UP`.

    Nothing happens when the claim is no longer this sender's.
    """
    row = mail_of(session, outbox_id)
    if row.state is not OutboxState.SENDING or row.claimed_by != worker:
        return
    if now - row.queued_at >= GIVE_UP:
        _fail(session, row, f"tried for {GIVE_UP.days} days: {error}", now)
        return
    row.state = OutboxState.DUE
    row.claimed_by = row.claimed_at = None
    row.last_error = one_line(error)
    row.next_attempt_at = now + next_attempt(row.attempts)


def mark_failed(
    session: Session,
    outbox_id: int,
    error: str,
    now: datetime,
    *,
    worker: str,
    address_refused: bool = False,
) -> None:
    """Note that the mail was refused for good, and make it a person's task.

    With `address_refused` (a 5xx to RCPT) the address is not written to again for a while. Nothing
    happens when the claim is no longer this sender's.
    """
    row = mail_of(session, outbox_id)
    if row.state is not OutboxState.SENDING or row.claimed_by != worker:
        return
    if address_refused:
        note_bounce(session, row.recipient, error, now)
    _fail(session, row, error, now)


def _fail(session: Session, row: OutboxMail, error: str, now: datetime) -> None:
    row.state = OutboxState.FAILED
    row.claimed_by = row.claimed_at = None
    row.last_error = one_line(error)
    record(
        session,
        now,
        "not_sent",
        f"The {row.purpose} was not sent: {error}",
        case_number=row.case_number,
        ledger_id=row.ledger_id,
        outbox_id=row.id,
    )
    add_task(
        session,
        now,
        NOT_SENT,
        f"The {row.purpose} to {row.recipient} could not be sent; reach them another way: {error}",
        case_number=row.case_number,
        ledger_id=row.ledger_id,
        outbox_id=row.id,
    )


def mail_of(session: Session, outbox_id: int) -> OutboxMail:
    """Return a mail of the outbox, locked until the transaction ends. Raises NotInRegister."""
    row = locked(session, OutboxMail, outbox_id)
    if row is None:
        raise NotInRegister(f"There is no mail {outbox_id} in the outbox")
    return row
