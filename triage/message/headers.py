"""The header section of a mail: from bytes to fields, and from fields to values.

Bounded: at most `MAX_SECTION` bytes, `MAX_FIELDS` fields and `MAX_FIELD` characters of each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from functools import cached_property
from typing import Final

from triage.message.charset import decode
from triage.message.clean import clean_line
from triage.message.encoded_words import decode_words

MAX_SECTION: Final = 1_048_576
MAX_FIELDS: Final = 1_000
MAX_FIELD: Final = 65_536
_MAX_SHOWN: Final = 2_000
_FIELD: Final = re.compile(
    rb"([!-9;-~]{1,2000}+)[ \t]*:([^\n]*+(?:\n[ \t]++[^\s][^\n]*+)*+)(?:\n|$)",
)
_FOLD: Final = re.compile(rb"\s*\n\s*")
_KNOWN: Final = re.compile(
    rb"(?:from|to|cc|subject|date|message-id|mime-version|content-[a-z-]{2,30}|received"
    rb"|return-path|reply-to|x-[a-z0-9-]{1,60})[ \t]*:",
    re.IGNORECASE,
)
_MBOX: Final = re.compile(rb">?From [^\n]{0,998}\n(?=[!-9;-~]{1,100}+:)")
_IDS: Final = re.compile(r"<([^<>\s]{1,500})>")
_MAX_IDS: Final = 100
_DATE_NOISE: Final = re.compile(r"\([^()]{0,100}\)|[^\x20-\x7e]")
_YEARS: Final = range(1900, 2200)


@dataclass(frozen=True)
class Headers:
    """Header fields in order: names as written, values unfolded but not yet decoded."""

    fields: tuple[tuple[str, bytes], ...]
    country: str = "NL"

    @cached_property
    def _index(self) -> dict[str, list[bytes]]:
        index: dict[str, list[bytes]] = {}
        for name, value in self.fields:
            index.setdefault(name.lower(), []).append(value)
        return index

    def raw(self, name: str) -> tuple[str, ...]:
        """Return every value of a field (name in lower case), 8-bit bytes read as text."""
        return tuple(as_text(value, self.country) for value in self._index.get(name, ()))

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a field, decoded, on one line."""
        return tuple(self._shown(value) for value in self._index.get(name, ()))

    def first(self, name: str) -> str:
        """Return the first value of a field, decoded, on one line; empty when absent."""
        values = self._index.get(name)
        return self._shown(values[0]) if values else ""

    def has(self, name: str) -> bool:
        """Whether the field occurs."""
        return name in self._index

    def shown(self) -> tuple[tuple[str, str], ...]:
        """Return all fields, decoded and bounded."""
        return tuple((name, self._shown(value)) for name, value in self.fields)

    def _shown(self, value: bytes) -> str:
        text = as_text(value[: 4 * _MAX_SHOWN], self.country)
        return clean_line(decode_words(text, self.country), _MAX_SHOWN)


@dataclass(frozen=True, slots=True)
class Section:
    """A header section, where the body after it starts, and what was wrong with it."""

    headers: Headers
    body: int
    damage: tuple[str, ...] = ()


def split_headers(
    data: bytes, country: str = "NL", start: int = 0, max_section: int = MAX_SECTION
) -> Section:
    """Cut the header section off `data`, which has line feeds (with or without CR) as line ends.

    Headers end at the first empty line, or where a line is no header and no header follows it: a
    mail may lack the empty line, or lack headers altogether.
    """
    start = _first_field(data, start)
    limit = min(len(data), start + max_section)
    damage: dict[str, None] = {}
    fields: list[tuple[str, bytes]] = []
    body = position = start
    while position < limit:
        if (match := _FIELD.match(data, position, limit)) is not None:
            if len(fields) == MAX_FIELDS:
                damage[f"more than {MAX_FIELDS} header fields, the rest was not read"] = None
                body = _blank_line(data, position)
                break
            value = _FOLD.sub(b" ", match.group(2)[:MAX_FIELD]).strip()
            fields.append((match.group(1).decode("ascii"), value))
            body = position = match.end()
            continue
        kind, following = _kind_of_line(data, position, limit, after_field=bool(fields))
        if kind is _Line.STRAY:
            damage["a line in the header is no header"] = None
        elif kind is not _Line.FOLD:
            body = following if kind is _Line.EMPTY else position
            if kind is _Line.TEXT and fields:
                damage["no empty line after the header"] = None
            break
        body = position = following
    else:
        if position < len(data):
            damage["the header is too long, the rest was not read"] = None
            body = _blank_line(data, position)
    return Section(Headers(tuple(fields), country), body, tuple(damage))


class _Line(Enum):
    """What a line in the header section is that is no field."""

    EMPTY = auto()
    """The end of the section."""
    FOLD = auto()
    """Only blanks, and a header follows: some mailers fold so."""
    STRAY = auto()
    """No header, but one follows."""
    TEXT = auto()
    """The body, without an empty line before it."""


def _kind_of_line(
    data: bytes, position: int, limit: int, *, after_field: bool
) -> tuple[_Line, int]:
    """Return what the line at a position is, and where the next one starts."""
    end = data.find(b"\n", position, limit)
    end = limit if end < 0 else end
    line = data[position:end]
    if not line.strip():
        folds = after_field and _continues(data, end + 1, limit)
        return (_Line.FOLD if folds else _Line.EMPTY), end + 1
    return (_Line.STRAY if _header_follows(data, end + 1, limit) else _Line.TEXT), end + 1


def _first_field(data: bytes, start: int) -> int:
    """Return where the first field may stand: after empty lines and an mbox's `From ` line."""
    while start < len(data) and data[start] in b"\r\n":
        start += 1
    mbox = _MBOX.match(data, start)
    return mbox.end() if mbox is not None else start


def _continues(data: bytes, position: int, limit: int) -> bool:
    """Whether a header follows a line that holds only blanks (some mailers fold with one)."""
    return (
        data[position - 2 : position - 1] in (b" ", b"\t")
        and _KNOWN.match(data, position, min(limit, position + 100)) is not None
    )


def _header_follows(data: bytes, position: int, limit: int) -> bool:
    """Whether a well-known header stands within the next lines, before an empty one."""
    for _ in range(3):
        end = data.find(b"\n", position, min(limit, position + 4_000))
        if end < 0 or not data[position:end].strip():
            return False
        if _KNOWN.match(data, position):
            return True
        position = end + 1
    return False


def _blank_line(data: bytes, position: int) -> int:
    """Return where the body starts: after the next empty line, or at the end."""
    marks = ((b"\n\n", 2), (b"\n\r\n", 3))
    found = ((data.find(mark, position), size) for mark, size in marks)
    return min((at + size for at, size in found if at >= 0), default=len(data))


def as_text(value: bytes, country: str) -> str:
    """Return a header value as text; 8-bit bytes are read as UTF-8 or the country's charset."""
    return (
        value.decode("ascii") if value.isascii() else decode(value, "", country, detect=False).text
    )


def message_ids(value: str) -> tuple[str, ...]:
    """Return the Message-IDs of a Message-ID, In-Reply-To or References value, without brackets."""
    found = _IDS.findall(value)
    if not found and "@" in value and " " not in value.strip():
        found = [value.strip()[:500]]
    return tuple(dict.fromkeys(clean_line(each, 500) for each in found[:_MAX_IDS]))


def parse_date(value: str) -> datetime | None:
    """Return the moment of a Date value (RFC 5322 section 3.3), aware; None when unreadable.

    A date without a zone counts as UTC (RFC 5322 section 4.3: unknown zones are -0000).
    """
    text = _DATE_NOISE.sub(" ", value[:200]).strip()
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment if moment.year in _YEARS and _has_utc(moment) else None


def _has_utc(moment: datetime) -> bool:
    """Whether the moment can be put in UTC (an offset of a day at the edge of time can't)."""
    try:
        moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return False
    return True
