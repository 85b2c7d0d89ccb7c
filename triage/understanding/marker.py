"""Whether the sender labels the mail itself a complaint.

Every word that could be the label (`label_words.py`) is looked at where it stands
(`label_places.py`, `label_uses.py`); then they are held against each other: a bare word in the
subject is not the label of a mail whose text says that this is no complaint, or that it lies with
another firm.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING

from triage.understanding.label_places import Use, is_announced, is_performed, place_of
from triage.understanding.label_uses import use_of
from triage.understanding.label_words import is_noun, looks
from triage.understanding.model import Evidence, Source
from triage.understanding.words import read_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from triage.understanding.label_places import Place
    from triage.understanding.parts import FormField, Mail
    from triage.understanding.words import Words

__all__ = ["Occurrence", "Use", "is_labelled", "occurrences"]

_REPLY = frozenset({"re", "sv", "vs", "aw", "odp", "antw", "fw", "fwd", "vb", "doorst", "pd", "wg"})

_MOST = 100
"""Words of a text that are looked at; who writes "complaint" more often is no person."""


class Weight(IntEnum):
    """How much a word says that the sender means this mail."""

    BARE = 0
    """It only stands there: in a subject, in the name of a form's field."""
    DONE = 1
    """The sender does something with it."""
    ANNOUNCED = 2
    """`Hierbij`, `niniejszym`, `this is`."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One word that could be the label."""

    use: Use
    evidence: Evidence
    weight: Weight


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of the mail that is looked through."""

    text: str
    source: Source
    start: int = 0
    chosen: bool = False
    """Whether it is what the sender of a form chose or named."""


def occurrences(mail: Mail) -> tuple[Occurrence, ...]:
    """Return every word of subject and typed text that could be the label, in reading order."""
    subject = _Stretch(mail.subject, Source.SUBJECT, chosen=bool(mail.form))
    found = list(_in_stretch(subject, mail.language))
    if not mail.form:
        found += _in_stretch(_Stretch(mail.typed, Source.TYPED), mail.language)
    for field in mail.form:
        found += _in_field(field, mail.language)
    return _reconciled(found)


def is_labelled(found: Sequence[Occurrence], *, grieved: bool) -> bool:
    """Whether these occurrences make the mail one that its sender calls a complaint.

    `grieved` says whether the mail is a complaint by what it tells: then the mention of an earlier
    complaint takes that complaint up again.
    """
    uses = {occurrence.use for occurrence in found}
    return Use.LABEL in uses or (grieved and Use.EARLIER in uses and Use.NEGATED not in uses)


def _in_field(field: FormField, language: str) -> Iterator[Occurrence]:
    if field.key in {"text", "wish"}:
        yield from _in_stretch(_Stretch(field.value, Source.TYPED, field.start), language)
        yield from _from_label(field.label, field.start)
    elif field.key == "subject" or not field.key:
        yield from _in_stretch(
            _Stretch(field.value, Source.TYPED, field.start, chosen=True), language
        )


def _from_label(label: str, at: int) -> Iterator[Occurrence]:
    """Yield the label where a field is named so: the sender chose the complaints form."""
    words = read_words(label)
    if any(is_noun(form) for form in words.forms) and "vraag" not in words.forms:
        words_there = Evidence(Source.TYPED, at, at, label, "marker: form")
        yield Occurrence(Use.LABEL, words_there, Weight.BARE)


def _in_stretch(stretch: _Stretch, language: str) -> Iterator[Occurrence]:
    words = read_words(stretch.text)
    could_be = [at for at, form in enumerate(words.forms) if looks(form)][:_MOST]
    subject = stretch.source is Source.SUBJECT
    replied = subject and bool(words.forms) and words.forms[0] in _REPLY
    for at, sentence in _in_sentences(words, could_be):
        place = place_of(
            words, at, sentence, language=language, subject=subject, chosen=stretch.chosen
        )
        use = use_of(place)
        if use is None:
            continue
        if use is Use.LABEL and replied and not _added(place):
            use = Use.EARLIER
        yield _occurrence(place, use, stretch)


def _in_sentences(words: Words, places: Sequence[int]) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield each word with its sentence; both are in order."""
    sentences = iter(words.sentences)
    sentence = (0, 0)
    for at in places:
        while at >= sentence[1]:
            sentence = next(sentences)
        yield at, sentence


def _occurrence(place: Place, use: Use, stretch: _Stretch) -> Occurrence:
    start, end = place.words.starts[place.at], place.words.ends[place.at]
    shown = place.words.text[start:end]
    words = Evidence(
        stretch.source, start + stretch.start, end + stretch.start, shown, f"marker: {use}"
    )
    return Occurrence(use, words, _weight(place))


def _weight(place: Place) -> Weight:
    if place.subject:
        return Weight.BARE
    if is_announced(place):
        return Weight.ANNOUNCED
    return Weight.DONE if place.is_verb or is_performed(place) else Weight.BARE


def _added(place: Place) -> bool:
    """In the subject of a reply, a label that the sender added stands after a dash or plus."""
    words = place.words
    ahead = words.text[: words.starts[place.at]]
    return "+" in ahead or " - " in ahead


def _reconciled(found: Sequence[Occurrence]) -> tuple[Occurrence, ...]:
    """Return the occurrences with labels of less weight as what the rest of the mail says of them.

    A subject "no complaint" is meant for the whole mail, up to an announcement in the text; a text
    that takes the complaint back, or tells with whom it lies, explains a bare word elsewhere.
    """
    subject = _uses(found, Source.SUBJECT)
    if Use.NEGATED in subject and Use.LABEL not in subject:
        return _instead(found, Use.NEGATED, up_to=Weight.DONE)
    if any(each.use is Use.LABEL and each.weight > Weight.BARE for each in found):
        return tuple(found)
    text = _uses(found, Source.TYPED)
    for use in (Use.NEGATED, Use.ELSEWHERE):
        if use in text:
            return _instead(found, use, up_to=Weight.BARE)
    return tuple(found)


def _uses(found: Sequence[Occurrence], source: Source) -> set[Use]:
    return {each.use for each in found if each.evidence.source is source}


def _instead(found: Sequence[Occurrence], use: Use, *, up_to: Weight) -> tuple[Occurrence, ...]:
    return tuple(
        replace(each, use=use) if each.use is Use.LABEL and each.weight <= up_to else each
        for each in found
    )
