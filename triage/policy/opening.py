"""When an office can be reached next: its opening hours, its exceptions and its days off."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from triage.policy.calendar import is_working_day

if TYPE_CHECKING:
    from datetime import date

    from triage.policy.model import Policy

_FARTHEST = 60
"""Days that are looked at; no office is closed for longer."""


def next_opening(policy: Policy, moment: datetime) -> tuple[datetime, datetime]:
    """Return from when to when the office is open next, in its zone: what is left of today, too.

    `moment` is aware. Where nothing opens for two months, the hours of its own day.
    """
    local = moment.astimezone(policy.zone)
    for after in range(_FARTHEST):
        day = local.date() + timedelta(days=after)
        opens, closes = _hours(policy, day)
        if is_working_day(policy.calendar, day) and local < closes:
            return max(opens, local), closes
    return _hours(policy, local.date())


def _hours(policy: Policy, day: date) -> tuple[datetime, datetime]:
    opens, closes = policy.office.on(day)
    return (
        datetime.combine(day, opens, tzinfo=policy.zone),
        datetime.combine(day, closes, tzinfo=policy.zone),
    )
