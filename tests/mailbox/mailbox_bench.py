"""What the tests of this room share: mails, an identity, and a workbench around one account."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select, update

from triage.mailbox.connection import connect
from triage.mailbox.watcher import Watcher
from triage.register.states import EntryState
from triage.register.tables import Event, LedgerEntry, MailboxState
from triage.settings import Mailbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from servers.imap_account import ImapAccount

    from triage.mailbox.connection import Connection
    from triage.register.database import Register


@dataclass(frozen=True)
class PlainIdentity:
    message_id: str
    fingerprint: str


def identify(raw: bytes) -> PlainIdentity:
    found = re.search(rb"(?im)^message-id:\s*<([^>\r\n]+)>", raw)
    return PlainIdentity(found[1].decode() if found else "", hashlib.sha256(raw).hexdigest())


def mail(subject: str, *, text: str = "Ik heb een klacht.", message_id: str = "") -> bytes:
    head = f"Message-ID: <{message_id}>\r\n" if message_id else ""
    return f"Subject: {subject}\r\nFrom: eva@example.org\r\n{head}\r\n{text}\r\n".encode()


@dataclass(frozen=True)
class StoppedClock:
    moment: datetime

    def now(self) -> datetime:
        return self.moment


class Killed(BaseException):
    """Stands for `kill -9`: no handler of the program catches it."""


class Bench:
    """One account, one register, and watchers between them."""

    def __init__(self, account: ImapAccount, register: Register) -> None:
        self.account = account
        self.register = register

    def mailbox(self, **settings: Any) -> Mailbox:
        known: dict[str, Any] = {
            "address": self.account.user,
            "policy": "alektum-nl",
            "host": "127.0.0.1",
            "port": self.account.port,
            "tls": "none",
            "first_start": "acknowledge",
            "timeout_seconds": 60,
        }
        return Mailbox(**(known | settings))

    def connect(self, **settings: Any) -> Connection:
        return connect(self.mailbox(**settings), lambda: self.account.password)

    def watcher(
        self,
        *,
        register: Register | None = None,
        identify: Callable[[bytes], PlainIdentity] = identify,
        on_new: Callable[[], None] = lambda: None,
        holds_lease: Callable[[], bool] = lambda: True,
        **settings: Any,
    ) -> Watcher:
        mailbox = self.mailbox(**settings)
        return Watcher(
            register or self.register,
            mailbox,
            partial(connect, mailbox, lambda: self.account.password),
            identify=identify,
            on_new=on_new,
            holds_lease=holds_lease,
        )

    def entries(self) -> list[LedgerEntry]:
        """Return the ledger, oldest entry first."""
        with self.register.reading() as session:
            return list(session.exec(select(LedgerEntry).order_by(col(LedgerEntry.id))))

    def states(self) -> list[str]:
        return [entry.state.value for entry in self.entries()]

    def handle_all(self) -> None:
        """Stand for the processing: what waits in the ledger is done."""
        with self.register.transaction() as session:
            session.exec(
                update(LedgerEntry)
                .where(col(LedgerEntry.state) == EntryState.WAITING)
                .values(state=EntryState.DONE)
            )

    def events(self, code: str) -> list[Event]:
        with self.register.reading() as session:
            return list(session.exec(select(Event).where(Event.code == code)))

    def folder_state(self, folder: str = "INBOX") -> MailboxState:
        with self.register.reading() as session:
            found = session.get(MailboxState, (self.account.user, folder))
        assert found is not None
        return found
