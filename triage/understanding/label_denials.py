"""The sender takes the label back: "geen klacht", "klager gjør jeg ikke", "skargę cofam".

Each function is a rule of `label_uses.py`: it answers what the word does there, or nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from triage.understanding.label_places import Use, is_forced, is_performed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triage.understanding.label_places import Place

_QUOTES = frozenset("\"'„”“»«‘’")


def quoted_subject(place: Place) -> Use | None:
    """See a subject that is somebody's words: `„Nie przyjmujemy reklamacji”`."""
    text = place.words.text.strip()
    quoted = place.subject and text[:1] in _QUOTES and text[-1:] in _QUOTES
    return Use.WEAK if quoted else None


def negated(place: Place) -> Use | None:
    """Find a negator before it: `geen klacht`, `nie składam reklamacji`."""
    before, clause = place.before(7), len(place.clause_before)
    if _is_other_than(place):
        return Use.NEGATED
    if is_forced(place):
        return None
    for at in range(len(before) - 1, max(len(before) - 6, -1), -1):
        ahead = before[max(0, at - 1) : at]
        if _turns(place, before, at):
            taken_back = place.listed("deeds", before[at]) and place.any("negators", ahead)
            return Use.NEGATED if taken_back else None
        if place.listed("negators", before[at]):
            outside = len(before) - at > clause
            if outside and place.any("anew", place.clause_before[:1]):
                return None
            return _under_negator(place, before, at)
    return Use.NEGATED if place.any("nothings", place.before(3)) or _is_less(place) else None


def _under_negator(place: Place, before: Sequence[str], at: int) -> Use | None:
    """Say what the negator at this place among the words before it makes of the label."""
    if place.any("answers", before[max(0, at - 2) : at]):
        return None
    near = (*before[max(0, at - 1) :], *place.after(4))
    never = place.listed("nevers", before[at]) or place.any("nevers", before[max(0, at - 1) : at])
    if place.any("seldom", near) or (never and place.any("past", near)):
        return Use.WEAK
    return Use.WEAK if _is_direction(place, before[-1:]) else Use.NEGATED


def _is_other_than(place: Place) -> bool:
    """`Iets anders dan een klacht`; not `niets anders dan een klacht`."""
    other = place.any("than", place.before(2)) and place.any("else", place.before(4))
    before = place.before(8)
    return other and not (place.any("negators", before) or place.any("nothings", before))


def _is_less(place: Place) -> bool:
    """`Eerder een opmerking dan een klacht`, `less a complaint than`; not `meer dan een klacht`."""
    if place.any("less", place.before(2)):
        return True
    before = place.before(8)
    more = next((at for at, form in enumerate(before) if place.listed("more", form)), None)
    return more is not None and place.any("than", before[max(more + 2, len(before) - 2) :])


def _is_direction(place: Place, ahead: Sequence[str]) -> bool:
    """Whether a preposition leads to the bare word: `niet over klachten`, `nie do reklamacji`."""
    return place.any("with_you", ahead) or place.any("to_firm", ahead)


def _turns(place: Place, before: Sequence[str], at: int) -> bool:
    """Whether a negator before this word says nothing of the label behind it."""
    if place.listed("answers", before[at]) or place.listed("turns", before[at]):
        return True
    if not place.listed("ands", before[at]):
        return False
    goes_on = before[at + 1 : at + 2]
    if not goes_on:
        return place.is_verb
    return place.any("firsts", goes_on) or place.any("performatives", goes_on)


def negated_late(place: Place) -> Use | None:
    """Find a negator after it: `reklamacją to nie jest`, `klager gjør jeg ikke`."""
    after = place.up_to_that[:5]
    known = place.any("these", place.before(1)) or place.any("earlier", place.before(1))
    if known or (not place.is_verb and place.any("answers", after)):
        return None
    beside = place.any("reflexives", after[:1]) or place.any("firsts", after[:1])
    if place.any("late_negators", after[: 1 + beside]):
        return Use.WEAK if place.any("seldom", after) else Use.NEGATED
    opens = len(place.clause_before) <= 1
    linked = opens and place.any("fronted", after[:2])
    return Use.NEGATED if linked and place.any("late_negators", after) else None


def in_quotes(place: Place) -> Use | None:
    """See the bare word in quotation marks: it is spoken of, not used."""
    words, at = place.words, place.at
    around = words.text[max(0, words.starts[at] - 1) : words.ends[at] + 1]
    quoted = around[:1] in _QUOTES and around[-1:] in _QUOTES
    return Use.WEAK if quoted and not place.subject and not is_performed(place) else None


def withdrawn(place: Place) -> Use | None:
    """See it taken back: `skargę cofam`, `ik trek mijn klacht in`."""
    gone = place.any("withdraws", place.before(3)) or place.any("withdrawn", place.after(6))
    return Use.NEGATED if gone else None
