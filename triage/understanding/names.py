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
from functools import cache
from typing import TYPE_CHECKING

from triage.understanding.form import is_blank
from triage.understanding.model import Finding, Source
from triage.understanding.parts import evidence
from triage.understanding.phrases import compiled, phrases

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from triage.understanding.layout import Layout
    from triage.understanding.parts import Mail

FORM = 0.98
SIGNED_AND_KNOWN = 0.97
"""In the signature, and From or the address show the same surname."""
SIGNED = 0.88
"""In the signature, and From says nothing of it."""
COMPLETED = 0.95
"""A first name in the signature, the full name in From."""
INTRODUCED = 0.86
"""After "my name is"."""
HEADED = 0.84
"""Alone at the top of the letter."""
FROM_FULL = 0.85
"""Only in From."""
ENDING = 0.8
"""In the last words of the text."""
FIRST_NAME = 0.6
"""Only a first name, signed."""
LIKELY = 0.5

_SEGMENT = re.compile(r"\s*(?:[,;|/(:\t·•]|\s[–—-]+\s|//|\s{3,})\s*")
_INITIALS = re.compile(r"(?:[A-ZÀ-ÞĀ-Ž](?:[a-zà-þ](?=\.))?\.?-?){1,6}")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*\.?")
_GLUED = re.compile(r"^((?:[A-ZÀ-ÞĀ-Ž]\.){1,5})(?=[A-ZÀ-ÞĀ-Ž'’][^\W\d_])")
_LEAD = re.compile(r"^[\s/*_>.,:;!()\"„“”'-]+(?=\S)")
_TAIL = re.compile(r"(?:^|(?<=\w\w)[.!?;)\d:]|\s[-–—/]|\n)\s+(?=\S{1,60}(?:\s\S{1,40}){0,4}\s*$)")
_CONJUNCTIONS = frozenset({"en", "i", "og", "och", "und", "and", "&", "et"})


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
    known = _known(mail)
    found: list[Finding[str]] = []
    for start, end, place in _places(mail, layout, sender):
        text = mail.typed[start:end]
        name = leading_name(text, lower=_lower_case(text, known))
        if name is None:
            continue
        at = mail.typed.find(name.text, start, end)
        found.extend(_judged(mail, name, max(at, start), place, sender, known))
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
        name = leading_name(part.strip(" )"), lower=frozenset({"*"}))
        if name and len(name.text) >= len(_untitled(part.strip(" )"))) - 2 and not _firm(part):
            return name
    return None


def leading_name(text: str, *, lower: frozenset[str] = frozenset()) -> Name | None:
    """Return the personal name that the text begins with, titles left out, or None.

    A name in lower case counts when one of its words is among `lower` ("*": always).
    """
    rest = _untitled(_LEAD.sub("", text))
    rest = _GLUED.sub(r"\1 ", rest)
    glued = rest != _untitled(_LEAD.sub("", text))
    words: list[str] = []
    for raw in _without_firm(rest).split(" ")[:7]:
        token = raw.strip("\u00a0")
        core = token.rstrip(",;:|/)!?\n").rstrip()
        ended = core != token
        if not core or not _belongs(core, words, lower):
            break
        words.append(core)
        if ended or ("." in core[-1:] and not _INITIALS.fullmatch(core) and len(core) > 4):
            words[-1] = core.rstrip(".")
            break
    while words and (_is_particle(words[-1]) or words[-1] in _CONJUNCTIONS or _suffix(words[-1])):
        words.pop()
    if not words or not _is_name(words, lower):
        return None
    joined = " ".join(words)
    if glued:
        joined = re.sub(r"^((?:[^\W\d_]\.){1,5}) ", r"\1", joined) if joined not in text else joined
    return Name(joined.rstrip(".") if len(words[-1]) > 2 else joined, tuple(words))


def fold(text: str) -> str:
    """Return the text's letters only, lower case, without diacritics."""
    plain = unicodedata.normalize("NFKD", text.translate(_UNFOLDED)).casefold()
    return "".join(letter for letter in plain if letter.isalpha())


_UNFOLDED = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "ı": "i", "æ": "ae", "Æ": "AE", "ß": "ss"})


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
) -> Iterator[tuple[int, int, float]]:
    """Yield the stretches in which a name may stand first, with the confidence of the place."""
    first, last = layout.signature
    signed = layout.lines[first:last]
    for at, line in enumerate(signed[:6]):
        low = max(line.start, layout.closing_end) if at == 0 else line.start
        cost = 0.02 * at if layout.closing is not None else 0.02 * at + 0.02
        pieces = _pieces(mail.typed, low, line.end)
        for order, (start, end) in enumerate(pieces[:4]):
            yield start, end, SIGNED - cost - 0.03 * order
    if layout.lines:
        final = layout.lines[max(0, last - 1)]
        match = None
        for match in _TAIL.finditer(mail.typed, final.start, final.end):
            pass
        if match:
            yield match.end(), final.end, ENDING
    for line in layout.lines[: layout.head]:
        yield line.start, line.end, HEADED
    for line, below in zip(layout.lines, layout.lines[1:], strict=False):
        if len(line.text) < 40 and any(map(str.isdigit, below.text)) and len(below.text) < 60:
            yield line.start, line.end, HEADED
    if sender and sender.full:
        for match in re.finditer(re.escape(sender.text), mail.typed):
            yield match.start(), match.end(), HEADED
    for match in compiled("names", "introductions").finditer(mail.typed):
        start = match.end() + len(mail.typed[match.end() : match.end() + 3]) - len(
            mail.typed[match.end() : match.end() + 3].lstrip(" :,")
        )
        yield start, min(len(mail.typed), start + 60), INTRODUCED


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
    mail: Mail, name: Name, at: int, place: float, sender: Name | None, known: frozenset[str]
) -> Iterator[Finding[str]]:
    words = (evidence(mail.typed, at, at + len(name.text), "name in the text"),)
    line_end = mail.typed.find("\n", at)
    alone = not mail.typed[at + len(name.text) : line_end if line_end >= 0 else None].strip(" .!")
    familiar = any(fold(word) in known for word in name.words if len(_letters(word)) > 1)
    if not name.full:
        if sender and sender.full and _is_part_of(name, sender) and place != HEADED:
            confidence = COMPLETED if place < INTRODUCED or place > HEADED else 0.7
            yield Finding(sender.text, confidence, (*words, _from_evidence(mail)))
        elif place in {SIGNED, SIGNED - 0.02} and not name.by_initials and alone:
            yield Finding(name.text, FIRST_NAME, words)
        return
    if place == INTRODUCED or place == HEADED:
        yield Finding(name.text, place + (0.1 if familiar else -0.2), words)
        return
    if familiar:
        yield Finding(name.text, SIGNED_AND_KNOWN - (SIGNED - place) / 2, words)
    else:
        yield Finding(name.text, place - (0.1 if sender and sender.full else 0.0), words)


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


def _known(mail: Mail) -> frozenset[str]:
    """Return the folded words of From and of the address's local part."""
    if mail.message.sender is None:
        return frozenset()
    sender = mail.message.sender
    words = re.split(r"[\W\d_]+", f"{sender.name} {sender.local}")
    return frozenset(folded for word in words if len(folded := fold(word)) >= 3) | {
        "@" + fold(sender.local)
    }


def _belongs(token: str, words: list[str], lower: frozenset[str]) -> bool:
    """Whether the token can go on a name that began with these words."""
    if token in _CONJUNCTIONS:
        return bool(words)
    if _is_particle(token):
        return True
    if _INITIALS.fullmatch(token) and len(_letters(token)) <= 6 and (token.isupper() or "." in token):
        if len(_letters(token)) <= 3 or "." in token or not words:
            return True
    if not _WORD.fullmatch(token):
        return False
    if token[0].isupper():
        return True
    return bool(lower) and (
        "*" in lower or fold(token) in lower or any(w[:1].islower() for w in words) or _in_local(token, lower)
    )


def _in_local(token: str, lower: frozenset[str]) -> bool:
    folded = fold(token)
    return len(folded) >= 3 and any(each[0] == "@" and folded in each for each in lower)


def _is_name(words: list[str], lower: frozenset[str]) -> bool:
    solid = [word for word in words if not _is_particle(word) and word not in _CONJUNCTIONS]
    if not solid or all(len(_letters(word)) < 2 for word in solid):
        return False
    first = words[0].rstrip(".")
    if compiled("names", "not_names").fullmatch(first) and len(_letters(first)) > 1:
        return False
    if any(_firm(word) for word in solid):
        return False
    if all(word[0].islower() for word in solid):
        return "*" in lower or any(fold(w) in lower or _in_local(w, lower) for w in solid)
    return True


def _lower_case(text: str, known: frozenset[str]) -> frozenset[str]:
    """Return which words may be in lower case: all, when one of the text's words is known."""
    words = [fold(word) for word in text.split()[:5]]
    if any(len(word) >= 3 and (word in known or _in_local(word, known)) for word in words):
        return frozenset({"*"})
    return known


def _only_initials(token: str) -> bool:
    return bool(_INITIALS.fullmatch(token)) and len(_letters(token)) <= 2


def _without_firm(text: str) -> str:
    """Return the text without a firm's name in capitals before the person's: `TRANS-MAR Jan Lis`."""
    first, _, rest = text.partition(" ")
    capitals = first.isupper() and len(_letters(first)) >= 5 and rest[:1].isupper()
    return rest if capitals and not rest.split(" ")[0].isupper() else text


@cache
def _particles() -> frozenset[str]:
    return frozenset(phrases("names", "particles"))


def _is_particle(token: str) -> bool:
    return token.lower() in _particles() and not (len(token) <= 2 and token.isupper())


def _suffix(token: str) -> bool:
    return token.rstrip(".").lower() in phrases("names", "suffixes") and token.isupper()


def _firm(text: str) -> bool:
    return bool(compiled("names", "firms").search(text)) or "&" in text or any(map(str.isdigit, text))


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
