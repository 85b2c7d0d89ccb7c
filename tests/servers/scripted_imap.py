"""An IMAP server that says what a test has written down: for what no well-behaved server says."""

from __future__ import annotations

import base64
import re
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from triage.mailbox.connection import Connection, connect
from triage.settings import Mailbox

if TYPE_CHECKING:
    from types import TracebackType

_COMMAND = re.compile(rb"([A-P]{4}\d+) ([^\r\n]*)")


class ScriptedImap:
    """Answers each command by the first word or two of its name; OK to LOGOUT; a context manager."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._greeting = b"* OK hello\r\n"
        self._answers: dict[bytes, tuple[bytes, bytes]] = {}
        self._challenges: dict[bytes, tuple[bytes, bytes]] = {}
        self._clients: list[socket.socket] = []
        self._connections: list[Connection] = []
        self.heard: list[bytes] = []
        """The command lines, without their tags."""
        self.decoded: list[str] = []
        """What was answered to challenges, from base64."""

    def mailbox(self, **settings: Any) -> Mailbox:
        known: dict[str, Any] = {
            "address": "complaints@agency.example",
            "policy": "alektum-nl",
            "host": "127.0.0.1",
            "port": self.port,
            "tls": "none",
            "timeout_seconds": 60,
        }
        return Mailbox(**(known | settings))

    def connect(self, password: str = "", **settings: Any) -> Connection:
        """Connect as the service does; hung up at the end."""
        connection = connect(self.mailbox(**settings), lambda: password)
        self._connections.append(connection)
        return connection

    def greet(self, greeting: bytes) -> None:
        self._greeting = greeting

    def answer(self, command: bytes, untagged: bytes = b"", *, status: bytes = b"OK") -> None:
        """Answer a command with untagged lines, then the status."""
        self._answers[command] = (untagged, status)

    def challenge(self, command: bytes, challenge: bytes, *, status: bytes = b"OK") -> None:
        """Answer a command with a challenge, hear a line, then give the status."""
        self._challenges[command] = (challenge, status)

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, name="scripted IMAP", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for connection in self._connections:
            connection.hang_up()
        for one in (self._listener, *self._clients):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._clients.append(client)
            threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        with suppress(OSError, ValueError), client.makefile("rb") as lines:
            client.sendall(self._greeting)
            for line in lines:
                if found := _COMMAND.match(line):
                    tag, command = found.groups()
                    self.heard.append(command)
                    client.sendall(self._reply(client, lines, command).replace(b"TAG", tag))

    def _reply(self, client: socket.socket, lines: Any, command: bytes) -> bytes:
        for name, (challenge, status) in self._challenges.items():
            if command.startswith(name):
                client.sendall(challenge)
                said = lines.readline().strip()
                with suppress(ValueError):
                    self.decoded.append(base64.b64decode(said, validate=True).decode())
                return b"TAG " + status + b" done\r\n"
        for name, (untagged, status) in self._answers.items():
            if command.startswith(name):
                return untagged + b"TAG " + status + b" done\r\n"
        if command == b"LOGOUT":
            return b"* BYE bye\r\nTAG OK done\r\n"
        return b"TAG BAD what\r\n"
