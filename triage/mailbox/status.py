"""What the watcher of a mailbox is doing, readable from any thread."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime


class Phase(StrEnum):
    """What the watcher is at."""

    CONNECTING = "connecting"
    WATCHING = "watching"
    PAUSING = "pausing"
    """After a fault; it connects again by itself."""
    REFUSED = "refused"
    """The server does not accept the credentials; tried again, but seldom."""
    STANDBY = "standby"
    """Another machine watches this mailbox."""
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class MailboxStatus:
    """How the watch of one mailbox stands."""

    mailbox: str
    folder: str
    phase: Phase = Phase.CONNECTING
    last_scan_at: datetime | None = None
    """When all watched folders had last been looked through and all new mail was in the ledger."""
    last_error: str = ""
    """Empty when all is well."""
    last_error_at: datetime | None = None
    taken_in: int = 0
    """Mails taken in since the service started."""
    connections: int = 0
    """Logins since the service started."""


class StatusBoard:
    """The current status: written by the watcher's thread, read by others."""

    def __init__(self, mailbox: str, folder: str) -> None:
        self._lock = Lock()
        self._status = MailboxStatus(mailbox, folder)

    @property
    def status(self) -> MailboxStatus:
        """The status now."""
        with self._lock:
            return self._status

    def change(self, **changed: Any) -> None:
        """Replace fields of the status."""
        with self._lock:
            self._status = replace(self._status, **changed)

    def count(self, *, taken_in: int = 0, connections: int = 0) -> None:
        """Add to the counters."""
        with self._lock:
            self._status = replace(
                self._status,
                taken_in=self._status.taken_in + taken_in,
                connections=self._status.connections + connections,
            )
