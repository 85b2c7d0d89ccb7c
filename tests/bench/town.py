"""Where the measurements take place: Dovecot, an SMTP server, and installations of the service."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from bench.sink import Sink
from imapclient import IMAPClient
from servers.dovecot import start_dovecot

from triage.resources import policies
from triage.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from triage.settings import Settings

POLICIES = sorted(path.stem for path in policies().glob("*.toml"))


class Town:
    """A context manager; every installation has mailboxes of its own, one for each policy."""

    def __init__(self) -> None:
        self.sink = Sink()
        self._numbers = count(1)

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="triage-bench-"))
        dovecot = self._folder / "dovecot"
        dovecot.mkdir()
        self._folder.chmod(0o755)
        self._dovecot, self.imap = start_dovecot(dovecot)
        self.sink.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.sink.__exit__(kind, error, traceback)
        self._dovecot.send_signal(signal.SIGTERM)
        self._dovecot.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def new_place(self) -> Place:
        """Return a place for one measurement: empty mailboxes and an empty folder."""
        number = next(self._numbers)
        folder = self._folder / f"place-{number}"
        folder.mkdir()
        return Place(self, folder, f"p{number}")


class Place:
    """Mailboxes and a folder that nothing else uses."""

    def __init__(self, town: Town, folder: Path, name: str) -> None:
        self.town = town
        self.folder = folder
        self.users = {policy: f"{name}-{policy}" for policy in POLICIES}

    def client(self, user: str, folder: str | None = "INBOX") -> Any:
        """Return a client that is logged in."""
        client = IMAPClient("127.0.0.1", self.town.imap.port, ssl=False, timeout=30)
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.login(user, self.town.imap.password)
        if folder:
            client.select_folder(folder)
        return client

    def fill(self, mails: Iterable[tuple[str, bytes]]) -> None:
        """Put mails into the mailboxes of their policies."""
        clients = {policy: self.client(user) for policy, user in self.users.items()}
        for policy, raw in mails:
            clients[policy].append("INBOX", raw)
        for client in clients.values():
            client.logout()

    def settings(self, first_start: str = "acknowledge") -> Settings:
        """Return the settings of an installation here, with no cap in the way."""
        (self.folder / "password").write_text(f"{self.town.imap.password}\n", encoding="utf-8")
        lines = [
            f'[store]\nurl = "sqlite:///{self.folder}/triage.db"',
            f'[smtp]\nhost = "127.0.0.1"\nport = {self.town.sink.port}\ntls = "none"',
            '[http]\nlisten = ""',
            "[limits]\nservice_hour = 1000000",
        ]
        for policy, user in self.users.items():
            values = {
                "address": f"{policy}@agency.example",
                "policy": policy,
                "host": "127.0.0.1",
                "port": self.town.imap.port,
                "tls": "none",
                "username": user,
                "password_file": "password",
                "first_start": first_start,
            }
            lines.append("[[mailbox]]")
            lines += [f"{key} = {json.dumps(value)}" for key, value in values.items()]
        path = self.folder / "triage.toml"
        path.write_text("\n".join(lines), encoding="utf-8")
        return load_settings(path)
