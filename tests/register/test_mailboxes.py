"""What was there before the first start is backlog, also after the server numbered it anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from register_samples import MAILBOX, START

from triage.errors import NotInRegister
from triage.register.mailboxes import is_backlog, note_fault, note_scan, start_watching, watched


def start(register, *, uidvalidity=7, highest_uid=40, folder="INBOX"):
    with register.transaction() as session:
        return start_watching(
            session,
            MAILBOX,
            folder,
            uidvalidity=uidvalidity,
            highest_uid=highest_uid,
            now=register.clock.now(),
        )


def test_the_first_start_takes_a_high_water_mark_that_stays(register, clock):
    start(register)
    clock.advance(days=1)
    state = start(register, highest_uid=90)
    assert (state.high_water_uid, state.first_started_at) == (40, START)


@pytest.mark.parametrize(("uid", "backlog"), [(1, True), (40, True), (41, False)])
def test_uids_up_to_the_mark_are_backlog(register, uid, backlog):
    state = start(register)
    late = START + timedelta(days=9)
    assert is_backlog(state, uidvalidity=7, uid=uid, received_at=late) is backlog


def test_after_a_new_numbering_the_time_of_receipt_says_what_is_backlog(register):
    start(register)
    state = start(register, uidvalidity=8, highest_uid=5)
    before, after = START - timedelta(minutes=1), START + timedelta(minutes=1)
    assert is_backlog(state, uidvalidity=8, uid=3, received_at=before)
    assert not is_backlog(state, uidvalidity=8, uid=3, received_at=after)


def test_the_mark_counts_again_when_the_old_numbering_comes_back(register):
    start(register)
    start(register, uidvalidity=8)
    state = start(register, uidvalidity=7)
    assert is_backlog(state, uidvalidity=7, uid=40, received_at=START + timedelta(days=1))


def test_an_empty_folder_has_no_backlog(register):
    state = start(register, highest_uid=0)
    assert not is_backlog(state, uidvalidity=7, uid=1, received_at=START)


def test_folders_of_one_mailbox_are_apart(register):
    start(register)
    assert start(register, folder="Junk", highest_uid=3).high_water_uid == 3
    with register.reading() as session:
        assert [state.folder for state in watched(session)] == ["INBOX", "Junk"]


def test_a_fault_is_remembered_until_a_scan_succeeds(register, clock):
    start(register)
    with register.transaction() as session:
        note_fault(session, MAILBOX, "INBOX", "connection\nreset", START)
    with register.reading() as session:
        (state,) = watched(session)
        assert (state.last_error, state.last_error_at) == ("connection reset", START)
    with register.transaction() as session:
        note_scan(session, MAILBOX, "INBOX", clock.advance(minutes=1))
    with register.reading() as session:
        (state,) = watched(session)
        assert (state.last_error, state.last_scan_at) == ("", clock.now())


def test_a_fault_before_the_first_start_has_nowhere_to_be_kept(register):
    with register.transaction() as session:
        note_fault(session, MAILBOX, "INBOX", "login refused", START)
    with register.reading() as session:
        assert watched(session) == ()


def test_a_folder_that_was_never_watched_cannot_have_been_scanned(register):
    with pytest.raises(NotInRegister), register.transaction() as session:
        note_scan(session, MAILBOX, "INBOX", START)
