"""Dates in running text, resolved against the day on which the mail was written.

A table-driven grammar (the words are in `lists/dates.toml`): absolute dates with and without a
year, weekdays ("vorige week dinsdag", "w zeszły piątek", "i torsdags"), "three weeks ago" with
number words, "the day before yesterday", months, feasts. Every day without a year is the nearest
one that is not in the future.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from triage.understanding.date_figures import in_figures
from triage.understanding.date_model import Form, Found, day_of
from triage.understanding.date_rules import in_words
from triage.understanding.date_text import DateText

if TYPE_CHECKING:
    from datetime import date

_SENTENCE = re.compile(r"[^\W\d]{2}\.\s")

__all__ = ["Form", "Found", "dates"]

MOST = 120
"""Dates read of one text."""
IN_MONTH = 80
"""Characters behind a month within which a day without one is of that month."""
BESIDE = 40
"""Characters within which a weekday repeats a date."""


def dates(text: str, today: date, language: str) -> list[Found]:
    """Return the dates of a text in order; `today` is the day that relative ones count from."""
    found = list(in_figures(text, today))
    taken = [(each.start, each.end) for each in found]
    found.extend(in_words(DateText.of(text, today, language), text, taken))
    found = _in_named_month(text, sorted(found, key=lambda each: each.start)[:MOST])
    return [each for each in found if not _is_echo(each, found)]


def _in_named_month(text: str, found: list[Found]) -> list[Found]:
    """Give days without a month the month just named: `i april, den 14. og den 22.`."""
    month: Found | None = None
    named: list[Found] = []
    for each in found:
        if each.whole_month and each.form is Form.MONTH:
            month = each
        elif (
            each.form is not Form.DAY_ONLY
            or month is None
            or _SENTENCE.search(text, month.end, each.start)
        ):
            month = None
        else:
            day = day_of(month.day.year, month.day.month, each.day.day)
            if day and len(text[month.end : each.start]) < IN_MONTH:
                named = [other for other in named if other is not month]
                named.append(replace(each, day=day))
                continue
        named.append(each)
    return named


def _is_echo(each: Found, found: list[Found]) -> bool:
    """Whether it is a weekday that only repeats a date beside it ("12 July, a Sunday")."""
    return each.form is Form.WEEKDAY and any(
        other.form in {Form.ABSOLUTE, Form.NUMERIC}
        and abs(other.start - each.start) < BESIDE
        and other.day.weekday() == each.day.weekday()
        for other in found
    )
