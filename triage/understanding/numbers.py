"""Every number in a text, and what the words around it say that it is.

Dossier numbers, phone numbers and national ids look alike: eight or nine digits. So each number
is read once, with its label; the rules for each kind then choose from the same list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from triage.understanding.phrases import compiled, grouped

if TYPE_CHECKING:
    from collections.abc import Iterator

REACH = 48
"""Characters before a number in which its label is looked for."""
MOST = 200
"""Numbers that are read of one text."""
OTHER_REACH = 26
"""A label of another kind ("invoice", "customer") counts only this near to the number."""
DENIED = re.compile(
    r"\b(?:niet|nie|ikke|ikkje|inte|ej|not|nicht|(?-i:pas))\s*[:„\"'(]{0,2}$", re.IGNORECASE
)
"""`nr mitt er 46 71 20 55 ikke 46 71 20 56`: directly before the number. "Pas" is a name."""
_OF_ONE = frozenset({"fax", "national_id"})
"""Labels of the next number alone: nobody has two."""
LEAST = 6
"""Digits that a number must have: shorter ones are amounts, dates, house numbers."""
KINDS = (
    *("passing", "other", "national_id", "fax", "dossier", "phone", "generic", "yours"),
    "compound",
)
"""What a label may say, the stronger first."""

SPACES = " \t\u00a0\u202f\u2009\u2010\u2011"
_CLUSTER = re.compile(
    rf"(?<![\w@])\(?\+?\(?\d{{1,30}}(?:-\d{{1,3}}(?=\)))?\)?(?:[{SPACES}-]{{0,2}}\(\d{{1,4}}\)[{SPACES}-]{{0,3}}\d{{1,30}})?"
    rf"(?:[{SPACES}./–-]{{1,4}}\d{{1,30}}){{0,12}}(?![\w@])"
)
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ .-]?[A-Z0-9]{4}){2,7}(?:[ .-]?[A-Z0-9]{1,4})?(?!\w)")
_NUMBERED = re.compile(r"(?:nr|nummer|number|no)\.?$|^(?:nr|numer)\b", re.IGNORECASE)
"""A label that says "number" reaches further than a bare "invoice"."""
_ASIDE = re.compile(r"\s*\([^()\d]{0,40}\)(?=\s*:\s*$)")
"""`Sprawa (znalazłem w SMS-ie): ...`: what a label says in brackets."""
_RATHER = re.compile(
    r"\b(?:zamiast|w miejsce|i stedet for|i staden for|istedenfor|i stället för|in plaats van"
    r"|ipv|i\.p\.v\.|instead of|statt|anstatt|au lieu de)"
    r"\s(?:(?:nr|numeru?|nummer|number|akt|sprawy)\.? ?){0,2}$",
    re.IGNORECASE,
)
"""What stands before these words names another number: `faktura 914/2025 zamiast ...`."""
_NEXT = re.compile(r"\.?:?\s(?:[^\W\d]{1,20}\s){0,4}[+(]?\d{2,}[ \d-]{4}")
"""The label is that of the next number: `nr 742 903 158, tel. ewentualnie 796 220 418`."""
_NEXT_DIRECTLY = re.compile(r"\.?:?\s\d[\d .-]{5}")
_FIGURES = re.compile(r"\d[\d .-]{4,}\d")
_NUMBER = re.compile(r"\d{5}")
_DIGITS = re.compile(r"\d+")
_YEARS = r"(?:19|20)\d\d ?[–-] ?(?:19|20)\d\d"
_DATE = re.compile(
    rf"{_YEARS}|" r"\d{1,2}([-./] ?)\d{1,2}\1\d{2}(\d{2})?|(?:19|20)\d\d([-./])\d{1,2}\3\d{1,2}"
)
_DAY = re.compile(
    r"(?<![\d+])(?<!\d[ .-])(?:0?[1-9]|[12]\d|3[01])([./-])(?:0?[1-9]|1[0-2])\1(?:19|20)\d\d"
    r"(?!\d|[./-]\d)"
)
"""A whole date, within a run that may go on behind it."""
_MONEY_BEFORE = re.compile(r"(?:€|EUR|\b[Ee]uro|\b[Kk]r\.?|NOK|SEK|DKK|PLN|[Zz]ł|USD|\$|£)\s?$")
_MONEY_AFTER = re.compile(
    r"(?:,\d{2}(?!\d)|,-|\s?(?:€|EUR\b|[Ee]uro\b|kr\b|zł|zl\b|PLN\b|NOK\b|SEK\b|DKK\b|kron|%|kWh\b))"
)
_CONJUNCTION = re.compile(
    r"[ ,;/&+()|-]*(?:(?:en|i|oraz|og|och|and|und|et|a także|resp|samt|eller|of|lub|or|та|и)\b)?"
    r"[ ,;/&+()|-]*(?:(?:nr|nummer|numer)\b\.? *)?",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"[!?;]\s|(?<![Tt]el)(?<!\bnr)(?<![Kk]om)(?<![Mm]ob)(?<![Tt]lf)(?<![Rr]ef)\.\s+(?=[A-ZÀ-ÞŁŚŻŹĆ])|[^\W\d]{5}(?<!nr)\.\s+(?=\d|$)|\n"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A run of digit groups with what stands around it."""

    start: int
    end: int
    text: str
    digits: str
    groups: tuple[tuple[int, int], ...]
    """Offsets of each group of digits in the whole text."""
    label: str
    """What the nearest words before it say: dossier other phone fax national_id generic, or ""."""
    distance: int
    """Characters between that label and the number."""
    before: str
    """The clause before the number."""
    after: str
    """The clause after the number."""
    money: bool
    date: bool
    after_label: str
    """What the words after it say: dossier phone, or ""."""

    @property
    def international(self) -> bool:
        """Whether it is written with a country code: `+48 ...`, `0048 ...`."""
        return self.text.lstrip("(").startswith(("+", "00"))


@lru_cache(maxsize=8)
def numbers(text: str) -> tuple[Number, ...]:
    """Return the numbers of a text in order; short ones and parts of an IBAN are left out."""
    accounts = [match.span() for match in _IBAN.finditer(text)]
    found: list[Number] = []
    for match in _CLUSTER.finditer(text):
        if any(start <= match.start() < end for start, end in accounts):
            continue
        for start, end in _apart(text, *match.span()):
            if sum(map(str.isdigit, text[start:end])) >= LEAST:
                found.append(_read(text, start, end, found))
        if len(found) >= MOST:
            break
    return tuple(found)


def _apart(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a run that a date stands in: `12.10.1959 / 024 388 10 63`."""
    for day in _DAY.finditer(text, start, end):
        yield start, day.start()
        yield day.span()
        start = day.end()
    while start < end and not (text[start].isdigit() or text[start] in "(+"):
        start += 1
    yield start, end


def _read(text: str, start: int, end: int, earlier: list[Number]) -> Number:
    typed = text[start:end]
    before, after = _clause_before(text, start), _clause_after(text, end)
    label, distance = _label(before)
    if earlier:
        previous = earlier[-1]
        between = text[previous.end : start]
        inherits = not label or (label == "generic" and previous.label == "dossier")
        if inherits and len(between) < 16 and _CONJUNCTION.fullmatch(between):
            label, distance = previous.label, previous.distance
    after_label = _after_label(after)
    if after_label == "phone" and label in {"", "generic"}:
        label, distance = after_label, 0
    return Number(
        start=start,
        end=end,
        text=typed,
        digits="".join(_DIGITS.findall(typed)),
        groups=tuple(match.span() for match in _DIGITS.finditer(text, start, end)),
        label=label,
        distance=distance,
        before=before,
        after=after,
        money=bool(
            (_MONEY_BEFORE.search(before[-6:]) and not typed.startswith("("))
            or _MONEY_AFTER.match(text, end)
        ),
        date=bool(_DATE.fullmatch(typed.strip("()"))),
        after_label=after_label,
    )


def _clause_before(text: str, start: int) -> str:
    low = max(0, start - REACH)
    window = text[low:start]
    line = window.rfind("\n")
    if line >= 0 and not window[line + 1 :].strip(" \t>*-•("):
        above = window[:line].rstrip()
        if not above.endswith((":", "nr", "nr.", "nummer")):
            return window[line + 1 :]
        return above[above.rfind("\n") + 1 :] + " "
    cut = 0
    for match in _SENTENCE.finditer(window):
        cut = match.end()
    return window[cut:]


def _clause_after(text: str, end: int) -> str:
    window = text[end : end + REACH]
    match = _SENTENCE.search(window)
    return window[: match.start()] if match else window


def _label(before: str) -> tuple[str, int]:
    """Return the label nearest to the number; a general word ("nr") gives way to any other."""
    nearest, reached = ("", REACH), 0
    before = _ASIDE.sub("", before)
    if _RATHER.search(before):
        return nearest
    for match in _labels(before):
        if len(match.group()) == 1 and before[: match.start()].endswith("."):
            continue  # the end of an abbreviation: "V.O.F."
        kind, distance = match.lastgroup or "", len(before) - match.end()
        if kind == "yours" and distance <= 3:
            kind = "dossier"
        if kind == "compound":
            kind = "other"
        if kind == "other" and compiled("numbers", "with_you").match(
            before[match.end() :].lstrip()
        ):
            kind = "dossier"
        weak = kind == "other" and not _NUMBERED.search(match.group())
        near = kind not in {"yours", "passing"} and not (weak and distance > OTHER_REACH)
        used = _NUMBER.search(before, reached, match.start())
        near = near and not (kind in _OF_ONE and _FIGURES.search(before, match.end()))
        if near and (kind != "generic" or not nearest[0] or used):
            nearest, reached = (kind, distance), match.end()
    return nearest


def _labels(before: str) -> Iterator[re.Match[str]]:
    return grouped("numbers", *KINDS).finditer(before)


def _after_label(after: str) -> str:
    near = re.split(r"\d{4}", after, maxsplit=1)[0]
    for kind, reach in (("dossier", 14), ("phone", 4)):
        match = compiled("numbers", f"after_{kind}").search(near)
        if match and (_NEXT if " " not in match.group() else _NEXT_DIRECTLY).match(
            after, match.end()
        ):
            continue
        if match and match.start() <= reach:
            return kind
    return ""
