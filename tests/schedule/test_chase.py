"""Which reminders are due and not yet done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from schedule_samples import NL, NOW, PL, at, case, day, policies

from triage.policy.calendar import is_working_day
from triage.register.states import CaseState
from triage.schedule.audience import Level
from triage.schedule.chase import (
    FACTS,
    FACTS_TASK,
    Step,
    facts_due,
    in_office,
    reminders_due,
    steps,
)
from triage.team_settings import Chase

CHASE = Chase()
CASE = case()
"""Received on Thursday 26 February, due on Thursday 12 March; warned 3 and 1 working days before."""


def due(now: str, *cases: object, done: object = None) -> list[tuple[str, str]]:
    found = reminders_due(cases or (CASE,), policies(), CHASE, at(now), done or {})
    return [(each.case.number, each.step.name) for each in found]


@pytest.mark.parametrize(
    ("now", "step"),
    [
        ("2026-03-06 10:00", None),
        ("2026-03-09 10:00", "before-3"),
        ("2026-03-10 10:00", "before-3"),
        ("2026-03-11 10:00", "before-1"),
        ("2026-03-12 10:00", "due"),
        ("2026-03-13 10:00", "after-1"),
        ("2026-03-16 10:00", "after-2"),
        ("2026-03-17 10:00", "after-2"),
        ("2026-03-18 10:00", "after-4"),
        ("2026-03-25 10:00", "after-9"),
        ("2026-04-01 10:00", "after-14"),
    ],
)
def test_a_case_has_its_latest_step(now: str, step: str | None) -> None:
    assert due(now) == ([(CASE.number, step)] if step else [])


def test_after_the_term_reminders_rise_to_the_lead_and_the_management() -> None:
    assert CASE.due is not None
    after = list(steps(policies()[NL], CHASE, CASE.due, day("2026-04-01")))[3:]
    assert after == [
        Step("after-1", day("2026-03-13"), Level.HANDLER),
        Step("after-2", day("2026-03-16"), Level.LEAD),
        Step("after-4", day("2026-03-18"), Level.MANAGEMENT),
        Step("after-9", day("2026-03-25"), Level.MANAGEMENT),
        Step("after-14", day("2026-04-01"), Level.MANAGEMENT),
    ]


def test_steps_fall_on_working_days_over_easter() -> None:
    # Due on Tuesday 7 April 2026; Easter Monday is the 6th, Good Friday is worked on.
    found = list(steps(policies()[NL], CHASE, day("2026-04-07"), day("2026-04-08")))
    assert [(step.name, step.day.isoformat()) for step in found] == [
        ("before-3", "2026-04-01"),
        ("before-1", "2026-04-03"),
        ("due", "2026-04-07"),
        ("after-1", "2026-04-08"),
    ]


def test_a_term_that_ends_on_a_free_day_is_told_on_the_working_day_before() -> None:
    saturday = case(due=day("2026-03-07"), due_at=at("2026-03-07 23:00"))
    assert due("2026-03-06 10:00", saturday) == [(saturday.number, "due")]


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        ("2026-03-06 07:59", False),
        ("2026-03-06 08:00", True),
        ("2026-03-06 15:59", True),
        ("2026-03-06 16:00", False),
        ("2026-03-07 10:00", False),
        ("2026-04-06 10:00", False),
        # Summer time began on 29 March: 9:00 in Amsterdam is 7:00 UTC now.
        ("2026-03-30 07:00", True),
        ("2026-03-30 06:59", False),
    ],
)
def test_reminders_go_out_in_office_hours_of_the_policy_only(now: str, is_open: bool) -> None:
    assert in_office(policies()[NL], at(now)) is is_open


def test_offices_keep_their_published_exceptions() -> None:
    norway = policies()["alektum-no"]
    # 19:00 in Oslo: open on an ordinary Thursday, not in July.
    assert in_office(norway, at("2026-06-18 17:00"))
    assert not in_office(norway, at("2026-07-16 17:00"))


def test_what_was_told_is_not_told_again() -> None:
    done = {CASE.number: frozenset({("before-3", day("2026-03-09"))})}
    assert due("2026-03-09 10:00", done=done) == []
    assert due("2026-03-10 10:00", done=done) == []
    assert due("2026-03-11 10:00", done=done) == [(CASE.number, "before-1")]


def test_after_a_long_stop_only_the_latest_step_is_told() -> None:
    assert due("2026-03-20 10:00") == [(CASE.number, "after-4")]


def test_an_extended_term_is_warned_of_anew() -> None:
    done = {CASE.number: frozenset({("before-3", day("2026-03-09"))})}
    extended = case(due=day("2026-03-19"), due_at=at("2026-03-19 23:00"))
    assert due("2026-03-10 10:00", extended, done=done) == []
    assert due("2026-03-16 10:00", extended, done=done) == [(CASE.number, "before-3")]


@pytest.mark.parametrize(
    "changes",
    [
        {"paused": True},
        {"state": CaseState.ANSWERED, "answered_at": NOW},
        {"state": CaseState.SETTLED, "settled_at": NOW},
        {"due": None, "due_at": None},
    ],
)
def test_nobody_is_reminded_of_a_case_that_rests_is_answered_or_has_no_term(
    changes: dict[str, object],
) -> None:
    assert due("2026-03-13 10:00", case(**changes)) == []


def test_the_most_overdue_comes_first_and_none_is_left_out() -> None:
    several = [
        case(f"NL26-{n:05d}", received=at("2026-02-10 09:00") + timedelta(days=n % 7))
        for n in range(500)
    ]
    found = reminders_due(several, policies(), CHASE, at("2026-03-20 10:00"), {})
    assert len(found) == 500
    ends = [each.case.due_at for each in found]
    assert ends == sorted(ends)


_TICKS = st.lists(
    st.integers(0, 60 * 24 * 2).map(lambda n: at("2026-02-23 00:00") + timedelta(minutes=20 * n)),
    max_size=120,
).map(sorted)


@settings(max_examples=60)
@given(_TICKS, st.sampled_from([NL, PL, "alektum-no", "pro-actief"]))
def test_however_often_and_whenever_it_is_looked_no_step_is_told_twice_nor_outside_the_office(
    ticks: list[object], name: str
) -> None:
    policy = policies()[name]
    chased = case(policy=name, received=at("2026-02-20 10:00"))
    told: list[Step] = []
    for now in ticks:
        done = {chased.number: frozenset((step.name, step.day) for step in told)}
        for each in reminders_due((chased,), policies(), CHASE, now, done):
            assert in_office(policy, now)
            assert each.step.day <= now.astimezone(policy.zone).date()
            told.append(each.step)
    assert len(set(told)) == len(told)
    assert [step.day for step in told] == sorted(step.day for step in told)
    days = [now.astimezone(policy.zone).date() for now in ticks]
    # At most one reminder a case and day, however many steps were missed.
    assert len(told) <= len({each for each in days if is_working_day(policy.calendar, each)})


@settings(max_examples=30)
@given(st.integers(0, 400), st.sampled_from(sorted(policies())))
def test_a_service_that_looks_every_hour_gives_every_warning_before_the_term_ends(
    offset: int, name: str
) -> None:
    policy = policies()[name]
    received = at("2026-01-01 11:00") + timedelta(days=offset)
    chased = case(policy=name, received=received)
    assert chased.due_at is not None
    told: set[tuple[str, object]] = set()
    now = received
    while now < chased.due_at:
        done = {chased.number: frozenset(told)}
        for each in reminders_due((chased,), policies(), CHASE, now, done):
            told.add((each.step.name, each.step.day))
        now += timedelta(hours=1)
    assert {f"before-{count}" for count in policy.warn_before} <= {step for step, _ in told}
    assert "due" in {step for step, _ in told}


WAITING = case(missing=("phone",), asked_at=at("2026-02-26 09:00"))
"""Asked on Thursday 26 February; this policy reminds after 3 working days: on Tuesday 3 March."""


@pytest.mark.parametrize(
    ("now", "found"),
    [
        ("2026-03-02 10:00", []),
        ("2026-03-03 07:30", []),
        ("2026-03-03 10:00", [FACTS]),
        ("2026-03-05 10:00", [FACTS]),
        ("2026-03-07 10:00", []),
    ],
)
def test_a_sender_who_owes_facts_is_reminded_after_the_policys_term(
    now: str, found: list[str]
) -> None:
    assert [each.step.name for each in facts_due((WAITING,), policies(), at(now), {})] == found


def test_the_sender_is_reminded_once_and_then_it_is_a_task() -> None:
    reminded = case(
        missing=("phone",), asked_at=at("2026-02-26 09:00"), reminded_at=at("2026-03-03 10:00")
    )
    once = {reminded.number: frozenset({(FACTS, day("2026-03-03"))})}
    assert facts_due((reminded,), policies(), at("2026-03-05 10:00"), once) == ()
    (then,) = facts_due((reminded,), policies(), at("2026-03-06 10:00"), once)
    assert then.step == Step(FACTS_TASK, day("2026-03-06"))
    both = {reminded.number: once[reminded.number] | {(FACTS_TASK, day("2026-03-06"))}}
    assert facts_due((reminded,), policies(), at("2026-03-20 10:00"), both) == ()


def test_when_the_answer_is_due_already_a_person_decides() -> None:
    (found,) = facts_due((WAITING,), policies(), at("2026-03-16 10:00"), {})
    assert found.step.name == FACTS_TASK


@pytest.mark.parametrize(
    "changes",
    [
        {"missing": ()},
        {"asked_at": None},
        {"paused": True},
        {"state": CaseState.ANSWERED, "answered_at": NOW},
    ],
)
def test_nobody_is_reminded_who_owes_nothing_was_not_asked_or_has_an_answer(
    changes: dict[str, object],
) -> None:
    values = {"missing": ("phone",), "asked_at": at("2026-02-26 09:00"), **changes}
    assert facts_due((case(**values),), policies(), at("2026-03-05 10:00"), {}) == ()
