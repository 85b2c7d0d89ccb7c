"""A real IMAP server and a real SMTP server that delivers to it: everybody's mail, ours and theirs."""

from __future__ import annotations

import email
import email.policy
import itertools
import os
import smtplib
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import TYPE_CHECKING, Any

from servers.imap_account import ImapAccount
from servers.waiting import wait_until

from triage.clock import SystemClock
from triage.demo.servers import SmtpSink, SunkMail, imap_delivery

if TYPE_CHECKING:
    from collections.abc import Callable

_numbers = itertools.count(1)

COMPLAINT = """\
Geachte heer, mevrouw,

Hierbij dien ik een klacht in. Uw medewerker schreeuwde gisteren tegen mij aan de telefoon en
verbrak daarna de verbinding. Ik wil dat u mij daarvoor excuses aanbiedt.

Met vriendelijke groet,

Jan Jansen
"""
"""A marked complaint without dossier number, address and phone number."""
REST = """\
Mijn dossiernummer is 40718253 en ik ben bereikbaar op 06 28417733.
Mijn adres is Lindelaan 14, 3571 AB Utrecht.
"""
"""What COMPLAINT lacks."""


def letter(
    sender: str, to: str, subject: str = "Klacht", text: str = COMPLAINT, **headers: str
) -> EmailMessage:
    """Return a person's mail; `In_Reply_To="<...>"` sets a header of that name."""
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(SystemClock().now())
    mail["Message-ID"] = make_msgid(domain="people.example")
    mail.set_content(text)
    for name, value in headers.items():
        header = name.replace("_", "-")
        del mail[header]
        mail[header] = value
    return mail


def reply(answer: EmailMessage, text: str, *, sender: str = "", **headers: str) -> EmailMessage:
    """Return what a mail client makes of an answer to a mail."""
    body = answer.get_body(("plain",))
    assert body is not None
    quoted = "".join(f"> {line}\n" for line in body.get_content().splitlines())
    threaded = {"In_Reply_To": str(answer["Message-ID"]), "References": str(answer["Message-ID"])}
    return letter(
        sender or str(answer["To"]),
        str(answer["From"]),
        f"Re: {answer['Subject']}",
        f"{text}\nOp 2 maart 2026 om 10:31 schreef {answer['From']}:\n\n{quoted}",
        **(threaded | headers),
    )


class PostOffice:
    """Every address made here is a mailbox; what is sent to any other is only kept by the sink."""

    def __init__(
        self,
        kind: str,
        imap_port: int,
        password: str,
        admit: Callable[[str, str], None] | None = None,
    ) -> None:
        """`admit` lets a user log in, where the server does not let in everybody."""
        self.kind = kind
        self.imap_port = imap_port
        self.password = password
        self._admit = admit
        self._users: dict[str, str] = {}
        self._deliver = imap_delivery(imap_port, self._users)
        self.on_delivery: Callable[[SunkMail], None] | None = None
        """Called before a mail is taken; may block."""
        self.sink = SmtpSink(self._take)

    @property
    def smtp_port(self) -> int:
        return self.sink.port

    def _take(self, mail: SunkMail) -> None:
        if self.on_delivery is not None:
            self.on_delivery(mail)
        self._deliver(mail)

    def open(self, name: str) -> str:
        """Return a new address with an empty mailbox."""
        address = f"{name}-{os.getpid()}-{next(_numbers)}@{self.kind}.example"
        if self._admit is not None:
            self._admit(address, self.password)
        self._users[address] = self.password
        return address

    def account(self, address: str) -> ImapAccount:
        return ImapAccount(self.kind, self.imap_port, address, self.password)

    def send(
        self, *mails: EmailMessage, envelope_from: str | None = None, to: list[str] | None = None
    ) -> None:
        """Send mails as a mail client does; they are in their mailboxes when this returns."""
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=60) as client:
            for mail in mails:
                sender = str(mail["From"]) if envelope_from is None else envelope_from
                recipients = to or [address.strip() for address in str(mail["To"]).split(",")]
                client.sendmail(sender, recipients, mail.as_bytes(policy=email.policy.SMTP))

    def inbox(self, address: str) -> list[EmailMessage]:
        """Read a mailbox as its owner does."""
        with self.account(address).client() as client:
            found = client.fetch(client.search(), ["BODY.PEEK[]"])
        return [parsed(item[b"BODY[]"]) for _, item in sorted(found.items())]

    def answer(self, address: str, *, number: int = 1) -> EmailMessage:
        """Wait for the n-th mail in a mailbox, and return it."""
        wait_until(lambda: len(self.inbox(address)) >= number, f"mail {number} to {address}")
        return self.inbox(address)[number - 1]

    def taken_for(self, address: str) -> list[SunkMail]:
        """Return what the SMTP server was handed for an address, mailbox or not."""
        return [mail for mail in self.sink.mails if address in mail.recipients]


def parsed(raw: bytes) -> EmailMessage:
    found: Any = email.message_from_bytes(raw, policy=email.policy.default)
    return found


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
