"""Envelopes around a mail's text: S/MIME (RFC 8551), PGP (RFC 4880, RFC 3156), uuencode.

Signed mail is read inside its envelope; encrypted mail cannot be read and is marked `encrypted`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from triage.message.clean import clean_filename
from triage.message.headers import split_headers
from triage.message.parts import Part, uu_line
from triage.message.walk import read_structure

_SMIME: Final = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime"))
_SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")
"""DER of the object identifier 1.2.840.113549.1.7.2, signedData (RFC 5652 section 5.1)."""
_DATA: Final = bytes.fromhex("06092a864886f70d010701")
"""1.2.840.113549.1.7.1, the content type of what was signed."""
_OCTETS: Final = 0x04
_OCTETS_IN_PIECES: Final = 0x24
_CONTEXT_0: Final = 0xA0
_MAX_PIECES: Final = 100_000

_UU_BEGIN: Final = re.compile(
    r"^begin[ \t]{1,4}[0-7]{3,4}[ \t]{1,4}(\S[^\n]{0,200})\n", re.MULTILINE
)
_MAX_FILES: Final = 50
_ARMOUR: Final = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----\n(?:Hash:[^\n]{0,200}\n){0,5}\n?", re.MULTILINE
)
_SIGNATURE: Final = re.compile(r"^-----BEGIN PGP SIGNATURE-----\n", re.MULTILINE)
_SIGNATURE_END: Final = "-----END PGP SIGNATURE-----"
_ENCRYPTED: Final = re.compile(r"^-----BEGIN PGP MESSAGE-----\s*$", re.MULTILINE)


class File(NamedTuple):
    """A file that stood in the text."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """What was found in an envelope."""

    inner: Part | None
    damage: tuple[str, ...] = ()


def is_envelope(part: Part) -> bool:
    """Whether a part is an S/MIME envelope, by its type or name."""
    return part.content_type in _SMIME or part.filename.lower().endswith(".p7m")


def opened(part: Part) -> Envelope:
    """Open an S/MIME envelope."""
    if part.parameter("smime-type") in {"enveloped-data", "authenveloped-data"}:
        return Envelope(None, ("encrypted",))
    content = signed_content(part.content)
    if content is None:
        return Envelope(None, ("encrypted",))
    section = split_headers(content, part.headers.country)
    inner, damage = read_structure(content, section.headers, section.body)
    return Envelope(inner, damage)


def signed_content(data: bytes) -> bytes | None:
    """Return what an opaque CMS signature signs (RFC 5652 section 5.2); None when there is none.

    Understands DER and the BER of Outlook (indefinite lengths, the content in pieces).
    """
    if _SIGNED_DATA not in data[:64]:
        return None
    at = data.find(_DATA, 0, 4_096)
    if at < 0:
        return None
    position = at + len(_DATA)
    header = _length(data, position)
    if header is None or data[position] != _CONTEXT_0:
        return None
    return _octets(data, header[0])


def _octets(data: bytes, position: int) -> bytes | None:
    """Return an OCTET STRING's content, whole or put together from its pieces."""
    if position >= len(data):
        return None
    tag = data[position]
    header = _length(data, position)
    if header is None or tag not in {_OCTETS, _OCTETS_IN_PIECES}:
        return None
    start, size = header
    if tag == _OCTETS:
        return data[start : start + (size or 0)]
    end = len(data) if size is None else min(len(data), start + size)
    pieces: list[bytes] = []
    while start < end and data[start] == _OCTETS and len(pieces) < _MAX_PIECES:
        piece = _length(data, start)
        if piece is None or piece[1] is None:
            break
        pieces.append(data[piece[0] : piece[0] + piece[1]])
        start = piece[0] + piece[1]
    return b"".join(pieces)


def _length(data: bytes, position: int) -> tuple[int, int | None] | None:
    """Return where an element's content starts, and its length (None: indefinite)."""
    if position + 2 > len(data):
        return None
    first = data[position + 1]
    if first < 0x80:
        return position + 2, first
    if first == 0x80:
        return position + 2, None
    count = first & 0x7F
    if count > 4 or position + 2 + count > len(data):
        return None
    return position + 2 + count, int.from_bytes(data[position + 2 : position + 2 + count], "big")


def cut_uuencoded(text: str) -> tuple[str, list[File]]:
    """Return the text without its uuencoded files, and the files."""
    files: list[File] = []
    kept: list[str] = []
    position = 0
    while len(files) < _MAX_FILES and (begin := _UU_BEGIN.search(text, position)) is not None:
        end = text.find("\nend", begin.end() - 1)
        if end < 0:
            break
        kept.append(text[position : begin.start()])
        encoded = text[begin.end() : end].encode("utf-8", "replace")
        files.append(
            File(
                clean_filename(begin.group(1)),
                b"".join(uu_line(line) for line in encoded.split(b"\n")),
            )
        )
        position = min(len(text), end + len("\nend\n"))
    kept.append(text[position:])
    return "".join(kept), files


class Armoured(NamedTuple):
    """A text without its PGP armour."""

    text: str
    signature: str
    encrypted: bool


def without_armour(text: str) -> Armoured:
    """Take inline PGP apart (RFC 4880 section 7): the signed text, its signature; or encrypted."""
    if "-----BEGIN PGP" not in text:
        return Armoured(text, "", encrypted=False)
    if (encrypted := _ENCRYPTED.search(text)) is not None:
        return Armoured(
            text[: encrypted.start()].rstrip(), text[encrypted.start() :], encrypted=True
        )
    bare = _ARMOUR.sub("", text, count=1)
    begin = _SIGNATURE.search(bare)
    if begin is None or bare == text:
        return Armoured(text, "", encrypted=False)
    end = bare.find(_SIGNATURE_END, begin.end())
    after = bare[end + len(_SIGNATURE_END) :] if end >= 0 else ""
    signature = bare[begin.start() : end + len(_SIGNATURE_END) if end >= 0 else len(bare)]
    lines = (line.removeprefix("- ") for line in bare[: begin.start()].split("\n"))
    return Armoured("\n".join(lines).rstrip() + after, signature, encrypted=False)
