"""Postcodes with their towns, per country, and towns that stand alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from triage.understanding.phrases import compiled
from triage.understanding.tokens import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

_CAPITAL = r"[A-ZÀ-ÞĀ-ŽА-ЯІЇЄҐ]"
_WORD = rf"(?:'[st][- ]|d')?{_CAPITAL}[\w'’-]*"
_JOIN = r"(?:aan|den|de|der|het|op|over|bij|van|ter|i|im|am|an|ob|bei|upon|under|nad|pod|k/|a/d)"
_CITY = (
    rf"{_WORD}(?:[ \u00a0-](?:{_JOIN}[ -]){{0,2}}{_WORD}){{0,3}}"
    r"(?:\s\((?:Oder|Main|Saale|Holst)\))?(?:(?<=Wlkp)\.|(?<=Maz)\.|(?<=Śl)\.|(?<=Gd)\.|(?<=Lub)\.)?"
)
_LOWER_CITY = r"[^\W\d_]{3,24}(?:[ -][^\W\d_]{3,24})?(?=\s*(?:$|[\n,.;|(]))"
_SEPARATOR = r"(?:[ ]?,?[ \u00a0\t]{1,3}|[ ]?[/|–-][ ]|,|\n)(?:te |in )?"
_AFTER = re.compile(rf"{_SEPARATOR}(?P<city>{_CITY})")
_AFTER_LOWER = re.compile(rf"{_SEPARATOR}(?P<city>{_LOWER_CITY})")
_LISTED = re.compile(r",? (?P<city>[^\W\d_]{3,24})(?!\w)")
_HOUSE_BEFORE = re.compile(
    r"[^\W\d_]{4} \d{1,3} ?[a-zA-Z]?,? ?\d{4,5}\Z|[^\W\d_]{4} \d{1,3},? \d{3} \d\d\Z"
)
_BEFORE = re.compile(rf"(?:^|[,\n]\s*)({_CITY}),?\s*\(?$")
_WHOLE = re.compile(_CITY)


class _Code(NamedTuple):
    """How a country writes its postcodes."""

    country: str
    pattern: re.Pattern[str]
    strong: bool
    """Looks like nothing else."""


_IN_FIGURES = (
    _Code("NL", re.compile(r"[1-9]\d{3}[ \u00a0]?[A-Z]{2}(?!\w)"), strong=True),
    _Code("NL", re.compile(r"[1-9]\d{3} ?[a-z]{2}(?!\w)(?=[ ,]+[^\W\d])"), strong=True),
    _Code("PL", re.compile(r"\d{2}-\d{3}(?![\w-]|\s\d)"), strong=True),
    _Code("SE", re.compile(r"\d{3} \d{2}(?!\w|\s\d)"), strong=False),
    _Code("DE", re.compile(r"\d{5}(?!\w)"), strong=False),
    _Code("4", re.compile(r"\d{4}(?!\w|[.,:]\d|-\d)"), strong=False),
)
_IN_LETTERS = (
    _Code("GB", re.compile(r"(?<![\w.,/€-])[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}(?!\w)"), strong=True),
    _Code("IE", re.compile(r"(?<![\w.,/€-])[A-Z]\d[\dW] ?(?!\d{4})[A-Z\d]{4}(?!\w)"), strong=True),
)
_ELSEWHERE = ".."
"""The heading of towns of which the list does not tell the country."""
SURELY = 5
"""Letters of a town's name that is known without its diacritics too; `bø` is not "bo"."""
MOST_IN_LETTERS = 40
"""British and Irish postcodes of a text that are looked at."""
STRONG = frozenset(code.country for code in (*_IN_FIGURES, *_IN_LETTERS) if code.strong)
"""Countries whose postcodes look like nothing else."""
_DIGITS = re.compile(r"(?<![\w.,/€])(?<![^A-Z]-)\d{2,5}")
"""Where a postcode in figures may begin; `B-9100` too."""

_COUNTRY = re.compile(
    r"[ ,]+(?:Nederland|Holland|België|Belgie|Polska|Poland|Norge|Noreg|Norway|Sverige|Danmark"
    r"|Deutschland)$"
)
CODE_WORD = re.compile(
    r"(?:kod(?: pocztowy)?|post(?:al )?code|postnr|postnummer(?:et)?|plz"
    r"|postleitzahl|zip|code postal)"
    r"\.?(?: is| er| to| ist)?:?\s*$",
    re.IGNORECASE,
)
"""A word before a postcode that says so."""
_COUNTRY_LETTERS = re.compile(r"(?<![\w-])(?:NL|PL|DK|SE|NO|DE|BE|FR|AT|CH|N|S|D|B|F|A|L)-\Z")
"""`B-9100`: the letters are part of the postcode as typed."""
_CLOSE = re.compile(r"[ ,\u00a0]{1,3}")
_YEAR_BEFORE = re.compile(
    r"(?:[^\W\d]{3}|\bf\.|\bur\.|geb\.|\d\d?\.|[-/]\d\d?[-/])[ ]?\Z", re.IGNORECASE
)
"""A month, "born" or a day before four digits: a year."""
_NOT_TOWN = re.compile(
    r"(?:kr|NOK|SEK|DKK|EUR|PLN|Euro|Kroner|Januari?|Februari?|Maart|Mars|April|Mai|Mei|Maj|Juni"
    r"|Juli|August|September|Oktober|November|De[cs]ember|Tel|Tlf|Mob|Dossier|Sak|Sag|Ik|Jeg|Eg|Jag"
    r"|Het|De|Men|Og|En)\b"
)
_ALONE = re.compile(r"[ ][^\W\d]+[ ]*(?:\n|$)")
_SMALL_WORD = re.compile(r"(?:is|in|op|te|om|of|al|en|er|de|ik|je|we|ze|me|na|zo|nu|bv|st|ha)\Z")
"""Two small letters behind a year that are a word: `in februari 2025 is verbruikt`."""
_WORD_BEFORE = re.compile(r"[^\W\d]['’.\w-]*")
_CLOSED = re.compile(r"[ \t]*(?:$|[\n,;)]|\.(?:\s|$))")
_YEAR = re.compile(r"(?:19|20)\d\d")
_STREET_NUMBER = re.compile(r" \d{1,4}[a-zA-Z]?(?![\d-])")
"""What stands behind is a street: `Nysa 48-300, Słowiańska 15`."""
_HOUSE_NUMBER = re.compile(r" \d{1,3}(?!\d)")


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
    for anchor in _DIGITS.finditer(text):
        for code in _IN_FIGURES:
            match = code.pattern.match(text, anchor.start())
            town = _town(text, code, *match.span()) if match else None
            if town:
                found.append(town)
                break
    for code in _IN_LETTERS:
        matches = islice(code.pattern.finditer(text), MOST_IN_LETTERS)
        found.extend(filter(None, (_town(text, code, *match.span()) for match in matches)))
    return sorted(found, key=lambda town: town.start)


def city_at(text: str, start: int, end: int) -> str | None:
    """Return the town that the stretch consists of, if it reads as one."""
    whole = text[start:end].strip(" .,;|\t")
    piece = whole if is_town(whole) else _COUNTRY.sub("", whole)
    if not _WHOLE.fullmatch(piece):
        return None
    # Of a name with a hyphen no part is a word of its own: `Nieuw-Beerta`.
    strange = compiled("addresses", "not_towns").search(piece.replace("-", "_"))
    return None if strange and not is_town(piece) else piece


def is_town(name: str) -> bool:
    """Whether the name is on the list of towns."""
    return name.casefold() in known_towns()


def country_of(name: str, among: frozenset[str] | None = None) -> str | None:
    """Return the ISO code of the only country, or only one among some, with a town so listed."""
    found = known_towns().get(name.casefold(), frozenset()) - {_ELSEWHERE}
    found = found if among is None else found & among
    return next(iter(found)) if len(found) == 1 else None


@cache
def known_towns() -> Mapping[str, frozenset[str]]:
    """Return the listed towns in lower case, each with its countries."""
    text = (files("triage.understanding") / "lists" / "cities.txt").read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    country = _ELSEWHERE
    for line in text.splitlines():
        if line.startswith("["):
            country = line.strip("[]")
        elif line[:1] != "#":
            for name in line.split():
                whole = name.replace("~", " ").casefold()
                found.setdefault(whole, set()).add(country)
                if len(whole) >= SURELY:
                    found.setdefault(plain(whole), set()).add(country)
    return {name: frozenset(countries) for name, countries in found.items()}


def _town(text: str, code: _Code, start: int, end: int) -> Town | None:
    """Return the postcode with its town, or None where the figures are something else."""
    city = _city_after(text, end, lower=_may_be_lower(text, code, start, end))
    if city and code.strong and _STREET_NUMBER.match(text, city[1]) and "," in text[end : city[0]]:
        city = _city_before(text, start) or city
    if city and _SMALL_WORD.search(text, start, end) and not is_town(text[slice(*city)]):
        return None
    if city is None and (code.strong or _closed(text, end)):
        city = _city_before(text, start)
        if city and code.country not in {"GB", "IE"} and not is_town(text[slice(*city)]):
            city = None
        if city and not code.strong and _YEAR.fullmatch(text, start, end):
            return None
        if city and not code.strong:
            return Town(city[0], end, text[start:end], text[slice(*city)], code.country)
    if not code.strong and (city is None or not _plausible(text, start, end, city)):
        return None
    if city is None and text[start:end][-2:].islower():
        return None
    if city is None:
        word = CODE_WORD.search(text[max(0, start - 20) : start])
        low = start - len(word.group()) if word else start
        return Town(low, end, text[start:end], None, code.country)
    name = text[city[0] : city[1]]
    prefix = _COUNTRY_LETTERS.search(text, max(0, start - 4), start)
    start = prefix.start() if prefix else start
    return Town(min(start, city[0]), max(end, city[1]), text[start:end], name, code.country)


def _may_be_lower(text: str, code: _Code, start: int, end: int) -> bool:
    """Whether a town in lower case will do: by a strong code, or alone with it on a line."""
    alone = bool(_ALONE.match(text, end)) and text[max(0, start - 1) : start] in {"", "\n"}
    return code.country in {"NL", "PL"} or alone


def _city_after(text: str, at: int, *, lower: bool) -> tuple[int, int] | None:
    match = _AFTER.match(text, at) or (_AFTER_LOWER.match(text, at) if lower else None)
    if not match:
        return _listed_after(text, at)
    start, end = match.span("city")
    name = _COUNTRY.sub("", text[start:end])
    if compiled("addresses", "not_towns").match(name):
        return None
    return start, start + len(name)


def _listed_after(text: str, at: int) -> tuple[int, int] | None:
    """Return a listed town in lower case behind a house number and its postcode."""
    match = _LISTED.match(text, at)
    if not match or not _HOUSE_BEFORE.search(text, max(0, at - 24), at):
        return None
    return match.span("city") if is_town(match["city"]) else None


def _city_before(text: str, at: int) -> tuple[int, int] | None:
    """Return the town before a postcode: all between it and a comma, or a listed one."""
    low = max(0, at - 40)
    match = _BEFORE.search(text[low:at])
    if match:
        return low + match.start(1), low + match.end(1)
    words = list(_WORD_BEFORE.finditer(text, text.rfind("\n", low, at) + 1 or low, at))
    for first in words[-3:]:
        name = text[first.start() : words[-1].end()]
        if first.group()[0].isupper() and is_town(name) and not text[words[-1].end() : at].strip():
            return first.start(), words[-1].end()
    return None


def _closed(text: str, end: int) -> bool:
    """Whether nothing follows figures that could be their town (`Oslo 1053.`)."""
    return bool(_CLOSED.match(text, end))


def _plausible(text: str, start: int, end: int, city: tuple[int, int]) -> bool:
    """Whether figures alone are a postcode: no year, and what follows no currency or month."""
    name = text[slice(*city)]
    if len(name) <= 1 or (name.isupper() and len(name) <= 3) or _NOT_TOWN.match(name):
        return False
    if not _CLOSE.fullmatch(text, end, city[0]) or _HOUSE_NUMBER.match(text, city[1]):
        return False
    return end - start != 4 or not _YEAR_BEFORE.search(text[max(0, start - 14) : start])
