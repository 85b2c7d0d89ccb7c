"""A mail that is to go out, ready to be sent; what the outbox room makes and the register keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

ANSWERS = frozenset({"acknowledgement", "supplement", "service"})
"""Purposes of the automatic answers to a sender's mail; the caps count these."""


@dataclass(frozen=True, slots=True)
class QueuedMail:
    """One mail to one recipient, rendered."""

    message_id: str
    """Without angle brackets; with enough randomness that nobody guesses it."""
    purpose: str
    """`acknowledgement`, `supplement`, `service`, `reminder`, `digest` ..."""
    recipient: str
    occasion: str
    """What tells this mail from another with the same case, purpose and recipient: the ledger entry
    it answers, the day of a digest, the step and day of a reminder."""
    envelope_from: str
    """Where bounces go; empty for the null path `<>`."""
    content: bytes
    """The whole mail as it is handed to SMTP."""

    def unique_key(self, case_number: str | None) -> str:
        """Return the key under which this mail is queued once, for a case or for none."""
        return "/".join((case_number or "-", self.purpose, self.recipient.lower(), self.occasion))


@dataclass(frozen=True, slots=True)
class CaseReference:
    """What a mail about a case says of it."""

    number: str
    tag: str
    """For the subject: `[NL26-00042-K7QFX2M9]`."""
    received_at: datetime
    due: date | None
    missing: tuple[str, ...]
