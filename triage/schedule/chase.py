"""Which reminders are due and not yet done: pure functions of cases, policies and the time.

A case has steps: the policy's warnings before its term ends (`before-3`), the last working day
(`due`), and those after it (`after-1` ...), which rise from handler to lead to management. Only the
latest step that has been reached is ever told, once: what a stopped service missed is caught up
with one reminder. Nothing is said outside the office hours of the policy, nor of a case that rests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from triage.policy.calendar import is_working_day
from triage.policy.deadline import deadline, working_day_before
from triage.schedule.audience import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date, datetime

    from triage.policy.model import Policy
    from triage.schedule.rows import CaseRow
    from triage.team_settings import Chase

    Done = Mapping[str, frozenset[tuple[str, date]]]
    """Case number → the reminders that went out: step and day."""

FACTS = "facts"
"""The one reminder to a sender who owes facts."""
FACTS_TASK = "facts-task"
"""The task that follows when that did not help."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """One reminder of a case."""

    name: str
    day: date
    """The day on which it falls, in the policy's zone; with the name its key."""
    level: Level = Level.HANDLER


@dataclass(frozen=True, slots=True)
class Due:
    """A case with the reminder that is due."""

    case: CaseRow
    step: Step


def in_office(policy: Policy, now: datetime) -> bool:
    """Whether the policy's office is open at that moment (aware)."""
    local = now.astimezone(policy.zone)
    opens, closes = policy.office.on(local.date())
    return opens <= local.time() < closes and is_working_day(policy.calendar, local.date())


def reminders_due(
    cases: Iterable[CaseRow],
    policies: Mapping[str, Policy],
    chase: Chase,
    now: datetime,
    done: Done,
) -> tuple[Due, ...]:
    """Return what handlers are to be reminded of now, the longest due first."""
    found = []
    for case in cases:
        policy = policies.get(case.policy)
        if policy is None or not _is_chased(case) or case.due is None or not in_office(policy, now):
            continue
        today = now.astimezone(policy.zone).date()
        step = max(steps(policy, chase, case.due, today), key=_order, default=None)
        if step and (step.name, step.day) not in done.get(case.number, frozenset()):
            found.append(Due(case, step))
    return tuple(sorted(found, key=lambda each: (each.case.due_at or now, each.case.number)))


def _is_chased(case: CaseRow) -> bool:
    return case.is_open and not case.paused


def _order(step: Step) -> tuple[date, bool, Level]:
    # On one day the end of the term weighs more than the warning before it.
    return step.day, not step.name.startswith("before"), step.level


def steps(policy: Policy, chase: Chase, due: date, until: date) -> Iterator[Step]:
    """Yield the steps of a case that is due on `due`, up to and with the day `until`."""
    calendar = policy.calendar
    last = due if is_working_day(calendar, due) else working_day_before(calendar, due, 1)
    before = (
        Step(f"before-{count}", working_day_before(calendar, due, count))
        for count in policy.warn_before
    )
    yield from (step for step in (*before, Step("due", last)) if step.day <= until)
    count, day = 0, due
    while day < until:
        day += _DAY
        if not is_working_day(calendar, day):
            continue
        count += 1
        level = _level(chase, count)
        if level is not None:
            yield Step(f"after-{count}", day, level)


def _level(chase: Chase, count: int) -> Level | None:
    """Return how far up the reminder so many working days after the term goes; None for none."""
    beyond = count - chase.management_after
    if beyond >= 0 and beyond % chase.repeat_every == 0:
        return Level.MANAGEMENT
    if count == chase.lead_after:
        return Level.LEAD
    return Level.HANDLER if count == chase.handler_after else None


def facts_due(
    cases: Iterable[CaseRow], policies: Mapping[str, Policy], now: datetime, done: Done
) -> tuple[Due, ...]:
    """Return the cases whose sender is to be reminded of missing facts, or that need a person.

    The sender is reminded once, the policy's term after the mail that asked; the same term after
    that, or when the answer is due before anything was sent, it becomes a task. A sender who was
    never asked (the acknowledgement was withheld) is not written to.
    """
    found = []
    for case in cases:
        policy = policies.get(case.policy)
        if policy is None or not _is_chased(case) or not case.missing or case.asked_at is None:
            continue
        taken = {name for name, _ in done.get(case.number, ())}
        if FACTS_TASK in taken or not in_office(policy, now):
            continue
        asked = max(case.asked_at, case.reminded_at or case.asked_at)
        day = deadline(policy, asked, "reminder").due
        if day > now.astimezone(policy.zone).date():
            continue
        too_late = case.due_at is not None and case.due_at <= now
        name = FACTS_TASK if FACTS in taken or too_late else FACTS
        found.append(Due(case, Step(name, day)))
    return tuple(sorted(found, key=lambda each: each.case.number))
