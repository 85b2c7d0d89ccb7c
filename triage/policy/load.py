"""Policies read from TOML files and checked; every fault names file, line and remedy."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import phonenumbers

from triage.errors import BadInput, PolicyError
from triage.policy.deadline import deadline
from triage.policy.model import (
    Agency,
    Calendar,
    DossierFormat,
    OfficeHours,
    OpeningException,
    Policy,
    Promises,
    Requirement,
    Term,
)
from triage.policy.next_instance import NextInstance
from triage.policy.schema import DossierSection, OfficeSection, PolicyFile, TermSection
from triage.toml_file import place, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path


def _term(section: TermSection) -> Term:
    return Term(section.count, section.unit, section.start, section.end)


def _dossier(path: Path, section: DossierSection) -> DossierFormat:
    prefix = section.prefix.upper()
    pattern = section.pattern or rf"{re.escape(prefix)}\d{{{section.digits}}}"
    dossier = DossierFormat(
        prefix, section.digits, re.compile(pattern), section.example, dict(section.where)
    )
    if dossier.normalise(section.example) is None:
        raise PolicyError(
            f"'dossier.example': {section.example!r} does not match the number format {pattern!r}",
            where=place(path, "dossier", "example"),
            remedy="Mend dossier.digits, dossier.pattern or the example",
        )
    return dossier


def _office(section: OfficeSection, *, published: bool) -> OfficeHours:
    exceptions = tuple(
        OpeningException(_day(each.first), _day(each.last), each.opens, each.closes)
        for each in section.exceptions
    )
    return OfficeHours(
        section.opens, section.closes, section.closes_friday, exceptions, published=published
    )


def _day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)


def load_policy(path: Path, *, closed: Iterable[date] = ()) -> Policy:
    """Return the policy in the file; its name is the file's.

    `closed` are extra closing days from the settings. Raises PolicyError, one line with file, line
    and remedy.
    """
    file = read_toml(path, PolicyFile, PolicyError)
    agency, terms = file.agency, file.terms
    policy = Policy(
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
            customer_pages=agency.customer_pages,
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
        acknowledged=_term(terms.acknowledged),
        answer=_term(terms.answer),
        extended=_term(terms.extended) if terms.extended else None,
        second_instance=_term(terms.second_instance or terms.answer),
        privacy=_term(terms.privacy),
        objections_are_complaints=file.objections_are_complaints,
        directieklacht_after_answer=file.directieklacht_after_answer,
        promises=Promises(**file.promises.model_dump()),
        next_instances=tuple(
            NextInstance(each.key, frozenset(each.moments), dict(each.text))
            for each in file.next_instances
        ),
        office=_office(file.office, published="office" in file.model_fields_set),
        reminder_after=_term(terms.reminder),
        warn_before=tuple(sorted(set(terms.warn_before), reverse=True)),
        source=str(path),
    )
    _check_closing_days(policy, path)
    return policy


def _check_closing_days(policy: Policy, path: Path) -> None:
    """Refuse a calendar that leaves a term without an end."""
    for day in sorted(policy.calendar.closed):
        try:
            deadline(policy, datetime.combine(day, time(12), tzinfo=UTC), "reminder")
        except BadInput as error:
            raise PolicyError(
                error.what, where=place(path, "calendar", "closed"), remedy=error.remedy
            ) from error


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
                f"closing days for an unknown policy {name!r}",
                remedy=f"Known: {', '.join(files)}",
            )
    policies = {name: load_policy(path, closed=extra.get(name, ())) for name, path in files.items()}
    owner: dict[str, str] = {}
    for policy in policies.values():
        for mailbox in policy.mailboxes:
            if owner.setdefault(mailbox, policy.name) != policy.name:
                raise PolicyError(
                    f"mailbox {mailbox} belongs to {owner[mailbox]} already",
                    where=place(files[policy.name], "mailboxes"),
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
