"""A word of the mail that could label it a complaint, and the words around it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from triage.understanding.label_words import any_listed, listed, looks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triage.understanding.words import Words

REACH = 12
"""Words to either side that are looked at."""
_STRONG = ".!?;…"
_WEAK = f"{_STRONG},:()[]–—|"


class Use(StrEnum):
    """What a word that could be the label does where it stands."""

    LABEL = "label"
    """The sender calls this mail so."""
    EARLIER = "earlier"
    """A complaint made before; in a complaint that goes on from it, this is the label too."""
    WEAK = "weak"
    """Complaints in general, an office's name."""
    NEGATED = "negated"
    ELSEWHERE = "elsewhere"
    """Made about or to someone else."""
    THREAT = "threat"
    """Not made yet."""


@dataclass(frozen=True, slots=True)
class Place:
    """A word that could be the label, with the words around it."""

    words: Words
    at: int
    begin: int
    """The first word of its sentence, or of what is near enough."""
    end: int
    """The word after the last of its sentence, or of what is near enough."""
    language: str
    subject: bool
    chosen: bool
    """Whether it stands where the sender of a form chose a category or named a subject."""

    @property
    def form(self) -> str:
        """The word, folded."""
        return self.words.forms[self.at]

    @property
    def is_verb(self) -> bool:
        """Whether it is a verb and cannot be the noun."""
        found = looks(self.form)
        return found.verb and not found.noun

    def before(self, count: int) -> Sequence[str]:
        """Return up to `count` words before it in its sentence."""
        return self.words.forms[max(self.begin, self.at - count) : self.at]

    def after(self, count: int) -> Sequence[str]:
        """Return up to `count` words after it in its sentence."""
        return self.words.forms[self.at + 1 : min(self.end, self.at + 1 + count)]

    @property
    def clause_before(self) -> Sequence[str]:
        """The words before it up to a comma or bracket."""
        return self.words.forms[_back(self.words, self.begin, self.at, _WEAK) : self.at]

    @property
    def clause_after(self) -> Sequence[str]:
        """The words after it up to a comma or bracket."""
        return self.words.forms[self.at + 1 : _on(self.words, self.at, self.end, _WEAK)]

    @property
    def up_to_that(self) -> Sequence[str]:
        """The words after it up to what is complained about: `over`, `dat`, `på`."""
        after = self.clause_after
        ends = [at for at, form in enumerate(after) if self.listed("that", form)]
        return after[: ends[0]] if ends else after

    def any(self, key: str, forms: Sequence[str]) -> bool:
        """Whether a list has one of the words in the mail's language."""
        return any_listed(key, forms, self.language)

    def listed(self, key: str, form: str) -> bool:
        """Whether a list has the word in the mail's language."""
        return listed(key, form, self.language)


def place_of(
    words: Words, at: int, sentence: tuple[int, int], *, language: str, subject: bool, chosen: bool
) -> Place:
    """Return a word's place in its sentence."""
    begin, end = sentence
    return Place(
        words,
        at,
        _back(words, max(begin, at - REACH), at, _STRONG),
        _on(words, at, min(end, at + REACH + 1), _STRONG),
        language,
        subject,
        chosen,
    )


def _back(words: Words, begin: int, at: int, marks: str) -> int:
    """Return the first word of what no mark parts from the word."""
    while at > begin and not _parted(words, at - 1, marks):
        at -= 1
    return at


def _on(words: Words, at: int, end: int, marks: str) -> int:
    """Return the word after the last of what no mark parts from the word."""
    while at + 1 < end and not _parted(words, at, marks):
        at += 1
    return at + 1


def _parted(words: Words, at: int, marks: str) -> bool:
    """Whether a mark, or a dash between spaces, stands between a word and the next."""
    gap = words.text[words.ends[at] : words.starts[at + 1]][:REACH]
    if words.forms[at].isdecimal():
        gap = gap.removeprefix(".")
    return any(mark in gap for mark in marks) or " - " in gap


def is_announced(place: Place) -> bool:
    """Whether the sender announces the complaint beyond doubt: `hierbij`, `niniejszym`."""
    ahead = place.before(6)
    if is_condition(place):
        ahead = [form for form in ahead if not _of_condition(place, form)]
    return place.any("firm", ahead) or place.any("these", place.before(1))


def is_condition(place: Place) -> bool:
    """Whether the sentence is an "if": `als dit niet stopt`, not `als klant`."""
    opening = place.words.forms[place.begin : place.begin + 2]
    return place.any("conditions", opening[:1]) and place.any("conditioned", opening[1:])


def _of_condition(place: Place, form: str) -> bool:
    return place.listed("conditions", form) or place.listed("conditioned", form)


def is_forced(place: Place) -> bool:
    """Whether nothing is left but to complain: `geen andere keus dan een klacht`."""
    before = place.before(8)
    return place.any("choice", before) and place.any("than", before)


def is_performed(place: Place) -> bool:
    """Whether the sender announces or does something with the complaint."""
    return place.any("performatives", place.before(6)) or place.any("performed", place.after(4))
