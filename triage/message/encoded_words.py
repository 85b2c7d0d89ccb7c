"""RFC 2047 encoded words in header text, and the broken variants that mailers write.

Variants read here: words split inside a character (RFC 2047 section 5 forbids it), blanks in a Q
word, words inside quotes, missing base64 padding, an empty or unknown charset, a language tag
(RFC 2231 section 5), no blank between words or text, a last word without its end.
"""

from __future__ import annotations

import binascii
import re

from triage.message.charset import decode

_WORD = re.compile(
    r"=\?(?P<charset>[^?\s*]{0,60})(?:\*[^?\s]{0,20})?\?(?P<kind>[bBqQ])\?"
    r"(?P<text>[^?]{0,4000}+(?:\?(?!=)[^?]{0,400}+){0,8}+)(?:\?=|$)"
)
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


def decode_words(text: str, country: str = "NL") -> str:
    """Return header text with its encoded words decoded; text without any is returned as it is.

    Neighbouring words of one charset are joined as bytes before they are decoded, so that a
    character split between two words comes out whole.
    """
    if "=?" not in text:
        return text
    out: list[str] = []
    pending = b""
    charset = ""
    position = 0
    for word in _WORD.finditer(text):
        between = text[position : word.start()]
        follows = bool(position) and not between.strip()
        data = _bytes_of(word["kind"], word["text"])
        if not (follows and pending and word["charset"].lower() == charset):
            out.append(decode(pending, charset, country, detect=False).text if pending else "")
            pending = b""
            if not follows:
                out.append(between)
        pending += data
        charset = word["charset"].lower()
        position = word.end()
    out.append(decode(pending, charset, country, detect=False).text if pending else "")
    out.append(text[position:])
    return "".join(out)


def _bytes_of(kind: str, text: str) -> bytes:
    """Return the bytes of one encoded word's text."""
    data = text.encode("utf-8", "surrogateescape")
    if kind in "qQ":
        return _HEX.sub(_octet, data.replace(b"_", b" "))
    return from_base64(data)


def from_base64(data: bytes) -> bytes:
    """Decode base64 whatever is missing or strewn in; the rest of a broken quantum is dropped."""
    squashed = _NOT_BASE64.sub(b"", data)
    squashed = squashed[: len(squashed) - (len(squashed) % 4 == 1)]
    try:
        return binascii.a2b_base64(squashed + b"=" * (-len(squashed) % 4))
    except binascii.Error:
        return b""


def _octet(match: re.Match[bytes]) -> bytes:
    return bytes((int(match.group(1), 16),))
