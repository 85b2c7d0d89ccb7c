"""A period's figures: a pure function from cases to what is charted and listed.

A case belongs to the period in which it was received, its answer to the one in which it was given;
the backlog is what was open when the period ended.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import TYPE_CHECKING

from triage.errors import BadInput
from triage.schedule.wording import REASONS, counted, kind_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

    from triage.register.states import Outcome
    from triage.understanding.model import Kind

_AGES = (
    (7, "up to a week"),
    (14, "up to two weeks"),
    (30, "up to a month"),
    (60, "up to two months"),
)
_OLDER = "older"
_YEARS = range(1900, 2101)
"""Years of which a person asks; the calendar itself ends soon after 9999."""
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of whole days."""

    name: str
    """`week 2026-10`, `month 2026-03`: names it in files and in the outbox."""
    title: str
    first: date
    last: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        """When it begins, aware UTC."""
        return datetime.combine(self.first, time.min, tzinfo=self.zone).astimezone(UTC)

    @property
    def end(self) -> datetime:
        """When the next one begins, aware UTC."""
        after = self.last + timedelta(days=1)
        return datetime.combine(after, time.min, tzinfo=self.zone).astimezone(UTC)

    def holds(self, moment: datetime | None) -> bool:
        """Whether a moment (aware) lies in it."""
        return moment is not None and self.start <= moment < self.end


def week_before(day: date, zone: ZoneInfo) -> Period:
    """Return the last whole week (ISO 8601, from Monday) before a day."""
    first = day - timedelta(days=day.weekday()) - _WEEK
    year, week, _ = first.isocalendar()
    return Period(
        f"week {year}-{week:02d}", f"Week {week}, {year}", first, first + timedelta(days=6), zone
    )


def month_before(day: date, zone: ZoneInfo) -> Period:
    """Return the last whole month before a day."""
    last = day.replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    return Period(f"month {last:%Y-%m}", f"{last:%B %Y}", first, last, zone)


def week_named(name: str, zone: ZoneInfo) -> Period:
    """Return the week of a name such as `2026-W10` (ISO 8601). Raises BadInput."""
    try:
        monday = _known(date.fromisoformat(f"{name.upper()}-1"))
    except ValueError as error:
        raise BadInput(f"{name!r} is not a week", remedy="Write it as 2026-W10") from error
    return week_before(monday + _WEEK, zone)


def month_named(name: str, zone: ZoneInfo) -> Period:
    """Return the month of a name such as `2026-03`. Raises BadInput."""
    try:
        first = _known(date.fromisoformat(f"{name}-01"))
    except ValueError as error:
        raise BadInput(f"{name!r} is not a month", remedy="Write it as 2026-03") from error
    return month_before(first + timedelta(days=31), zone)


def _known(day: date) -> date:
    if day.year not in _YEARS:
        raise ValueError(day)
    return day


@dataclass(frozen=True, slots=True)
class Registered:
    """A case as the complaint register tells it: nothing that names its sender."""

    number: str
    policy: str
    kind: Kind
    language: str
    received_at: datetime
    due_at: datetime | None = None
    due: date | None = None
    first_due: date | None = None
    acknowledged_at: datetime | None = None
    not_acknowledged: tuple[str, ...] = ()
    extended_at: datetime | None = None
    extension_reason: str = ""
    answered_at: datetime | None = None
    settled_at: datetime | None = None
    outcome: Outcome | None = None
    outcome_reason: str = ""
    remedy: str = ""
    improvement: str = ""
    channels: tuple[str, ...] = ()
    """How the contact that it complains of took place."""
    owner: str = ""

    @property
    def ended_at(self) -> datetime | None:
        """When it was answered, or settled without an answer."""
        return self.answered_at or self.settled_at

    @property
    def outcome_words(self) -> str:
        """How it ended: `partly upheld`."""
        return self.outcome.value.replace("_", " ") if self.outcome else "not noted"

    @property
    def kind_words(self) -> str:
        """Its kind: `management complaint`."""
        return kind_words(self.kind)

    @property
    def on_time(self) -> bool | None:
        """Whether it was answered within its term; None where no term or no answer is."""
        if self.ended_at is None or self.due_at is None:
            return None
        return self.ended_at < self.due_at


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart."""

    label: str
    number: int
    percent: int
    """Of the longest bar."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars under a title."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number at the head of a report."""

    value: str
    words: str
    good: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """What a period was like."""

    title: str
    days: str
    figures: tuple[Figure, ...]
    charts: tuple[Chart, ...]
    settled: tuple[Registered, ...]
    """How the cases that ended in it ended, by number."""
    improvements: tuple[str, ...]
    """What the agency learnt, each with its case."""
    rows: tuple[Registered, ...]
    """The complaint register of the period: what came in or ended in it, by number."""


def report(cases: Iterable[Registered], period: Period) -> Report:
    """Return the report of a period over these cases."""
    known = [case for case in cases if case.received_at < period.end]
    received = [case for case in known if period.holds(case.received_at)]
    ended = [case for case in known if period.holds(case.ended_at)]
    settled = [case for case in known if period.holds(case.settled_at)]
    backlog = [case for case in known if case.ended_at is None or case.ended_at >= period.end]
    rows = {case.number: case for case in (*received, *ended, *settled)}
    charts = (
        Chart("Received", _volume(received, period)),
        Chart("Answered", _answered(ended)),
        Chart("Age of what was open at the end", _ages(backlog, period)),
        Chart("Kind", bars(Counter(kind_words(case.kind) for case in received))),
        Chart("Language", bars(Counter(case.language for case in received))),
        Chart("Complained of", bars(Counter(c for case in received for c in case.channels))),
        Chart("Outcome", bars(Counter(case.outcome_words for case in settled))),
        Chart(
            "Not acknowledged at once, because",
            bars(Counter(REASONS.get(c, c) for case in received for c in case.not_acknowledged)),
        ),
    )
    return Report(
        title=f"Complaint report, {period.title}",
        days=f"{_day(period.first)} to {_day(period.last)}",
        figures=_figures(received, ended, backlog, period),
        charts=tuple(chart for chart in charts if chart.bars),
        settled=tuple(sorted(settled, key=lambda case: case.number)),
        improvements=tuple(
            f"{case.number}: {case.improvement}" for case in settled if case.improvement
        ),
        rows=tuple(rows[number] for number in sorted(rows)),
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _figures(
    received: Sequence[Registered],
    ended: Sequence[Registered],
    backlog: Sequence[Registered],
    period: Period,
) -> tuple[Figure, ...]:
    with_term = [case.on_time for case in ended if case.on_time is not None]
    overdue = sum(case.due_at is not None and case.due_at <= period.end for case in backlog)
    figures = [
        Figure(str(len(received)), "received"),
        Figure(str(len(ended)), "answered"),
        Figure(str(len(backlog)), "open at the end"),
        Figure(str(overdue), "of these overdue", good=not overdue),
    ]
    if with_term:
        share = 100 * sum(with_term) // len(with_term)
        figures.append(Figure(f"{share}%", "answered in time", good=share == 100))
    waits = [
        (case.acknowledged_at - case.received_at).total_seconds()
        for case in received
        if case.acknowledged_at is not None
    ]
    if waits:
        figures.append(Figure(_duration(median(waits)), "until acknowledged (median)"))
    return tuple(figures)


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{max(round(seconds), 0)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else counted(round(minutes / 60), "hour")


def bars(numbers: Counter[str]) -> tuple[Bar, ...]:
    """Return bars, the longest first."""
    return _scaled(sorted(numbers.items(), key=lambda pair: (-pair[1], pair[0])))


def _scaled(numbers: Sequence[tuple[str, int]]) -> tuple[Bar, ...]:
    longest = max((number for _, number in numbers), default=0)
    return tuple(
        Bar(label, number, 100 * number // longest if longest else 0) for label, number in numbers
    )


def _volume(received: Sequence[Registered], period: Period) -> tuple[Bar, ...]:
    """Return what came in, by day of a week or by week of a month."""
    days = [period.first + timedelta(days=n) for n in range((period.last - period.first).days + 1)]
    by_week = len(days) > 7
    labels = {day: f"week {day.isocalendar().week}" if by_week else f"{day:%a}" for day in days}
    numbers = Counter(labels[case.received_at.astimezone(period.zone).date()] for case in received)
    return _scaled([(label, numbers[label]) for label in dict.fromkeys(labels.values())])


def _answered(ended: Sequence[Registered]) -> tuple[Bar, ...]:
    words = {True: "in time", False: "late", None: "without a term"}
    numbers = Counter(words[case.on_time] for case in ended)
    return _scaled([(label, numbers[label]) for label in words.values() if numbers[label]])


def _ages(backlog: Sequence[Registered], period: Period) -> tuple[Bar, ...]:
    numbers = Counter(
        next((label for days, label in _AGES if age <= timedelta(days=days)), _OLDER)
        for age in (period.end - case.received_at for case in backlog)
    )
    labels = (*(label for _, label in _AGES), _OLDER)
    return _scaled([(label, numbers[label]) for label in labels]) if backlog else ()
