"""The addresses of a text, whoever's they are: streets, postcodes and towns that stand together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from triage.understanding.streets import Street, streets
from triage.understanding.towns import (
    CODE_WORD,
    STRONG,
    Town,
    city_at,
    country_of,
    is_town,
    towns,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

Span = tuple[int, int]

MOST = 40
"""Streets and postcodes of a text that are looked at: the last, where signatures stand."""
_FOUR_FIGURES = frozenset({"NO", "DK", "BE", "AT", "CH", "HU"})
_FIVE_FIGURES = frozenset({"DE", "FR", "ES", "IT", "FI", "LT", "UA", "TR", "SE"})
"""Countries whose postcodes have so many figures."""
_NEAR = 40
"""Characters between a street and its postcode, when a village stands between."""
_GAP = re.compile(
    r"[\s,.;|/•·▪■●∙~–-]{0,4}(?:\n[\s>]{0,3})?(?:te |in |w |i |på |à |poczta |post |wieś )?\(?"
)
_CITY_BEHIND = re.compile(
    r"(?:[ \t]*[,|–/▪·•-]?[ \t]*\n?[ \t]*(?:te |in |w |i |på |poczta |p-ta )?)"
    r"(?P<city>[^\W\d][^\n,;|:()\d–]{1,30}?)"
    r"(?=\s*(?:$|[\n,;|()–]|\.(?:\s|$)|\s-\s|\s\d|\skod\b))"
)
_CITY_IN_SENTENCE = re.compile(
    r"(?:,? ?(?P<in>te|in|w|we|i|på|à) |,? )"
    r"(?P<city>(?:'[st][- ]|Den |Sint[- ])?[A-ZÀ-ÞĀ-Ž][\w'’-]+"
    r"(?:[ -](?:aan|den|de|op|a/d|i)[ -](?:den |de )?[A-ZÀ-Ž][\w'’-]+"
    r"| [A-ZÀ-ÞĀ-Ž][\w'’-]+)?)"
)
"""A town behind the street, and the sentence goes on: `Kerkstraat 5 in Hoorn en ik ...`."""
_CITY_BEFORE = re.compile(
    r"(?:^|[\n,;:|]|\b(?:w|z|i|te)\s)\s*(?P<city>[^\W\d][^\n,;:|]{1,30}?)\s*(?P<comma>,?)\s*$"
)
_LIVES_THERE = re.compile(
    r"\b(?:in|te|w|we|i|på|à)\s(?P<city>[A-ZÀ-ÞĀ-Ž][\w'’-]+(?: [A-ZÀ-ÞĀ-Ž][\w'’-]+)?)[,:]?"
    r"(?:\s(?:op|aan|na|przy|i|på|in|an|at|bij|ulica|adres))?(?:\s(?:de|het|der|den))?\s*$"
)
"""A town before the street, in a sentence: `mieszkam w Bytomiu na Wrocławskiej 40`."""
_BOX = re.compile(
    r"(?:postbus|postboks|pb\.?|postfach|box|skr\w{0,8}\.? poczt\.?)\s\d{1,6},?\s{1,2}\Z",
    re.IGNORECASE,
)
"""A post-office box directly before: the figures behind it are a postcode."""
_POLISH_PREFIX = re.compile(r"(?:ul|al|os|pl)\b", re.IGNORECASE)
_PREPOSITION = re.compile(r"^(?:te|in|w|i|på|à|gm\.|gmina|pow\.|k\.|koło|poczta)\s")
_VILLAGE = re.compile(r"\D+(?=\s\d)")


@dataclass(frozen=True, slots=True)
class Read:
    """An address in a text; any of its parts may be absent."""

    street: Span | None
    postcode: str | None
    city: Span | None
    start: int
    end: int
    sure: bool
    """The street has a street word, or the postcode looks like nothing else."""
    country: str | None = None
    """ISO code where the postcode shows it."""

    def street_in(self, text: str) -> str | None:
        """Return the street as typed."""
        return text[slice(*self.street)].strip() if self.street else None

    def city_in(self, text: str) -> str | None:
        """Return the town as typed."""
        return text[slice(*self.city)] if self.city else None


def addresses_in(text: str) -> Iterator[Read]:
    """Yield the streets with the postcode and town by each, then the postcodes without a street."""
    places = towns(text)[-MOST:]
    used: set[Town] = set()
    for street in streets(text)[-MOST:]:
        if any(town.start < street.end and street.start < town.end for town in places):
            continue
        town = _next_to(text, street, places)
        if town:
            used.add(town)
        yield _together(text, street, town)
    for town in places:
        if town not in used:
            strong = town.country in STRONG or bool(
                _BOX.search(text[max(0, town.start - _NEAR) : town.start])
            )
            city = _city_span(text, town)
            yield Read(None, town.postcode, city, town.start, town.end, strong, _country(town))


def _together(text: str, street: Street, town: Town | None) -> Read:
    city = (_city_span(text, town) if town else None) or _bare_city(text, street, town)
    if city is None and town and town.country == "PL" and not street.strong:
        village = _VILLAGE.match(street.text)
        city = (street.start, street.start + village.end()) if village else None
    return Read(
        street=(street.start, street.end),
        postcode=town.postcode if town else None,
        city=city,
        start=min(street.start, town.start if town else street.start),
        end=max(street.end, town.end if town else 0, city[1] if city else 0),
        sure=street.strong or (town is not None and town.country in STRONG),
        country=_country(town) if town else None,
    )


def _country(town: Town) -> str | None:
    """Return the country that the postcode shows; where many write so, that of a listed town."""
    shown = town.country if len(town.country) == 2 else None
    if town.country in STRONG or not town.city:
        return shown
    among = _FOUR_FIGURES if town.country == "4" else _FIVE_FIGURES
    return country_of(town.city, among) or shown


def _city_span(text: str, town: Town) -> Span | None:
    if town.city is None:
        return None
    at = text.find(town.city, town.start, town.end)
    return (at, at + len(town.city)) if at >= 0 else None


def _next_to(text: str, street: Street, places: list[Town]) -> Town | None:
    """Return the postcode that stands directly behind or before the street."""
    for town in places:
        if town.start >= street.end and _follows(text, street, town):
            return town
    for town in places:
        if town.end <= street.start and _GAP.fullmatch(text, town.end, street.start):
            return town
    return None


def _follows(text: str, street: Street, town: Town) -> bool:
    if _GAP.fullmatch(text, street.end, town.start):
        return True
    if town.start - street.end >= _NEAR or text.count("\n", street.end, town.start) > 1:
        return False
    between = CODE_WORD.sub("", text[street.end : town.start]).strip(" ,.;(\n")
    between = _PREPOSITION.sub("", between)
    return not between or city_at(between, 0, len(between)) is not None


def _bare_city(text: str, street: Street, town: Town | None) -> Span | None:
    """Return a town without postcode behind the street, or before it as Poles write."""
    behind = _CITY_BEHIND.match(text, street.end)
    if behind:
        start, end = behind.span("city")
        name = city_at(text, start, end)
        if name and ("\n" not in text[street.end : start] or is_town(name)):
            return start, start + len(name)
        if is_town(text[start:end]):
            return start, end
    inside = _city_in_sentence(text, street.end)
    if inside or (town is not None and town.city is not None):
        return inside
    return _city_before(text, street.start)


def _city_in_sentence(text: str, at: int) -> Span | None:
    """Return the town behind a street whose sentence goes on."""
    inside = _CITY_IN_SENTENCE.match(text, at)
    if not inside:
        return None
    start, end = inside.span("city")
    first = start + len(text[start:end].split(" ", maxsplit=1)[0])
    for stop in (end, first):
        told = inside["in"] and stop == first and city_at(text, start, stop)
        if told or is_town(text[start:stop]):
            return start, stop
    return None


def _city_before(text: str, at: int) -> Span | None:
    """Return the town before a street that begins here."""
    low = max(0, at - _NEAR)
    there = _LIVES_THERE.search(text, low, at)
    if there and city_at(text, *there.span("city")):
        return there.span("city")
    polish = _POLISH_PREFIX.match(text, at)
    before = _CITY_BEFORE.search(text[low:at])
    if before is None or not (before["comma"] or polish):
        return None
    start, end = low + before.start("city"), low + before.end("city")
    name = city_at(text, start, end)
    return (start, start + len(name)) if name and (is_town(name) or polish) else None
