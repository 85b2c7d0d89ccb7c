"""Values worded in the sender's language: dates, terms, opening hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.dates import format_date, format_time

from triage.outbox.render import LANGUAGES
from triage.policy.model import Unit

if TYPE_CHECKING:
    from datetime import date, datetime

    from triage.policy.model import OfficeHours, Policy, Term

_LOCALES = {"no": "nb"}
_AT = {
    "nl": "{date} om {time} uur",
    "pl": "{date} o godz. {time}",
    "no": "{date} kl. {time}",
    "sv": "{date} kl. {time}",
    "da": "{date} kl. {time}",
    "de": "{date} um {time} Uhr",
    "en": "{date} at {time}",
}
_UNITS = {
    Unit.WORKING_DAYS: {
        "nl": "binnen {n} werkdagen",
        "pl": "w ciągu {n} dni roboczych",
        "no": "innen {n} virkedager",
        "sv": "inom {n} arbetsdagar",
        "da": "inden for {n} hverdage",
        "de": "innerhalb von {n} Arbeitstagen",
        "en": "within {n} working days",
    },
    Unit.CALENDAR_DAYS: {
        "nl": "binnen {n} dagen",
        "pl": "w ciągu {n} dni",
        "no": "innen {n} dager",
        "sv": "inom {n} dagar",
        "da": "inden for {n} dage",
        "de": "innerhalb von {n} Tagen",
        "en": "within {n} days",
    },
    Unit.MONTHS: {
        "nl": "binnen {n} maand",
        "pl": "w ciągu {n} miesiąca",
        "no": "innen {n} måned",
        "sv": "inom {n} månad",
        "da": "inden for {n} måned",
        "de": "innerhalb {n} Monats",
        "en": "within {n} month",
    },
}
_WEEK = {
    "nl": ("maandag t/m donderdag", "vrijdag"),
    "pl": ("poniedziałek–czwartek", "piątek"),
    "no": ("mandag–torsdag", "fredag"),
    "sv": ("måndag–torsdag", "fredag"),
    "da": ("mandag–torsdag", "fredag"),
    "de": ("Montag–Donnerstag", "Freitag"),
    "en": ("Monday to Thursday", "Friday"),
}


def languages_for(language: str, policy: Policy) -> tuple[str, ...]:
    """Return the languages of an answer: the sender's, else the home language plus English."""
    if language in LANGUAGES:
        return (language,)
    return tuple(dict.fromkeys((policy.home_language, "en")))


def day(value: date, language: str) -> str:
    """Return the day with its weekday, such as `maandag 20 april 2026`."""
    locale = _LOCALES.get(language, language)
    return format_date(value, "EEEE d MMMM y", locale=locale)


def moment(value: datetime, language: str, policy: Policy) -> str:
    """Return the moment (aware) in the policy's zone, such as `20 april 2026 om 14:05 uur`."""
    local = value.astimezone(policy.zone)
    locale = _LOCALES.get(language, language)
    return _AT[language].format(
        date=format_date(local.date(), "d MMMM y", locale=locale),
        time=format_time(local.time(), "HH:mm", locale=locale),
    )


def term(value: Term, language: str) -> str:
    """Return the term in words, such as `binnen 10 werkdagen`."""
    return _UNITS[value.unit][language].format(n=value.count)


def office_hours(value: OfficeHours, language: str) -> str:
    """Return the opening hours in words."""
    week, friday = _WEEK[language]
    first = f"{week} {value.opens:%H:%M}–{value.closes:%H:%M}"
    return f"{first}, {friday} {value.opens:%H:%M}–{value.closes_friday:%H:%M}"
