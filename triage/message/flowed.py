"""Plain text to lines: quotation signs counted, `format=flowed` unfolded (RFC 3676)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from triage.message.lines import Line, Mark

if TYPE_CHECKING:
    from collections.abc import Iterable

_SIGNS: Final = re.compile(r"[ \t]{0,2}((?:>[ ]?){1,50})")
_SIGNATURE: Final = "-- "
_SOFT_FROM: Final = 50
"""A line that a program broke softly would have passed this column with its next word; shorter ones
end in a blank that the sender typed."""
_WORD: Final = re.compile(r"\S{0,200}")


def plain_lines(text: str) -> list[Line]:
    """Return the lines of plain text, without their quotation signs."""
    return [_line(line) for line in text.split("\n")]


def flowed_lines(text: str, *, delete_space: bool = False) -> list[Line]:
    """Return the lines of `format=flowed` text, soft breaks undone (RFC 3676 section 4).

    `delete_space` is the parameter DelSp: the blank before a soft break goes too.
    """
    out: list[Line] = []
    pieces: list[str] = []
    signs = ""
    for line in _stuffed_lines(text):
        # Phones leave a blank at the end of a paragraph: the empty line below is one all the same.
        goes_on = line.text and line.signs == signs
        if pieces and not (goes_on and _would_pass(pieces[-1], line.text)):
            out.append(_whole(pieces, signs))
            pieces = []
        pieces.append(line.text)
        signs = line.signs
        if line.text.endswith(" ") and line.text != _SIGNATURE:
            if delete_space:
                pieces[-1] = line.text[:-1]
            continue
        out.append(_whole(pieces, signs))
        pieces = []
    if pieces:
        out.append(_whole(pieces, signs))
    return out


def _stuffed_lines(text: str) -> Iterable[Line]:
    """Yield the lines of flowed text: signs counted, the stuffed blank removed, end blanks kept."""
    for raw in text.split("\n"):
        depth = len(raw) - len(raw.lstrip(">"))
        content = raw[depth:].removeprefix(" ")
        yield Line(content, Mark.QUOTED if depth else Mark.TYPED, raw[:depth])


def _would_pass(before: str, after: str) -> bool:
    word = _WORD.match(after)
    return len(before) + len(word.group() if word else "") >= _SOFT_FROM


def _whole(pieces: list[str], signs: str) -> Line:
    return Line("".join(pieces).rstrip(), Mark.QUOTED if signs else Mark.TYPED, signs)


def _line(raw: str) -> Line:
    if ">" not in raw[:4] or raw.startswith(">From "):  # mbox escapes "From " so
        return Line(raw.rstrip())
    signs = _SIGNS.match(raw)
    if signs is None:
        return Line(raw.rstrip())
    return Line(raw[signs.end() :].rstrip(), Mark.QUOTED, signs.group())
