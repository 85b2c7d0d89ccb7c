"""What a word that could label a mail a complaint does where it stands.

Each rule is one reason why "klacht" is not, or not yet, the sender's name for this mail: taken back
("geen klacht"), an office's name, somebody else's, asked about, with another firm, a threat, made
before. `RULES` is their order: the first that answers decides.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from triage.understanding.label_places import REACH
from triage.understanding.label_words import any_listed, listed, looks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from triage.understanding.label_places import Place


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


def use_of(place: Place) -> Use | None:
    """Return what the word does, or nothing where it does not mean a complaint."""
    found = looks(place.form)
    if not found or not _means_it(place):
        return None
    for rule in RULES:
        use = rule(place)
        if use is not None:
            return use
    return Use.LABEL


def is_announced(place: Place) -> bool:
    """Whether the sender announces the complaint beyond doubt: `hierbij`, `niniejszym`."""
    return place.any("firm", place.before(6))


def is_performed(place: Place) -> bool:
    """Whether the sender announces or does something with the complaint."""
    return place.any("performatives", place.before(6)) or place.any("performed", place.after(4))


def _means_it(place: Place) -> bool:
    found = looks(place.form)
    if found.institution or found.noun:
        return not (found.noun and _is_ache(place))
    if found.appeal:
        return not any_listed("appeals_against_else", place.after(3))
    return _is_own_verb(place)


def _is_ache(place: Place) -> bool:
    return not place.subject and place.any("aches", place.before(1))


def _is_own_verb(place: Place) -> bool:
    """Whether the sender is who complains: by the ending, by "ik", "mich", "jeg" near by."""
    if listed("alone", place.form):
        return True
    if place.at == place.begin and place.subject:
        return True
    near = (*place.before(3), *place.after(1))
    return any_listed("selves", near) or place.any("reflexives", place.before(REACH))


def _address(place: Place) -> Use | None:
    """See part of a web or mail address."""
    words, at = place.words, place.at
    around = words.text[max(0, words.starts[at] - 1) : words.ends[at] + 1]
    return Use.WEAK if around[:1] in {"/", "@", "."} or around[-1:] == "@" else None


def _office(place: Place) -> Use | None:
    """See part of an office's or a rule's name; in a form the sender chose that."""
    if looks(place.form).institution or place.any("offices", place.before(1)):
        return Use.LABEL if place.chosen else Use.WEAK
    return None


def _negated(place: Place) -> Use | None:
    """Find a negator before it: `geen klacht`, `nie składam reklamacji`."""
    before = place.before(7)
    for at in range(len(before) - 1, max(len(before) - 6, -1), -1):
        ahead = before[max(0, at - 1) : at]
        if _turns(place, before[at], ahead):
            taken_back = place.listed("deeds", before[at]) and place.any("negators", ahead)
            return Use.NEGATED if taken_back else None
        if place.listed("negators", before[at]):
            if place.any("answers", before[max(0, at - 2) : at]):
                return None
            first = place.any("before_now", before[at + 1 : at + 2])
            return Use.WEAK if first or _is_direction(place, before[-1:]) else Use.NEGATED
    return None


def _is_direction(place: Place, ahead: Sequence[str]) -> bool:
    """Whether a preposition leads to the bare word: `niet over klachten`, `nie do reklamacji`."""
    return place.any("with_you", ahead) or place.any("to_firm", ahead)


def _turns(place: Place, form: str, ahead: Sequence[str]) -> bool:
    """Whether a negator before this word says nothing of the label behind it."""
    if place.listed("answers", form) or place.listed("turns", form):
        return True
    return place.listed("firsts", form) and place.any("ands", ahead)


def _negated_late(place: Place) -> Use | None:
    """Find a negator after it: `reklamacją to nie jest`, `klager gjør jeg ikke`."""
    after = place.clause_after[:5]
    if place.any("answers", after):
        return None
    if place.any("late_negators", after[:1]):
        return Use.NEGATED
    opens = len(place.clause_before) <= 1
    linked = opens and place.any("fronted", after[:2])
    return Use.NEGATED if linked and place.any("late_negators", after) else None


def _withdrawn(place: Place) -> Use | None:
    """See it taken back: `skargę cofam`, `ik trek mijn klacht in`."""
    gone = place.any("withdraws", place.before(3)) or place.any("withdrawn", place.after(6))
    return Use.NEGATED if gone else None


def _chosen(place: Place) -> Use | None:
    return Use.LABEL if place.chosen else None


def _boilerplate(place: Place) -> Use | None:
    """See a firm tell its customers what to do with theirs."""
    if place.subject:
        return None
    opens = len(place.clause_before) <= 1 and place.any("boilerplate", place.after(2))
    return Use.WEAK if opens or _may_you(place) else None


def _may_you(place: Place) -> bool:
    """`Kan du klage til`, `hoe u een klacht indient`; not `kunt u mijn klacht doorsturen`."""
    before = place.before(5)
    for at in range(len(before) - 1):
        pair, rest = before[at : at + 2], before[at + 2 :]
        told = place.any("yous", pair) and (place.any("may", pair) or place.any("questions", pair))
        if told and all(place.listed("filing", form) for form in rest):
            return True
    return False


def _appeal(place: Place) -> Use | None:
    found = looks(place.form)
    return Use.EARLIER if found.appeal and not found.noun else None


def _others(place: Place) -> Use | None:
    """See somebody else's complaint: `haar klacht`, `she lodged a complaint`."""
    if place.any("others_own", place.before(1)):
        # The writer stands in for somebody whose complaint the agency answered.
        return Use.EARLIER if place.any("yous", place.after(8)) else Use.ELSEWHERE
    told = place.any("past", place.before(4)) and not _came_to_me(place)
    return Use.ELSEWHERE if told and place.any("third_persons", place.before(5)) else None


def _came_to_me(place: Place) -> bool:
    """Whether somebody came with it to the writer, who passes it on: `złożył do mnie skargę`."""
    around = (*place.before(5), "", *place.after(5))
    return any(
        place.listed("mes", around[at])
        and (place.listed("to_firm", around[at - 1]) or place.listed("with_you", around[at - 1]))
        for at in range(1, len(around))
    )


def _in_general(place: Place) -> Use | None:
    """See it asked about, or what many send to the agency or elsewhere."""
    if _is_asked(place):
        return Use.WEAK
    before = place.before(6)
    received = place.any("receives", before) and place.any("yous", before)
    of_many = place.any("many", (*place.before(4), *place.after(3))) and not is_performed(place)
    return Use.WEAK if received or of_many else None


def _is_asked(place: Place) -> bool:
    """Whether it is asked how complaints go, not where the sender leaves this one."""
    forms, end = place.words.forms[place.begin : place.end], place.words.ends[place.end - 1]
    question = place.subject or "?" in place.words.text[end : end + 3]
    return (
        question
        and place.any("questions", forms[:2])
        and not place.any("firsts", forms)
        and not is_announced(place)
    )


def _elsewhere(place: Place) -> Use | None:
    """See one about or to somebody who is not the agency."""
    lies = _names_another(place) or _with_that_firm(place) or _not_you(place)
    return Use.ELSEWHERE if lies or _with_named_firm(place) else None


def _names_another(place: Place) -> bool:
    """`Skarga na komornika`; not who sends it: `klachtbericht van een opdrachtgever`."""
    around = (*place.before(4), "", *place.after(7))
    nearest = max(0, len(place.before(4)) - 2)
    return any(
        place.listed("elsewhere", around[at]) and not place.any("by", around[max(0, at - 2) : at])
        for at in range(nearest, len(around))
    )


def _with_that_firm(place: Place) -> bool:
    """`Bij de winkel zelf heb ik een klacht lopen`."""
    before = place.before(8)
    return any(
        place.listed("with_firm", form) and place.any("elsewhere", before[at + 1 : at + 3])
        for at, form in enumerate(before)
    )


def _not_you(place: Place) -> bool:
    """`Klacht over de kapper (bij hem, niet bij jullie)`."""
    around = (*place.before(8), "", *place.after(REACH))
    return any(
        place.listed("with_you", around[at - 1])
        and place.listed("yous", around[at])
        and place.any("negators", around[max(0, at - 3) : at - 1])
        for at in range(2, len(around))
    )


def _with_named_firm(place: Place) -> bool:
    """Whether the complaint lies with another firm: `bij Slaapfabriek`, `går til Elkjøp`."""
    forms, at = place.words.forms, place.at
    following = range(at + 1, min(place.end - 1, at + 9))
    leading = range(max(place.begin, at - 8), at - 1)
    if is_announced(place):
        leading = range(0)
    return any(
        _is_other(place, here + 1)
        for here in (*leading, *following)
        if place.listed("with_firm", forms[here])
        or (place.listed("to_firm", forms[here]) and place.any("went", forms[at + 1 : here + 5]))
    )


def _is_other(place: Place, at: int) -> bool:
    words = place.words
    name = words.text[words.starts[at] : words.ends[at]]
    return name[:1].isupper() and not place.listed("not_other_firms", words.forms[at])


def _threat(place: Place) -> Use | None:
    """See one not made yet: `anders dien ik een klacht in`."""
    if is_announced(place):
        return None
    before = place.before(9)
    for form in reversed(before):
        if place.listed("answers", form):
            return None
        if place.listed("threats", form):
            return Use.THREAT
    return None


def _earlier(place: Place) -> Use | None:
    """See a complaint made before: `mijn klacht van 3 maart`, `ooit een klacht ingediend`."""
    if is_announced(place):
        return None
    if place.any("earlier", place.before(2)):
        return Use.EARLIER
    beside = (*place.before(1), *place.after(1))
    if place.listed("past_beside_self", place.form) and place.any("firsts", beside):
        return Use.EARLIER
    dated = any(part[0].isdigit() for part in place.after(5))
    if dated and not place.subject and place.any("earlier", place.after(3)):
        return Use.EARLIER
    told = place.any("past", (*place.before(8), *place.after(6))) and not _came_to_me(place)
    unanswered = place.any("late_negators", place.after(3)) and place.any("answers", place.after(5))
    return Use.EARLIER if told or unanswered else None


def _passing(place: Place) -> Use | None:
    """See complaints in general: deep in a sentence, in a form that is seldom the label's."""
    found = looks(place.form)
    if place.subject or is_performed(place) or place.at - place.begin <= 2:
        return None
    if found.verb and not found.noun:
        return None
    return Use.WEAK if place.form.endswith(("en", "s", "jach", "ami")) else None


RULES: Final[tuple[Callable[[Place], Use | None], ...]] = (
    _address,
    _office,
    _negated,
    _negated_late,
    _withdrawn,
    _chosen,
    _boilerplate,
    _appeal,
    _others,
    _in_general,
    _elsewhere,
    _threat,
    _earlier,
    _passing,
)
