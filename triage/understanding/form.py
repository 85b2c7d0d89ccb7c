"""Mails that a website's contact form generated, read as their fields.

A form is `Label: value` lines (also `Label<tab>value`, `*Label*`, a label on its own line with the
value below). It is taken for one when it comes from a form's address, or when its shape leaves no
doubt: it opens with labels, and there are enough of them. A person's mail with a few `Tel: ...`
lines at its end is not a form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from triage.understanding.model import Channel
from triage.understanding.parts import FREE_TEXT, FormField
from triage.understanding.phrases import compiled, phrase_file, phrases

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from triage.message.model import Message
    from triage.policy.model import Policy

PERSONAL = frozenset({"name", "first_name", "last_name", "email", "phone", "dossier_number"})
"""Keys of which a form asks at least two."""
_VAGUE = frozenset({"", "subject", "text"})
"""Keys of a label that what it has in brackets makes clearer: `Kontakt meg på (tlf)`."""
MOST_LINES = 400
"""Lines of a mail that are looked at; forms are short."""

_LONGEST_OLD = 4
"""Words of a label that may say of its value that it no longer holds."""
LEAST_WORDS_OF_TEXT = 5
"""Words that make a value under an unknown label a text."""

_LABEL = re.compile(
    r"[\s>*_=•·#|-]{0,6}(?P<label>\S[^:\t|\n]{0,70}?)[*_ ]{0,4}(?::|\t|\||=>|->|→)[*_]{0,2}"
)
_QUESTION = re.compile(r"[\s>*_=•·#|-]{0,6}(?P<label>\S[^:?\t|\n]{2,70}\?)\*{0,2}(?=\s|$)")
_LOOSE = re.compile(r"[\s>*_•·#|-]{0,6}(?P<label>\S[^:\t|\n]{0,70}?)(?:\s{2,}|\s*$)")
_DECORATION = re.compile(r"\([^()]{0,60}\)|\[[^\[\]]{0,60}\]")
_TICKED = re.compile(r"\[x\][^\[]*")
_WAY_WORD = re.compile(r"[\w-]+")
_WORD = re.compile(r"[\w']+")
_UNNAMED = re.compile(
    r"(?:pole|veld|felt|fält|feld|field|champ|input|item|question|vraag|nr) ?\d{1,3}|\d{0,3}"
)
"""A label that only counts: `pole_1 (Kto pisze)`."""
_INNER = re.compile(r"[(\[]([^()\[\]]{1,60})[)\]]")
_POSTAL = re.compile(r"[^\W\d]{3} \d.*\d{4}|[^\W\d]{3} \d.*\d\d-\d{3}")
"""A house number and a postcode: `Adres do odpowiedzi: Rynek 3 m. 1, 59-620 Gryfów`."""
_TICK = re.compile(r"\s*\[[xX✓ ]?\]")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A labelled line: its key and label, and where its value starts and its line ends."""

    key: str
    label: str
    line: int
    value: int
    end: int
    exact: bool
    """The label is nothing but a phrase of the list."""


_WORDS_OF_A_WAY = 3
_WORDS_OF_A_TOPIC = 3


def read_form(message: Message, policy: Policy) -> tuple[FormField, ...]:
    """Return the fields of the form in order, or none when the mail is not a form."""
    text = message.typed
    sent_by_form = _sent_by_form(message, policy)
    if not sent_by_form and text.count(":") + text.count("\t") + text.count("|") < 4:
        return ()
    entries = _without_prose(_topics(list(_entries(text, loose=sent_by_form)), text))
    if not _is_form(entries, text, sent_by_form=sent_by_form):
        return ()
    return _with_free_text(tuple(_fields(entries, text)))


def key_of(label: str) -> str | None:
    """Return the key of a form's label, "" for one without meaning to us, None if unknown."""
    found = _key(label)
    return found[0] if found else None


def is_blank(value: str) -> bool:
    """Whether a form's value says only that there is none ("-", "n.v.t.", "weet ik niet")."""
    return value.strip().casefold() in _blanks()


def _sent_by_form(message: Message, policy: Policy) -> bool:
    if message.sender is None:
        return False
    if message.sender.address.lower() in policy.form_senders:
        return True
    if compiled("form", "form_locals").match(message.sender.local):
        return True
    return bool(compiled("form", "form_words").search(message.sender.name))


def _is_form(entries: list[_Entry], text: str, *, sent_by_form: bool) -> bool:
    keys = {entry.key for entry in entries if entry.key}
    personal = len(keys & PERSONAL)
    if sent_by_form:
        return personal >= 1 and len(entries) >= 3 and len(keys) >= 2
    if len(keys) < 4 or personal < 2 or not keys & {"text", "subject", "wish"}:
        return False
    above = [line for line in text[: entries[0].line].splitlines() if line.strip()]
    return len(above) <= 2 and all(len(line) < 80 for line in above)


def _entries(text: str, *, loose: bool) -> Iterator[_Entry]:
    start = 0
    for _ in range(MOST_LINES):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        entry = _entry(text, start, end, loose=loose)
        if entry:
            yield entry
        if end == len(text):
            return
        start = end + 1


def _entry(text: str, start: int, end: int, *, loose: bool) -> _Entry | None:
    if _TICK.match(text, start, end):
        return _Entry("", text[start:end].strip(), start, end, end, exact=True)
    for pattern in (_LABEL, _QUESTION, _LOOSE) if loose else (_LABEL,):
        match = pattern.match(text, start, end)
        if not match:
            continue
        found = _key(match["label"])
        if not found and loose and pattern is _LABEL and len(_words(match["label"])) <= 10:
            found = "", match["label"].endswith("?")
        if found and (pattern is _LABEL or found[1]):
            colon = match.end()
            if pattern is _QUESTION and text[colon : colon + 1] == ":":
                colon += 1
            key = _by_value(found[0], text[colon:end])
            exact = found[1] or (key == "reply_channel" and _is_way(text[colon:end]))
            return _Entry(key, match["label"].strip("*_ "), start, colon, end, exact=exact)
    return None


def _is_way(value: str) -> bool:
    """Whether a value is nothing but a way to answer, as forms let one choose."""
    return len(value.split()) <= _WORDS_OF_A_WAY and way_of(value) is not None


def _by_value(key: str, value: str) -> str:
    """Return the key, mended by a value that can't be meant: a postal address is no e-mail's."""
    return "address" if key == "email" and "@" not in value and _POSTAL.search(value) else key


def _topics(entries: list[_Entry], text: str) -> list[_Entry]:
    """Take a label of a text for one of a subject where only a word or two are chosen under it.

    `Henvendelse: Betaling`, with the text itself under a label further down.
    """
    last = max((place for place, each in enumerate(entries) if each.key == "text"), default=0)
    return [
        replace(entry, key="subject")
        if entry.key == "text"
        and place < last
        and entries[place + 1].line <= entry.end + 1
        and len(text[entry.value : entry.end].split()) <= _WORDS_OF_A_TOPIC
        else entry
        for place, entry in enumerate(entries)
    ]


def _without_prose(entries: list[_Entry]) -> list[_Entry]:
    """Leave out lines of a free text that only look like labels.

    Inside a free text a line is a label when it is exactly one, and its key was not met before,
    or when it is one of those that forms put at their end (consent, attachments). A form may ask
    for the same twice, in other words: `Żądanie: usunięcie`, `Opis żądania: ...`.
    """
    kept: list[_Entry] = []
    met: set[str] = set()
    labels: set[str] = set()
    for entry in entries:
        inside = bool(met & {"text", "wish"})
        closing = not entry.key and compiled("form", "closing_labels").search(entry.label)
        otherwise = len(_words(entry.label)) > 1 and entry.label not in labels
        new = entry.exact and (entry.key not in met - {""} or otherwise)
        if inside and not closing and not new:
            continue
        kept.append(entry)
        met.add(entry.key)
        labels.add(entry.label)
    return kept


def _fields(entries: list[_Entry], text: str) -> Iterator[FormField]:
    for entry, following in zip(entries, [*entries[1:], None], strict=True):
        stop = following.line if following else len(text)
        if not entry.key and following is None:
            stop = entry.end
        raw = text[entry.value : stop]
        start = entry.value + len(raw) - len(raw.lstrip(" \t\n*_|:"))
        end = max(start, entry.value + len(raw.rstrip(" \t\n*_|")))
        yield FormField(entry.key, entry.label, text[start:end], start, end)


def _with_free_text(fields: tuple[FormField, ...]) -> tuple[FormField, ...]:
    """Take sentences under a label that we don't know for the free text, where no label says so."""
    if any(field.key in FREE_TEXT for field in fields):
        return fields
    return tuple(
        replace(field, key="text")
        if not field.key
        and key_of(field.label) is None
        and len(field.value.split()) >= LEAST_WORDS_OF_TEXT
        else field
        for field in fields
    )


def _key(label: str) -> tuple[str, bool] | None:
    """Return the key of a label, and whether the label is nothing but a phrase of the list."""
    words = _words(label)
    if len(words) <= _LONGEST_OLD and any(word.startswith(_old()) for word in words):
        return "", True
    inner = _INNER.search(label)
    if _UNNAMED.fullmatch(" ".join(words)):
        words = _words(inner[1]) if inner else _words(label.partition("(")[2].rstrip(") "))
        inner = None
    found = _key_of_words(words)
    if inner and (found is None or found[0] in _VAGUE):
        within = _key_of_words(_words(inner[1]))
        found = within if within and within[1] and within[0] in PERSONAL else found
    return found


def _key_of_words(words: list[str]) -> tuple[str, bool] | None:
    if not words or len(words) > 10:
        return None
    bare = [word for word in words if word not in _possessives()]
    if bare and bare != words and (found := _key_of_words(bare)) and found[1]:
        return found
    known, beginnings = _labels()
    if known.get(words[0]) == "subject":
        return "subject", True
    for size in range(len(words), 0, -1):
        for first in range(len(words) - size + 1):
            phrase = " ".join(words[first : first + size])
            key = known.get(phrase)
            if key is not None and (len(words) <= 3 or phrase not in _ambiguous()):
                return key, size == len(words)
    for beginning, key in beginnings:
        if any(word.startswith(beginning) for word in words):
            return key, False
    return None


def _words(label: str) -> list[str]:
    return _WORD.findall(_DECORATION.sub(" ", label).casefold().replace("_", " "))


@cache
def _labels() -> tuple[Mapping[str, str], tuple[tuple[str, str], ...]]:
    """Return the labels by their words, and the beginnings of single words."""
    known: dict[str, str] = {}
    beginnings: list[tuple[str, str]] = []
    for name in phrase_file("form")["labels"]:
        key = "" if name == "ignored" else name
        for phrase in phrase_file("form")["labels"][name]:
            words = " ".join(_words(phrase))
            if phrase.endswith("*"):
                beginnings.append((words, key))
            known.setdefault(words, key)
    return known, tuple(beginnings)


@cache
def _old() -> tuple[str, ...]:
    return phrases("form", "old")


@cache
def _possessives() -> frozenset[str]:
    return frozenset(phrases("form", "possessives"))


@cache
def _ambiguous() -> frozenset[str]:
    return frozenset(phrases("form", "ambiguous"))


def is_role(value: str) -> bool:
    """Whether a form's value for a person says only what sort they are ("osoba fizyczna")."""
    return value.strip().casefold() in frozenset(phrases("form", "roles"))


def way_of(value: str) -> Channel | None:
    """Return the way to reach someone that a field's value names: `Telefonisch`, `e-mailem`."""
    ticked = _TICKED.search(value.casefold())
    words = _WAY_WORD.findall(ticked.group() if ticked else value.casefold())
    for name, beginnings in phrase_file("form")["ways"].items():
        if any(word.startswith(tuple(beginnings)) for word in words):
            return Channel(name)
    return None


@cache
def _blanks() -> frozenset[str]:
    return frozenset({"", *phrases("form", "blank")})
