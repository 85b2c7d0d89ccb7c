"""One connection's worth of work on a mailbox: its folder, and those that tell of its mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from triage.mailbox.connection import CommandRefused
from triage.mailbox.filing import file_handled
from triage.register.mailboxes import note_fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from triage.mailbox.connection import Connection
    from triage.mailbox.folder_scan import FolderScan
    from triage.register.database import Register
    from triage.settings import Mailbox

log = structlog.get_logger(__name__)


class Visit:
    """Keeps track of which folder is selected; the first of `scans` is the mailbox's own.

    Methods raise MailboxUnavailable, CommandRefused and RegisterError.
    """

    def __init__(
        self,
        register: Register,
        mailbox: Mailbox,
        connection: Connection,
        scans: tuple[FolderScan, ...],
    ) -> None:
        self._register = register
        self._mailbox = mailbox
        self._connection = connection
        self._scans = scans
        self._main = scans[0]
        self._current: FolderScan | None = None
        self._unreadable: list[str] = []
        self._move_refused = False

    @property
    def faults(self) -> tuple[str, ...]:
        """What could not be looked at or taken in, a line each; empty when all is well."""
        return (*self._unreadable, *(line for scan in self._scans for line in scan.faults))

    @property
    def can_idle(self) -> bool:
        """Whether the server can say by itself that mail came (RFC 2177)."""
        return self._mailbox.idle and self._connection.has("IDLE")

    @property
    def look_is_pending(self) -> bool:
        """Whether new mail found by the last look is not all in the ledger."""
        return any(scan.look_is_pending for scan in self._scans)

    def look(self) -> None:
        """Find all unknown mail of all folders. Only the mailbox's own must be there."""
        self._unreadable.clear()
        self._move_refused = False
        for scan in self._scans:
            self._current = None
            try:
                scan.look(self._connection)
            except CommandRefused as error:
                if scan is self._main:
                    raise
                self._note(scan, error)
            else:
                self._current = scan

    def newer(self) -> bool:
        """Find mail that came since; return whether there was any."""
        self._turn_to(self._main)
        return self._main.look_for_newer(self._connection)

    def take_some(self) -> bool:
        """Take in one batch of what was found; return whether there was anything to do.

        Old mail of one folder, of which there may be years, does not keep the others waiting.
        """
        waiting = sorted((scan for scan in self._scans if scan.has_work), key=_has_old_mail_only)
        for scan in waiting[:1]:
            self._turn_to(scan)
            scan.take_some(self._connection)
        return bool(waiting)

    def file(self) -> None:
        """Flag and move what is handled; the other folders are left as they are.

        After the server refused a move, nothing is tried before the next look.
        """
        if self._move_refused:
            return
        self._turn_to(self._main)
        self._move_refused = not file_handled(
            self._register, self._connection, self._mailbox, self._main.selected
        )

    def idle(self, seconds: float, ended: Callable[[], bool]) -> None:
        """Wait for the server to say something; see `Connection.idle`."""
        self._turn_to(self._main)
        self._connection.idle(seconds, ended)

    def _turn_to(self, scan: FolderScan) -> None:
        if self._current is not scan:
            self._current = None
            scan.select_again(self._connection)
            self._current = scan

    def _note(self, scan: FolderScan, error: CommandRefused) -> None:
        self._unreadable.append(f"Folder {scan.name} cannot be watched: {error}")
        log.warning(
            "folder cannot be watched",
            mailbox=self._mailbox.address,
            folder=scan.name,
            error=str(error),
        )
        with self._register.transaction() as session:
            now = self._register.clock.now()
            note_fault(session, self._mailbox.address, scan.folder, str(error), now)


def _has_old_mail_only(scan: FolderScan) -> bool:
    return not scan.has_news
