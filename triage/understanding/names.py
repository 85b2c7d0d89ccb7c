"""The sender's personal name: from the signature, the body, a form's fields, else the From header.

Titles are left out. A first name in the signature with the full name in From gives the full name;
a nickname alone gives none. For someone who writes on another's behalf it is the writer's.

Each place yields candidates with a confidence, so that a learned model's spans can be merged
before `best_name` chooses.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING

from triage.understanding.form import is_blank
from triage.understanding.model import Finding, Source
from triage.understanding.parts import evidence
from triage.understanding.phrases import compiled, occurrences, phrases

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from triage.understanding.layout import Layout
    from triage.understanding.parts import Mail

FORM = 0.98
SIGNED_AND_KNOWN = 0.97
"""In the signature, and From or the address show the same surname."""
COMPLETED = 0.95
"""A first name in the signature, the full name in From."""
FROM_FULL = 0.85
"""Only in From."""
FIRST_NAME = 0.6
"""Only a first name, signed."""
LIKELY = 0.5


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


_SEGMENT = re.compile(r"\s*(?:[,;|/(:\t·•]|\s[–—-]+\s|//|\s{3,})\s*")
_INITIALS = re.compile(r"(?:[A-ZÀ-ÞĀ-Ž](?:[a-zà-þ](?=\.))?\.?-?){1,6}")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*\.?")
_GLUED = re.compile(r"^((?:[A-ZÀ-ÞĀ-Ž]\.){1,5})(?=[A-ZÀ-ÞĀ-Ž'’][^\W\d_])")
_LEAD = re.compile(r"^[\s/*_>.,:;!()\"„“”'-]+(?=\S)")
_TAIL = re.compile(r"(?:(?<=\w\w)[.!?;):]+|\d|\s[-–—/])\s+(?=[^\W\d])")
_PLACE_AFTER = re.compile(r"\s(?:uit|te|z|ze|fra|frå|from|från|aus|in)\s(?=[A-ZÀ-ÞĀ-Ž])")
"""`Bram Hoogstrate uit Kapelle`: what follows is a place."""
_POSTCODE_BEFORE = re.compile(r"(?<!\d)\d{4}\s$")
_CONJUNCTIONS = frozenset({"en", "i", "og", "och", "und", "and", "&", "et"})


@dataclass(frozen=True, slots=True)
class Known:
    """The words that From and the address show, folded."""

    words: frozenset[str]
    local: str

    @classmethod
    def of(cls, mail: Mail) -> Known:
        """Return what From and the address show."""
        if mail.message.sender is None:
            return cls(frozenset(), "")
        sender = mail.message.sender
        words = re.split(r"[\W\d_]+", f"{sender.name} {sender.local}")
        return cls(frozenset(fold(word) for word in words if len(word) >= 3), fold(sender.local))

    @property
    def anything(self) -> bool:
        """Whether they show any word at all."""
        return bool(self.words or self.local)

    def shows(self, word: str) -> bool:
        """Whether the word, or a part of a double name, is among them."""
        parts = [fold(part) for part in re.split(r"[-'’]", word)]
        return any(
            len(part) >= 3 and (part in self.words or (len(part) >= 4 and part in self.local))
            for part in parts
        )

    def has(self, name: Name) -> bool:
        """Whether they show one of the name's words."""
        return any(self.shows(word) for word in name.words)


@dataclass(frozen=True, slots=True)
class Name:
    """A personal name as typed, and the words in it."""

    text: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Name:
        """Return the name that is this text."""
        return cls(text, tuple(text.split()))

    @property
    def full(self) -> bool:
        """Whether it has more than a first name: two words, one of them longer than an initial."""
        return len(self.words) >= 2 and not _only_initials(self.words[-1])

    @property
    def surname(self) -> str:
        """The last word, folded."""
        return fold(self.words[-1])

    @property
    def by_initials(self) -> bool:
        """Whether the first name is only an initial."""
        return len(_letters(self.words[0])) == 1 or "." in self.words[0]


def name_candidates(mail: Mail, layout: Layout) -> list[Finding[str]]:
    """Return the names that the sender may have, each with its confidence and evidence."""
    if mail.form:
        return list(_from_form(mail))
    sender = from_name(mail)
    known = Known.of(mail)
    found: list[Finding[str]] = []
    for start, end, place, cost in _places(mail, layout, sender):
        name = leading_name(mail.typed[start:end], known)
        if name and (name.full or place is not Place.MENTION):
            at = max(start, mail.typed.find(name.text, start, end))
            if sender and sender.full and _runs_on(name, sender, mail.typed[at:end]):
                name = sender
            found.extend(_judged(mail, name, at, place, cost, sender, known))
    if sender and sender.full:
        found.append(_finding_in_from(mail, sender, FROM_FULL))
    return found


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
    """Whether one candidate of the text is the other with its first name written out."""
    if any(words.source is Source.SENDER for words in fuller.evidence):
        return False
    long, brief = Name.of(fuller.value), Name.of(short.value)
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
        name = leading_name(part.strip(" )"), Known(frozenset(map(fold, part.split())), ""))
        if name and len(name.text) >= len(_untitled(part.strip(" )"))) - 2 and not is_firm(part):
            return name
    return None


def leading_name(text: str, known: Known) -> Name | None:
    """Return the personal name that the text begins with, titles left out, or None.

    A name in lower case counts up to the last of its words that From or the address show.
    """
    rest = _without_firm(_untitled(_LEAD.sub("", text)))
    rest = _PLACE_AFTER.split(rest, maxsplit=1)[0]
    spaced = _GLUED.sub(r"\1 ", rest)
    words: list[str] = []
    for raw in spaced.split(" ")[:8]:
        core = raw.strip("\u00a0").rstrip(",;:|/)!?\n").rstrip()
        if not core or (words and core.lower() in _enders()) or not _belongs(core, words, known):
            break
        sentence_end = core.endswith(".") and len(core) > 4 and not _INITIALS.fullmatch(core)
        words.append(core.rstrip(".") if sentence_end else core)
        if sentence_end or core != raw.strip("\u00a0"):
            break
    alone = spaced.strip(" .,!") == " ".join(words) and len(words) <= 3
    words = _trimmed(words, known, alone=alone)
    if not words or not _is_name(words, known):
        return None
    joined = " ".join(words)
    return Name(joined if joined in text else joined.replace(". ", ".", 1), tuple(words))


def _trimmed(words: list[str], known: Known, *, alone: bool) -> list[str]:
    """Leave out at the end what cannot end a name, and of lower case what nothing else shows."""
    solid = [word for word in words if not _small(word)]
    if solid and (all(word.islower() for word in solid) or (len(solid) > 3 and _shouted(solid))):
        shown = [at for at, word in enumerate(words) if known.shows(word)] or [9]
        rest = len(words) - 1 - shown[-1]
        first = sum(not _small(word) for word in words[: shown[0]])
        words = [] if first > (2 if alone else 1) else words[: shown[-1] + (2 if rest == 1 else 1)]
    while words and (_small(words[-1]) or _suffix(words[-1])):
        words = words[:-1]
    return words


def _shouted(words: list[str]) -> bool:
    return all(word.isupper() for word in words)


def _small(word: str) -> bool:
    return _is_particle(word) or word in _CONJUNCTIONS


def fold(text: str) -> str:
    """Return the text's letters only, lower case, without diacritics."""
    plain = unicodedata.normalize("NFKD", text.translate(_UNFOLDED)).casefold()
    return "".join(letter for letter in plain if letter.isalpha())


_UNFOLDED = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "ı": "i", "æ": "ae", "Æ": "AE", "ß": "ss"}
)


def _from_form(mail: Mail) -> Iterator[Finding[str]]:
    parts: list[tuple[str, int, int]] = []
    for key in ("first_name", "initials", "infix", "last_name"):
        for item in mail.fields(key)[:1]:
            if is_blank(item.value) or (key == "initials" and mail.fields("first_name")):
                continue
            parts.append((item.value, item.start, item.end))
    if parts and any(not is_blank(item.value) for item in mail.fields("last_name")):
        words = tuple(evidence(mail.typed, start, end, "form field") for _, start, end in parts)
        yield Finding(" ".join(value for value, _, _ in parts), FORM, words)
    for item in mail.fields("name"):
        value = _untitled(item.value.split("\n")[0].strip())
        if value and not is_blank(value) and not any(letter.isdigit() for letter in value):
            value = re.split(r"\s*[(|]", value)[0]
            words = (evidence(mail.typed, item.start, item.end, "form field"),)
            yield Finding(value, FORM - 0.01, words)


def _places(
    mail: Mail, layout: Layout, sender: Name | None
) -> Iterator[tuple[int, int, Place, float]]:
    """Yield the stretches in which a name may stand first, their place, and what that costs."""
    text = mail.typed
    first, last = layout.signature
    for at, line in enumerate(layout.lines[first:last][:6]):
        low = max(line.start, layout.closing_end) if at == 0 else line.start
        cost = 0.02 * at + (0.0 if layout.closing is not None else 0.02)
        for order, (start, end) in enumerate(_pieces(text, low, line.end)[:4]):
            yield start, end, Place.SIGNATURE, cost + 0.03 * order
    for line in layout.lines[max(0, last - 2) : last]:
        begin = max(
            (match.end() for match in _TAIL.finditer(text, line.start, line.end)), default=0
        )
        if begin and not _POSTCODE_BEFORE.search(text[line.start : begin]):
            for order, (start, end) in enumerate(_pieces(text, begin, line.end)[:2]):
                yield start, end, Place.ENDING, 0.03 * order
    for at, line in enumerate(layout.lines[:-1]):
        below = layout.lines[at + 1].text
        addressed = len(line.text) < 40 and len(below) < 60 and any(map(str.isdigit, below))
        if at < layout.head or addressed:
            yield line.start, line.end, Place.HEAD, 0.0
    for match in occurrences("names", "introductions", text):
        gap = re.compile(r"[\s:,]{0,3}").match(text, match.end())
        start = gap.end() if gap else match.end()
        yield start, min(len(text), start + 60), Place.INTRODUCTION, 0.0
    if sender:
        for match in re.finditer(rf"\b{re.escape(sender.words[0])} (?=\S)", text):
            stop = text.find("\n", match.end(), match.end() + 40)
            yield match.start(), stop if stop >= 0 else match.end() + 40, Place.MENTION, 0.0


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
    mail: Mail, name: Name, at: int, place: Place, cost: float, sender: Name | None, known: Known
) -> Iterator[Finding[str]]:
    """Yield what a name at this place says: itself, or the full name that From has for it."""
    words = evidence(mail.typed, at, at + len(name.text), f"name, {place.name.lower()}")
    if not name.full:
        if sender and sender.full and _is_part_of(name, sender):
            confidence = COMPLETED if place in {Place.SIGNATURE, Place.ENDING} else 0.7
            yield Finding(sender.text, confidence, (words, _from_evidence(mail)))
        elif place is Place.SIGNATURE and cost <= 0.02 and not name.by_initials:
            line_end = mail.typed.find("\n", at)
            rest = mail.typed[at + len(name.text) : line_end if line_end >= 0 else None]
            if not rest.strip(" .!"):
                yield Finding(name.text, FIRST_NAME, (words,))
        return
    familiar = known.has(name)
    if place in {Place.HEAD, Place.INTRODUCTION}:
        confidence = place.value + (0.1 if familiar else -0.2)
    elif familiar:
        confidence = SIGNED_AND_KNOWN - cost / 2 - (0.04 if place is Place.ENDING else 0.0)
    else:
        confidence = place.value - cost - (0.1 if sender and sender.full else 0.0)
    yield Finding(name.text, confidence, (words,))


def _runs_on(name: Name, sender: Name, text: str) -> bool:
    """Whether a word that follows the name was read as a part of it: `Jan Lis Meppel het ...`."""
    longer = name.text.startswith(sender.text + " ")
    return longer and len(text.strip(" .,!")) > len(name.text)


def _is_part_of(short: Name, full: Name) -> bool:
    """Whether a signature such as "Jan", "Jan v", "J." or "JH" stands for the full name."""
    initials = "".join(fold(word)[:1] for word in full.words)
    letters = fold(short.text)
    if letters in {fold(word) for word in full.words} or letters == initials:
        return True
    return fold(full.words[0]).startswith(fold(short.words[0])) and len(letters) > 2


def _finding_in_from(mail: Mail, sender: Name, confidence: float) -> Finding[str]:
    return Finding(sender.text, confidence, (_from_evidence(mail),))


def _from_evidence(mail: Mail):
    display = mail.message.sender.name if mail.message.sender else ""
    return evidence(display, 0, len(display), "name in From", Source.SENDER)


def _belongs(token: str, words: list[str], known: Known) -> bool:
    """Whether the token can go on a name that began with these words."""
    if token in _CONJUNCTIONS:
        return bool(words)
    if _is_particle(token):
        return True
    if _INITIALS.fullmatch(token) and (token.isupper() or "." in token):
        if len(_letters(token)) <= 3 or "." in token or not words:
            return True
    if not _WORD.fullmatch(token):
        return False
    if token[0].isupper():
        return all(word[0].isupper() or _small(word) or known.shows(word) for word in words)
    return known.anything and not any(word[0].isupper() for word in words)


def _is_name(words: list[str], known: Known) -> bool:
    solid = [word for word in words if not _small(word)]
    if not solid or all(len(_letters(word)) < 2 for word in solid):
        return False
    first = words[0].rstrip(".")
    common = len(first) > 1 and compiled("names", "not_names").fullmatch(first)
    if common and not known.shows(first):
        return False
    if any(is_firm(word) for word in solid):
        return False
    return not all(word[0].islower() for word in solid) or any(map(known.shows, solid))


def _only_initials(token: str) -> bool:
    return bool(_INITIALS.fullmatch(token)) and len(_letters(token)) <= 2


def _without_firm(text: str) -> str:
    """Return the text without a firm's name in capitals before the person's: `TRANS-MAR Jan Lis`."""
    first, _, rest = text.partition(" ")
    capitals = first.isupper() and len(_letters(first)) >= 5 and rest[:1].isupper()
    return rest if capitals and not rest.split(" ")[0].isupper() else text


@cache
def _enders() -> frozenset[str]:
    return frozenset(phrases("names", "enders"))


@cache
def _particles() -> frozenset[str]:
    return frozenset(phrases("names", "particles"))


def _is_particle(token: str) -> bool:
    return token.lower() in _particles() and not (len(token) <= 2 and token.isupper())


def _suffix(token: str) -> bool:
    return token.rstrip(".").lower() in phrases("names", "suffixes") and token.isupper()


def is_firm(text: str) -> bool:
    """Whether the text names a firm, an office or a mailbox."""
    return (
        bool(compiled("names", "firms").search(text)) or "&" in text or any(map(str.isdigit, text))
    )


def _letters(token: str) -> str:
    return "".join(letter for letter in token if letter.isalpha())


def _untitled(text: str) -> str:
    """Return the text without the titles it begins with."""
    for _ in range(4):
        match = _title().match(text)
        if not match or not text[match.end() :].strip():
            return text
        text = text[match.end() :].lstrip()
    return text


@cache
def _title() -> re.Pattern[str]:
    return re.compile(compiled("names", "titles").pattern + r"(?:\.\s?|\s)", re.IGNORECASE)
