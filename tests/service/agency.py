"""An installation under test: its settings file, its service, and what can be seen of its register."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from servers.waiting import wait_until
from sqlmodel import SQLModel, col, select

from triage.assembly import register_of
from triage.clock import SystemClock
from triage.register.states import EntryState, OutboxState
from triage.register.tables import (
    Case,
    Event,
    HandlerTask,
    LedgerEntry,
    MailboxState,
    OutboxMail,
)
from triage.service import Service
from triage.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from post_office import PostOffice

    from triage.register.database import Register
    from triage.settings import Settings
    from triage.understanding.judge import Judge

ENDED = {
    EntryState.DONE,
    EntryState.DUPLICATE,
    EntryState.FAILED,
    EntryState.SET_ASIDE,
    EntryState.LISTED,
}

RowT = TypeVar("RowT", bound=SQLModel)


class ShiftedClock:
    """The machine's clock, put forward by a test."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return SystemClock().now() + self._ahead

    def forward(self, by: timedelta) -> None:
        self._ahead += by


class Agency:
    """Watches one mailbox unless more are given; everything in one folder."""

    def __init__(self, folder: Path, office: PostOffice, judge: Judge, store: str) -> None:
        self.folder = folder
        self.office = office
        self.clock = ShiftedClock()
        self._judge = judge
        self.mailbox = office.open("compliance")
        (folder / "mailbox.password").write_text(f"{office.password}\n")
        self.values: dict[str, Any] = {
            "store": {"url": store},
            "smtp": {"host": "127.0.0.1", "port": office.smtp_port, "tls": "none"},
            "http": {"listen": ""},
            "log": {"level": "error"},
            "mailbox": [self.watched(self.mailbox)],
        }

    def watched(self, address: str, policy: str = "alektum-nl", **more: Any) -> dict[str, Any]:
        """Return the settings of a mailbox at this post office."""
        return {
            "address": address,
            "policy": policy,
            "host": "127.0.0.1",
            "port": self.office.imap_port,
            "tls": "none",
            "password_file": "mailbox.password",
            "timeout_seconds": 60,
        } | more

    def set(self, section: str, **values: Any) -> None:
        """Change settings: of a section, or with `mailbox` of every mailbox."""
        known = self.values.setdefault(section, {})
        for table in known if isinstance(known, list) else [known]:
            table.update(values)

    @property
    def config(self) -> Path:
        """Write the settings file and return its path."""
        path = self.folder / "triage.toml"
        path.write_text(_toml(self.values), encoding="utf-8")
        return path

    def line_of(self, text: str) -> int:
        """Return the line of the settings file that begins so."""
        lines = self.config.read_text(encoding="utf-8").splitlines()
        return next(number for number, line in enumerate(lines, 1) if line.startswith(text))

    @property
    def settings(self) -> Settings:
        return load_settings(self.config)

    @cached_property
    def register(self) -> Register:
        return register_of(self.settings, self.clock)

    def close(self) -> None:
        if "register" in self.__dict__:
            self.register.engine.dispose()

    def service(self, worker: str = "one") -> Service:
        return Service(self.settings, self.register, self._judge, self.clock, worker)

    def once(self) -> None:
        """Do what `triage run --once` does."""
        asyncio.run(self.service().once())

    @contextmanager
    def running(self, worker: str = "one", *, watched: bool = True) -> Iterator[Service]:
        """Run the service in a thread; by default the mailboxes have been looked through."""
        service = self.service(worker)
        runner = _Runner(service)
        runner.start()
        try:
            if watched:
                wait_until(lambda: runner.error or _is_watching(service), "the first scan")
            yield service
        finally:
            runner.stop()

    def rows(self, table: type[RowT]) -> list[RowT]:
        with self.register.reading() as session:
            return list(session.exec(select(table)))

    def entries(self) -> list[LedgerEntry]:
        return sorted(self.rows(LedgerEntry), key=lambda entry: entry.id)

    def is_watched(self) -> bool:
        """Whether a service has looked through every mailbox that it can read."""
        return any(state.last_scan_at for state in self.rows(MailboxState))

    def cases(self) -> list[Case]:
        return sorted(self.rows(Case), key=lambda case: case.number)

    def outbox(self) -> list[OutboxMail]:
        return sorted(self.rows(OutboxMail), key=lambda mail: mail.id)

    def tasks(self, code: str) -> list[HandlerTask]:
        return [task for task in self.rows(HandlerTask) if task.code == code]

    def events(self, code: str) -> list[Event]:
        return [event for event in self.rows(Event) if event.code == code]

    def entry(self, message_id: str) -> LedgerEntry | None:
        with self.register.reading() as session:
            wanted = select(LedgerEntry).where(
                LedgerEntry.message_id == message_id.strip("<>"),
                col(LedgerEntry.duplicate_of).is_(None),
            )
            return session.exec(wanted).first()

    def handled(self, message_id: str) -> LedgerEntry:
        """Wait until a mail's processing has come to an end, and return its entry."""
        found: list[LedgerEntry] = []

        def ended() -> bool:
            entry = self.entry(message_id)
            found[:] = [entry] if entry is not None and entry.state in ENDED else []
            return bool(found)

        wait_until(ended, f"{message_id} handled")
        return found[0]

    def is_idle(self) -> bool:
        """Whether nothing waits to be processed or sent."""
        waiting = {EntryState.WAITING, EntryState.FAILED}
        due = {OutboxState.DUE, OutboxState.SENDING}
        return not any(entry.state in waiting for entry in self.entries()) and not any(
            mail.state in due for mail in self.outbox()
        )


class _Runner:
    """A service in a thread with its own event loop."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._thread = threading.Thread(target=self._live, name="service")
        self._began = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.error: BaseException | None = None

    def start(self) -> None:
        self._thread.start()
        self._began.wait()

    def stop(self) -> None:
        """Ask it to end, wait, and raise what it died of."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(120)
        assert not self._thread.is_alive(), "the service does not stop"
        if self.error is not None:
            raise self.error

    def _live(self) -> None:
        async def main() -> None:
            self._loop = asyncio.get_running_loop()
            self._stop = asyncio.Event()
            self._began.set()
            await self._service.run(self._stop)

        try:
            asyncio.run(main())
        except BaseException as error:  # noqa: BLE001 - raised again in the test's thread
            self.error = error
        finally:
            self._began.set()


def _is_watching(service: Service) -> bool:
    return all(folder.last_scan_at for folder in service.look().folders)


def _toml(values: dict[str, Any]) -> str:
    """Return a settings file; JSON's strings, numbers, booleans and lists are TOML's, too."""
    lines: list[str] = []
    for section, content in values.items():
        for table in content if isinstance(content, list) else [content]:
            lines.append(f"[[{section}]]" if isinstance(content, list) else f"[{section}]")
            lines += [f"{key} = {json.dumps(value)}" for key, value in table.items()]
            lines.append("")
    return "\n".join(lines)
