"""Every due date of the hand-counted table, and what holds for all of them."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest
from due_dates import ROWS, Row
from sample_mails import POLICY_NAMES, shipped

from triage.policy.deadline import CLOCKS, deadline, term_of


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.policy}-{row.clock}-{row.received}")
def test_term_ends_on_the_day_counted_by_hand(row: Row) -> None:
    found = deadline(shipped()[row.policy], datetime.fromisoformat(row.received), row.clock)
    assert found.due == date.fromisoformat(row.due), row.reason


def test_table_covers_every_clock_of_every_policy() -> None:
    counted = Counter((row.policy, row.clock) for row in ROWS)
    clocks = {
        (name, clock)
        for name in POLICY_NAMES
        for clock in CLOCKS
        if term_of(shipped()[name], clock) is not None
    }
    assert set(counted) == clocks
    assert len(ROWS) == len(set(ROWS)) == 139


@pytest.mark.parametrize("name", POLICY_NAMES)
@pytest.mark.parametrize("received", ["2026-03-27T12:00+01:00", "2026-10-23T12:00+02:00"])
def test_term_runs_to_the_end_of_its_last_day_in_the_zone_of_the_policy(
    name: str, received: str
) -> None:
    policy = shipped()[name]
    found = deadline(policy, datetime.fromisoformat(received))
    midnight = found.due_at.astimezone(policy.zone)
    assert (midnight.date(), midnight.time()) == (found.due + timedelta(days=1), time.min)
