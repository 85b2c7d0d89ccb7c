"""What a mail is, once read: plain, frozen values.

Every text in here is clean: no NUL, no lone surrogates, no carriage returns, bounded in length.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

UNREAD: Final = "the rest was not read"
"""How every note of `Message.damage` ends that tells of a limit."""
UNREADABLE: Final = frozenset(("encrypted",))


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of an address header: display name (may be empty) and `local@domain`."""

    name: str
    address: str

    @property
    def local(self) -> str:
        """The part before the last @, lower case."""
        return self.address.rpartition("@")[0].lower()

    @property
    def domain(self) -> str:
        """The part after the last @, lower case."""
        return self.address.rpartition("@")[2].lower()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is not the mail's own text. `filename` is for display only, never a path."""

    filename: str
    content_type: str
    size: int
    sha256: str
    text: str = ""
    """Text found in it (PDF, DOCX, HTML, plain text, attached mail), bounded; empty when none."""


class MachineSign(StrEnum):
    """Why the headers say that a machine wrote this mail, or that no answer is wanted.

    The values are the reason codes of `triage explain`.
    """

    AUTO_SUBMITTED = "auto_submitted"
    NULL_SENDER = "null_sender"
    REPORT = "report"
    LIST = "list"
    PRECEDENCE = "precedence"
    SUPPRESS = "suppress"
    SYSTEM_SENDER = "system_sender"
    LOOP = "loop"
    SPAM = "spam"
    UNAUTHENTICATED = "unauthenticated"


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of a machine, with the header line (shortened) that shows it."""

    code: MachineSign
    header: str


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What a delivery status notification (RFC 3464) or a free-form bounce says."""

    recipient: str
    """The address that could not be reached; empty when the report does not say."""
    status: str
    """Enhanced status code such as `5.1.1`; empty when unknown."""
    permanent: bool
    original_message_id: str
    """Message-ID of the mail that bounced; empty when the report does not carry it."""


@dataclass(frozen=True, slots=True)
class Message:
    """A mail as a reader sees it."""

    sender: Address | None
    """The first From mailbox that is an address; None when there is none."""
    reply_to: tuple[Address, ...]
    return_path: str | None
    """Envelope sender; "" for the null path `<>`, None when the header is absent."""
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    delivered_to: tuple[str, ...]
    """Delivered-To, X-Original-To and Envelope-To addresses, lower case."""
    subject: str
    message_id: str
    """Without angle brackets; empty when absent."""
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    date: datetime | None
    """The Date header, aware; None when absent or unreadable."""
    typed: str
    """What the sender typed, greeting and signature included; quoted mail and footers are apart."""
    quoted: str
    """Older mail below, above or between the typed text, with its attribution lines."""
    footer: str
    """Disclaimers, advertising of mail apps, the agency's own signature."""
    attachments: tuple[Attachment, ...]
    signs: tuple[Sign, ...]
    """What the headers tell about a machine; the text is judged by `understanding`."""
    report: DeliveryReport | None
    headers: tuple[tuple[str, str], ...]
    """All header fields in order, decoded and bounded; names as written."""
    size: int
    sha256: str
    damage: tuple[str, ...]
    """What could not be read as declared, in plain words; empty for a sound mail."""

    def header(self, name: str) -> str:
        """Return the first header field of that name (any case), or an empty string."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    @property
    def unread(self) -> tuple[str, ...]:
        """The notes of `damage` that say that some of what was sent has not been read."""
        return tuple(note for note in self.damage if note.endswith(UNREAD) or note in UNREADABLE)

    @property
    def recipients(self) -> tuple[str, ...]:
        """All addresses in To, Cc and the Delivered-To fields, lower case."""
        shown = (entry.address.lower() for entry in (*self.to, *self.cc))
        return tuple(dict.fromkeys((*shown, *self.delivered_to)))
