"""A written power of attorney held against the list of what it must contain.

Alektum Norway: "må den inneholde navn og fødselsdato på debitor og fullmaktshaver,
kontaktopplysninger til fullmaktshaver, informasjon om hva fullmakten gjelder med eventuelle
begrensninger og hvor lenge den skal gjelde. I tillegg må fullmakten dateres og signeres av den som
gir fullmakten."

Read are the typed text and the text of attached documents. Whose a birth date or a phone number is,
the person named last before it says. A signature cannot be seen in a text, nor anything in a scan:
there a person must look, and the sender is not asked for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING

import phonenumbers
from stdnum.no import fodselsnummer

from triage.understanding.dates import Form, Found, dates
from triage.understanding.personal_names import Known, Name, leading_name
from triage.understanding.phrases import compiled, occurrences

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from triage.message.model import Attachment, Message
    from triage.policy.model import Policy
    from triage.understanding.model import Reading


class Content(StrEnum):
    """What a written power of attorney must contain, in the procedure's order."""

    DEBTOR_NAME = "debtor_name"
    DEBTOR_BIRTH = "debtor_birth"
    PROXY_NAME = "proxy_name"
    PROXY_BIRTH = "proxy_birth"
    PROXY_CONTACT = "proxy_contact"
    SCOPE = "scope"
    DURATION = "duration"
    DATED = "dated"
    SIGNED = "signed"


class Status(StrEnum):
    """What the check says of one content."""

    FOUND = "found"
    LOOK = "look"
    """A text cannot tell: a person must look. The sender is not asked for it."""
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Item:
    """One content, and where it was found."""

    content: Content
    status: Status
    words: str = ""
    """As they stand there, on one line; not masked."""
    where: str = ""
    """`the mail`, or the name of the document."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """What a mail brings of a power of attorney."""

    items: tuple[Item, ...] = ()
    """All contents in their order; empty where the mail brings none."""

    @property
    def missing(self) -> tuple[Content, ...]:
        """What the sender is to be asked for."""
        return tuple(i.content for i in self.items if i.status is Status.NOT_FOUND)


@dataclass(frozen=True, slots=True)
class _Text:
    """One text that may hold it."""

    text: str
    where: str
    document: bool


@dataclass(frozen=True, slots=True)
class _Person:
    """A person named in a text, and in which part."""

    at: int
    debtor: bool
    name: str


LONGEST = 8_000
"""Characters of one text that are looked at: a power of attorney is a page or two."""
_MOST = 12
"""Places of one kind, and mentions of one person, that are looked at: a text may be hostile."""
_WORDS = 200
_REACH = 160
"""Characters behind a word such as "fullmektig" in which the name stands."""
_RIGHT_BEHIND = 4
_NEAR = 40
_OLDEST, _YOUNGEST = 112, 14
_PICTURE = re.compile(r"(?i)^image/|\.(?:jpe?g|png|tiff?|heic|gif|bmp)$")
_PAGES = re.compile(r"(?i)^application/pdf|\.(?:pdf|docx?|odt)$")
_SMALLEST_SCAN = 40_000
"""Bytes; the logo in a signature has fewer, a photographed page more."""
_CAPITAL = re.compile(r"(?<!\w)[A-ZÀ-ÞĀ-Ž]")
_ID = re.compile(r"(?<!\d)\d{6} ?\d{5}(?!\d)")
_MAILBOX = re.compile(r"[\w.+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}")
_POSTCODE = re.compile(r"(?<!\d)\d{4}\s[A-ZÆØÅ][a-zæøå]+")
_BLANK = re.compile(r"[\s_.…:·\-–—]*")
_BIRTHS = 8
_LONG_AGO = 10
"""Years within which a power that is still used was written."""
_OPENING_LINE = re.compile(
    r"\A\W{0,20}(?:fullmakt|fuldmagt|volmacht|pełnomocnictwo|vollmacht)\s*\n", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[?!])|\.\s|\n\n")
_CLOSING = 250
"""Characters at the end of a document among which the giver's name stands for the signature."""


def read_proxy(message: Message, reading: Reading, policy: Policy, written: date) -> Proxy:
    """Return what the mail brings of a power of attorney; nothing where it only speaks of one.

    `reading` is what was read of the mail, `written` the day on which it was written.
    """
    texts = [
        _Text(each.text[:LONGEST], _title(each), document=True)
        for each in message.attachments
        if compiled("proxy", "power").search(each.text[:LONGEST])
    ]
    scans = any(_is_scan(each) for each in message.attachments)
    typed = _Text(message.typed[:LONGEST], "the mail", document=False)
    if _is_power(typed.text) or texts or scans:
        texts.append(typed)
    if not texts:
        return Proxy()
    found: dict[Content, Item] = {}
    for text in texts:
        for item in _read(text, reading, policy, written):
            known = found.get(item.content)
            if known is None or (known.status is Status.LOOK and item.status is Status.FOUND):
                found[item.content] = item
    # What is not in the texts may be in the scan.
    absent = Status.LOOK if scans else Status.NOT_FOUND
    return Proxy(tuple(found.get(each, Item(each, absent)) for each in Content))


def _is_scan(document: Attachment) -> bool:
    """Whether it may be a page whose text cannot be read, and not the picture in a signature."""
    if document.text.strip():
        return False
    if _PICTURE.search(document.content_type) or _PICTURE.search(document.filename):
        return document.size >= _SMALLEST_SCAN
    return bool(_PAGES.search(document.content_type) or _PAGES.search(document.filename))


def _title(document: Attachment) -> str:
    return " ".join(document.filename.split()) or "a document"


def _is_power(text: str) -> bool:
    """Whether a power is given in this text, not only spoken of."""
    if not compiled("proxy", "power").search(text):
        return False
    labels = all(compiled("proxy", key).search(text) for key in ("debtor", "proxy"))
    given = any(
        _named(text, grant.end(), _REACH) and "?" not in _SENTENCE.split(text[grant.end() :], 1)[0]
        for grant in islice(compiled("proxy", "grant").finditer(text), _MOST)
    )
    return given or labels or bool(_OPENING_LINE.match(text))


def _read(text: _Text, reading: Reading, policy: Policy, written: date) -> Iterator[Item]:
    fields = reading.fields
    people = _people(text.text)
    by_proxy = bool(compiled("proxy", "on_behalf").search(text.text)) and not text.document
    if fields.name and not text.document and by_proxy:
        people = _with(people, _Person(len(text.text), debtor=False, name=fields.name.value))
    for debtor, content in ((True, Content.DEBTOR_NAME), (False, Content.PROXY_NAME)):
        named = next((each for each in people if each.debtor is debtor and each.name), None)
        if named:
            yield _item(content, text, named.name)
    languages = dict.fromkeys((policy.home_language, reading.language.value, "en"))
    found = [day for each in languages for day in dates(text.text, written, each)]
    births = list(_births(text.text, written, found))
    for start, end in births:
        whose = _whose(people, start)
        if whose is not None:
            content = Content.DEBTOR_BIRTH if whose.debtor else Content.PROXY_BIRTH
            yield _item(content, text, text.text[start:end])
    taken = [*births, *((each.start, each.end) for each in found)]
    for start, end in _contacts(text.text, policy, taken):
        whose = _whose(people, start)
        if whose is not None and not whose.debtor:
            yield _item(Content.PROXY_CONTACT, text, text.text[start:end])
    if by_proxy and (fields.phones or fields.street):
        given = fields.phones[0] if fields.phones else fields.street
        yield _item(Content.PROXY_CONTACT, text, given.value if given else "")
    yield from _terms(text)
    yield from _dated(text, found, written, births)
    yield from _signature(text, people)


def _people(text: str) -> list[_Person]:
    """Return who is named as the one who gives it and the one who gets it, in order.

    Once a name is known, the first name alone names that person, too.
    """
    found: list[_Person] = []
    for key, debtor, reach in (
        ("debtor", True, _REACH),
        ("on_behalf", True, _REACH),
        ("self", True, _RIGHT_BEHIND),
        ("proxy", False, _REACH),
        ("grant", False, _REACH),
    ):
        for mark in islice(compiled("proxy", key).finditer(text), _MOST):
            label = key in {"debtor", "proxy"}
            named = _named(text, mark.end(), reach)
            if named is not None:
                found.append(_Person(mark.start() if label else named[1], debtor, named[0].text))
            elif label:
                found.append(_Person(mark.start(), debtor, ""))
    people = sorted(found, key=lambda each: each.at)
    givers = {each.name for each in people if each.debtor and each.name}
    people = [each for each in people if each.debtor or each.name not in givers]
    for person in {(each.name, each.debtor): each for each in people if each.name}.values():
        first = person.name.split()[0]
        if first.istitle():
            mentions = re.finditer(rf"(?<!\w){re.escape(first)}(?!\w)", text)
            for again in islice(mentions, _MOST):
                people = _with(people, replace(person, at=again.start()))
    return people


def _with(people: list[_Person], person: _Person) -> list[_Person]:
    if any(each.at == person.at for each in people):
        return people
    return sorted((*people, person), key=lambda each: each.at)


def _named(text: str, start: int, reach: int) -> tuple[Name, int] | None:
    """Return the first full name behind a place and where it stands."""
    stretch = text[start : start + reach + 60].split("\n\n", maxsplit=1)[0]
    for capital in _CAPITAL.finditer(stretch):
        if capital.start() > reach:
            return None
        name = leading_name(stretch[capital.start() :].split("\n")[0], Known(frozenset(), ""))
        if name is not None and name.full and all(word[:1].isupper() for word in name.words[:1]):
            return name, start + capital.start()
    return None


def _whose(people: list[_Person], at: int) -> _Person | None:
    """Return who was named last before a place."""
    before = [each for each in people if each.at <= at]
    return before[-1] if before else None


def _births(text: str, written: date, found: list[Found]) -> Iterator[tuple[int, int]]:
    """Yield where dates of birth stand: behind their label, or inside a national number."""
    for label in islice(occurrences("identity", "born", text), _BIRTHS):
        for day in found:
            age = written.year - day.day.year
            behind = 0 <= day.start - label.end() <= _NEAR
            if behind and _is_whole(day) and _YOUNGEST <= age <= _OLDEST:
                yield day.start, day.end
                break
    for number in _ID.finditer(text):
        if fodselsnummer.is_valid(number.group().replace(" ", "")):
            yield number.span()


def _is_whole(day: Found) -> bool:
    """Whether day, month and year are written."""
    return day.form in {Form.ABSOLUTE, Form.NUMERIC} and day.year_given and not day.whole_month


def _contacts(text: str, policy: Policy, taken: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield where phone numbers, e-mail addresses and postcodes with a town stand."""
    for match in phonenumbers.PhoneNumberMatcher(text, policy.calendar.country):
        number = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
        if number not in policy.agency.phones and not _inside(match.start, match.end, taken):
            yield match.start, match.end
    for mailbox in _MAILBOX.finditer(text):
        if mailbox.group().rpartition("@")[2].lower() not in policy.agency.domains:
            yield mailbox.span()
    for town in _POSTCODE.finditer(text):
        if not _inside(*town.span(), taken):
            yield town.span()


def _inside(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    return any(low < end and start < high for low, high in taken)


def _terms(text: _Text) -> Iterator[Item]:
    """Yield what it covers and how long it holds."""
    for key, content in (("scope", Content.SCOPE), ("duration", Content.DURATION)):
        for mark in compiled("proxy", key).finditer(text.text):
            line = text.text[mark.start() :].split("\n")[0]
            if _is_filled(text.text, mark.end()):
                yield _item(content, text, line)
                break


def _dated(
    text: _Text, found: list[Found], written: date, births: list[tuple[int, int]]
) -> Iterator[Item]:
    """Yield the day on which it was written: no birth date, and none until which it holds."""
    born = {start for start, _ in births}
    for day in found:
        before = text.text[max(0, day.start - _NEAR) : day.start].rstrip(" :.")
        ends = any(m.end() >= len(before) for m in compiled("proxy", "until").finditer(before))
        recent = abs(written.year - day.day.year) <= _LONG_AGO and day.day <= written
        if _is_whole(day) and recent and not ends and day.start not in born:
            yield _item(Content.DATED, text, text.text[day.start : day.end])
            break


def _signature(text: _Text, people: list[_Person]) -> Iterator[Item]:
    """Yield the signature; of anything but an electronic one a text is no proof."""
    electronic = compiled("proxy", "electronic").search(text.text) if text.document else None
    if electronic:
        yield _item(Content.SIGNED, text, text.text[electronic.start() :].split("\n")[0])
        return
    mark = next(iter(compiled("proxy", "signature").finditer(text.text)), None)
    if mark is not None:
        line = text.text[mark.start() :].split("\n")[0]
        yield replace(_item(Content.SIGNED, text, line), status=Status.LOOK)
    elif text.document:
        end = text.text[-_CLOSING:]
        name = next((p.name for p in people if p.debtor and p.name and p.name in end), "")
        yield replace(_item(Content.SIGNED, text, name), status=Status.LOOK)


def _is_filled(text: str, at: int) -> bool:
    """Whether anything stands behind a label: not "Varighet: ______"."""
    line, _, below = text[at:].partition("\n")
    below = below.partition("\n")[0]
    return not _BLANK.fullmatch(line) or not (":" in below or _BLANK.fullmatch(below))


def _item(content: Content, text: _Text, words: str) -> Item:
    return Item(content, Status.FOUND, " ".join(words.split())[:_WORDS], text.where)
