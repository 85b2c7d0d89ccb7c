"""Working days: Monday to Friday without the country's holidays, as the policy sees them.

Holidays come from the `holidays` package, offline. Its data changes between releases, which is why
a due date, once computed, is stored with its explanation.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import holidays
from holidays.registry import COUNTRIES

from triage.errors import PolicyError

if TYPE_CHECKING:
    from datetime import date

    from triage.policy.model import Calendar

_COUNTRIES = frozenset(code for codes in COUNTRIES.values() for code in codes)
"""The countries that the package knows, by each of their codes."""
_CATEGORIES = ("public", "optional")
_PROBE_YEARS = range(2020, 2041)
"""Years in which a holiday must occur to count as known: lustrum days come every fifth year."""
_SATURDAY = 5


@lru_cache(maxsize=256)
def _named_days(country: str, year: int, *, optional: bool) -> dict[date, str]:
    """Return the holidays of one year with their English names (a pure table, cached)."""
    supported = holidays.country_holidays(country).supported_categories
    wanted = _CATEGORIES if optional else ("public",)
    categories = tuple(name for name in wanted if name in supported)
    days = holidays.country_holidays(country, years=year, categories=categories, language="en_US")
    return dict(days.items())


def known_holidays(country: str) -> frozenset[str]:
    """Return the English names of all holidays of the country, lustrum and optional ones too.

    Raises PolicyError for a country that the package does not know.
    """
    if country not in _COUNTRIES:
        raise PolicyError(
            f"unknown country {country!r}", remedy="Use the ISO code, such as NL or PL"
        )
    return frozenset(
        name
        for year in _PROBE_YEARS
        for names in _named_days(country, year, optional=True).values()
        for name in names.split("; ")
    )


def day_off(calendar: Calendar, day: date) -> str | None:
    """Return why the day is not a working day (`Saturday`, a holiday's name ...), else None."""
    if day.weekday() >= _SATURDAY:
        return "Saturday" if day.weekday() == _SATURDAY else "Sunday"
    if day in calendar.closed:
        return "closed"
    public = _named_days(calendar.country, day.year, optional=False).get(day)
    names = [name for name in (public or "").split("; ") if name and name not in calendar.without]
    if names:
        return names[0]
    if calendar.also:
        possible = _named_days(calendar.country, day.year, optional=True).get(day, "")
        extra = [name for name in possible.split("; ") if name in calendar.also]
        return extra[0] if extra else None
    return None


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Say whether the agency works on that day."""
    return day_off(calendar, day) is None
