"""A date as found in a text, and the arithmetic of "the nearest one that is not in the future"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Form(StrEnum):
    """How a date is written."""

    ABSOLUTE = "absolute"
    NUMERIC = "numeric"
    WEEKDAY = "weekday"
    RELATIVE = "relative"
    WEEK = "week"
    MONTH = "month"
    FEAST = "feast"
    DAY_ONLY = "day_only"


@dataclass(frozen=True, slots=True)
class Found:
    """A date in a text: a day, or a whole month."""

    start: int
    end: int
    day: date
    """The day; of a month its first."""
    form: Form
    whole_month: bool = False
    year_given: bool = False

    @property
    def iso(self) -> str:
        """The date as `2026-02-14`, or `2026-02` for a month."""
        return f"{self.day:%Y-%m}" if self.whole_month else self.day.isoformat()


def day_of(year: int, month: int, number: int) -> date | None:
    """Return the day, or None where the calendar has no such day."""
    try:
        return date(year, month, number)
    except ValueError:
        return None


def nearest(today: date, month: int, number: int) -> date | None:
    """Return the latest such day that is not after today."""
    day = day_of(today.year, month, number)
    return day if day is not None and day <= today else day_of(today.year - 1, month, number)


def nearest_month(today: date, month: int) -> date:
    """Return the first day of the latest such month that has begun."""
    return date(today.year if month <= today.month else today.year - 1, month, 1)


def months_before(today: date, count: int) -> date:
    """Return the first day of the month so many months ago."""
    months = today.year * 12 + today.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


def monday(today: date, weeks_back: int) -> date:
    """Return the Monday of the week so many weeks ago."""
    return today - timedelta(days=today.weekday() + 7 * weeks_back)


def full_year(two_digits: int, today: date) -> int:
    """Return the year that two digits stand for: at most a year ahead."""
    year = 2000 + two_digits
    return year if year <= today.year + 1 else year - 100
