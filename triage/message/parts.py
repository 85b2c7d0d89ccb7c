"""A mail's MIME structure as plain values, and the bounds on it.

Both readers (`mailparser_adapter`, `walk`) make this; everything after them reads only this.
"""

from __future__ import annotations

import binascii
import quopri
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from triage.message.clean import clean_filename
from triage.message.encoded_words import from_base64
from triage.message.headers import Headers
from triage.message.parameters import parse_content_type, parse_disposition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_DEPTH: Final = 20
"""Levels of multiparts in multiparts."""
MAX_PARTS: Final = 300
"""Parts of one mail, attached mails included."""

_UU_LINE: Final = re.compile(rb"^begin[ \t]+[0-7]{3,4}[ \t]+[^\n]*\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class About:
    """What the headers of a part say about it."""

    content_type: str = "text/plain"
    """type/subtype, lower case."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Of the Content-Type; names lower case."""
    disposition: str = ""
    """`inline`, `attachment` or empty."""
    filename: str = ""
    """For display; empty when the part has no name."""
    encoding: str = ""
    """The Content-Transfer-Encoding, lower case."""


@dataclass(frozen=True, slots=True)
class Part:
    """One MIME part."""

    about: About
    content: bytes = b""
    """Undone of its transfer encoding; empty for a multipart."""
    children: tuple[Part, ...] = ()
    """The parts of a multipart; the one mail of a message/rfc822, whose `headers` are its own."""
    headers: Headers = field(default_factory=lambda: Headers(()))

    @property
    def content_type(self) -> str:
        """The type and subtype, lower case; `text/plain` where none is declared."""
        return self.about.content_type

    @property
    def main_type(self) -> str:
        """The type before the slash."""
        return self.about.content_type.partition("/")[0]

    @property
    def charset(self) -> str:
        """The declared charset, as declared; empty when there is none."""
        return self.about.parameters.get("charset", "")

    @property
    def filename(self) -> str:
        """The name to show; empty when the part has none."""
        return self.about.filename

    def parameter(self, name: str) -> str:
        """Return a parameter of the Content-Type, lower case; empty when it is absent."""
        return self.about.parameters.get(name, "").lower()

    def walk(self) -> Iterator[Part]:
        """Yield this part and all below it, in document order."""
        pending = [self]
        while pending:
            part = pending.pop()
            yield part
            pending.extend(reversed(part.children))


def describe(headers: Headers, default: str = "text/plain") -> About:
    """Read the MIME headers of a part; `default` is the type where none is declared."""
    country = headers.country
    declared = _first(headers, "content-type")
    kind = parse_content_type(declared, country) if declared else parse_content_type(default)
    shown = parse_disposition(_first(headers, "content-disposition"), country)
    name = shown.parameters.get("filename") or kind.parameters.get("name") or ""
    encoding = _first(headers, "content-transfer-encoding").strip().lower().rstrip(";")
    return About(
        content_type=kind.value or default,
        parameters=kind.parameters,
        disposition=shown.value,
        filename=clean_filename(name),
        encoding=encoding.split("(", 1)[0].strip(),
    )


def undo_encoding(data: bytes, encoding: str) -> bytes:
    """Undo a Content-Transfer-Encoding; an unknown one leaves the bytes as they are."""
    if encoding == "base64":
        try:
            return binascii.a2b_base64(data)
        except binascii.Error:
            return from_base64(data)
    if encoding == "quoted-printable":
        return quopri.decodestring(data)
    if encoding in {"x-uuencode", "uuencode", "uue", "x-uue"}:
        return _from_uuencode(data)
    return data


def _from_uuencode(data: bytes) -> bytes:
    """Decode the first uuencoded file in the data; broken lines are dropped."""
    begin = _UU_LINE.search(data)
    out: list[bytes] = []
    for line in data[begin.end() if begin else 0 :].split(b"\n"):
        if line.strip() in (b"end", b"`"):
            break
        out.append(uu_line(line))
    return b"".join(out)


def uu_line(line: bytes) -> bytes:
    """Decode one uuencoded line; empty when it is none."""
    try:
        return binascii.a2b_uu(line.rstrip(b"\r\n"))
    except binascii.Error:
        size = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0  # trailing blanks got lost
        try:
            return binascii.a2b_uu(line[:size])
        except binascii.Error:
            return b""


def _first(headers: Headers, name: str) -> str:
    values = headers.raw(name)
    return values[0] if values else ""
