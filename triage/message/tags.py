"""The plain tag stripper, for HTML that is too large or too deep to be parsed.

One pass with plain searches: linear for any input, floods of `<!--` and `<` included.
"""

from __future__ import annotations

import html
import re
from typing import Final

_NAME: Final = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]{0,12})")
_BREAKS: Final = frozenset(
    (
        "br",
        "p",
        "div",
        "tr",
        "li",
        "ul",
        "ol",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "hr",
        "pre",
        "section",
        "article",
        "body",
    )
)
_SKIPPED: Final = frozenset(("style", "script", "head", "title", "template"))
_MAX_TAG: Final = 20_000
_BLANKS: Final = re.compile(r"[ \t\r\f]+")


def strip_tags(text: str, most: int) -> tuple[list[str], int]:
    """Return the lines of an HTML text, block elements as line ends, and how many tags it had.

    At most `most` tags are removed; what follows them is left out.
    """
    out: list[str] = []
    position = 0
    count = 0
    while count < most and (start := text.find("<", position)) >= 0:
        count += 1
        out.append(text[position:start].replace("\n", " "))
        if text.startswith("<!--", start):
            end = text.find("-->", start + 4)
            position = end + 3 if end >= 0 else len(text)
            continue
        name = _NAME.match(text, start)
        if name is None and not text.startswith("<!", start):
            out.append("<")
            position = start + 1
            continue
        end = text.find(">", start, start + _MAX_TAG)
        position = end + 1 if end >= 0 else min(len(text), start + _MAX_TAG)
        tag = name.group(1).lower() if name else ""
        if tag in _SKIPPED and text[start + 1] != "/":
            closing = _closing(text, tag, position)
            position = closing if closing >= 0 else len(text)
        elif tag in _BREAKS:
            out.append("\n")
    if count < most:
        out.append(text[position:].replace("\n", " "))
    lines = html.unescape("".join(out)).split("\n")
    return [_BLANKS.sub(" ", line).strip() for line in lines], count


def _closing(text: str, tag: str, position: int) -> int:
    """Return where the closing tag of a skipped element stands; -1 when it has none."""
    match = re.compile(rf"</{tag}", re.IGNORECASE).search(text, position)
    return match.start() if match else -1
