"""What ended long ago is forgotten: its texts and people, never its place in the register."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from register_samples import (
    DEBTOR,
    START,
    arrival,
    decision,
    handled,
    open_case,
    queued,
    silent,
    take,
)
from sqlmodel import select

from triage.decision import Joined
from triage.errors import NotInRegister
from triage.register.apply import apply
from triage.register.bounces import BOUNCE_HOLDS, forget_old_bounces, note_bounce
from triage.register.case_commands import settle
from triage.register.cases import case_file, find_cases
from triage.register.ledger import entry_of, raw_of, take_in
from triage.register.outbox_desk import mails_in, retry_mail
from triage.register.outbox_queue import mail_of, queue
from triage.register.retention import forget_cases, forget_other_mail, forget_own_mail
from triage.register.states import CaseState, EntryState, OutboxState, Outcome
from triage.register.tables import BouncedAddress, LedgerEntry, Row
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


def test_what_is_forgotten_is_gone_from_sqlites_files_too(register, number):
    register.empty_journal()
    files = _files_of(register)
    assert not files or any(DEBTOR.encode() in file.read_bytes() for file in files)
    forget(register, START + YEAR)
    register.empty_journal()
    assert not any(DEBTOR.encode() in file.read_bytes() for file in _files_of(register))


def _files_of(register):
    """Return the files of an SQLite register; none of one on PostgreSQL."""
    name = register.engine.url.database
    return sorted(Path(name).parent.glob(Path(name).name + "*")) if name.endswith(".db") else []


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


def test_no_row_names_the_sender_any_more(register, number):
    forget(register, START + YEAR)
    with register.reading() as session:
        rows = [
            (table.name, *row)
            for table in Row.metadata.sorted_tables
            for row in session.connection().execute(table.select())
        ]
    assert [row for row in rows if DEBTOR in f"{row}"] == []


def test_a_mail_that_joins_a_forgotten_case_is_forgotten_in_its_turn(register, number):
    forget(register, START + YEAR)
    came = START + YEAR + timedelta(days=1)
    late = take(register, 2, received_at=came)
    with register.transaction() as session:
        joins = handled(decided=decision(opens_case=False, joins=number), joined=Joined.TOKEN)
        apply(session, late, joins, silent, came)
    assert forget(register, came) == 0
    assert raw(register, late)
    assert forget(register, came + YEAR) == 1
    with register.reading() as session:
        assert case_file(session, number).addresses == ()
    with pytest.raises(NotInRegister, match="no longer kept"):
        raw(register, late)


def test_mail_that_must_be_kept_does_not_keep_other_mail(register):
    kept, free = take(register, 1), take(register, 2)
    with register.transaction() as session:
        for entry_id in (kept, free):
            entry_of(session, entry_id).state = EntryState.DONE
        (copy,) = take_in(session, [arrival(1, folder="Klacht", telling=True)], START)
        assert copy.original_id == kept
        assert forget_other_mail(session, START + YEAR, limit=1) == 1
    assert raw(register, kept)
    with pytest.raises(NotInRegister):
        raw(register, free)


@pytest.mark.parametrize("state", [OutboxState.SENT, OutboxState.FAILED, OutboxState.WITHHELD])
def test_the_text_of_our_mails_to_our_own_people_is_forgotten_by_their_age(register, state):
    with register.transaction() as session:
        old = queue(session, queued("old", purpose="digest"), START)
        young = queue(session, queued("young", purpose="digest"), START + YEAR)
        for outbox_id in (old, young):
            mail_of(session, outbox_id).state = state
    with register.transaction() as session:
        assert forget_own_mail(session, START + YEAR) == 1
        assert forget_own_mail(session, START + YEAR) == 0
        assert [bool(mail_of(session, each).content) for each in (old, young)] == [False, True]


def test_our_mail_that_has_not_gone_out_is_never_forgotten(register):
    with register.transaction() as session:
        queue(session, queued("old", purpose="digest"), START)
        assert forget_own_mail(session, START + YEAR) == 0


def test_mail_of_ours_without_its_text_cannot_be_sent_again(register, number):
    with register.transaction() as session:
        (mail,) = mails_in(session, OutboxState)
        mail_of(session, mail.id).state = OutboxState.FAILED
    forget(register, START + YEAR)
    with pytest.raises(NotInRegister, match="no longer kept"), register.transaction() as session:
        retry_mail(session, mail.id, START + YEAR)


def test_bounced_addresses_are_forgotten_once_they_may_be_written_to_again(register):
    with register.transaction() as session:
        note_bounce(session, "old@mail.example", "5.1.1", START)
        note_bounce(session, "young@mail.example", "5.1.1", START + BOUNCE_HOLDS)
        forget_old_bounces(session, START + BOUNCE_HOLDS)
        assert session.exec(select(BouncedAddress.address)).all() == ["young@mail.example"]


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
