"""The words of dates in one language, ready to be looked up (`lists/dates.toml`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any

from triage.understanding.phrases import phrase_file
from triage.understanding.tokens import plain, tokens_of


class Sense(StrEnum):
    """What a word or phrase means in a date."""

    MONTH = "month"
    WEEKDAY = "weekday"
    LAST = "last"
    """The one of the week before."""
    RECENT = "recent"
    """The most recent one."""
    THIS = "this"
    NEXT = "next"
    LAST_AFTER = "last_after"
    THIS_MONTH_AFTER = "this_month_after"
    WEEK = "week"
    WEEKEND = "weekend"
    UNIT = "unit"
    AGO = "ago"
    AGO_BEFORE = "ago_before"
    BACK = "back"
    WEEKS_BACK = "weeks_back"
    MONTHS_BACK = "months_back"
    PREPOSITION = "preposition"
    NUMBER = "number"
    ORDINAL = "ordinal"
    LIST = "list"
    TIME = "time"
    YEAR_AGO = "year_ago"
    HOLIDAY = "holiday"


Senses = dict[Sense, Any]


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
        for part in self.day_parts:
            if word.endswith(part) and len(word) > len(part) + 4:
                stem = word[: -len(part)].rstrip("-s")
                for form in (stem, word[: -len(part)].rstrip("-")):
                    senses = self.words.get(form, {})
                    if Sense.WEEKDAY in senses:
                        return senses
        return {}

    def phrase(self, words: list[str], at: int) -> tuple[int, Sense, Any] | None:
        """Return the longest phrase that starts at this one of the plain words: length and meaning."""
        for phrase, sense, value in self.phrases.get(words[at], ()):
            if tuple(words[at : at + len(phrase)]) == phrase:
                return len(phrase), sense, value
        return None


@lru_cache(maxsize=16384)
def _senses(language: str, word: str) -> Senses:
    return vocabulary(language).find(word)


@cache
def vocabulary(language: str) -> Vocabulary:
    """Return the date words of a language; of English when we have none of it."""
    file = phrase_file("dates")
    table = file.get(language) or file["en"]
    made = Vocabulary(language, day_parts=tuple(table["day_parts"]))
    for sense, key in (
        (Sense.MONTH, "months"),
        (Sense.WEEKDAY, "weekdays"),
        (Sense.NUMBER, "numbers"),
    ):
        for value, forms in enumerate(table[key]):
            for form in forms.split("|"):
                _add(made, form, sense, value + 1 if sense is Sense.MONTH else value)
    for value, forms in enumerate(table.get("ordinals", [])):
        for form in filter(None, forms.split("|")):
            _add(made, form, Sense.ORDINAL, value)
    for sense, key in _LISTS:
        for form in table.get(key, []):
            _add(made, form, sense, True)
    for unit, forms in table["units"].items():
        for form in forms:
            _add(made, form, Sense.UNIT, unit)
    for sense, key in (
        (Sense.BACK, "back"),
        (Sense.WEEKS_BACK, "weeks_back"),
        (Sense.MONTHS_BACK, "months_back"),
    ):
        for count, forms in table.get(key, {}).items():
            for form in forms:
                _add(made, form, sense, int(count))
    for name, forms in table["holidays"].items():
        named = forms.items() if name == "fixed" else [(name, forms)]
        for feast, words in named:
            for form in words:
                _add(made, form, Sense.HOLIDAY, feast)
    for options in made.phrases.values():
        options.sort(key=lambda option: -len(option[0]))
    return made


_LISTS = (
    (Sense.LAST, "last"),
    (Sense.RECENT, "recent"),
    (Sense.THIS, "this"),
    (Sense.NEXT, "next"),
    (Sense.LAST_AFTER, "last_after"),
    (Sense.THIS_MONTH_AFTER, "this_month_after"),
    (Sense.WEEK, "week"),
    (Sense.WEEKEND, "weekend"),
    (Sense.AGO, "ago"),
    (Sense.AGO_BEFORE, "ago_before"),
    (Sense.PREPOSITION, "prepositions"),
    (Sense.LIST, "list"),
    (Sense.TIME, "times"),
    (Sense.YEAR_AGO, "year_ago"),
)


def _add(made: Vocabulary, form: str, sense: Sense, value: Any) -> None:
    words = [token.text for token in tokens_of(form)]
    if len(words) == 1:
        made.words.setdefault(words[0], {})[sense] = value
        made.words.setdefault(plain(words[0]), {}).setdefault(sense, value)
    else:
        folded = tuple(plain(word) for word in words)
        made.phrases.setdefault(folded[0], []).append((folded, sense, value))
