"""A complaint procedure as frozen values; `load` reads them from a policy file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, time
    from zoneinfo import ZoneInfo

    from triage.policy.next_instance import NextInstance


_FRIDAY = 4


class Unit(StrEnum):
    """What a term counts."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    MONTHS = "months"


class Start(StrEnum):
    """Which day is the day of receipt, from which counting starts (it is not itself counted)."""

    DAY_OF_RECEIPT = "day_of_receipt"
    NEXT_WORKING_DAY = "next_working_day"
    """Received on a day that is not a working day: counts as received on the next one."""


class End(StrEnum):
    """What happens when the last day is not a working day."""

    AS_COUNTED = "as_counted"
    PREVIOUS_WORKING_DAY = "previous_working_day"
    NEXT_WORKING_DAY = "next_working_day"


@dataclass(frozen=True, slots=True)
class Term:
    """How long something may take."""

    count: int
    unit: Unit
    start: Start = Start.DAY_OF_RECEIPT
    end: End = End.AS_COUNTED


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are working days: Monday to Friday without these holidays.

    Holidays come from the `holidays` package for the country; names in `without` are not free,
    dates in `closed` are free besides.
    """

    country: str
    without: tuple[str, ...] = ()
    """English names of holidays that count as working days, such as `Good Friday`."""
    also: tuple[str, ...] = ()
    """English names of holidays that are free beside the public ones, such as `Liberation Day`."""
    closed: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class DossierFormat:
    """How the agency writes its dossier numbers, separators removed."""

    prefix: str
    """Letters before the digits, upper case; empty for digits only."""
    digits: int
    pattern: re.Pattern[str]
    """Must match a normalised number whole (upper case, no separators)."""
    example: str
    where: dict[str, str]
    """Language → where the sender finds it, for the acknowledgement."""

    def normalise(self, typed: str) -> str | None:
        """Return the number without separators, or None when it is not of this form."""
        squashed = re.sub(r"[^0-9A-Za-z]", "", typed).upper()
        return squashed if self.pattern.fullmatch(squashed) else None


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that a complaint must give; any of the options will do."""

    options: tuple[str, ...]
    """Keys of fields: name address phone email dossier_number national_id reason ..."""
    when_reply_channel: str | None = None
    """Only where the sender wants the answer this way (`letter`)."""

    @property
    def key(self) -> str:
        """The key under which it is reported missing: the first option."""
        return self.options[0]


@dataclass(frozen=True, slots=True)
class Agency:
    """Who the agency is: shown to senders, and never taken for the sender's own details."""

    name: str
    domains: frozenset[str]
    phones: frozenset[str]
    """E.164."""
    postal_address: str
    postcodes: frozenset[str]
    service_phone: str
    """As shown to a sender; empty when there is none."""
    website: str
    signature: dict[str, str]
    """Language → who signs the acknowledgement."""
    customer_pages: str = ""
    """What the debtor's own pages on the website are called; empty where none are published."""


@dataclass(frozen=True, slots=True)
class OpeningException:
    """Other opening hours in a part of every year, from the first to the last (month, day)."""

    first: tuple[int, int]
    last: tuple[int, int]
    opens: time
    closes: time

    def covers(self, day: date) -> bool:
        """Whether they apply on that day."""
        return self.first <= (day.month, day.day) <= self.last


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When reminders may go out and call-backs may be promised, in the policy's zone."""

    opens: time
    closes: time
    closes_friday: time
    exceptions: tuple[OpeningException, ...] = ()
    published: bool = False
    """Whether senders are told them; False where the procedure names none."""

    def on(self, day: date) -> tuple[time, time]:
        """Return when the office opens and closes on that day, if it is a working day."""
        for exception in self.exceptions:
            if exception.covers(day):
                return exception.opens, exception.closes
        return self.opens, self.closes_friday if day.weekday() == _FRIDAY else self.closes


@dataclass(frozen=True, slots=True)
class Promises:
    """What the published procedure promises; each turns a line of the acknowledgement on."""

    answer_aimed: bool = False
    """Whether the procedure strives for its term ("streeft ernaar") or has none of its own."""
    collection_paused: bool = False
    independent_handler: bool = False
    identity_check: bool = False
    phone_first: bool = False
    answer_form_as_asked: bool = False
    verdict: str = ""
    """`admissible` (ontvankelijk) or `upheld` (toegewezen), as the procedure words its outcome."""
    verdict_reasons: bool = False
    """Whether it promises the reasons of the verdict, and of one upheld how it is solved."""
    improvement_told: bool = False
    """Whether it promises the sender to be told what is done better because of the complaint."""
    payment_days: str = ""
    """Working days that a payment takes to show, such as `1–3`; empty where none are published."""
    proxy_contents: bool = False
    """Whether the procedure lists what a written power of attorney must contain."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One published procedure, whole."""

    name: str
    title: str
    agency: Agency
    mailboxes: tuple[str, ...]
    form_senders: tuple[str, ...]
    """No-reply addresses from which the website's contact forms arrive."""
    home_language: str
    zone: ZoneInfo
    calendar: Calendar
    dossier: DossierFormat
    required: tuple[Requirement, ...]
    acknowledged: Term
    """By when receipt is confirmed; `count` 0: on the day of receipt."""
    answer: Term
    extended: Term | None
    """The ceiling to which the answer may be extended with reasons, counted from receipt."""
    second_instance: Term
    privacy: Term
    """Answer to a request under the GDPR: one month (art. 12(3))."""
    objections_are_complaints: bool
    """False where objections to a dossier go to the dossier's handler first."""
    directieklacht_after_answer: bool
    promises: Promises
    next_instances: tuple[NextInstance, ...]
    """Where the sender can go next, and when that is named."""
    office: OfficeHours
    reminder_after: Term
    """When a sender who owes facts is reminded once."""
    warn_before: tuple[int, ...]
    """Working days before the answer is due on which its handler is warned."""
    source: str
    """The file it was read from."""
