"""Mails to our own people: digests, handlers' reminders, reports.

They answer no message: `Auto-Submitted: auto-generated` (RFC 3834 section 5.2). Queued once per
purpose, recipient and occasion; whether one was sent, only the outbox knows.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from triage.outbox.compose import LOOP_HEADER, WIRE, header_address, one_line, outgoing
from triage.register.outbox_queue import queue
from triage.register.queued import QueuedMail
from triage.register.states import OutboxState
from triage.register.tables import OutboxMail

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlmodel import Session

    from triage.outbox.compose import Envelope


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to one of our own people, before it has an address."""

    purpose: str
    """`digest`, `chase`, `report`."""
    occasion: str
    """The day of a digest; what tells it from another of the same purpose and recipient."""
    subject: str
    text: str
    html: str
    table: str = ""
    """A CSV file that goes with it; empty for none."""
    table_name: str = ""


def post(
    session: Session, letter: Letter, recipient: str, envelope: Envelope, now: datetime
) -> int | None:
    """Queue a letter; return its number in the outbox, or None if it was queued before."""
    return queue(session, _queued(letter, recipient, envelope, now), now)


def _queued(letter: Letter, recipient: str, envelope: Envelope, now: datetime) -> QueuedMail:
    mail = automatic_mail(letter.purpose, "Triage", recipient, letter.subject, envelope, now)
    mail.set_content(letter.text, cte="quoted-printable")
    mail.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    if letter.table:
        mail.add_attachment(letter.table, subtype="csv", filename=letter.table_name, cte="base64")
    return as_queued(mail, letter.purpose, recipient, letter.occasion, envelope)


def automatic_mail(
    purpose: str, name: str, recipient: str, subject: str, envelope: Envelope, now: datetime
) -> EmailMessage:
    """Return a mail with its headers, that answers no message; `name` is who sends."""
    domain = envelope.sender.rpartition("@")[2]
    mail = EmailMessage(policy=WIRE)
    mail["Subject"] = one_line(subject)
    mail["From"] = header_address(name, envelope.sender)
    mail["To"] = header_address("", recipient)
    mail["Date"] = format_datetime(now.astimezone(UTC))
    mail["Message-ID"] = f"<{purpose}.{secrets.token_hex(12)}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if envelope.instance:
        mail[LOOP_HEADER] = envelope.instance
    return mail


def as_queued(
    mail: EmailMessage, purpose: str, recipient: str, occasion: str, envelope: Envelope
) -> QueuedMail:
    """Return the mail as the register keeps it."""
    message_id = str(mail["Message-ID"]).strip("<>")
    out = outgoing(mail, message_id, recipient, envelope)
    return QueuedMail(message_id, purpose, recipient, occasion, out.envelope_from, out.raw)


def already_queued(
    session: Session, purpose: str, occasion: str, recipients: Iterable[str]
) -> frozenset[str]:
    """Return those of the recipients for whom that mail has been queued, whatever became of it."""
    keys = {_key(purpose, occasion, recipient): recipient for recipient in recipients}
    found = session.exec(select(OutboxMail.unique_key).where(col(OutboxMail.unique_key).in_(keys)))
    return frozenset(keys[key] for key in found)


def _key(purpose: str, occasion: str, recipient: str) -> str:
    return QueuedMail("", purpose, recipient, occasion, "", b"").unique_key(None)


def last_sent(session: Session, purpose: str, recipient: str) -> datetime | None:
    """Return when the latest mail of that purpose was made that the mail server took."""
    wanted = select(func.max(OutboxMail.queued_at)).where(
        OutboxMail.purpose == purpose,
        OutboxMail.recipient == recipient.lower(),
        OutboxMail.state == OutboxState.SENT,
    )
    return session.exec(wanted).one()
