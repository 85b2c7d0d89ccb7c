"""Real servers inside this process: an IMAP server (pymap) and an SMTP sink (aiosmtpd).

`triage demo` and the tests use them. Both listen on 127.0.0.1 only, on a port that the system
picks, and keep everything in memory. They need the extra `demo`.
"""

from __future__ import annotations

import asyncio
import imaplib
import socket
import threading
from abc import ABC, abstractmethod
from argparse import Namespace
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from triage.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from types import TracebackType

HOST: Final = "127.0.0.1"
_STOP_SECONDS: Final = 5.0

T = TypeVar("T")


def _missing(error: ImportError) -> BadInput:
    return BadInput(
        f"The embedded servers need {error.name}",
        remedy='Install it: pip install "complaint-triage[demo]"',
    )


class _Server(ABC):
    """A server in a thread with an event loop of its own; a context manager."""

    def __init__(self, name: str) -> None:
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._live, name=name, daemon=True)

    @abstractmethod
    async def _open(self) -> asyncio.Server:
        """Begin to listen."""

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            self._server = self._call(self._open())
        except BaseException:  # raised again: Ctrl-C, too, must end the thread
            self._end()
            raise
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        self._end()

    def _end(self) -> None:
        with suppress(TimeoutError):
            self._call(_cancel_all_others(), _STOP_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_STOP_SECONDS)

    def _live(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    def _call(self, work: Coroutine[Any, Any, T], seconds: float | None = None) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)


async def _cancel_all_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


class EmbeddedImap(_Server):
    """An IMAP server that keeps its mail in memory: IDLE, MOVE and UIDPLUS, no custom keywords.

    `users` maps names to passwords. Raises BadInput when pymap is not installed.
    """

    def __init__(self, users: Mapping[str, str], *, idle: bool = True) -> None:
        super().__init__("embedded IMAP")
        self.users: dict[str, str] = dict(users)
        self._idle = idle
        self._admit: Callable[[str, str], None] | None = None

    def add_user(self, name: str, password: str) -> None:
        """Let one more user log in."""
        self.users[name] = password
        if self._admit is not None:
            self._loop.call_soon_threadsafe(self._admit, name, password)

    async def _open(self) -> asyncio.Server:
        try:
            from proxyprotocol.reader import ProxyProtocolReader
            from pymap.backend.dict import DictBackend
            from pymap.concurrent import Subsystem
            from pymap.imap import IMAPServer
            from pymap.user import UserMetadata
            from pysasl.hashing import Cleartext
        except ImportError as error:
            raise _missing(error) from error
        arguments = Namespace(
            host=HOST,
            port=0,
            debug=False,
            cert=None,
            key=None,
            tls=False,
            proxy_protocol=None,
            passlib_cfg=None,
            inherited_sockets=None,
            demo_data=False,
            demo_user="",
            demo_password="",
        )
        backend, config = await DictBackend.init(
            arguments,
            invalid_user_sleep=0.0,
            disable_idle=not self._idle,
            hash_context=Cleartext(),  # made-up passwords that live as long as this process
            cpu_subsystem=Subsystem.for_asyncio(),
        )
        config.apply_context()
        known = backend.login.users_dict
        known.clear()  # the library's own demo user

        def admit(name: str, password: str) -> None:
            known[name] = UserMetadata(config, name, password=password)

        for name, password in self.users.items():
            admit(name, password)
        self._admit = admit
        reader = ProxyProtocolReader(config.proxy_protocol)
        accept = reader.get_callback(IMAPServer(backend.login, config))
        return await asyncio.start_server(accept, HOST, 0)


@dataclass(frozen=True, slots=True)
class SunkMail:
    """A mail that the sink took."""

    sender: str
    """Envelope sender; empty for the null path."""
    recipients: tuple[str, ...]
    content: bytes


class SmtpSink(_Server):
    """An SMTP server that takes every mail and hands none on.

    `deliver` is called with each mail before the server says that it has it; see
    `imap_delivery`. Raises BadInput when aiosmtpd is not installed.
    """

    def __init__(self, deliver: Callable[[SunkMail], None] | None = None) -> None:
        super().__init__("SMTP sink")
        self._deliver = deliver
        self._mails: list[SunkMail] = []
        self._changed = threading.Condition()
        self._faults: deque[str] = deque()

    @property
    def mails(self) -> tuple[SunkMail, ...]:
        """What was taken so far, in order."""
        with self._changed:
            return tuple(self._mails)

    def wait_for(self, count: int, seconds: float) -> bool:
        """Wait until that many mails were taken in all; return whether they were."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._mails) >= count, seconds)

    def refuse_next(self, *replies: str) -> None:
        """Answer the next mails with these replies, such as `451 4.3.0 later`, one each."""
        with self._changed:
            self._faults.extend(replies)

    async def _open(self) -> asyncio.Server:
        try:
            from aiosmtpd.smtp import SMTP
        except ImportError as error:
            raise _missing(error) from error

        def session() -> SMTP:
            return SMTP(self, hostname="sink.invalid", enable_SMTPUTF8=True, loop=self._loop)

        return await self._loop.create_server(session, HOST, 0)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802 - aiosmtpd calls it so
        """Take a mail, or refuse it where that was asked for."""
        sender = (envelope.mail_from or "").removeprefix("<").removesuffix(">")
        mail = SunkMail(sender, tuple(envelope.rcpt_tos), envelope.content)
        with self._changed:
            if self._faults:
                return self._faults.popleft()
        if self._deliver is not None:
            await asyncio.to_thread(self._deliver, mail)
        with self._changed:
            self._mails.append(mail)
            self._changed.notify_all()
        return "250 2.0.0 taken"


def imap_delivery(port: int, users: Mapping[str, str]) -> Callable[[SunkMail], None]:
    """Return a function that puts a mail into the INBOX of each recipient among `users`.

    As a delivery agent does, it adds Return-Path and Delivered-To (RFC 5321 section 4.4).
    """

    def deliver(mail: SunkMail) -> None:
        for recipient in mail.recipients:
            if recipient in users:
                head = f"Return-Path: <{mail.sender}>\r\nDelivered-To: {recipient}\r\n".encode()
                append(port, recipient, users[recipient], head + mail.content)

    return deliver


def append(port: int, user: str, password: str, raw: bytes, folder: str = "INBOX") -> None:
    """Put a mail into a folder of an IMAP server on this machine, in the clear."""
    client = imaplib.IMAP4(HOST, port, timeout=30)
    try:
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.login(user, password)
        status, answer = client.append(folder, "", "", raw)
        if status != "OK":
            raise OSError(f"APPEND to {folder} was refused: {answer!r}")
    finally:
        client.logout()
