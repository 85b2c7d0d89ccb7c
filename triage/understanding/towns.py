"""Postcodes with their towns, per country, and towns that stand alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from triage.understanding.phrases import compiled

_CAP = r"[A-ZÀ-ÞĀ-ŽÆØÅА-ЯІЇЄҐ]"
_WORD = rf"(?:'[st][- ]|d')?{_CAP}[\w'’-]*"
_JOIN = r"(?:aan|den|de|der|het|op|over|bij|van|ter|i|im|am|an|ob|bei|upon|under|nad|pod|k/|a/d)"
_CITY = (
    rf"{_WORD}(?:[ \u00a0-](?:{_JOIN}[ -]){{0,2}}{_WORD}){{0,3}}(?:\s\((?:Oder|Main|Saale|Holst)\))?"
    r"(?:(?<=Wlkp)\.|(?<=Maz)\.|(?<=Śl)\.|(?<=Gd)\.|(?<=Lub)\.|(?<=Wielkop)\.)?"
)
_LOWER_CITY = r"[^\W\d_]{3,24}(?:[ -][^\W\d_]{3,24})?(?=\s*(?:$|[\n,.;|(]))"
_SEPARATOR = r"(?:[ ]?,?[ \u00a0\t]{1,3}|[ ]?[/|–-][ ]|,|\n)(?:te |in )?"
_BEFORE = r"(?<![\w.,/€-])"
_PATTERNS = (
    ("NL", rf"{_BEFORE}(?:NL[- ])?(?P<code>[1-9]\d{{3}}[ \u00a0]?[A-Z]{{2}})(?![\w])"),
    ("NL", rf"{_BEFORE}(?P<code>[1-9]\d{{3}}[ ]?[a-z]{{2}})(?=[ ,]+[^\W\d])(?!\w)"),
    ("PL", rf"{_BEFORE}(?:PL[- ])?(?P<code>\d{{2}}-\d{{3}})(?![\w-]|\s\d)"),
    ("SE", rf"{_BEFORE}(?:SE?[- ])?(?P<code>\d{{3}} \d{{2}})(?!\w|\s\d)"),
    ("DE", rf"{_BEFORE}(?:(?:D|DE|F|FR)[- ])?(?P<code>\d{{5}})(?!\w)"),
    ("GB", rf"{_BEFORE}(?P<code>[A-Z]{{1,2}}\d[A-Z\d]? ?\d[A-Z]{{2}})(?!\w)"),
    ("IE", rf"{_BEFORE}(?P<code>[A-Z]\d[\dW] ?[A-Z\d]{{4}})(?!\w)"),
    ("4", rf"{_BEFORE}(?:(?:NO?|DK|BE?|A|CH|L)[- ])?(?P<code>\d{{4}})(?!\w|[.,:]\d|-\d)"),
)
STRONG = frozenset({"NL", "PL", "GB", "IE"})
"""Countries whose postcodes look like nothing else."""
_COUNTRY = re.compile(
    r"[ ,]+(?:Nederland|Holland|België|Belgie|Polska|Poland|Norge|Noreg|Norway|Sverige|Danmark|Deutschland)$"
)
_CODE_WORD = re.compile(
    r"(?:kod|kod pocztowy|postcode|postnr|postnummer|plz|zip)\.?:?\s*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Town:
    """A postcode and the town by it; either may be absent."""

    start: int
    end: int
    postcode: str | None
    city: str | None
    country: str
    """ISO code; "4" for the countries with four digits (NO, DK, BE, AT)."""


def towns(text: str) -> list[Town]:
    """Return the postcodes of a text with the town by each, in order."""
    found: list[Town] = []
    for country, pattern in _compiled():
        for match in pattern.finditer(text):
            start, end = match.span("code")
            if any(town.start < end and start < town.end for town in found):
                continue
            alone = re.match(r"[ ][^\W\d]+[ ]*(?:\n|$)", text[match.end() : match.end() + 30])
            lower = country in {"NL", "PL"} or bool(
                alone and (not start or text[start - 1] == "\n")
            )
            city = _city_after(text, match.end(), lower=lower)
            if city is None and country in {"GB", "IE"}:
                city = _city_before(text, match.start())
            if country not in STRONG and (city is None or not _plausible(text, *city)):
                continue
            if country not in STRONG and not _CLOSE.fullmatch(
                text, match.end(), city[0] if city else 0
            ):
                continue
            if country == "4" and _YEAR_BEFORE.search(text[max(0, start - 14) : start]):
                continue
            if country == "NL" and match["code"][-2:].islower() and city is None:
                continue
            name = text[city[0] : city[1]] if city else None
            low = min(start, city[0]) if city else start
            if _CODE_WORD.search(text[max(0, start - 16) : start]) and not city:
                low = start - len(_code_word(text, start))
            found.append(
                Town(low, max(end, city[1]) if city else end, match["code"], name, country)
            )
    return sorted(found, key=lambda town: town.start)


def city_at(text: str, start: int, end: int) -> str | None:
    """Return the town that the stretch consists of, if it reads as one."""
    piece = _COUNTRY.sub("", text[start:end].strip(" .,;|\t"))
    if not re.fullmatch(_CITY, piece) or compiled("addresses", "not_towns").search(piece):
        return None
    return piece


def is_town(name: str) -> bool:
    """Whether the name is on the list of towns."""
    return name.casefold() in known_towns()


@cache
def known_towns() -> frozenset[str]:
    """Return the listed towns in lower case."""
    text = (files("triage.understanding") / "lists" / "cities.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and line[0] not in "#["]
    return frozenset(name.replace("~", " ").casefold() for line in lines for name in line.split())


def _city_after(text: str, at: int, *, lower: bool) -> tuple[int, int] | None:
    for city, is_lower in ((_CITY, False), (_LOWER_CITY, True)):
        if is_lower and not lower:
            continue
        match = re.compile(rf"{_SEPARATOR}(?P<city>{city})").match(text, at)
        if match:
            start, end = match.span("city")
            shorter = _COUNTRY.sub("", text[start:end])
            if compiled("addresses", "not_towns").match(shorter):
                return None
            return start, start + len(shorter)
    return None


def _city_before(text: str, at: int) -> tuple[int, int] | None:
    match = re.search(rf"(?:^|[,\n]\s*)({_CITY}),?\s*$", text[max(0, at - 40) : at])
    if not match:
        return None
    low = max(0, at - 40)
    return low + match.start(1), low + match.end(1)


def _plausible(text: str, start: int, end: int) -> bool:
    """Whether a town by a code of digits only is not a currency, a month or the like."""
    name = text[start:end]
    if len(name) <= 1 or (name.isupper() and len(name) <= 3) or _NOT_TOWN.match(name):
        return False
    return not re.match(r" \d{1,3}(?!\d)", text[end : end + 6])


_CLOSE = re.compile(r"[ ,\u00a0]{1,3}")
_YEAR_BEFORE = re.compile(
    r"(?:[^\W\d]{3,}|\bf\.|\bur\.|geb\.|\d\d?\.|[-/]\d\d?[-/])\s?$", re.IGNORECASE
)
"""A month, "born" or a day before four digits: a year."""
_NOT_TOWN = re.compile(
    r"(?:kr|NOK|SEK|DKK|EUR|PLN|Euro|Kroner|Januari?|Februari?|Maart|Mars|April|Mai|Mei|Maj|Juni|Juli|August"
    r"|September|Oktober|November|De[cs]ember|Tel|Tlf|Mob|Dossier|Sak|Sag|Ik|Jeg|Eg|Jag|Het|De|Men|Og|En)\b"
)


def _code_word(text: str, start: int) -> str:
    match = _CODE_WORD.search(text[max(0, start - 16) : start])
    return match.group() if match else ""


@cache
def _compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((country, re.compile(pattern)) for country, pattern in _PATTERNS)
