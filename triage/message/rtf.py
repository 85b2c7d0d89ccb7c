"""Rich text as Outlook wraps it: decompression (MS-OXRTFCP) and its words (MS-OXRTFEX), bounded."""

from __future__ import annotations

import re
from typing import Final

from triage.message.charset import decode

MAX_RTF: Final = 400_000
"""Bytes of rich text that are read."""
_MAX_DEPTH: Final = 60
_HEAD: Final = 16
_WINDOW: Final = 4_096
_PRESET: Final = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern "
    rb"\fscript \fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
"""What the window holds at the start (MS-OXRTFCP section 2.1.3.1.4)."""
_TOKEN: Final = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-fA-F]{2})|\\([^a-z])"
    rb"|([{}])|[\r\n]+|([^\\{}\r\n]+)"
)
_UNSHOWN: Final = frozenset(
    (b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"header", b"footer")
)
_BREAKS: Final = {b"par": "\n", b"line": "\n", b"row": "\n", b"sect": "\n", b"tab": "\t"}
_SIGNS: Final = {b"~": " ", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}"}
_MARKS: Final = {
    b"lquote": "\u2018",
    b"rquote": "\u2019",
    b"ldblquote": "\u201c",
    b"rdblquote": "\u201d",
    b"endash": "\u2013",
    b"emdash": "\u2014",
    b"bullet": "\u2022",
}


def decompressed(data: bytes) -> bytes:
    """Return compressed rich text as plain RTF; empty when it is none."""
    kind = data[8:12]
    if kind == b"MELA":
        return data[_HEAD : _HEAD + MAX_RTF]
    if kind != b"LZFu":
        return b""
    window = bytearray(_WINDOW)
    window[: len(_PRESET)] = _PRESET
    at = len(_PRESET)
    out = bytearray()
    position = _HEAD
    while position < len(data) and len(out) < MAX_RTF:
        flags = data[position]
        position += 1
        for bit in range(8):
            if flags >> bit & 1:
                pair = int.from_bytes(data[position : position + 2], "big")
                if position + 2 > len(data) or pair >> 4 == at:
                    return bytes(out)
                position += 2
                for step in range((pair & 0xF) + 2):
                    byte = window[((pair >> 4) + step) % _WINDOW]
                    out.append(byte)
                    window[at] = byte
                    at = (at + 1) % _WINDOW
            else:
                if position >= len(data):
                    return bytes(out)
                out.append(data[position])
                window[at] = data[position]
                at = (at + 1) % _WINDOW
                position += 1
    return bytes(out)


class _Words:
    """Collects the text of rich text, group by group."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.charset = "cp1252"
        self.unshown: list[bool] = [False]
        self.markup = False
        """Inside the parts that only repeat HTML markup (`htmlrtf`)."""
        self.skip = 0
        """Bytes that stand in for a Unicode character and are left out."""
        self.stand_in = 1
        self.bytes = bytearray()
        """Read, but not decoded yet: a character may be of two, each written as a number."""

    def group(self, brace: bytes) -> None:
        self.end_text()
        if brace == b"{" and len(self.unshown) < _MAX_DEPTH:
            self.unshown.append(self.unshown[-1])
        elif brace == b"}" and len(self.unshown) > 1:
            self.unshown.pop()

    def control(self, word: bytes, value: bytes) -> None:
        self.end_text()
        if word == b"ansicpg" and value:
            self.charset = f"cp{value.decode('ascii')}"
        elif word in _UNSHOWN:
            self.unshown[-1] = True
        elif word == b"htmlrtf":
            self.markup = value != b"0"
        elif word == b"uc" and value:
            self.stand_in = max(0, min(int(value), 8))
        elif word == b"u" and value:
            self._say(chr(int(value) % 0x10000))
            self.skip = self.stand_in
        elif word in _BREAKS or word in _MARKS:
            self._say(_BREAKS.get(word) or _MARKS[word])

    def sign(self, mark: bytes) -> None:
        self.end_text()
        if mark == b"*":
            self.unshown[-1] = True
        else:
            self._say(_SIGNS.get(mark, ""))

    def text(self, raw: bytes) -> None:
        self.bytes += raw[self.skip :]
        self.skip = max(0, self.skip - len(raw))

    def end_text(self) -> None:
        if self.bytes:
            self._say(decode(bytes(self.bytes), self.charset, "NL", detect=False).text)
            self.bytes.clear()

    def _say(self, text: str) -> None:
        if not self.unshown[-1] and not self.markup:
            self.out.append(text)


def rtf_text(rtf: bytes) -> str:
    """Return the words of rich text, one paragraph a line."""
    words = _Words()
    for token in _TOKEN.finditer(rtf[:MAX_RTF]):
        control, value, byte, mark, brace, text = token.groups()
        if control is not None:
            words.control(control, value or b"")
        elif byte is not None:
            words.text(bytes.fromhex(byte.decode("ascii")))
        elif mark is not None:
            words.sign(mark)
        elif brace is not None:
            words.group(brace)
        elif text is not None:
            words.text(text)
    words.end_text()
    return "".join(words.out).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
