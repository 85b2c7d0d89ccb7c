"""What is to be forgotten by now, as the settings say: nothing unless they do."""

from __future__ import annotations

from calendar import monthrange
from typing import TYPE_CHECKING

import structlog

from triage.register.bounces import forget_old_bounces
from triage.register.retention import forget_cases, forget_other_mail, forget_own_mail

if TYPE_CHECKING:
    from datetime import datetime

    from triage.register.database import Register
    from triage.schedule.plan import Plan

_AT_ONCE = 50
"""Cases a transaction: mails that come in meanwhile must not wait for long."""

log = structlog.get_logger(__name__)


def forget(register: Register, plan: Plan, now: datetime) -> int:
    """Forget what was settled longer ago than the settings keep it; return 0: no mail is queued."""
    months = plan.settings.retention.months
    if not months:
        return 0
    before = months_before(now, months)
    cases = mails = 0
    while True:
        with register.transaction() as session:
            some = forget_cases(session, before, now, _AT_ONCE)
            others = forget_other_mail(session, before, _AT_ONCE)
            others += forget_own_mail(session, before, _AT_ONCE)
            forget_old_bounces(session, now)
        cases, mails = cases + some, mails + others
        if not some and not others:
            break
    if cases or mails:
        register.empty_journal()
        log.info("forgotten", cases=cases, other_mails=mails, settled_before=before.isoformat())
    return 0


def months_before(moment: datetime, months: int) -> datetime:
    """Return the same day so many months before, or the last day of a shorter month."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)
