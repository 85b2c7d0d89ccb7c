"""Whose complaint it is, when not the sender's own against the agency.

Each function is a rule of `label_uses.py`: it answers what the word does there, or nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from triage.understanding.label_places import REACH, Use, is_announced, is_performed

if TYPE_CHECKING:
    from triage.understanding.label_places import Place


def boilerplate(place: Place) -> Use | None:
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


def of_others(place: Place) -> Use | None:
    """See somebody else's complaint: `haar klacht`, `she lodged a complaint`."""
    if place.any("others_own", place.before(1)):
        # The writer stands in for somebody whose complaint the agency answered.
        return Use.EARLIER if place.any("yous", place.after(8)) else Use.ELSEWHERE
    told = place.any("past", place.before(4)) and not came_to_me(place)
    return Use.EARLIER if told and place.any("third_persons", place.before(5)) else None


def came_to_me(place: Place) -> bool:
    """Whether somebody came with it to the writer, who passes it on: `złożył do mnie skargę`."""
    around = (*place.before(5), "", *place.after(5))
    return any(
        place.listed("mes", around[at])
        and (place.listed("to_firm", around[at - 1]) or place.listed("with_you", around[at - 1]))
        for at in range(1, len(around))
    )


def in_general(place: Place) -> Use | None:
    """See it asked about, or what many send to the agency or elsewhere."""
    if _is_asked(place) or _is_offered(place):
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


def _is_offered(place: Place) -> bool:
    """`Heeft u klachten?`, and wares for those who get them: `complaint handling`."""
    wares = place.any("wares_before", place.before(1)) or place.any("wares_after", place.after(1))
    before, end = place.before(3), place.words.ends[place.end - 1]
    asked = "?" in place.words.text[end : end + 3] and place.any("yous", before)
    own = place.any("earlier", before[-1:]) or place.any("performatives", before)
    return wares or (asked and place.any("haves", before) and not own)


def elsewhere(place: Place) -> Use | None:
    """See one about or to somebody who is not the agency."""
    if place.any("yous", place.after(2)):
        return None  # `klacht over jullie collega in mijn winkel`
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
        place.any("negators", around[at - 2 : at - 1])
        or (
            place.any("negators", around[at - 3 : at - 2])
            and place.any("with_you", around[at - 2 : at - 1])
        )
        for at in range(2, len(around))
        if place.listed("with_you", around[at - 1]) and place.listed("yous", around[at])
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
        or (place.listed("articles", forms[here + 1]) and _is_other(place, here + 2))
        for here in (*leading, *following)
        if place.listed("with_firm", forms[here])
        or (place.listed("to_firm", forms[here]) and place.any("went", forms[at + 1 : here + 5]))
    )


def _is_other(place: Place, at: int) -> bool:
    words = place.words
    if at >= place.end:
        return False
    name = words.text[words.starts[at] : words.ends[at]]
    return name[:1].isupper() and not place.listed("not_other_firms", words.forms[at])
