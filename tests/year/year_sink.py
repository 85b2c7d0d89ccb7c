"""A small SMTP server (RFC 5321) that takes every mail: quicker than a whole library's.

One connection at a time, on a thread of its own; what it took can be looked at from outside.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

_CAN = b"250-sink.invalid\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
_ANSWERS = {
    b"EHLO": _CAN,
    b"HELO": b"250 sink.invalid\r\n",
    b"MAIL": b"250 2.1.0 ok\r\n",
    b"RCPT": b"250 2.1.5 ok\r\n",
    b"RSET": b"250 2.0.0 ok\r\n",
    b"NOOP": b"250 2.0.0 ok\r\n",
    b"QUIT": b"221 2.0.0 bye\r\n",
}


class Sink:
    """Listens while its block lasts."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        """What was taken, in order; a mail is in here before its sender is told so."""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listening.getsockname()[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:  # shut down
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with connection, suppress(ConnectionError):
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        lines = connection.makefile("rb")
        connection.sendall(b"220 sink.invalid ESMTP\r\n")
        for line in lines:
            verb = line[:4].upper()
            if verb == b"DATA":
                connection.sendall(b"354 go on\r\n")
                taken = bytearray()
                while (piece := lines.readline()) != b".\r\n":
                    if not piece:
                        return  # the sender died: the mail was not taken
                    taken += piece.removeprefix(b".")
                self.mails.append(bytes(taken))
                connection.sendall(b"250 2.0.0 taken\r\n")
            else:
                connection.sendall(_ANSWERS.get(verb, b"502 5.5.1 not known\r\n"))
                if verb == b"QUIT":
                    return
