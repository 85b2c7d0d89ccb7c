"""Values that the tests of the register are made of."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from triage.decision import Decision
from triage.message.model import Address, DeliveryReport, Message
from triage.policy.model import (
    Agency,
    Calendar,
    DossierFormat,
    OfficeHours,
    Policy,
    Promises,
    Requirement,
    Term,
    Unit,
)
from triage.register.apply import Handled, apply
from triage.register.ledger import Arrival, TakenAs, pack, take_in
from triage.register.queued import CaseReference, QueuedMail
from triage.understanding.model import Fields, Finding, Kind, Reading

if TYPE_CHECKING:
    from triage.decision import Joined
    from triage.register.database import Register

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MAILBOX = "compliance@agency.example"
DEBTOR = "debtor@mail.example"


class SetClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time

    def advance(self, **duration: float) -> datetime:
        self.time += timedelta(**duration)
        return self.time


POLICY = Policy(
    name="agency-nl",
    title="Klachtenprocedure",
    agency=Agency(
        name="Agency",
        domains=frozenset({"agency.example"}),
        phones=frozenset(),
        postal_address="Postbus 1, 1000 AA Amsterdam",
        postcodes=frozenset(),
        service_phone="",
        website="https://agency.example",
        signature={"nl": "Agency"},
    ),
    mailboxes=(MAILBOX,),
    form_senders=("website@agency.example",),
    home_language="nl",
    zone=ZoneInfo("Europe/Amsterdam"),
    calendar=Calendar(country="NL"),
    dossier=DossierFormat(
        prefix="", digits=8, pattern=re.compile(r"\d{8}"), example="12345678", where={}
    ),
    required=(Requirement(("name",)), Requirement(("phone",)), Requirement(("dossier_number",))),
    acknowledged=Term(0, Unit.CALENDAR_DAYS),
    answer=Term(10, Unit.WORKING_DAYS),
    extended=None,
    second_instance=Term(10, Unit.WORKING_DAYS),
    privacy=Term(1, Unit.MONTHS),
    objections_are_complaints=True,
    directieklacht_after_answer=True,
    promises=Promises(collection_paused=True),
    next_instances=(),
    office=OfficeHours(opens=time(8), closes=time(18), closes_friday=time(17)),
    reminder_after=Term(5, Unit.WORKING_DAYS),
    warn_before=(2,),
    source="agency-nl.toml",
)


def message(sender: str = DEBTOR, **changes: Any) -> Message:
    sound = Message(
        sender=Address("", sender) if sender else None,
        reply_to=(),
        return_path=sender,
        to=(Address("", MAILBOX),),
        cc=(),
        delivered_to=(),
        subject="Klacht",
        message_id="",
        in_reply_to=(),
        references=(),
        date=START,
        typed="Ik heb een klacht.",
        quoted="",
        footer="",
        attachments=(),
        signs=(),
        report=None,
        headers=(),
        size=100,
        sha256="0" * 64,
        damage=(),
    )
    return replace(sound, **changes)


def bounce_of(message_id: str, *, permanent: bool = True) -> Message:
    report = DeliveryReport(DEBTOR, "5.1.1" if permanent else "4.2.2", permanent, message_id)
    return message("mailer-daemon@mail.example", report=report, typed="Undeliverable")


def reading(
    kind: Kind = Kind.COMPLAINT, *, dossiers: tuple[str, ...] = (), **fields: Any
) -> Reading:
    numbers = tuple(Finding(number, 0.95) for number in dossiers)
    return Reading(
        language=Finding("nl", 0.99),
        kind=Finding(kind, 0.95),
        also=(),
        marker=Finding(value=True, confidence=0.99),
        fields=Fields(dossier_numbers=numbers, **fields),
        webform=False,
    )


def decision(kind: Kind = Kind.COMPLAINT, **changes: Any) -> Decision:
    """A complaint that opens a case and is acknowledged, unless changed."""
    plain = Decision(
        kind=kind,
        opens_case=True,
        joins=None,
        acknowledge=True,
        reasons=(),
        recipient=DEBTOR,
        language="nl",
        missing=(),
        given=(),
        due=date(2026, 3, 16),
        due_at=datetime(2026, 3, 16, 23, tzinfo=UTC),
        counted=("2026-03-03 1", "2026-03-04 2"),
        pauses_collection=False,
        tasks=(),
        unsure=(),
        purpose="acknowledgement",
    )
    return replace(plain, **changes)


def arrival(uid: int = 1, **changes: Any) -> Arrival:
    """A mail whose content, and so its fingerprint, is that of its UID unless changed."""
    raw = changes.pop("raw", b"Subject: Klacht\r\n\r\nmail %d\r\n" % uid)
    mail = Arrival(
        mailbox=MAILBOX,
        policy=POLICY.name,
        folder="INBOX",
        uidvalidity=7,
        uid=uid,
        message_id=f"mail-{uid}@mail.example",
        fingerprint=pack(raw).sha256,
        received_at=START,
        mail=pack(raw),
    )
    return replace(mail, **changes)


def queued(occasion: str = "1", **changes: Any) -> QueuedMail:
    mail = QueuedMail(
        message_id=f"ack-{occasion}@agency.example",
        purpose="acknowledgement",
        recipient=DEBTOR,
        occasion=occasion,
        envelope_from="bounce@agency.example",
        content=b"Subject: Ontvangen\r\n\r\nUw klacht is ontvangen.\r\n",
    )
    return replace(mail, **changes)


def silent(_case: CaseReference | None) -> tuple[QueuedMail, ...]:
    """Compose nothing."""
    return ()


def take(register: Register, uid: int = 1, **changes: Any) -> int:
    """Take a new mail in; return its entry's id."""
    with register.transaction() as session:
        (taken,) = take_in(session, [arrival(uid, **changes)], register.clock.now())
    assert taken.taken_as is TakenAs.NEW
    return taken.entry_id


def handled(  # a mail, read and decided upon
    mail: Message | None = None,
    read: Reading | None = None,
    decided: Decision | None = None,
    joined: Joined | None = None,
) -> Handled:
    return Handled(mail or message(), read or reading(), POLICY, decided or decision(), joined)


def open_case(register: Register, uid: int = 1, **parts: Any) -> str:
    """Take a mail in and open a case by it, acknowledged by `ack-UID@agency.example`."""
    entry_id = take(register, uid)
    answer = queued(str(uid))
    with register.transaction() as session:
        number = apply(
            session, entry_id, handled(**parts), lambda _case: (answer,), register.clock.now()
        )
    assert number is not None
    return number
