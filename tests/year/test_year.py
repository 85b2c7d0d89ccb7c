"""A year in a minute: thousands of mails, late people, restarts, outages; and what was promised."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import SQLModel, select
from year_service import ALL, HANDLERS, LEAD, MANAGEMENT

from triage.policy.calendar import is_working_day
from triage.register.states import EntryState, OutboxState
from triage.register.tables import (
    Case,
    Event,
    HandledMail,
    HandlerTask,
    LedgerEntry,
    OutboxMail,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from year_chronicle import Chronicle, Stood, Tick
    from year_life import Life

    from triage.policy.model import Policy

ZONE = ZoneInfo("Europe/Amsterdam")
pytestmark = pytest.mark.timeout(1500)


@pytest.fixture(scope="module")
def chronicle(life: Life) -> Chronicle:
    return life.chronicle


def rows(life: Life, table: type[SQLModel]) -> list[SQLModel]:
    with life.register.reading() as session:
        return list(session.exec(select(table)))


def steps_of(policy: Policy, due: date) -> set[date]:
    """The days on which a case that is due then is warned of, counted here once more."""
    day = due
    while not is_working_day(policy.calendar, day):
        day -= timedelta(days=1)
    days, left, day = {day}, max(policy.warn_before), due
    number = 0
    while left:
        day -= timedelta(days=1)
        if is_working_day(policy.calendar, day):
            number += 1
            left -= 1
            if number in policy.warn_before:
                days.add(day)
    return days


def mornings(chronicle: Chronicle) -> Iterator[tuple[Tick, Tick]]:
    """Two looks of one working day: before the offices open, and while they are."""
    for early, late in zip(chronicle.ticks, chronicle.ticks[1:], strict=False):
        if early.at.astimezone(ZONE).date() == late.at.astimezone(ZONE).date():
            yield early, late


def told_of(chronicle: Chronicle) -> dict[str, list[tuple[datetime, datetime, str]]]:
    """Case → when a reminder of it was made and taken, and to whom it went."""
    told: dict[str, list[tuple[datetime, datetime, str]]] = defaultdict(list)
    for mail in chronicle.of("chase"):
        for number in mail.numbers:
            told[number].append((mail.made, mail.at, mail.to))
    return told


def test_it_is_a_year_of_thousands_of_mails_and_many_restarts(life: Life):
    chronicle = life.chronicle
    assert len(rows(life, LedgerEntry)) > 1400
    assert len(chronicle.taken) > 1400
    assert chronicle.kills >= 10
    assert len(chronicle.answers) > 150
    assert len(chronicle.supplements) > 20


def test_every_mail_came_to_its_end(life: Life):
    ended = {EntryState.DONE, EntryState.DUPLICATE}
    entries = rows(life, LedgerEntry)
    assert {entry.state for entry in entries} <= ended
    known = {entry.message_id for entry in entries}
    assert {mail.message_id for mail in life.chronicle.mails} <= known


def test_nothing_is_counted_as_sent_that_the_mail_server_did_not_take(life: Life):
    sent = {mail.message_id for mail in rows(life, OutboxMail) if mail.state is OutboxState.SENT}
    assert sent == {mail.message_id for mail in life.chronicle.taken}
    assert all(mail.state is OutboxState.SENT for mail in rows(life, OutboxMail))


def test_a_mail_left_twice_only_where_its_sender_died_and_the_history_says_so(life: Life):
    taken = Counter(mail.message_id for mail in life.chronicle.taken)
    ids = {mail.id: mail.message_id for mail in rows(life, OutboxMail)}
    again = Counter(ids[e.outbox_id] for e in rows(life, Event) if e.code == "sent_again")
    for message_id, times in taken.items():
        assert times <= 1 + again[message_id]


def test_each_sender_is_answered_once_or_a_person_knows_why_not(life: Life):
    answers: dict[str, set[str]] = defaultdict(set)
    for mail in life.chronicle.of("answer"):
        answers[mail.answers].add(mail.message_id)
    handled = {mail.message_id: mail for mail in rows(life, HandledMail)}
    waiting = {task.ledger_id for task in rows(life, HandlerTask)}
    for mail in life.chronicle.mails:
        known = handled[mail.message_id]
        assert len(answers[mail.message_id]) == int(known.acknowledged)
        if mail.by_a_person and not known.acknowledged:
            # Joined a case that has its acknowledgement, or there is a task for a person.
            assert known.reasons == ["answered_before"] or known.ledger_id in waiting


def test_no_machine_is_answered(life: Life):
    machines = {mail.message_id for mail in life.chronicle.mails if not mail.by_a_person}
    assert machines
    assert not machines & {mail.answers for mail in life.chronicle.of("answer")}


def test_no_term_passes_without_a_warning_before_it(life: Life, chronicle: Chronicle):
    policies = {case.number: life.plan.policies[case.policy] for case in rows(life, Case)}
    told, seen = told_of(chronicle), set[str]()
    for _, late in mornings(chronicle):
        for number, case in late.unsettled.items():
            # Not a case that was reopened on its last day after the last look at it.
            if _waits(case) and case.due and late.at.date() in steps_of(policies[number], case.due):
                seen.add(number)
    passed = 0
    for case in rows(life, Case):
        if case.due_at is None or (case.answered_at and case.answered_at < case.due_at):
            continue
        if case.due_at > chronicle.ticks[-1].at or (case.settled_at or case.due_at) < case.due_at:
            continue
        if case.number in rested(chronicle) or case.number not in seen:
            continue
        passed += 1
        assert any(taken < case.due_at for _, taken, _ in told[case.number]), case.number
    assert passed > 20


def rested(chronicle: Chronicle) -> frozenset[str]:
    return frozenset(
        number for tick in chronicle.ticks for number, case in tick.unsettled.items() if case.paused
    )


def test_every_warning_comes_on_its_day(life: Life, chronicle: Chronicle):
    """Not on a day on which the service was down: what it missed then is one reminder later."""
    policies = {case.number: life.plan.policies[case.policy] for case in rows(life, Case)}
    told = {
        number: {made for made, _, _ in several} for number, several in told_of(chronicle).items()
    }
    warned = 0
    for early, late in mornings(chronicle):
        for number, case in late.unsettled.items():
            before = early.unsettled.get(number)
            if before is None or case.due is None or not _waits(case) or not _waits(before):
                continue
            policy = policies[number]
            if late.at.astimezone(policy.zone).date() in steps_of(policy, case.due):
                warned += 1
                assert late.at in told[number], (number, late.at)
    assert warned > 80


def _waits(case: Stood) -> bool:
    return case.open and not case.paused


def test_no_reminder_comes_twice(life: Life, chronicle: Chronicle):
    a_day = Counter(
        (mail.to, number, mail.made.astimezone(ZONE).date())
        for mail in {mail.message_id: mail for mail in chronicle.of("chase")}.values()
        for number in mail.numbers
    )
    assert set(a_day.values()) == {1}
    to_senders: dict[str, set[str]] = defaultdict(set)
    for mail in chronicle.of("reminder"):
        for number in mail.numbers:
            to_senders[number].add(mail.message_id)
    assert to_senders
    assert all(len(mails) == 1 for mails in to_senders.values())


def test_what_was_missed_is_caught_up_in_one_mail_to_each(chronicle: Chronicle):
    together = Counter(
        (mail.to, mail.made)
        for mail in {mail.message_id: mail for mail in chronicle.of("chase")}.values()
    )
    assert set(together.values()) == {1}


def test_a_case_that_rests_is_not_chased(chronicle: Chronicle):
    made = {(number, mail.made) for mail in chronicle.of("chase") for number in mail.numbers}
    for early, late in mornings(chronicle):
        resting = {n for n, case in late.unsettled.items() if case.paused}
        resting &= {n for n, case in early.unsettled.items() if case.paused}
        assert not {(number, late.at) for number in resting} & made


def test_reminders_rise_to_lead_and_management(life: Life, chronicle: Chronicle):
    chase = life.plan.settings.chase
    policies = {case.number: life.plan.policies[case.policy] for case in rows(life, Case)}
    told = told_of(chronicle)
    risen = Counter[str]()
    for early, late in mornings(chronicle):
        for number, case in late.unsettled.items():
            before = early.unsettled.get(number)
            if before is None or case.due is None or not _waits(case) or not _waits(before):
                continue
            policy = policies[number]
            today = late.at.astimezone(policy.zone).date()
            if today <= case.due or not is_working_day(policy.calendar, today):
                continue
            late_by = sum(
                is_working_day(policy.calendar, case.due + timedelta(days=after))
                for after in range(1, (today - case.due).days + 1)
            )
            to = {who for made, _, who in told[number] if made == late.at}
            for level, after in ((LEAD, chase.lead_after), (MANAGEMENT, chase.management_after)):
                if late_by == after:
                    assert level in to, (number, late.at)
                    assert to & set(HANDLERS)
                    risen[level] += 1
    assert min(risen[LEAD], risen[MANAGEMENT]) > 5


def test_every_case_is_settled_or_told_each_working_morning(chronicle: Chronicle):
    standing = {tick.at: tick.unsettled for tick in chronicle.ticks}
    digests = [mail for mail in chronicle.of("digest") if mail.to == ALL]
    for digest in digests:
        assert not set(standing[digest.made]) - digest.numbers, digest.made


def test_each_reader_gets_one_digest_on_each_working_day(life: Life, chronicle: Chronicle):
    policies = life.plan.own.values()
    wanted = {
        day
        for tick in chronicle.ticks
        if any(is_working_day(p.calendar, day := tick.at.astimezone(ZONE).date()) for p in policies)
    }
    for reader in (ALL, LEAD, *HANDLERS):
        ids = {m.message_id: m for m in chronicle.of("digest") if m.to == reader}
        days = Counter(mail.made.astimezone(ZONE).date() for mail in ids.values())
        assert days == Counter(wanted)


def test_the_reports_of_all_weeks_and_months_go_out_once(chronicle: Chronicle):
    reports = {mail.message_id: mail.subject for mail in chronicle.of("report")}
    assert len(set(reports.values())) == len(reports)
    assert len(reports) == 52 + 12


def test_what_a_sender_supplies_joins_the_case_however_it_is_sent(life: Life):
    cases = {mail.message_id: mail.case_number for mail in rows(life, HandledMail)}
    came = {name: n for name, n in life.chronicle.supplements.items() if name in cases}
    assert {name: cases[name] for name in came} == came


def test_every_answer_of_a_handler_is_found_and_ends_the_term(life: Life):
    answers = life.chronicle.answers
    entries = {entry.id: entry.message_id for entry in rows(life, LedgerEntry)}
    ended = {entries.get(e.ledger_id) for e in rows(life, Event) if e.code == "answered"}
    came = {entry.message_id for entry in rows(life, LedgerEntry)}
    assert set(answers) & came <= ended


def test_collection_rests_from_receipt_to_answer(life: Life):
    paused: dict[str, list[str]] = defaultdict(list)
    for event in rows(life, Event):
        if event.code in {"collection_paused", "collection_resumed"} and event.case_number:
            paused[event.case_number].append(event.code)
    promised = 0
    for case in rows(life, Case):
        if not (case.kind.is_complaint and case.policy == "alektum-nl"):
            continue
        promised += 1
        assert paused[case.number][0] == "collection_paused"
        assert case.collection_paused == (case.state.value == "open"), case.number
    assert promised > 50
