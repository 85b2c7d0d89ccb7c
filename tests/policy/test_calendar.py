"""Working days: weekends, holidays by country and by setting, closing days."""

from __future__ import annotations

from datetime import date

import pytest
from sample_mails import shipped

from triage.errors import PolicyError
from triage.policy.calendar import day_off, is_working_day, known_holidays
from triage.policy.model import Calendar

PLAIN = Calendar("NL")


@pytest.mark.parametrize(
    ("policy", "day", "why"),
    [
        ("alektum-nl", "2026-04-04", "Saturday"),
        ("alektum-nl", "2026-04-05", "Sunday"),
        ("alektum-nl", "2026-04-06", "Easter Monday"),
        ("alektum-nl", "2026-04-27", "King's Day"),
        ("alektum-nl", "2026-05-14", "Ascension Day"),
        ("alektum-nl", "2026-05-25", "Pentecost Monday"),
        ("alektum-nl", "2026-12-25", "Christmas Day"),
        ("alektum-nl", "2025-12-26", "Second Day of Christmas"),
        ("alektum-nl", "2026-04-03", None),  # Good Friday
        ("alektum-nl", "2025-05-05", None),  # 5 May in a lustrum year
        ("alektum-nl", "2026-05-05", None),
        ("alektum-nl", "2026-05-01", None),
        ("alektum-nl", "2025-04-28", None),  # the Monday after King's Day on a weekend
        ("pro-actief", "2026-04-03", None),
        ("pro-actief", "2025-05-05", None),
        ("alektum-no", "2026-04-02", "Maundy Thursday"),
        ("alektum-no", "2026-04-03", "Good Friday"),
        ("alektum-no", "2026-05-01", "Labor Day"),
        ("alektum-no", "2027-05-17", "Constitution Day"),
        ("alektum-no", "2026-12-24", None),
        ("alektum-pl", "2026-01-06", "Epiphany"),
        ("alektum-pl", "2026-05-01", "National Day"),
        ("alektum-pl", "2027-05-03", "National Day of the Third of May"),
        ("alektum-pl", "2026-06-04", "Corpus Christi"),
        ("alektum-pl", "2025-08-15", "Assumption Day"),
        ("alektum-pl", "2027-11-01", "All Saints' Day"),
        ("alektum-pl", "2026-11-11", "National Independence Day"),
        ("alektum-pl", "2025-12-24", "Christmas Eve"),
        ("alektum-pl", "2024-12-24", None),
        ("alektum-pl", "2026-04-03", None),  # Good Friday
        ("alektum-pl", "2026-05-25", None),  # Whit Monday
    ],
)
def test_days_off_of_the_shipped_policies(policy: str, day: str, why: str | None) -> None:
    assert day_off(shipped()[policy].calendar, date.fromisoformat(day)) == why


def test_good_friday_can_be_made_free_again() -> None:
    assert day_off(PLAIN, date(2026, 4, 3)) == "Good Friday"


@pytest.mark.parametrize("year", [2025, 2026])
def test_an_optional_holiday_is_free_every_year_where_the_setting_says_so(year: int) -> None:
    every_year = Calendar("NL", also=("Liberation Day",))
    assert day_off(every_year, date(year, 5, 5)) == "Liberation Day"


def test_5_may_without_a_setting_is_free_only_in_a_lustrum_year() -> None:
    assert day_off(PLAIN, date(2025, 5, 5)) == "Liberation Day"
    assert is_working_day(PLAIN, date(2026, 5, 5))


def test_two_holidays_on_one_day_are_one_day_off_and_one_may_be_taken_out() -> None:
    both = date(2008, 5, 1)  # Ascension Day fell on Labour Day
    assert day_off(Calendar("NO"), both) is not None
    assert day_off(Calendar("NO", without=("Labor Day",)), both) == "Ascension Day"


def test_a_closing_day_is_a_day_off() -> None:
    closed = Calendar("NL", closed=frozenset({date(2026, 4, 7)}))
    assert day_off(closed, date(2026, 4, 7)) == "closed"


def test_holidays_are_known_by_their_english_names_lustrum_and_optional_ones_too() -> None:
    assert {"Good Friday", "Liberation Day", "King's Day"} <= known_holidays("NL")


@pytest.mark.parametrize("country", ["XX", "", "nl", "Nederland"])
def test_an_unknown_country_is_refused(country: str) -> None:
    with pytest.raises(PolicyError, match="Use the ISO code"):
        known_holidays(country)
