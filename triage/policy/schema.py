"""What a policy file may hold: its tables and keys, and which values are refused.

`load` makes a `Policy` of it.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

import phonenumbers
from pydantic import AfterValidator, Field, field_validator, model_validator

from triage.errors import PolicyError
from triage.policy.calendar import known_holidays
from triage.policy.model import End, Start, Unit
from triage.policy.next_instance import Moment
from triage.toml_file import Section

REQUIRABLE = frozenset(
    (
        *("name", "address", "phone", "email", "dossier_number", "national_id"),
        *("reason", "fault", "incident_date", "incident_channel", "desired_resolution"),
    )
)
"""Keys of what a policy may require of a complaint."""


class AgencySection(Section):
    """Who the agency is."""

    name: str
    domains: tuple[str, ...]
    phones: tuple[str, ...] = ()
    postal_address: str = ""
    postcodes: tuple[str, ...] = ()
    service_phone: str = ""
    website: str = ""
    signature: dict[str, str]
    customer_pages: str = ""

    @field_validator("phones")
    @classmethod
    def _e164(cls, numbers: tuple[str, ...]) -> tuple[str, ...]:
        for number in numbers:
            try:
                phonenumbers.parse(number)
            except phonenumbers.NumberParseException as error:
                raise ValueError(f"{number!r} is not in the form +31201234567") from error
        return numbers


class DossierSection(Section):
    """How dossier numbers are written."""

    prefix: str = ""
    digits: int = Field(ge=4, le=20)
    pattern: str = ""
    example: str
    where: dict[str, str]

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"is not a regular expression ({error})") from error
        return pattern


class RequiredSection(Section):
    """One thing that a complaint must give; any one of `any_of` will do."""

    any_of: tuple[str, ...] = Field(min_length=1)
    when_reply_channel: Literal["letter", "email"] | None = None

    @field_validator("any_of")
    @classmethod
    def _known(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        for key in keys:
            if key not in REQUIRABLE:
                raise ValueError(f"unknown field {key!r}, known: {', '.join(sorted(REQUIRABLE))}")
        if keys[0] == "national_id":
            raise ValueError("an identity number is never asked for: name another field first")
        return keys


class TermSection(Section):
    """How long something may take."""

    count: int = Field(ge=1, le=400)
    unit: Unit
    start: Start = Start.DAY_OF_RECEIPT
    end: End = End.AS_COUNTED


class AcknowledgedSection(TermSection):
    """By when receipt is confirmed; without days of its own, at once: on the day of receipt."""

    count: int = Field(default=0, ge=0, le=400)
    unit: Unit = Unit.CALENDAR_DAYS


class TermsSection(Section):
    """The clocks."""

    acknowledged: AcknowledgedSection = AcknowledgedSection()
    answer: TermSection
    extended: TermSection | None = None
    second_instance: TermSection | None = None
    privacy: TermSection = TermSection(count=1, unit=Unit.MONTHS)
    reminder: TermSection = TermSection(count=3, unit=Unit.WORKING_DAYS)
    warn_before: tuple[Annotated[int, Field(ge=0, le=400)], ...] = (3, 1)


class CalendarSection(Section):
    """Working days: the country's, with these changes."""

    country: str
    zone: str
    without: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    closed: tuple[date, ...] = ()

    @field_validator("zone")
    @classmethod
    def _zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("is not a time zone such as Europe/Amsterdam") from error
        return name

    @model_validator(mode="after")
    def _holidays(self) -> Self:
        try:
            known = known_holidays(self.country)
        except PolicyError as error:
            raise ValueError(error.what) from error
        for name in (*self.without, *self.also):
            if name not in known:
                raise ValueError(
                    f"no holiday {name!r} in {self.country}: {', '.join(sorted(known))}"
                )
        return self


def _month_and_day(text: str) -> str:
    """Check a day of every year, written as 12-23."""
    try:
        datetime.strptime(f"2024-{text}", "%Y-%m-%d")  # noqa: DTZ007 - a day, not a moment
    except ValueError as error:
        raise ValueError("is not a month and day such as 12-23") from error
    return text


class ExceptionSection(Section):
    """Other opening hours from one day of every year to another."""

    first: Annotated[str, AfterValidator(_month_and_day)]
    last: Annotated[str, AfterValidator(_month_and_day)]
    opens: time
    closes: time

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not (self.first <= self.last and self.opens < self.closes):
            raise ValueError("ends before it begins; one over New Year is written as two")
        return self


class OfficeSection(Section):
    """Opening hours; an `[office]` table in the file says that senders may be told them."""

    opens: time = time(9)
    closes: time = time(17)
    closes_friday: time = time(17)
    exceptions: tuple[ExceptionSection, ...] = ()

    @model_validator(mode="after")
    def _opens_first(self) -> Self:
        if not self.opens < min(self.closes, self.closes_friday):
            raise ValueError("the office closes before it opens")
        return self


class PromisesSection(Section):
    """What the published procedure promises."""

    answer_aimed: bool = False
    collection_paused: bool = False
    independent_handler: bool = False
    identity_check: bool = False
    phone_first: bool = False
    answer_form_as_asked: bool = False
    verdict: Literal["", "admissible", "upheld"] = ""
    verdict_reasons: bool = False
    improvement_told: bool = False
    payment_days: str = ""
    proxy_contents: bool = False


class NextInstanceSection(Section):
    """Where a sender can go next, when that is named, and in which words."""

    key: str = Field(pattern=r"^[a-z_]+$")
    moments: tuple[Moment, ...] = Field(min_length=1)
    text: dict[str, str] = Field(min_length=1)


class PolicyFile(Section):
    """The whole file."""

    title: str
    mailboxes: tuple[str, ...] = Field(min_length=1)
    form_senders: tuple[str, ...] = ()
    home_language: str = Field(pattern=r"^[a-z]{2}$")
    objections_are_complaints: bool = True
    directieklacht_after_answer: bool = False
    next_instances: tuple[NextInstanceSection, ...] = ()
    agency: AgencySection
    dossier: DossierSection
    required: tuple[RequiredSection, ...]
    terms: TermsSection
    calendar: CalendarSection
    office: OfficeSection = OfficeSection()
    promises: PromisesSection = PromisesSection()

    @field_validator("mailboxes", "form_senders")
    @classmethod
    def _addresses(cls, addresses: tuple[str, ...]) -> tuple[str, ...]:
        for address in addresses:
            if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
                raise ValueError(f"{address!r} is not an e-mail address")
        return tuple(address.lower() for address in addresses)

    @model_validator(mode="after")
    def _told_at_home(self) -> Self:
        for each in self.next_instances:
            if not each.text.keys() & {"en", self.home_language}:
                raise ValueError(
                    f"next instance {each.key!r} has no text in {self.home_language} or en"
                )
        return self
