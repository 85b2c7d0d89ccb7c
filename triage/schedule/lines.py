"""One line of a digest from one row of the register: what it is, how long it has, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import quote

from triage.register.states import CaseState, EntryState, OutboxState
from triage.schedule.wording import (
    counted,
    day_words,
    fact_words,
    kind_words,
    reason_words,
    working_days_until,
)

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from triage.policy.model import Policy
    from triage.schedule.rows import CaseRow, Double, EntryRow, OutgoingRow, TaskRow

_TASKS_TOLD = 3


class Tone(StrEnum):
    """How pressing something is: the colour of its badge."""

    LATE = "late"
    SOON = "soon"
    LOOK = "look"
    CALM = "calm"


@dataclass(frozen=True, slots=True)
class Badge:
    """The few words that stand out of a line."""

    text: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Line:
    """One case, mail or task."""

    ref: str
    """`NL26-00042`, `mail 17`, `task 3`."""
    what: str
    """Its kind: `complaint`, `set aside`."""
    badge: Badge
    todo: tuple[str, ...]
    """What a person does next, the first thing first."""
    when: str = ""
    """The term and the day of receipt."""
    sender: str = ""
    gist: str = ""
    """In the sender's own words."""
    language: str = ""
    owner: str = ""
    message_id: str = ""
    entry: int | None = None
    """The ledger's number of the mail whose sender and gist are to be told."""

    @property
    def link(self) -> str:
        """The mail as a URL (RFC 2392), which mail clients open; empty when it has no id."""
        # An overlong Message-ID is kept as its hash, which no mail client can find.
        if not self.message_id or self.message_id.startswith("sha256:"):
            return ""
        return "mid:" + quote(self.message_id, safe="@")


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """Return the day of a moment (aware) in a zone."""
    return moment.astimezone(zone).date()


def term_of(case: CaseRow, policy: Policy, now: datetime) -> Badge:
    """Return how long a case has, in working days of its policy."""
    if not case.is_open:
        return Badge(case.state.value, Tone.CALM)
    if case.due is None or case.due_at is None:
        return Badge("no term", Tone.CALM)
    today = local_day(now, policy.zone)
    days = working_days_until(policy.calendar, today, case.due)
    if case.due_at <= now:
        text = f"{counted(-days, 'working day')} late" if days else "term has passed"
        return Badge(text, Tone.LATE)
    if case.due == today:
        return Badge("due today", Tone.SOON)
    if days == 0:
        return Badge("last working day", Tone.SOON)
    return Badge(f"{counted(days, 'working day')} left", Tone.SOON if days <= 1 else Tone.CALM)


def case_line(case: CaseRow, policy: Policy, now: datetime) -> Line:
    """Return the line of a case."""
    today = local_day(now, policy.zone)
    due = f"due {day_words(case.due, today)}, " if case.due else ""
    received = day_words(local_day(case.received_at, policy.zone), today)
    return Line(
        ref=case.number,
        what=kind_words(case.kind),
        badge=term_of(case, policy, now),
        when=f"{due}received {received}{', collection paused' * case.collection_paused}",
        todo=_next_steps(case, policy, now),
        sender=case.sender,
        language=case.language,
        owner=case.owner,
        message_id=case.message_id,
        entry=case.entry,
    )


def _next_steps(case: CaseRow, policy: Policy, now: datetime) -> tuple[str, ...]:
    if not case.is_open:
        return (*_tasks(case), *_after_the_answer(case, policy, now))
    return (
        *(("Answer now: the term has passed",) if case.due_at and case.due_at <= now else ()),
        *_confirmation(case),
        *_tasks(case),
        *((f"Look at: {fact_words(case.unsure)}",) if case.unsure else ()),
        *_waiting(case, policy, now),
        *(("Rests until a person resumes it",) if case.paused else ()),
    ) or (
        (f"Answer by {day_words(case.due, local_day(now, policy.zone))}" if case.due else "Answer"),
    )


def _confirmation(case: CaseRow) -> tuple[str, ...]:
    if case.acknowledged_at is not None:
        return ()
    if not case.not_acknowledged:
        return ("Its acknowledgement has not gone out yet",)
    if any(task.code == "confirm_by_hand" for task in case.tasks):
        return (f"Confirm receipt by hand: {reason_words(case.not_acknowledged)}",)
    return ()


def _tasks(case: CaseRow) -> tuple[str, ...]:
    told_otherwise = {"confirm_by_hand"} if case.acknowledged_at is None else frozenset()
    alike: dict[str, list[str]] = {}
    for task in case.tasks:
        if task.code not in told_otherwise:
            alike.setdefault(task.text, []).append(str(task.id))
    more = len(alike) - _TASKS_TOLD
    told = [
        f"{text} ({'tasks' if len(ids) > 1 else 'task'} {', '.join(ids)})"
        for text, ids in tuple(alike.items())[:_TASKS_TOLD]
    ]
    return (*told, *((f"and {counted(more, 'more task')}",) if more > 0 else ()))


def _waiting(case: CaseRow, policy: Policy, now: datetime) -> tuple[str, ...]:
    if not case.missing:
        return ()
    today = local_day(now, policy.zone)
    asked = case.reminded_at or case.asked_at
    how = "reminded" if case.reminded_at else "asked"
    when = f", {how} {day_words(local_day(asked, policy.zone), today)}" if asked else ", not asked"
    return (f"Waits for the sender: {fact_words(case.missing)}{when}",)


def _after_the_answer(case: CaseRow, policy: Policy, now: datetime) -> tuple[str, ...]:
    ended = case.answered_at or case.settled_at
    if ended is None:
        return ()
    late = ", late" if case.due_at and ended >= case.due_at else ""
    day = day_words(local_day(ended, policy.zone), local_day(now, policy.zone))
    if case.state is CaseState.ANSWERED:
        why = ' --reason "WHY"' if policy.promises.verdict_reasons else ""
        settle = f"triage case settle {case.number} --outcome OUTCOME{why}"
        return (f"Answered {day}{late}; note its outcome: {settle}",)
    outcome = f": {case.outcome.value.replace('_', ' ')}" if case.outcome else ""
    return (f"Settled {day}{late}{outcome}",)


def entry_line(entry: EntryRow, zone: ZoneInfo, now: datetime) -> Line:
    """Return the line of a mail that was not decided upon."""
    received = day_words(local_day(entry.received_at, zone), local_day(now, zone))
    badge, todo = {
        EntryState.FAILED: (Badge("tried again by itself", Tone.SOON), ()),
        EntryState.SET_ASIDE: (
            Badge("set aside", Tone.LATE),
            (f"Read it in {entry.mailbox}; try it again: triage mail retry {entry.id}",),
        ),
    }.get(
        entry.state,
        (
            Badge("not answered", Tone.CALM),
            (f"Have it handled as new mail: triage mail retry {entry.id}",),
        ),
    )
    return Line(
        ref=f"mail {entry.id}",
        what="incoming",
        badge=badge,
        when=f"to {entry.mailbox}, received {received}",
        todo=(*((f"Broke off: {entry.error}",) if entry.error else ()), *todo),
        message_id=entry.message_id,
        entry=entry.id,
    )


def outgoing_line(mail: OutgoingRow, zone: ZoneInfo, now: datetime) -> Line:
    """Return the line of a mail of ours that did not go out."""
    queued = day_words(local_day(mail.queued_at, zone), local_day(now, zone))
    failed = mail.state is OutboxState.FAILED
    return Line(
        ref=mail.case_number or f"outgoing {mail.id}",
        what=mail.purpose,
        badge=Badge("not sent", Tone.LATE) if failed else Badge("still tried", Tone.SOON),
        when=f"queued {queued}",
        todo=(
            *((f"The server says: {mail.error}",) if mail.error else ()),
            *(("Reach them another way",) if failed else ()),
        ),
        sender=f"to {mail.recipient}",
    )


def task_line(task: TaskRow, zone: ZoneInfo, now: datetime) -> Line:
    """Return the line of a task that belongs to no case."""
    since = day_words(local_day(task.created_at, zone), local_day(now, zone))
    return Line(
        ref=f"task {task.id}",
        what=task.code.replace("_", " "),
        badge=Badge(f"since {since}", Tone.LOOK),
        todo=(task.text, f"When it is done: triage task done {task.id}"),
        message_id=task.message_id,
        entry=task.entry,
    )


def double_line(double: Double) -> Line:
    """Return the line of cases that may be one."""
    first, *others = double.numbers
    merges = ", then ".join(f"triage case merge {other} --into {first}" for other in others)
    return Line(
        ref=" and ".join(double.numbers),
        what=f"same {double.shared}",
        badge=Badge("duplicate?", Tone.LOOK),
        todo=(f"If they are one: {merges}",),
    )
