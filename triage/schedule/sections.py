"""The sections of a digest: their order, their headings, and how much of each is shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

from triage.schedule.lines import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from triage.schedule.lines import Badge, Line


class Part(StrEnum):
    """The sections, in the order in which they are shown: by risk."""

    OVERDUE = "overdue"
    SOON = "soon"
    NOT_ACKNOWLEDGED = "not_acknowledged"
    FAILED = "failed"
    NOT_SENT = "not_sent"
    BOUNCED = "bounced"
    UNSURE = "unsure"
    TASKS = "tasks"
    INCOMPLETE = "incomplete"
    NEW = "new"
    DOUBLES = "doubles"
    ANSWERED = "answered"
    OPEN = "open"
    LISTED = "listed"


@dataclass(frozen=True, slots=True)
class _Heading:
    title: str
    tone: Tone
    words: str
    """In the summary, after the number."""
    command: str
    """Lists the section in a terminal."""


_HEADINGS: dict[Part, _Heading] = {
    Part.OVERDUE: _Heading("Overdue", Tone.LATE, "overdue", "triage case list"),
    Part.SOON: _Heading("Due soon", Tone.SOON, "due soon", "triage case list"),
    Part.NOT_ACKNOWLEDGED: _Heading(
        "Not acknowledged", Tone.LATE, "not acknowledged", "triage task list"
    ),
    Part.FAILED: _Heading(
        "Mails that could not be processed",
        Tone.LATE,
        "not processed",
        "triage mail list --failed",
    ),
    Part.NOT_SENT: _Heading("Outgoing mail that failed", Tone.LATE, "not sent", "triage task list"),
    Part.BOUNCED: _Heading("Came back", Tone.LATE, "bounced", "triage task list"),
    Part.UNSURE: _Heading("Unsure readings", Tone.LOOK, "unsure", "triage task list"),
    Part.TASKS: _Heading("Open tasks", Tone.LOOK, "with open tasks", "triage task list"),
    Part.INCOMPLETE: _Heading(
        "Waiting for the sender", Tone.CALM, "waiting for the sender", "triage case list"
    ),
    Part.NEW: _Heading("New since the last digest", Tone.CALM, "new", "triage case list"),
    Part.DOUBLES: _Heading(
        "Possible duplicates", Tone.LOOK, "possibly duplicate", "triage case list"
    ),
    Part.ANSWERED: _Heading("Answered", Tone.CALM, "answered", "triage case list --state all"),
    Part.OPEN: _Heading("Also open", Tone.CALM, "also open", "triage case list"),
    Part.LISTED: _Heading(
        "In the mailbox before the first start",
        Tone.CALM,
        "from before the first start",
        "triage mail list --backlog",
    ),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that have equally long, told in few words."""

    badge: Badge
    refs: tuple[str, ...]
    """`NL26-00042 (anna@office.example)`: number and owner."""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a digest."""

    part: Part
    title: str
    words: str
    tone: Tone
    count: int
    lines: tuple[Line, ...]
    short: tuple[Group, ...] = ()
    """Those that are told in few words, the most pressing first."""
    elsewhere: tuple[str, ...] = ()
    """Numbers of cases that belong here, too, and are told in full in another section."""
    more: int = 0
    """How many are only counted."""
    command: str = ""
    """Lists them all in a terminal."""


def section(
    part: Part, told: Iterable[Line], elsewhere: tuple[str, ...] = (), rows: int = 25
) -> Section:
    """Return a section with `rows` full lines; older mail that waits is only counted beyond."""
    several = tuple(told)
    heading = _HEADINGS[part]
    rows = 0 if part is Part.OPEN else rows
    rest = several[rows:]
    only_counted = part is Part.LISTED
    return Section(
        part=part,
        title=heading.title,
        words=heading.words,
        tone=heading.tone,
        count=len(several) + len(elsewhere),
        lines=several[:rows],
        short=() if only_counted else tuple(_groups(rest)),
        elsewhere=elsewhere,
        more=len(rest) if only_counted else 0,
        command=heading.command,
    )


def _groups(rest: Iterable[Line]) -> Iterable[Group]:
    for badge, alike in groupby(rest, key=lambda line: line.badge):
        refs = (f"{line.ref} ({line.owner})" if line.owner else line.ref for line in alike)
        yield Group(badge, tuple(refs))
