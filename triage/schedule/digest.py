"""What a reader must know this morning: a pure function from the register's rows to a digest.

A case is told in full once, in the section that matters most; the others where it belongs name it.
No section hides anything: what does not fit in full is listed in short.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from triage.register.states import CaseState, EntryState
from triage.schedule import lines
from triage.schedule.sections import Part, Section, section
from triage.schedule.wording import counted, working_days_until

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from triage.policy.model import Policy
    from triage.schedule.audience import Reader
    from triage.schedule.lines import Line, Tone
    from triage.schedule.rows import CaseRow, Desk, EntryRow, TaskRow

_ANSWER_WITHIN = timedelta(hours=1)
"""An acknowledgement that has not gone out after this long is told."""


_HOMES = (
    *(Part.OVERDUE, Part.SOON, Part.NOT_ACKNOWLEDGED, Part.BOUNCED, Part.UNSURE, Part.NEW),
    *(Part.INCOMPLETE, Part.TASKS, Part.ANSWERED, Part.OPEN),
)
"""The section in which a case is told in full: the first of these that it belongs to."""


@dataclass(frozen=True, slots=True)
class Count:
    """A number of the summary: `3` `overdue`."""

    number: int
    words: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest, ready to be shown."""

    title: str
    day: str
    summary: str
    """`3 overdue, 5 due within 2 working days ...`, or that there is nothing."""
    counts: tuple[Count, ...]
    sections: tuple[Section, ...]
    footer: str
    empty: bool
    """Nothing needs the reader."""

    @property
    def entries(self) -> frozenset[int]:
        """The ledger's numbers of the mails whose words are to be told (`with_words`)."""
        told = (line.entry for section in self.sections for line in section.lines)
        return frozenset(entry for entry in told if entry is not None)


@dataclass(frozen=True, slots=True)
class Words:
    """What a mail says of itself, ids masked."""

    sender: str
    gist: str


@dataclass(frozen=True, slots=True)
class Frame:
    """When a digest is made, and how much it shows."""

    now: datetime
    """Aware UTC."""
    since: datetime
    """When the reader was last told."""
    zone: ZoneInfo
    """Of the reader, for what belongs to no policy."""
    soon: int = 2
    """Working days before the term."""
    rows: int = 25
    """Full lines of a section."""


def build(desk: Desk, policies: Mapping[str, Policy], reader: Reader, frame: Frame) -> Digest:
    """Return the digest of a reader."""
    seen = [
        case
        for case in desk.cases
        if reader.sees(case.policy, case.owner) and _is_news(case, frame)
    ]
    told: dict[Part, list[Line]] = defaultdict(list)
    elsewhere: dict[Part, list[str]] = defaultdict(list)
    for case in sorted(seen, key=_most_pressing):
        policy = policies.get(case.policy) or next(iter(policies.values()))
        parts = _parts(case, policy, frame)
        home = next(part for part in _HOMES if part in parts)
        told[home].append(lines.case_line(case, policy, frame.now))
        for part in parts - {home}:
            elsewhere[part].append(case.number)
    for part, line in _others(desk, reader, frame):
        told[part].append(line)
    rows = dict.fromkeys(Part, frame.rows) | {Part.LISTED: _newly_listed(desk, reader, frame)}
    sections = tuple(
        section(part, told[part], tuple(elsewhere[part]), rows[part])
        for part in Part
        if told[part] or elsewhere[part]
    )
    open_cases = sum(case.is_open for case in seen)
    footer = f"{counted(open_cases, 'case')} open in all. Sent by Triage."
    today = lines.local_day(frame.now, frame.zone)
    return summed_up("Complaint digest", today, sections, footer, soon=frame.soon)


def summed_up(
    title: str, day: date, sections: tuple[Section, ...], footer: str, *, soon: int = 0
) -> Digest:
    """Return the digest of these sections with its summary; `soon` words the term of "due soon"."""
    counts = tuple(
        Count(each.count, _words(each, soon), each.tone)
        for each in sections
        if each.part is not Part.OPEN and (each.part is not Part.LISTED or each.lines)
    )
    numbers = ", ".join(f"{count.number} {count.words}" for count in counts)
    return Digest(
        title=title,
        day=f"{day:%A} {day.day} {day:%B %Y}",
        summary=numbers or "Nothing needs you today",
        counts=counts,
        sections=sections,
        footer=footer,
        empty=not counts,
    )


def with_words(digest: Digest, words: Mapping[int, Words]) -> Digest:
    """Return the digest with what its mails say; a sender known from the case stays."""

    def told(line: Line) -> Line:
        said = words.get(line.entry) if line.entry is not None else None
        return replace(line, sender=line.sender or said.sender, gist=said.gist) if said else line

    return replace(
        digest,
        sections=tuple(
            replace(each, lines=tuple(told(line) for line in each.lines))
            for each in digest.sections
        ),
    )


def _words(told: Section, soon: int) -> str:
    if told.part is Part.SOON and soon:
        return f"due within {counted(soon, 'working day')}"
    return told.words


def _is_news(case: CaseRow, frame: Frame) -> bool:
    """Whether a case is open, wants something of a person, or ended since the reader was told."""
    ended = max((each for each in (case.answered_at, case.settled_at) if each), default=None)
    wants = case.state is CaseState.ANSWERED and case.outcome is None
    return case.is_open or wants or bool(case.tasks) or (ended is not None and ended >= frame.since)


def _most_pressing(case: CaseRow) -> tuple[bool, float, float]:
    due = case.due_at.timestamp() if case.due_at else 0.0
    return (case.due_at is None, due, case.received_at.timestamp())


_OWN_SECTION = {
    "confirm_by_hand": Part.NOT_ACKNOWLEDGED,
    "bounced": Part.BOUNCED,
    "check_reading": Part.UNSURE,
}


def _parts(case: CaseRow, policy: Policy, frame: Frame) -> set[Part]:
    """Return all sections that a case belongs to."""
    parts = {_OWN_SECTION.get(task.code, Part.TASKS) for task in case.tasks}
    if not case.is_open:
        return parts | {Part.ANSWERED}
    today = lines.local_day(frame.now, policy.zone)
    if case.due is not None and case.due_at is not None:
        if case.due_at <= frame.now:
            parts.add(Part.OVERDUE)
        elif working_days_until(policy.calendar, today, case.due) <= frame.soon:
            parts.add(Part.SOON)
    waits = case.acknowledged_at is None and not case.not_acknowledged
    if waits and frame.now - case.opened_at > _ANSWER_WITHIN:
        parts.add(Part.NOT_ACKNOWLEDGED)
    if case.unsure and case.unsure_at is not None and case.unsure_at >= frame.since:
        parts.add(Part.UNSURE)
    if case.missing:
        parts.add(Part.INCOMPLETE)
    if case.opened_at >= frame.since:
        parts.add(Part.NEW)
    return parts or {Part.OPEN}


def _others(desk: Desk, reader: Reader, frame: Frame) -> Iterable[tuple[Part, Line]]:
    """Yield what is no case: mails, tasks without a case, and cases that may be one."""
    now, zone = frame.now, frame.zone
    for entry in sorted(desk.entries, key=_told_first):
        if reader.sees(entry.policy):
            part = Part.LISTED if entry.state is EntryState.LISTED else Part.FAILED
            yield part, lines.entry_line(entry, zone, now)
    for mail in desk.outgoing:
        if reader.sees(mail.policy):
            yield Part.NOT_SENT, lines.outgoing_line(mail, zone, now)
    for task in desk.tasks:
        if reader.sees(task.policy) and not _is_told(task, desk):
            yield _OWN_SECTION.get(task.code, Part.TASKS), lines.task_line(task, zone, now)
    visible = {case.number for case in desk.cases if reader.sees(case.policy, case.owner)}
    for double in desk.doubles:
        if visible & set(double.numbers):
            yield Part.DOUBLES, lines.double_line(double)


def _newly_listed(desk: Desk, reader: Reader, frame: Frame) -> int:
    """Return how many mails from before the first start are told; the others were told before."""
    fresh = (each for each in desk.entries if each.taken_at >= frame.since)
    listed = sum(each.state is EntryState.LISTED and reader.sees(each.policy) for each in fresh)
    return min(frame.rows, listed)


def _told_first(entry: EntryRow) -> tuple[bool, float]:
    listed = entry.state is EntryState.LISTED
    return (listed, -entry.taken_at.timestamp() if listed else entry.received_at.timestamp())


def _is_told(task: TaskRow, desk: Desk) -> bool:
    """Whether the mail that a task is about has a line of its own."""
    if task.outbox is not None:
        return any(mail.id == task.outbox for mail in desk.outgoing)
    return task.code == "mail_set_aside" and any(entry.id == task.entry for entry in desk.entries)
