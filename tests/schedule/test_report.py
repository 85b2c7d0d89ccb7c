"""A period's figures, its charts and its complaint register."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from schedule_samples import ATTACKS, NL, Tags, at, day, policies

from triage import resources
from triage.outbox.render import Templates
from triage.policy.deadline import deadline
from triage.register.states import Outcome
from triage.schedule import report_view
from triage.schedule.report import (
    Period,
    Registered,
    Report,
    bars,
    month_before,
    report,
    week_before,
)
from triage.understanding.model import Kind

TEMPLATES = Templates(resources.templates())
ZONE = policies()[NL].zone
WEEK = week_before(day("2026-03-04"), ZONE)


def registered(number: str = "NL26-00042", **changes: Any) -> Registered:
    received = changes.pop("received", at("2026-02-24 09:00"))
    term = deadline(policies()[NL], received)
    values: dict[str, Any] = {
        "number": number,
        "policy": NL,
        "kind": Kind.COMPLAINT,
        "language": "nl",
        "received_at": received,
        "due": term.due,
        "due_at": term.due_at,
    }
    return Registered(**{**values, **changes})


def chart(told: Report, title: str) -> dict[str, int]:
    found = next(each for each in told.charts if each.title == title)
    return {bar.label: bar.number for bar in found.bars}


def figures(told: Report) -> dict[str, str]:
    return {figure.words: figure.value for figure in told.figures}


def rows(told: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(report_view.as_csv(told, ZONE))))


def test_a_week_is_the_last_whole_one_from_monday_in_the_readers_zone() -> None:
    assert (WEEK.name, WEEK.title) == ("week 2026-09", "Week 9, 2026")
    assert (WEEK.start, WEEK.end) == (at("2026-02-22 23:00"), at("2026-03-01 23:00"))
    assert week_before(day("2026-01-01"), ZONE).name == "week 2025-52"
    assert week_before(day("2026-03-02"), ZONE) == WEEK


def test_a_month_has_the_hours_of_its_clock_change() -> None:
    march = month_before(day("2026-04-15"), ZONE)
    assert (march.name, march.title) == ("month 2026-03", "March 2026")
    assert (march.start, march.end) == (at("2026-02-28 23:00"), at("2026-03-31 22:00"))


def test_a_case_counts_where_it_was_received_and_where_it_was_answered() -> None:
    cases = [
        registered(
            "NL26-00001", received=at("2026-02-16 09:00"), answered_at=at("2026-02-25 09:00")
        ),
        registered("NL26-00002"),
        registered("NL26-00003", received=at("2026-03-02 09:00")),
        registered("NL26-00004", received=at("2026-02-02 09:00")),
    ]
    told = report(cases, WEEK)
    assert figures(told) == {
        "received": "1",
        "answered": "1",
        "open at the end": "2",
        "of these overdue": "1",
        "answered in time": "100%",
    }
    assert [case.number for case in told.rows] == ["NL26-00001", "NL26-00002"]


@pytest.mark.parametrize(
    ("answered", "label"),
    [
        ("2026-02-27 22:59", "in time"),
        ("2026-02-27 23:00", "late"),
    ],
)
def test_in_time_is_before_the_end_of_the_last_day(answered: str, label: str) -> None:
    case = registered(received=at("2026-02-13 09:00"), answered_at=at(answered))
    assert chart(report([case], WEEK), "Answered") == {label: 1}


def test_what_was_settled_without_an_answer_counts_as_ended() -> None:
    withdrawn = registered(settled_at=at("2026-02-26 09:00"), outcome=Outcome.WITHDRAWN)
    told = report([withdrawn], WEEK)
    assert figures(told)["answered"] == "1"
    assert chart(told, "Outcome") == {"withdrawn": 1}


def test_volume_is_charted_by_day_and_the_backlog_by_age() -> None:
    told = report([registered(), registered(received=at("2026-02-02 09:00"))], WEEK)
    assert chart(told, "Received") == {
        **dict.fromkeys(("Mon", "Wed", "Thu", "Fri", "Sat", "Sun"), 0),
        "Tue": 1,
    }
    assert chart(told, "Age of what was open at the end") == {
        "up to a week": 1,
        "up to two weeks": 0,
        "up to a month": 1,
        "up to two months": 0,
        "older": 0,
    }


def test_kinds_languages_channels_and_reasons_are_charted() -> None:
    told = report(
        [
            registered("NL26-00001", channels=("phone", "letter")),
            registered("NL26-00002", kind=Kind.MANAGEMENT_COMPLAINT, language="pl"),
            registered("NL26-00003", not_acknowledged=("no_address",), channels=("phone",)),
        ],
        WEEK,
    )
    assert chart(told, "Kind") == {"complaint": 2, "management complaint": 1}
    assert chart(told, "Language") == {"nl": 2, "pl": 1}
    assert chart(told, "Complained of") == {"phone": 2, "letter": 1}
    assert chart(told, "Not acknowledged at once, because") == {
        "it gives no address to answer to": 1
    }


def test_the_acknowledgements_delay_is_told_as_the_median() -> None:
    cases = [
        registered(f"NL26-{n:05d}", acknowledged_at=at(f"2026-02-24 09:00:{seconds:02d}"))
        for n, seconds in enumerate((1, 2, 59))
    ]
    assert figures(report(cases, WEEK))["until acknowledged (median)"] == "2 s"


def test_improvements_are_told_with_their_case() -> None:
    learnt = registered(
        settled_at=at("2026-02-26 09:00"),
        outcome=Outcome.UPHELD,
        improvement="Letters name the day of payment",
    )
    assert report([learnt], WEEK).improvements == ("NL26-00042: Letters name the day of payment",)


def test_the_register_holds_each_case_with_outcome_and_improvement_and_no_sender() -> None:
    case = registered(
        acknowledged_at=at("2026-02-24 09:01"),
        answered_at=at("2026-02-26 09:00"),
        settled_at=at("2026-02-26 10:00"),
        outcome=Outcome.UPHELD,
        outcome_reason="The letter was wrong",
        remedy="Fee cancelled",
        improvement="Shorter letters",
        channels=("letter",),
    )
    (row,) = rows(report([case], WEEK))
    assert row == {
        **dict.fromkeys(report_view.COLUMNS, ""),
        "case": "NL26-00042",
        "policy": NL,
        "kind": "complaint",
        "language": "nl",
        "received": "2026-02-24 10:00",
        "acknowledged": "2026-02-24 10:01",
        "due": "2026-03-10",
        "answered": "2026-02-26 10:00",
        "in time": "yes",
        "settled": "2026-02-26 11:00",
        "outcome": "upheld",
        "reason": "The letter was wrong",
        "remedy": "Fee cancelled",
        "improvement": "Shorter letters",
        "complained of": "letter",
    }


def test_both_forms_tell_how_each_case_ended_and_why() -> None:
    ended = {"settled_at": at("2026-02-26 09:00")}
    cases = [
        registered("NL26-00002", outcome=Outcome.REJECTED, outcome_reason="It is owed", **ended),
        registered("NL26-00001", outcome=Outcome.UPHELD, remedy="Fee cancelled", **ended),
        registered("NL26-00003"),
    ]
    told = report(cases, WEEK)
    page = " ".join(Tags(report_view.as_html(told, TEMPLATES)).text.split())
    assert "How they ended" in page
    assert "NL26-00001 complaintupheld Solved: Fee cancelled" in page
    assert "NL26-00002 complaintrejected Because: It is owed" in page
    assert "NL26-00003" not in page
    assert (
        "HOW THEY ENDED\n"
        "- NL26-00001, complaint: upheld; solved: Fee cancelled\n"
        "- NL26-00002, complaint: rejected; because: It is owed\n"
    ) in report_view.as_text(told)


@pytest.mark.parametrize("text", ["=1+1", "+31612345678", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    (row,) = rows(report([registered(owner=text)], WEEK))
    assert row["owner"].startswith("'")


@given(st.text(), st.text(), st.text())
def test_any_text_survives_the_csv(remedy: str, improvement: str, owner: str) -> None:
    texts = {"remedy": remedy, "improvement": improvement, "owner": owner}
    told = report([registered(**texts)], WEEK)
    (row,) = csv.DictReader(io.StringIO(report_view.as_csv(told, ZONE), newline=""))
    assert {key: row[key].removeprefix("'") for key in texts} == {
        key: text.removeprefix("'") for key, text in texts.items()
    }


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_a_person_wrote_becomes_a_tag(attack: str) -> None:
    def page(text: str) -> Tags:
        case = registered(
            settled_at=at("2026-02-26 09:00"),
            outcome=Outcome.UPHELD,
            outcome_reason=text,
            remedy=text,
            improvement=text,
            channels=(text,),
        )
        return Tags(report_view.as_html(report([case], WEEK), TEMPLATES))

    assert page(attack).tags == page("tame").tags
    assert not {"img", "script", "link", "a"} & set(page(attack).tags)


def test_the_text_form_tells_every_number_of_the_html() -> None:
    told = report([registered(channels=("phone",))], WEEK)
    text = report_view.as_text(told)
    for each in told.charts:
        assert each.title.upper() in text
        assert all(f"{bar.number}  {bar.label}" in text for bar in each.bars)


@given(st.dictionaries(st.text(min_size=1), st.integers(0, 10**6), max_size=20))
def test_bars_are_ordered_and_none_is_longer_than_the_longest(numbers: dict[str, int]) -> None:
    drawn = bars(Counter(numbers))
    assert [bar.number for bar in drawn] == sorted(numbers.values(), reverse=True)
    assert all(0 <= bar.percent <= 100 for bar in drawn)


def test_a_period_without_cases_is_told_without_charts_of_nothing() -> None:
    told = report([], Period("week", "Week", day("2026-02-23"), day("2026-03-01"), ZONE))
    assert [each.title for each in told.charts] == ["Received"]
    assert told.rows == ()
    assert "0 cases" in report_view.as_html(told, TEMPLATES)
