"""The words of dates in one language, ready to be looked up (`lists/dates.toml`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from triage.understanding.phrases import phrase_file
from triage.understanding.tokens import plain, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Sense(StrEnum):
    """What a word or phrase means in a date; its value is the key of the list."""

    MONTH = "months"
    NOT_MONTH = "not_months"
    """Begins with a month's name and is none: `mai multe`."""
    WEEKDAY = "weekdays"
    LAST = "last"
    """The one of the week before."""
    RECENT = "recent"
    """The most recent one."""
    THIS = "this"
    NEXT = "next"
    AHEAD = "ahead"
    """A week or day to come."""
    LAST_AFTER = "last_after"
    THIS_MONTH_AFTER = "this_month_after"
    WEEKEND = "weekend"
    UNIT = "units"
    SEVERAL = "several"
    """Before a unit of time, where a weekday has the same name: `câteva luni`."""
    AGO = "ago"
    AGO_BEFORE = "ago_before"
    BACK = "back"
    WEEKS_BACK = "weeks_back"
    MONTHS_BACK = "months_back"
    PREPOSITION = "prepositions"
    NUMBER = "numbers"
    ORDINAL = "ordinals"
    LIST = "list"
    YEAR_AGO = "year_ago"
    FEAST = "holidays"


_PLAIN_LISTS = (
    *(Sense.LAST, Sense.RECENT, Sense.THIS, Sense.NEXT, Sense.LAST_AFTER, Sense.THIS_MONTH_AFTER),
    *(
        Sense.AHEAD,
        Sense.NOT_MONTH,
        Sense.SEVERAL,
        Sense.WEEKEND,
        Sense.AGO,
        Sense.AGO_BEFORE,
        Sense.PREPOSITION,
        Sense.LIST,
        Sense.YEAR_AGO,
    ),
)
_ENDINGS_APART = frozenset({"tr"})
"""Languages that set endings behind an apostrophe: `3 Mart'ta`."""
_COUNTED = (Sense.BACK, Sense.WEEKS_BACK, Sense.MONTHS_BACK)

Senses = dict[Sense, Any]
"""What a word means, each meaning with its value: the month's number, how many days back ..."""


class Phrase(NamedTuple):
    """A phrase at some place: how many words it has, its meaning, and the value of that."""

    length: int
    sense: Sense
    value: Any


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The date words of one language."""

    language: str
    words: dict[str, Senses] = field(default_factory=dict)
    phrases: dict[str, list[tuple[tuple[str, ...], Sense, Any]]] = field(default_factory=dict)
    day_parts: tuple[str, ...] = ()

    def senses(self, word: str) -> Senses:
        """Return what a single word means; also without its diacritics, or as `dinsdagavond`."""
        return _senses(self.language, word)

    def find(self, word: str) -> Senses:
        """Look a word up; `senses` remembers the outcome."""
        found = self.words.get(word) or self.words.get(plain(word))
        if found is not None:
            return found
        if self.language in _ENDINGS_APART and (bare := word.replace("’", "'").partition("'")[0]):
            return self.words.get(bare) or self.words.get(plain(bare)) or {}
        for part in self.day_parts:
            if word.endswith(part) and len(word) > len(part) + 4:
                stem = word[: -len(part)].rstrip("-")
                for form in (stem.rstrip("s"), stem):
                    senses = self.words.get(form, {})
                    if Sense.WEEKDAY in senses:
                        return senses
        return {}

    def phrase(self, words: list[str], at: int) -> Phrase | None:
        """Return the longest phrase that starts at this one of the plain words."""
        for phrase, sense, value in self.phrases.get(words[at], ()):
            if tuple(words[at : at + len(phrase)]) == phrase:
                return Phrase(len(phrase), sense, value)
        return None


@cache
def vocabulary(language: str) -> Vocabulary:
    """Return the date words of a language; of English when we have none of it."""
    file = phrase_file("dates")
    table = file.get(language) or file["en"]
    made = Vocabulary(language, day_parts=tuple(table["day_parts"]))
    for form, sense, value in _entries(table):
        _add(made, form, sense, value)
    for options in made.phrases.values():
        options.sort(key=lambda option: -len(option[0]))
    return made


@lru_cache(maxsize=16384)
def _senses(language: str, word: str) -> Senses:
    return vocabulary(language).find(word)


def _entries(table: Mapping[str, Any]) -> Iterator[tuple[str, Sense, Any]]:
    """Yield every form of a language's table with its meaning and value."""
    for sense in (Sense.MONTH, Sense.WEEKDAY, Sense.NUMBER, Sense.ORDINAL):
        for value, forms in enumerate(table.get(sense, ()), int(sense is Sense.MONTH)):
            yield from ((form, sense, value) for form in forms.split("|") if form)
    for sense in _PLAIN_LISTS:
        yield from ((form, sense, 1) for form in table.get(sense, ()))
    for unit, forms in table[Sense.UNIT].items():
        yield from ((form, Sense.UNIT, unit) for form in forms)
    for sense in _COUNTED:
        for count, forms in table.get(sense, {}).items():
            yield from ((form, sense, int(count)) for form in forms)
    for name, forms in table[Sense.FEAST].items():
        for feast, named in forms.items() if name == "fixed" else ((name, forms),):
            yield from ((form, Sense.FEAST, feast) for form in named)


def _add(made: Vocabulary, form: str, sense: Sense, value: Any) -> None:
    words = [token.text for token in tokens_of(form)]
    if len(words) == 1:
        made.words.setdefault(words[0], {})[sense] = value
        made.words.setdefault(plain(words[0]), {}).setdefault(sense, value)
    else:
        folded = tuple(plain(word) for word in words)
        made.phrases.setdefault(folded[0], []).append((folded, sense, value))
