"""Our own reading of MIME: over bytes, bounded, for the mails that the library fails or damages.

Finds boundaries with plain searches, so that a mail of 40 MB costs milliseconds. Broken structure
is read as far as it goes: a missing boundary makes the multipart a text, a missing end delimiter
ends the part with its container, a boundary that a child repeats belongs to the outer part.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from triage.message.headers import Headers, split_headers
from triage.message.parts import MAX_DEPTH, MAX_PARTS, About, Part, describe, undo_encoding

_MAX_PART_HEADER: Final = 16_384
_MAX_BOUNDARY: Final = 1_000
_MAX_MISSES: Final = 10_000
"""Lines that begin like the boundary but are none; after so many the rest is one part."""
_DIGEST: Final = "multipart/digest"


@dataclass(slots=True)
class _Bounds:
    """What is left of the allowance while one mail is walked, and what was found wrong."""

    parts: int = MAX_PARTS
    damage: dict[str, None] = field(default_factory=dict)

    def note(self, what: str) -> None:
        self.damage[what] = None


def read_structure(data: bytes, headers: Headers, body: int) -> tuple[Part, tuple[str, ...]]:
    """Return the part tree of a mail whose header section is read already, and what was broken.

    `body` is where the content starts. The root part carries the mail's headers.
    """
    bounds = _Bounds()
    root = _read(data, headers, body, len(data), 0, "text/plain", bounds)
    return root, tuple(bounds.damage)


def _read(
    data: bytes, headers: Headers, start: int, end: int, depth: int, default: str, bounds: _Bounds
) -> Part:
    """Read the part whose content lies between the offsets."""
    bounds.parts -= 1
    about = describe(headers, default)
    if about.content_type.startswith("multipart/"):
        if depth >= MAX_DEPTH:
            bounds.note(f"nested deeper than {MAX_DEPTH} levels, the rest was not read")
            return Part(replace(about, content_type="application/octet-stream"), b"", (), headers)
        children = _children(data, about, start, end, depth, headers.country, bounds)
        if children:
            return Part(about, b"", children, headers)
        about = replace(about, content_type="text/plain")
    elif about.content_type in {"message/rfc822", "message/global"}:
        return _attached(data[start:end], about, headers, depth, bounds)
    return Part(about, undo_encoding(data[start:end], about.encoding), (), headers)


def _attached(data: bytes, about: About, headers: Headers, depth: int, bounds: _Bounds) -> Part:
    """Read an attached mail; its own bytes stay in `content` for size and hash."""
    content = undo_encoding(data, about.encoding)
    children: tuple[Part, ...] = ()
    if depth < MAX_DEPTH and bounds.parts > 0:
        section = split_headers(content, headers.country, max_section=4 * _MAX_PART_HEADER)
        children = (
            _read(
                content,
                section.headers,
                section.body,
                len(content),
                depth + 1,
                "text/plain",
                bounds,
            ),
        )
    else:
        bounds.note("an attached mail was not opened: nested too deeply")
    return Part(replace(about, content_type="message/rfc822"), content, children, headers)


def _children(
    data: bytes, about: About, start: int, end: int, depth: int, country: str, bounds: _Bounds
) -> tuple[Part, ...]:
    """Read the parts of a multipart; none when its boundary is missing or never occurs."""
    boundary = about.parameters.get("boundary", "").encode("utf-8", "surrogateescape")[
        :_MAX_BOUNDARY
    ]
    boundary = boundary.rstrip() or _likely_boundary(data, start, end)
    if not boundary:
        bounds.note("a multipart without a boundary")
        return ()
    spans = _spans(data, boundary, start, end, bounds)
    if not spans:
        bounds.note("a multipart whose boundary never occurs")
    default = "message/rfc822" if about.content_type == _DIGEST else "text/plain"
    children: list[Part] = []
    for first, last in spans:
        if bounds.parts <= 0:
            bounds.note(f"more than {MAX_PARTS} parts, the rest was not read")
            break
        section = split_headers(data[first : min(last, first + _MAX_PART_HEADER)], country)
        body = min(first + section.body, last)
        if data[first : first + 1] in (b"\r", b"\n"):  # an empty line at once: no headers
            section, body = split_headers(b""), first + 1 + (data[first : first + 2] == b"\r\n")
        children.append(_read(data, section.headers, body, last, depth + 1, default, bounds))
    return tuple(children)


def _spans(
    data: bytes, boundary: bytes, start: int, end: int, bounds: _Bounds
) -> list[tuple[int, int]]:
    """Return where the parts between the delimiters lie (RFC 2046 section 5.1.1)."""
    delimiter = b"\n--" + boundary
    spans: list[tuple[int, int]] = []
    opened = -1
    misses = 0
    first = data.startswith(delimiter[1:], start)
    position = start - 1 if first else data.find(delimiter, start, end)
    while position >= start - 1 and misses < _MAX_MISSES:
        after = position + len(delimiter)
        if _fills_line(data, after, end):
            if opened >= 0:
                spans.append((opened, _before_line_end(data, opened, position + 1)))
            closes = data[after : after + 2] == b"--"
            line_end = data.find(b"\n", after, end)
            opened = -1 if closes else (line_end + 1 if line_end >= 0 else end)
            if closes or len(spans) > MAX_PARTS:
                return spans
        else:
            misses += 1
        found = data.find(delimiter, after, end)
        position = found if found >= 0 else start - 2
    if opened >= 0:
        bounds.note("a multipart without its end")
        spans.append((opened, end))
    return spans


def _fills_line(data: bytes, after: int, end: int) -> bool:
    """Whether a delimiter that starts a line fills it, but for `--` and blanks."""
    if data[after : min(after + 2, end)] == b"--":
        return True
    line_end = data.find(b"\n", after, min(end, after + 200))
    return not data[after : line_end if line_end >= 0 else min(end, after + 200)].strip()


def _before_line_end(data: bytes, start: int, position: int) -> int:
    """Return the end of a part: the line end before a delimiter belongs to the delimiter."""
    if position > start and data[position - 1] == 0x0A:
        position -= 1
    if position > start and data[position - 1] == 0x0D:
        position -= 1
    return max(position, start)


def _likely_boundary(data: bytes, start: int, end: int) -> bytes:
    """Return what looks like the boundary of a multipart that names none: its first `--` line."""
    sample = data[start : min(end, start + 4_096)]
    for line in sample.split(b"\n")[:20]:
        candidate = line.rstrip()
        if candidate.startswith(b"--") and len(candidate) > 10 and b" " not in candidate:
            return candidate[2:]
    return b""
