"""The arithmetic of terms: rules one by one, and properties over all terms and moments."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sample_mails import POLICY_NAMES, shipped

from triage.errors import BadInput
from triage.policy.calendar import is_working_day
from triage.policy.deadline import (
    CLOCKS,
    count_term,
    deadline,
    term_of,
    working_day_before,
)
from triage.policy.model import Calendar, End, Start, Term, Unit

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DUTCH = Calendar("NL")
TEN_DAYS = Term(10, Unit.WORKING_DAYS)


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00+00:00")


# --- the explanation


def test_explanation_names_every_day_and_why_it_is_not_counted() -> None:
    found = deadline(shipped()["pro-actief"], noon("2026-04-04"))
    assert [str(day) for day in found.counted] == [
        "Sat 2026-04-04   -  received, Saturday",
        "Sun 2026-04-05   -  Sunday",
        "Mon 2026-04-06   -  Easter Monday",
        "Tue 2026-04-07   -  counts as the day of receipt",
        "Wed 2026-04-08   1  working day",
        "Thu 2026-04-09   2  working day",
        "Fri 2026-04-10   3  working day",
        "Sat 2026-04-11   -  Saturday",
        "Sun 2026-04-12   -  Sunday",
        "Mon 2026-04-13   4  working day",
        "Tue 2026-04-14   5  working day",
        "Wed 2026-04-15   6  working day",
        "Thu 2026-04-16   7  working day",
    ]
    assert found.received_day == date(2026, 4, 7)


def test_explanation_shows_how_a_last_day_moved_back() -> None:
    found = deadline(shipped()["alektum-pl"], noon("2026-04-03"))
    assert [str(day) for day in found.counted[-4:]] == [
        "Sun 2026-05-03  30  calendar day",
        "Sun 2026-05-03   -  Sunday: back to Sat 2026-05-02",
        "Sat 2026-05-02   -  Saturday: back to Fri 2026-05-01",
        "Fri 2026-05-01   -  National Day: back to Thu 2026-04-30",
    ]


# --- the end rule


@pytest.mark.parametrize(
    ("end", "due"),
    [
        (End.PREVIOUS_WORKING_DAY, "2026-04-30"),
        (End.NEXT_WORKING_DAY, "2026-05-04"),
        (End.AS_COUNTED, "2026-05-03"),
    ],
)
def test_a_last_day_off_moves_as_the_setting_says(end: End, due: str) -> None:
    policy = shipped()["alektum-pl"]
    policy = replace(policy, answer=replace(policy.answer, end=end))
    assert deadline(policy, noon("2026-04-03")).due == date.fromisoformat(due)


@pytest.mark.parametrize("end", End)
def test_a_last_day_that_is_worked_stays_whatever_the_rule(end: End) -> None:
    term = Term(30, Unit.CALENDAR_DAYS, end=end)
    assert count_term(term, DUTCH, AMSTERDAM, noon("2026-04-04")).due == date(2026, 5, 4)


def test_a_short_term_never_moves_back_to_the_day_of_receipt() -> None:
    term = Term(1, Unit.CALENDAR_DAYS, end=End.PREVIOUS_WORKING_DAY)
    assert count_term(term, DUTCH, AMSTERDAM, noon("2026-01-10")).due == date(2026, 1, 11)


@pytest.mark.parametrize(
    ("received", "months", "due"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-01-31", 12, "2027-01-31"),
        ("2024-02-29", 12, "2025-02-28"),
    ],
)
def test_months_end_on_the_same_date_or_the_last_of_a_shorter_month(
    received: str, months: int, due: str
) -> None:
    term = Term(months, Unit.MONTHS)
    found = count_term(term, DUTCH, AMSTERDAM, noon(received))
    assert found.due == date.fromisoformat(due)


# --- what cannot be counted


def test_a_moment_without_an_offset_is_refused() -> None:
    with pytest.raises(BadInput, match="has no offset"):
        count_term(TEN_DAYS, DUTCH, AMSTERDAM, noon("2026-04-02").replace(tzinfo=None))


@pytest.mark.parametrize("year", [1, 1066, 1899, 2101, 9999])
def test_a_year_without_holiday_tables_is_refused_not_miscounted(year: int) -> None:
    with pytest.raises(BadInput, match="Years from 1900 to 2100 can be counted"):
        count_term(TEN_DAYS, DUTCH, AMSTERDAM, datetime(year, 6, 1, tzinfo=UTC))


@pytest.mark.parametrize("year", [1900, 2100])
def test_the_first_and_last_year_can_be_counted(year: int) -> None:
    found = count_term(TEN_DAYS, DUTCH, AMSTERDAM, datetime(year, 12, 31, tzinfo=UTC))
    assert found.due.year == year + 1


@pytest.mark.parametrize(
    "term",
    [
        TEN_DAYS,
        Term(7, Unit.WORKING_DAYS, Start.NEXT_WORKING_DAY),
        Term(30, Unit.CALENDAR_DAYS, end=End.NEXT_WORKING_DAY),
    ],
)
def test_a_calendar_without_working_days_is_refused(term: Term) -> None:
    always = frozenset(date(2026, 3, 1) + timedelta(days=day) for day in range(200))
    with pytest.raises(BadInput, match="no working day for 60 days"):
        count_term(term, Calendar("NL", closed=always), AMSTERDAM, noon("2026-03-02"))


@pytest.mark.parametrize("clock", ["extended", "nonsense", ""])
def test_a_clock_that_the_policy_lacks_is_refused_with_those_it_has(clock: str) -> None:
    with pytest.raises(
        BadInput, match="Clocks: acknowledged, answer, second_instance, privacy, reminder"
    ):
        deadline(shipped()["alektum-nl"], noon("2026-04-02"), clock)


# --- counting back, for warnings


@pytest.mark.parametrize(
    ("day", "count", "found"),
    [
        ("2026-04-17", 0, "2026-04-17"),
        ("2026-04-17", 1, "2026-04-16"),
        ("2026-04-07", 1, "2026-04-03"),  # over Easter Monday; Good Friday is worked
        ("2026-04-28", 3, "2026-04-22"),  # over King's Day
        ("2026-01-02", 1, "2025-12-31"),  # over New Year
    ],
)
def test_warning_days_are_counted_back_in_working_days(day: str, count: int, found: str) -> None:
    calendar = shipped()["alektum-nl"].calendar
    assert working_day_before(calendar, date.fromisoformat(day), count) == date.fromisoformat(found)


# --- properties

policies = st.sampled_from(POLICY_NAMES).map(lambda name: shipped()[name])
moments = st.datetimes(
    datetime(2015, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone
    datetime(2035, 12, 31),  # noqa: DTZ001 - same
    timezones=st.just(UTC),
)
clocks = st.sampled_from(CLOCKS)
calendars = st.builds(
    Calendar,
    country=st.sampled_from(["NL", "PL", "NO"]),
    closed=st.frozensets(st.dates(date(2025, 1, 1), date(2025, 12, 31)), max_size=8),
)
terms = st.builds(
    Term,
    count=st.integers(1, 60),
    unit=st.sampled_from(Unit),
    start=st.sampled_from(Start),
    end=st.sampled_from(End),
)


@given(terms, calendars, moments)
def test_nothing_is_due_before_it_was_received(
    term: Term, calendar: Calendar, received: datetime
) -> None:
    found = count_term(term, calendar, AMSTERDAM, received)
    assert received.astimezone(AMSTERDAM).date() <= found.received_day < found.due
    assert received < found.due_at


@given(terms, calendars, moments)
def test_counted_days_are_numbered_from_one_without_a_gap(
    term: Term, calendar: Calendar, received: datetime
) -> None:
    found = count_term(term, calendar, AMSTERDAM, received)
    numbers = [day.number for day in found.counted if day.number is not None]
    assert numbers == list(range(1, len(numbers) + 1))
    if term.unit is not Unit.MONTHS:
        assert len(numbers) == term.count


@given(terms, calendars, moments)
def test_explanation_leaves_no_day_out(term: Term, calendar: Calendar, received: datetime) -> None:
    found = count_term(replace(term, end=End.AS_COUNTED), calendar, AMSTERDAM, received)
    first = received.astimezone(AMSTERDAM).date()
    every_day = [first + timedelta(days=n) for n in range((found.due - first).days + 1)]
    assert [day.day for day in found.counted] == every_day


@given(terms, calendars, moments)
def test_a_term_in_working_days_ends_on_one(
    term: Term, calendar: Calendar, received: datetime
) -> None:
    found = count_term(replace(term, unit=Unit.WORKING_DAYS), calendar, AMSTERDAM, received)
    assert is_working_day(calendar, found.due)
    assert all(
        is_working_day(calendar, day.day) == (day.number is not None)
        for day in found.counted
        if day.day > found.received_day
    )


@given(terms, calendars, moments)
def test_a_moved_last_day_is_worked_unless_it_would_reach_the_receipt(
    term: Term, calendar: Calendar, received: datetime
) -> None:
    assume(term.end is not End.AS_COUNTED and term.count > 10)
    found = count_term(term, calendar, AMSTERDAM, received)
    assert is_working_day(calendar, found.due)


@given(policies, clocks, moments, moments)
def test_what_came_earlier_is_due_no_later(
    policy, clock: str, one: datetime, other: datetime
) -> None:
    assume(term_of(policy, clock) is not None)
    earlier, later = sorted((one, other))
    assert deadline(policy, earlier, clock).due <= deadline(policy, later, clock).due


@given(policies, moments, st.integers(-14 * 60, 14 * 60))
def test_the_offset_in_which_a_moment_is_written_changes_nothing(
    policy, received: datetime, minutes: int
) -> None:
    written = received.astimezone(timezone(timedelta(minutes=minutes)))
    assert deadline(policy, written) == deadline(policy, received)
