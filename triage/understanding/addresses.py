"""The sender's postal address: street with number, postcode and town, as typed.

A street and a postcode that stand together make an address. Which of several is the sender's
follows from the place (signature, letterhead), from the words before it ("my new address is",
"no longer at"), and from what the policy says of the agency's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from triage.understanding.address_parts import Read, addresses_in
from triage.understanding.form import is_blank
from triage.understanding.model import Evidence, Finding
from triage.understanding.parts import evidence
from triage.understanding.personal_names import Known, Name, is_firm
from triage.understanding.phrases import compiled, occurrences
from triage.understanding.towns import city_at, country_of, is_town, towns

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
LIVES_THERE = 0.65
"""Any street after "I live at"."""
LIKELY = 0.5

_PIECE = re.compile(r"(?:(?! - | – )[^,|/;()\n•·])+")
_FROM_TOWN = re.compile(
    r"\b(?:uit|te|z|ze|fra|frå|från|from|aus|in|w)\s"
    r"(?P<city>[A-ZÀ-ÞĀ-Ž][^\W\d]{1,30}(?:[ -][A-ZÀ-ÞĀ-Ž][^\W\d]{1,30}){0,3})\s*$"
)
_SIGNED_FROM = re.compile(
    r"[A-ZÀ-ÞĀ-Ž][\w'’-]+ [A-ZÀ-ÞĀ-Ž][\w'’-]+,? (?:uit|te|z|ze|fra|frå|från|from|aus|in|w|i|på) "
    r"(?P<city>[A-ZÀ-ÞĀ-Ž][^\W\d]{2,30}(?:[ -][A-ZÀ-ÞĀ-Ž][^\W\d]{1,30}){0,2})[ .!]*\Z"
)
"""The last words of a text: `hilsen Roy Arne i Øksnes`."""
_I_AM_FROM = re.compile(
    r"\b(?:ik ben|ik heet|mijn naam is|jestem|nazywam się|jeg er|eg er|jeg heter"
    r"|eg heiter|jag är|jag heter|my name is|i am|ich bin)"
    r" [A-ZÀ-Ž][\w'’-]+(?: [\w'’-]+){0,2} (?:uit|te|z|ze|fra|frå|från|from|aus) "
    r"(?P<city>[A-ZÀ-ÞĀ-Ž][^\W\d]{2,30}(?:[ -][A-ZÀ-ÞĀ-Ž][^\W\d]{1,30}){0,2})",
    re.IGNORECASE,
)
_LIVES_IN = re.compile(r"\s+([A-ZÀ-Ž][\w'’-]+(?:[ -][A-ZÀ-Ž][\w'’-]+){0,2})")
_THIRD_PERSON = re.compile(
    r"\b(?:hun|han|ho|hon|hij|zij|ona|she|he|som|który|która|die)\b[^.!?:\n]{0,30}\Z", re.IGNORECASE
)
"""`Hun er 19, bor i Mandal`: not the sender."""
_NAME_WORD = re.compile(r"[^\W\d_][^\W\d]+")
_STREET_WORD = re.compile(r"\S+")
_INITIAL = re.compile(r"(?:[A-ZÀ-ÞĀ-Ž]\.?){1,4}|van|de|den|der")
_INITIAL_BEFORE = re.compile(r"(?:^|\s)[A-ZÀ-ÞĀ-Ž]\.? \Z")
_BORN = re.compile(r"\b(?:geb|born|født|född|ur\b|urodz)", re.IGNORECASE)
_TOWN_JOIN = re.compile(
    r"\s(?:i|im|am|an|aan|op|bij|nad|upon|en)\s|Śl|Wlkp|Maz|Górn|Doln|Now[aey]|Star[aey]|Wielk|Mał"
)
_BETWEEN = re.compile(
    r"[\s:]*(?:[^\W\d_]{1,9}[\s,]+){0,3}"
    r"(?:[A-ZÀ-ÞĀ-Ž][\w'’-]+,?\s(?:op|na|przy|i|på|aan|in)\s(?:de )?)?"
)
"""Small words, and a town, between "I live" and the street."""
_WORDS_BEFORE = 70
MOST_OF_NAME = 4
"""Words before a street among which the sender's name may end."""


@dataclass(frozen=True, slots=True)
class Address:
    """What was read of one address; any part may be absent."""

    street: str | None
    postcode: str | None
    city: str | None
    country: str | None = None
    """ISO code where the postcode shows it."""

    @property
    def parts(self) -> int:
        """How many parts are given."""
        return sum(part is not None for part in (self.street, self.postcode, self.city))


def address_candidates(mail: Mail, layout: Layout) -> list[Finding[Address]]:
    """Return the addresses that the sender may have, each with its confidence and evidence."""
    from_form = _from_form(mail)
    if from_form:
        return [from_form]
    found = list(addresses_in(mail.typed))
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
    best = max(likely, key=_rank, default=None)
    if best is None:
        return None
    for other in sorted(likely, key=lambda each: -each.confidence):
        street, town = (best, other) if best.value.street else (other, best)
        if _complete_each_other(street.value, town.value):
            whole = replace(town.value, street=street.value.street)
            confidence = min(street.confidence, town.confidence)
            return Finding(whole, confidence, (*street.evidence, *town.evidence))
    return best


def _complete_each_other(street: Address, town: Address) -> bool:
    """Whether the one is a street and nothing else, the other a town without a street."""
    bare = street.street is not None and street.city is None and street.postcode is None
    return bare and town.street is None and town.city is not None


def _rank(each: Finding[Address]) -> float:
    return each.confidence + PER_PART * each.value.parts


def _from_form(mail: Mail) -> Finding[Address] | None:
    """Return the address of a form: each part from its own field, else from a joint one."""
    street, words = _street_of_form(mail)
    parts: dict[str, str | None] = {"street": street, "postcode": None, "city": None}
    for item in mail.fields("postcode", "city", "address", "street"):
        if is_blank(item.value):
            continue
        read = _parts_of(item)
        for part, value in read.items():
            if value and (parts[part] is None or (item.key == "street" and part == "street")):
                parts[part] = value
        if read:
            words = (*words, evidence(mail.typed, item.start, item.end, "form field"))
    address = Address(**parts)
    return Finding(address, FORM, words) if address.parts else None


def _parts_of(item: FormField) -> dict[str, str | None]:
    """Return what one field gives: "Postcode" may hold the town too, "Straat" the whole address."""
    value = item.value.strip()
    if item.key == "city":
        return {"city": value}
    read = next(iter(addresses_in(value)), None)
    if item.key == "postcode":
        town = next(iter(towns(value)), None)
        code = town.postcode if town and town.postcode else value
        return {"postcode": code, "city": town.city if town else None}
    if read is None:
        bare = item.key == "address" and len(value) < 40 and not any(map(str.isdigit, value))
        return {"city": value} if bare else {}
    if item.key == "street" and read.postcode is None:
        return {}
    return {
        "street": read.street_in(value),
        "postcode": read.postcode,
        "city": read.city_in(value),
    }


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


def _weighed(mail: Mail, layout: Layout, each: Read, found: list[Read]) -> Finding[Address] | None:
    """Return the address with the confidence that it is the sender's; None for the agency's."""
    text = mail.typed
    each = _without_name(text, each, Known.of(mail.message.sender))
    address = Address(each.street_in(text), each.postcode, each.city_in(text), each.country)
    if _agencys(mail, address):
        return None
    placed = _placed(layout, each)
    confidence = _by_place(address, sure=each.sure, placed=placed)
    if address.parts == 1 and placed and not each.sure and _alone(mail, layout, each):
        confidence = UNLISTED_TOWN
    new, ours, theirs = _said(text, each, found, placed=placed)
    if theirs >= max(ours, new, 0):
        confidence -= NOT_OURS
    elif new >= 0:
        confidence = min(0.97, confidence + 0.15)
    elif ours >= 0:
        confidence = min(max(confidence, 0.92), confidence + 0.1)
    if theirs < max(ours, new, 0) and address.street and _lives_there(text, each):
        confidence = max(confidence, LIVES_THERE)
    words = evidence(text, each.start, each.end, "address")
    return Finding(address, max(0.0, confidence), (words,))


def _without_name(text: str, each: Read, known: Known) -> Read:
    """Leave the sender's name out of the street behind it: `Jan Lis Kerkstraat 5`."""
    if each.street is None:
        return each
    start, end = each.street
    words = list(_STREET_WORD.finditer(text, start, end))
    numbered = next((at for at, word in enumerate(words) if word.group()[0].isdecimal()), 0)
    for count in range(min(MOST_OF_NAME, numbered - 1), 0, -1):
        before, last = words[max(0, count - 2) : count - 1], words[count - 1]
        initial = bool(_INITIAL_BEFORE.search(text, max(0, start - 4), start))
        named = all(known.shows(w.group()) or _INITIAL.fullmatch(w.group()) for w in before)
        if known.shows(last.group()) and named and (before or initial):
            street = (words[count].start(), end)
            return replace(each, street=street, start=max(each.start, min(street[0], each.end)))
    return each


def _by_place(address: Address, *, sure: bool, placed: bool) -> float:
    """How sure we are by what is given and where: in signature or letterhead, or in prose."""
    whole = address.street is not None and address.postcode is not None
    if address.parts == 1 and not (address.street and sure and placed):
        confidence = 0.7 if sure and (placed or address.street) else 0.3
    elif whole:
        confidence = WHOLE if placed else WHOLE_IN_PROSE
    else:
        confidence = PARTLY if placed else PARTLY_IN_PROSE
    listed = address.city is not None and is_town(address.city)
    if sure or (placed and (whole or listed)):
        return confidence
    return confidence - (0.15 if placed else 0.35)


def _alone(mail: Mail, layout: Layout, each: Read) -> bool:
    """Whether a name with a number is a whole piece under or behind the sender's name: a village.

    `Mieczysław Sołtys, Ochotnica Górna 210`.
    """
    text = mail.typed
    for line in layout.lines[slice(*layout.signature)]:
        if line.start <= each.start < line.end:
            before = text[line.start : each.start].rstrip()
            bounded = not before or before.endswith((",", "|", "-"))
            behind = text[each.end : line.end].strip(" .,;|")
            words = Name.of(text[each.start : each.end])
            capital = text[each.start].isupper()
            return (
                capital and bounded and not behind and not Known.of(mail.message.sender).has(words)
            )
    return False


def _placed(layout: Layout, each: Read) -> bool:
    """Whether the address stands in the signature or the letterhead."""
    if layout.in_signature(each.start):
        return True
    head = layout.lines[: layout.head]
    return any(line.start <= each.start < line.end for line in head)


def _said(text: str, each: Read, found: list[Read], *, placed: bool) -> tuple[int, int, int]:
    """Return where the last words end that say "new", "mine", "not mine" before it, each or -1."""
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


def _lives_there(text: str, each: Read) -> bool:
    """Whether "I live at" stands directly before the street, or with the town between."""
    before = text[max(0, each.start - 40) : each.start]
    cues = list(compiled("addresses", "live_at").finditer(before))
    between = before[cues[-1].end() :] if cues else "."
    return bool(_BETWEEN.fullmatch(between))


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
        spans = [match.span() for match in _PIECE.finditer(text, start, line.end)]
        pieces = [span for span in spans if any(map(str.isalpha, text[slice(*span)]))]
        for order, (low, high) in enumerate(pieces):
            name = city_at(text, low, high) if at or order else None
            if name and (is_town(name) or is_town(name.split("-")[0])):
                yield _town(mail, low, high, name, TOWN_ALONE - 0.01 * at)
                continue
            after = _FROM_TOWN.search(text, low, high)
            if after and not _BORN.search(text, low, high) and _is_place(mail, *after.span("city")):
                sure = TOWN_ALONE if is_town(after["city"]) else UNLISTED_TOWN
                yield _town(mail, *after.span("city"), after["city"], sure - 0.05)
            elif name and _under_name(text, pieces, at) and _may_be_town(mail, name):
                yield _town(mail, low, high, name, UNLISTED_TOWN)
        behind = _behind_name(mail, start, line.end)
        if behind:
            yield _town(mail, *behind, text[slice(*behind)], LIVES_IN)
    yield from _lives_in(mail)


def _under_name(text: str, pieces: list[tuple[int, int]], at: int) -> bool:
    """Whether a line's town would stand by itself behind or under the sender's name.

    Numbers are not counted: `Kobierzyce, tel. 607 355 091`.
    """
    words = sum(not any(map(str.isdigit, text[slice(*span)])) for span in pieces)
    return at <= 1 and words == 2 - at


def _lives_in(mail: Mail) -> Iterator[Finding[Address]]:
    """Yield towns by the name in the last words, and after "I am X from" and "I live in"."""
    text = mail.typed
    signed = _SIGNED_FROM.search(text, max(0, len(text) - 90))
    for match in (signed, _I_AM_FROM.search(text)):
        if match and match["city"][0].isupper() and city_at(text, *match.span("city")):
            sure = LIVES_IN if is_town(match["city"]) else UNLISTED_TOWN
            yield _town(mail, *match.span("city"), match["city"], sure)
    for match in occurrences("addresses", "live_in", text):
        city = _LIVES_IN.match(text, match.end())
        of_another = _THIRD_PERSON.search(text, max(0, match.start() - 40), match.start())
        if city and is_town(city[1]) and not of_another:
            yield _town(mail, city.start(1), city.end(1), city[1], LIVES_IN)


def _behind_name(mail: Mail, start: int, end: int) -> tuple[int, int] | None:
    """Return the listed town directly behind the sender's name: `Roelof Veldkamp Meppel`."""
    known = Known.of(mail.message.sender)
    words = list(_NAME_WORD.finditer(mail.typed, start, end))
    for before, name, town in zip(words, words[1:], words[2:], strict=False):
        if known.shows(name.group()) and known.shows(before.group()) and is_town(town.group()):
            return None if known.shows(town.group()) else town.span()
    return None


def _is_place(mail: Mail, start: int, end: int) -> bool:
    """Whether what follows "from" is a place: `God jul fra Rakel Bjørgo` names the sender."""
    name = city_at(mail.typed, start, end)
    if name is None:
        return False
    return is_town(name) or not Known.of(mail.message.sender).has(Name.of(name))


def _may_be_town(mail: Mail, name: str) -> bool:
    """Whether an unlisted name under the sender's is not a person's or a firm's."""
    words = name.split()
    if Known.of(mail.message.sender).has(Name.of(name)) or (
        len(words) > 1 and not _TOWN_JOIN.search(name)
    ):
        return False
    return not name.isupper() and not is_firm(name)


def _town(mail: Mail, start: int, end: int, name: str, confidence: float) -> Finding[Address]:
    words = evidence(mail.typed, start, end, "town alone")
    return Finding(Address(None, None, name, country_of(name)), confidence, (words,))
