"""The sender's personal name: from the signature, the body, a form's fields, else the From header.

Titles are left out. A first name in the signature with the full name in From gives the full name;
a nickname alone gives none. For someone who writes on another's behalf it is the writer's.

Each place yields candidates with a confidence, so that a learned model's spans can be merged
before `best_name` chooses.
"""

from __future__ import annotations

import re
from enum import Enum
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from triage.understanding.form_names import names_of_form
from triage.understanding.layout import after_closing
from triage.understanding.model import Evidence, Finding, Source
from triage.understanding.parts import evidence
from triage.understanding.personal_names import (
    Known,
    Name,
    fold,
    is_firm,
    leading_name,
    untitled,
    without_firm,
)
from triage.understanding.phrases import compiled, occurrences, phrases
from triage.understanding.towns import is_town

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from triage.understanding.layout import Layout
    from triage.understanding.parts import Mail

SIGNED_AND_KNOWN = 0.97
"""In the signature, and From or the address show the same surname."""
COMPLETED = 0.95
"""A first name in the signature, the full name in From."""
FROM_FULL = 0.85
"""Only in From."""
FIRM_LIKE = 0.6
"""Only in From, and it may be a firm's name."""
FIRST_NAME = 0.6
"""Only a first name, signed."""
LIKELY = 0.5
PROSE = 90
"""Longer lines are prose, wherever they stand."""


class Place(Enum):
    """Where a name stands, with the confidence that it is the sender's."""

    SIGNATURE = 0.88
    ENDING = 0.8
    """In the last words of the text."""
    HEAD = 0.84
    """Alone at the top of the letter, or above an address."""
    INTRODUCTION = 0.86
    """After "my name is"."""
    MENTION = 0.9
    """Somewhere, and it begins with the first name that signature or From give."""

    @property
    def rule(self) -> str:
        """What the evidence says: where the name stands."""
        return f"name, {self.name.lower()}"


_SEGMENT = re.compile(r"\s*(?:[,;|(:\t·•▪■●∙~]|(?<![vV])/|\s[–—-]+\s|//|\s{3,})\s*")
_TAIL = re.compile(r"(?:(?<=\w\w)[.!?;):]+|\d|\s[-–—/])\s+(?=[^\W\d])")
_CONJUNCTION = re.compile(r"\s(?:en|i|og|och|und|and|&|et)\s")
_POSTCODE_BEFORE = re.compile(r"(?<![\d.-])\d{4}\s$")
_GAP = re.compile(r"[\s:,]{0,3}")
_FUNCTION = re.compile(r"(?:[a-zà-žæøå][\w'’./-]{2,30}\s){1,3}(?=[A-ZÀ-ÞĀ-Ž][\w'’-]+\s[A-ZÀ-ÞĀ-Ž])")
"""`advokatfullmektig Cecilie Brox`: a function in lower case before a name."""
_IN_NAME_OF = re.compile(r"\b(?:op|in|på|i|na|auf|im|the|w) \Z", re.IGNORECASE)
"""`op naam van Jan Lis`: the debtor's, who need not be the writer."""
_HOUSE_NUMBER = re.compile(
    r" \d{1,3}[a-zA-Z]?(?![\w-]| \d)| (?:gate|gata|vei|veg|plass|straat|weg|laan)\b"
)


class _Stretch(NamedTuple):
    """Where a name may stand first, and what the place costs in confidence."""

    start: int
    end: int
    place: Place
    cost: float = 0.0
    weak: bool = False
    """The words before it open other sentences too."""


def name_candidates(mail: Mail, layout: Layout) -> list[Finding[str]]:
    """Return the names that the sender may have, each with its confidence and evidence."""
    if mail.form:
        return list(names_of_form(mail))
    sender, known = from_name(mail), Known.of(mail.message.sender)
    found: list[Finding[str]] = []
    for stretch in (*_at_the_end(mail, layout), *_elsewhere(mail, layout, sender)):
        name, at = _name_at(mail, stretch, sender, known)
        if name is None:
            continue
        judged = _judged(mail, name, stretch._replace(start=at), sender, known)
        if judged:
            found.append(judged)
        if stretch.place is Place.SIGNATURE and not name.full and not name.by_initials:
            found.extend(_written_out(mail, name, known))
    firm = _signed_for(mail, found)
    found = [each for each in found if each.value not in firm]
    if sender and sender.full:
        sure = FIRM_LIKE if sender.text in firm or _firm_like(mail, sender) else FROM_FULL
        found.append(Finding(sender.text, sure, (_from_evidence(mail),)))
    return found


def _signed_for(mail: Mail, found: Sequence[Finding[str]]) -> set[str]:
    """Return what looks like a name and is the firm's for which a person above it signs.

    "Bernd Lis", below it "Metzgerei Lis": From or the domain show the firm.
    """
    sender, address = from_name(mail), mail.message.sender
    domain = fold(address.domain) if address else ""
    signed = sorted(
        (each for each in found if each.evidence[0].rule == Place.SIGNATURE.rule),
        key=lambda each: each.evidence[0].start,
    )
    firms: set[str] = set()
    for at, each in enumerate(signed):
        name = Name.of(each.value)
        above = [Name.of(other.value) for other in signed[:at] if other.value != each.value]
        in_domain = all(fold(word) in domain for word in name.words)
        shown = sender is not None and sender.text == each.value
        parts = {fold(part) for word in name.words for part in (word, *re.split("[-–]", word))}
        if any(other.full and (in_domain or (shown and other.surname in parts)) for other in above):
            firms.add(each.value)
    return firms


def _name_at(
    mail: Mail, stretch: _Stretch, sender: Name | None, known: Known
) -> tuple[Name | None, int]:
    """Return the name that a stretch begins with, and where; None where it is no sender's."""
    text = mail.typed[stretch.start : stretch.end]
    mention = stretch.place is Place.MENTION
    function = None if mention else _FUNCTION.match(text)
    name = leading_name(text[function.end() :] if function else text, known)
    if name is None or (mention and not name.full):
        return None, 0
    at = max(stretch.start, mail.typed.find(name.text, stretch.start, stretch.end))
    full = sender if sender and sender.full else None
    unknown = stretch.weak and not known.shows(name.words[-1])
    if mention and (unknown or (full and _another(name, full))):
        return None, 0
    piece = stretch.place in {Place.SIGNATURE, Place.ENDING}
    behind = mail.typed[at : stretch.end] if piece else ""
    if full and _goes_too_far(name, full, behind, known, mention=mention):
        name = full
    end = at + len(name.text)
    if not known.has(name) and (
        _HOUSE_NUMBER.match(mail.typed, end)  # a street or a village with its number
        or (stretch.weak and not _here(mail.typed, stretch, at, end))
    ):
        return None, 0
    return (sender if sender and _first_names_of(name, sender) else name), at


def _written_out(mail: Mail, name: Name, known: Known) -> Iterator[Finding[str]]:
    """Yield the full name of which only the first stands in the signature, from the text."""
    for match in islice(re.finditer(rf"\b{re.escape(name.text)} (?=\S)", mail.typed), 4):
        full = leading_name(mail.typed[match.start() : match.start() + 60], known)
        if full and full.full and known.shows(full.words[-1]):
            end = match.start() + len(full.text)
            words = evidence(mail.typed, match.start(), end, Place.MENTION.rule)
            yield Finding(full.text, Place.MENTION.value, (words,))


def _another(name: Name, sender: Name) -> bool:
    """Whether a name that begins as the sender's does is somebody else's, or an earlier one."""
    return not sender.by_initials and sender.surname not in {fold(word) for word in name.words}


def _differs(name: Name, sender: Name) -> bool:
    """Whether first name or surname is not the one in From; an initial may stand for it."""
    first, known = fold(name.words[0]), {fold(word) for word in sender.words}
    return _another(name, sender) or not (first in known or first[:1] == fold(sender.words[0])[:1])


def _here(text: str, stretch: _Stretch, start: int, end: int) -> bool:
    """Whether the name stands as one's own: after a colon, or "here" behind it."""
    if ":" in text[max(0, stretch.start - 2) : start]:
        return True
    return compiled("names", "here").match(text, end + 1) is not None


def _first_names_of(name: Name, sender: Name) -> bool:
    """Whether the text has From's two first names: "Kjell Arne", From "Kjell Arne Moen"."""
    words = [fold(word) for word in sender.words]
    return 2 <= len(name.words) == len(words) - 1 and [fold(w) for w in name.words] == words[:-1]


def _firm_like(mail: Mail, sender: Name) -> bool:
    """Whether From may show a firm: a general mailbox, and the domain has all its words."""
    address = mail.message.sender
    if address is None or fold(address.local) not in phrases("names", "firm_mailboxes"):
        return False
    domain, local = fold(address.domain), fold(address.local)
    return all(fold(word) in domain or fold(word) == local for word in sender.words)


def best_name(candidates: Iterable[Finding[str]]) -> Finding[str] | None:
    """Return the likeliest of the candidates, or None when none is likely.

    Where the likeliest has only an initial, and the text gives the first name too, it is that.
    """
    items = [each for each in candidates if each.confidence >= LIKELY]
    best = max(items, key=lambda each: each.confidence, default=None)
    if best is None:
        return None
    fuller = [each for each in items if _spells_out(each, best)]
    return max(fuller, key=lambda each: each.confidence, default=best)


def _spells_out(fuller: Finding[str], short: Finding[str]) -> bool:
    """Whether one candidate of the text is the other written out: "J. Lis", or "Jan" Lis."""
    if any(words.source is Source.SENDER for words in fuller.evidence):
        return False
    long, brief = Name.of(fuller.value), Name.of(short.value)
    said = any(words.rule.endswith(("introduction", "mention")) for words in fuller.evidence)
    if said and fuller.value.startswith(short.value + " "):
        return True
    return (
        brief.by_initials
        and not long.by_initials
        and long.surname == brief.surname
        and fold(long.text)[:1] == fold(brief.text)[:1]
    )


def from_name(mail: Mail) -> Name | None:
    """Return the personal name in the From header, or None when it shows a firm or nothing."""
    display = mail.message.sender.name if mail.message.sender else ""
    display = re.sub(r"\s{2,}", " ", display.strip().strip("'\""))
    parts = [part for part in re.split(r"\s[–—-]\s|[|(/,;]|\svia\s", display) if part.strip()]
    for part in parts:
        bare = without_firm(untitled(part.strip(" )")))
        name = leading_name(bare, Known(frozenset(map(fold, part.split())), ""))
        if name and len(name.text) >= len(bare) - 2 and not is_firm(bare):
            return name
    return None


def _at_the_end(mail: Mail, layout: Layout) -> Iterator[_Stretch]:
    """Yield the pieces of the signature's lines, and the last words of the text."""
    text = mail.typed
    first, last = layout.signature
    for at, line in enumerate(layout.lines[first:last][:6]):
        low = max(line.start, layout.closing_end) if at == 0 else line.start
        cost = 0.02 * at + (0.0 if layout.closing is not None else 0.02)
        for order, (start, end) in enumerate(_pieces(text, low, line.end)[:4]):
            yield _Stretch(start, end, Place.SIGNATURE, cost + 0.03 * order)
    above = layout.lines[first - 1 : first] if first and layout.closing is None else ()
    for line in (*layout.lines[max(0, last - 2) : last], *above):
        tails = [match.end() for match in _TAIL.finditer(text, line.start, line.end)]
        for back, tail in enumerate(reversed(tails[-3:])):
            if not _POSTCODE_BEFORE.search(text[line.start : tail]):
                begin = min(after_closing(text, tail), line.end)
                for order, (start, end) in enumerate(_pieces(text, begin, line.end)[:2]):
                    yield _Stretch(start, end, Place.ENDING, 0.03 * order + 0.2 * back)


def _elsewhere(mail: Mail, layout: Layout, sender: Name | None) -> Iterator[_Stretch]:
    """Yield the letterhead, lines above an address, "my name is", mentions of From's first name."""
    text = mail.typed
    for at, line in enumerate(layout.lines[:-1]):
        below = layout.lines[at + 1].text
        addressed = len(line.text) < 40 and len(below) < 60 and any(map(str.isdigit, below))
        if at < layout.head or addressed:
            yield _Stretch(line.start, line.end, Place.HEAD)
    for match in occurrences("names", "introductions", text):
        if _IN_NAME_OF.search(text, max(0, match.start() - 8), match.start()):
            continue
        gap = _GAP.match(text, match.end())
        start = gap.end() if gap else match.end()
        weak = compiled("names", "weak_introductions").fullmatch(match.group()) is not None
        stop = text.find("\n", start, start + 60)
        end = stop if stop >= 0 else min(len(text), start + 60)
        yield _Stretch(start, end, Place.INTRODUCTION, weak=weak)
    if sender:
        for match in re.finditer(rf"\b{re.escape(sender.words[0])} (?=\S)", text):
            if _in_prose(layout, match.start()):
                stop = text.find("\n", match.end(), match.end() + 60)
                end = stop if stop >= 0 else match.end() + 60
                late = layout.in_signature(match.start())
                yield _Stretch(match.start(), end, Place.MENTION, weak=late)


def _in_prose(layout: Layout, offset: int) -> bool:
    """Whether this place lies outside the signature, or in a line of it that is prose."""
    if not layout.in_signature(offset):
        return True
    return any(line.start <= offset < line.end and len(line.text) > PROSE for line in layout.lines)


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    pieces = []
    for match in _SEGMENT.finditer(text, start, end):
        if match.start() > start:
            pieces.append((start, match.start()))
        start = match.end()
    if start < end:
        pieces.append((start, end))
    return pieces


def _judged(
    mail: Mail, name: Name, stretch: _Stretch, sender: Name | None, known: Known
) -> Finding[str] | None:
    """Return what a name at this place says: itself, or the full name that From has for it."""
    place, at = stretch.place, stretch.start
    words = evidence(mail.typed, at, at + len(name.text), place.rule)
    if not name.full:
        return _completed(mail, name, stretch, sender, words)
    familiar = known.has(name)
    if place in {Place.HEAD, Place.INTRODUCTION}:
        confidence = place.value + (0.1 if familiar else -0.2)
    elif familiar:
        ending = 0.04 if place is Place.ENDING else 0.0
        other = _otherness(name, sender)
        confidence = SIGNED_AND_KNOWN - stretch.cost / 2 - ending - other
    else:
        confidence = place.value - stretch.cost - (0.1 if sender and sender.full else 0.0)
    return Finding(name.text, confidence, (words,))


def _otherness(name: Name, sender: Name | None) -> float:
    """Return what it costs that the name is not the one in From, or only a part of it."""
    if sender is None:
        return 0.0
    if not sender.full:
        shown = {fold(word) for word in name.words}
        strange = fold(sender.words[0]) not in shown and not name.by_initials
        return 0.05 if strange else 0.0
    if _differs(name, sender):
        return 0.05
    return 0.01 if len(name.words) < len(sender.words) else 0.0


def _completed(
    mail: Mail, name: Name, stretch: _Stretch, sender: Name | None, words: Evidence
) -> Finding[str] | None:
    """Return the full name that From has for a first name; else that, when it is signed."""
    if sender and sender.full and _is_part_of(name, sender):
        signed = stretch.place in {Place.SIGNATURE, Place.ENDING}
        return Finding(sender.text, COMPLETED if signed else 0.7, (words, _from_evidence(mail)))
    if stretch.place is not Place.SIGNATURE or name.by_initials:
        return None
    if stretch.cost and not (stretch.cost <= 0.08 and Known.of(mail.message.sender).has(name)):
        return None
    line_end = mail.typed.find("\n", words.end)
    rest = mail.typed[words.end : line_end if line_end >= 0 else None]
    return None if rest.strip(" .!") else Finding(name.text, FIRST_NAME, (words,))


def _goes_too_far(name: Name, sender: Name, text: str, known: Known, *, mention: bool) -> bool:
    """Whether more than the sender's name was read as one, if From shows it rightly.

    A second person, `Jan en Anna Lis`; the words of the line behind it, `Jan Lis Meppel het ...`;
    a town; in running text any word.
    """
    if _CONJUNCTION.search(name.text) and name.words[0] == sender.words[0]:
        return bool(text) and name.surname == sender.surname
    if not name.text.startswith(sender.text + " "):
        return False
    if mention:
        return True
    goes_on = len(text.strip(" .,!")) > len(name.text)
    return not known.shows(name.words[-1]) and (goes_on or is_town(name.words[-1]))


def _is_part_of(short: Name, full: Name) -> bool:
    """Whether a signature such as "Jan", "Jan v", "J." or "JH" stands for the full name."""
    initials = "".join(fold(word)[:1] for word in full.words)
    letters = fold(short.text)
    if letters in {fold(word) for word in full.words} or letters == initials:
        return True
    return fold(full.words[0]).startswith(fold(short.words[0])) and len(letters) > 2


def _from_evidence(mail: Mail) -> Evidence:
    display = mail.message.sender.name if mail.message.sender else ""
    return evidence(display, 0, len(display), "name in From", Source.SENDER)
