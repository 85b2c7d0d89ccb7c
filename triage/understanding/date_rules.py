"""The grammar of dates in words: one rule for each way of saying when.

A rule is given a place and returns the dates that start there, and how many words they take; 0
words when it does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from triage.understanding.date_figures import overlaps
from triage.understanding.date_model import (
    Form,
    Found,
    day_of,
    monday,
    months_before,
    nearest,
    nearest_month,
)
from triage.understanding.date_text import DateText
from triage.understanding.date_words import Sense, vocabulary
from triage.understanding.feasts import last_feast

if TYPE_CHECKING:
    from collections.abc import Iterator

Rule = Callable[[DateText, int], tuple[list[Found], int]]

NORDIC = frozenset({"no", "sv", "da"})
"""Languages in which "ago" needs a word behind it too: `for tre uker siden`."""
_MONTH_FIRST = frozenset({"en", "lt"})
"""Languages that may set the month before the day."""
ROMANCE = frozenset({"fr", "es", "it", "pt", "ro"})
"""Languages in which "a week ago" has its number: `hace meses` is some months ago."""
LONGEST_LIST = 6
"""Most days of a list: "3, 5 and 8 March"."""

_SKIPPED = frozenset(
    {
        *(",", "(", "den", "d", ".", "dnia", "the", "de", "op", "le", "dn", "am"),
        *("día", "dia", "el", "il", "giorno", "pe", "din", "data"),
    }
)
"""What may stand between a weekday and its date."""
_ON = frozenset(
    {
        *("op", "i", "w", "we", "den", "am", "on", ",", "på"),
        *("le", "el", "il", "na", "no", "pe"),
        *("v", "ve", "vo", "в", "во", "у", "يوم"),
    }
)
"""What may stand between "last week" and a weekday."""
_DAY_WORDS = frozenset({"día", "dia", "giorno"})
"""Before the number of a day of this month or the last: `el día 8 llamaron`."""
_SHORT_WEEKDAYS = frozenset({"joi"})
"""Weekdays of three letters that are no abbreviation."""
_DAY_MONTH = re.compile(r"\d{1,2}[./-](?:0?[1-9]|1[0-2])(?!\d|:|\s?uur)")


def in_words(text: DateText, source: str, taken: list[tuple[int, int]]) -> Iterator[Found]:
    """Yield the dates in words of `source`, leaving out what figures have taken."""
    at = 0
    while at < len(text.tokens):
        token = text.tokens[at]
        rules = _rules(text, at)
        step = 1
        if rules and not overlaps((token.start, token.end), taken):
            found, length = _first_fit(rules, text, at, source)
            yield from (each for each in found if not overlaps((each.start, each.end), taken))
            step = length or 1
        at += step


def _rules(text: DateText, at: int) -> tuple[Rule, ...]:
    """Return the rules that may fit at this place, in the order of trying."""
    if text.tokens[at].number:
        return _FOR_NUMBERS
    return _starting(text.words.language, text.plain[at], tuple(text.senses[at]))


def _first_fit(
    rules: tuple[Rule, ...], text: DateText, at: int, source: str
) -> tuple[list[Found], int]:
    for rule in rules:
        if rule is _weekday and _date_follows(text, at, source):
            return [], 1
        found, length = rule(text, at)
        if length:
            return found, length
    return [], 0


def _day_month(text: DateText, at: int) -> tuple[list[Found], int]:
    """Read `3 maart 2025`, `3. og 5. mars`, `12-15 stycznia`, `dziewiątego lipca`."""
    days: list[tuple[int, int]] = []
    here = at
    while len(days) < LONGEST_LIST:
        number = text.day_number(here)
        if number is None:
            break
        days.append((number, here))
        here = text.after_day(here)
        month, length = text.month(here)
        if month is not None and not _may_be_verb(text, here):
            return _of_month(text, days, month, here + length - 1)
        if not text.joins(here):
            break
        while text.joins(here):
            here += 1
    return [], 0


def _may_be_verb(text: DateText, month: int) -> bool:
    """Whether an English month behind a bare ordinal may be no month: `the first may follow`."""
    ambiguous = text.word(month) in {"may", "march"} and text.words.language == "en"
    return ambiguous and text.means(month - 1, Sense.ORDINAL)


def _of_month(
    text: DateText, days: list[tuple[int, int]], month: int, place: int
) -> tuple[list[Found], int]:
    """Return the days of a list, now that their month is known."""
    year, end = text.year_after(place + 1)
    found = []
    for number, at in days:
        day = day_of(year, month, number) if year else nearest(text.today, month, number)
        last = end - 1 if at == days[-1][1] else at
        if day:
            start, stop = text.tokens[at].start, text.tokens[last].end
            found.append(Found(start, stop, day, Form.ABSOLUTE, year_given=year is not None))
    return found, end - days[0][1]


def _month_first(text: DateText, at: int) -> tuple[list[Found], int]:
    """Read `March 3rd, 2025`, and `2025 m. kovo 3 d.` from its month on."""
    month, number = text.number(at, Sense.MONTH), text.day_number(at + 1)
    if text.words.language not in _MONTH_FIRST or month is None or number is None:
        return [], 0
    year, end = text.year_after(text.after_day(at + 1))
    year = year or text.year_before(at)
    day = day_of(year, month, number) if year else nearest(text.today, month, number)
    return _one(text, at, end, day, Form.ABSOLUTE, year_given=year is not None)


def _month(text: DateText, at: int) -> tuple[list[Found], int]:
    """Read `in maart`, `w lutym 2025`, `begin maart`, `i juli i fjor`."""
    length = text.length_of(at, Sense.PREPOSITION)
    if not length:
        return [], 0
    here = at + length
    while text.means(here, Sense.PREPOSITION) and not text.means(here, Sense.MONTH):
        here += 1
    month, words = text.month(here)
    if month is None or len(text.word(here)) < 3:
        return [], 0
    year, end = text.year_after(here + words)
    first = nearest_month(text.today, month) if year is None else date(year, month, 1)
    start, stop = text.tokens[here].start, text.tokens[end - 1].end
    given = year is not None
    return [Found(start, stop, first, Form.MONTH, whole_month=True, year_given=given)], end - at


def _named_month(text: DateText, at: int) -> tuple[list[Found], int]:
    """Read `Mart ayında`, `kovo mėnesį`: a month with the word "month" behind it."""
    month = text.number(at, Sense.MONTH)
    if month is None or len(text.word(at)) < 3 or text.unit(at + 1) != "month":
        return [], 0
    return _whole_month(text, at, at + 2, nearest_month(text.today, month))


def _weekday(text: DateText, at: int) -> tuple[list[Found], int]:
    """Read a weekday, alone or with "last", "this week", "two weeks ago" around it."""
    modifier, weeks, here = _before_weekday(text, at)
    weekday, length = text.weekday(here)
    if weekday is None or (len(text.word(here)) < 4 and text.word(here) not in _SHORT_WEEKDAYS):
        return [], 0
    end = here + length
    if weeks is None:
        weeks, end = text.weeks_after(end)
    if modifier is None and text.means(end, Sense.LAST_AFTER):
        modifier, end = Sense.RECENT, end + 1
    ahead = text.length_of(end, Sense.AHEAD)
    if modifier is Sense.NEXT or ahead:
        return [], end + ahead - at
    if weeks is not None:
        day = monday(text.today, weeks) + timedelta(days=weekday)
    else:
        day = _last_weekday(text.today, weekday, modifier)
    return _one(text, at, end, day, Form.WEEKDAY)


def _before_weekday(text: DateText, at: int) -> tuple[Sense | None, int | None, int]:
    """Return what stands before a weekday: "last" and the like, or a week; and its place."""
    phrase = text.phrase(at, Sense.WEEKS_BACK)
    if phrase:
        here = at + phrase.length
        while text.word(here) in _ON:
            here += 1
        return None, int(phrase.value), here
    ahead = text.length_of(at, Sense.AHEAD)
    if ahead:
        return Sense.NEXT, None, at + ahead + (text.word(at + ahead) in _ON)
    for sense in (Sense.LAST, Sense.RECENT, Sense.THIS, Sense.NEXT):
        if text.means(at, sense):
            return sense, None, at + 1
    return None, None, at


def _last_weekday(today: date, weekday: int, modifier: Sense | None) -> date:
    days = (today.weekday() - weekday) % 7
    if modifier is Sense.THIS:
        return monday(today, 0) + timedelta(days=weekday)
    if modifier is Sense.LAST and 0 < days <= today.weekday():
        days += 7
    return today - timedelta(days=days or 7)


def _date_follows(text: DateText, at: int, source: str) -> bool:
    """Whether a full date stands behind the weekday here, which then says nothing more."""
    here = _before_weekday(text, at)[2]
    weekday, length = text.weekday(here)
    if weekday is None:
        return False
    here += length
    for _ in range(4):
        here += text.word(here) in _SKIPPED
    if _day_month(text, here)[0] or (here < len(text.tokens) and _month_first(text, here)[0]):
        return True
    if here >= len(text.tokens):
        return False
    return bool(_DAY_MONTH.match(source, text.tokens[here].start))


def _ago(text: DateText, at: int) -> tuple[list[Found], int]:
    """Read `twee weken geleden`, `for tre uker siden`, `tydzień temu`, `il y a trois jours`."""
    before = text.length_of(at, Sense.AGO_BEFORE)
    here = at + before
    count = text.count(here)
    here += count is not None
    unit = text.unit(here)
    after = text.length_of(here + 1, Sense.AGO)
    if not unit or not (after or (before and text.words.language not in NORDIC)):
        return [], 0
    if count is None and text.words.language in ROMANCE:
        return [], 0
    end = here + 1 + after
    number = 1 if count is None else count
    if unit == "month":
        return _whole_month(text, at, end, months_before(text.today, number))
    day = text.today - timedelta(days=number * (7 if unit == "week" else 1))
    return _one(text, at, end, day, Form.RELATIVE)


def _set_phrase(text: DateText, at: int) -> tuple[list[Found], int]:
    """Read yesterday, last week, last month, the weekend, a feast."""
    phrase = text.phrase(at, Sense.BACK, Sense.WEEKS_BACK, Sense.MONTHS_BACK, Sense.FEAST)
    sense = phrase.sense if phrase else None
    if phrase and sense is Sense.WEEKS_BACK:
        end = beyond = at + phrase.length
        while text.word(beyond) in _ON:
            beyond += 1
        if text.weekday(beyond)[0] is not None:
            return [], 0
        return _one(text, at, end, monday(text.today, int(phrase.value)), Form.WEEK)
    if phrase and sense is Sense.MONTHS_BACK:
        first = months_before(text.today, int(phrase.value))
        return _whole_month(text, at, at + phrase.length, first)
    back = phrase.value if phrase and sense is Sense.BACK else text.number(at, Sense.BACK)
    end = at + (phrase.length if phrase else 1)
    if back is not None:
        return _one(text, at, end, text.today - timedelta(days=int(back)), Form.RELATIVE)
    feast = phrase.value if phrase else text.senses[at].get(Sense.FEAST)
    if feast:
        return _one(text, at, end, last_feast(str(feast), text.today), Form.FEAST)
    if text.means(at, Sense.WEEKEND):
        saturday = monday(text.today, 0) + timedelta(days=5)
        saturday -= timedelta(days=7 if saturday > text.today else 0)
        return _one(text, at, at + 1, saturday, Form.WEEK)
    return [], 0


def _day_only(text: DateText, at: int) -> tuple[list[Found], int]:
    """Read `8 bm.`, `12 ub.m.`, `den 13.`: a day of this or the last month."""
    number = text.day_number(at)
    if number is None:
        return [], 0
    end = text.after_day(at)
    for sense, months in ((Sense.THIS_MONTH_AFTER, 0), (Sense.LAST_AFTER, 1)):
        length = text.length_of(end, sense)
        if length and (sense is Sense.THIS_MONTH_AFTER or text.words.language == "pl"):
            first = months_before(text.today, months)
            day = day_of(first.year, first.month, number)
            return _one(text, at, end + length, day, Form.DAY_ONLY)
    if not text.tokens[at].number:
        return [], 0
    article = text.word(at - 2 if text.word(at - 1) == "." else at - 1) if at else ""
    if article not in {"den", "d", "de", *_DAY_WORDS}:
        return [], 0
    if article == "de" and text.words.language in ROMANCE:  # "20 cuotas de 15."
        return [], 0
    if end == at + 1 and not _bare_day(text, article, end):
        return [], 0
    for months in (0, 1):
        first = months_before(text.today, months)
        day = day_of(first.year, first.month, number)
        if day and day <= text.today:
            return _one(text, at, end, day, Form.DAY_ONLY)
    return [], 0


def _bare_day(text: DateText, article: str, end: int) -> bool:
    """Whether `den 15`, `el día 15` is a day: no amount or unit follows."""
    named = article in _DAY_WORDS or (text.words.language in NORDIC and article == "den")
    following = text.tokens[end] if end < len(text.tokens) else None
    if not named or (following and (following.number or text.unit(end))):
        return False
    return text.word(end) not in {
        "kr",
        "kroner",
        "kronor",
        "prosent",
        "procent",
        "år",
        "ganger",
        "-",
    }


def _one(
    text: DateText, at: int, end: int, day: date | None, form: Form, *, year_given: bool = False
) -> tuple[list[Found], int]:
    if day is None:
        return [], 0
    start, stop = text.tokens[at].start, text.tokens[end - 1].end
    return [Found(start, stop, day, form, year_given=year_given)], end - at


def _whole_month(text: DateText, at: int, end: int, first: date) -> tuple[list[Found], int]:
    start, stop = text.tokens[at].start, text.tokens[end - 1].end
    return [Found(start, stop, first, Form.RELATIVE, whole_month=True)], end - at


_FOR_NUMBERS: tuple[Rule, ...] = (_day_month, _ago, _day_only)
_FOR_PHRASES: tuple[Rule, ...] = (_ago, _set_phrase, _day_month, _weekday, _month)
_BY_SENSE: tuple[tuple[Sense, Rule], ...] = (
    (Sense.ORDINAL, _day_month),
    (Sense.NUMBER, _ago),
    (Sense.AGO_BEFORE, _ago),
    (Sense.UNIT, _ago),
    (Sense.BACK, _set_phrase),
    (Sense.FEAST, _set_phrase),
    (Sense.WEEKEND, _set_phrase),
    (Sense.LAST, _weekday),
    (Sense.RECENT, _weekday),
    (Sense.THIS, _weekday),
    (Sense.NEXT, _weekday),
    (Sense.AHEAD, _weekday),
    (Sense.WEEKDAY, _weekday),
    (Sense.MONTH, _month_first),
    (Sense.MONTH, _named_month),
    (Sense.PREPOSITION, _month),
)
"""Which rule a word with this meaning may start."""


@lru_cache(maxsize=16384)
def _starting(language: str, word: str, senses: tuple[Sense, ...]) -> tuple[Rule, ...]:
    """Return the rules that a word may start: by its own meaning, or as the first of a phrase."""
    own = (rule for sense, rule in _BY_SENSE if sense in senses)
    phrased = _FOR_PHRASES if word in vocabulary(language).phrases else ()
    return tuple(dict.fromkeys((*phrased, *own)))
