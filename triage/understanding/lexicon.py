"""Word patterns as data: which ideas the words of a mail express, and where.

A lexicon is a text file per language (`ideas/nl.txt`), read by anyone who speaks it:

    [paid_already]                 the idea
    al|reeds .. betaald            "al betaald", "reeds in mei betaald"

Each line below a heading is one pattern, a sequence of words; a word may be

    betaald      that word, in any case, with or without diacritics
    betaal*      a word that begins so
    *kosten      a word that ends so
    al|reeds     any of these
    <n>          a number
    ^stuur       any of these as the first words of the sentence (an imperative)
    ..           up to three words in between (at the sides of it, nothing else but these)
    ...          up to eight words in between
    ;            between whole patterns that share a line

A pattern never reaches beyond the sentence. Matching is linear in the text: each word is looked up
in tables, and a gap is bounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from triage.understanding.words import Words

GAPS = {"..": 3, "...": 8}
_SHORTEST_STEM = 1
_LONGEST_STEM = 24


@dataclass(frozen=True, slots=True)
class Hit:
    """An idea found in the text: the words from `first` up to and including `last`."""

    idea: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Element:
    """One place of a pattern: what may stand there, after a gap of at most `gap` words."""

    exact: frozenset[str]
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]
    number: bool
    gap: int

    def fits(self, form: str) -> bool:
        return (
            form in self.exact
            or form.startswith(self.prefixes)
            or form.endswith(self.suffixes)
            or (self.number and form[0].isdigit())
        )


@dataclass(frozen=True, slots=True)
class _Pattern:
    idea: str
    rest: tuple[_Element, ...]
    opening: bool
    """Only at the beginning of a sentence, or after one word ("Hallo, stuur ...")."""


class Lexicon:
    """The patterns of one language, indexed by their first word."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._exact: dict[str, list[_Pattern]] = {}
        self._prefixes: dict[str, list[_Pattern]] = {}
        self._suffixes: dict[str, list[_Pattern]] = {}
        self._numbers: list[_Pattern] = []
        self.ideas: list[str] = []
        idea = ""
        for line in lines:
            text = line.split("#", 1)[0].strip()
            if text.startswith("["):
                idea = text.strip("[]")
                self.ideas.append(idea)
            elif text:
                for pattern in text.split(";"):
                    bare = pattern.strip().removeprefix("^")
                    self._add(idea, _elements(bare), opening=bare != pattern.strip())
        self._prefix_lengths = sorted({len(stem) for stem in self._prefixes})
        self._suffix_lengths = sorted({len(stem) for stem in self._suffixes})
        # Most words of a mail were in the one before; bounded, because mails can invent words.
        self._starting = lru_cache(maxsize=8192)(lambda form: tuple(self._starting_with(form)))

    def _add(self, idea: str, elements: tuple[_Element, ...], *, opening: bool) -> None:
        first, pattern = elements[0], _Pattern(idea, elements[1:], opening)
        for form in sorted(first.exact):
            self._exact.setdefault(form, []).append(pattern)
        for stem in first.prefixes:
            self._prefixes.setdefault(stem, []).append(pattern)
        for stem in first.suffixes:
            self._suffixes.setdefault(stem, []).append(pattern)
        if first.number:
            self._numbers.append(pattern)

    def find(self, words: Words) -> list[Hit]:
        """Return every idea at every place, once per idea and first word, in reading order."""
        found: list[Hit] = []
        for begin, end in words.sentences:
            for first in range(begin, end):
                seen: set[str] = set()
                for pattern in self._starting(words.forms[first]):
                    if pattern.idea in seen or (pattern.opening and first > begin + 1):
                        continue
                    last = _follow(words.forms, first, end, pattern.rest) if pattern.rest else first
                    if last is not None:
                        seen.add(pattern.idea)
                        found.append(Hit(pattern.idea, first, last))
        return found

    def _starting_with(self, form: str) -> Iterator[_Pattern]:
        yield from self._exact.get(form, ())
        for length in self._prefix_lengths:
            if length > len(form):
                break
            yield from self._prefixes.get(form[:length], ())
        for length in self._suffix_lengths:
            if length > len(form):
                break
            yield from self._suffixes.get(form[-length:], ())
        if form[0].isdigit():
            yield from self._numbers


def _follow(forms: tuple[str, ...], first: int, end: int, rest: tuple[_Element, ...]) -> int | None:
    """Return the place of the last word, taking the nearest fit for each element."""
    at = first
    for element in rest:
        for place in range(at + 1, min(at + 2 + element.gap, end)):
            if element.fits(forms[place]):
                at = place
                break
        else:
            return None
    return at


def _elements(text: str) -> tuple[_Element, ...]:
    from triage.understanding.words import fold

    elements = []
    gap = 0
    for part in text.split():
        if part in GAPS:
            gap = GAPS[part]
            continue
        options = [fold(option) for option in part.split("|")]
        elements.append(
            _Element(
                exact=frozenset(o for o in options if "*" not in o and o != "<n>"),
                prefixes=tuple(o[:-1] for o in options if o.endswith("*")),
                suffixes=tuple(o[1:] for o in options if o.startswith("*")),
                number="<n>" in options,
                gap=gap,
            )
        )
        gap = 0
    return tuple(elements)
