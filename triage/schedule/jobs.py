"""The clock's jobs: each asks the register what is due and not yet done, and does it.

A job is a plain function of the register, the plan and the time: run twice, it finds nothing the
second time; run late, it catches up without a flood. So it does not matter which process runs it,
how often, or what restarts in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import TYPE_CHECKING

from triage.schedule.chasing import chase
from triage.schedule.mailing import send_digests
from triage.schedule.reporting import send_reports
from triage.schedule.retaining import forget
from triage.schedule.webhook import call_collection

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from triage.register.database import Register
    from triage.schedule.plan import Plan

    Run = Callable[[Register, Plan, datetime], int]
    """Does what is due at that moment (aware UTC); returns how many mails it queued."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something to be done on the clock."""

    name: str
    run: Run
    every: timedelta
    """How often it is looked for at least."""
    at: time | None = None
    """Besides, at this time of the digest's zone from Monday to Friday, to be punctual."""


def jobs_of(plan: Plan) -> tuple[Job, ...]:
    """Return the jobs of this installation. Raises SettingsError where a secret is missing."""
    webhook = plan.settings.webhook
    calls: tuple[Job, ...] = ()
    if webhook.url:
        plan.settings.secret(webhook.secret_file)
        calls = (Job("webhook", call_collection, every=timedelta(seconds=15)),)
    return (
        Job(
            "digests",
            send_digests,
            every=timedelta(minutes=5),
            at=time.fromisoformat(plan.settings.digest.at),
        ),
        Job("chase", chase, every=timedelta(minutes=5)),
        Job("reports", send_reports, every=timedelta(hours=1)),
        Job("retention", forget, every=timedelta(hours=6)),
        *calls,
    )
