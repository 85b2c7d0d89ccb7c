"""TNEF, the `winmail.dat` of Outlook and Exchange (MS-OXTNEF): the text and the files in it.

Outlook sends it where it takes the receiver for another Outlook; the mail's text may then be in it
alone. Read in one pass, bounded; what is broken ends the reading, what came before is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from triage.message.charset import decode
from triage.message.clean import clean_filename
from triage.message.parts import About, Part
from triage.message.rtf import decompressed, rtf_text

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIGNATURE: Final = bytes.fromhex("789f3e22")
_TYPES: Final = frozenset(("application/ms-tnef", "application/vnd.ms-tnef"))
_MAX_FILES: Final = 50
_MAX_ATTRIBUTES: Final = 2_000
_MAX_PROPERTIES: Final = 2_000

_BODY: Final = 0x800C
_PROPERTIES: Final = 0x9003
_NEW_FILE: Final = 0x9002
_FILE_NAME: Final = 0x8010
_FILE_DATA: Final = 0x800F
_FILE_PROPERTIES: Final = 0x9005
_CODE_PAGE: Final = 0x9007

_PLAIN: Final = 0x1000
_RICH: Final = 0x1009
_HTML: Final = 0x1013
_LONG_NAME: Final = 0x3707

_STRING: Final = 0x1E
_UNICODE: Final = 0x1F
_VARIABLE: Final = frozenset((_STRING, _UNICODE, 0x0D, 0x102))
_WIDTHS: Final = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_MANY: Final = 0x1000
_NAMED: Final = 0x8000


@dataclass(slots=True)
class _Found:
    """What was found while reading."""

    charset: str = "cp1252"
    plain: str = ""
    html: bytes = b""
    rich: bytes = b""


@dataclass(frozen=True, slots=True)
class Tnef:
    """What a TNEF file holds."""

    body: Part | None
    files: tuple[Part, ...]


def is_tnef(part: Part) -> bool:
    """Whether a part is a TNEF file, by its type or its first bytes."""
    return part.content_type in _TYPES or part.content.startswith(_SIGNATURE)


def read_tnef(data: bytes, *, text: bool = True) -> Tnef:
    """Return the text, unless it is not asked for, and the files of a TNEF file, if it is one."""
    found = _Found()
    names: list[str] = []
    contents: list[bytes] = []
    for attribute, value in _attributes(data):
        if attribute == _CODE_PAGE and len(value) >= 4:
            found.charset = f"cp{int.from_bytes(value[:4], 'little')}"
        elif attribute == _BODY:
            found.plain = _text(value, found.charset)
        elif attribute == _PROPERTIES:
            _read_properties(value, found)
        elif attribute == _NEW_FILE and len(names) < _MAX_FILES:
            names.append("")
            contents.append(b"")
        elif names and attribute == _FILE_NAME:
            names[-1] = names[-1] or _text(value, found.charset)
        elif names and attribute == _FILE_DATA:
            contents[-1] = value
        elif names and attribute == _FILE_PROPERTIES:
            named = dict(_properties(value, found.charset)).get(_LONG_NAME, b"")
            names[-1] = named.decode("utf-8", "replace") or names[-1]
    files = (
        _part("application/octet-stream", content, clean_filename(name))
        for name, content in zip(names, contents, strict=True)
    )
    return Tnef(_body(found) if text else None, tuple(files))


def _body(found: _Found) -> Part | None:
    if found.plain.strip():
        return _part("text/plain", found.plain.encode("utf-8", "replace"))
    if found.html.strip():
        return _part("text/html", found.html)
    text = rtf_text(decompressed(found.rich)) if found.rich else ""
    return _part("text/plain", text.encode("utf-8", "replace")) if text.strip() else None


def _part(kind: str, content: bytes, name: str = "") -> Part:
    charset = {"charset": "utf-8"} if kind == "text/plain" else {}
    return Part(About(content_type=kind, parameters=charset, filename=name), content)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the attributes of the file: level, number, type, length, value, checksum."""
    if not data.startswith(_SIGNATURE):
        return
    position = 6
    sets = 0
    for _ in range(_MAX_ATTRIBUTES):
        if position + 9 > len(data):
            return
        attribute = int.from_bytes(data[position + 1 : position + 3], "little")
        size = int.from_bytes(data[position + 5 : position + 9], "little")
        start = position + 9
        sets += attribute in {_PROPERTIES, _FILE_PROPERTIES}
        if sets <= _MAX_FILES + 1:  # one of the mail and one of each file
            yield attribute, data[start : start + size]
        position = start + size + 2


def _read_properties(value: bytes, found: _Found) -> None:
    for number, content in _properties(value, found.charset):
        if number == _PLAIN:
            found.plain = found.plain or content.decode("utf-8", "replace")
        elif number == _HTML:
            found.html = content
        elif number == _RICH:
            found.rich = content


def _properties(data: bytes, charset: str) -> Iterator[tuple[int, bytes]]:
    """Yield the properties of variable size (MS-OXTNEF section 2.1.3.4); strings as UTF-8."""
    position = 4
    for _ in range(min(_number(data, 0), _MAX_PROPERTIES)):
        if position + 4 > len(data):
            return
        kind = int.from_bytes(data[position : position + 2], "little")
        number = int.from_bytes(data[position + 2 : position + 4], "little")
        position += 4
        if number >= _NAMED:
            position = _after_name(data, position)
        base = kind & ~_MANY
        count = 1
        if kind & _MANY or base in _VARIABLE:
            count = _number(data, position)
            position += 4
        if base in _VARIABLE:
            for _ in range(min(count, _MAX_PROPERTIES)):
                size = _number(data, position)
                content = data[position + 4 : position + 4 + size]
                position += 4 + size + -size % 4
                yield number, _as_utf8(content, base, charset)
                if position > len(data):
                    return
        elif base in _WIDTHS:
            position += _WIDTHS[base] * count
        else:
            return


def _after_name(data: bytes, position: int) -> int:
    """Return where a named property's value starts: after its set, kind and id or name."""
    position += 16
    if _number(data, position) == 0:
        return position + 8
    size = _number(data, position + 4)
    return position + 8 + size + -size % 4


def _number(data: bytes, position: int) -> int:
    return int.from_bytes(data[position : position + 4], "little")


def _as_utf8(content: bytes, kind: int, charset: str) -> bytes:
    if kind == _UNICODE:
        return content.decode("utf-16-le", "replace").rstrip("\0").encode("utf-8", "replace")
    if kind == _STRING:
        return _text(content, charset).encode("utf-8", "replace")
    return content[16:] if kind == 0x0D else content


def _text(value: bytes, charset: str) -> str:
    return decode(value.rstrip(b"\0"), charset, "NL", detect=False).text
