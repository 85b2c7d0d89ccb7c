"""Reminders sent: once, to the right people, and in one mail."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from schedule_samples import (
    ANNA,
    BRAM,
    LEAD,
    MANAGEMENT,
    NL,
    PL,
    at,
    body,
    outbox,
    parsed,
    plan,
    store_case,
)
from sqlmodel import select

from triage.register import case_commands
from triage.register.bounces import note_bounce
from triage.register.case_number import find_tag
from triage.register.cases import case_file
from triage.register.events import record
from triage.register.numbering import signing_key
from triage.register.states import Outcome
from triage.register.tables import OutboxMail, Reminder
from triage.register.tasks import open_tasks
from triage.register.verdict import Ending
from triage.schedule import chasing, gather
from triage.schedule.chasing import chase
from triage.schedule.words import words_of

if TYPE_CHECKING:
    from triage.register.database import Register
    from triage.schedule.digest import Words

PLAN = plan()
WARNING = at("2026-03-09 09:00")
"""Three working days before the term of a case received on 26 February, in office hours."""


def told(register: Register) -> list[str]:
    return [mail.recipient for mail in outbox(register, "chase")]


def events(register: Register, code: str) -> list[str]:
    with register.reading() as session:
        found = case_file(session, "NL26-00042").events
        return [event.text for event in found if event.code == code]


def test_a_handler_is_warned_before_the_term_once(register: Register) -> None:
    store_case(register, owner=ANNA)
    assert chase(register, PLAN, WARNING - timedelta(days=3)) == 0
    assert chase(register, PLAN, WARNING) == 1
    for minutes in (0, 5, 60):
        assert chase(register, plan(), WARNING + timedelta(minutes=minutes)) == 0
    (mail,) = outbox(register, "chase")
    assert mail.recipient == ANNA
    assert parsed(mail)["Subject"] == "Complaint reminder: 1 due soon"
    assert "3 working days left" in body(mail)
    assert "Uw medewerker belde gisteren naar mijn werk." in body(mail)
    assert events(register, "reminded") == [f"Reminded {ANNA} (before-3, answer due 2026-03-12)"]


def test_nothing_is_said_outside_the_office_hours(register: Register) -> None:
    store_case(register)
    for moment in ("2026-03-09 07:59", "2026-03-09 16:00", "2026-03-14 10:00"):
        assert chase(register, PLAN, at(moment)) == 0


def test_a_whole_term_is_chased_step_by_step_up_to_the_management(register: Register) -> None:
    store_case(register, owner=ANNA)
    now = at("2026-02-26 09:00")
    while now < at("2026-03-26 00:00"):
        chase(register, plan(), now)
        now += timedelta(hours=2)
    days = [(f"{mail.queued_at:%d %b}", mail.recipient) for mail in outbox(register, "chase")]
    assert days == [
        ("09 Mar", ANNA),
        ("11 Mar", ANNA),
        ("12 Mar", ANNA),
        ("13 Mar", ANNA),
        ("16 Mar", ANNA),
        ("16 Mar", LEAD),
        *(("18 Mar", who) for who in (ANNA, LEAD, MANAGEMENT)),
        *(("25 Mar", who) for who in (ANNA, LEAD, MANAGEMENT)),
    ]


def test_a_case_of_nobody_is_everybodys(register: Register) -> None:
    store_case(register)
    chase(register, PLAN, WARNING)
    assert told(register) == [ANNA, BRAM]


def test_after_a_stop_one_mail_tells_all_cases_with_their_latest_step(register: Register) -> None:
    for number in range(40):
        received = at("2026-02-02 09:00") + timedelta(days=number // 2)
        store_case(register, f"NL26-{number:05d}", received=received, owner=ANNA)
    chase(register, PLAN, at("2026-03-16 09:00"))
    to_anna = [mail for mail in outbox(register, "chase") if mail.recipient == ANNA]
    assert len(to_anna) == 1
    text = body(to_anna[0])
    for number in range(40):
        assert text.count(f"NL26-{number:05d}") >= 1
    with register.reading() as session:
        reminders = session.exec(select(Reminder)).all()
    assert len(reminders) == len({reminder.case_number for reminder in reminders}) == 40


def test_beyond_the_full_rows_no_case_is_hidden(register: Register) -> None:
    for number in range(9):
        store_case(register, f"NL26-{number:05d}", owner=ANNA)
    few = plan(digest={"rows": 2})
    chase(register, few, WARNING)
    (mail,) = outbox(register, "chase")
    assert all(f"NL26-{number:05d}" in body(mail) for number in range(9))


def test_mails_that_come_in_do_not_wait_while_those_of_a_reminder_are_read(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_case(register, owner=ANNA)
    other = sqlite3.connect(register.engine.url.database or "", timeout=0, isolation_level=None)

    def read(*wanted: Any) -> dict[int, Words]:
        other.execute("BEGIN IMMEDIATE")  # raises where somebody else writes
        other.execute("ROLLBACK")
        return words_of(*wanted)

    monkeypatch.setattr(chasing, "words_of", read)
    assert chase(register, PLAN, WARNING) == 1
    other.close()
    (mail,) = outbox(register, "chase")
    assert "Uw medewerker belde gisteren naar mijn werk." in body(mail)


def test_two_machines_remind_once(register: Register) -> None:
    store_case(register, owner=ANNA)
    # Both looked before either had written: the claim decides.
    with register.reading() as session:
        assert gather.reminded(session) == {}
    assert [chase(register, plan(), WARNING), chase(register, plan(), WARNING)] == [1, 0]


@pytest.mark.parametrize("ended", ["answered", "settled", "paused"])
def test_nobody_is_reminded_of_what_is_answered_settled_or_rests(
    register: Register, ended: str
) -> None:
    store_case(register)
    with register.transaction() as session:
        if ended == "answered":
            case_commands.answer(session, "NL26-00042", by=ANNA, now=WARNING)
        elif ended == "settled":
            case_commands.settle(
                session, "NL26-00042", Ending(Outcome.REJECTED), by=ANNA, now=WARNING
            )
        else:
            record(session, WARNING, gather.PAUSED, "rests", case_number="NL26-00042")
    assert chase(register, PLAN, at("2026-03-18 09:00")) == 0


def test_an_agency_without_a_team_has_its_reminders_sent_to_the_readers_of_all(
    register: Register,
) -> None:
    store_case(register, "PL26-00001", policy=PL, received=at("2026-02-05 09:00"))
    # 30 calendar days after 5 February 2026 are 7 March, a Saturday: the term ends on the 6th.
    chase(register, PLAN, at("2026-03-06 09:00"))
    assert told(register) == ["all@office.example"]


def test_where_nobody_is_named_it_becomes_a_task(register: Register) -> None:
    store_case(register)
    assert chase(register, plan(digest={"to": []}, team=[]), WARNING) == 0
    with register.reading() as session:
        (task,) = open_tasks(session)
    assert (task.code, task.case_number) == ("reminder", "NL26-00042")


REMIND = at("2026-03-03 09:00")
"""Three working days after the acknowledgement of 26 February asked for what is missing."""


def test_a_sender_who_owes_facts_gets_one_friendly_reminder_then_a_person_a_task(
    register: Register,
) -> None:
    store_case(register, missing=["phone"], owner=ANNA)
    now = at("2026-02-26 09:00")
    while now < at("2026-03-20 00:00"):
        chase(register, plan(), now)
        now += timedelta(hours=3)
    (reminder,) = outbox(register, "reminder")
    assert (reminder.recipient, reminder.queued_at.date()) == ("jan@mail.example", REMIND.date())
    assert reminder.case_number == "NL26-00042"
    with register.reading() as session:
        (task,) = open_tasks(session, "NL26-00042")
        events = [event.code for event in case_file(session, "NL26-00042").events]
    assert task.code == "incomplete"
    assert task.text == "Still missing: phone number. Phone the sender, or answer without it"
    assert task.created_at.date() == at("2026-03-06 00:00").date()
    assert events.count("sender_reminded") == 1


def test_the_senders_answer_to_the_reminder_will_join_its_case(register: Register) -> None:
    store_case(register, missing=["phone"])
    chase(register, PLAN, REMIND)
    (reminder,) = outbox(register, "reminder")
    mail = parsed(reminder)
    with register.transaction() as session:
        key = signing_key(session, REMIND)
    assert find_tag(mail["Subject"], key) == "NL26-00042"
    assert mail["In-Reply-To"] == "<nl26-00042-acknowledgement@alektumgroup.nl>"
    assert mail["From"] == "Alektum Group <compliance@alektumgroup.nl>"


def test_nothing_is_sent_to_a_sender_who_supplied_it(register: Register) -> None:
    store_case(register, missing=[])
    assert chase(register, PLAN, REMIND) == 0
    assert outbox(register, "reminder") == []


def test_a_sender_whose_acknowledgement_was_withheld_is_not_written_to(
    register: Register,
) -> None:
    store_case(register, missing=["phone"], acknowledged=False, not_acknowledged=["loop"])
    chase(register, PLAN, REMIND)
    assert outbox(register, "reminder") == []


def test_an_address_whose_mail_came_back_is_not_written_to_but_is_one_task(
    register: Register,
) -> None:
    store_case(register, missing=["phone"])
    with register.transaction() as session:
        note_bounce(session, "jan@mail.example", "5.1.1", REMIND)
    for days in range(4):
        chase(register, PLAN, REMIND + timedelta(days=days))
    assert outbox(register, "reminder") == []
    with register.reading() as session:
        (task,) = open_tasks(session, "NL26-00042")
    assert task.code == "incomplete"


@pytest.mark.parametrize(
    "address", ["müller@mail.example", "jan..jansen@mail.example", "jan.@mail.example"]
)
def test_an_address_that_we_could_answer_is_reminded_and_holds_up_nobody_else(
    register: Register, address: str
) -> None:
    for number in ("NL26-00001", "NL26-00002"):
        store_case(register, number, missing=["phone"])
    with register.transaction() as session:
        asked = select(OutboxMail).where(OutboxMail.case_number == "NL26-00001")
        session.exec(asked).one().recipient = address
    chase(register, PLAN, REMIND)
    assert [mail.recipient for mail in outbox(register, "reminder")] == [
        address,
        "jan@mail.example",
    ]
    assert f"To: {address}\r\n" in outbox(register, "reminder")[0].content.decode()


def test_reminders_count_for_the_policy_of_their_case(register: Register) -> None:
    store_case(register, missing=["phone"], policy=NL, language="pl")
    chase(register, PLAN, REMIND)
    (reminder,) = outbox(register, "reminder")
    assert "Szanowni Państwo" in body(reminder)
