"""Handing one mail to the SMTP server: kept-open connections, TLS verified, errors told apart.

The only module that imports aiosmtplib.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiosmtplib

from triage.errors import DeliveryDeferred, DeliveryRefused, TriageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from triage.settings import TlsMode

_PERMANENT = 500
_LOGIN_NEEDED = {530, 534, 535, 538}
"""RFC 4954 section 6: about our login, which the operator mends; the mail itself stays good."""
_IDLE_LIMIT_SECONDS = 240.0
"""RFC 5321 section 4.5.3.2.7 lets a server hang up after five minutes without a command."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where and how mail is handed over. A `token` callback means XOAUTH2."""

    host: str
    port: int
    tls: TlsMode
    timeout_seconds: float = 30
    username: str = ""
    password: str = ""
    token: Callable[[], Awaitable[str]] | None = None
    ca_file: str = ""


class SmtpSession:
    """One connection, opened when needed and kept open between mails."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._client: aiosmtplib.SMTP | None = None
        self._used_at = 0.0

    async def send(self, raw: bytes, *, envelope_from: str, recipient: str) -> str:
        """Hand over one mail and return the server's reply.

        Raises DeliveryDeferred for network faults and 4xx, DeliveryRefused for 5xx.
        """
        client = await self._connected()
        needs_utf8 = not (recipient + envelope_from).isascii()
        # RFC 6531 section 3.1: whoever takes such addresses takes 8-bit headers as well.
        options = ["SMTPUTF8", "BODY=8BITMIME"] if needs_utf8 else []
        try:
            refused, reply = await client.sendmail(
                envelope_from, [recipient], raw, mail_options=options
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            # The library has reset the envelope; the connection stays good for the next mail.
            first = error.recipients[0]
            raise _fault(first.code, first.message, address=True) from error
        except aiosmtplib.SMTPResponseException as error:
            await self.close()
            raise _fault(error.code, error.message) from error
        except aiosmtplib.SMTPNotSupported as error:
            what = f"{self._server.host} does not take non-ASCII addresses"
            raise DeliveryRefused(what, address_refused=True) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            await self.close()
            raise DeliveryDeferred(_text(error)) from error
        except ValueError as error:  # an address that cannot stand in an SMTP command
            await self.close()
            raise DeliveryRefused(_text(error), address_refused=True) from error
        self._used_at = asyncio.get_running_loop().time()
        if refused:
            code, text = next(iter(refused.values()))
            raise _fault(code, text, address=True)
        return reply

    async def check(self) -> str:
        """Log in and say which server answered. Raises DeliveryError."""
        client = await self._connected()
        try:
            reply = await client.noop()
        except (aiosmtplib.SMTPException, OSError) as error:
            await self.close()
            raise DeliveryDeferred(_text(error)) from error
        return f"{self._server.host}:{self._server.port} answers {reply.code}"

    async def close(self) -> None:
        """Hang up, politely where the server still listens."""
        client, self._client = self._client, None
        if client is None:
            return
        try:
            await asyncio.wait_for(client.quit(), 2)
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            client.close()

    async def _connected(self) -> aiosmtplib.SMTP:
        now = asyncio.get_running_loop().time()
        client = self._client
        if client is not None and client.is_connected and now - self._used_at < _IDLE_LIMIT_SECONDS:
            return client
        await self.close()
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            timeout=server.timeout_seconds,
            use_tls=server.tls == "tls",
            # None would fall back to plaintext silently where STARTTLS is not offered.
            start_tls=server.tls == "starttls",
            tls_context=_tls_context(server),
        )
        try:
            await client.connect()
            if server.token is not None:
                await client.auth_xoauth2(server.username, await server.token())
            elif server.username:
                await client.login(server.username, server.password)
        except aiosmtplib.SMTPAuthenticationError as error:
            client.close()
            # A wrong password is the operator's to mend; the mail itself stays good.
            raise DeliveryDeferred(f"login refused: {_text(error)}") from error
        except (aiosmtplib.SMTPException, OSError, ValueError, TriageError) as error:
            client.close()
            raise DeliveryDeferred(_text(error)) from error
        self._client = client
        self._used_at = now
        return client


def _tls_context(server: SmtpServer) -> ssl.SSLContext | None:
    """Return a context that verifies the server's certificate and name; None for plaintext."""
    if server.tls == "none":
        return None
    try:
        return ssl.create_default_context(cafile=server.ca_file or None)
    except OSError as error:
        raise DeliveryDeferred(f"{server.ca_file} cannot be used: {_text(error)}") from error


def _fault(code: int, text: str, *, address: bool = False) -> DeliveryDeferred | DeliveryRefused:
    message = " ".join(f"{code} {text}".split())[:300]
    if code >= _PERMANENT and code not in _LOGIN_NEEDED:
        return DeliveryRefused(message, address_refused=address)
    return DeliveryDeferred(message)


def _text(error: BaseException) -> str:
    """Return what a library's error says, never empty and on one line."""
    return " ".join(str(error).split())[:300] or type(error).__name__
