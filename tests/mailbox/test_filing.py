"""Handled mail bears a keyword and moves; whatever a person did meanwhile is fine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mailbox_bench import mail
from servers.faulty_imap import Fault, FaultyImap
from sqlmodel import update

from triage.register.states import EntryState
from triage.register.tables import LedgerEntry
from triage.register.worklist import retry_entries

if TYPE_CHECKING:
    from mailbox_bench import Bench


def _unfiled(bench: Bench) -> int:
    return sum(entry.filed_at is None for entry in bench.entries())


def test_a_mail_is_flagged_only_after_its_processing_has_ended(dovecot_bench: Bench):
    bench = dovecot_bench
    bench.account.append(mail("one"))
    watcher = bench.watcher()
    watcher.once()
    assert bench.account.flags() == [set()]
    bench.handle_all()
    watcher.once()
    assert bench.account.flags() == [{"$Triaged"}]
    assert _unfiled(bench) == 0


def test_no_keyword_is_set_where_the_settings_want_none(dovecot_bench: Bench):
    dovecot_bench.account.append(mail("one"))
    watcher = dovecot_bench.watcher(keyword="")
    watcher.once()
    dovecot_bench.handle_all()
    watcher.once()
    assert dovecot_bench.account.flags() == [set()]


def test_a_server_without_keywords_is_left_in_peace(embedded_account, register):
    from mailbox_bench import Bench

    bench = Bench(embedded_account, register)
    bench.account.append(mail("one"))
    watcher = bench.watcher()
    watcher.once()
    bench.handle_all()
    watcher.once()
    assert bench.account.flags() == [set()]
    assert _unfiled(bench) == 0


def test_handled_mail_moves_to_the_folder_which_is_made(bench: Bench):
    bench.account.append(mail("one"), mail("two"))
    watcher = bench.watcher(move_to="Handled")
    watcher.once()
    bench.handle_all()
    bench.account.append(mail("three"))
    watcher.once()
    assert bench.account.subjects("Handled") == ["one", "two"]
    assert bench.account.subjects() == ["three"]


@pytest.mark.parametrize("missing", [("MOVE",), ("MOVE", "UIDPLUS")])
def test_without_the_extensions_nothing_is_ever_expunged_plainly(
    dovecot_bench: Bench, missing: tuple[str, ...]
):
    bench = dovecot_bench
    bench.account.append(mail("one"), mail("deleted by a person"))
    with bench.account.client() as person:
        person.delete_messages([person.search()[1]])
    with FaultyImap(bench.account.port) as proxy:
        proxy.without(*missing)
        watcher = bench.watcher(port=proxy.port, move_to="Handled")
        watcher.once()
        with bench.register.transaction() as session:
            session.exec(
                update(LedgerEntry).where(LedgerEntry.uid == 1).values(state=EntryState.DONE)
            )
        watcher.once()
        assert proxy.seen["EXPUNGE"] == 0
        assert proxy.seen["CLOSE"] == 0
        assert proxy.seen["UID MOVE"] == 0
    if missing == ("MOVE",):
        assert bench.account.subjects("Handled") == ["one"]
        assert bench.account.subjects() == ["deleted by a person"]
    else:
        assert bench.account.subjects() == ["one", "deleted by a person"]
        assert bench.account.subjects("Handled") == []
    assert _unfiled(bench) == 1


def test_mail_that_a_person_moved_or_deleted_meanwhile_counts_as_filed(bench: Bench):
    bench.account.append(mail("moved"), mail("deleted"), mail("stays"))
    watcher = bench.watcher(move_to="Handled")
    watcher.once()
    bench.handle_all()
    with bench.account.client() as person:
        person.create_folder("Mine")
        moved, deleted, _ = person.search()
        person.move([moved], "Mine")
        person.delete_messages([deleted])
        person.expunge()
    watcher.once()
    assert bench.account.subjects("Handled") == ["stays"]
    assert bench.account.subjects("Mine") == ["moved"]
    assert _unfiled(bench) == 0


def test_a_duplicate_is_filed_with_its_original(bench: Bench):
    bench.account.append(mail("twice"), mail("twice"))
    watcher = bench.watcher(move_to="Handled")
    watcher.once()
    bench.handle_all()
    watcher.once()
    assert bench.account.subjects("Handled") == ["twice", "twice"]


def test_listed_mail_is_left_untouched(bench: Bench):
    bench.account.append(mail("old"))
    watcher = bench.watcher(first_start="list", move_to="Handled")
    watcher.once()
    watcher.once()
    assert bench.account.subjects() == ["old"]
    assert bench.account.flags() == [set()]


def test_a_mail_that_was_set_aside_stays_for_a_person_until_it_is_retried(dovecot_bench: Bench):
    bench = dovecot_bench
    bench.account.append(mail("difficult"))
    watcher = bench.watcher(move_to="Handled")
    watcher.once()
    with bench.register.transaction() as session:
        session.exec(update(LedgerEntry).values(state=EntryState.SET_ASIDE))
    watcher.once()
    assert bench.account.subjects() == ["difficult"]
    assert bench.account.flags() == [set()]
    with bench.register.transaction() as session:
        retry_entries(session, [1], bench.register.clock.now())
    bench.handle_all()
    watcher.once()
    assert bench.account.subjects("Handled") == ["difficult"]


def test_a_refused_keyword_does_not_keep_the_mail_from_moving(dovecot_bench: Bench):
    bench = dovecot_bench
    bench.account.append(mail("one"))
    with FaultyImap(bench.account.port) as proxy:
        proxy.fault("UID STORE", Fault.REFUSE, containing=b"$Triaged")
        watcher = bench.watcher(port=proxy.port, move_to="Handled")
        watcher.once()
        bench.handle_all()
        watcher.once()
    assert bench.account.subjects("Handled") == ["one"]


def test_a_refused_move_is_tried_again_and_disturbs_nothing_else(dovecot_bench: Bench):
    bench = dovecot_bench
    bench.account.append(mail("one"))
    with FaultyImap(bench.account.port) as proxy:
        proxy.fault("UID MOVE", Fault.REFUSE, times=2)
        watcher = bench.watcher(port=proxy.port, move_to="Handled")
        watcher.once()
        bench.handle_all()
        bench.account.append(mail("two"))
        watcher.once()
        assert len(bench.entries()) == 2
        assert _unfiled(bench) == 2
        watcher.once()
    assert bench.account.subjects("Handled") == ["one"]
    assert _unfiled(bench) == 1


def test_once_copied_a_mail_is_not_copied_again_when_its_removal_is_refused(dovecot_bench: Bench):
    bench = dovecot_bench
    bench.account.append(mail("one"))
    with FaultyImap(bench.account.port) as proxy:
        proxy.without("MOVE")
        proxy.fault("UID EXPUNGE", Fault.REFUSE, times=9)
        watcher = bench.watcher(port=proxy.port, move_to="Handled")
        watcher.once()
        bench.handle_all()
        for _ in range(3):
            watcher.once()
    assert bench.account.subjects("Handled") == ["one"]


def test_a_folder_for_reading_only_is_watched_without_flags_or_moves(dovecot_bench: Bench):
    bench = dovecot_bench
    bench.account.append(mail("one"))
    with FaultyImap(bench.account.port) as proxy:
        proxy.rewrite(b"[READ-WRITE]", b"[READ-ONLY]")
        watcher = bench.watcher(port=proxy.port, move_to="Handled")
        watcher.once()
        bench.handle_all()
        watcher.once()
        assert proxy.seen["UID MOVE"] == proxy.seen["UID STORE"] == 0
    assert bench.account.subjects() == ["one"]
    assert _unfiled(bench) == 0
