"""Header blocks: the From / Sent / To / Subject lines that Outlook puts above older mail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from triage.message.vocabulary import quoting_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triage.message.lines import Line

_MAX_LINES: Final = 40
_MAX_CONTINUATION: Final = 12
_LABEL: Final = re.compile(
    r"[\s>*_]{0,12}([^\W\d_][^:：<>@\d]{0,24}?)\s{0,2}[*_]{0,3}\s?[:：][*_]{0,3}\s*(.{0,300})"
)
_ADDRESS: Final = re.compile(r"[^\s<>@]{1,100}@[^\s<>@]{1,200}|\[mailto:")
_TIME: Final = re.compile(
    r"(?<!\d)\d{1,2}\s?[:.]\s?\d{2}(?!\d)|(?<!\d)\d{1,2}h\d{2}|(?<!\d)\d{1,2}\s?[ap]m\b",
    re.IGNORECASE,
)
_WEEKDAY_DATE: Final = re.compile(
    r"[^\W\d]{2,12}[.,]{0,2}\s(?:den\s)?\d{1,2}[. ]|\d{4}-\d{2}-\d{2}"
)


class Block(NamedTuple):
    """A header block found in the lines."""

    start: int
    end: int
    """The line after the last label."""
    roles: frozenset[str]
    address: bool
    """Whether From or To holds an address."""
    timed: bool
    """Whether the date has a time of day."""
    foreign: int
    """Label-like lines in it that label no mail header (a form has them)."""


def label_of(text: str) -> tuple[str, str] | None:
    """Return what a line labels and its value; the role is empty for other labels."""
    if ":" not in text[:60] and "：" not in text[:60]:
        return None
    match = _LABEL.match(text)
    if match is None:
        return None
    label = " ".join(match.group(1).lower().split()).strip("*_ ")
    return quoting_words().labels.get(label, ""), match.group(2)


def block_at(lines: Sequence[Line], start: int) -> Block | None:
    """Return the header block that begins on this line; None when the line labels no header."""
    first = label_of(lines[start].text)
    if first is None or first[0] in {"", "other", "copy"}:
        return None
    roles: set[str] = set()
    address = timed = False
    foreign = continued = 0
    end = index = start
    role = ""
    limit = min(len(lines), start + _MAX_LINES)
    while index < limit:
        text = lines[index].text
        found = label_of(text) if text else None
        if found is not None and found[0]:
            role, value = found
            roles.add(role)
            continued = 0
            address = address or (role in {"from", "to"} and _ADDRESS.search(value) is not None)
            timed = timed or (role == "date" and _is_timed(value))
            end = index + 1
        elif found is not None and _is_short(text):
            foreign += 1
            if foreign > 1:
                break
        elif not text:
            if not _label_follows(lines, index, limit):
                break
        else:
            continued += 1
            if continued > _MAX_CONTINUATION or not _label_within(lines, index, limit):
                break
            address = address or (role in {"from", "to"} and _ADDRESS.search(text) is not None)
            timed = timed or (role == "date" and _is_timed(text))
        index += 1
    return Block(start, end, frozenset(roles), address, timed, foreign)


def is_older_mail(block: Block, *, announced: bool, first: bool) -> bool:
    """Whether a header block stands above older mail.

    `announced`: a separator or HTML divider stands before it, or the subject says that the mail is
    a forward. `first`: nothing was typed before it. A letter's typed heading (no time, no address)
    and a web form (other labels, no time) are not taken for one.
    """
    roles = block.roles
    if announced:
        return len(roles & {"from", "date", "to", "subject"}) >= 2 or "from" in roles
    if block.foreign or not {"date", "from", "to"} & roles:
        return False
    if first:
        return (
            {"from", "date"} <= roles
            and bool({"to", "subject"} & roles)
            and block.timed
            and block.address
        )
    if {"from", "date"} <= roles:
        return block.timed or (
            block.address and len(roles & {"from", "date", "to", "subject"}) >= 3
        )
    if {"date", "to"} <= roles:
        return block.timed and block.address
    return {"from", "to", "subject"} <= roles and block.address


def _is_timed(value: str) -> bool:
    return _TIME.search(value) is not None


def _is_short(text: str) -> bool:
    """Whether a label-like line is a form's label rather than a sentence with a colon in it."""
    return len(text.partition(":")[0].split()) <= 4


def _label_follows(lines: Sequence[Line], index: int, limit: int) -> bool:
    """Whether a header label follows an empty line (some clients leave lines empty)."""
    if index + 1 >= limit:
        return False
    found = label_of(lines[index + 1].text)
    return found is not None and found[0] in {"date", "to", "copy", "subject"}


def _label_within(lines: Sequence[Line], index: int, limit: int) -> bool:
    """Whether a header label stands within the next lines, before an empty one."""
    for line in lines[index + 1 : min(limit, index + _MAX_CONTINUATION)]:
        if not line.text:
            return False
        found = label_of(line.text)
        if found is not None and found[0]:
            return True
    return False
