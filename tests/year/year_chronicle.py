"""What happened in a simulated year, as an onlooker outside the service sees it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr, parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from year_mails import Written

_NUMBER = re.compile(r"\b(?:NL|PL|NO)\d{2}-\d{5}\b")
_TO_OUR_OWN = ("digest", "chase", "report")


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail that the SMTP server took."""

    at: datetime
    message_id: str
    sender: str
    to: str
    subject: str
    answers: str
    """Message-ID that it answers."""
    made: datetime
    """Its Date."""
    text: str

    @property
    def purpose(self) -> str:
        """`digest`, `chase`, `report`, `reminder`, `extension`, or `answer` for all automatic answers."""
        first = self.message_id.partition(".")[0]
        return first if first in {*_TO_OUR_OWN, "reminder", "extension"} else "answer"

    @property
    def to_a_sender(self) -> bool:
        return self.purpose not in _TO_OUR_OWN

    @property
    def numbers(self) -> frozenset[str]:
        """The cases that it names."""
        return frozenset(_NUMBER.findall(f"{self.subject}\n{self.text}"))


def sent(raw: bytes, at: datetime) -> Sent:
    """Return a mail as it was taken."""
    mail = message_from_bytes(raw)  # the quicker of the library's two ways
    plain = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
    payload = plain.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return Sent(
        at=at,
        message_id=mail["Message-ID"].strip("<> \r\n"),
        sender=parseaddr(mail["From"])[1],
        to=parseaddr(mail["To"])[1].lower(),
        subject=str(make_header(decode_header(mail["Subject"]))),
        answers=(mail["In-Reply-To"] or "").strip("<> \r\n"),
        made=parsedate_to_datetime(mail["Date"]),
        text=payload.decode(),
    )


@dataclass(frozen=True, slots=True)
class Stood:
    """A case at a moment."""

    open: bool
    paused: bool
    due: date | None


@dataclass(frozen=True, slots=True)
class Tick:
    """The register after one look of the service."""

    at: datetime
    unsettled: dict[str, Stood]
    """Cases that are not settled, by number."""


@dataclass
class Chronicle:
    """Everything, in order."""

    mails: list[Written] = field(default_factory=list)
    supplements: dict[str, str] = field(default_factory=dict)
    """Message-ID of a sender's answer to our question → the case that it belongs to."""
    answers: dict[str, str] = field(default_factory=dict)
    """Message-ID of a handler's answer, found by the service itself → its case."""
    taken: list[Sent] = field(default_factory=list)
    ticks: list[Tick] = field(default_factory=list)
    kills: int = 0

    def of(self, *purposes: str) -> Iterable[Sent]:
        """The mails of these purposes."""
        return (mail for mail in self.taken if mail.purpose in purposes)
