"""The sender's postal address: street with number, postcode and town, as typed.

A street and a postcode that stand together make an address. Which of several is the sender's
follows from the place (signature, letterhead), from the words before it ("my new address is",
"no longer at"), and from what the policy says of the agency's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from triage.understanding.form import is_blank
from triage.understanding.model import Evidence, Finding
from triage.understanding.names import Known, Name, is_firm
from triage.understanding.parts import evidence
from triage.understanding.phrases import compiled, occurrences
from triage.understanding.streets import Street, streets
from triage.understanding.towns import STRONG, Town, city_at, is_town, towns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from triage.understanding.layout import Layout
    from triage.understanding.parts import FormField, Mail

FORM = 0.98
WHOLE = 0.95
"""Street, postcode and town together, in signature or letterhead or after "my address is"."""
WHOLE_IN_PROSE = 0.88
PARTLY = 0.9
"""Street and town, or postcode and town, in the signature."""
PARTLY_IN_PROSE = 0.75
TOWN_ALONE = 0.9
"""A listed town alone, by the name in the signature."""
UNLISTED_TOWN = 0.62
LIVES_IN = 0.65
"""A listed town after "I live in", in prose."""
NOT_OURS = 0.6
"""What it costs when the words before say that it is old, or somebody else's."""
PER_PART = 0.06
"""What each part more is worth when two addresses vie."""
LIKELY = 0.5

_GAP = re.compile(r"[\s,.;|/•·–-]{0,4}(?:\n[\s>]{0,3})?(?:te |in |w |i |på |à )?")
_PIECE = re.compile(r"(?:(?! - | – )[^,|/;()\n•·])+")
_FROM_TOWN = re.compile(
    r"\b(?:uit|te|z|ze|fra|frå|från|from|aus|in|w)\s(?P<city>[A-ZÀ-ÞĀ-Ž][^\W\d]+(?:[ -][A-ZÀ-ÞĀ-Ž][^\W\d]+)*)\s*$"
)
_BORN = re.compile(r"\b(?:geb|born|født|född|ur\b|urodz)", re.IGNORECASE)
_TOWN_JOIN = re.compile(
    r"\s(?:i|im|am|an|aan|op|bij|nad|upon)\s|Śl|Wlkp|Maz|Górn|Doln|Now[aey]|Star[aey]|Wielk|Mał"
)
_WORDS_BEFORE = 70


@dataclass(frozen=True, slots=True)
class Address:
    """What was read of one address; any part may be absent."""

    street: str | None
    postcode: str | None
    city: str | None

    @property
    def parts(self) -> int:
        """How many parts are given."""
        return sum(part is not None for part in (self.street, self.postcode, self.city))


@dataclass(frozen=True, slots=True)
class _Found:
    street: tuple[int, int] | None
    postcode: str | None
    city: tuple[int, int] | None
    start: int
    end: int
    sure: bool
    """The street has a street word, or the postcode looks like nothing else."""


def address_candidates(mail: Mail, layout: Layout) -> list[Finding[Address]]:
    """Return the addresses that the sender may have, each with its confidence and evidence."""
    from_form = _from_form(mail)
    if from_form:
        return [from_form]
    found = list(_assembled(mail.typed))
    if mail.form:
        found = [each for each in found if mail.in_prose(each.start)]
    candidates = [
        finding for each in found if (finding := _weighed(mail, layout, each, found)) is not None
    ]
    if not mail.form:
        candidates.extend(_town_alone(mail, layout))
    return candidates


def best_address(candidates: Iterable[Finding[Address]]) -> Finding[Address] | None:
    """Return the likeliest address; a street without a town is completed from a town alone."""
    likely = [each for each in candidates if each.confidence >= LIKELY]
    best = max(likely, key=lambda each: each.confidence + PER_PART * each.value.parts, default=None)
    if best is None or best.value.city is not None:
        return best
    for other in sorted(likely, key=lambda each: -each.confidence):
        if other.value.street is None and other.value.city is not None and not best.value.postcode:
            whole = Address(best.value.street, other.value.postcode, other.value.city)
            return Finding(
                whole, min(best.confidence, other.confidence), (*best.evidence, *other.evidence)
            )
    return best


def _from_form(mail: Mail) -> Finding[Address] | None:
    street, words = _street_of_form(mail)
    postcode = city = None
    for item in mail.fields("address", "postcode", "city", "street"):
        if is_blank(item.value):
            continue
        read = next(iter(_assembled(item.value)), None)
        if item.key == "postcode":
            town = next(iter(towns(item.value)), None)
            postcode = town.postcode if town and town.postcode else item.value.strip()
            city = city or (town.city if town else None)
        elif item.key == "city":
            city = item.value.strip()
        elif item.key == "address":
            street = street or (item.value[slice(*read.street)] if read and read.street else None)
            postcode = postcode or (read.postcode if read else None)
            if read and read.city:
                city = city or item.value[slice(*read.city)]
            if not read and not any(map(str.isdigit, item.value)) and len(item.value) < 40:
                city = city or item.value.strip()
        elif read and read.postcode:
            street = item.value[slice(*read.street)] if read.street else street
            postcode, city = read.postcode, item.value[slice(*read.city)] if read.city else None
        else:
            continue
        words = (*words, evidence(mail.typed, item.start, item.end, "form field"))
    address = Address(street, postcode, city)
    return Finding(address, FORM, words) if address.parts else None


def _street_of_form(mail: Mail) -> tuple[str | None, tuple[Evidence, ...]]:
    """Return the street with number from separate fields."""
    parts: list[FormField] = [
        item
        for key in ("street", "house_number", "flat")
        for item in mail.fields(key)[:1]
        if not is_blank(item.value)
    ]
    if not parts or parts[0].key != "street":
        return None, ()
    words = tuple(evidence(mail.typed, item.start, item.end, "form field") for item in parts)
    return " ".join(item.value.strip() for item in parts), words


def _assembled(text: str) -> Iterator[_Found]:
    """Yield the addresses of a text: streets and postcodes that stand together, then the rest."""
    places = [town for town in towns(text)]
    lines = streets(text)
    used: set[Town] = set()
    for street in lines:
        if any(town.postcode and town.start <= street.start < town.end for town in places):
            continue
        town = _next_to(text, street, places)
        if town:
            used.add(town)
        city = _city_span(text, town) if town else None
        if not city:
            city = _bare_city(text, street, town)
        if not city and town and town.country == "PL" and not street.strong:
            village = re.match(r"\D+(?=\s\d)", street.text)
            city = (street.start, street.start + village.end()) if village else None
        start = min(street.start, town.start if town else street.start)
        end = max(street.end, town.end if town else street.end, city[1] if city else 0)
        sure = street.strong or bool(town and town.country in STRONG)
        postcode = town.postcode if town else None
        yield _Found((street.start, street.end), postcode, city, start, end, sure)
    for town in places:
        if town not in used:
            yield _Found(
                None,
                town.postcode,
                _city_span(text, town),
                town.start,
                town.end,
                town.country in STRONG,
            )


def _city_span(text: str, town: Town) -> tuple[int, int] | None:
    if town.city is None:
        return None
    at = text.find(town.city, town.start, town.end)
    return (at, at + len(town.city)) if at >= 0 else None


def _next_to(text: str, street: Street, places: list[Town]) -> Town | None:
    """Return the postcode that stands directly behind or before the street."""
    for town in places:
        if town.start >= street.end and _GAP.fullmatch(text, street.end, town.start):
            return town
        if town.start >= street.end and town.start - street.end < 40:
            between = text[street.end : town.start].strip(" ,\n")
            if city_at(between, 0, len(between)) and text.count("\n", street.end, town.start) <= 1:
                return town
    for town in places:
        if town.end <= street.start and _GAP.fullmatch(text, town.end, street.start):
            return town
    return None


def _bare_city(text: str, street: Street, town: Town | None) -> tuple[int, int] | None:
    """Return a town without postcode behind the street, or before it as Poles write."""
    after = re.compile(
        r"(?:[ \t]*[,|–/-]?[ \t]*\n?[ \t]*(?:te |in |w |i |på )?)(?P<city>[^\W\d][^\n,;|:()\d–]{1,30}?)"
        r"(?=\s*(?:$|[\n,;|()–]|\.(?:\s|$)|\s-\s|\s\d|\skod\b))"
    ).match(text, street.end)
    if after:
        start, end = after.span("city")
        name = city_at(text, start, end)
        close = "\n" not in text[street.end : start]
        if name and (close or is_town(name)):
            return start, start + len(name)
        if is_town(text[start:end]):
            return start, end
    before = re.search(
        r"(?:^|[\n,;:|]|\b(?:w|z|i|te)\s)\s*([^\W\d][^\n,;:|]{1,30}?)\s*,\s*$",
        text[max(0, street.start - 40) : street.start],
    )
    if before and (town is None or town.city is None):
        low = max(0, street.start - 40)
        start, end = low + before.start(1), low + before.end(1)
        name = city_at(text, start, end)
        if (
            name
            and is_town(name)
            or (name and text[street.start : street.start + 2].lower() in {"ul", "al", "os", "pl"})
        ):
            return start, start + len(name)
    return None


def _weighed(
    mail: Mail, layout: Layout, each: _Found, found: list[_Found]
) -> Finding[Address] | None:
    """Return the address with the confidence that it is the sender's; None for the agency's."""
    text = mail.typed
    address = Address(
        text[slice(*each.street)].strip() if each.street else None,
        each.postcode,
        text[slice(*each.city)] if each.city else None,
    )
    if _agencys(mail, address):
        return None
    placed = _placed(mail, layout, each)
    whole = address.street is not None and address.postcode is not None
    if address.parts == 1 and not (address.street and each.sure and placed):
        confidence = 0.7 if each.sure and (placed or address.street) else 0.3
    elif whole:
        confidence = WHOLE if placed else WHOLE_IN_PROSE
    else:
        confidence = PARTLY if placed else PARTLY_IN_PROSE
    listed = address.city is not None and is_town(address.city)
    if not each.sure and not (whole and placed) and not (listed and placed):
        confidence -= 0.15 if placed else 0.35
    new, ours, theirs = _said(text, each, found, placed=placed)
    if theirs > max(ours, new):
        confidence -= NOT_OURS
    elif new >= 0:
        confidence = min(0.97, confidence + 0.15)
    elif ours >= 0:
        confidence = min(max(confidence, 0.92), confidence + 0.1)
    words = evidence(text, each.start, each.end, "address")
    return Finding(address, max(0.0, confidence), (words,))


def _placed(mail: Mail, layout: Layout, each: _Found) -> bool:
    """Whether the address stands in the signature or the letterhead."""
    if layout.in_signature(each.start):
        return True
    head = layout.lines[: layout.head]
    return any(line.start <= each.start < line.end for line in head)


def _said(text: str, each: _Found, found: list[_Found], *, placed: bool) -> tuple[int, int, int]:
    """Return where the last words end that say "new", "mine" and "not mine" before it, each or -1."""
    low = max(0, each.start - _WORDS_BEFORE)
    for other in found:
        if low < other.end <= each.start and other is not each:
            low = other.end
    before = text[low : each.start]
    blank = before.rfind("\n\n")
    before = before[blank + 2 :] if blank >= 0 and before[blank:].strip() else before
    return (
        _last(before, "new"),
        _last(before, "ours", "now"),
        _last(before, "not_ours") if placed else _last(before, "not_ours", "offices"),
    )


def _last(text: str, *keys: str) -> int:
    return max((match.end() for match in compiled("addresses", *keys).finditer(text)), default=-1)


def _agencys(mail: Mail, address: Address) -> bool:
    agency = mail.policy.agency
    if address.postcode and address.postcode.replace(" ", "").upper() in agency.postcodes:
        return True
    street = (address.street or "").casefold()
    return bool(street) and street in agency.postal_address.casefold()


def _town_alone(mail: Mail, layout: Layout) -> Iterator[Finding[Address]]:
    """Yield towns that stand alone: in the signature, or after "I live in"."""
    text = mail.typed
    first, last = layout.signature
    for at, line in enumerate(layout.lines[first:last]):
        start = max(line.start, layout.closing_end) if at == 0 else line.start
        pieces = [match.span() for match in _PIECE.finditer(text, start, line.end)]
        for order, (low, high) in enumerate(pieces):
            name = city_at(text, low, high) if at or order else None
            after = _FROM_TOWN.search(text, low, high)
            if name and (is_town(name) or is_town(name.split("-")[0])):
                yield _town(mail, low, high, name, TOWN_ALONE - 0.01 * at)
            elif after and not _BORN.search(text, low, high) and city_at(text, *after.span("city")):
                sure = TOWN_ALONE if is_town(after["city"]) else UNLISTED_TOWN
                yield _town(mail, *after.span("city"), after["city"], sure - 0.05)
            elif name and at <= 1 and len(pieces) == 2 - at and _may_be_town(mail, name):
                yield _town(mail, low, high, name, UNLISTED_TOWN)
    for match in occurrences("addresses", "live_in", text):
        city = re.compile(r"\s+([A-ZÀ-Ž][\w'’-]+(?:[ -][A-ZÀ-Ž][\w'’-]+){0,2})").match(
            text, match.end()
        )
        if city and is_town(city[1]):
            yield _town(mail, city.start(1), city.end(1), city[1], LIVES_IN)


def _may_be_town(mail: Mail, name: str) -> bool:
    """Whether an unlisted name under the sender's is not a person's or a firm's."""
    words = name.split()
    if Known.of(mail).has(Name.of(name)) or (len(words) > 1 and not _TOWN_JOIN.search(name)):
        return False
    return not name.isupper() and not is_firm(name)


def _town(mail: Mail, start: int, end: int, name: str, confidence: float) -> Finding[Address]:
    words = evidence(mail.typed, start, end, "town alone")
    return Finding(Address(None, None, name), confidence, (words,))
