"""Which single words could label a mail a complaint, however bent, compounded or misspelt.

Misspellings are caught by an edit distance of one and by folding doubled letters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from triage.understanding.phrases import phrase_file
from triage.understanding.words import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHORTEST_FUZZY = 6
_NORTH = frozenset({"no", "sv", "da"})
_KIN = {"ru": "uk", "sk": "cs"}
"""Languages that share the words of another."""
_ALL, _OTHER = "all", "other"


@dataclass(frozen=True, slots=True)
class Looks:
    """What a word looks like by itself."""

    institution: bool
    """Part of an office, a rule or a form: `klachtenregeling`."""
    appeal: bool
    """An appeal against an answer: `odwołanie`."""
    noun: bool
    """A complaint: `klacht`, `reklamcja`, `klagebrev`."""
    verb: bool
    """To complain, in the first person or the infinitive."""

    def __bool__(self) -> bool:
        return self.institution or self.appeal or self.noun or self.verb


@lru_cache(maxsize=16_384)
def looks(form: str) -> Looks:
    """Say what a folded word looks like."""
    institution = listed("institutions", form)
    noun = not institution and is_noun(form)
    return Looks(institution, listed("appeals", form), noun, listed("verbs", form))


def is_noun(form: str) -> bool:
    """Whether a folded word means a complaint."""
    if listed("others", form):
        return False
    return listed("nouns", form) or _is_writing(form) or _misspelt(form)


def listed(key: str, form: str, language: str = "") -> bool:
    """Whether a list of `marker.toml` has the word; of a list by language, that language's part."""
    return _list(key, _part(language)).has(form)


def any_listed(key: str, forms: Sequence[str], language: str = "") -> bool:
    """Whether a list has any of the words."""
    return _list(key, _part(language)).has_any(forms)


@dataclass(frozen=True, slots=True)
class _List:
    exact: frozenset[str]
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]

    def has(self, form: str) -> bool:
        return form in self.exact or form.startswith(self.prefixes) or form.endswith(self.suffixes)

    def has_any(self, forms: Sequence[str]) -> bool:
        if not self.exact.isdisjoint(forms):
            return True
        if not self.prefixes and not self.suffixes:
            return False
        return any(self.has(form) for form in forms)


@cache
def _list(key: str, part: str) -> _List:
    found = phrase_file("marker")[key]
    items = found if isinstance(found, list) else (*found.get(_ALL, ()), *found.get(part, ()))
    words = {fold(item) for item in items}
    return _List(
        frozenset(word for word in words if "*" not in word),
        tuple(sorted(word[:-1] for word in words if word.endswith("*"))),
        tuple(sorted(word[1:] for word in words if word.startswith("*"))),
    )


def _part(language: str) -> str:
    """Name the part of a list by language that a language has: its own, its family's or `other`."""
    part = "north" if language in _NORTH else _KIN.get(language, language)
    return part if part in _parts() else _OTHER


@cache
def _parts() -> frozenset[str]:
    """Return the languages with words of their own."""
    return frozenset(phrase_file("marker")["negators"])


def _is_writing(form: str) -> bool:
    """Whether the word is a piece of writing that complains: `klaagmail`, `klachtepistel`."""
    stems, writings = _list("writing_stems", _OTHER), _list("writings", _OTHER)
    return any(form.startswith(stem) and writings.has(form[len(stem) :]) for stem in stems.exact)


def _misspelt(form: str) -> bool:
    """One letter wrong, missing, added or swapped, or letters doubled; the first letter stands."""
    if len(form) >= 5 and any(a == b for a, b in pairwise(form)):
        single = "".join(a for a, b in zip(form, form[1:] + " ", strict=True) if a != b)
        if single in _list("nouns", _OTHER).exact:
            return True
    if len(form) < _SHORTEST_FUZZY - 1 or listed("verbs", form) or listed("told", form):
        return False
    return any(
        noun[0] == form[0] and abs(len(noun) - len(form)) <= 1 and _one_apart(form, noun)
        for noun in _fuzzy_nouns()
    )


def _one_apart(one: str, two: str) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbours turns one into two."""
    if len(one) > len(two):
        one, two = two, one
    start = 0
    while start < len(one) and one[start] == two[start]:
        start += 1
    if len(one) == len(two):
        swapped = one[start : start + 2] == two[start : start + 2][::-1]
        return one[start + 1 :] == two[start + 1 :] or (
            swapped and one[start + 2 :] == two[start + 2 :]
        )
    return one[start:] == two[start + 1 :]


@cache
def _fuzzy_nouns() -> tuple[str, ...]:
    return tuple(sorted(n for n in _list("nouns", _OTHER).exact if len(n) >= _SHORTEST_FUZZY))
