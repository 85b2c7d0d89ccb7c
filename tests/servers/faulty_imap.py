"""A TCP proxy before a real IMAP server, which hurts the conversation where a test tells it to.

The server behind it stays real, so that what a fault leaves behind (a flag set, a mail moved, an
answer never heard) is what it would leave behind in life.
"""

from __future__ import annotations

import re
import socket
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, BinaryIO, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

_COMMAND = re.compile(rb"([A-P]{4}\d+) ((?:UID )?[A-Z]+)([^\r\n]*)")
_LITERAL = re.compile(rb"\{(\d+)\}\r\n$")


class Fault(Enum):
    """What happens to a command."""

    DROP_BEFORE = auto()
    """The line goes dead before the server has seen the command."""
    DROP_AFTER = auto()
    """The server does it all, but the line goes dead before the client hears of it."""
    DROP_DURING = auto()
    """The line goes dead in the middle of the answer."""
    REFUSE = auto()
    """The answer is NO; the server has not seen the command."""
    BYE = auto()
    """The answer is BYE, and the line is closed."""
    HANG = auto()
    """Nothing is ever answered."""


@dataclass
class _Rule:
    command: str
    fault: Fault | bytes
    """Bytes are untagged lines put before the tagged answer."""
    containing: bytes
    skip: int
    times: int


class FaultyImap:
    """Listens on `port`; a context manager. Each connection goes to the server on its own."""

    def __init__(self, upstream_port: int) -> None:
        self._upstream_port = upstream_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._rules: list[_Rule] = []
        self._rewritten: dict[bytes, bytes] = {}
        self._open: set[socket.socket] = set()
        self.seen: Counter[str] = Counter()
        """How often each command came, such as `UID MOVE`."""
        self.connections = 0

    def fault(
        self,
        command: str,
        fault: Fault | bytes,
        *,
        containing: bytes = b"",
        skip: int = 0,
        times: int = 1,
    ) -> None:
        """Hurt the next commands of that name whose line holds some bytes, after `skip` of them."""
        with self._lock:
            self._rules.append(_Rule(command, fault, containing, skip, times))

    def heal(self) -> None:
        """Hurt no more commands."""
        with self._lock:
            self._rules.clear()

    def rewrite(self, old: bytes, new: bytes) -> None:
        """Replace bytes in what the server says, outside of literals."""
        self._rewritten[old] = new

    def without(self, *capabilities: str) -> None:
        """Have the server not announce some of its capabilities."""
        for capability in capabilities:
            self.rewrite(b" " + capability.encode(), b"")

    def drop_all(self) -> None:
        """Have all lines go dead now."""
        with self._lock:
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, name="faulty IMAP", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop_all()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._upstream_port), 20)
            for one in (client, server):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self.connections += 1
                self._open |= {client, server}
            _Conversation(self, client, server).begin()

    def fault_for(self, command: str, arguments: bytes) -> Fault | bytes | None:
        """Return what shall happen to a command that came."""
        with self._lock:
            self.seen[command] += 1
            for rule in self._rules:
                if rule.command == command and rule.containing in arguments and rule.times:
                    if rule.skip:
                        rule.skip -= 1
                        return None
                    rule.times -= 1
                    return rule.fault
        return None

    def rewritten(self, line: bytes) -> bytes:
        """Return a line of the server as the client shall see it."""
        for old, new in self._rewritten.items():
            line = line.replace(old, new)
        return line

    def forget(self, *ended: socket.socket) -> None:
        """Close connections that came to an end."""
        with self._lock:
            self._open.difference_update(ended)
        for one in ended:
            one.close()


class _Conversation:
    """One client and its connection to the server: a thread for each direction."""

    def __init__(self, proxy: FaultyImap, client: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server
        self._awaited: dict[bytes, Fault | bytes] = {}

    def begin(self) -> None:
        ways = (self._from_client, self._from_server)
        threads = [threading.Thread(target=self._carry, args=(way,), daemon=True) for way in ways]
        for thread in threads:
            thread.start()
        threading.Thread(target=self._end, args=(threads,), daemon=True).start()

    def _end(self, threads: list[threading.Thread]) -> None:
        for thread in threads:
            thread.join()
        self._proxy.forget(self._client, self._server)

    def _carry(self, way: Callable[[], object]) -> None:
        with suppress(OSError, ValueError):
            way()
        self._drop()

    def _drop(self) -> None:
        for one in (self._client, self._server):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _from_client(self) -> None:
        with self._client.makefile("rb") as lines:
            for line in lines:
                if found := _COMMAND.match(line):
                    tag, name, arguments = found.groups()
                    fault = self._proxy.fault_for(name.decode(), arguments)
                    if fault is Fault.DROP_BEFORE:
                        return
                    if fault is Fault.HANG:
                        continue
                    if fault is Fault.REFUSE:
                        self._client.sendall(tag + b" NO it is refused\r\n")
                        continue
                    if fault is Fault.BYE:
                        self._client.sendall(b"* BYE going down\r\n")
                        return
                    if fault is not None:
                        self._awaited[tag] = fault
                self._server.sendall(line)

    def _from_server(self) -> None:
        with self._server.makefile("rb") as lines:
            for line in lines:
                tag = line.split(b" ", 1)[0]
                fault = self._awaited.pop(tag, None)
                if fault is Fault.DROP_AFTER:
                    return
                if isinstance(fault, bytes):
                    self._client.sendall(fault)
                if fault is Fault.DROP_DURING or Fault.DROP_DURING in self._awaited.values():
                    self._pass_half(line, lines)
                    return
                self._client.sendall(self._proxy.rewritten(line))
                self._pass_literal(line, lines)

    def _pass_half(self, line: bytes, lines: BinaryIO) -> None:
        if found := _LITERAL.search(line):
            self._client.sendall(line + lines.read(int(found[1]) // 2))
        else:
            self._client.sendall(line[: len(line) // 2])

    def _pass_literal(self, line: bytes, lines: BinaryIO) -> None:
        if found := _LITERAL.search(line):
            self._client.sendall(lines.read(int(found[1])))
