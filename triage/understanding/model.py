"""What a careful reader concludes from a mail: plain, frozen values with their evidence.

Keys, kinds and forms are those of the corpus (`tests/corpus/README.md`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)

SURE = 0.9
"""A value at or above this confidence is marked sure; below, it goes to a person."""


class Kind(StrEnum):
    """What a mail mainly is."""

    COMPLAINT = "complaint"
    MANAGEMENT_COMPLAINT = "management_complaint"
    DISPUTE = "dispute"
    PAYMENT_ARRANGEMENT = "payment_arrangement"
    BALANCE = "balance"
    PAYMENT_REGISTERED = "payment_registered"
    COSTS = "costs"
    LEGAL_ACTION = "legal_action"
    AUTHORISATION = "authorisation"
    CALLBACK = "callback"
    DATA_REQUEST = "data_request"
    CONTACT_CHANGE = "contact_change"
    COMPLIMENT = "compliment"
    QUESTION = "question"
    AUTOMATIC = "automatic"
    SPAM = "spam"

    @property
    def is_complaint(self) -> bool:
        """A complaint of either instance: it has a term and required fields."""
        return self in {Kind.COMPLAINT, Kind.MANAGEMENT_COMPLAINT}

    @property
    def is_machine(self) -> bool:
        """Nobody waits for an answer to this."""
        return self in {Kind.AUTOMATIC, Kind.SPAM}


class Channel(StrEnum):
    """How the agency's contact, about which the sender complains, took place."""

    LETTER = "letter"
    PHONE = "phone"
    EMAIL = "email"
    SMS = "sms"
    WEBSITE = "website"
    IN_PERSON = "in_person"


class Source(StrEnum):
    """Where in a mail something was found; offsets count characters in that text."""

    SUBJECT = "subject"
    TYPED = "typed"
    QUOTED = "quoted"
    SENDER = "from"
    ATTACHMENT = "attachment"
    HEADERS = "headers"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that a finding rests on, and the rule that read them."""

    source: Source
    start: int
    end: int
    words: str
    rule: str
    """Short name of the rule or model that found it, for a person to read."""


@dataclass(frozen=True, slots=True)
class Finding(Generic[T_co]):
    """A value, how sure it is (0 to 1), and why."""

    value: T_co
    confidence: float
    evidence: tuple[Evidence, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether the value may be used without a person's look."""
        return self.confidence >= SURE


@dataclass(frozen=True, slots=True)
class Fields:
    """What the mail gives, in the corpus' forms. None or () where it does not give it."""

    name: Finding[str] | None = None
    street: Finding[str] | None = None
    postcode: Finding[str] | None = None
    city: Finding[str] | None = None
    phones: tuple[Finding[str], ...] = ()
    emails: tuple[Finding[str], ...] = ()
    dossier_numbers: tuple[Finding[str], ...] = ()
    national_id: Finding[str] | None = None
    birth_date: Finding[str] | None = None
    incident_date: Finding[str] | None = None
    incident_channel: tuple[Finding[Channel], ...] = ()
    desired_resolution: Finding[bool] = field(
        default_factory=lambda: Finding(value=False, confidence=0.5)
    )
    reply_channel: Finding[Channel] | None = None
    reason: Finding[bool] = field(default_factory=lambda: Finding(value=False, confidence=0.5))
    fault: Finding[bool] = field(default_factory=lambda: Finding(value=False, confidence=0.5))


@dataclass(frozen=True, slots=True)
class Reading:
    """The conclusions from one mail."""

    language: Finding[str]
    """ISO 639-1; `no` for Bokmål and Nynorsk."""
    kind: Finding[Kind]
    also: tuple[Finding[Kind], ...]
    marker: Finding[bool]
    fields: Fields
    webform: bool
    """Whether a website's contact form generated the mail: the sender is the person in the form."""
