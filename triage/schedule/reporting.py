"""The weekly and monthly report: made from the register, queued once per reader and period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, or_, select

from triage.policy.calendar import is_working_day
from triage.register.states import Outcome
from triage.register.tables import Case
from triage.schedule import letters, report_view
from triage.schedule.mailing import set_time
from triage.schedule.report import Registered, month_before, report, week_before

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlmodel import Session

    from triage.register.database import Register
    from triage.schedule.plan import Plan
    from triage.schedule.report import Period, Report

PURPOSE = "report"


def send_reports(register: Register, plan: Plan, now: datetime) -> int:
    """Queue the reports of the last whole week and month that are not yet queued; return how many.

    They go out with the digest of the first working day after the period, or as soon as possible
    thereafter; of several periods that a stop missed, only the last.
    """
    settings = plan.settings.report
    today = now.astimezone(plan.zone).date()
    working = any(is_working_day(policy.calendar, today) for policy in plan.own.values())
    if not settings.to or not working or now < set_time(plan, today):
        return 0
    wanted = (
        (settings.weekly, week_before(today, plan.zone)),
        (settings.monthly, month_before(today, plan.zone)),
    )
    return sum(_send(register, plan, period, now) for on, period in wanted if on)


def _send(register: Register, plan: Plan, period: Period, now: datetime) -> int:
    to = plan.settings.report.to
    with register.reading() as session:
        queued = letters.already_queued(session, PURPOSE, period.name, to)
    if queued.issuperset(to):
        return 0
    told = report_of(register, period)
    letter = letters.Letter(
        purpose=PURPOSE,
        occasion=period.name,
        subject=told.title,
        text=report_view.as_text(told),
        html=report_view.as_html(told, plan.templates),
        table=report_view.as_csv(told, plan.zone),
        table_name=f"complaints {period.name}.csv".replace(" ", "-"),
    )
    with register.transaction() as session:
        return sum(
            letters.post(session, letter, address, plan.envelope(), now) is not None
            for address in to
        )


def report_of(register: Register, period: Period, policies: Iterable[str] | None = None) -> Report:
    """Return the report of a period, of these policies or of all."""
    with register.reading() as session:
        return report(_registered(session, period, policies), period)


def _registered(
    session: Session, period: Period, policies: Iterable[str] | None
) -> tuple[Registered, ...]:
    """Return the cases that a period may tell; those merged into another are that one's."""
    still = or_(col(Case.settled_at).is_(None), col(Case.settled_at) >= period.start)
    wanted = select(Case).where(
        Case.received_at < period.end,
        or_(still, col(Case.received_at) >= period.start),
        or_(col(Case.outcome).is_(None), col(Case.outcome) != Outcome.MERGED),
    )
    if policies is not None:
        wanted = wanted.where(col(Case.policy).in_(tuple(policies)))
    return tuple(
        Registered(
            number=case.number,
            policy=case.policy,
            kind=case.kind,
            language=case.language,
            received_at=case.received_at,
            due_at=case.due_at,
            due=case.due,
            first_due=case.first_due,
            acknowledged_at=case.acknowledged_at,
            not_acknowledged=tuple(case.not_acknowledged),
            extended_at=case.extended_at,
            extension_reason=case.extension_reason,
            answered_at=case.answered_at,
            settled_at=case.settled_at,
            outcome=case.outcome,
            outcome_reason=case.outcome_reason,
            remedy=case.remedy,
            improvement=case.improvement,
            channels=tuple(str(each["value"]) for each in case.facts.get("incident_channel", ())),
            owner=case.owner,
        )
        for case in session.exec(wanted)
    )
