"""Whether the sender labels the mail itself a complaint.

Every word that could be the label is looked at where it stands: taken back ("geen klacht"), about
another firm, part of an office's name, a threat, the mention of an earlier complaint, or the label.
Misspellings are caught by an edit distance of one and by folding doubled letters.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from triage.understanding.model import Evidence, Source
from triage.understanding.phrases import phrase_file
from triage.understanding.words import fold, read_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from triage.understanding.parts import Mail
    from triage.understanding.words import Words

_SHORTEST_FUZZY = 6
_REPLY = frozenset({"re", "sv", "vs", "aw", "odp", "antw", "fw", "fwd", "vb", "doorst", "pd", "wg"})


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
class Occurrence:
    """One word that could be the label."""

    use: Use
    evidence: Evidence


def occurrences(mail: Mail) -> tuple[Occurrence, ...]:
    """Return every word of subject and typed text that could be the label, in reading order."""
    found = list(
        _in_text(read_words(mail.subject), Source.SUBJECT, mail.language, form=bool(mail.form))
    )
    if not mail.form:
        return (*found, *_in_text(read_words(mail.typed), Source.TYPED, mail.language, form=False))
    for field in mail.form:
        if field.key in {"text", "wish"}:
            found += _shifted(
                _in_text(read_words(field.value), Source.TYPED, mail.language, form=False),
                field.start,
            )
            found += _from_label(field.label, field.start)
        elif field.key == "subject" or not field.key:
            found += _shifted(
                _in_text(read_words(field.value), Source.TYPED, mail.language, form=True),
                field.start,
            )
    return tuple(found)


def is_labelled(found: Sequence[Occurrence], *, grieved: bool) -> bool:
    """Whether these occurrences make the mail one that its sender calls a complaint.

    `grieved` says whether the mail is a complaint by what it tells: then the mention of an earlier
    complaint takes that complaint up again.
    """
    uses = {occurrence.use for occurrence in found}
    return Use.LABEL in uses or (grieved and Use.EARLIER in uses and Use.NEGATED not in uses)


def _shifted(found: Iterable[Occurrence], by: int) -> list[Occurrence]:
    return [
        Occurrence(
            item.use,
            Evidence(
                item.evidence.source,
                item.evidence.start + by,
                item.evidence.end + by,
                item.evidence.words,
                item.evidence.rule,
            ),
        )
        for item in found
    ]


def _from_label(label: str, at: int) -> list[Occurrence]:
    """Return the label where a field is named so: the sender chose the complaints form."""
    words = read_words(label)
    if any(_is_noun(form) for form in words.forms) and "vraag" not in words.forms:
        return [Occurrence(Use.LABEL, Evidence(Source.TYPED, at, at, label, "marker: form"))]
    return []


def _in_text(words: Words, source: Source, language: str, *, form: bool) -> list[Occurrence]:
    replied = source is Source.SUBJECT and bool(words.forms) and words.forms[0] in _REPLY
    found = []
    for begin, end in words.sentences:
        for place in range(begin, end):
            use = _use(
                words,
                begin,
                place,
                end,
                subject=source is Source.SUBJECT,
                form=form,
                language=language,
            )
            if use is None:
                continue
            if use is Use.LABEL and replied and not _plain(words, begin, place):
                use = Use.EARLIER
            span = words.starts[place], words.ends[place]
            found.append(
                Occurrence(use, Evidence(source, *span, words.text[slice(*span)], f"marker: {use}"))
            )
    return found


def _plain(words: Words, begin: int, place: int) -> bool:
    """In the subject of a reply, a label that the sender added stands after a dash or plus."""
    return any(
        mark in words.text[words.starts[begin] : words.starts[place]] for mark in ("+", " - ")
    )


def _use(  # noqa: C901, PLR0912 - an ordered list of rules, each a line or two
    words: Words, begin: int, place: int, end: int, *, subject: bool, form: bool, language: str
) -> Use | None:
    forms, form_here = words.forms, words.forms[place]
    institution, appeal, noun, verb = _looks(form_here)
    if not (institution or appeal or noun or (verb and _is_verb(forms, begin, place, end))):
        return None
    if _address_follows(words, place):
        return Use.WEAK
    if institution:
        return Use.LABEL if form else Use.WEAK
    before = forms[max(begin, place - 6) : place]
    after = forms[place + 1 : min(end, place + 8)]
    if _any("offices", before[-1:]):
        return Use.LABEL if form else Use.WEAK
    if _negated(before, after, language):
        return Use.NEGATED
    if form:
        return Use.LABEL
    if not subject and _any("boilerplate", after[:2]):
        return Use.WEAK
    if _any("aches", before[-1:]):
        return None
    if appeal:
        return None if _any("appeals_against_else", after[:3]) else Use.EARLIER
    if _any("others_own", before[-1:]) and (language, before[-1]) != ("de", "ich"):
        return Use.ELSEWHERE
    if set(before) >= {"hoe", "u"} or set(before) >= {"how", "you"}:
        return Use.WEAK
    if (
        _any("elsewhere", after)
        or _any("elsewhere", before[-2:])
        or _other_firm(words, begin, place, end)
    ):
        return Use.ELSEWHERE
    announced = _any("performatives", before) or (_any("performatives", after[:4]) and not subject)
    further = forms[max(begin, place - 9) : place]
    if _any("threats", further) and not _announced_firmly(before):
        return Use.THREAT
    if _any("earlier", before[-2:]) and not _announced_firmly(before):
        return Use.EARLIER
    if _any("earlier", after[:3]) and any(part[0].isdigit() for part in after[:5]) and not subject:
        return Use.EARLIER
    if subject or announced or place - begin <= 2:
        return Use.LABEL
    return Use.WEAK if form_here.endswith(("en", "s", "ach", "ami")) else Use.LABEL


def _announced_firmly(before: Sequence[str]) -> bool:
    return bool(
        {
            "hierbij",
            "hiermee",
            "niniejszym",
            "skladam",
            "wnosze",
            "herved",
            "hermed",
            "hiermit",
            "hereby",
            "formal",
            "formele",
            "oficjalna",
            "wil",
            "als",
            "this",
            "dit",
            "jako",
        }
        & set(before)
    )


def _negated(before: Sequence[str], after: Sequence[str], language: str) -> bool:
    negators, breakers = _set("negators"), _set("breakers")
    if language in _set("no_negates"):
        negators |= {"no"}
    for place in range(len(before) - 1, max(len(before) - 6, -1), -1):
        form = before[place]
        if form in breakers:
            if form in _set("deeds") and place and before[place - 1] in negators:
                return True
            break
        if form in negators:
            return True
    late = _set("after_negators")
    return bool(after) and (
        after[0] in late
        or (after[1:2] != () and after[1] in {"cofam", "wycofuje"})
        or (len(after) > 2 and after[2] in late and after[0] in {"is", "er", "to", "ist", "var"})
    )


def _other_firm(words: Words, begin: int, place: int, end: int) -> bool:
    """Whether the complaint lies with another firm: `bij Slaapfabriek`, `går til Elkjøp`."""
    following = range(place + 1, min(end - 1, place + 9))
    leading = range(max(begin, place - 8), place - 1)
    if _announced_firmly(words.forms[leading.start : place]):
        leading = range(0)
    went = _set("went")
    return any(
        _is_other(words, at + 1)
        for at in (*leading, *following)
        if words.forms[at] in _set("with_firm")
        or (words.forms[at] in _set("to_firm") and went & {*words.forms[place + 1 : at + 5]})
    )


def _is_other(words: Words, at: int) -> bool:
    name = words.text[words.starts[at] : words.ends[at]]
    return name[:1].isupper() and words.forms[at] not in _set("not_other_firms")


def _address_follows(words: Words, place: int) -> bool:
    """Whether the word is part of a web or mail address."""
    around = words.text[max(0, words.starts[place] - 1) : words.ends[place] + 1]
    return around[:1] in {"/", "@", "."} or around[-1:] == "@"


def _is_noun(form: str) -> bool:
    if _matches("others", form):
        return False
    return _matches("nouns", form) or _misspelt(form)


@lru_cache(maxsize=16_384)
def _looks(form: str) -> tuple[bool, bool, bool, bool]:
    """Say whether a word looks like an institution's name, an appeal, the noun, a verb."""
    institution = _matches("institutions", form)
    noun = not institution and _is_noun(form)
    return institution, _matches("appeals", form), noun, form in _set("verbs")


def _is_verb(forms: Sequence[str], begin: int, place: int, end: int) -> bool:
    form = forms[place]
    near = set(forms[max(begin, place - 3) : place]) | set(forms[place + 1 : min(end, place + 3)])
    return form in _set("alone") or bool(near & _set("selves"))


def _misspelt(form: str) -> bool:
    """One letter wrong, missing, added or swapped, or letters doubled; the first letter stands."""
    if len(form) >= 5 and any(a == b for a, b in pairwise(form)):
        single = "".join(a for a, b in zip(form, form[1:] + " ", strict=True) if a != b)
        if single in _exact_nouns():
            return True
    if len(form) < _SHORTEST_FUZZY:
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
def _exact_nouns() -> frozenset[str]:
    return frozenset(noun for noun in phrase_file("marker")["nouns"] if "*" not in noun)


@cache
def _fuzzy_nouns() -> tuple[str, ...]:
    return tuple(sorted(noun for noun in _exact_nouns() if len(noun) >= _SHORTEST_FUZZY))


@cache
def _set(key: str) -> frozenset[str]:
    return frozenset(fold(word) for word in phrase_file("marker")[key])


@cache
def _stems(key: str) -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]:
    items = _set(key)
    return (
        frozenset(item for item in items if "*" not in item),
        tuple(sorted(item[:-1] for item in items if item.endswith("*"))),
        tuple(sorted(item[1:] for item in items if item.startswith("*"))),
    )


def _matches(key: str, form: str) -> bool:
    exact, prefixes, suffixes = _stems(key)
    return form in exact or form.startswith(prefixes) or form.endswith(suffixes)


def _any(key: str, forms: Sequence[str]) -> bool:
    return any(_matches(key, form) for form in forms)
