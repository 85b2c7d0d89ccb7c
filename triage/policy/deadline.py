"""When something is due, and how that day was counted.

The clock starts with the receiving server's time in the policy's zone; the day of receipt is not
itself counted. `count_term` is a pure function of its arguments.
"""

from __future__ import annotations

import calendar as gregorian
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from triage.errors import BadInput
from triage.policy.calendar import day_off, is_working_day
from triage.policy.model import Calendar, End, Policy, Start, Term, Unit

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_ONE = timedelta(days=1)
_YEARS = range(1900, 2101)
"""Years for which the holiday tables hold; outside, a day would be counted wrongly in silence."""
_LONGEST_BREAK = 60
"""Days in a row without a working day that no real calendar has; guards against a broken one."""


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One day on the way to the deadline."""

    day: date
    number: int | None
    """Its number in the term; None for a day that is not counted."""
    why: str
    """`received`, `counted`, the holiday's name, `Saturday` ..."""

    def __str__(self) -> str:
        """Return the line that a person reads."""
        number = f"{self.number:>3}" if self.number is not None else "  -"
        return f"{self.day:%a %Y-%m-%d} {number}  {self.why}"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A due day with its explanation."""

    received: datetime
    """Aware UTC."""
    received_day: date
    """The day on which it counts as received, in the policy's zone."""
    due: date
    due_at: datetime
    """The end of that day in the policy's zone (the following midnight), aware UTC."""
    counted: tuple[CountedDay, ...]


def count_term(term: Term, calendar: Calendar, zone: ZoneInfo, received: datetime) -> Deadline:
    """Return when a term that starts with `received` (aware) ends.

    Raises BadInput when the calendar leaves no working day to count, or the year is not one from
    1900 to 2100.
    """
    if received.tzinfo is None:
        raise BadInput("the time of receipt has no offset", remedy="Write 2026-04-02T10:00+02:00")
    if received.year not in _YEARS:
        raise BadInput(
            f"no term can be counted from {received.isoformat()}",
            remedy=f"Years from {_YEARS[0]} to {_YEARS[-1]} can be counted",
        )
    first = received.astimezone(zone).date()
    return _count(term, calendar, zone, received.astimezone(UTC), first)


def _count(
    term: Term, calendar: Calendar, zone: ZoneInfo, received: datetime, first: date
) -> Deadline:
    days: list[CountedDay] = [CountedDay(first, None, "received")]
    start = first
    if term.start is Start.NEXT_WORKING_DAY:
        while (off := day_off(calendar, start)) is not None:
            days[-1] = CountedDay(start, None, f"{days[-1].why}, {off}" if start == first else off)
            start = _next_day(start, first)
            days.append(CountedDay(start, None, "counts as the day of receipt"))
    if term.unit is Unit.WORKING_DAYS:
        due = _working_days(term.count, calendar, start, days)
    else:
        due = _calendar_days(term, start, days)
    due = _moved(term.end, calendar, start, due, days)
    midnight = datetime.combine(due + _ONE, time.min, tzinfo=zone)
    return Deadline(received, start, due, midnight.astimezone(UTC), tuple(days))


def _next_day(day: date, since: date) -> date:
    if (day - since).days > _LONGEST_BREAK:
        raise BadInput(
            f"no working day for {_LONGEST_BREAK} days after {since}",
            remedy="Check the closing days of the policy",
        )
    return day + _ONE


def _working_days(count: int, calendar: Calendar, start: date, days: list[CountedDay]) -> date:
    day = start
    last_worked = start
    number = 0
    while number < count:
        day = _next_day(day, last_worked)
        off = day_off(calendar, day)
        if off is None:
            number += 1
            last_worked = day
        days.append(CountedDay(day, None if off else number, off or "working day"))
    return day


def _calendar_days(term: Term, start: date, days: list[CountedDay]) -> date:
    last = start + timedelta(days=term.count)
    if term.unit is Unit.MONTHS:
        # Regulation (EEC, Euratom) 1182/71 art. 3(2)(c): the same date of the last month, or that
        # month's last day where it has no such date.
        month = start.month - 1 + term.count
        year, month = start.year + month // 12, month % 12 + 1
        last = date(year, month, min(start.day, gregorian.monthrange(year, month)[1]))
    day = start
    while day < last:
        day += _ONE
        days.append(CountedDay(day, (day - start).days, "calendar day"))
    return last


def _moved(end: End, calendar: Calendar, start: date, due: date, days: list[CountedDay]) -> date:
    if end is End.AS_COUNTED:
        return due
    step, way = (-1, "back") if end is End.PREVIOUS_WORKING_DAY else (1, "on")
    day = due
    moves: list[CountedDay] = []
    while (off := day_off(calendar, day)) is not None:
        _next_day(max(day, due), min(day, due))
        moved = day + step * _ONE
        if moved <= start:
            return due  # a short term over a long holiday: nothing is due before it came
        moves.append(CountedDay(day, None, f"{off}: {way} to {moved:%a %Y-%m-%d}"))
        day = moved
    days += moves
    return day


CLOCKS = ("acknowledged", "answer", "extended", "second_instance", "privacy", "reminder")
"""The clocks of a policy, apart from each other."""


def term_of(policy: Policy, clock: str) -> Term | None:
    """Return the policy's term for one of `CLOCKS`; None where the procedure has none."""
    return {
        "acknowledged": policy.acknowledged,
        "answer": policy.answer,
        "extended": policy.extended,
        "second_instance": policy.second_instance,
        "privacy": policy.privacy,
        "reminder": policy.reminder_after,
    }[clock]


def deadline(policy: Policy, received: datetime, clock: str = "answer") -> Deadline:
    """Return when the clock that starts with `received` (aware) ends under this policy.

    Raises BadInput for a clock that the policy does not have.
    """
    term = term_of(policy, clock) if clock in CLOCKS else None
    if term is None:
        raise BadInput(
            f"policy {policy.name} has no clock {clock!r}",
            remedy=f"Clocks: {', '.join(c for c in CLOCKS if term_of(policy, c))}",
        )
    return count_term(term, policy.calendar, policy.zone, received)


def working_day_before(calendar: Calendar, day: date, count: int) -> date:
    """Return the working day that lies `count` working days before `day`."""
    left, at = count, day
    while left > 0:
        at -= _ONE
        left -= is_working_day(calendar, at)
    return at
