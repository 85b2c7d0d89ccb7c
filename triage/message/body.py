"""Which parts of a mail are its text, and that text as lines.

Of a multipart/alternative the plain text is taken unless it is empty or a stand-in ("your program
can't show HTML"); texts in a multipart/mixed follow each other; named or attached texts are
attachments.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from triage.message.allowance import Allowance
from triage.message.charset import Decoded, decode
from triage.message.clean import clean_text
from triage.message.envelopes import File, cut_uuencoded, is_envelope, opened, without_armour
from triage.message.flowed import flowed_lines, plain_lines
from triage.message.lines import Line
from triage.message.markup import html_lines
from triage.message.tnef import is_tnef, read_tnef

if TYPE_CHECKING:
    from triage.message.parts import Part

MAX_PLAIN: Final = 500_000
"""Characters of one plain text that are read."""
MAX_HTML: Final = 1_000_000
"""Characters of one HTML text that are read."""
MAX_LINES: Final = 10_000
_SHORT: Final = 400
_BEYOND_ASCII: Final = bytes(range(0x80, 0x100))
_LONGEST_CUT: Final = 64
"""Bytes at a cut within which a byte of ASCII is looked for."""
_TEXTS: Final = frozenset(("text/plain", "text/html", "text/enriched", "text/richtext"))
_STUFFED_NAMES: Final = re.compile(
    r"\.(?:txt|csv|log|html?|md|ics|vcf|eml|asc|xml|json)$", re.IGNORECASE
)
_LOOKS_LIKE_HTML: Final = re.compile(
    r"\s{0,200}(?:<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]|<(?:div|p|table|span|font)[\s>][^<]{0,500}<)",
    re.IGNORECASE,
)
_META: Final = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Block:
    """One text of the mail, in the forms that it comes in."""

    plain: Part | None = None
    html: Part | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """A mail's parts, sorted: its texts in order, and the rest."""

    blocks: tuple[Block, ...]
    attachments: tuple[Part, ...]
    damage: tuple[str, ...] = ()


@dataclass(slots=True)
class Text:
    """The mail's text as lines; `spare` is another rendition, for when this holds nothing typed."""

    lines: list[Line] = field(default_factory=list)
    spare: list[Line] = field(default_factory=list)
    footer: list[str] = field(default_factory=list)
    """Signature armour that stood in the text."""
    files: list[File] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)
    allowance: Allowance = field(default_factory=Allowance)


def sort_parts(root: Part, allowance: Allowance) -> Contents:
    """Sort the parts of a mail into its texts and the rest; signed envelopes are looked into."""
    rest = _Rest(allowance)
    attachments, damage = rest.attachments, rest.damage
    blocks = _blocks(root, rest, root=True)
    if not blocks:
        named = next(
            (
                part
                for part in attachments
                if part.content_type in _TEXTS and part.about.disposition != "attachment"
            ),
            None,
        )
        if named is not None:
            attachments.remove(named)
            blocks = [_block(named)]
    for part in [each for each in attachments if is_tnef(each)]:
        if allowance.winmails <= 0:
            damage.append("too many winmail.dat, the rest was not read")
            break
        allowance.winmails -= 1
        letter = read_tnef(part.content, text=not any(map(_is_written, blocks)))
        attachments += letter.files
        blocks = [_block(letter.body)] if letter.body is not None else blocks
    return Contents(tuple(blocks), tuple(attachments), tuple(dict.fromkeys(damage)))


@dataclass(slots=True)
class _Rest:
    """What a mail holds beside its texts, while its parts are sorted."""

    allowance: Allowance
    attachments: list[Part] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)


def _is_written(block: Block) -> bool:
    """Whether a text has anything in it."""
    return any(part is not None and part.content.strip() for part in (block.plain, block.html))


def _blocks(part: Part, rest: _Rest, *, root: bool = False) -> list[Block]:
    """Return the texts of a part, in order; what is none is added to the attachments."""
    if part.children and part.content_type != "message/rfc822":
        return _of_multipart(part, rest)
    if part.content_type in _TEXTS and (root or _is_body(part)):
        return [_block(part)]
    if is_envelope(part):
        inner = _inside(part, rest)
        if inner is not None:
            return _blocks(inner, rest, root=root)
    rest.attachments.append(part)
    return []


def _inside(part: Part, rest: _Rest) -> Part | None:
    """Open an S/MIME envelope, as long as the allowance lasts."""
    if rest.allowance.envelopes <= 0:
        rest.damage.append("too many S/MIME envelopes, the rest was not read")
        return None
    rest.allowance.envelopes -= 1
    envelope = opened(part)
    rest.damage.extend(envelope.damage)
    return envelope.inner


def _of_multipart(part: Part, rest: _Rest) -> list[Block]:
    subtype = part.content_type.partition("/")[2]
    if subtype == "encrypted":
        rest.damage.append("encrypted")
        rest.attachments.extend(part.children)
        return []
    if subtype == "alternative":
        return _merged([_blocks(child, rest) for child in part.children])
    if subtype == "related":
        first, *others = part.children
        rest.attachments.extend(leaf for child in others for leaf in _leaves(child))
        return _blocks(first, rest)
    if subtype == "signed":
        first, *others = part.children
        rest.attachments.extend(others)
        return _blocks(first, rest)
    return [block for child in part.children for block in _blocks(child, rest)]


def _merged(found: list[list[Block]]) -> list[Block]:
    """Put the renditions of an alternative beside each other."""
    filled = [blocks for blocks in found if blocks]
    if len(filled) < 2:
        return filled[0] if filled else []
    plain = next(
        (block.plain for blocks in filled for block in blocks if block.plain is not None), None
    )
    html = next(
        (block.html for blocks in reversed(filled) for block in blocks if block.html is not None),
        None,
    )
    longest = max(filled, key=len)
    return longest if len(longest) > 1 else [Block(plain, html)]


def _leaves(part: Part) -> list[Part]:
    return [
        leaf for leaf in part.walk() if not leaf.children or leaf.content_type == "message/rfc822"
    ]


def _is_body(part: Part) -> bool:
    """Whether a text part is the mail's own text rather than a file."""
    return part.about.disposition != "attachment" and not (
        part.filename and _STUFFED_NAMES.search(part.filename)
    )


def _block(part: Part) -> Block:
    return Block(html=part) if part.content_type == "text/html" else Block(plain=part)


def read_text(contents: Contents, country: str, allowance: Allowance) -> Text:
    """Return the mail's text as lines, bounded."""
    text = Text(damage=list(contents.damage), allowance=allowance)
    for block in contents.blocks:
        if allowance.texts <= 0:
            text.damage.append("too many texts, the rest was not read")
            break
        allowance.texts -= 1
        lines, spare = _read_block(block, country, text)
        if text.lines and lines:
            text.lines.append(Line(""))
        text.lines += lines
        text.spare += spare
        if len(text.lines) > MAX_LINES:
            text.damage.append(f"more than {MAX_LINES} lines, the rest was not read")
            del text.lines[MAX_LINES:]
            break
    del text.spare[MAX_LINES:]
    return text


def _read_block(block: Block, country: str, text: Text) -> tuple[list[Line], list[Line]]:
    """Return the lines of a block's better rendition, and those of the other where it was read."""
    plain = _plain(block.plain, country, text) if block.plain is not None else None
    if block.html is None:
        return plain or [], []
    if plain is not None:
        size = sum(len(line.text) for line in plain)
        if size > _SHORT:
            return plain, []
    html = _html(block.html, country, text)
    if plain is None:
        return html, []
    return (html, plain) if _is_stand_in(plain, html) else (plain, html)


def _is_stand_in(plain: list[Line], html: list[Line]) -> bool:
    """Whether the plain rendition is empty or only says that there is an HTML one."""
    size = sum(len(line.text) for line in plain)
    return size == 0 or sum(len(line.text) for line in html) > 2 * size + _SHORT // 2


def _plain(part: Part, country: str, text: Text) -> list[Line]:
    decoded = _first_lines(_decoded(part, part.charset, MAX_PLAIN, country, text), text)
    if part.content_type != "text/plain" or _LOOKS_LIKE_HTML.match(decoded):
        return _marked_up(decoded, text)
    if "\nbegin " in decoded or decoded.startswith("begin "):
        decoded, files = cut_uuencoded(decoded)
        text.files += files
    armoured = without_armour(decoded)
    if armoured.encrypted:
        text.damage.append("encrypted")
    if armoured.signature:
        text.footer += armoured.signature.split("\n")
    decoded = armoured.text
    if part.parameter("format") == "flowed":
        return flowed_lines(decoded, delete_space=part.parameter("delsp") == "yes")
    return plain_lines(decoded)


def _first_lines(text: str, into: Text) -> str:
    """Cut a text after so many lines."""
    if text.count("\n") <= MAX_LINES:
        return text
    into.damage.append(f"more than {MAX_LINES} lines, the rest was not read")
    return "\n".join(text.split("\n", MAX_LINES)[:MAX_LINES])


def _html(part: Part, country: str, text: Text) -> list[Line]:
    label = part.charset
    if not label and (meta := _META.search(part.content[:4_096])) is not None:
        label = meta.group(1).decode("ascii")
        label = "" if label.lower().startswith("utf-16") else label
    return _marked_up(_decoded(part, label, MAX_HTML, country, text), text)


def _marked_up(html: str, text: Text) -> list[Line]:
    lines, damage = html_lines(html, text.allowance)
    if damage:
        text.damage.append(damage)
    return lines


def _decoded(part: Part, label: str, most: int, country: str, text: Text) -> str:
    decoded = decode_part(part, label, most, country, text.allowance)
    if decoded.damage:
        text.damage.append(decoded.damage)
    if len(decoded.text) < len(part.content) // 4 and len(decoded.text) >= most:
        text.damage.append(f"a text of more than {most} characters, the rest was not read")
    return decoded.text


def decode_part(part: Part, label: str, most: int, country: str, allowance: Allowance) -> Decoded:
    """Return the clean text of a part, at most so many characters, within the allowance."""
    limit = min(most, max(0, allowance.characters))
    content = part.content
    if len(content) > 4 * limit:
        # Not in the midst of a character; where no end of one is near, the reader makes do.
        end = max(0, 4 * limit - _LONGEST_CUT)
        content = content[:end] + content[end : 4 * limit].rstrip(_BEYOND_ASCII)
    decoded = decode(content, label, country, detect=allowance.detections > 0)
    allowance.detections -= decoded.detected
    text = clean_text(decoded.text, limit)
    allowance.characters -= len(text)
    return Decoded(text, decoded.damage, decoded.detected)
