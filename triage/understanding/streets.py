"""Streets with their house numbers, as typed: found from the number backwards.

A number of one to four digits is a house number when what stands before it reads as a street name
(a street word such as "-straat" or "ul.", or capitalised words) and what follows it does not say
that it is an amount, a date or a time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache

from triage.understanding.flats import BEFORE, BEHIND
from triage.understanding.phrases import PhrasePattern, compiled, phrases

LOOK_BACK = 64
"""Longest street name, in characters."""
MOST_NUMBER_FIRST = 40
"""Streets with the number first that are kept from being read twice."""
LONGEST_FLAT = 24
"""Longest flat before a street, in characters."""
WORDS = 6
"""Most words of a street name."""

_POLISH_MONTH = (
    r"(?:Stycznia|Lutego|Marca|Kwietnia|Maja|Czerwca|Lipca|Sierpnia|Września|Października"
    r"|Listopada|Grudnia)"
)
_HOUSE = (
    r"[1-9]\d{0,3}(?!\d)"
    r"(?:(?:[-–/]\s?(?:\d{1,2}\s?hoog\b|\d{1,4}[a-zA-Z]{0,2}\b|[IVX]{1,4}\b|[a-zA-Z]{1,2}\d{0,2}\b|rood|zwart|hs|huis|bis|sous|boven|beneden))"
    r"|[a-zA-Z](?!\w))?"
    r"(?:[-/]\d{1,4}[a-zA-Z]?\b| [-/] \d{1,3}(?= ?(?:,|\n|$)))?"
    rf"{BEHIND}"
    r"(?![\d%€]|-leci|[.,]\d|:\d|[ \u00a0](?:nr|numer|nummer|no)\b"
    r"|[ \u00a0]?(?:%|€|euro?\b|kr\b|zł|zl\b|uur\b|nok\b"
    r"|(?:keer|dagen|weken|maanden|jaar|termijnen|personen|dager|dagar|ganger|gånger|uker|veke[rn]"
    r"|måneder|månader|år|avdrag|dni|razy|tygodni\w{0,3}|miesi\w{2,5}|lat|rat|osób|days|weeks|months"
    r"|years|times|mal|tage|wochen|monate|jahre)\b"
    rf"|(?-i:{_POLISH_MONTH})\s\d"
    r"|(?:januari?|februari?|maart|mars|april|juni|juli|august(?:us|i)?|september|o[kc]tober"
    r"|november|de[sc]ember)\b"
    r"|(?:jan|feb|mar|maa|apr|ma[ijy]|mei|jun|jul|aug|sep|okt|oct|nov|de[cs])[a-z]{0,9}\s(?:19|20)))"
)
_NUMBER = re.compile(rf"(?<![\w.,/€+–-])(?<!\d ){_HOUSE}")
_FLAT_BEFORE = re.compile(rf"\b{BEFORE}\Z")
_AFTER_YEAR = re.compile(
    rf"(?:(?:1[5-9]|20)\d\d|(?:\d\d)?\d\d-(?:\d\d)?\d\d) (?:nr\.? ?)?"
    rf"(?!\d{{4}} ?[A-Za-z]{{2}}\b|\d{{4}} [A-Z]){_HOUSE}"
)
"""A year in a street's name, and the house number: "Boulevard 1945 303-18"."""
_TOKEN = re.compile(r"\S+")
_PREFIX = re.compile(
    r"(?:ul|al|os|pl|ulica|aleja|osiedle|plac|вул|ул|str|calle|via)\.?", re.IGNORECASE
)
_ENDS = (",", ";", ":", "|", ")", "!", "?")
_SEPARATORS = frozenset({"-", "–", "/", "|", "//", "•", "·", "▪", "■", "●", "∙", "~", "*"})
_QUOTES = re.compile(r"^[(\"„“*_>]+|^'(?![ts]\b)|[\"„“”'*_>]+$")
_ORDINAL = re.compile(r"\d{1,4}(?:e|de|ste|\.|-lecia)?")
_PREFIXED = re.compile(r"\b(?:ul|al|os|pl)\.?\s", re.IGNORECASE)
_IN_TOWN = re.compile(r"(?:^|\s)(?:w|we|in|te)\s[A-ZÀ-ÞĀ-Ž][\w'’-]+,?\s$")
"""`w Bytomiu na Wrocławskiej 40`: the street begins behind the small word."""
_POLISH_DAY = re.compile(
    r"(?:^|[\s,:])((?:(?:ul|al|pl|os)\.?|ulica|aleja|plac|osiedle|rondo|skwer) "
    rf"\d{{1,2}} {_POLISH_MONTH} |(?:[139] Maja|11 Listopada|27 Grudnia|23 Lutego) )$",
    re.IGNORECASE,
)
"""Streets named after a day: `3 Maja 12`, `Plac 11 Listopada 6`."""
_POLISH_LOWER = re.compile(
    r"(?:^|[\s,:(])((?:ul\.?|ulica|ulicy|os\.|al\.|pl\.) (?!nie )(?:[a-zà-ž-]{2,24} ){1,3})$"
)
"""A street in lower case behind its prefix: `kutno ul troczewskiego 8`."""
_IM = re.compile(r"(?:^|[\n,;:|(·] ?)(Im )\Z")
_LONE_YEAR = re.compile(r"(?:19|20)\d\d(?!\d)")
_MAY_END = frozenset({"t/o", "t.o.", "alle", "gate", "vei", "veg", "nr", "nr.", "s", "st"})
"""Small words that may stand directly before the number; `op de 23` is none."""
_TITLE = re.compile(
    r"(?:dr|prof|gen|ks|św|abp|por|rtm|burg|mgr|pres|bp|kard|marsz|pplk|płk|hl)\.?|min\.",
    re.IGNORECASE,
)
_LOWER_NAME = re.compile(r"[a-zà-þā-žæøå]{3,30}")
_NUMBER_FIRST = re.compile(
    rf"(?<![\w.,/€-])(?:{BEFORE}|(?:Unit|Flat|Apt\.?|Suite|Shop) )?"
    r"(?:\d{1,4}[a-zA-Z]?(?: bis| ter)?,? "
    r"(?:(?:rue|avenue|boulevard|chemin|impasse|place|allée"
    r"|quai|cours)(?: [\w'’-]{1,30}){1,4}|(?:[A-Z][\w'’.]{1,30} ){1,3}"
    r"(?:Street|Road|Avenue|Cottages|Villas|Buildings|Wharf|Lane|Close|Drive"
    r"|Court|Row|Mount|Place|Way|Terrace|Crescent|Gardens|Square|Hill|Grove|Green|Park|View|Walk|Quay|Parade"
    rf"|Heights|Mews|Rise|St|Rd|Ave)))(?:{BEHIND})(?=$|[\s,.;|])",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Street:
    """A street with house number, as typed; `strong` when a word of it says that it is one."""

    start: int
    end: int
    text: str
    strong: bool


def streets(text: str) -> list[Street]:
    """Return the streets of a text in order."""
    found = [
        Street(match.start(), match.end(), match.group().rstrip(), strong=True)
        for match in _NUMBER_FIRST.finditer(text)
    ]
    taken = [(street.start, street.end) for street in found[:MOST_NUMBER_FIRST]]
    for match in _NUMBER.finditer(text):
        if any(start <= match.start() < end for start, end in taken):
            continue
        named = _name_before(text, match.start())
        if named is not None:
            start, strong = named
            if found and found[-1].start <= start < found[-1].end:
                continue
            start = _opening(text, _flat_before(text, start))
            found = [each for each in found if each.start < start]
            end = max(match.end(), _after_year(text, match.start()))
            taken = [*taken, (start, end)] if end > match.end() else taken
            found.append(Street(start, end, text[start:end], strong))
    return sorted(found, key=lambda street: street.start)


def _flat_before(text: str, start: int) -> int:
    """Return where the flat begins that stands before a street: `Flat 12C, Kerkstraat 9`."""
    match = _FLAT_BEFORE.search(text, max(0, start - LONGEST_FLAT), start)
    return match.start() if match else start


def _opening(text: str, start: int) -> int:
    """Return where a name begins that opens with "Im": `Im Wiesengrund 27a`, not "Im [I'm] Jan"."""
    match = _IM.search(text, max(0, start - 5), start)
    return match.start(1) if match else start


def _after_year(text: str, number: int) -> int:
    """Return where the house number ends that follows a year in the name; 0 if there is none."""
    match = _AFTER_YEAR.match(text, number)
    return match.end() if match else 0


class _Role(Enum):
    """What a word may be in a street's name."""

    STREET_WORD = 1
    NAME = 2
    SMALL = 3
    """A particle: "van", "de"."""
    JOINED = 4
    """A number or title inside a name: "3 Maja", "dr. Schaepmanlaan"."""
    PREFIX = 5
    """Polish "ul." and the like: the name starts here."""
    STRANGE = 6


def _name_before(text: str, number: int) -> tuple[int, bool] | None:
    """Return where the street's name starts, and whether it is surely one; None without a name."""
    low = max(0, number - LOOK_BACK, text.rfind("\n", 0, number) + 1)
    before = text[low:number]
    if not before.endswith((" ", "\u00a0")):
        return None
    polish = _POLISH_DAY.search(before) or _POLISH_LOWER.search(before)
    if polish and not _LONE_YEAR.match(text, number):
        return low + polish.start(1), True
    tokens = list(_TOKEN.finditer(before))
    if tokens and tokens[-1].group() in _particles() - _MAY_END:
        return None
    alone = tokens[0].group() if len(tokens) == 1 and tokens[0].start() == 0 else ""
    if _LOWER_NAME.fullmatch(alone) and not _excluded().fullmatch(alone):
        return low, _is_street_word(alone)
    start: int | None = None
    strong = False
    for taken, token in enumerate(reversed(tokens[-WORDS:])):
        bare = _QUOTES.sub("", token.group())
        role = _role(bare, before, inside=taken > 0)
        offset = low + token.start() + token.group().find(bare)
        if role is _Role.PREFIX:
            return (offset, True) if taken else None
        if role is _Role.STRANGE or (
            role is _Role.SMALL and _IN_TOWN.search(before[: token.start()])
        ):
            break
        strong = strong or role is _Role.STREET_WORD
        if role in {_Role.STREET_WORD, _Role.NAME} or (role is _Role.JOINED and start is not None):
            start = offset
        if token.group()[0] in '("„“':
            break
    return None if start is None else (start, strong)


def _role(word: str, before: str, *, inside: bool) -> _Role:
    """Return what a word may be; `inside` when a part of the name stands behind it already."""
    if not word or word.endswith(_ENDS) or word in _SEPARATORS:
        return _Role.STRANGE
    if _PREFIX.fullmatch(word) and (inside or not _is_street_word(word) or word[0].islower()):
        return _Role.PREFIX
    if _is_street_word(word) or word[0].isupper():
        if _excluded().fullmatch(word) and not _PREFIXED.search(before):
            return _Role.STRANGE
        return _Role.STREET_WORD if _is_street_word(word) else _Role.NAME
    if inside and (_ORDINAL.fullmatch(word) or _TITLE.fullmatch(word)):
        return _Role.JOINED
    return _Role.SMALL if word in _particles() else _Role.STRANGE


def _is_street_word(word: str) -> bool:
    folded = word.casefold().rstrip(".")
    if folded in _street_words():
        return True
    return len(folded) >= 6 and folded.endswith(_endings()) and folded not in _endings()


@cache
def _street_words() -> frozenset[str]:
    return frozenset(phrases("addresses", "street_words"))


@cache
def _endings() -> tuple[str, ...]:
    return tuple(phrases("addresses", "street_endings"))


@cache
def _particles() -> frozenset[str]:
    return frozenset(phrases("addresses", "particles"))


@cache
def _excluded() -> PhrasePattern:
    return compiled("addresses", "not_streets")
