"""From a mailbox to the ledger, on Dovecot and on the embedded server: each mail once, none skipped."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from mailbox_bench import StoppedClock, mail

from triage.mailbox.connection import Connection
from triage.register.database import Register
from triage.register.ledger import raw_of
from triage.register.states import EntryState

if TYPE_CHECKING:
    from mailbox_bench import Bench
    from servers.dovecot import DovecotServer


def test_what_is_there_is_taken_in_with_its_bytes_and_receipt_time(bench: Bench):
    received = datetime(2024, 3, 4, 8, 30, tzinfo=UTC)
    bench.account.append(mail("Klacht", message_id="1@example.org"), received_at=received)
    bench.watcher().once()
    (entry,) = bench.entries()
    assert entry.mailbox == bench.account.user
    assert entry.policy == "alektum-nl"
    assert entry.folder == "INBOX"
    assert entry.message_id == "1@example.org"
    assert entry.received_at == received
    assert entry.state is EntryState.WAITING
    with bench.register.reading() as session:
        assert raw_of(session, entry) == mail("Klacht", message_id="1@example.org")


def test_a_second_look_takes_nothing_in_again(bench: Bench):
    bench.account.append(mail("one"), mail("two"))
    bench.watcher().once()
    watcher = bench.watcher()
    watcher.once()
    assert len(bench.entries()) == 2
    assert watcher.status.taken_in == 0


def test_taking_in_leaves_no_trace_on_the_mail(bench: Bench):
    bench.account.append(mail("unread"))
    bench.watcher().once()
    assert bench.account.flags() == [set()]


def test_mail_that_a_person_has_read_is_taken_in_all_the_same(bench: Bench):
    bench.account.append(mail("read"))
    with bench.account.client() as person:
        person.add_flags(person.search(), [rb"\Seen", rb"\Flagged", rb"\Answered"])
    bench.watcher().once()
    assert bench.states() == ["waiting"]


def test_mail_that_a_person_marked_as_deleted_is_taken_in_all_the_same(bench: Bench):
    bench.account.append(mail("deleted"))
    with bench.account.client() as person:
        person.delete_messages(person.search())
    bench.watcher().once()
    assert bench.states() == ["waiting"]
    assert bench.account.subjects() == ["deleted"], "and never expunged by us"


@pytest.mark.parametrize("count", [1, 7, 8, 20])
def test_batches_lose_no_mail_at_their_edges(bench: Bench, count: int):
    bench.account.append(*(mail(f"mail {number}") for number in range(count)))
    bench.watcher(batch=7).once()
    assert len(bench.entries()) == count
    assert len({entry.fingerprint for entry in bench.entries()}) == count


def test_a_batch_is_one_transaction(bench: Bench):
    commits: list[int] = []
    bench.account.append(*(mail(f"mail {number}") for number in range(20)))
    bench.watcher(batch=10, on_new=lambda: commits.append(len(bench.entries()))).once()
    assert commits == [10, 20]


def test_an_oversized_mail_is_taken_in_cut_with_its_headers_and_a_note(bench: Bench):
    long = "x" * 78 + "\r\n"
    bench.account.append(mail("small"), mail("huge", text=long * 30_000), mail("small too"))
    bench.watcher(max_mail_mb=2).once()
    by_size = sorted(bench.entries(), key=lambda entry: entry.uid)
    with bench.register.reading() as session:
        sizes = [len(raw_of(session, entry)) for entry in by_size]
        assert raw_of(session, by_size[1]).startswith(b"Subject: huge\r\n")
    assert sizes[1] == 1_048_576
    (event,) = bench.events("cut")
    assert event.ledger_id == by_size[1].id
    assert "1048576" in event.text


def test_bytes_that_are_no_text_arrive_as_they_are(bench: Bench):
    body = bytes(set(range(1, 256)) - set(b"\r\n")) * 3
    raw = b"Subject: \xff\xfe\x80 {12}\r\nFrom: x\r\n\r\n" + body + b"\r\n"
    bench.account.append(raw)
    bench.watcher().once()
    with bench.register.reading() as session:
        assert raw_of(session, bench.entries()[0]) == raw


def test_receipt_in_the_future_counts_as_now(bench: Bench):
    bench.account.append(mail("received after the moment that our clock shows"))
    now = datetime(2020, 1, 1, 9, 0, tzinfo=UTC)
    bench.watcher(register=Register(bench.register.engine, StoppedClock(now))).once()
    (entry,) = bench.entries()
    assert entry.received_at == now


def test_mails_with_the_same_message_id_but_another_text_are_different_mails(bench: Bench):
    bench.account.append(
        mail("one", message_id="same@example.org"), mail("two", message_id="same@example.org")
    )
    bench.watcher().once()
    assert bench.states() == ["waiting", "waiting"]


def test_the_same_mail_delivered_twice_is_handled_once(bench: Bench):
    bench.account.append(mail("again"), mail("again"))
    bench.watcher().once()
    assert sorted(bench.states()) == ["duplicate", "waiting"]


def test_a_mail_that_comes_back_to_the_folder_is_a_duplicate(bench: Bench):
    bench.account.append(mail("wanders"))
    bench.watcher().once()
    with bench.account.client() as person:
        person.create_folder("Elsewhere")
        person.move(person.search(), "Elsewhere")
        person.select_folder("Elsewhere")
        person.move(person.search(), "INBOX")
    bench.watcher().once()
    assert bench.states() == ["waiting", "duplicate"]


class TestFirstStart:
    def test_older_mail_is_listed_and_later_mail_is_for_processing(self, bench: Bench):
        bench.account.append(mail("old"), mail("older"))
        bench.watcher(first_start="list").once()
        bench.account.append(mail("new"))
        bench.watcher(first_start="list").once()
        assert sorted(bench.states()) == ["listed", "listed", "waiting"]

    def test_the_settings_can_have_older_mail_acknowledged(self, bench: Bench):
        bench.account.append(mail("old"))
        bench.watcher(first_start="acknowledge").once()
        assert bench.states() == ["waiting"]

    def test_mail_that_came_while_the_service_was_down_is_not_older_mail(self, bench: Bench):
        bench.watcher(first_start="list").once()
        bench.account.append(mail("in the night"))
        bench.watcher(first_start="list").once()
        assert bench.states() == ["waiting"]

    def test_a_first_start_that_broke_off_keeps_its_mark(self, bench: Bench):
        bench.account.append(mail("old"))
        watcher = bench.watcher(first_start="list")
        watcher.stop()  # before it takes anything in
        watcher.once()
        assert bench.entries() == []
        bench.account.append(mail("new"))
        bench.watcher(first_start="list").once()
        assert sorted(bench.states()) == ["listed", "waiting"]

    def test_new_mail_goes_before_old(self, bench: Bench):
        bench.watcher(first_start="list").once()
        with bench.register.transaction() as session:
            state = bench.folder_state()
            state.high_water_uid += 30
            session.merge(state)
        bench.account.append(*(mail(f"mail {number}") for number in range(35)))
        bench.watcher(first_start="list", batch=10).once()
        assert bench.states() == ["waiting"] * 5 + ["listed"] * 30

    def test_old_mail_comes_newest_first(self, bench: Bench):
        bench.account.append(*(mail(f"mail {number}") for number in range(12)))
        bench.watcher(first_start="list", batch=5).once()
        uids = [entry.uid for entry in bench.entries()]
        assert min(uids[:5]) > max(uids[5:10]) > max(uids[10:])


class TestNumberedAnew:
    def test_known_mails_are_recognised_under_a_new_uidvalidity(
        self, dovecot_bench: Bench, dovecot: DovecotServer
    ):
        bench = dovecot_bench
        bench.account.append(mail("one"), mail("two"))
        bench.watcher().once()
        before = bench.folder_state().uidvalidity
        dovecot.number_anew(bench.account.user)
        bench.account.append(mail("three"))
        bench.watcher().once()
        assert bench.folder_state().uidvalidity != before
        assert sorted(bench.states()) == ["duplicate", "duplicate", "waiting", "waiting", "waiting"]

    def test_it_happens_while_watching(self, dovecot_bench: Bench, dovecot: DovecotServer):
        bench = dovecot_bench
        bench.account.append(mail("one"))
        watcher = bench.watcher()
        watcher.once()
        dovecot.number_anew(bench.account.user)
        bench.account.append(mail("two"))
        watcher.once()
        assert sorted(bench.states()) == ["duplicate", "waiting", "waiting"]
        assert len(bench.events("uidvalidity_changed")) == 1


class TestSentFolder:
    def test_it_is_watched_the_same_way_and_its_entries_bear_its_name(self, bench: Bench):
        bench.account.append(mail("question"))
        bench.account.append(mail("answer"), folder="Sent")
        bench.watcher(sent_folder="Sent").once()
        assert sorted((entry.folder, entry.state.value) for entry in bench.entries()) == [
            ("INBOX", "waiting"),
            ("Sent", "waiting"),
        ]

    def test_a_missing_one_does_not_stop_the_mailbox(self, bench: Bench):
        bench.account.append(mail("question"))
        watcher = bench.watcher(sent_folder="Nowhere")
        watcher.once()
        assert bench.states() == ["waiting"]
        assert "Folder Nowhere cannot be watched" in watcher.status.last_error

    def test_it_is_neither_flagged_nor_moved(self, bench: Bench):
        bench.account.append(mail("answer"), folder="Sent")
        watcher = bench.watcher(sent_folder="Sent", move_to="Handled")
        watcher.once()
        bench.handle_all()
        watcher.once()
        assert bench.account.subjects("Sent") == ["answer"]
        assert bench.account.flags("Sent") == [set()]


@pytest.mark.parametrize("count", [1, 3])
def test_a_mail_that_is_deleted_before_its_turn_disturbs_no_other(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, count: int
):
    bench.account.append(*(mail(f"mail {number}") for number in range(count)))
    sizes = Connection.sizes

    def deleting_one(connection: Connection, uids: list[int]) -> dict[int, int]:
        found = sizes(connection, uids)
        with bench.account.client() as person:
            person.delete_messages(person.search()[:1])
            person.expunge()
        monkeypatch.undo()
        return found

    monkeypatch.setattr(Connection, "sizes", deleting_one)
    watcher = bench.watcher()
    watcher.once()
    watcher.once()
    with bench.account.client() as person:
        assert set(person.search()) <= {entry.uid for entry in bench.entries()}
    assert len(bench.entries()) >= count - 1, "some servers still show it to sessions that knew it"
    assert watcher.status.last_error == ""


def test_two_mailboxes_that_got_the_same_mail_handle_it_once(bench: Bench):
    bench.account.append(mail("to both"))
    bench.account.append(mail("to both"), folder="Second")
    bench.watcher().once()
    bench.watcher(folder="Second").once()
    assert bench.states() == ["waiting", "duplicate"]
