"""Tasks stay until a person did them; what is stored for people shows no identity numbers."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from register_samples import START, open_case

from triage.errors import NotInRegister
from triage.register.bounces import BOUNCE_HOLDS, bounced_among, forget_bounce, note_bounce
from triage.register.events import events_of, record
from triage.register.reminders import claim_reminder
from triage.register.tasks import add_task, finish_task, open_tasks

BSN = "123456782"


def add(register, code="call_back", text="Call the sender back", **about):
    with register.transaction() as session:
        add_task(session, register.clock.now(), code, text, **about)


def tasks(register, number=None):
    with register.reading() as session:
        return open_tasks(session, number)


def test_open_tasks_are_listed_oldest_first(register, clock):
    add(register, "first")
    clock.advance(hours=1)
    add(register, "second")
    assert [task.code for task in tasks(register)] == ["first", "second"]


def test_a_number_that_was_broken_over_two_lines_is_masked_on_the_one_line_that_is_kept(register):
    add(register, text="He gave his number: 123 456\n782")
    assert [task.text for task in tasks(register)] == ["He gave his number: *** *** *82"]


def test_tasks_of_a_case_are_listed_apart(register):
    number = open_case(register)
    add(register, "of_case", case_number=number)
    add(register, "of_none")
    assert [task.code for task in tasks(register, number)] == ["of_case"]


def test_a_done_task_is_no_longer_open_and_its_event_says_who(register):
    number = open_case(register)
    add(register, case_number=number)
    with register.transaction() as session:
        finish_task(session, tasks(register)[0].id, by="anna", now=START, note="reached him")
    assert tasks(register) == ()
    with register.reading() as session:
        assert "anna" in events_of(session, number)[-1].text


def test_a_task_is_done_once(register, clock):
    number = open_case(register)
    add(register, case_number=number)
    (task,) = tasks(register)
    for who in ("anna", "bert"):
        with register.transaction() as session:
            finish_task(session, task.id, by=who, now=clock.now())
    with register.reading() as session:
        done = [event for event in events_of(session, number) if event.code == "task_done"]
        assert len(done) == 1


def test_an_unknown_task_is_not_in_the_register(register):
    with pytest.raises(NotInRegister), register.transaction() as session:
        finish_task(session, 99, by="anna", now=START)


def test_ids_are_masked_in_tasks_and_events(register):
    number = open_case(register)
    add(register, text=f"BSN {BSN}\nof the sender", case_number=number)
    with register.transaction() as session:
        record(session, START, "note", f"his BSN is {BSN}", case_number=number)
    with register.reading() as session:
        texts = [task.text for task in open_tasks(session)]
        texts += [event.text for event in events_of(session, number)]
    assert not any(BSN in text or "\n" in text for text in texts)


def test_a_reminder_goes_out_once_per_case_step_and_day(register):
    number = open_case(register)

    def remind(step, day):
        with register.transaction() as session:
            return claim_reminder(session, number, step, date(2026, 3, day), START)

    assert [remind("due", 16), remind("due", 16)] == [True, False]
    assert [remind("after-1", 16), remind("due", 17)] == [True, True]


def test_a_reminder_whose_transaction_broke_off_did_not_go_out(register):
    number = open_case(register)
    with suppress(ZeroDivisionError), register.transaction() as session:
        claim_reminder(session, number, "due", date(2026, 3, 16), START)
        raise ZeroDivisionError
    with register.transaction() as session:
        assert claim_reminder(session, number, "due", date(2026, 3, 16), START)


class TestBounces:
    def test_a_bounced_address_is_known_in_any_spelling(self, register):
        with register.transaction() as session:
            note_bounce(session, "Gone@Mail.Example", "5.1.1", START)
            assert bounced_among(session, ["gone@MAIL.example", "ok@x"], START) == {
                "gone@mail.example"
            }

    def test_it_may_be_written_to_again_after_a_while(self, register):
        with register.transaction() as session:
            note_bounce(session, "gone@x", "5.1.1", START)
            assert bounced_among(session, ["gone@x"], START + BOUNCE_HOLDS) == frozenset()

    def test_the_last_bounce_counts(self, register):
        later = START + BOUNCE_HOLDS
        with register.transaction() as session:
            note_bounce(session, "gone@x", "5.1.1", START)
            note_bounce(session, "gone@x", "5.2.1", later)
            assert bounced_among(session, ["gone@x"], later) == {"gone@x"}

    def test_a_person_can_say_that_it_works(self, register):
        with register.transaction() as session:
            note_bounce(session, "gone@x", "5.1.1", START)
            forget_bounce(session, "Gone@x")
            assert bounced_among(session, ["gone@x"], START) == frozenset()

    def test_of_no_addresses_none_bounced(self, register):
        with register.reading() as session:
            assert bounced_among(session, [], START) == frozenset()
