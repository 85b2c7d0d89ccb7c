"""Policies read from TOML files and checked; every fault names file, line and remedy."""

from __future__ import annotations

import re
from datetime import date, time
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

import phonenumbers
from pydantic import Field, field_validator, model_validator

from triage.errors import PolicyError
from triage.policy.calendar import known_holidays
from triage.policy.model import (
    Agency,
    Calendar,
    DossierFormat,
    End,
    OfficeHours,
    Policy,
    Promises,
    Requirement,
    Start,
    Term,
    Unit,
)
from triage.toml_file import Section, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

REQUIRABLE = frozenset(
    (
        *("name", "address", "phone", "email", "dossier_number", "national_id"),
        *("reason", "fault", "incident_date", "incident_channel", "desired_resolution"),
    )
)


class _AgencySection(Section):
    name: str
    domains: tuple[str, ...]
    phones: tuple[str, ...] = ()
    postal_address: str = ""
    postcodes: tuple[str, ...] = ()
    service_phone: str = ""
    website: str = ""
    signature: dict[str, str]

    @field_validator("phones")
    @classmethod
    def _e164(cls, numbers: tuple[str, ...]) -> tuple[str, ...]:
        for number in numbers:
            if not re.fullmatch(r"\+\d{8,15}", number):
                raise ValueError(f"{number!r} is not in the form +31201234567")
        return numbers


class _DossierSection(Section):
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


class _RequiredSection(Section):
    any_of: tuple[str, ...] = Field(min_length=1)
    when_reply_channel: Literal["letter", "email"] | None = None

    @field_validator("any_of")
    @classmethod
    def _known(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        for key in keys:
            if key not in REQUIRABLE:
                raise ValueError(f"unknown field {key!r}, known: {', '.join(sorted(REQUIRABLE))}")
        return keys


class _TermSection(Section):
    count: int = Field(ge=1, le=400)
    unit: Unit
    start: Start = Start.DAY_OF_RECEIPT
    end: End = End.AS_COUNTED


class _TermsSection(Section):
    answer: _TermSection
    extended: _TermSection | None = None
    second_instance: _TermSection | None = None
    privacy: _TermSection = _TermSection(count=1, unit=Unit.MONTHS)
    reminder: _TermSection = _TermSection(count=3, unit=Unit.WORKING_DAYS)
    warn_before: tuple[int, ...] = (3, 1)


class _CalendarSection(Section):
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
    def _holidays(self) -> _CalendarSection:
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


class _OfficeSection(Section):
    opens: time = time(9)
    closes: time = time(17)
    closes_friday: time = time(17)


class _PromisesSection(Section):
    collection_paused: bool = False
    independent_handler: bool = False
    identity_check: bool = False
    phone_first: bool = False
    answer_form_as_asked: bool = False
    verdict: Literal["", "admissible", "upheld"] = ""


class _PolicyFile(Section):
    title: str
    mailboxes: tuple[str, ...] = Field(min_length=1)
    form_senders: tuple[str, ...] = ()
    home_language: str = Field(pattern=r"^[a-z]{2}$")
    objections_are_complaints: bool = True
    directieklacht_after_answer: bool = False
    next_instances: tuple[str, ...] = ()
    agency: _AgencySection
    dossier: _DossierSection
    required: tuple[_RequiredSection, ...]
    terms: _TermsSection
    calendar: _CalendarSection
    office: _OfficeSection = _OfficeSection()
    promises: _PromisesSection = _PromisesSection()

    @field_validator("mailboxes", "form_senders")
    @classmethod
    def _addresses(cls, addresses: tuple[str, ...]) -> tuple[str, ...]:
        for address in addresses:
            if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
                raise ValueError(f"{address!r} is not an e-mail address")
        return tuple(address.lower() for address in addresses)


def _term(section: _TermSection) -> Term:
    return Term(section.count, section.unit, section.start, section.end)


def _dossier(path: Path, section: _DossierSection) -> DossierFormat:
    prefix = section.prefix.upper()
    pattern = section.pattern or rf"{re.escape(prefix)}\d{{{section.digits}}}"
    dossier = DossierFormat(
        prefix, section.digits, re.compile(pattern), section.example, dict(section.where)
    )
    if dossier.normalise(section.example) is None:
        raise PolicyError(
            f"'dossier.example': {section.example!r} does not match the number format {pattern!r}",
            where=str(path),
            remedy="Mend dossier.digits, dossier.pattern or the example",
        )
    return dossier


def load_policy(path: Path, *, closed: Iterable[date] = ()) -> Policy:
    """Return the policy in the file; its name is the file's.

    `closed` are extra closing days from the settings. Raises PolicyError, one line with file, line
    and remedy.
    """
    file = read_toml(path, _PolicyFile, PolicyError)
    agency, terms, office = file.agency, file.terms, file.office
    return Policy(
        name=path.stem,
        title=file.title,
        agency=Agency(
            name=agency.name,
            domains=frozenset(domain.lower() for domain in agency.domains),
            phones=frozenset(
                phonenumbers.format_number(
                    phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.E164
                )
                for number in agency.phones
            ),
            postal_address=agency.postal_address,
            postcodes=frozenset(agency.postcodes),
            service_phone=agency.service_phone,
            website=agency.website,
            signature=dict(agency.signature),
        ),
        mailboxes=tuple(file.mailboxes),
        form_senders=tuple(file.form_senders),
        home_language=file.home_language,
        zone=ZoneInfo(file.calendar.zone),
        calendar=Calendar(
            file.calendar.country,
            tuple(file.calendar.without),
            tuple(file.calendar.also),
            frozenset((*file.calendar.closed, *closed)),
        ),
        dossier=_dossier(path, file.dossier),
        required=tuple(
            Requirement(tuple(need.any_of), need.when_reply_channel) for need in file.required
        ),
        answer=_term(terms.answer),
        extended=_term(terms.extended) if terms.extended else None,
        second_instance=_term(terms.second_instance or terms.answer),
        privacy=_term(terms.privacy),
        objections_are_complaints=file.objections_are_complaints,
        directieklacht_after_answer=file.directieklacht_after_answer,
        promises=Promises(**file.promises.model_dump()),
        next_instances=tuple(file.next_instances),
        office=OfficeHours(office.opens, office.closes, office.closes_friday),
        reminder_after=_term(terms.reminder),
        warn_before=tuple(sorted(set(terms.warn_before), reverse=True)),
        source=str(path),
    )


def load_policies(
    *folders: Path, closed: dict[str, tuple[date, ...]] | None = None
) -> dict[str, Policy]:
    """Return all policies of the folders by name; a later folder's file replaces an earlier one's.

    Raises PolicyError for a broken file, an empty folder, or a mailbox that two policies claim.
    """
    files: dict[str, Path] = {}
    for folder in folders:
        found = {
            path.stem: path for path in sorted(folder.glob("*.toml"), key=lambda path: path.stem)
        }
        if not found:
            raise PolicyError(
                "holds no policy", where=str(folder), remedy="Put NAME.toml files there"
            )
        files |= found
    extra = closed or {}
    for name in extra:
        if name not in files:
            raise PolicyError(
                f"closing days for an unknown policy {name!r}", remedy=f"Known: {', '.join(files)}"
            )
    policies = {name: load_policy(path, closed=extra.get(name, ())) for name, path in files.items()}
    owner: dict[str, str] = {}
    for policy in policies.values():
        for mailbox in policy.mailboxes:
            if owner.setdefault(mailbox, policy.name) != policy.name:
                raise PolicyError(
                    f"mailbox {mailbox} belongs to {owner[mailbox]} already",
                    where=policy.source,
                    remedy="One mailbox has one policy",
                )
    return policies


def policy_for(policies: dict[str, Policy], addresses: Iterable[str]) -> Policy:
    """Return the policy whose mailbox is the first to stand among the addresses, else the first."""
    for address in addresses:
        for policy in policies.values():
            if address.lower() in policy.mailboxes:
                return policy
    return next(iter(policies.values()))
