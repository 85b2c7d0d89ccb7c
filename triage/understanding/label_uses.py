"""What a word that could label a mail a complaint does where it stands.

Each rule is one reason why "klacht" is not, or not yet, the sender's name for this mail: taken back
(`label_denials.py`), somebody else's or with another firm (`label_owners.py`), an office's name, a
threat, made before. `RULES` is their order: the first that answers decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from triage.understanding.label_denials import (
    in_quotes,
    negated,
    negated_late,
    quoted_subject,
    withdrawn,
)
from triage.understanding.label_owners import (
    boilerplate,
    came_to_me,
    elsewhere,
    in_general,
    of_others,
)
from triage.understanding.label_places import (
    REACH,
    Use,
    is_announced,
    is_condition,
    is_forced,
    is_performed,
)
from triage.understanding.label_words import any_listed, listed, looks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from triage.understanding.label_places import Place


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
    if place.at == place.begin and (place.subject or place.any("with_you", place.after(1))):
        return True
    if place.any("ands", place.before(1)) and place.any("firsts", place.before(9)):
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
    named = place.any("offices", place.before(1)) or place.any("of_an_office", place.after(1))
    if looks(place.form).institution or named:
        return Use.LABEL if place.chosen else Use.WEAK
    return None


def _chosen(place: Place) -> Use | None:
    return Use.LABEL if place.chosen else None


def _appeal(place: Place) -> Use | None:
    found = looks(place.form)
    return Use.EARLIER if found.appeal and not found.noun else None


def _threat(place: Place) -> Use | None:
    """See one not made yet: `anders dien ik een klacht in`."""
    if is_announced(place) or is_forced(place):
        return None
    before = place.before(9)
    if is_condition(place) or place.any("threats", before):
        return Use.THREAT
    awaited = place.any("answers", before)
    return Use.THREAT if place.any("yet", before) and not awaited else None


def _earlier(place: Place) -> Use | None:
    """See a complaint made before: `mijn klacht van 3 maart`, `ooit een klacht ingediend`."""
    if is_announced(place):
        return None
    if place.any("earlier", place.before(2)):
        return Use.EARLIER
    beside = (*place.before(1), *place.after(1))
    told = place.any("firsts", beside) or place.any("perfects", place.before(1))
    if told and place.listed("past_beside_self", place.form):
        return Use.EARLIER
    after = place.after(5)
    dated = any(part[0].isdigit() for part in after) or place.any("when", after)
    named = not place.subject and not place.is_verb
    if dated and named and place.any("earlier", place.after(3)):
        return Use.EARLIER
    unanswered = place.any("late_negators", place.after(3)) and place.any("answers", place.after(5))
    settled = place.any("settled", place.clause_after[:5])
    return Use.EARLIER if unanswered or settled or _is_told(place) else None


def _is_told(place: Place) -> bool:
    """Whether the sender tells of the deed as past; `dere sendte` is the agency's."""
    if place.is_verb or came_to_me(place):
        return False
    around = (*_since_turn(place), "", *(() if place.subject else place.up_to_that[:5]))
    return any(
        place.listed("past", form) and not place.any("yous", around[max(0, at - 1) : at])
        for at, form in enumerate(around)
    )


def _since_turn(place: Place) -> Sequence[str]:
    """Return the words before it, not further than a "but"."""
    before = place.before(8)
    turned = [at for at, form in enumerate(before) if place.listed("turns", form)]
    return before[turned[-1] if turned else 0 :]


def _unrelated(place: Place) -> Use | None:
    """See one that this mail has nothing to do with: `nie ma to związku z moją skargą`."""
    before = () if place.subject else place.before(5)
    parted = [at for at, form in enumerate(before) if place.listed("unrelated", form)]
    if not parted or place.any("firm", before[parted[-1] + 1 :]):
        return None
    return Use.WEAK


def _passing(place: Place) -> Use | None:
    """See complaints in general: deep in a sentence, in a form that is seldom the label's."""
    if place.subject or place.is_verb or is_performed(place) or place.at - place.begin <= 2:
        return None
    return Use.WEAK if place.form.endswith(("en", "s", "jach", "ami")) else None


RULES: Final[tuple[Callable[[Place], Use | None], ...]] = (
    _address,
    _office,
    quoted_subject,
    negated,
    negated_late,
    in_quotes,
    withdrawn,
    _chosen,
    boilerplate,
    _appeal,
    of_others,
    in_general,
    _threat,
    elsewhere,
    _unrelated,
    _earlier,
    _passing,
)
