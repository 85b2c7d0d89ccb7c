"""One IMAP connection: the only module that imports imapclient.

It holds the lessons of that library and of servers. Every call has a timeout. `BODY.PEEK[]` marks
nothing as read. `n:*` always matches the last mail, even below n (RFC 3501 section 6.4.8), so that
answers are filtered. IDLE is left without a look at what came: whoever wakes up searches. Nothing
is ever expunged but by UID (RFC 4315).

Not safe for threads, but for `break_off`.
"""

from __future__ import annotations

import logging
import select
import socket
import ssl
import time
from contextlib import contextmanager, suppress
from datetime import UTC
from typing import TYPE_CHECKING, Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import (
    IMAPClientAbortError,
    IMAPClientError,
    IMAPClientReadOnlyError,
    LoginError,
)

from triage.errors import LoginRefused, MailboxError, MailboxUnavailable
from triage.mailbox.folder import Fetched, Folder

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import datetime

    from triage.settings import Mailbox

CONNECT_SECONDS = 15.0
_SLICE_SECONDS = 0.25
"""How often an IDLE looks whether it shall end."""
_WINDOW = 50_000
"""UIDs per search: imaplib refuses lines above 1 MB, and a UID takes up to 11 bytes."""
_PER_COMMAND = 500
"""UIDs per command line; RFC 7162 section 4 asks for lines of at most 8,192 bytes."""
_TEMPORARY = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]")
"""RFC 5530 section 3: not the fault of the credentials."""


class CommandRefused(MailboxError):
    """The server said NO or BAD to one command, or answered what cannot be read; it goes on."""


def connect(mailbox: Mailbox, secret: Callable[[], str], ca_file: str = "") -> Connection:
    """Connect and log in.

    `secret` returns the password, or the access token for `auth = "oauth2"` (XOAUTH2); it is called
    at each login, so that a token can be renewed. Certificates are verified, and nothing is sent in
    the clear unless the settings say `tls = "none"`. Raises MailboxUnavailable, LoginRefused, and
    what `secret` raises.
    """
    logging.getLogger("imapclient").setLevel(logging.INFO)  # its DEBUG log would hold the mails
    server = f"{mailbox.host}:{mailbox.port}"
    with _our_errors(server):
        context = ssl.create_default_context(cafile=ca_file or None)
        client = IMAPClient(
            mailbox.host,
            mailbox.port,
            ssl=mailbox.tls == "tls",
            ssl_context=context,
            timeout=SocketTimeout(
                min(CONNECT_SECONDS, mailbox.timeout_seconds), mailbox.timeout_seconds
            ),
        )
    connection = Connection(client, server)
    try:
        with _our_errors(server):
            client.normalise_times = False  # else INTERNALDATE is naive and local
            client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if mailbox.tls == "starttls":
                _start_tls(client, context, server)
            _log_in(client, mailbox, secret())
    except BaseException:  # raised again: a stop, too, must leave no connection open
        connection.hang_up()
        raise
    return connection


class Connection:
    """A logged-in connection.

    Every method raises MailboxUnavailable when the connection is gone (no other call will work
    then), and CommandRefused when the server refused this one command.
    """

    def __init__(self, client: Any, server: str) -> None:
        self._client = client
        self._server = server

    def has(self, capability: str) -> bool:
        """Return whether the server announces a capability."""
        with self._errors():
            return bool(self._client.has_capability(capability))

    def select(self, name: str) -> Folder:
        """Select a folder, for reading only where no more is allowed."""
        with self._errors():
            try:
                answer = self._client.select_folder(name)
            except IMAPClientReadOnlyError:
                answer = self._client.select_folder(name, readonly=True)
        if b"UIDVALIDITY" not in answer:
            raise CommandRefused(f"{self._server}: {name} has no UIDVALIDITY")
        flags = answer.get(b"PERMANENTFLAGS", answer.get(b"FLAGS", ()))
        return Folder(
            name,
            uidvalidity=int(answer[b"UIDVALIDITY"]),
            uidnext=int(answer.get(b"UIDNEXT", 0)),
            exists=int(answer.get(b"EXISTS", 0)),
            permanent_flags=frozenset(flag.decode("ascii", "replace").lower() for flag in flags),
            writable=b"READ-ONLY" not in answer,
        )

    def uids_above(self, low: int, folder: Folder) -> tuple[int, ...]:
        """Return the UIDs above `low` in the selected folder, ascending.

        A NOOP goes first: SEARCH alone does not see what came since the last one.
        """
        starts = [low + 1]
        if folder.exists > _WINDOW:
            starts += range(low + 1 + _WINDOW, folder.uidnext, _WINDOW)
        found: set[int] = set()
        with self._errors():
            self._client.noop()
            for start in starts:
                end = "*" if start == starts[-1] else str(start + _WINDOW - 1)
                found.update(self._client.search(["UID", f"{start}:{end}"]))
        return tuple(sorted(uid for uid in found if uid > low))

    def uids_marked(self, keyword: str, folder: Folder) -> tuple[int, ...]:
        """Return the UIDs of the selected folder's mails that bear a keyword, ascending.

        Where the server keeps no keywords there are none.
        """
        if not folder.takes(keyword):
            return ()
        with self._errors():
            self._client.noop()
            return tuple(sorted(self._client.search(["KEYWORD", keyword])))

    def sizes(self, uids: Collection[int]) -> dict[int, int]:
        """Return the size in octets of each mail that is still there."""
        sizes: dict[int, int] = {}
        with self._errors():
            for some in _portions(uids):
                answer = self._client.fetch(some, ["RFC822.SIZE"])
                sizes |= {
                    uid: int(item[b"RFC822.SIZE"])
                    for uid, item in answer.items()
                    if b"RFC822.SIZE" in item
                }
        return sizes

    def fetch(self, uids: Collection[int]) -> tuple[Fetched, ...]:
        """Return mails, still unread; one that is gone, or has no content yet, is left out."""
        return self._fetch(uids, "BODY.PEEK[]", b"BODY[]", whole=True)

    def fetch_start(self, uids: Collection[int], octets: int) -> tuple[Fetched, ...]:
        """Return the beginning of mails, at most so many octets of each."""
        return self._fetch(uids, f"BODY.PEEK[]<0.{octets}>", b"BODY[]<0>", whole=False)

    def _fetch(
        self, uids: Collection[int], item: str, key: bytes, *, whole: bool
    ) -> tuple[Fetched, ...]:
        with self._errors():
            answer = self._client.fetch(sorted(uids), ["INTERNALDATE", item])
        return tuple(
            Fetched(uid, values[key], _in_utc(values.get(b"INTERNALDATE")), whole)
            for uid, values in sorted(answer.items())
            if isinstance(values.get(key), bytes) and values[key]
        )

    def add_keyword(self, uids: Collection[int], keyword: str) -> None:
        """Set a keyword; mails that are gone are passed over."""
        with self._errors():
            for some in _portions(uids):
                self._client.add_flags(some, [keyword], silent=True)

    @property
    def can_move(self) -> bool:
        """Whether mail can be moved without touching any other mail."""
        return self.has("MOVE") or self.has("UIDPLUS")

    def move(self, uids: Collection[int], folder: str) -> None:
        """Move mails to a folder, which is made if need be; mails that are gone are passed over.

        By MOVE (RFC 6851), else by COPY and UID EXPUNGE. CommandRefused means that nothing was
        moved. Once copied, a refusal to remove the original is passed over: done again, it would
        copy again.
        """
        for some in _portions(uids):
            try:
                self._move(some, folder)
            except CommandRefused:
                self._make(folder)
                self._move(some, folder)

    def _move(self, uids: Collection[int], folder: str) -> None:
        if self.has("MOVE"):
            with self._errors():
                self._client.move(uids, folder)
            return
        if not self.has("UIDPLUS"):
            raise CommandRefused(f"{self._server}: offers neither MOVE nor UIDPLUS")
        with self._errors():
            self._client.copy(uids, folder)
        with suppress(CommandRefused), self._errors():
            self._client.delete_messages(uids, silent=True)
            self._client.uid_expunge(uids)

    def _make(self, folder: str) -> None:
        with suppress(CommandRefused), self._errors():
            self._client.create_folder(folder)
            self._client.subscribe_folder(folder)  # else many mail clients do not show it

    def folder_exists(self, name: str) -> bool:
        """Return whether there is a folder of that name."""
        with self._errors():
            return bool(self._client.folder_exists(name))

    def idle(self, seconds: float, ended: Callable[[], bool]) -> None:
        """Wait until the server says anything, `seconds` are over, or `ended` says so.

        What the server said is not looked at: search afterwards. `ended` is asked several times a
        second. Raises MailboxUnavailable when the server hung up.
        """
        until = time.monotonic() + seconds
        with self._errors():
            try:
                self._client.idle()
            except IMAPClientAbortError:
                raise
            except IMAPClientError as error:  # news came before the "+": the order is lost
                raise MailboxUnavailable(f"{self._server}: did not begin to IDLE") from error
            poll = select.poll()
            poll.register(self._client.socket(), select.POLLIN)
            while not ended() and (left := until - time.monotonic()) > 0:
                if poll.poll(1000 * min(left, _SLICE_SECONDS)):
                    break
            self._client.idle_done()  # raises when the wake-up was the server hanging up

    def log_out(self) -> None:
        """Say good-bye and hang up; never raises, and never waits long."""
        with suppress(Exception):
            self._client.socket().settimeout(1)
            self._client.logout()
        self.hang_up()

    def hang_up(self) -> None:
        """Close the socket; never raises."""
        with suppress(Exception):
            self._client.shutdown()

    def break_off(self) -> None:
        """Make a call that waits in another thread fail at once; never raises."""
        with suppress(OSError):
            # Not SSLSocket.shutdown, which pulls the TLS state from under the other thread.
            socket.socket.shutdown(self._client.socket(), socket.SHUT_RDWR)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        with _our_errors(self._server):
            yield


@contextmanager
def _our_errors(server: str) -> Iterator[None]:
    """Turn the library's errors into ours. The order matters: `abort` is a subclass of `error`."""
    try:
        yield
    except LoginError as error:
        if isinstance(error.__context__, IMAPClientAbortError):
            raise MailboxUnavailable(f"{server}: {_gist(error.__context__)}") from error
        if any(code in str(error).upper() for code in _TEMPORARY):
            raise MailboxUnavailable(f"{server}: {_gist(error)}") from error
        raise LoginRefused(f"{server}: {_gist(error)}") from error
    except (IMAPClientAbortError, OSError) as error:
        raise MailboxUnavailable(f"{server}: {_gist(error)}") from error
    except (IMAPClientError, ValueError, LookupError, TypeError, AssertionError) as error:
        if "got more than" in str(error):  # imaplib stopped in the middle of a line
            raise MailboxUnavailable(f"{server}: {_gist(error)}") from error
        raise CommandRefused(f"{server}: {_gist(error)}") from error


def _gist(error: BaseException) -> str:
    """Return what went wrong in one line, without any byte of a mail."""
    if isinstance(error, TimeoutError):
        return "did not answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not accepted: {error.verify_message}"
    text = str(error)
    if "EOF" in text:
        return "hung up"
    if isinstance(error, OSError):
        return error.strerror or text or type(error).__name__
    if isinstance(error, IMAPClientError):
        return " ".join(text.partition(": b'")[0].split())[:200] or type(error).__name__
    return f"answered what cannot be read ({type(error).__name__})"


def _start_tls(client: Any, context: ssl.SSLContext, server: str) -> None:
    if not client.has_capability("STARTTLS"):
        raise MailboxUnavailable(f"{server}: does not offer STARTTLS; nothing was sent")
    client.starttls(context)


def _log_in(client: Any, mailbox: Mailbox, secret: str) -> None:
    if mailbox.auth == "oauth2":
        client.oauth2_login(mailbox.login, secret)
    elif client.has_capability("AUTH=PLAIN"):
        client.plain_login(mailbox.login, secret)  # base64: any character may stand in a password
    elif not secret.isascii():
        raise LoginRefused("The server takes passwords of ASCII characters only")
    else:
        name = mailbox.login.replace("\\", "\\\\").replace('"', '\\"')
        client.login(f'"{name}"', secret)  # imaplib quotes the password, but not the name


def _in_utc(moment: datetime | None) -> datetime | None:
    try:
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    except OverflowError:  # the last hours of the year 9999, which a server may write for "unknown"
        return None


def _portions(uids: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(uids)
    for start in range(0, len(ordered), _PER_COMMAND):
        yield ordered[start : start + _PER_COMMAND]
