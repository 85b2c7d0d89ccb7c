"""What ended long ago is forgotten: its texts and people, never its place in the register."""

from __future__ import annotations

from datetime import timedelta

import pytest
from register_samples import DEBTOR, START, open_case, take
from sqlmodel import select

from triage.errors import NotInRegister
from triage.register.case_commands import settle
from triage.register.cases import case_file, find_cases
from triage.register.ledger import entry_of, raw_of
from triage.register.retention import forget_cases, forget_other_mail
from triage.register.states import CaseState, EntryState, Outcome
from triage.register.tables import LedgerEntry
from triage.register.tasks import add_task
from triage.register.verdict import Ending

YEAR = timedelta(days=365)


@pytest.fixture
def number(register, clock):
    number = open_case(register)
    with register.transaction() as session:
        settle(
            session, number, Ending(Outcome.UPHELD, remedy="Excuses"), by="anna", now=clock.now()
        )
    return number


def forget(register, before):
    with register.transaction() as session:
        return forget_cases(session, before, START + YEAR)


def raw(register, entry_id):
    with register.reading() as session:
        return raw_of(session, entry_of(session, entry_id))


def test_a_case_that_was_settled_before_loses_its_texts_and_people(register, number):
    assert forget(register, START + YEAR) == 1
    with register.reading() as session:
        file = case_file(session, number)
        (entry,) = session.exec(select(LedgerEntry)).all()
    assert file.addresses == ()
    assert [mail.sender for mail in file.mails] == [""]
    assert [mail.reading for mail in file.mails] == [{}]
    assert [(mail.content, mail.recipient) for mail in file.sent] == [(b"", "")]
    assert not any(DEBTOR in event.text or "anna" in event.text for event in file.events)
    with pytest.raises(NotInRegister, match="no longer kept"):
        raw(register, entry.id)


def test_the_register_keeps_when_it_came_and_how_it_ended(register, number):
    forget(register, START + YEAR)
    with register.reading() as session:
        (case,) = find_cases(session, states=(CaseState.SETTLED,))
    assert (case.outcome, case.remedy) == (Outcome.UPHELD, "Excuses")
    assert (case.received_at, case.settled_at) == (START, START)


def test_what_was_settled_later_is_kept(register, number):
    assert forget(register, START) == 0


def test_an_open_case_is_kept_however_old(register):
    open_case(register)
    assert forget(register, START + YEAR) == 0


def test_a_case_with_an_open_task_is_kept(register, number, clock):
    with register.transaction() as session:
        add_task(session, clock.now(), "look", "Look", case_number=number)
    assert forget(register, START + YEAR) == 0


def test_the_second_time_nothing_is_left_to_forget(register, number):
    assert [forget(register, START + YEAR) for _ in range(2)] == [1, 0]


def test_mail_of_no_case_is_forgotten_by_its_receipt(register):
    old, young = take(register, 1), take(register, 2, received_at=START + YEAR)
    with register.transaction() as session:
        for entry_id in (old, young):
            entry_of(session, entry_id).state = EntryState.DONE
        assert forget_other_mail(session, START + YEAR) == 1
        assert forget_other_mail(session, START + YEAR) == 0
    assert raw(register, young)
    with pytest.raises(NotInRegister):
        raw(register, old)


@pytest.mark.parametrize("state", [EntryState.WAITING, EntryState.FAILED, EntryState.SET_ASIDE])
def test_mail_that_is_still_in_hand_is_never_forgotten(register, state):
    entry_id = take(register)
    with register.transaction() as session:
        entry_of(session, entry_id).state = state
        assert forget_other_mail(session, START + YEAR) == 0
