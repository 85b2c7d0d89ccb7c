"""How a mail is laid out: its lines, where it is opened, where it is closed, and the signature.

Names, addresses and phone numbers of the sender stand in the signature far more often than
elsewhere, so every rule that weighs a place asks here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from triage.understanding.phrases import PhrasePattern, alternation, compiled, phrases

MOST_LINES = 2000
SHORT = 72
"""Longest line of a signature; what is longer is prose."""
CONTACT = 200
"""Longest line of a signature that is parted by strokes or dots."""
PROSE = 110
"""A line as long as this is prose."""
BLOCK = 9
"""Most lines of a signature that no closing phrase announces."""
HEAD = 6
"""Most lines of a letterhead."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank; offsets without its outer spaces."""

    start: int
    end: int
    text: str
    after_blank: bool
    """A blank line or the start of the text stands above it."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The lines of a text, and which of them belong to letterhead and signature."""

    lines: tuple[Line, ...]
    closing: int | None
    """The line that the closing phrase stands in; None when there is none."""
    closing_end: int
    """Offset behind the closing phrase, where a name may follow on the same line."""
    signature: tuple[int, int]
    """First and last + 1 line of the signature (behind the closing), without footers."""
    head: int
    """Lines of a letterhead at the top: the sender's name and address before any prose."""

    def in_signature(self, offset: int) -> bool:
        """Whether this place lies in the signature."""
        first, last = self.signature
        return any(line.start <= offset < line.end for line in self.lines[first:last])


def read_layout(text: str) -> Layout:
    """Return the layout of a text that a person typed."""
    lines = _lines(text)
    closing = _closing(lines)
    if closing is None:
        first = _block(lines)
        ending = lines[first].start if first < len(lines) else len(text)
    else:
        at, ending = closing
        first = at if ending < lines[at].end else at + 1
    return Layout(
        lines=lines,
        closing=closing[0] if closing else None,
        closing_end=ending,
        signature=(first, _signature_end(lines, first)),
        head=_head(lines),
    )


def _lines(text: str) -> tuple[Line, ...]:
    found: list[Line] = []
    start, blank = 0, True
    while start <= len(text) and len(found) < MOST_LINES:
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        raw = text[start:end]
        stripped = raw.strip(" \t>*_\u00a0")
        if stripped:
            low = start + raw.find(stripped)
            found.append(Line(low, low + len(stripped), stripped, blank))
        blank = not stripped
        start = end + 1
    return tuple(found)


def _closing(lines: tuple[Line, ...]) -> tuple[int, int] | None:
    """Return the last line with a closing phrase, and the offset behind the phrase.

    The phrase opens its line, or ends a longer one ("... groeten Jan").
    """
    for at in range(len(lines) - 1, max(-1, len(lines) - 25), -1):
        line = lines[at]
        match = _closing_at_start().match(line.text)
        if any(len(below.text) > PROSE for below in lines[at + 1 : at + 3]):
            continue
        if match and _closes(line.text, match):
            return at, line.start + match.end()
        late = list(_closing_inside().finditer(line.text))
        if late and len(line.text) - late[-1].end() <= 48:
            return at, line.start + late[-1].end()
    return None


def after_closing(text: str, start: int) -> int:
    """Return where a closing phrase that begins at `start` ends; `start` where there is none."""
    match = _closing_at_start().match(text, start)
    return match.end() if match else start


def _closes(text: str, match: re.Match[str]) -> bool:
    """Whether the phrase closes: nothing follows it but what may be a name."""
    rest = text[match.end() :].strip(" ,.!:-–/;)")
    return len(rest) <= 90 and not re.search(r"[a-zà-þ]\.\s+[A-Z]|\?", rest)


def _block(lines: tuple[Line, ...]) -> int:
    """Return where the short lines at the end begin, when no closing phrase announces them."""
    first = end = _signature_end(lines, 0)
    while first > 0 and end - first < BLOCK and _short(lines[first - 1].text):
        first -= 1
        if lines[first].after_blank and _name_like(lines[first].text):
            break
    if first == end and end:
        return end - 1
    return first


def _short(text: str) -> bool:
    if len(text) <= CONTACT and sum(map(text.count, ("|", "·", "•", "▪", " / "))) >= 2:
        return True
    if len(text) > SHORT or text.endswith(("?", "!", ":")):
        return False
    return text.count(" ") <= 10 or bool(re.search(r"\||\d{3}", text))


def _name_like(text: str) -> bool:
    head = re.split(r"[,|/(–-]", text, maxsplit=1)[0].split()
    return 1 <= len(head) <= 5 and all(word[0].isupper() or len(word) <= 4 for word in head)


def _signature_end(lines: tuple[Line, ...], first: int) -> int:
    """Return the line behind the signature: footers are left out."""
    end = len(lines)
    for at in range(len(lines) - 1, max(first, len(lines) - 12) - 1, -1):
        if compiled("layout", "footers").match(lines[at].text):
            end = at
        elif len(lines[at].text) <= SHORT and at < end - 1:
            break
    return max(first, end)


def _head(lines: tuple[Line, ...]) -> int:
    """Return how many short lines stand above the greeting or the first prose."""
    for at, line in enumerate(lines[:HEAD]):
        if (
            len(line.text) > SHORT
            or compiled("layout", "greetings").match(line.text)
            or line.text.endswith((".", "?"))
        ):
            return at
        if at and line.after_blank:
            return at
    return min(len(lines), HEAD) if len(lines) > HEAD else 0


@cache
def _closing_at_start() -> PhrasePattern:
    return PhrasePattern(alternation(phrases("layout", "closings")) + r"[\s,.!:;-]*")


@cache
def _closing_inside() -> PhrasePattern:
    words = alternation(phrases("layout", "closings"))
    return PhrasePattern(rf"(?:[.!?)]\s*|\s{{2,}}){words}[\s,.!:;-]*")
