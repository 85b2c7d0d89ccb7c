"""What follows from a mail: a pure function of values.

`decide` looks at the mail, what was understood of it, the policy and what the register knows, and
says which case it opens or continues, when the answer is due, whether it may be acknowledged (and
if not, every reason why), what is still missing, and what a person must do. No I/O, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from triage.understanding.model import Kind


class Reason(StrEnum):
    """Why a mail is not acknowledged; the codes of `triage explain`."""

    AUTO_SUBMITTED = "auto_submitted"
    NULL_SENDER = "null_sender"
    REPORT = "report"
    LIST = "list"
    PRECEDENCE = "precedence"
    SUPPRESS = "suppress"
    SYSTEM_SENDER = "system_sender"
    OWN_ADDRESS = "own_address"
    LOOP = "loop"
    SPAM = "spam"
    UNAUTHENTICATED = "unauthenticated"
    NOT_ADDRESSED = "not_addressed"
    NO_ADDRESS = "no_address"
    ANSWERED_BEFORE = "answered_before"
    RATE = "rate"
    BACKLOG = "backlog"
    AUTOMATIC_TEXT = "automatic_text"
    UNREADABLE = "unreadable"
    BOUNCED = "bounced"
    """Mail to this address came back for good before."""


class Joined(StrEnum):
    """How a mail was tied to its case."""

    THREAD = "thread"
    """In-Reply-To or References name a Message-ID that we sent or registered."""
    TOKEN = "token"  # noqa: S105 - the name of a rule, not a secret
    """The subject or typed text holds the case number with its valid token."""
    SENDER = "sender"
    """The same address wrote before, about the same dossier, and that case is open."""


@dataclass(frozen=True, slots=True)
class KnownCase:
    """What `decide` needs to know of a case in the register."""

    number: str
    kind: Kind
    state: str
    """`open`, `answered` or `settled`."""
    missing: tuple[str, ...]
    answered: bool
    """Whether the ordinary answer has been given (directieklacht is only possible after it)."""
    acknowledged: bool
    acknowledgements: int
    """How many automatic mails this case has cost so far."""
    given: tuple[str, ...] = ()
    """Keys of required fields that earlier mails gave."""
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Caps:
    """How many automatic answers at most; beyond, the acknowledgement becomes a task."""

    per_sender_hour: int = 3
    per_sender_day: int = 10
    per_case: int = 5
    service_hour: int = 1000
    """The breaker for the whole service; reaching it raises an alarm."""


@dataclass(frozen=True, slots=True)
class History:
    """What the register knows that bears on this mail."""

    case: KnownCase | None = None
    joined: Joined | None = None
    answered_before: bool = False
    """This very mail (fingerprint) has been acknowledged already."""
    own_addresses: frozenset[str] = frozenset()
    """Every watched mailbox and every address we send from, lower case."""
    sent_to_sender_hour: int = 0
    sent_to_sender_day: int = 0
    sent_by_service_hour: int = 0
    bounced_addresses: frozenset[str] = frozenset()
    backlog: bool = False
    """The mail was in the mailbox before the first start."""
    caps: Caps = field(default_factory=Caps)


@dataclass(frozen=True, slots=True)
class Task:
    """Something that a person must do."""

    code: str
    """`confirm_by_hand`, `check_reading`, `bounced`, `incomplete`, `loop_alarm` ..."""
    text: str
    """One line for the handler, ids masked."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with one mail."""

    kind: Kind
    opens_case: bool
    joins: str | None
    """Number of the case it continues."""
    acknowledge: bool
    reasons: tuple[Reason, ...]
    recipient: str | None
    """The one address that an acknowledgement goes to."""
    language: str
    """Language of the acknowledgement; the policy's home language plus English when we have none."""
    missing: tuple[str, ...]
    """Required fields that neither this mail nor its case gives, sorted."""
    given: tuple[str, ...]
    due: date | None
    due_at: datetime | None
    """End of that day in the policy's zone, aware UTC."""
    counted: tuple[str, ...]
    """How the day was counted, one line a day."""
    pauses_collection: bool
    tasks: tuple[Task, ...]
    unsure: tuple[str, ...]
    """Keys of values that a person should look at."""
    purpose: str
    """What the acknowledgement is: `acknowledgement`, `supplement` (facts received), `service`."""
