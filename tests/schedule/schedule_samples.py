"""Values that the tests of digests, reminders and reports are made of."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email import message_from_bytes
from email import policy as email_policy
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from sqlmodel import col, func, select

from triage import resources
from triage.outbox.render import Templates
from triage.policy.deadline import deadline
from triage.policy.load import load_policies
from triage.register.ledger import pack
from triage.register.states import CaseState, ContactSource, Direction, EntryState, OutboxState
from triage.register.tables import Case, Contact, HandledMail, LedgerEntry, OutboxMail, RawMail
from triage.schedule.audience import Reader
from triage.schedule.digest import Frame
from triage.schedule.plan import Plan
from triage.schedule.rows import CaseRow, Desk, EntryRow, OutgoingRow, TaskRow
from triage.settings import Settings
from triage.understanding.model import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from email.message import EmailMessage

    from sqlmodel import Session

    from triage.policy.model import Policy
    from triage.register.database import Register

ANNA = "anna@office.example"
BRAM = "bram@office.example"
LEAD = "lead@office.example"
MANAGEMENT = "management@office.example"
NOW = datetime(2026, 3, 4, 6, 30, tzinfo=UTC)
"""Wednesday 4 March 2026, 07:30 in Amsterdam."""


@cache
def policies() -> Mapping[str, Policy]:
    """The five shipped policies, which all tests of this room share."""
    return load_policies(resources.policies())


NL = "alektum-nl"
PL = "alektum-pl"


def at(text: str) -> datetime:
    """A moment in UTC: `2026-03-04 08:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def case(number: str = "NL26-00042", **changes: Any) -> CaseRow:
    """An open complaint, acknowledged and complete, received when `received` says."""
    received = changes.pop("received", at("2026-02-26 09:00"))
    policy = changes.get("policy", NL)
    term = deadline(policies()[policy], received)
    values: dict[str, Any] = {
        "number": number,
        "policy": policy,
        "kind": Kind.COMPLAINT,
        "state": CaseState.OPEN,
        "language": "nl",
        "sender": "Jan Jansen <jan@mail.example>",
        "received_at": received,
        "opened_at": received,
        "message_id": f"{number.lower()}@mail.example",
        "due": term.due,
        "due_at": term.due_at,
        "acknowledged_at": received,
    }
    return CaseRow(**{**values, **changes})


def task(code: str = "phone_first", number: int = 1, **changes: Any) -> TaskRow:
    values: dict[str, Any] = {
        "id": number,
        "code": code,
        "text": "Try to phone the sender before answering",
        "created_at": at("2026-03-03 09:00"),
        "policy": NL,
    }
    return TaskRow(**{**values, **changes})


def entry(number: int = 17, **changes: Any) -> EntryRow:
    values: dict[str, Any] = {
        "id": number,
        "state": EntryState.SET_ASIDE,
        "mailbox": "compliance@alektumgroup.nl",
        "policy": NL,
        "received_at": at("2026-03-03 09:00"),
        "taken_at": at("2026-03-03 09:00"),
        "message_id": f"mail-{number}@mail.example",
        "error": "ValueError: a part of the mail is broken",
    }
    return EntryRow(**{**values, **changes})


def outgoing(number: int = 5, **changes: Any) -> OutgoingRow:
    values: dict[str, Any] = {
        "id": number,
        "state": OutboxState.FAILED,
        "purpose": "acknowledgement",
        "recipient": "jan@mail.example",
        "queued_at": at("2026-03-03 09:00"),
        "error": "550 5.1.1 no such user",
        "case_number": "NL26-00042",
        "policy": NL,
    }
    return OutgoingRow(**{**values, **changes})


def everything() -> Reader:
    return Reader(LEAD, frozenset(policies()), everything=True)


def frame(**changes: Any) -> Frame:
    zone = policies()[NL].zone
    values: dict[str, Any] = {"now": NOW, "since": at("2026-03-03 06:30"), "zone": zone}
    return Frame(**{**values, **changes})


def desk(*cases: CaseRow, **others: Any) -> Desk:
    return Desk(cases=cases, **others)


def settings(**sections: Any) -> Settings:
    """Settings with two mailboxes and a team for the Dutch one."""
    values: dict[str, Any] = {
        "store": {"url": "sqlite:////tmp/triage.db"},
        "smtp": {"host": "127.0.0.1", "port": 25, "tls": "none"},
        "mailbox": [
            _mailbox("compliance@alektumgroup.nl", NL),
            _mailbox("compliance@alektumgroup.pl", PL),
        ],
        "digest": {"to": ["all@office.example"]},
        "team": [
            {"policy": NL, "handlers": [ANNA, BRAM], "lead": LEAD, "management": MANAGEMENT},
        ],
    }
    return Settings.model_validate({**values, **sections})


def _mailbox(address: str, policy: str) -> dict[str, object]:
    server = {"host": "127.0.0.1", "port": 143, "tls": "none"}
    return {"address": address, "policy": policy, **server}


def day(text: str) -> date:
    return date.fromisoformat(text)


class SetClock:
    """A clock that stands still until it is moved."""

    def __init__(self, time: datetime) -> None:
        self.time = time

    def now(self) -> datetime:
        return self.time


def plan(**sections: Any) -> Plan:
    return Plan(settings(**sections), policies(), Templates(resources.templates()), "instance")


PLAN_PARTS = (settings(), policies(), Templates(resources.templates()))
"""What a ticker is made of."""

RAW = (
    "From: Jan Jansen <jan@mail.example>\r\nTo: compliance@alektumgroup.nl\r\n"
    "Subject: Klacht\r\nMessage-ID: <{message_id}>\r\n"
    "Date: Thu, 26 Feb 2026 10:00:00 +0100\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\n"
    "Geachte heer,\r\n\r\nUw medewerker belde gisteren naar mijn werk.\r\n\r\nJan\r\n"
)


def store_case(register: Register, number: str = "NL26-00042", **changes: Any) -> str:
    """Put a case with its opening mail into the register, acknowledged unless said otherwise.

    `acknowledged=False` leaves its acknowledgement out; the rest are columns of the case.
    """
    acknowledged = changes.pop("acknowledged", True)
    mail = {key: changes.pop(key) for key in ("sender", "unsure", "raw") if key in changes}
    received = changes.pop("received", at("2026-02-26 09:00"))
    policy = changes.pop("policy", NL)
    term = deadline(policies()[policy], received)
    values: dict[str, Any] = {
        "number": number,
        "policy": policy,
        "kind": Kind.COMPLAINT,
        "language": "nl",
        "received_at": received,
        "opened_at": received,
        "due": term.due,
        "due_at": term.due_at,
        "first_due": term.due,
        "acknowledged_at": received if acknowledged else None,
    }
    message_id = f"{number.lower()}@mail.example"
    with register.transaction() as session:
        case_row = Case(**{**values, **changes})
        session.add(case_row)
        session.flush()
        entry_id = store_entry(
            session,
            mail.get("raw", RAW.format(message_id=message_id).encode()),
            policy=policy,
            received_at=received,
            message_id=message_id,
            state=EntryState.DONE,
            case_number=number,
        )
        sender = mail.get("sender", "jan@mail.example")
        session.add(
            HandledMail(
                ledger_id=entry_id,
                case_number=number,
                direction=Direction.IN,
                message_id=message_id,
                sender=sender,
                kind=case_row.kind,
                language=case_row.language,
                acknowledged=acknowledged,
                unsure=mail.get("unsure", []),
                decided_at=received,
            )
        )
        session.add(
            Contact(
                case_number=number, address=sender, source=ContactSource.WROTE, added_at=received
            )
        )
        if acknowledged:
            store_mail(session, case_number=number, ledger_id=entry_id, queued_at=received)
    return number


def store_entry(session: Session, raw: bytes, **changes: Any) -> int:
    """Put a mail into the ledger."""
    packed = pack(raw)
    arrival = {
        "mailbox": "compliance@alektumgroup.nl",
        "policy": NL,
        "folder": "INBOX",
        "uidvalidity": 1,
        "uid": session.exec(select(func.count()).select_from(LedgerEntry)).one() + 1,
        "message_id": "mail@mail.example",
        "sha256": packed.sha256,
        "received_at": NOW,
        "taken_at": changes.get("received_at", NOW),
        "state": EntryState.WAITING,
        "next_attempt_at": NOW,
    }
    if session.get(RawMail, packed.sha256) is None:
        row = RawMail(sha256=packed.sha256, content=packed.content, size=packed.size, stored_at=NOW)
        session.add(row)
        session.flush()
    values = {**arrival, **changes}
    entry_row = LedgerEntry(**values, fingerprint=f"{packed.sha256}-{values['uid']}")
    session.add(entry_row)
    session.flush()
    return entry_row.id


def store_mail(session: Session, **changes: Any) -> int:
    """Put a mail of ours into the outbox: an acknowledgement that was sent, unless changed."""
    name = f"{changes.get('case_number')}-{changes.get('purpose', 'acknowledgement')}"
    queued_at = changes.get("queued_at", NOW)
    values = {
        "message_id": f"{name.lower()}@alektumgroup.nl",
        "unique_key": name,
        "purpose": "acknowledgement",
        "recipient": "jan@mail.example",
        "envelope_from": "compliance@alektumgroup.nl",
        "content": b"Subject: Ontvangen\r\n\r\nOntvangen.\r\n",
        "state": OutboxState.SENT,
        "sent_at": queued_at,
        "queued_at": queued_at,
        "next_attempt_at": queued_at,
    }
    row = OutboxMail(**{**values, **changes})
    session.add(row)
    session.flush()
    return row.id


def outbox(register: Register, purpose: str) -> list[OutboxMail]:
    """What has been queued for a purpose, in order."""
    with register.reading() as session:
        wanted = select(OutboxMail).where(OutboxMail.purpose == purpose)
        return list(session.exec(wanted.order_by(col(OutboxMail.id))))


def parsed(mail: OutboxMail) -> EmailMessage:
    return message_from_bytes(mail.content, policy=email_policy.default)


def body(mail: OutboxMail, kind: str = "plain") -> str:
    part = parsed(mail).get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src="https://evil.example/p.png">',
    "</td></tr></table><h1>Owned</h1>",
    "{{ 7 * 7 }}{% include 'digest/digest.txt' %}",
    "<!--[if mso]><a href='https://evil.example'>x</a><![endif]-->",
    "&lt;b&gt; &amp; \u202e",
    "style=\"background:url('https://evil.example')\"",
)


class Tags(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.values: list[tuple[str, str]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.values += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data
