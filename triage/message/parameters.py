"""Parameters of Content-Type and Content-Disposition (RFC 2045, RFC 2231 and broken variants)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes

from triage.message.charset import decode
from triage.message.encoded_words import decode_words

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAX_VALUE: Final = 4_096
_MAX_PARAMETERS: Final = 100
_BEFORE: Final = re.compile(r"[;\s]*")
_NAME: Final = re.compile(r'([^\s=;"]{1,80})\s*=\s*')
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*+)(?:"|$)', re.DOTALL)
_BARE: Final = re.compile(r"[^;]*")
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_TYPE: Final = re.compile(r"\s*([A-Za-z0-9!#$&^_.+-]{1,80})\s*/\s*([A-Za-z0-9!#$&^_.+-]{1,80})")
_TOKEN: Final = re.compile(r"\s*([A-Za-z0-9_-]{1,40})")
_COMMENT: Final = re.compile(r"\([^()]{0,200}\)")


@dataclass(frozen=True, slots=True)
class Described:
    """A header value such as `text/plain; charset=utf-8`, taken apart."""

    value: str
    """Lower case; empty when there is none or it makes no sense."""
    parameters: Mapping[str, str]
    """Names lower case, values decoded."""


def parse_content_type(header: str, country: str = "NL") -> Described:
    """Return type/subtype and parameters of a Content-Type value."""
    match = _TYPE.match(header[:_MAX_VALUE])
    if match is None:
        return Described("", _parameters(header, country) if "=" in header[:_MAX_VALUE] else {})
    kind = f"{match.group(1)}/{match.group(2)}".lower()
    return Described(kind, _parameters(header[match.end() :], country))


def parse_disposition(header: str, country: str = "NL") -> Described:
    """Return the disposition and parameters of a Content-Disposition value."""
    match = _TOKEN.match(header[:_MAX_VALUE])
    rest = (
        header
        if match is None or header[match.end() :].lstrip().startswith("=")
        else header[match.end() :]
    )
    return Described(
        match.group(1).lower() if match and rest is not header else "", _parameters(rest, country)
    )


def _parameters(text: str, country: str) -> dict[str, str]:
    """Read `; name=value` pairs; the first of a name wins, RFC 2231 pieces are joined in order."""
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for name, value in _pairs(_without_comments(text[:_MAX_VALUE])):
        base, star, index = name.partition("*")
        if not star:
            plain.setdefault(name, decode_words(value, country).strip())
        else:
            number = index.rstrip("*")
            order = int(number) if number.isdecimal() and len(number) < 4 else 0
            pieces.setdefault(base, []).append((order, index.endswith("*") or not index, value))
    for base, found in pieces.items():
        plain[base] = _joined(sorted(found, key=lambda piece: piece[0]), country) or plain.get(
            base, ""
        )
    return plain


def _pairs(text: str) -> list[tuple[str, str]]:
    """Cut `; name=value` into pairs, in one pass; what is no pair is skipped up to a semicolon."""
    found: list[tuple[str, str]] = []
    position = 0
    while position < len(text) and len(found) < _MAX_PARAMETERS:
        position = _end(_BEFORE.match(text, position), position)
        name = _NAME.match(text, position)
        if name is None:
            semicolon = text.find(";", position)
            position = semicolon if semicolon >= 0 else len(text)
            continue
        quoted = _QUOTED.match(text, name.end())
        bare = _BARE.match(text, name.end())
        value = _ESCAPED.sub(r"\1", quoted.group(1)) if quoted else bare.group() if bare else ""
        position = _end(quoted or bare, name.end())
        found.append((name.group(1).lower(), value.strip()))
    return found


def _end(match: re.Match[str] | None, default: int) -> int:
    return match.end() if match is not None else default


def _joined(pieces: list[tuple[int, bool, str]], country: str) -> str:
    """Join RFC 2231 continuations: `charset'language'text` in the first, %XX in those marked *."""
    charset = ""
    data = b""
    for index, (_, encoded, text) in enumerate(pieces):
        value = text
        if encoded and index == 0 and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        data += unquote_to_bytes(value) if encoded else value.encode("utf-8", "surrogateescape")
    text = decode(data, charset, country).text
    return decode_words(text, country) if "=?" in text else text


def _without_comments(text: str) -> str:
    """Drop RFC 822 comments, but not inside quotes (a file may be called `brief (2).pdf`)."""
    if "(" not in text or '"' in text or "name" in text.lower():
        return text
    return _COMMENT.sub("", text)
