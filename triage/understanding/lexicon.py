"""Word patterns as data: which ideas the words of a mail express, and where.

A lexicon is a text file per language (`ideas/nl.txt`), read by anyone who speaks it:

    [paid_already]                 the idea
    al|reeds .. betaald            "al betaald", "reeds in mei betaald"

Each line below a heading is one pattern, a sequence of words; a word may be

    betaald      that word, in any case, with or without diacritics
    betaal*      a word that begins so
    *kosten      a word that ends so
    *            any word
    al|reeds     any of these
    <n>          a number
    <stuur>      any word of a list that has a name, see below
    ^stuur       any of these as the first words of the sentence (an imperative)
    ..           up to three words in between (at the sides of it, nothing else but these)
    ...          up to eight words in between
    ;            between whole patterns that share a line

Lists that many patterns share have a name, above their use; a second line goes on with a list:

    <stuur> = stuur|zend|mail*
    <stuur> = schrijf
    <stuur> mij .. brief

A pattern never reaches beyond the sentence. Matching is linear in the text: each word is looked up
in tables, and a gap is bounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from triage.understanding.words import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from triage.understanding.words import Words

GAPS = {"..": 3, "...": 8}
NUMBER, ANY = "<n>", "*"
_KEPT_WORDS = 4096
"""Words whose places are kept: most words of a mail were in the one before. Bounded, because mails
can invent words."""

Kind = int
"""A set of words that may stand in one place of a pattern, by its number in the lexicon."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An idea found in the text: the words from `first` up to and including `last`."""

    idea: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Pattern:
    idea: str
    rest: tuple[tuple[Kind, int], ...]
    """What may stand in each place after the first, after a gap of at most so many words."""
    needs: frozenset[Kind]
    opening: bool
    """Only at the beginning of a sentence, or after one word ("Hallo, stuur ...")."""


@dataclass(frozen=True, slots=True)
class _Place:
    """What a word can be: every kind that it is of, and the patterns that begin with it."""

    kinds: frozenset[Kind]
    begins: tuple[_Pattern, ...]


class Lexicon:
    """The patterns of one language."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.ideas: list[str] = []
        self._kinds: dict[frozenset[str], Kind] = {}
        self._exact: dict[str, list[Kind]] = {}
        self._prefixes: dict[str, list[Kind]] = {}
        self._suffixes: dict[str, list[Kind]] = {}
        self._numbers: list[Kind] = []
        self._anything: list[Kind] = []
        self._begins: dict[Kind, list[_Pattern]] = {}
        lists: dict[str, frozenset[str]] = {}
        idea = ""
        for line in lines:
            text = line.split("#", 1)[0].strip()
            name, is_list, options = text.partition(" = ")
            if text.startswith("["):
                idea = text.strip("[]")
                self.ideas.append(idea)
            elif is_list:
                lists[name] = lists.get(name, frozenset()) | _options(options, lists)
            elif text:
                for pattern in text.split(";"):
                    bare = pattern.strip().removeprefix("^")
                    self._add(idea, _places(bare, lists), opening=bare != pattern.strip())
        self._prefix_lengths = sorted({len(stem) for stem in self._prefixes})
        self._suffix_lengths = sorted({len(stem) for stem in self._suffixes})
        self._place = lru_cache(maxsize=_KEPT_WORDS)(self._looked_up)
        # Most words are of the same few kinds: they share a place, which keeps the memory small.
        self._shared = lru_cache(maxsize=_KEPT_WORDS)(self._of_kinds)

    def _add(
        self, idea: str, places: Sequence[tuple[frozenset[str], int]], *, opening: bool
    ) -> None:
        first, *rest = [(self._kind(options), gap) for options, gap in places]
        needs = frozenset(kind for kind, _ in rest)
        pattern = _Pattern(idea, tuple(rest), needs, opening)
        self._begins.setdefault(first[0], []).append(pattern)

    def _kind(self, options: frozenset[str]) -> Kind:
        """Return the number of a set of options, and have its words found by it."""
        if options in self._kinds:
            return self._kinds[options]
        kind = self._kinds[options] = len(self._kinds)
        for option in options:
            if option == NUMBER:
                self._numbers.append(kind)
            elif option == ANY:
                self._anything.append(kind)
            elif option.endswith("*"):
                self._prefixes.setdefault(option[:-1], []).append(kind)
            elif option.startswith("*"):
                self._suffixes.setdefault(option[1:], []).append(kind)
            else:
                self._exact.setdefault(option, []).append(kind)
        return kind

    def find(self, words: Words) -> list[Hit]:
        """Return every idea at every place, once per idea and first word, in reading order."""
        found: list[Hit] = []
        for begin, end in words.sentences:
            places = [self._place(form) for form in words.forms[begin:end]]
            present = frozenset().union(*(place.kinds for place in places))
            for first, place in enumerate(places):
                seen: set[str] = set()
                for pattern in place.begins:
                    if (
                        pattern.idea in seen
                        or not pattern.needs <= present
                        or (pattern.opening and first > 1)
                    ):
                        continue
                    last = _follow(places, first, pattern.rest)
                    if last is not None:
                        seen.add(pattern.idea)
                        found.append(Hit(pattern.idea, begin + first, begin + last))
        return found

    def _looked_up(self, form: str) -> _Place:
        return self._shared(frozenset(self._kinds_of(form)))

    def _of_kinds(self, kinds: frozenset[Kind]) -> _Place:
        begins = (pattern for kind in sorted(kinds) for pattern in self._begins.get(kind, ()))
        return _Place(kinds, tuple(begins))

    def _kinds_of(self, form: str) -> Iterator[Kind]:
        yield from self._anything
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


def _follow(places: Sequence[_Place], first: int, rest: tuple[tuple[Kind, int], ...]) -> int | None:
    """Return the place of the last word, taking the nearest fit for each kind."""
    at = first
    for kind, gap in rest:
        for place in range(at + 1, min(at + 2 + gap, len(places))):
            if kind in places[place].kinds:
                at = place
                break
        else:
            return None
    return at


def _places(text: str, lists: dict[str, frozenset[str]]) -> Sequence[tuple[frozenset[str], int]]:
    """Return the options of each place of a pattern, with the gap before it."""
    places = []
    gap = 0
    for part in text.split():
        if part in GAPS:
            gap = GAPS[part]
            continue
        places.append((_options(part, lists), gap))
        gap = 0
    return places


def _options(text: str, lists: dict[str, frozenset[str]]) -> frozenset[str]:
    options: set[str] = set()
    for option in text.split("|"):
        if option.startswith("<") and option != NUMBER:
            options |= lists[option]
        else:
            options.add(option if option in {NUMBER, ANY} else fold(option))
    return frozenset(options)
