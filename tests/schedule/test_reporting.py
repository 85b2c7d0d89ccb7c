"""When reports go out, to whom, and once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from schedule_samples import NL, PL, at, day, outbox, parsed, plan, store_case

from triage.register.states import CaseState, Outcome
from triage.schedule.report import week_before
from triage.schedule.reporting import report_of, send_reports

if TYPE_CHECKING:
    from triage.register.database import Register

BOSS = "boss@office.example"
PLAN = plan(report={"to": [BOSS]})
MONDAY = at("2026-03-02 06:30")


def sent(register: Register) -> list[str]:
    return [mail.unique_key.split("/")[3] for mail in outbox(register, "report")]


def test_reports_go_out_once_a_week_and_a_month_whatever_restarts(register: Register) -> None:
    now = at("2026-02-27 06:30")
    while now < at("2026-03-17 00:00"):
        send_reports(register, plan(report={"to": [BOSS]}), now)
        now += timedelta(hours=5)
    assert sent(register) == [
        "week 2026-08",
        "month 2026-01",
        "week 2026-09",
        "month 2026-02",
        "week 2026-10",
        "week 2026-11",
    ]


def test_they_wait_for_a_working_day_and_the_set_time(register: Register) -> None:
    assert send_reports(register, PLAN, at("2026-03-01 12:00")) == 0
    assert send_reports(register, PLAN, MONDAY - timedelta(minutes=1)) == 0
    assert send_reports(register, PLAN, MONDAY) == 2


def test_each_can_be_turned_off(register: Register) -> None:
    only_weekly = plan(report={"to": [BOSS], "monthly": False})
    assert send_reports(register, only_weekly, MONDAY) == 1
    assert send_reports(register, plan(), MONDAY) == 0


def test_the_complaint_register_goes_with_it_as_csv(register: Register) -> None:
    store_case(register, received=at("2026-02-24 09:00"))
    send_reports(register, PLAN, MONDAY)
    mail = parsed(outbox(register, "report")[0])
    (table,) = mail.iter_attachments()
    assert table.get_filename() == "complaints-week-2026-09.csv"
    assert table.get_content_type() == "text/csv"
    assert "NL26-00042" in table.get_content()
    assert mail["Subject"] == "Complaint report, Week 9, 2026"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_cases_that_were_merged_into_another_are_that_ones(register: Register) -> None:
    store_case(register, "NL26-00001", received=at("2026-02-24 09:00"))
    store_case(
        register,
        "NL26-00002",
        received=at("2026-02-24 09:00"),
        state=CaseState.SETTLED,
        settled_at=at("2026-02-25 09:00"),
        outcome=Outcome.MERGED,
    )
    told = report_of(register, week_before(day("2026-03-02"), PLAN.zone))
    assert [case.number for case in told.rows] == ["NL26-00001"]


def test_a_report_can_be_of_some_policies_only(register: Register) -> None:
    store_case(register, "NL26-00001", received=at("2026-02-24 09:00"))
    store_case(register, "PL26-00001", received=at("2026-02-24 09:00"), policy=PL)
    week = week_before(day("2026-03-02"), PLAN.zone)
    assert [case.policy for case in report_of(register, week, [NL]).rows] == [NL]
    assert len(report_of(register, week).rows) == 2
