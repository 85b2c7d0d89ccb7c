"""Dates in running text, resolved against the day on which the mail was written.

A table-driven grammar (the words are in `lists/dates.toml`): absolute dates with and without a
year, weekdays ("vorige week dinsdag", "w zeszły piątek", "i torsdags"), "three weeks ago" with
number words, "the day before yesterday", months, feasts. Every day without a year is the nearest
one that is not in the future.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from triage.understanding.date_words import Sense, Senses, Vocabulary, vocabulary
from triage.understanding.feasts import last_feast
from triage.understanding.tokens import plain, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator

NORDIC = frozenset({"no", "sv", "da"})
"""Languages in which "ago" needs a word behind it too: `for tre uker siden`."""
MOST = 120
"""Dates read of one text."""
_NOTHING: Senses = {}
_SKIPPED_AFTER_WEEKDAY = frozenset(
    {",", "(", "den", "d", ".", "dnia", "the", "de", "op", "le", "dn", "am"}
)


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
    whole_month: bool
    form: Form
    year_given: bool

    @property
    def iso(self) -> str:
        """The date as `2026-02-14`, or `2026-02` for a month."""
        return f"{self.day:%Y-%m}" if self.whole_month else self.day.isoformat()


def dates(text: str, today: date, language: str) -> list[Found]:
    """Return the dates of a text in order; `today` is the day that relative ones count from."""
    reader = _Reader(text, today, vocabulary(language))
    found = list(reader.numeric())
    taken = [(each.start, each.end) for each in found]
    found.extend(reader.worded(taken))
    found.sort(key=lambda each: each.start)
    return _without_echoes(found)[:MOST]


def _without_echoes(found: list[Found]) -> list[Found]:
    """Leave out a weekday that only repeats a date beside it ("12 July, a Sunday")."""
    kept: list[Found] = []
    for each in found:
        near = [
            other
            for other in found
            if other.form in {Form.ABSOLUTE, Form.NUMERIC}
            and abs(other.start - each.start) < 40
            and other.day.weekday() == each.day.weekday()
            and not other.whole_month
        ]
        if each.form is Form.WEEKDAY and near:
            continue
        kept.append(each)
    return kept


_DAY_MONTH_YEAR = re.compile(
    r"(?<![\d.,/:€-])(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?((?:19|20)\d\d|\d\d)(?!\d|[-/]\d)"
)
_YEAR_MONTH_DAY = re.compile(r"(?<![\d.,/:-])((?:19|20)\d\d)([-./])(\d{1,2})\2(\d{1,2})(?![\d-])")
_DAY_MONTH = re.compile(
    r"(?<![\d.,/:€+-])(\d{1,2})([./])(\d{1,2})(?![\d%/]|[.,:-]\d|\s?(?:uur|u\b|h\b|kr\b|z[łl]|euro|€|%|km\b|kg\b"
    r"|rano|wiecz|am\b|pm\b|NOK|PLN|EUR|procent|prosent))"
)
_NO_DATE_BEFORE = re.compile(
    r"(?:\b(?:kl|klokken|klokka|om|rond|godz|godzinie|o|at|around|ca|circa|około|art|artikel|pkt|punt|punkt|§|nr|v"
    r"|ver|versie|wersja|um|gegen|à|vers|tel|tlf|mob|maal|x|ul|al)\.?|[€$£§:])\s*$",
    re.IGNORECASE,
)
_DATE_BEFORE = re.compile(
    r"(?:\b(?:op|van|d\.d|dd|na|z|ze|dnia|dn|den|d|on|fra|frå|av|i|am|vom|le|du|od|do|per|pr|sinds|vanaf|dated|dat|og|en|oraz|of|w|od|before|voor|til|innen)\.?|\()\s*$",
    re.IGNORECASE,
)


_NUMBER_RULES = ("_day_month", "_ago", "_day_only")
_PHRASE_RULES = ("_ago", "_phrase", "_weekday", "_month")
_RULES = {
    Sense.ORDINAL: "_day_month",
    Sense.NUMBER: "_ago",
    Sense.AGO_BEFORE: "_ago",
    Sense.UNIT: "_ago",
    Sense.BACK: "_phrase",
    Sense.HOLIDAY: "_phrase",
    Sense.WEEKEND: "_phrase",
    Sense.LAST: "_weekday",
    Sense.RECENT: "_weekday",
    Sense.THIS: "_weekday",
    Sense.NEXT: "_weekday",
    Sense.WEEKDAY: "_weekday",
    Sense.MONTH: "_month_first",
    Sense.PREPOSITION: "_month",
}
"""Which rule of `_Reader` a word with this meaning may start."""


@lru_cache(maxsize=16384)
def _starting(language: str, word: str, senses: tuple[Sense, ...]) -> tuple[str, ...]:
    """Return the rules that a word may start: by its own meaning, or as the first of a phrase."""
    own = (rule for sense, rule in _RULES.items() if sense in senses)
    phrased = _PHRASE_RULES if word in vocabulary(language).phrases else ()
    return tuple(dict.fromkeys((*own, *phrased)))


class _Reader:
    """Reads one text; holds what every rule of the grammar needs."""

    def __init__(self, text: str, today: date, words: Vocabulary) -> None:
        self.text = text
        self.today = today
        self.words = words
        self.tokens = tokens_of(text)
        self.plain = [plain(token.text) for token in self.tokens]
        self.senses: list[Senses] = [
            _NOTHING if token.number else words.senses(token.text) for token in self.tokens
        ]

    def numeric(self) -> Iterator[Found]:
        """Yield the dates in figures."""
        taken: list[tuple[int, int]] = []
        for match in _YEAR_MONTH_DAY.finditer(self.text):
            day = _day(int(match[1]), int(match[3]), int(match[4]))
            if day:
                taken.append(match.span())
                yield Found(
                    *match.span(), day, whole_month=False, form=Form.NUMERIC, year_given=True
                )
        for match in _DAY_MONTH_YEAR.finditer(self.text):
            year = int(match[4])
            day = _day(year if year > 99 else self._century(year), int(match[3]), int(match[1]))
            if day and not _overlaps(match.span(), taken):
                taken.append(match.span())
                yield Found(
                    *match.span(), day, whole_month=False, form=Form.NUMERIC, year_given=True
                )
        for match in _DAY_MONTH.finditer(self.text):
            before = self.text[max(0, match.start() - 14) : match.start()]
            if _overlaps(match.span(), taken) or _NO_DATE_BEFORE.search(before):
                continue
            if match[2] == "/" and not _DATE_BEFORE.search(before):
                continue
            day = self._nearest(int(match[3]), int(match[1]))
            if day:
                yield Found(
                    *match.span(), day, whole_month=False, form=Form.NUMERIC, year_given=False
                )

    def worded(self, taken: list[tuple[int, int]]) -> Iterator[Found]:
        """Yield the dates in words, leaving out what the figures have taken."""
        at = 0
        while at < len(self.tokens):
            token = self.tokens[at]
            rules = self._rules(at)
            if not rules or _overlaps((token.start, token.end), taken):
                at += 1
                continue
            found, length = self._first_fit(rules, at)
            for each in found:
                if not _overlaps((each.start, each.end), taken):
                    yield each
            at += length or 1

    def _rules(self, at: int) -> tuple[str, ...]:
        """Return the names of the rules that may start at this token, in the order of trying."""
        if self.tokens[at].number:
            return _NUMBER_RULES
        return _starting(self.words.language, self.plain[at], tuple(self.senses[at]))

    def _first_fit(self, rules: tuple[str, ...], at: int) -> tuple[list[Found], int]:
        """Return the dates that start at this token, and how many tokens they take."""
        for rule in rules:
            found, length = getattr(self, rule)(at)
            if length:
                return found, length
        return [], 0

    def _day_month(self, at: int) -> tuple[list[Found], int]:
        """`3 maart 2025`, `3. og 5. mars`, `12-15 stycznia`, `dziewiątego lipca`, `3rd of March`."""
        days: list[tuple[int, int]] = []
        here = at
        while here < len(self.tokens) and len(days) < 6:
            value = self._day_number(here)
            if value is None:
                break
            days.append((value, here))
            here = self._after_day(here)
            month = self._sense(here, Sense.MONTH)
            if month:
                return self._dated(days, here, month)
            if not self._joins(here):
                break
            while self._joins(here):
                here += 1
        return [], 0

    def _dated(self, days: list[tuple[int, int]], here: int, month: int) -> tuple[list[Found], int]:
        year, here = self._year_after(here + 1)
        found: list[Found] = []
        for number, place in days:
            day = _day(year, month, number) if year else self._nearest(month, number)
            if day:
                last = self.tokens[here - 1] if place == days[-1][1] else self.tokens[place]
                found.append(
                    Found(
                        self.tokens[place].start,
                        last.end,
                        day,
                        whole_month=False,
                        form=Form.ABSOLUTE,
                        year_given=year is not None,
                    )
                )
        return found, here - days[0][1]

    def _month_first(self, at: int) -> tuple[list[Found], int]:
        """`March 3rd, 2025`."""
        month = self._sense(at, Sense.MONTH)
        if not month or self.words.language != "en":
            return [], 0
        number = self._day_number(at + 1)
        if number is None:
            return [], 0
        year, here = self._year_after(self._after_day(at + 1))
        day = _day(year, month, number) if year else self._nearest(month, number)
        return self._found(at, here, day, Form.ABSOLUTE, year_given=year is not None)

    def _month(self, at: int) -> tuple[list[Found], int]:
        """`in maart`, `w lutym 2025`, `begin maart`, `i juli i fjor`."""
        if self._sense(at, Sense.PREPOSITION):
            here = at + 1
        elif (phrase := self._phrase_of(at, Sense.PREPOSITION)) is not None:
            here = at + phrase
        else:
            return [], 0
        while self._sense(here, Sense.PREPOSITION) and not self._sense(here, Sense.MONTH):
            here += 1
        month = self._sense(here, Sense.MONTH)
        if not month or len(self.tokens[here].text) < 3:
            return [], 0
        year, end = self._year_after(here + 1)
        first = self._first_of_month(month) if year is None else date(year, month, 1)
        token, last = self.tokens[here], self.tokens[end - 1]
        given = year is not None
        found = Found(
            token.start, last.end, first, whole_month=True, form=Form.MONTH, year_given=given
        )
        return [found], end - at

    def _weekday(self, at: int) -> tuple[list[Found], int]:
        """A weekday, alone or with "last", "this week", "two weeks ago" around it."""
        modifier: Sense | None = None
        here, weeks = at, None
        phrase = self.words.phrase(self.plain, at)
        if phrase and phrase[1] is Sense.WEEKS_BACK:
            here, weeks = at + phrase[0], phrase[2]
            while self._word(here) in {"op", "i", "w", "we", "den", "am", "on", ",", "på"}:
                here += 1
        else:
            for sense in (Sense.LAST, Sense.RECENT, Sense.THIS, Sense.NEXT):
                if self._sense(at, sense):
                    modifier, here = sense, at + 1
                    break
        weekday = self._sense(here, Sense.WEEKDAY)
        if weekday is None or len(self.tokens[here].text) < 4:
            return [], 0
        end = here + 1
        if self._date_follows(end):
            return [], end - at
        if weeks is None:
            weeks, end = self._weeks_after(end)
        if modifier is None and self._sense(end, Sense.LAST_AFTER):
            modifier, end = Sense.RECENT, end + 1
        if modifier is Sense.NEXT:
            return [], end - at
        if weeks is not None:
            day = self._monday(weeks) + timedelta(days=weekday)
        else:
            day = self._last_weekday(weekday, modifier)
        return self._found(at, end, day, Form.WEEKDAY, year_given=False)

    def _ago(self, at: int) -> tuple[list[Found], int]:
        """`twee weken geleden`, `for tre uker siden`, `tydzień temu`, `il y a trois jours`."""
        here = at
        before = bool(self._sense(here, Sense.AGO_BEFORE))
        phrase = None if before else self._phrase_of(at, Sense.AGO_BEFORE)
        if before:
            here += 1
        elif phrase:
            before, here = True, here + phrase
        count = self._count(here)
        if count is not None:
            here += 1
        unit = self._sense(here, Sense.UNIT)
        if not unit:
            return [], 0
        after = self._sense(here + 1, Sense.AGO)
        if not after and (not before or self.words.language in NORDIC):
            return [], 0
        end = here + 2 if after else here + 1
        number = 1 if count is None else count
        if unit == "month":
            first = _months_before(self.today, number)
            token, last = self.tokens[at], self.tokens[end - 1]
            return [_whole_month(token.start, last.end, first)], end - at
        day = self.today - timedelta(days=number * (7 if unit == "week" else 1))
        return self._found(at, end, day, Form.RELATIVE, year_given=False)

    def _phrase(self, at: int) -> tuple[list[Found], int]:
        """Yesterday, last week, last month, a feast."""
        phrase = self.words.phrase(self.plain, at)
        length, sense, value = phrase or (0, None, None)
        if sense not in {Sense.BACK, Sense.WEEKS_BACK, Sense.MONTHS_BACK, Sense.HOLIDAY}:
            length, sense, value = 0, None, None
            for each in (Sense.BACK, Sense.HOLIDAY):
                if each in self.senses[at]:
                    length, sense, value = 1, each, self.senses[at][each]
        end = at + length
        if sense is Sense.BACK:
            return self._found(
                at, end, self.today - timedelta(days=value), Form.RELATIVE, year_given=False
            )
        if sense is Sense.WEEKS_BACK:
            if self._sense(end, Sense.WEEKDAY) is not None or self._small_then_weekday(end):
                return [], 0
            return self._found(at, end, self._monday(value), Form.WEEK, year_given=False)
        if sense is Sense.MONTHS_BACK:
            first = _months_before(self.today, value)
            token, last = self.tokens[at], self.tokens[end - 1]
            return [_whole_month(token.start, last.end, first)], length
        if sense is Sense.HOLIDAY:
            return self._found(at, end, last_feast(value, self.today), Form.FEAST, year_given=False)
        weekend = self._sense(at, Sense.WEEKEND)
        if weekend:
            saturday = self._monday(0) + timedelta(days=5)
            saturday -= timedelta(days=7 if saturday > self.today else 0)
            return self._found(at, at + 1, saturday, Form.WEEK, year_given=False)
        return [], 0

    def _day_only(self, at: int) -> tuple[list[Found], int]:
        """`8 bm.`, `12 ub.m.`, `den 13.`: a day of this or the last month."""
        number = self._day_number(at)
        if number is None:
            return [], 0
        here = self._after_day(at)
        for sense, months in ((Sense.THIS_MONTH_AFTER, 0), (Sense.LAST_AFTER, 1)):
            phrase = self._phrase_of(here, sense)
            if self.words.language == "pl" and (self._sense(here, sense) or phrase):
                first = _months_before(self.today, months)
                day = _day(first.year, first.month, number)
                return self._found(at, here + (phrase or 1), day, Form.DAY_ONLY, year_given=False)
        previous = self.tokens[at - 1].text if at else ""
        if at and previous == "." and at > 1:
            previous = self.tokens[at - 2].text
        dotted = here > at + 1 or self._word(at + 1) == "."
        if previous in {"den", "d", "de"} and dotted:
            first = self.today.replace(day=1)
            day = _day(first.year, first.month, number)
            if day is None or day > self.today:
                first = _months_before(self.today, 1)
                day = _day(first.year, first.month, number)
            return self._found(at, here, day, Form.DAY_ONLY, year_given=False)
        return [], 0

    # What the rules ask of the text.

    def _found(
        self, at: int, end: int, day: date | None, form: Form, *, year_given: bool
    ) -> tuple[list[Found], int]:
        if day is None:
            return [], 0
        start, stop = self.tokens[at].start, self.tokens[end - 1].end
        found = Found(start, stop, day, whole_month=False, form=form, year_given=year_given)
        return [found], end - at

    def _word(self, at: int) -> str:
        return self.tokens[at].text if 0 <= at < len(self.tokens) else ""

    def _sense(self, at: int, sense: Sense) -> int | str | None:
        return self.senses[at].get(sense) if 0 <= at < len(self.tokens) else None

    def _phrase_of(self, at: int, sense: Sense) -> int | None:
        """Return the length of a phrase with this meaning, or None."""
        if at >= len(self.tokens):
            return None
        phrase = self.words.phrase(self.plain, at)
        return phrase[0] if phrase and phrase[1] is sense else None

    def _day_number(self, at: int) -> int | None:
        if at >= len(self.tokens):
            return None
        token = self.tokens[at]
        if token.number:
            return int(token.text) if len(token.text) <= 2 and 1 <= int(token.text) <= 31 else None
        value = self._sense(at, Sense.ORDINAL)
        return int(value) if value else None

    def _after_day(self, at: int) -> int:
        """Return the place behind a day and its ending: `3.`, `3e`, `3rd of`, `12-go`."""
        here = at + 1
        if self._word(here) == "-" and self._word(here + 1) in {
            "go",
            "ego",
            "tego",
            "tego",
            "ego",
            "mego",
        }:
            here += 2
        elif here < len(self.tokens) and self.tokens[here].start == self.tokens[at].end:
            if self._word(here) in {
                "e",
                "de",
                "ste",
                "st",
                "nd",
                "rd",
                "th",
                "go",
                "er",
                "ego",
                "a",
                "ª",
                "º",
            }:
                here += 1
            elif self._word(here) == ".":
                here += 1
        if self._word(here) in {"of", "de"}:
            here += 1
        return here

    def _joins(self, at: int) -> bool:
        return self._word(at) in {",", "-", "–", "/", "&", "."} or bool(self._sense(at, Sense.LIST))

    def _year_after(self, at: int) -> tuple[int | None, int]:
        """Return the year behind a date, if one stands there, and the place behind it."""
        here = at + 1 if self._word(at) in {",", "."} else at
        word = self._word(here)
        if re.fullmatch(r"(?:19|20)\d\d", word):
            return int(word), here + 1
        if word == "'" and re.fullmatch(r"\d\d", self._word(here + 1)):
            return self._century(int(self._word(here + 1))), here + 2
        phrase = self._phrase_of(at, Sense.YEAR_AGO)
        if phrase or self._sense(at, Sense.YEAR_AGO):
            return self.today.year - 1, at + (phrase or 1)
        if word in {"br", "b.r", "dezer"}:
            return self.today.year, here + 1
        return None, at

    def _weeks_after(self, at: int) -> tuple[int | None, int]:
        """Return how many weeks back a phrase behind a weekday says: `tirsdag forrige uke`."""
        here = at + 1 if self._word(at) in {"i", "w", "we", "in", "van", "in de", "a"} else at
        if here >= len(self.tokens):
            return None, at
        phrase = self.words.phrase(self.plain, here)
        if phrase and phrase[1] is Sense.WEEKS_BACK:
            return phrase[2], here + phrase[0]
        count = self._count(here)
        unit = here + 1 if count is not None else here
        if self._sense(unit, Sense.UNIT) == "week" and self._sense(unit + 1, Sense.AGO):
            return (1 if count is None else count), unit + 2
        return None, at

    def _small_then_weekday(self, at: int) -> bool:
        small = self._word(at) in {"op", "i", "w", "we", "den", "am", "on", "på"}
        return small and self._sense(at + 1, Sense.WEEKDAY) is not None

    def _date_follows(self, at: int) -> bool:
        """Whether a full date stands behind a weekday, so that the weekday says nothing more."""
        here = at
        while here < at + 4 and self._word(here) in _SKIPPED_AFTER_WEEKDAY:
            here += 1
        if here >= len(self.tokens) or not self.tokens[here].number:
            return here < len(self.tokens) and self._sense(here, Sense.ORDINAL) is not None
        if self._day_month(here)[0]:
            return True
        rest = self.text[self.tokens[here].start : self.tokens[here].start + 12]
        return bool(re.match(r"\d{1,2}[./-](?:0?[1-9]|1[0-2])(?!\d|:|\s?uur)", rest))

    def _count(self, at: int) -> int | None:
        if at >= len(self.tokens):
            return None
        if self.tokens[at].number:
            value = int(self.tokens[at].text[:4])
            return value if value <= 99 else None
        number = self._sense(at, Sense.NUMBER)
        return int(number) if number else None

    # Arithmetic.

    def _nearest(self, month: int, number: int) -> date | None:
        """Return the latest such day that is not after today."""
        day = _day(self.today.year, month, number)
        if day is not None and day <= self.today:
            return day
        return _day(self.today.year - 1, month, number)

    def _first_of_month(self, month: int) -> date:
        year = self.today.year if month <= self.today.month else self.today.year - 1
        return date(year, month, 1)

    def _monday(self, weeks_back: int) -> date:
        return self.today - timedelta(days=self.today.weekday() + 7 * weeks_back)

    def _last_weekday(self, weekday: int, modifier: Sense | None) -> date:
        days = (self.today.weekday() - weekday) % 7
        if modifier is Sense.THIS:
            return self._monday(0) + timedelta(days=weekday)
        if modifier is Sense.LAST and 0 < days <= self.today.weekday():
            days += 7
        return self.today - timedelta(days=days or 7)

    def _century(self, two_digits: int) -> int:
        year = 2000 + two_digits
        return year if year <= self.today.year + 1 else year - 100


def _whole_month(start: int, end: int, first: date) -> Found:
    return Found(start, end, first, whole_month=True, form=Form.RELATIVE, year_given=False)


def _day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _months_before(today: date, count: int) -> date:
    months = today.year * 12 + today.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


def _overlaps(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in taken)
