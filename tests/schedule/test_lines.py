"""How one case, mail or task is worded."""

from __future__ import annotations

from datetime import timedelta

import pytest
from schedule_samples import NL, NOW, PL, at, case, policies, task

from triage.register.states import CaseState, Outcome
from triage.schedule.lines import Badge, Line, Tone, case_line, term_of
from triage.schedule.wording import working_days_until
from triage.understanding.model import Kind

CALENDAR = policies()[NL].calendar


@pytest.mark.parametrize(
    ("today", "day", "left"),
    [
        ("2026-03-04", "2026-03-04", 0),
        ("2026-03-04", "2026-03-05", 1),
        ("2026-03-06", "2026-03-09", 1),
        ("2026-03-06", "2026-03-07", 0),
        ("2026-04-02", "2026-04-07", 2),
        ("2026-04-24", "2026-04-28", 1),
        ("2026-03-05", "2026-03-04", -1),
        ("2026-03-09", "2026-03-06", -1),
        ("2026-03-08", "2026-03-06", 0),
        ("2026-12-24", "2026-12-28", 1),
    ],
)
def test_working_days_leave_out_weekends_and_holidays(today: str, day: str, left: int) -> None:
    # Easter Monday (6 April), King's Day (27 April) and Christmas are no working days.
    days = (at(f"{each} 12:00").date() for each in (today, day))
    assert working_days_until(CALENDAR, *days) == left


@pytest.mark.parametrize(
    ("now", "badge"),
    [
        ("2026-03-02 09:00", Badge("8 working days left", Tone.CALM)),
        ("2026-03-11 09:00", Badge("1 working day left", Tone.SOON)),
        ("2026-03-12 09:00", Badge("due today", Tone.SOON)),
        ("2026-03-12 22:59", Badge("due today", Tone.SOON)),
        ("2026-03-12 23:00", Badge("1 working day late", Tone.LATE)),
        ("2026-03-14 09:00", Badge("1 working day late", Tone.LATE)),
        ("2026-03-17 09:00", Badge("3 working days late", Tone.LATE)),
    ],
)
def test_the_badge_says_how_long_a_case_has(now: str, badge: Badge) -> None:
    # Received on 26 February: due on 12 March, which ends at 23:00 UTC in Amsterdam's winter.
    assert term_of(case(), policies()[NL], at(now)) == badge


def test_the_last_working_day_before_a_term_that_ends_in_a_weekend_is_named() -> None:
    privacy = case(due=at("2026-03-07 12:00").date(), due_at=at("2026-03-07 23:00"))
    assert term_of(privacy, policies()[NL], at("2026-03-06 09:00")).text == "last working day"
    assert term_of(privacy, policies()[NL], at("2026-03-08 09:00")).text == "term has passed"


def test_days_are_those_of_the_policys_zone_whatever_the_clock_change() -> None:
    # 29 March 2026 has 23 hours in Warsaw; 23:30 UTC on the 28th is the 29th there already.
    received = at("2026-03-28 23:30")
    line = case_line(case(policy=PL, received=received), policies()[PL], received)
    assert line.when == "due Tue 28 Apr, received Sun 29 Mar"


def test_that_collection_rests_because_of_a_case_is_said_with_it() -> None:
    told = case_line(case(collection_paused=True), policies()[NL], NOW)
    assert told.when == "due Thu 12 Mar, received Thu 26 Feb, collection paused"


def test_what_to_do_begins_with_the_most_pressing() -> None:
    late = case(
        received=at("2026-02-16 09:00"),
        acknowledged_at=None,
        not_acknowledged=("no_address", "spam"),
        tasks=(task("confirm_by_hand", 3), task("phone_first", 4)),
        missing=("phone", "incident_date"),
        asked_at=at("2026-02-16 09:00"),
        unsure=("kind",),
    )
    assert case_line(late, policies()[NL], NOW).todo == (
        "Answer now: the term has passed",
        "Confirm receipt by hand: it gives no address to answer to, it looks like spam",
        "Try to phone the sender before answering (task 4)",
        "Look at: kind",
        "Waits for the sender: phone number, when it happened, asked Mon 16 Feb",
    )


def test_a_sender_who_was_reminded_is_said_to_be() -> None:
    waiting = case(
        missing=("phone",), asked_at=at("2026-02-26 09:00"), reminded_at=at("2026-03-03 09:00")
    )
    (todo,) = case_line(waiting, policies()[NL], NOW).todo
    assert todo == "Waits for the sender: phone number, reminded Tue 3 Mar"


def test_of_many_tasks_three_are_told_and_the_rest_counted() -> None:
    busy = case(tasks=tuple(task("call_back", n, text=f"Call {n}") for n in range(1, 6)))
    todo = case_line(busy, policies()[NL], NOW).todo
    assert len(todo) == 4
    assert todo[-1] == "and 2 more tasks"


def test_the_same_task_of_two_mails_is_one_line_with_both_numbers() -> None:
    text = "Taken for question, not surely: look"
    twice = case(tasks=tuple(task("check_reading", n, text=text) for n in (3, 7)))
    assert case_line(twice, policies()[NL], NOW).todo == (f"{text} (tasks 3, 7)",)


@pytest.mark.parametrize(
    ("changes", "todo"),
    [
        ({}, "Answer by Thu 12 Mar"),
        ({"due": None, "due_at": None, "kind": Kind.QUESTION}, "Answer"),
        ({"paused": True}, "Rests until a person resumes it"),
        (
            {"state": CaseState.ANSWERED, "answered_at": NOW},
            "Answered Wed 4 Mar; note its outcome: triage case settle NL26-00042 --outcome OUTCOME",
        ),
        (
            {
                "state": CaseState.SETTLED,
                "settled_at": NOW + timedelta(days=30),
                "outcome": Outcome.PARTLY_UPHELD,
            },
            "Settled Fri 3 Apr, late: partly upheld",
        ),
    ],
)
def test_a_case_without_tasks_says_what_comes_next(changes: dict[str, object], todo: str) -> None:
    assert case_line(case(**changes), policies()[NL], NOW).todo == (todo,)


@pytest.mark.parametrize(
    ("message_id", "link"),
    [
        ("abc.1@mail.example", "mid:abc.1@mail.example"),
        ('a"><img src=x>@mail.example', "mid:a%22%3E%3Cimg%20src%3Dx%3E@mail.example"),
        ("javascript:alert(1)@x", "mid:javascript%3Aalert%281%29@x"),
        ("", ""),
        ("sha256:" + "0" * 64, ""),
    ],
)
def test_a_mail_is_linked_by_its_message_id(message_id: str, link: str) -> None:
    # RFC 2392; an overlong Message-ID is kept as a hash, which finds no mail.
    assert Line("mail 1", "", Badge("", Tone.CALM), (), message_id=message_id).link == link
