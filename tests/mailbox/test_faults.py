"""Whatever breaks, and wherever: nothing lost, nothing doubled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from mailbox_bench import Killed, identify, mail
from servers.faulty_imap import Fault, FaultyImap

from triage.errors import MailboxError, MailboxUnavailable, RegisterError, RegisterUnavailable
from triage.mailbox import folder_scan
from triage.register.database import Register

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailbox_bench import Bench

    from triage.mailbox.watcher import Watcher

MAILS = 12


@pytest.fixture
def proxy(dovecot_bench: Bench) -> Iterator[FaultyImap]:
    with FaultyImap(dovecot_bench.account.port) as proxy:
        yield proxy


def _until_it_ends_well(watcher: Watcher) -> int:
    """Come back after each fault, as the thread does; return how many there were."""
    for faults in range(10):
        try:
            watcher.once()
        except MailboxError:
            continue
        return faults
    pytest.fail("it never ends well")


def _each_once(bench: Bench) -> None:
    assert len(bench.entries()) == MAILS
    assert len({entry.uid for entry in bench.entries()}) == MAILS
    assert set(bench.states()) <= {"waiting", "done"}


BREAKS: list[tuple[str, Fault, dict[str, Any]]] = [
    ("AUTHENTICATE", Fault.DROP_BEFORE, {}),
    ("AUTHENTICATE", Fault.DROP_AFTER, {}),
    ("SELECT", Fault.DROP_BEFORE, {}),
    ("SELECT", Fault.DROP_AFTER, {}),
    ("SELECT", Fault.DROP_DURING, {}),
    ("SELECT", Fault.BYE, {}),
    ("NOOP", Fault.BYE, {}),
    ("UID SEARCH", Fault.DROP_AFTER, {}),
    ("UID FETCH", Fault.DROP_BEFORE, {"containing": b"SIZE"}),
    ("UID FETCH", Fault.DROP_BEFORE, {"containing": b"BODY", "skip": 1}),
    ("UID FETCH", Fault.DROP_DURING, {"containing": b"BODY", "skip": 1}),
    ("UID FETCH", Fault.DROP_AFTER, {"containing": b"BODY", "skip": 1}),
    ("UID FETCH", Fault.BYE, {"containing": b"BODY"}),
    ("UID STORE", Fault.DROP_BEFORE, {}),
    ("UID STORE", Fault.DROP_AFTER, {}),
    ("UID STORE", Fault.BYE, {}),
    ("UID MOVE", Fault.DROP_BEFORE, {}),
    ("UID MOVE", Fault.DROP_AFTER, {"skip": 1}),  # the first is refused: there is no folder yet
    ("UID MOVE", Fault.DROP_DURING, {"skip": 1}),
]


@pytest.mark.parametrize(("command", "fault", "where"), BREAKS)
def test_a_line_that_goes_dead(
    dovecot_bench: Bench, proxy: FaultyImap, command: str, fault: Fault, where: dict[str, Any]
):
    bench = dovecot_bench
    bench.account.append(*(mail(f"mail {number}") for number in range(MAILS)))
    watcher = bench.watcher(port=proxy.port, batch=5, move_to="Handled")
    proxy.fault(command, fault, **where)
    faults = _until_it_ends_well(watcher)
    _each_once(bench)
    bench.handle_all()
    faults += _until_it_ends_well(watcher)
    assert faults == 1, "the fault must have struck"
    _each_once(bench)
    assert bench.account.subjects() == []
    assert sorted(bench.account.subjects("Handled")) == sorted(
        f"mail {number}" for number in range(MAILS)
    )
    assert all(entry.filed_at for entry in bench.entries())


@pytest.mark.parametrize("command", ["UID COPY", "UID STORE", "UID EXPUNGE"])
def test_a_line_that_goes_dead_within_a_move_by_copy_costs_one_more_copy_at_most(
    dovecot_bench: Bench, proxy: FaultyImap, command: str
):
    bench = dovecot_bench
    bench.account.append(mail("one"), folder="Handled")
    bench.account.append(mail("two"), mail("three"))
    proxy.without("MOVE")
    watcher = bench.watcher(port=proxy.port, keyword="", move_to="Handled")
    watcher.once()
    bench.handle_all()
    proxy.fault(command, Fault.DROP_AFTER)
    assert _until_it_ends_well(watcher) == 1
    assert bench.account.subjects() == []
    handled = bench.account.subjects("Handled")
    assert set(handled) == {"one", "two", "three"}
    assert len(handled) <= 5
    assert bench.states() == ["done", "done"]


def test_a_server_that_hangs_is_given_up_after_the_timeout(dovecot_bench: Bench, proxy: FaultyImap):
    dovecot_bench.account.append(mail("one"))
    proxy.fault("UID FETCH", Fault.HANG)
    watcher = dovecot_bench.watcher(port=proxy.port, timeout_seconds=0.2)
    with pytest.raises(MailboxUnavailable, match="did not answer in time"):
        watcher.once()
    watcher.once()
    assert dovecot_bench.states() == ["waiting"]


@pytest.mark.parametrize("command", ["UID SEARCH", "SELECT"])
def test_a_refused_command_is_an_error_of_its_own(
    dovecot_bench: Bench, proxy: FaultyImap, command: str
):
    dovecot_bench.account.append(mail("one"))
    proxy.fault(command, Fault.REFUSE)
    watcher = dovecot_bench.watcher(port=proxy.port)
    with pytest.raises(MailboxError, match="refused"):
        watcher.once()
    watcher.once()
    assert dovecot_bench.states() == ["waiting"]


def test_uids_that_are_given_a_second_time_are_told(dovecot_bench: Bench, proxy: FaultyImap):
    """RFC 3501 section 2.3.1.1 forbids it without a new UIDVALIDITY; a restored folder may do it."""
    bench = dovecot_bench
    bench.account.append(mail("one"), mail("two"))
    watcher = bench.watcher(port=proxy.port)
    watcher.once()
    assert watcher.status.last_error == ""
    proxy.rewrite(b"[UIDNEXT 3]", b"[UIDNEXT 2]")
    watcher.once()
    assert watcher.status.last_error.startswith("INBOX was numbered anew without a new UIDVALIDITY")


class TestOneMailThatCannotBeTakenIn:
    """It delays no other, is shown, and is not given up."""

    def test_refused_by_the_server(self, dovecot_bench: Bench, proxy: FaultyImap):
        bench = dovecot_bench
        bench.account.append(*(mail(f"mail {number}") for number in range(5)))
        proxy.fault("UID FETCH", Fault.REFUSE, containing=b"3 (INTERNALDATE", times=9)
        proxy.fault("UID FETCH", Fault.REFUSE, containing=b"1,2,3,4,5 (INTERNALDATE")
        watcher = bench.watcher(port=proxy.port)
        watcher.once()
        assert sorted(entry.uid for entry in bench.entries()) == [1, 2, 4, 5]
        watcher.once()
        assert "UID 3 in INBOX cannot be taken in" in watcher.status.last_error
        assert "UID 3 in INBOX cannot be taken in" in bench.folder_state().last_error

    def test_whose_size_the_server_does_not_tell(self, dovecot_bench: Bench, proxy: FaultyImap):
        bench = dovecot_bench
        bench.account.append(*(mail(f"mail {number}") for number in range(5)))
        proxy.fault("UID FETCH", Fault.REFUSE, containing=b"1,2,3,4,5 (RFC822.SIZE", times=9)
        proxy.fault("UID FETCH", Fault.REFUSE, containing=b" 3 (", times=9)
        watcher = bench.watcher(port=proxy.port)
        watcher.once()
        assert sorted(entry.uid for entry in bench.entries()) == [1, 2, 4, 5]
        watcher.once()
        assert "UID 3 in INBOX cannot be taken in" in watcher.status.last_error

    def test_killing_the_connection_each_time(self, dovecot_bench: Bench, proxy: FaultyImap):
        bench = dovecot_bench
        bench.account.append(mail("one"), mail("deadly"), mail("three"))
        proxy.fault("UID FETCH", Fault.DROP_DURING, containing=b"1,2,3 (INTERNALDATE")
        proxy.fault("UID FETCH", Fault.DROP_DURING, containing=b" 2 (INTERNALDATE", times=9)
        watcher = bench.watcher(port=proxy.port)
        for _ in range(2):
            with pytest.raises(MailboxUnavailable):
                watcher.once()
        bench.account.append(mail("later"))
        watcher.once()
        assert sorted(entry.uid for entry in bench.entries()) == [1, 3, 4]

    def test_refused_by_the_register(self, dovecot_bench: Bench, monkeypatch: pytest.MonkeyPatch):
        bench = dovecot_bench
        bench.account.append(*(mail(f"mail {number}") for number in range(5)))
        take_in = folder_scan.take_in

        def picky(session: Any, arrivals: Any, now: Any) -> Any:
            if any(arrival.uid == 3 for arrival in arrivals):
                raise RegisterError("The database refused: no such luck")
            return take_in(session, arrivals, now)

        monkeypatch.setattr(folder_scan, "take_in", picky)
        bench.watcher().once()
        assert sorted(entry.uid for entry in bench.entries()) == [1, 2, 4, 5]
        monkeypatch.undo()
        bench.watcher().once()
        assert len(bench.entries()) == 5

    def test_breaking_a_step_of_ours(self, dovecot_bench: Bench):
        bench = dovecot_bench
        bench.account.append(mail("one"), mail("two"), mail("three"))

        def picky(raw: bytes) -> Any:
            if b"two" in raw:
                raise ZeroDivisionError
            return identify(raw)

        watcher = bench.watcher(identify=picky)
        watcher.once()
        assert len(bench.entries()) == 2
        watcher.once()
        assert "ZeroDivisionError" in watcher.status.last_error

    def test_without_content_is_waited_for(self, dovecot_bench: Bench, proxy: FaultyImap):
        bench = dovecot_bench
        bench.account.append(mail("one"))
        proxy.rewrite(b"BODY[]", b"BODY[X]")
        bench.watcher(port=proxy.port).once()
        assert bench.entries() == []
        bench.watcher().once()
        assert bench.states() == ["waiting"]

    def test_after_three_failures_its_beginning_is_taken_in(
        self, dovecot_bench: Bench, proxy: FaultyImap, monkeypatch: pytest.MonkeyPatch
    ):
        bench = dovecot_bench
        bench.account.append(mail("heavy"))
        proxy.fault("UID FETCH", Fault.DROP_DURING, containing=b"BODY.PEEK[])", times=9)
        watcher = bench.watcher(port=proxy.port)
        later = iter(range(0, 10**9, 10**6))
        monkeypatch.setattr(folder_scan.time, "monotonic", lambda: float(next(later)))
        assert _until_it_ends_well(watcher) == 3
        assert bench.states() == ["waiting"]
        assert len(bench.events("cut")) == 1


class TestKilled:
    """`kill -9` between the steps: the next start finds what is to be done."""

    def test_after_the_fetch_and_before_the_commit(self, bench: Bench):
        def kill(raw: bytes) -> Any:
            raise Killed

        bench.account.append(*(mail(f"mail {number}") for number in range(MAILS)))
        with pytest.raises(Killed):
            bench.watcher(identify=kill).once()
        assert bench.entries() == []
        bench.watcher().once()
        _each_once(bench)

    def test_in_the_middle_of_the_commit(self, bench: Bench, monkeypatch: pytest.MonkeyPatch):
        take_in = folder_scan.take_in

        def kill(session: Any, arrivals: Any, now: Any) -> Any:
            take_in(session, arrivals, now)
            raise Killed

        bench.account.append(*(mail(f"mail {number}") for number in range(MAILS)))
        monkeypatch.setattr(folder_scan, "take_in", kill)
        with pytest.raises(Killed):
            bench.watcher().once()
        assert bench.entries() == []
        monkeypatch.undo()
        bench.watcher().once()
        _each_once(bench)

    def test_after_the_commit_and_before_the_flag(self, bench: Bench):
        def kill() -> None:
            raise Killed

        bench.account.append(*(mail(f"mail {number}") for number in range(MAILS)))
        with pytest.raises(Killed):
            bench.watcher(batch=5, on_new=kill).once()
        assert len(bench.entries()) == 5
        bench.handle_all()
        watcher = bench.watcher(move_to="Handled")
        watcher.once()
        assert len(bench.account.subjects("Handled")) == 5
        bench.handle_all()
        watcher.once()
        _each_once(bench)
        assert len(bench.account.subjects("Handled")) == MAILS

    def test_after_the_flag_and_before_it_is_noted(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ):
        def kill(*_: object) -> None:
            raise Killed

        bench.account.append(mail("one"))
        watcher = bench.watcher(move_to="Handled")
        watcher.once()
        bench.handle_all()
        monkeypatch.setattr("triage.mailbox.filing.mark_filed", kill)
        with pytest.raises(Killed):
            watcher.once()
        monkeypatch.undo()
        bench.watcher(move_to="Handled").once()
        assert bench.account.subjects("Handled") == ["one"]
        assert all(entry.filed_at for entry in bench.entries())


class _AwayFor(Register):
    """A register whose database is away for the next transactions."""

    def __init__(self, register: Register, times: int) -> None:
        super().__init__(register.engine, register.clock)
        self.times = times

    def transaction(self) -> Any:
        self.times -= 1
        if self.times >= 0:
            raise RegisterUnavailable("The database cannot be used now: away")
        return super().transaction()


def test_a_database_that_is_away_makes_no_mail_a_suspect(bench: Bench):
    bench.account.append(mail("one"), mail("two"))
    bench.watcher().once()
    bench.account.append(mail("three"), mail("four"))
    away = _AwayFor(bench.register, 2)
    watcher = bench.watcher(register=away)
    for _ in range(2):
        with pytest.raises(RegisterUnavailable):
            watcher.once()
    watcher.once()
    assert len(bench.entries()) == 4
    assert watcher.status.last_error == ""
