"""mail-parser, the first reader; the only module that imports it.

It reads sound ordinary mails. A mail is left to our own walk (`walk`) when it is of a kind that the
library is known to damage or to be slow on (see `is_ordinary`), or when the outcome shows damage.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Any, Final

import mailparser

from triage.message.headers import Headers
from triage.message.model import Address
from triage.message.parts import Part, describe

logging.getLogger("mailparser").setLevel(logging.CRITICAL)  # what it warns of goes into `damage`

MAX_ORDINARY: Final = 262_144
"""Bytes; larger mails are mostly attachments, which our own walk finds without copying them."""
_MAX_ENCODED: Final = 24_576
"""Bytes of a mail that holds base64, so that its text can't be weighed without decoding it."""
_MAX_ACCENTS: Final = 20_000
"""Bytes beyond ASCII, plain or quoted-printable. The library composes accents in a time that grows
with the square of their number: 100,000 of them on one letter take 17 seconds."""
_BEYOND_ASCII: Final = bytes(range(0x80, 0x100))
_MAX_HEADER_BYTES: Final = 32_768
_MAX_FIELD: Final = 4_096
_MAX_FIELDS: Final = 150
_MAX_PARTS: Final = 40
_MAX_DASHED: Final = 200
"""Lines that begin with `--`, as the delimiters of parts do."""
_ODD: Final = re.compile(
    rb"\x00|\r(?!\n)|^[ \t]*content-type[ \t]*:[ \t]*message/", re.IGNORECASE | re.MULTILINE
)
_FOLDED_WORD: Final = re.compile(rb"\?=[ \t]*\r?\n[ \t]+(?!=\?)")
_LEFTOVER: Final = re.compile(r"=\?[^?\s]{1,60}\?[bq]\?|[\ufffd\ud800-\udfff]", re.IGNORECASE)
_ADDRESSES: Final = ("from", "to", "cc", "reply-to")
_ONCE: Final = (*_ADDRESSES, "subject", "date", "content-type", "mime-version")


@dataclass(frozen=True, slots=True)
class Letter:
    """What mail-parser makes of a sound mail."""

    subject: str
    sender: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    root: Part


def is_ordinary(raw: bytes, headers: Headers, body: int) -> bool:
    """Whether a mail is of the kind that mail-parser reads well, by cheap signs.

    Not: large or with many parts, much text beyond ASCII, long or many headers (a To of a megabyte
    takes a second), attached mails (their text would count as typed), 8-bit headers (become lone
    surrogates or get lost), doubled headers (become lists), group syntax (comes out empty), an
    encoded word before a fold (the blank after it gets lost), NUL and lone CR.
    """
    return (
        len(raw) <= MAX_ORDINARY
        and body <= _MAX_HEADER_BYTES
        and _has_plain_headers(headers)
        and _is_light(raw)
        and _FOLDED_WORD.search(raw, 0, body) is None
        and _ODD.search(raw) is None
    )


def _has_plain_headers(headers: Headers) -> bool:
    """Whether there are few headers, each short, ASCII, and once."""
    if len(headers.fields) > _MAX_FIELDS:
        return False
    if any(len(value) > _MAX_FIELD or not value.isascii() for _, value in headers.fields):
        return False
    if any(len(headers.raw(name)) > 1 for name in _ONCE):
        return False
    return not any(";" in value for name in _ADDRESSES for value in headers.raw(name))


def _is_light(raw: bytes) -> bool:
    """Whether there are few parts and little text beyond ASCII."""
    lower = raw.lower()
    if lower.count(b"content-type:") > _MAX_PARTS or raw.count(b"\n--") > _MAX_DASHED:
        return False
    beyond = len(raw) - len(raw.translate(None, _BEYOND_ASCII)) + raw.count(b"=")
    return beyond <= _MAX_ACCENTS and (len(raw) <= _MAX_ENCODED or b"base64" not in lower)


def read_letter(raw: bytes, headers: Headers) -> Letter | None:
    """Read a mail with mail-parser; None when it fails or its outcome shows damage."""
    try:
        parsed: Any = mailparser.parse_from_bytes(raw)
        if parsed.has_defects:
            return None
        letter = Letter(
            subject=parsed.subject if headers.has("subject") else "",
            sender=_addresses(parsed.from_ if headers.has("from") else []),
            reply_to=_addresses(parsed.reply_to if headers.has("reply-to") else []),
            to=_addresses(parsed.to if headers.has("to") else []),
            cc=_addresses(parsed.cc if headers.has("cc") else []),
            root=_part(parsed.message, headers),
        )
    except Exception:  # noqa: BLE001 - whatever the library raises, our own walk reads the mail
        return None
    return letter if _is_sound(letter) else None


def _is_sound(letter: Letter) -> bool:
    """Whether subject and sender came out whole."""
    names = " ".join(entry.name for entry in (*letter.sender, *letter.to, *letter.cc))
    return bool(letter.sender) and _LEFTOVER.search(f"{letter.subject} {names}") is None


def _addresses(entries: list[tuple[str, str]]) -> tuple[Address, ...]:
    return tuple(Address(name, address) for name, address in entries)


def _part(message: Any, headers: Headers) -> Part:
    """Turn the library's message tree into ours."""
    about = describe(headers)
    if message.is_multipart():
        below = [(child, _headers(child, headers.country)) for child in message.get_payload()]
        return Part(about, b"", tuple(_part(child, own) for child, own in below), headers)
    content = message.get_payload(decode=True)
    return Part(about, content if isinstance(content, bytes) else b"", (), headers)


def _headers(message: Any, country: str) -> Headers:
    fields = ((name, str(value)) for name, value in message.raw_items())
    encoded = ((name, value.encode("utf-8", "surrogateescape")) for name, value in fields)
    return Headers(tuple((name, b" ".join(value.split())) for name, value in encoded), country)
