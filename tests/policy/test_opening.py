"""When an office can be reached next; Norway's publishes exceptions, Pro Actief's none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_mails import POLICY_NAMES, shipped

from triage.policy.calendar import is_working_day
from triage.policy.opening import next_opening


@pytest.mark.parametrize(
    ("policy", "moment", "opens", "closes"),
    [
        # Friday until 18:00, other days until 20:00
        ("alektum-no", "2026-03-05T19:30", "2026-03-05T19:30", "20:00"),
        ("alektum-no", "2026-03-06T19:30", "2026-03-09T08:00", "20:00"),
        ("alektum-no", "2026-03-05T06:00", "2026-03-05T08:00", "20:00"),
        # July, 23 December, between Christmas and New Year, Easter
        ("alektum-no", "2026-07-02T20:00", "2026-07-03T08:00", "18:00"),
        ("alektum-no", "2026-12-22T21:00", "2026-12-23T08:00", "14:00"),
        ("alektum-no", "2026-12-25T12:00", "2026-12-28T09:00", "14:00"),
        ("alektum-no", "2026-04-01T21:00", "2026-04-07T08:00", "20:00"),
        ("pro-actief", "2026-04-26T12:00", "2026-04-28T09:00", "17:30"),
    ],
)
def test_it_opens_next(policy: str, moment: str, opens: str, closes: str) -> None:
    zone = shipped()[policy].zone
    found = next_opening(shipped()[policy], datetime.fromisoformat(moment).replace(tzinfo=zone))
    assert [f"{each:%Y-%m-%dT%H:%M}" for each in found] == [opens, f"{opens[:10]}T{closes}"]


@given(st.sampled_from(POLICY_NAMES), st.integers(0, 6 * 365 * 24 * 60))
def test_it_is_never_over_nor_on_a_day_off(name: str, minutes: int) -> None:
    policy = shipped()[name]
    moment = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    opens, closes = next_opening(policy, moment)
    assert moment <= opens < closes
    assert is_working_day(policy.calendar, opens.date())
    assert closes - moment < timedelta(days=15)
