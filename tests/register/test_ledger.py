"""A mail is taken in once, whatever the server does with its numbers."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from register_samples import START, arrival, decision, handled, silent, take

from triage.errors import NotInRegister
from triage.register.apply import apply
from triage.register.ledger import (
    TakenAs,
    entry_of,
    mark_filed,
    pack,
    raw_of,
    take_in,
    unfiled,
    unknown_uids,
)
from triage.register.states import EntryState
from triage.register.tables import RawMail
from triage.register.worklist import entries_in

SAME = {"raw": b"Subject: one mail\r\n\r\ntext"}


def taken_as(register, *arrivals):
    with register.transaction() as session:
        return [taken.taken_as for taken in take_in(session, arrivals, START)]


def test_a_new_mail_waits_with_its_bytes_and_identity(register):
    entry_id = take(register, 5, raw=b"From: a\r\n\r\n\x00\xff\r\n")
    with register.reading() as session:
        entry = entry_of(session, entry_id)
        assert raw_of(session, entry) == b"From: a\r\n\r\n\x00\xff\r\n"
        assert (entry.state, entry.uid, entry.received_at) == (EntryState.WAITING, 5, START)


def test_uids_use_all_32_bits(register):
    entry_id = take(register, uid=4_294_967_295, uidvalidity=4_294_967_295)
    with register.reading() as session:
        assert entry_of(session, entry_id).uid == 4_294_967_295


def test_the_same_uid_again_is_seen(register):
    assert taken_as(register, arrival(1)) == [TakenAs.NEW]
    assert taken_as(register, arrival(1)) == [TakenAs.SEEN]


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"mailbox": "info@agency.example"},
        {"folder": "Junk"},
        {"uid": 2},
        {"uidvalidity": 8},
    ],
    ids=["other mailbox", "other folder", "copied in the folder", "changed UIDVALIDITY"],
)
def test_the_same_mail_elsewhere_is_a_duplicate_of_the_first(register, elsewhere):
    original = take(register, **SAME)
    with register.transaction() as session:
        (taken,) = take_in(session, [arrival(**SAME | elsewhere)], START)
        assert (taken.taken_as, taken.original_id) == (TakenAs.DUPLICATE, original)
        assert entry_of(session, taken.entry_id).state is EntryState.DUPLICATE
        assert entry_of(session, original).state is EntryState.WAITING


def test_copies_with_other_bytes_but_one_fingerprint_are_duplicates_and_both_kept(register):
    one = arrival(1, raw=b"Received: by a\r\n\r\ntext", fingerprint="f")
    two = arrival(1, raw=b"Received: by b\r\n\r\ntext", fingerprint="f", mailbox="info@a.example")
    assert taken_as(register, one, two) == [TakenAs.NEW, TakenAs.DUPLICATE]
    with register.reading() as session:
        for entry in entries_in(session, EntryState):
            assert raw_of(session, entry).endswith(b"text")


def test_another_mail_with_a_known_message_id_is_a_mail_of_its_own(register):
    first, second = arrival(1, message_id="same@x"), arrival(2, message_id="same@x")
    assert taken_as(register, first, second) == [TakenAs.NEW, TakenAs.NEW]


def test_mails_without_message_id_are_told_apart_by_fingerprint(register):
    first, second = arrival(1, message_id=""), arrival(2, message_id="")
    assert taken_as(register, first, second, first) == [TakenAs.NEW, TakenAs.NEW, TakenAs.SEEN]


def test_a_batch_answers_in_the_order_it_was_given(register):
    take(register, 2)
    with register.transaction() as session:
        batch = [arrival(uid) for uid in (3, 2, 1)]
        taken = take_in(session, batch, START)
        assert [entry_of(session, one.entry_id).uid for one in taken] == [3, 2, 1]
        assert [one.taken_as for one in taken] == [TakenAs.NEW, TakenAs.SEEN, TakenAs.NEW]


def test_a_mail_from_before_the_first_start_is_listed(register):
    entry_id = take(register, backlog=True)
    with register.reading() as session:
        entry = entry_of(session, entry_id)
        assert (entry.state, entry.backlog) == (EntryState.LISTED, True)


def test_a_listed_mail_that_arrives_again_after_the_first_start_is_handled(register):
    original = take(register, backlog=True, **SAME)
    with register.transaction() as session:
        take_in(session, [arrival(mailbox="info@agency.example", **SAME)], START)
    with register.reading() as session:
        entry = entry_of(session, original)
        assert (entry.state, entry.backlog) == (EntryState.WAITING, False)


def test_a_listed_mail_that_only_got_a_new_uid_stays_listed(register):
    original = take(register, backlog=True, **SAME)
    with register.transaction() as session:
        take_in(session, [arrival(uidvalidity=8, backlog=True, **SAME)], START)
    with register.reading() as session:
        assert entry_of(session, original).state is EntryState.LISTED


def test_only_unknown_uids_need_fetching(register):
    for uid in (3, 5):
        take(register, uid)
    with register.reading() as session:
        place = ("compliance@agency.example", "INBOX", 7)
        assert unknown_uids(session, *place, [5, 4, 3, 9]) == (4, 9)
        assert unknown_uids(session, *place, []) == ()
        assert unknown_uids(session, *place[:2], 8, [3]) == (3,)


@pytest.mark.parametrize("same_bytes", [True, False])
def test_watchers_that_take_in_the_same_mails_at_once_make_one_original_each(register, same_bytes):
    start = Barrier(3)

    def watch(mailbox, order):
        batch = [
            arrival(
                uid,
                raw=b"%d%s" % (uid, b"" if same_bytes else mailbox.encode()),
                fingerprint=f"mail {uid}",
                mailbox=mailbox,
            )
            for uid in order
        ]
        start.wait()
        with register.transaction() as session:
            take_in(session, batch, START)

    orders = (range(1, 41), range(40, 0, -1), range(1, 41))
    threads = [
        Thread(target=watch, args=(f"box{number}@agency.example", order))
        for number, order in enumerate(orders)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with register.reading() as session:
        assert len(entries_in(session, [EntryState.WAITING])) == 40
        assert len(entries_in(session, [EntryState.DUPLICATE])) == 80


def test_bytes_that_retention_removed_are_said_to_be_gone(register):
    entry_id = take(register)
    with register.transaction() as session:
        entry = entry_of(session, entry_id)
        session.get(RawMail, entry.sha256).content = None
    with register.reading() as session, pytest.raises(NotInRegister, match="no longer kept"):
        raw_of(session, entry_of(session, entry_id))


def test_an_unknown_entry_is_not_in_the_register(register):
    with register.reading() as session, pytest.raises(NotInRegister):
        entry_of(session, 99)


class TestFiling:
    place = ("compliance@agency.example", "INBOX", 7)

    def filings(self, register, place=place):
        with register.reading() as session:
            return [
                (filing.uid, filing.state, filing.case_number)
                for filing in unfiled(session, *place, 10)
            ]

    def apply(self, register, entry_id):
        with register.transaction() as session:
            return apply(session, entry_id, handled(decided=decision()), silent, START)

    def test_a_mail_is_flagged_only_when_its_decision_is_stored(self, register):
        entry_id = take(register)
        assert self.filings(register) == []
        number = self.apply(register, entry_id)
        assert self.filings(register) == [(1, EntryState.DONE, number)]

    def test_a_flagged_mail_is_not_flagged_again(self, register):
        entry_id = take(register)
        self.apply(register, entry_id)
        with register.transaction() as session:
            mark_filed(session, [entry_id], START)
        assert self.filings(register) == []

    def test_a_duplicate_is_flagged_after_its_original_with_the_same_case(self, register):
        other = ("info@agency.example", "INBOX", 7)
        original = take(register, **SAME)
        with register.transaction() as session:
            take_in(session, [arrival(mailbox=other[0], **SAME)], START)
        assert self.filings(register, other) == []
        number = self.apply(register, original)
        assert self.filings(register, other) == [(1, EntryState.DUPLICATE, number)]

    def test_listed_mail_and_old_numberings_are_left_alone(self, register):
        take(register, 1, backlog=True)
        self.apply(register, take(register, 2))
        assert self.filings(register, ("compliance@agency.example", "INBOX", 8)) == []
        assert [uid for uid, *_ in self.filings(register)] == [2]


def test_packing_keeps_every_byte_and_says_the_size():
    mail = pack(b"\r\n" * 1000)
    assert (mail.size, len(mail.content) < 100) == (2000, True)


def test_times_come_back_aware_and_in_utc(register):
    entry_id = take(register, received_at=START.astimezone() + timedelta(microseconds=5))
    with register.reading() as session:
        received = entry_of(session, entry_id).received_at
        assert received == START + timedelta(microseconds=5)
        assert received.utcoffset() == timedelta(0)
