"""An SMTP server in a process of its own, which notes when each mail was taken."""

from __future__ import annotations

import multiprocessing
import time
from typing import TYPE_CHECKING, Any, Self

from triage.demo.servers import SmtpSink

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from types import TracebackType


class _Noting(SmtpSink):
    """Notes the recipients and the moment, and keeps nothing of the mail."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[tuple[str, float]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd calls it so
        self.taken += [(recipient, time.monotonic()) for recipient in envelope.rcpt_tos]
        return "250 2.0.0 taken"


def _serve(asked: Connection) -> None:
    with _Noting() as server:
        asked.send(server.port)
        while asked.recv() != "end":
            asked.send(server.taken)


class Sink:
    """The server, seen from outside; a context manager."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._ask, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self.port = 0

    def __enter__(self) -> Self:
        self._process.start()
        self.port = self._ask.recv()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ask.send("end")
        self._process.join()

    @property
    def taken(self) -> list[tuple[str, float]]:
        """Recipient and moment (this machine's monotonic clock) of every mail so far."""
        self._ask.send("taken")
        found: list[tuple[str, float]] = self._ask.recv()
        return found
