"""A text as the date grammar sees it: its words with what each means, and small questions of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from triage.understanding.date_model import full_year
from triage.understanding.date_words import Phrase, Sense, Senses, Vocabulary, vocabulary
from triage.understanding.tokens import Token, plain, tokens_of
from triage.understanding.written_years import written_year

if TYPE_CHECKING:
    from datetime import date

_NOTHING: Senses = {}
_ENDINGS = frozenset(
    {
        *("e", "de", "ste", "st", "nd", "rd", "th", "go", "er", "ego", "tego", "mego", "te", "nde"),
        *("º", "ª", "°"),
        *("го", "ого", "е"),
    }
)
"""Endings of a day in figures: `3e`, `3rd`, `12-go`, `1º`."""
_JOINTS = frozenset({",", "-", "–", "/", "&", "."})
_YEAR = re.compile(r"(?:19|20)\d\d")
_THIS_YEAR = frozenset({"br", "b.r", "dezer"})
MOST_DAYS = 31
_OF_YEAR = frozenset({"m", "metų", "metu"})
"""Behind a year that stands before its month: `2026 m. kovo 3 d.`"""
_IN = frozenset(
    {
        *("i", "w", "we", "in", "van", "a"),
        *("de", "da", "di", "della", "din"),
    }
)
"""Between a weekday and its week: `vrijdag van vorige week`, `lunes de la semana pasada`."""
_OF = frozenset({"de", "del"})
"""Between a date and its year: `3 de marzo de 2026`."""


@dataclass(frozen=True, slots=True)
class DateText:
    """The words of a text with their meanings, and the day that relative dates count from."""

    tokens: tuple[Token, ...]
    plain: list[str]
    senses: list[Senses]
    words: Vocabulary
    today: date

    @classmethod
    def of(cls, text: str, today: date, language: str) -> DateText:
        """Return the text with every word looked up."""
        words, tokens = vocabulary(language), tokens_of(text)
        senses = [_NOTHING if token.number else words.senses(token.text) for token in tokens]
        return cls(tokens, [plain(token.text) for token in tokens], senses, words, today)

    def word(self, at: int) -> str:
        """Return the word at this place, or an empty string beyond the text."""
        return self.tokens[at].text if 0 <= at < len(self.tokens) else ""

    def means(self, at: int, sense: Sense) -> bool:
        """Whether the word has this meaning."""
        return 0 <= at < len(self.tokens) and sense in self.senses[at]

    def number(self, at: int, sense: Sense) -> int | None:
        """Return the value of this meaning: a month's or weekday's number, a count; or None."""
        value = self.senses[at].get(sense) if 0 <= at < len(self.tokens) else None
        return int(value) if value is not None else None

    def month(self, at: int) -> tuple[int | None, int]:
        """Return the month that is named here, and its words: Syrians say `كانون الثاني`.

        None where its name is another word's beginning.
        """
        named = self.phrase(at, Sense.MONTH)
        if named:
            return int(named.value), named.length
        return (None if self.phrase(at, Sense.NOT_MONTH) else self.number(at, Sense.MONTH)), 1

    def weekday(self, at: int) -> tuple[int | None, int]:
        """Return the weekday that is named here, if any, and how many words its name has."""
        phrase = self.phrase(at, Sense.WEEKDAY)
        if phrase:
            return int(phrase.value), phrase.length
        return (None if self._counts_units(at) else self.number(at, Sense.WEEKDAY)), 1

    def _counts_units(self, at: int) -> bool:
        """Whether the name of a weekday means months here: `de trei luni`, `câteva luni`."""
        if not self.unit(at):
            return False
        counted = at > 0 and (self.count(at - 1) is not None or self.means(at - 1, Sense.SEVERAL))
        return counted or self.word(at + 1) == "de"

    def unit(self, at: int) -> str:
        """Return the unit of time that the word names: `day`, `week`, `month`, or empty."""
        return str(self.senses[at].get(Sense.UNIT, "")) if at < len(self.tokens) else ""

    def phrase(self, at: int, *senses: Sense) -> Phrase | None:
        """Return the phrase that starts here and has one of these meanings, or None."""
        if at >= len(self.tokens):
            return None
        found = self.words.phrase(self.plain, at)
        return found if found and found.sense in senses else None

    def length_of(self, at: int, sense: Sense) -> int:
        """Return how many words with this meaning start here: a word, a phrase, or 0."""
        found = self.phrase(at, sense)
        return found.length if found else int(self.means(at, sense))

    def day_number(self, at: int) -> int | None:
        """Return the day of a month that stands here, in figures or words."""
        if at >= len(self.tokens):
            return None
        text = self.tokens[at].text
        if self.tokens[at].number:
            return int(text) if len(text) <= 2 and 1 <= int(text) <= 31 else None
        compound = self.phrase(at, Sense.ORDINAL)
        return int(compound.value) if compound else self.number(at, Sense.ORDINAL)

    def after_day(self, at: int) -> int:
        """Return the place behind a day and its ending: `3.`, `3e`, `3rd of`, `12-go`."""
        compound = None if self.tokens[at].number else self.phrase(at, Sense.ORDINAL)
        here = at + (compound.length if compound else 1)
        glued = here < len(self.tokens) and self.tokens[here].start == self.tokens[at].end
        if self.word(here) == "-" and self.word(here + 1) in _ENDINGS:
            here += 2
        elif glued and (self.word(here) == "." or self.word(here) in _ENDINGS):
            here += 1
        of_month = self.word(here) == "van" and self.number(here + 1, Sense.MONTH) is not None
        return here + 1 if of_month or self.word(here) in {"of", "de"} else here

    def joins(self, at: int) -> bool:
        """Whether the word or sign joins the days of a list."""
        return self.word(at) in _JOINTS or self.means(at, Sense.LIST)

    def year_after(self, at: int) -> tuple[int | None, int]:
        """Return the year that stands behind a date, if any, and the place behind it."""
        here = at + 1 if self.word(at) in {",", "."} else at
        if self.word(here) in _OF and _YEAR.fullmatch(self.word(here + 1)):
            here += 1
        word = self.word(here)
        if _YEAR.fullmatch(word):
            return int(word), here + 1
        written = written_year(self.words.language, self.plain, here)
        if written:
            return written.year, here + written.words
        short = self.word(here + 1)
        if (word in {"'", "’"} or self._leans_on(here)) and len(short) == 2 and short.isdecimal():
            return full_year(int(short), self.today), here + 2
        ago = self.length_of(at, Sense.YEAR_AGO)
        if ago:
            return self.today.year - 1, at + ago
        return (self.today.year, here + 1) if word in _THIS_YEAR else (None, at)

    def year_before(self, at: int) -> int | None:
        """Return the year that Lithuanians set before a month, if any: `2026 m. kovo`."""
        here = at - 1 - (self.word(at - 1) == ".")
        year = self.word(here - 1)
        return int(year) if self.word(here) in _OF_YEAR and _YEAR.fullmatch(year) else None

    def _leans_on(self, at: int) -> bool:
        """Whether a hyphen is set before a year of two figures: `12 mai -60`."""
        year = self.word(at + 1)
        if self.word(at) != "-" or not (year.isdecimal() and int(year) > MOST_DAYS):
            return False
        hyphen = self.tokens[at]
        return self.tokens[at - 1].end < hyphen.start and hyphen.end == self.tokens[at + 1].start

    def weeks_after(self, at: int) -> tuple[int | None, int]:
        """Return how many weeks back the words behind a weekday say: `tirsdag forrige uke`."""
        here = at + 1 if self.word(at) in _IN else at
        phrase = self.phrase(here, Sense.WEEKS_BACK)
        if phrase:
            return int(phrase.value), here + phrase.length
        count = self.count(here)
        unit = here if count is None else here + 1
        if self.unit(unit) == "week" and self.means(unit + 1, Sense.AGO):
            return (1 if count is None else count), unit + 2
        return None, at

    def count(self, at: int) -> int | None:
        """Return the number that stands here, in figures or words, up to 99."""
        if at >= len(self.tokens):
            return None
        if self.tokens[at].number:
            return int(self.tokens[at].text) if len(self.tokens[at].text) <= 2 else None
        return self.number(at, Sense.NUMBER) or None
