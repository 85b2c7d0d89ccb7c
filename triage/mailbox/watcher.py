"""The thread that keeps a mailbox watched, whatever the server does.

IDLE is a hint: it is renewed within five minutes, and a look at all UIDs at a set interval finds
what it missed. After a mail the server is asked every 50 ms for two seconds, because Dovecot holds
its IDLE news back for half a second, and mails come in flocks. Servers without IDLE are asked
every few seconds. After a fault the watcher connects again by itself, at growing, jittered pauses;
nothing that happens to one mailbox touches another.
"""

from __future__ import annotations

import random
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

import structlog

from triage.errors import BadInput, LoginRefused, RegisterError, TriageError
from triage.mailbox.folder_scan import FolderScan
from triage.mailbox.status import MailboxStatus, Phase, StatusBoard
from triage.mailbox.visit import Visit
from triage.register.mailboxes import note_fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from triage.mailbox.connection import Connection
    from triage.mailbox.intake import Identify
    from triage.register.database import Register
    from triage.settings import Mailbox

EAGER_SECONDS: Final = 2.0
EAGER_PAUSE_SECONDS: Final = 0.05
FIRST_LEG_SECONDS: Final = 0.25
"""The first IDLE after a search is short, and each further one twice as long: mail that comes just
before IDLE is told together with its "+" by some servers, which the library does not notice."""
POLL_SECONDS: Final = 5.0
LEASE_SECONDS: Final = 10.0
"""How often another machine's claim to the mailbox is looked for."""

log = structlog.get_logger(__name__)


def pause(attempt: int, chance: float, *, first: float = 1.0, longest: float = 60.0) -> float:
    """Return how many seconds to wait before the next connection.

    `attempt` counts the faults in a row from 1; the pause doubles with each, up to `longest`.
    `chance` (0 to 1) takes up to half of it off, so that many watchers do not come back at once.
    """
    full = min(longest, first * 2.0 ** min(attempt - 1, 30))
    return full * (1 - chance / 2)


class Watcher:
    """Watches one mailbox in a thread of its own.

    `connect` logs in anew at each call. `on_new` is called in the watcher's thread after each
    commit. `holds_lease` is asked about every ten seconds; while it says no, another machine
    watches, and this one stands by.
    """

    def __init__(
        self,
        register: Register,
        mailbox: Mailbox,
        connect: Callable[[], Connection],
        *,
        identify: Identify,
        on_new: Callable[[], None] = lambda: None,
        holds_lease: Callable[[], bool] = lambda: True,
    ) -> None:
        self._register = register
        self._mailbox = mailbox
        self._connect = connect
        self._on_new = on_new
        self._holds_lease = holds_lease
        self._board = StatusBoard(mailbox.address, mailbox.folder)
        folders = dict.fromkeys((mailbox.folder, *mailbox.telling))
        self._scans = tuple(
            FolderScan(
                register,
                mailbox,
                mailbox.sent_folder if folder == mailbox.marked_folder else folder,
                identify=identify,
                on_taken=self._taken,
                keyword=mailbox.interim_keyword if folder == mailbox.marked_folder else "",
                known_as=folder,
            )
            for folder in folders
        )
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name=f"watch {mailbox.address} {mailbox.folder}", daemon=True
        )
        self._connection: Connection | None = None
        self._failures = 0
        self._lease_seen_at = float("-inf")

    @property
    def status(self) -> MailboxStatus:
        """What the watcher is doing; from any thread."""
        return self._board.status

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the watcher to end after the batch in hand; returns at once."""
        self._stop.set()

    def close(self, grace_seconds: float = 5.0) -> None:
        """Stop and wait; a call that hangs is broken off when the grace is over."""
        self.stop()
        if not self._thread.is_alive():
            return
        self._thread.join(grace_seconds)
        if self._thread.is_alive() and (connection := self._connection) is not None:
            connection.break_off()
            self._thread.join(grace_seconds)

    def once(self) -> None:
        """Take in all that is there, file what is handled, and hang up; without the thread.

        Raises MailboxError and RegisterError, and what `connect` raises.
        """
        if not self._holds_lease():
            return
        with self._visit() as visit:
            visit.look()
            while not self._stop.is_set() and visit.take_some():
                pass
            if not visit.look_is_pending:
                self._looked_through(visit)
            visit.file()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                if self._is_ours():
                    self._watch()
                else:
                    self._stand_by()
            except Exception as error:  # noqa: BLE001 - the watch goes on after any fault
                self._stop.wait(self._fault(error))
        self._board.change(phase=Phase.STOPPED)

    def _stand_by(self) -> None:
        if self._board.status.phase is not Phase.STANDBY:
            log.info("another process watches the mailbox", mailbox=self._mailbox.address)
        self._board.change(phase=Phase.STANDBY)
        self._stop.wait(LEASE_SECONDS)

    def _watch(self) -> None:
        """Watch over one connection, until told to stop or the lease is lost."""
        self._board.change(phase=Phase.CONNECTING)
        with self._visit() as visit:
            next_look = eager_until = float("-inf")
            leg, look_is_open = FIRST_LEG_SECONDS, False
            while not self._is_over():
                now = time.monotonic()
                if now >= next_look:
                    visit.look()
                    next_look = now + self._mailbox.scan_seconds
                    leg, look_is_open = FIRST_LEG_SECONDS, True
                elif visit.newer():
                    leg, eager_until = FIRST_LEG_SECONDS, now + EAGER_SECONDS
                busy = visit.take_some()
                if look_is_open and not visit.look_is_pending:
                    look_is_open = False
                    self._looked_through(visit)
                if busy:
                    continue
                if now < eager_until:
                    self._stop.wait(EAGER_PAUSE_SECONDS)
                    continue
                visit.file()
                left = max(next_look - time.monotonic(), 0)
                if visit.can_idle:
                    visit.idle(min(leg, left), self._is_over)
                    leg = min(2 * leg, self._mailbox.idle_renew_seconds)
                else:
                    self._stop.wait(min(POLL_SECONDS, left))

    @contextmanager
    def _visit(self) -> Iterator[Visit]:
        connection = self._connect()
        self._connection = connection
        self._board.count(connections=1)
        try:
            yield Visit(self._register, self._mailbox, connection, self._scans)
        finally:
            self._connection = None
            connection.log_out()

    def _is_over(self) -> bool:
        return self._stop.is_set() or not self._is_ours()

    def _is_ours(self) -> bool:
        now = time.monotonic()
        if now < self._lease_seen_at + LEASE_SECONDS:
            return True
        if not self._holds_lease():
            return False
        self._lease_seen_at = now
        return True

    def _taken(self, mails: int) -> None:
        self._board.count(taken_in=mails)
        self._on_new()

    def _looked_through(self, visit: Visit) -> None:
        """Note a whole look: new mail of all folders is in the ledger, but for what is faulty."""
        if self._failures:
            log.info("mailbox watched again", mailbox=self._mailbox.address)
        self._failures = 0
        now = self._register.clock.now()
        fault = next(iter(visit.faults), "")
        self._board.change(
            phase=Phase.WATCHING,
            last_scan_at=now,
            last_error=fault,
            last_error_at=now if fault else None,
        )
        if fault:
            self._note(fault)

    def _fault(self, error: Exception) -> float:
        """Note a fault; return how many seconds to wait."""
        self._failures += 1
        self._lease_seen_at = float("-inf")
        refused = isinstance(error, LoginRefused | BadInput)
        if refused:
            seconds = pause(self._failures, random.random(), first=300, longest=1800)  # noqa: S311 - jitter
        else:
            seconds = pause(self._failures, random.random())  # noqa: S311 - jitter
        text = str(error) or type(error).__name__
        details = {"mailbox": self._mailbox.address, "error": text, "pause": round(seconds, 1)}
        if isinstance(error, TriageError):
            log.warning("login refused" if refused else "mailbox cannot be watched", **details)
        else:
            log.error("watching broke off", **details, exc_info=error)
        self._board.change(
            phase=Phase.REFUSED if refused else Phase.PAUSING,
            last_error=text,
            last_error_at=self._register.clock.now(),
        )
        self._note(text)
        return seconds

    def _note(self, fault: str) -> None:
        with suppress(RegisterError), self._register.transaction() as session:
            now = self._register.clock.now()
            note_fault(session, self._mailbox.address, self._mailbox.folder, fault, now)
