"""An account on a real IMAP server, fresh for each test: on Dovecot and on the embedded server."""

from __future__ import annotations

import itertools
import os
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from imapclient import IMAPClient, SocketTimeout

from triage.demo.servers import EmbeddedImap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from servers.dovecot import DovecotServer

_numbers = itertools.count(1)


@dataclass(frozen=True)
class ImapAccount:
    """A user of a running server, and what a person would do there with a mail client."""

    kind: str
    """`dovecot` or `pymap`."""
    port: int
    user: str
    password: str

    @contextmanager
    def client(self, folder: str | None = "INBOX") -> Iterator[Any]:
        """Give a logged-in client with the folder selected."""
        timeout: Any = SocketTimeout(60, 60)
        with IMAPClient("127.0.0.1", self.port, ssl=False, timeout=timeout) as client:
            client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.normalise_times = False
            client.login(self.user, self.password)
            if folder is not None:
                client.select_folder(folder)
            yield client

    def append(
        self, *mails: bytes, folder: str = "INBOX", received_at: datetime | None = None
    ) -> None:
        """Put mails into a folder, which is made if need be."""
        with self.client(None) as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            for mail in mails:
                client.append(folder, mail, msg_time=received_at)

    def subjects(self, folder: str = "INBOX") -> list[str]:
        """Return the subjects of the mails in a folder, in order; empty for no such folder."""
        with self.client(None) as client:
            if not client.folder_exists(folder):
                return []
            client.select_folder(folder, readonly=True)
            found = client.fetch(client.search(), ["BODY.PEEK[HEADER.FIELDS (SUBJECT)]"])
            lines = [item[b"BODY[HEADER.FIELDS (SUBJECT)]"] for _, item in sorted(found.items())]
            return [line.decode().removeprefix("Subject: ").strip() for line in lines]

    def flags(self, folder: str = "INBOX") -> list[set[str]]:
        """Return the flags of the mails in a folder, in order, but for Recent."""
        with self.client(None) as client:
            client.select_folder(folder, readonly=True)
            found = client.get_flags(client.search())
            return [
                {flag.decode() for flag in flags} - {r"\Recent"}
                for _, flags in sorted(found.items())
            ]


def _fresh_name() -> str:
    return f"complaints-{os.getpid()}-{next(_numbers)}@agency.example"


@pytest.fixture(scope="session")
def embedded_imap() -> Iterator[EmbeddedImap]:
    with EmbeddedImap({}) as server:
        yield server


@pytest.fixture
def dovecot_account(dovecot: DovecotServer) -> ImapAccount:
    return ImapAccount("dovecot", dovecot.port, _fresh_name(), dovecot.password)


@pytest.fixture
def embedded_account(embedded_imap: EmbeddedImap) -> ImapAccount:
    user = _fresh_name()
    embedded_imap.add_user(user, "made-up")
    return ImapAccount("pymap", embedded_imap.port, user, "made-up")


@pytest.fixture(params=["dovecot", "embedded"])
def account(request: pytest.FixtureRequest) -> ImapAccount:
    """Give an account on each server in turn."""
    found: ImapAccount = request.getfixturevalue(f"{request.param}_account")
    return found
