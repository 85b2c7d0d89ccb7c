"""The thread that keeps a mailbox watched: at once where the server allows, again after any fault."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mailbox_bench import Bench, mail
from servers.faulty_imap import Fault, FaultyImap
from servers.waiting import wait_until
from sqlmodel import delete

from triage.demo.servers import EmbeddedImap
from triage.errors import LoginRefused, MailboxUnavailable
from triage.mailbox import watcher as watching
from triage.mailbox.status import Phase
from triage.mailbox.watcher import Watcher, pause
from triage.register.tables import LedgerEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from servers.imap_account import ImapAccount

    from triage.register.database import Register


@pytest.fixture
def watch() -> Iterator[Any]:
    """Start a watcher, and stop it in the end."""
    started: list[Watcher] = []

    def start(bench: Bench, **settings: Any) -> Watcher:
        watcher = bench.watcher(**settings)
        watcher.start()
        started.append(watcher)
        return watcher

    yield start
    for watcher in started:
        watcher.stop()
    for watcher in started:
        watcher.close()
        assert watcher.status.phase is Phase.STOPPED


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "pause", lambda *_, **__: 0.01)


def _watching(watcher: Watcher) -> Callable[[], bool]:
    return lambda: watcher.status.phase is Phase.WATCHING


def test_mail_that_is_there_and_mail_that_comes_are_taken_in(bench: Bench, watch: Any):
    bench.account.append(mail("there"))
    watcher = watch(bench)
    wait_until(_watching(watcher))
    for number in range(3):
        bench.account.append(mail(f"comes {number}"))
        wait_until(lambda: watcher.status.taken_in == number + 2)  # noqa: B023 - waited for at once
    assert len(bench.entries()) == 4


def test_old_mail_does_not_keep_other_folders_waiting(bench: Bench):
    bench.account.append(*(mail(f"old {number}") for number in range(5)))
    bench.account.append(folder="Sent")
    bench.watcher(sent_folder="Sent", first_start="list").once()
    with bench.register.transaction() as session:
        session.exec(delete(LedgerEntry))
    bench.account.append(mail("our answer"), folder="Sent")
    watcher = bench.watcher(sent_folder="Sent", first_start="list", batch=1)
    with watcher._visit() as visit:
        visit.look()
        while visit.look_is_pending:
            assert visit.take_some()
    assert [entry.folder for entry in bench.entries()] == ["Sent"]


def test_each_commit_is_told_at_once(bench: Bench, watch: Any):
    told = threading.Event()
    watch(bench, on_new=told.set)
    bench.account.append(mail("comes"))
    assert told.wait(60)
    assert len(bench.entries()) == 1


def test_a_look_finds_what_idle_missed(
    dovecot_bench: Bench, watch: Any, monkeypatch: pytest.MonkeyPatch
):
    with FaultyImap(dovecot_bench.account.port) as proxy:
        proxy.rewrite(b" EXISTS", b" FETCH (FLAGS ())")
        proxy.rewrite(b" RECENT", b" FETCH (FLAGS ())")
        watcher = watch(dovecot_bench, port=proxy.port, scan_seconds=0.2)
        wait_until(_watching(watcher))
        dovecot_bench.account.append(mail("comes"))
        wait_until(lambda: watcher.status.taken_in == 1)


def test_a_mail_that_shows_up_late_under_a_lower_uid_is_found(dovecot_bench: Bench, watch: Any):
    bench = dovecot_bench
    bench.account.append(mail("late"), mail("early"))
    with FaultyImap(bench.account.port) as proxy:
        proxy.rewrite(b"* SEARCH 1 2", b"* SEARCH 2")
        watcher = watch(bench, port=proxy.port, scan_seconds=0.2)
        wait_until(lambda: watcher.status.taken_in == 1)
        proxy.rewrite(b"* SEARCH 1 2", b"* SEARCH 1 2")
        wait_until(lambda: watcher.status.taken_in == 2)
    assert sorted(entry.uid for entry in bench.entries()) == [1, 2]


def test_a_server_without_idle_is_polled(
    register: Register, watch: Any, monkeypatch: pytest.MonkeyPatch
):
    from servers.imap_account import ImapAccount

    monkeypatch.setattr(watching, "POLL_SECONDS", 0.05)
    with EmbeddedImap({"a@b.example": "made-up"}, idle=False) as server:
        bench = Bench(ImapAccount("pymap", server.port, "a@b.example", "made-up"), register)
        watcher = watch(bench, scan_seconds=3600)
        wait_until(_watching(watcher))
        bench.account.append(mail("comes"))
        wait_until(lambda: watcher.status.taken_in == 1)
        watcher.close()


def test_idle_can_be_switched_off(dovecot_bench: Bench, watch: Any):
    with FaultyImap(dovecot_bench.account.port) as proxy:
        watcher = watch(dovecot_bench, port=proxy.port, idle=False, scan_seconds=0.1)
        wait_until(_watching(watcher))
        wait_until(lambda: proxy.seen["SELECT"] > 2)
        assert proxy.seen["IDLE"] == 0


def test_idle_is_renewed(dovecot_bench: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(watching, "FIRST_LEG_SECONDS", 0.02)
    with FaultyImap(dovecot_bench.account.port) as proxy:
        watcher = dovecot_bench.watcher(port=proxy.port, scan_seconds=3600)
        watcher._mailbox = watcher._mailbox.model_copy(update={"idle_renew_seconds": 0.02})
        watcher.start()
        wait_until(lambda: proxy.seen["IDLE"] > 3)
        assert proxy.seen["SELECT"] == 1
        watcher.close()


def test_existing_without_recent_is_no_trap(dovecot_bench: Bench, watch: Any):
    with FaultyImap(dovecot_bench.account.port) as proxy:
        proxy.rewrite(b" RECENT", b" FETCH (FLAGS ())")
        watcher = watch(dovecot_bench, port=proxy.port)
        wait_until(_watching(watcher))
        dovecot_bench.account.append(mail("comes"))
        wait_until(lambda: watcher.status.taken_in == 1)


def test_news_within_another_answer_is_not_lost(dovecot_bench: Bench, watch: Any):
    bench = dovecot_bench
    with FaultyImap(bench.account.port) as proxy:
        proxy.fault("UID SEARCH", b"* 1 EXISTS\r\n", times=3)
        watcher = watch(bench, port=proxy.port)
        wait_until(_watching(watcher))
        bench.account.append(mail("comes"))
        wait_until(lambda: watcher.status.taken_in == 1)


def test_handled_mail_is_filed_while_watching(dovecot_bench: Bench, watch: Any):
    bench = dovecot_bench
    bench.account.append(mail("one"))
    watch(bench, scan_seconds=0.2, move_to="Handled", on_new=bench.handle_all)
    wait_until(lambda: bench.account.subjects("Handled") == ["one"])
    wait_until(lambda: all(entry.filed_at for entry in bench.entries()))


def test_a_refused_move_is_tried_again_at_the_next_look_and_not_before(
    dovecot_bench: Bench, watch: Any
):
    bench = dovecot_bench
    bench.account.append(mail("one"))
    with FaultyImap(bench.account.port) as proxy:
        proxy.fault("UID MOVE", Fault.REFUSE, times=10**6)
        settings = {"port": proxy.port, "scan_seconds": 3600, "move_to": "Handled"}
        watch(bench, on_new=bench.handle_all, **settings)
        wait_until(lambda: proxy.seen["IDLE"] > 4)
        assert proxy.seen["UID MOVE"] == 2, "once, and once more with the folder made"


class TestAfterAFault:
    @pytest.mark.parametrize(
        "fault", [Fault.DROP_BEFORE, Fault.DROP_AFTER, Fault.BYE], ids=lambda fault: fault.name
    )
    @pytest.mark.parametrize("command", ["AUTHENTICATE", "SELECT", "NOOP", "IDLE"])
    def test_it_connects_again_by_itself(
        self, dovecot_bench: Bench, watch: Any, command: str, fault: Fault
    ):
        with FaultyImap(dovecot_bench.account.port) as proxy:
            proxy.fault(command, fault, times=2)
            watcher = watch(dovecot_bench, port=proxy.port)
            dovecot_bench.account.append(mail("one"))
            wait_until(lambda: watcher.status.taken_in == 1)
            wait_until(lambda: proxy.connections >= 3)
            wait_until(_watching(watcher))
            assert watcher.status.last_error == ""

    def test_it_is_noticed_in_idle_and_shown(self, dovecot_bench: Bench, watch: Any):
        bench = dovecot_bench
        with FaultyImap(bench.account.port) as proxy:
            watcher = watch(bench, port=proxy.port)
            wait_until(lambda: proxy.seen["IDLE"] > 0)
            proxy.fault("AUTHENTICATE", Fault.REFUSE, times=10**6)
            proxy.drop_all()
            wait_until(lambda: watcher.status.phase is Phase.REFUSED)
            assert "it is refused" in watcher.status.last_error
            wait_until(lambda: "it is refused" in bench.folder_state().last_error)
            last_scan = watcher.status.last_scan_at
            assert last_scan is not None

    def test_a_bug_of_ours_does_not_end_the_watch(
        self, bench: Bench, watch: Any, monkeypatch: pytest.MonkeyPatch
    ):
        faults = iter([ZeroDivisionError("oops")])

        def connect() -> Any:
            for fault in faults:
                raise fault
            return bench.connect()

        watcher = bench.watcher()
        watcher._connect = connect
        watcher.start()
        bench.account.append(mail("one"))
        wait_until(lambda: watcher.status.taken_in == 1)
        watcher.close()

    def test_one_mailbox_does_not_touch_another(
        self, dovecot_bench: Bench, embedded_account: ImapAccount, watch: Any
    ):
        other = Bench(embedded_account, dovecot_bench.register)
        with FaultyImap(dovecot_bench.account.port) as proxy:
            proxy.fault("SELECT", Fault.HANG, times=10**6)
            sick = watch(dovecot_bench, port=proxy.port)
            well = watch(other)
            wait_until(lambda: proxy.seen["SELECT"] > 0)
            other.account.append(mail("one"))
            wait_until(lambda: well.status.taken_in == 1)
            assert sick.status.phase is Phase.CONNECTING
            sick.close(grace_seconds=0.1)


class TestStopping:
    def test_it_ends_from_within_idle(self, bench: Bench, watch: Any):
        watcher = watch(bench, scan_seconds=3600)
        wait_until(_watching(watcher))
        watcher.close()
        assert watcher.status.phase is Phase.STOPPED

    def test_it_ends_although_the_server_hangs(self, dovecot_bench: Bench, watch: Any):
        with FaultyImap(dovecot_bench.account.port) as proxy:
            proxy.fault("UID SEARCH", Fault.HANG)
            watcher = watch(dovecot_bench, port=proxy.port)
            wait_until(lambda: proxy.seen["UID SEARCH"] > 0)
            watcher.close(grace_seconds=0.1)
            assert watcher.status.phase is Phase.STOPPED

    def test_it_ends_between_two_batches(self, bench: Bench):
        bench.account.append(*(mail(str(number)) for number in range(30)))
        commits = threading.Event()
        watcher = bench.watcher(batch=10, on_new=commits.set)
        # It ends after the first commit, in the middle of a batch.
        watcher._is_over = commits.is_set  # type: ignore[method-assign]  # the moment is the test
        watcher._stop = commits
        watcher.start()
        wait_until(lambda: watcher.status.phase is Phase.STOPPED)
        assert len(bench.entries()) == 10

    def test_one_that_was_never_started_can_be_closed(self, bench: Bench):
        bench.watcher().close()


class TestLease:
    def test_without_it_this_machine_stands_by(self, bench: Bench, watch: Any):
        bench.account.append(mail("one"))
        watcher = watch(bench, holds_lease=lambda: False)
        wait_until(lambda: watcher.status.phase is Phase.STANDBY)
        assert watcher.status.connections == 0

    def test_it_takes_over(self, bench: Bench, watch: Any, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(watching, "LEASE_SECONDS", 0.02)
        mine = threading.Event()
        watcher = watch(bench, holds_lease=mine.is_set)
        wait_until(lambda: watcher.status.phase is Phase.STANDBY)
        mine.set()
        wait_until(_watching(watcher))
        mine.clear()
        wait_until(lambda: watcher.status.phase is Phase.STANDBY)


class TestPause:
    @given(st.integers(1, 10**6), st.floats(0, 1, exclude_max=True))
    def test_it_is_between_half_a_second_and_a_minute(self, attempt: int, chance: float):
        assert 0.5 <= pause(attempt, chance) <= 60

    @given(st.integers(1, 10**4), st.floats(0, 1, exclude_max=True))
    def test_it_never_shrinks(self, attempt: int, chance: float):
        assert pause(attempt, chance) <= pause(attempt + 1, chance)

    @pytest.mark.parametrize(("attempt", "seconds"), [(1, 1), (2, 2), (3, 4), (7, 60), (99, 60)])
    def test_it_doubles_up_to_a_minute(self, attempt: int, seconds: float):
        assert pause(attempt, 0.0) == seconds

    def test_jitter_takes_up_to_half_of_it_off(self):
        assert pause(3, 0.5) == 3
        assert pause(3, 1.0) == 2


@pytest.mark.parametrize(
    ("error", "first"), [(MailboxUnavailable("away"), 1.0), (LoginRefused("no"), 300.0)]
)
def test_a_refused_login_is_tried_again_only_after_minutes(
    dovecot_bench: Bench, monkeypatch: pytest.MonkeyPatch, error: Exception, first: float
):
    paused: list[dict[str, float]] = []
    monkeypatch.setattr(watching, "pause", lambda *_, **how: paused.append(how) or 0.0)
    dovecot_bench.watcher()._fault(error)
    assert paused[0].get("first", 1.0) == first
