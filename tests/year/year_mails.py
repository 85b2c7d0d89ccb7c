"""What is written in a year: the corpus' mails, each copy by another sender, and answers to ours."""

from __future__ import annotations

import json
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import format_datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from corpus_renderer import CORPUS, renderer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

RECEIVER = "mx.agency.example"
"""The receiving server, whose word on DMARC is believed."""
EVERYTHING = {
    "alektum-nl": "Mijn naam is Jan Jansen, Lindelaan 14, 3571 AB Utrecht, telefoon 06 28417733. "
    "Mijn dossiernummer is 40718253. Het gebeurde op 12 januari 2026 aan de telefoon: uw medewerker "
    "schreeuwde tegen mij, dat is een fout. Ik wil dat u mij uw excuses aanbiedt.",
    "pro-actief": "Mijn naam is Jan Jansen, Lindelaan 14, 3571 AB Utrecht, telefoon 06 28417733. "
    "Mijn dossiernummer is P24018273. Uw medewerker schreeuwde op 12 januari 2026 aan de telefoon "
    "tegen mij, dat is een fout. Ik wil dat u mij uw excuses aanbiedt.",
    "alektum-pl": "Nazywam się Anna Nowak, ul. Lipowa 5/7, 00-123 Warszawa, tel. 601 234 567. "
    "Numer akt to 407182531. Państwa pracownik krzyczał na mnie przez telefon 12 stycznia 2026.",
    "alektum-no": "Jeg heter Kari Nordmann, Storgata 5, 0155 Oslo, telefon 912 34 567. "
    "Saksnummeret er 4071825. Saksbehandleren ropte til meg på telefonen 12. januar 2026.",
}
EVERYTHING["alektum-nl-service"] = EVERYTHING["alektum-nl"]
"""Policy → an answer that gives all that its procedure asks for."""
OUR_ANSWER = "Wij hebben uw bericht onderzocht. Ons antwoord leest u hieronder."


@dataclass(frozen=True, slots=True)
class Written:
    """A mail of the corpus by a sender of its own."""

    message_id: str
    sender: str
    policy: str
    to: str
    by_a_person: bool
    """Whether a careful reader would have it acknowledged."""
    raw: bytes


@cache
def records() -> Sequence[dict[str, Any]]:
    """All mails of the corpus, people's and machines'."""
    return tuple(
        json.loads(line)
        for path in sorted((CORPUS / "dev").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    )


def written(record: dict[str, Any], number: int, at: datetime) -> Written:
    """A mail of the corpus as its `number`-th sender writes it at that moment."""
    mail: EmailMessage = renderer()(record)
    own = record["from_addr"]
    from_form = record["form"] == "webform" or not record["gold"]["acknowledge"]
    sender = own if from_form else f"{own.partition('@')[0]}.{number}@people.example"
    message_id = f"{record['id']}.{number}@people.example"
    if not from_form:
        mail.replace_header("From", f"{_plain(record['from_name'])} <{sender}>")
    mail.replace_header("Date", format_datetime(at))
    mail.replace_header("Message-ID", f"<{message_id}>")
    person = bool(record["gold"]["acknowledge"])
    return Written(
        message_id, sender, record["policy"], record["to"], person, mail.as_bytes(policy=SMTP)
    )


def _plain(name: str) -> str:
    return '"' + name.replace('"', "").replace("\\", "") + '"' if name else ""


def parsed(raw: bytes) -> EmailMessage:
    """A mail as the standard library reads it."""
    found: Any = message_from_bytes(raw, policy=default)
    return found


def subject_of(raw: bytes) -> str:
    """The subject of a mail, by the quicker of the library's two ways."""
    return str(make_header(decode_header(message_from_bytes(raw)["Subject"])))


def letter(
    sender: str, to: str, subject: str, text: str, *, at: datetime, name: str, **headers: str
) -> bytes:
    """A mail by a person; `name` makes its Message-ID, `In_Reply_To="<...>"` sets a header."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = " ".join(subject.split())
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{name}>"
    for header, value in headers.items():
        mail[header.replace("_", "-")] = value
    mail.set_content(text + "\n")
    return mail.as_bytes(policy=SMTP)


def bounced(ours: EmailMessage, *, at: datetime, name: str) -> bytes:
    """What the recipient's server reports about a mail of ours that it cannot deliver (RFC 3464)."""
    head = f"Message-ID: {ours['Message-ID']}\r\nSubject: x\r\n\r\n"
    lines = (
        "From: Mail Delivery System <mailer-daemon@mx.example>",
        f"To: {ours['From'].addresses[0].addr_spec}",
        "Subject: Undelivered Mail Returned to Sender",
        f"Date: {format_datetime(at)}",
        f"Message-ID: <{name}>",
        "Return-Path: <>",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "",
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such user here.",
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n",
        f"Final-Recipient: rfc822; {ours['To'].addresses[0].addr_spec}",
        "Action: failed\r\nStatus: 5.1.1\r\n",
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{head}\r\n--b--\r\n",
    )
    return "\r\n".join(lines).encode()
