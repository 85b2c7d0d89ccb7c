"""Handing mail to a real SMTP server in this process: reuse, refusals, hang-ups, TLS, logins."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from triage.errors import DeliveryDeferred, DeliveryRefused, LoginRefused
from triage.outbox.smtp import SmtpServer, SmtpSession

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
RAW = b"From: a@agency.example\r\nTo: jan@example.org\r\nSubject: Test\r\n\r\nHello\r\n"


@dataclass
class Sink:
    """What the server took, and how it answers."""

    taken: list[Envelope] = field(default_factory=list)
    rcpt: str = "250 OK"
    data: str = "250 OK, taken"
    tokens: list[bytes] = field(default_factory=list)
    hang_up: Callable[[], None] | None = None

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.data.startswith("250"):
            self.taken.append(envelope)
        if self.hang_up is not None:
            self.hang_up()
        return self.data

    async def auth_XOAUTH2(self, server: SMTP, arguments: list[bytes]) -> AuthResult:  # noqa: N802 - aiosmtpd's name
        self.tokens.append(arguments[1])
        return AuthResult(success=True)


@dataclass
class Server:
    """A listening server."""

    port: int
    sink: Sink
    connections: list[SMTP]

    def hang_up(self) -> None:
        for connection in self.connections:
            if connection.transport is not None:
                connection.transport.close()

    def session(self, **changes: Any) -> SmtpSession:
        plain: dict[str, Any] = {"host": "127.0.0.1", "port": self.port, "tls": "none"}
        return SmtpSession(SmtpServer(**{**plain, "timeout_seconds": 60, **changes}))


Start = "Callable[..., Awaitable[Server]]"


@pytest.fixture
async def start() -> AsyncIterator[Callable[..., Awaitable[Server]]]:
    """Give a starter of servers; its arguments are aiosmtpd's."""
    running: list[tuple[asyncio.Server, Server]] = []

    async def start(*, implicit_tls: ssl.SSLContext | None = None, **arguments: Any) -> Server:
        found = Server(0, Sink(), [])

        def connection() -> SMTP:
            protocol = SMTP(found.sink, hostname="mail.test", **arguments)
            found.connections.append(protocol)
            return protocol

        loop = asyncio.get_running_loop()
        listening = await loop.create_server(connection, "127.0.0.1", 0, ssl=implicit_tls)
        found.port = listening.sockets[0].getsockname()[1]
        running.append((listening, found))
        return found

    yield start
    for listening, server in running:
        listening.close()
        server.hang_up()
        await listening.wait_closed()


async def send(session: SmtpSession, **changes: Any) -> str:
    mail: dict[str, Any] = {"envelope_from": "a@agency.example", "recipient": "jan@example.org"}
    return await session.send(**{"raw": RAW, **mail, **changes})


# --- delivered


async def test_a_mail_is_handed_over_as_it_is_and_the_reply_is_kept(start: Start) -> None:
    server = await start()
    session = server.session()
    assert await send(session) == "OK, taken"
    await session.close()
    [envelope] = server.sink.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("a@agency.example", ["jan@example.org"])
    assert envelope.content == RAW


async def test_the_null_path_is_an_empty_sender(start: Start) -> None:
    server = await start()
    session = server.session()
    await send(session, envelope_from="")
    await session.close()
    assert server.sink.taken[0].mail_from == "<>"


async def test_the_connection_is_kept_open_between_mails(start: Start) -> None:
    server = await start()
    session = server.session()
    for _ in range(3):
        await send(session)
    await session.close()
    assert len(server.sink.taken) == 3
    assert len(server.connections) == 1


async def test_after_a_close_the_next_mail_opens_a_new_connection(start: Start) -> None:
    server = await start()
    session = server.session()
    await send(session)
    await session.close()
    await session.close()  # twice is harmless
    await send(session)
    await session.close()
    assert len(server.connections) == 2


async def test_a_connection_that_was_idle_for_long_is_not_trusted(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await start()
    session = server.session()
    await send(session)
    monkeypatch.setattr("triage.outbox.smtp._IDLE_LIMIT_SECONDS", -1.0)
    await send(session)
    await session.close()
    assert len(server.connections) == 2


async def test_a_server_that_hung_up_between_mails_is_called_again(start: Start) -> None:
    server = await start()
    session = server.session()
    await send(session)
    server.hang_up()
    async with asyncio.timeout(5):
        while session._client.is_connected:  # noqa: ASYNC110 - the client announces it to nobody
            await asyncio.sleep(0)  # lets the client read
    await send(session)
    await session.close()
    assert len(server.sink.taken) == len(server.connections) == 2


async def test_a_server_that_hangs_up_before_its_reply_leaves_the_mail_for_later(
    start: Start,
) -> None:
    server = await start()
    server.sink.hang_up = server.hang_up
    session = server.session()
    with pytest.raises(DeliveryDeferred):
        await send(session)
    server.sink.hang_up = None
    await send(session)
    await session.close()
    assert len(server.sink.taken) == len(server.connections) == 2


async def test_check_logs_in_and_says_which_server_answered(start: Start) -> None:
    server = await start()
    session = server.session()
    assert await session.check() == f"127.0.0.1:{server.port} answers 250"
    await session.close()


# --- not now, not ever


@pytest.mark.parametrize(
    ("stage", "reply", "error", "address"),
    [
        ("rcpt", "450 4.2.0 Greylisted", DeliveryDeferred, False),
        ("rcpt", "421 4.3.2 Shutting down", DeliveryDeferred, False),
        ("rcpt", "550 5.1.1 No such user", DeliveryRefused, True),
        ("data", "451 4.3.0 Try again", DeliveryDeferred, False),
        ("data", "452 4.3.1 Disk full", DeliveryDeferred, False),
        ("data", "554 5.7.1 Spam", DeliveryRefused, False),
        ("data", "530 5.7.0 Authentication required", DeliveryDeferred, False),
    ],
)
async def test_4xx_is_tried_again_and_5xx_is_a_persons(
    start: Start, stage: str, reply: str, error: type[Exception], address: bool
) -> None:
    server = await start()
    setattr(server.sink, stage, reply)
    session = server.session()
    with pytest.raises(error) as caught:
        await send(session)
    assert str(caught.value) == reply
    assert getattr(caught.value, "address_refused", False) == address
    setattr(server.sink, stage, "250 OK")
    await send(session)  # the session is good for the next mail
    await session.close()
    assert len(server.sink.taken) == 1


async def test_a_server_that_wants_a_login_does_not_fail_the_mail(start: Start) -> None:
    server = await start(auth_required=True, auth_require_tls=False)
    session = server.session()
    with pytest.raises(DeliveryDeferred, match=r"530 5\.7\.0 Authentication required"):
        await send(session)
    await session.close()


@pytest.mark.parametrize(
    "recipient", ["jan@example.org\r\nDATA", "jan@example.org>\r\nRSET", "jan@example.org\n"]
)
async def test_an_address_adds_no_smtp_command(start: Start, recipient: str) -> None:
    server = await start()
    session = server.session()
    await send(session, recipient=recipient)
    await session.close()
    assert [envelope.rcpt_tos for envelope in server.sink.taken] == [["jan@example.org"]]


@pytest.mark.parametrize("recipient", ["jan\x00@example.org", "ja n@example.org"])
async def test_an_address_that_no_command_can_hold_is_refused(start: Start, recipient: str) -> None:
    server = await start()
    session = server.session()
    with pytest.raises(DeliveryRefused) as caught:
        await send(session, recipient=recipient)
    assert caught.value.address_refused
    await send(session)  # the session is good for the next mail
    await session.close()
    assert [envelope.rcpt_tos for envelope in server.sink.taken] == [["jan@example.org"]]


async def test_nobody_listening_is_a_matter_of_time(start: Start) -> None:
    server = await start()
    session = server.session(port=1)
    with pytest.raises(DeliveryDeferred):
        await send(session)


async def test_a_server_that_says_nothing_is_given_up_after_the_timeout() -> None:
    done = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await done.wait()
        writer.close()

    listening = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    session = SmtpSession(SmtpServer("127.0.0.1", port, "none", timeout_seconds=0.05))
    with pytest.raises(DeliveryDeferred):
        await send(session)
    done.set()
    listening.close()
    await listening.wait_closed()


@pytest.mark.parametrize(
    "greeting", [b"554 5.3.2 Go away\r\n", b"not smtp\r\n", b"\xff\xfe\r\n", b""]
)
async def test_a_greeting_that_is_no_welcome_is_a_matter_of_time(greeting: bytes) -> None:
    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        writer.close()

    listening = await asyncio.start_server(rude, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    session = SmtpSession(SmtpServer("127.0.0.1", port, "none", timeout_seconds=60))
    with pytest.raises(DeliveryDeferred) as caught:
        await send(session)
    assert "\n" not in str(caught.value)
    listening.close()
    await listening.wait_closed()


# --- addresses beyond ASCII


async def test_an_address_beyond_ascii_goes_by_smtputf8(start: Start) -> None:
    server = await start(enable_SMTPUTF8=True)
    session = server.session()
    raw = RAW.replace(b"jan@", "ján@".encode())
    await send(session, raw=raw, recipient="ján@example.org")
    await session.close()
    [envelope] = server.sink.taken
    assert envelope.rcpt_tos == ["ján@example.org"]
    assert envelope.smtp_utf8
    assert "BODY=8BITMIME" in envelope.mail_options
    assert envelope.content == raw


async def test_a_server_without_smtputf8_cannot_reach_such_an_address(start: Start) -> None:
    server = await start(enable_SMTPUTF8=False)
    session = server.session()
    with pytest.raises(DeliveryRefused, match="does not take non-ASCII addresses") as caught:
        await send(session, recipient="ján@example.org")
    assert caught.value.address_refused
    await session.close()


# --- TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def trusted(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def context_for(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.fixture(params=["starttls", "tls"])
def tls(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def start_tls(start: Start, tls: str, context: ssl.SSLContext) -> Server:
    if tls == "tls":
        return await start(implicit_tls=context)
    return await start(tls_context=context, require_starttls=True)


async def test_a_trusted_certificate_is_accepted(
    start: Start, tls: str, authority: trustme.CA, trusted: str
) -> None:
    server = await start_tls(start, tls, context_for(authority, "127.0.0.1"))
    session = server.session(tls=tls, ca_file=trusted)
    await send(session)
    await session.close()
    assert len(server.sink.taken) == 1


async def test_an_untrusted_certificate_is_refused(
    start: Start, tls: str, authority: trustme.CA
) -> None:
    server = await start_tls(start, tls, context_for(authority, "127.0.0.1"))
    with pytest.raises(DeliveryDeferred, match="certificate verify failed"):
        await send(server.session(tls=tls))
    assert server.sink.taken == []


async def test_a_certificate_for_another_name_is_refused(
    start: Start, tls: str, authority: trustme.CA, trusted: str
) -> None:
    server = await start_tls(start, tls, context_for(authority, "other.example"))
    with pytest.raises(DeliveryDeferred, match="certificate verify failed"):
        await send(server.session(tls=tls, ca_file=trusted))
    assert server.sink.taken == []


async def test_where_starttls_is_not_offered_nothing_is_sent_in_the_clear(
    start: Start, trusted: str
) -> None:
    server = await start()
    with pytest.raises(DeliveryDeferred, match="STARTTLS"):
        await send(server.session(tls="starttls", ca_file=trusted))
    assert server.sink.taken == []


async def test_a_server_that_demands_tls_gets_nothing_in_the_clear(
    start: Start, authority: trustme.CA
) -> None:
    server = await start(tls_context=context_for(authority, "127.0.0.1"), require_starttls=True)
    session = server.session()
    with pytest.raises(DeliveryDeferred, match="530"):
        await send(session)
    await session.close()
    assert server.sink.taken == []


async def test_certificates_that_cannot_be_read_are_told_not_ignored(tmp_path: Path) -> None:
    broken = tmp_path / "ca.pem"
    broken.write_text("no certificate", encoding="ascii")
    for path in (broken, tmp_path / "none.pem"):
        server = SmtpServer("127.0.0.1", 1, "tls", ca_file=str(path))
        with pytest.raises(DeliveryDeferred, match=r"\.pem cannot be used"):
            await send(SmtpSession(server))


# --- logins


def password_is(expected: bytes) -> Callable[..., AuthResult]:
    def authenticate(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        return AuthResult(success=data == LoginPassword(b"agency", expected), handled=False)

    return authenticate


async def test_a_login_comes_before_the_mail(start: Start) -> None:
    server = await start(
        authenticator=password_is(b"secret"), auth_required=True, auth_require_tls=False
    )
    session = server.session(username="agency", password="secret")
    await send(session)
    await session.close()
    assert len(server.sink.taken) == 1


async def test_a_refused_login_keeps_the_mail_for_later_and_shows_no_password(
    start: Start,
) -> None:
    server = await start(
        authenticator=password_is(b"other"), auth_required=True, auth_require_tls=False
    )
    with pytest.raises(DeliveryDeferred, match=r"login refused: .*535") as caught:
        await send(server.session(username="agency", password="secret"))
    assert "secret" not in str(caught.value)
    assert server.sink.taken == []


async def test_a_token_is_asked_for_at_each_login(start: Start) -> None:
    server = await start(auth_require_tls=False)
    tokens = iter(["first", "second"])

    async def token() -> str:
        return next(tokens)

    session = server.session(username="agency", token=token)
    await send(session)
    await session.close()
    await send(session)
    await session.close()
    assert len(server.sink.tokens) == len(server.sink.taken) == 2
    assert server.sink.tokens[0] != server.sink.tokens[1]


async def test_a_token_that_cannot_be_had_keeps_the_mail_for_later(start: Start) -> None:
    server = await start()

    async def token() -> str:
        raise LoginRefused("the token server refused us")

    with pytest.raises(DeliveryDeferred, match="the token server refused us"):
        await send(server.session(username="agency", token=token))
    assert server.sink.taken == []
