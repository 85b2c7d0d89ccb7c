"""The tables of the register.

Rows are built only from checked values: a table model of SQLModel does not validate. Times are
aware and UTC, on both databases. Rows that leave this room are read by others, never changed.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Index, MetaData, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from triage.register.columns import JSON_VALUE, KEY, TEXT, UNSIGNED_32, choice
from triage.register.states import (
    CallState,
    CaseState,
    ContactSource,
    Direction,
    EntryState,
    OutboxState,
    Outcome,
    TaskState,
)
from triage.understanding.model import Kind

_ORIGINAL = text("duplicate_of IS NULL")


class Row(SQLModel):
    """What all tables share: one MetaData, whose constraints have names that migrations can use."""

    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class MailboxState(Row, table=True):
    """What is known of a watched folder."""

    __tablename__ = "mailbox_state"

    mailbox: str = Field(primary_key=True, sa_type=TEXT)
    folder: str = Field(primary_key=True, sa_type=TEXT)
    uidvalidity: int = Field(sa_type=UNSIGNED_32)
    high_water_uid: int = Field(sa_type=UNSIGNED_32)
    """The highest UID at the first start, under the UIDVALIDITY of that time."""
    first_uidvalidity: int = Field(sa_type=UNSIGNED_32)
    first_started_at: datetime
    last_scan_at: datetime | None = None
    """When a whole scan last succeeded."""
    last_error: str = Field(default="", sa_type=TEXT)
    last_error_at: datetime | None = None


class RawMail(Row, table=True):
    """The bytes of a mail, stored once whatever the number of its entries."""

    __tablename__ = "raw_mail"

    sha256: str = Field(primary_key=True, sa_type=TEXT)
    content: bytes | None
    """Compressed by zlib; None once retention has removed it."""
    size: int = Field(sa_type=UNSIGNED_32)
    stored_at: datetime


class LedgerEntry(Row, table=True):
    """One appearance of a mail in a watched folder, and what became of it."""

    __tablename__ = "ledger"
    __table_args__ = (
        UniqueConstraint("mailbox", "folder", "uidvalidity", "uid"),
        # One entry stands for all copies of a mail, whichever watcher commits first.
        Index(
            "uq_ledger_original_fingerprint",
            "fingerprint",
            unique=True,
            sqlite_where=_ORIGINAL,
            postgresql_where=_ORIGINAL,
        ),
        Index(None, "state", "next_attempt_at"),
    )

    id: int = Field(default=None, primary_key=True)  # None only until it is stored
    mailbox: str = Field(sa_type=TEXT)
    """Address of the watched mailbox."""
    policy: str = Field(sa_type=TEXT)
    folder: str = Field(sa_type=TEXT)
    uidvalidity: int = Field(sa_type=UNSIGNED_32)
    uid: int = Field(sa_type=UNSIGNED_32)
    message_id: str = Field(default="", sa_type=KEY)
    """Without angle brackets; empty when the mail has none; others may bear the same."""
    fingerprint: str = Field(index=True, sa_type=KEY)
    """What is the same in all copies of one mail; see `triage.message.identity`."""
    sha256: str = Field(foreign_key="raw_mail.sha256", index=True, sa_type=TEXT)
    received_at: datetime
    """INTERNALDATE: when the server received the mail."""
    taken_at: datetime
    state: EntryState = Field(sa_type=choice(EntryState))
    attempts: int = 0
    """How often processing was begun without coming to an end, or failed."""
    error: str = Field(default="", sa_type=TEXT)
    next_attempt_at: datetime
    claimed_by: str | None = Field(default=None, sa_type=TEXT)
    claimed_at: datetime | None = None
    duplicate_of: int | None = Field(default=None, foreign_key="ledger.id", index=True)
    backlog: bool = False
    """Was in the mailbox before the first start."""
    filed_at: datetime | None = None
    """When the mail was flagged (and moved) on the server, a courtesy to people."""
    case_number: str | None = Field(
        default=None, foreign_key="cases.number", index=True, sa_type=TEXT
    )


class Case(Row, table=True):
    """One matter of one person: what they want, by when, and where it stands."""

    __tablename__ = "cases"
    __table_args__ = (Index(None, "state", "due_at"),)

    number: str = Field(primary_key=True, sa_type=TEXT)
    policy: str = Field(index=True, sa_type=TEXT)
    kind: Kind = Field(sa_type=choice(Kind))
    state: CaseState = Field(default=CaseState.OPEN, sa_type=choice(CaseState))
    language: str = Field(sa_type=TEXT)
    received_at: datetime
    """When the server received the first mail: all terms count from here."""
    opened_at: datetime
    due: date | None = None
    """The day on which the answer is due, in the policy's zone; None where no term runs."""
    due_at: datetime | None = None
    first_due: date | None = None
    """The due day before any extension."""
    counted: list[str] = Field(default_factory=list, sa_type=JSON_VALUE)
    """How the due day was counted, one line a day."""
    missing: list[str] = Field(default_factory=list, sa_type=JSON_VALUE)
    given: list[str] = Field(default_factory=list, sa_type=JSON_VALUE)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_VALUE)
    """What the mails of the case say, with evidence; see `triage.register.facts`."""
    completed_at: datetime | None = None
    """When the last missing fact came in; at opening where nothing was missing."""
    owner: str = Field(default="", index=True, sa_type=TEXT)
    acknowledged_at: datetime | None = None
    """When the mail server took the first acknowledgement."""
    not_acknowledged: list[str] = Field(default_factory=list, sa_type=JSON_VALUE)
    """Codes of why the opening mail was not acknowledged."""
    collection_paused_at: datetime | None = None
    collection_resumed_at: datetime | None = None
    extended_at: datetime | None = None
    extension_reason: str = Field(default="", sa_type=TEXT)
    answered_at: datetime | None = None
    settled_at: datetime | None = None
    outcome: Outcome | None = Field(default=None, sa_type=choice(Outcome))
    outcome_reason: str = Field(default="", sa_type=TEXT)
    """Why it ended so, as the sender is told; ids masked."""
    remedy: str = Field(default="", sa_type=TEXT)
    improvement: str = Field(default="", sa_type=TEXT)
    merged_into: str | None = Field(default=None, foreign_key="cases.number", sa_type=TEXT)

    @property
    def collection_paused(self) -> bool:
        """Whether collection rests because of this case."""
        return self.collection_paused_at is not None and self.collection_resumed_at is None


class Contact(Row, table=True):
    """An address that belongs to the sender's side of a case."""

    __tablename__ = "contacts"

    case_number: str = Field(primary_key=True, foreign_key="cases.number", sa_type=TEXT)
    address: str = Field(primary_key=True, index=True, sa_type=KEY)
    """Lower case."""
    source: ContactSource = Field(sa_type=choice(ContactSource))
    added_at: datetime


class CaseDossier(Row, table=True):
    """A dossier number that a mail of the case gave."""

    __tablename__ = "case_dossiers"

    case_number: str = Field(primary_key=True, foreign_key="cases.number", sa_type=TEXT)
    dossier_number: str = Field(primary_key=True, index=True, sa_type=KEY)


class HandledMail(Row, table=True):
    """What was concluded from a mail of the ledger, whether or not it belongs to a case."""

    __tablename__ = "messages"

    ledger_id: int = Field(primary_key=True, foreign_key="ledger.id")
    case_number: str | None = Field(
        default=None, foreign_key="cases.number", index=True, sa_type=TEXT
    )
    direction: Direction = Field(sa_type=choice(Direction))
    message_id: str = Field(default="", index=True, sa_type=KEY)
    sender: str = Field(default="", sa_type=KEY)
    """The address that wrote, lower case; empty when there is none."""
    subject: str = Field(default="", sa_type=TEXT)
    """Ids masked."""
    joined: str = Field(default="", sa_type=TEXT)
    """How it was tied to its case: `thread`, `token` or `sender`; empty when it opened the case."""
    kind: Kind = Field(sa_type=choice(Kind))
    language: str = Field(sa_type=TEXT)
    acknowledged: bool
    """Whether the decision was to answer it."""
    reasons: list[str] = Field(default_factory=list, sa_type=JSON_VALUE)
    unsure: list[str] = Field(default_factory=list, sa_type=JSON_VALUE)
    reading: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_VALUE)
    decided_at: datetime = Field(index=True)


class Event(Row, table=True):
    """Something that happened; rows are added, never changed."""

    __tablename__ = "events"

    id: int = Field(default=None, primary_key=True)  # None only until it is stored
    at: datetime = Field(index=True)
    case_number: str | None = Field(
        default=None, foreign_key="cases.number", index=True, sa_type=TEXT
    )
    ledger_id: int | None = Field(default=None, foreign_key="ledger.id", index=True)
    outbox_id: int | None = Field(default=None, foreign_key="outbox.id")
    code: str = Field(index=True, sa_type=TEXT)
    text: str = Field(sa_type=TEXT)
    """One line for a person, ids masked."""
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_VALUE)


class HandlerTask(Row, table=True):
    """Something that a person must do."""

    __tablename__ = "tasks"
    __table_args__ = (Index(None, "state", "created_at"),)

    id: int = Field(default=None, primary_key=True)  # None only until it is stored
    code: str = Field(sa_type=TEXT)
    text: str = Field(sa_type=TEXT)
    """One line for a person, ids masked."""
    case_number: str | None = Field(
        default=None, foreign_key="cases.number", index=True, sa_type=TEXT
    )
    ledger_id: int | None = Field(default=None, foreign_key="ledger.id", index=True)
    outbox_id: int | None = Field(default=None, foreign_key="outbox.id")
    state: TaskState = Field(default=TaskState.OPEN, sa_type=choice(TaskState))
    created_at: datetime
    done_at: datetime | None = None
    done_by: str = Field(default="", sa_type=TEXT)
    note: str = Field(default="", sa_type=TEXT)


class OutboxMail(Row, table=True):
    """A mail that is to be sent, or was."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(None, "state", "next_attempt_at"),
        Index(None, "recipient", "queued_at"),
        Index(None, "purpose", "queued_at"),
    )

    id: int = Field(default=None, primary_key=True)  # None only until it is stored
    message_id: str = Field(unique=True, sa_type=KEY)
    """Without angle brackets; unguessable, because an answer to it joins the case."""
    unique_key: str = Field(unique=True, sa_type=KEY)
    """Case, purpose, recipient and occasion: nothing is queued twice."""
    case_number: str | None = Field(
        default=None, foreign_key="cases.number", index=True, sa_type=TEXT
    )
    ledger_id: int | None = Field(default=None, foreign_key="ledger.id", index=True)
    """The mail that it answers."""
    purpose: str = Field(sa_type=TEXT)
    recipient: str = Field(sa_type=KEY)
    """Lower case."""
    envelope_from: str = Field(sa_type=TEXT)
    """Empty for the null path `<>`."""
    content: bytes
    state: OutboxState = Field(default=OutboxState.DUE, sa_type=choice(OutboxState))
    attempts: int = 0
    queued_at: datetime
    next_attempt_at: datetime
    claimed_at: datetime | None = None
    claimed_by: str | None = Field(default=None, sa_type=TEXT)
    last_error: str = Field(default="", sa_type=TEXT)
    sent_at: datetime | None = None
    smtp_reply: str = Field(default="", sa_type=TEXT)


class WebhookCall(Row, table=True):
    """An event that the collection system is told of."""

    __tablename__ = "webhook_calls"
    __table_args__ = (Index(None, "state", "event_id"),)

    event_id: int = Field(primary_key=True, foreign_key="events.id")
    state: CallState = Field(default=CallState.DUE, sa_type=choice(CallState))
    attempts: int = 0
    queued_at: datetime
    next_attempt_at: datetime
    last_error: str = Field(default="", sa_type=TEXT)
    ended_at: datetime | None = None


class Reminder(Row, table=True):
    """One reminder per case, step and day, whatever restarts."""

    __tablename__ = "reminders"

    case_number: str = Field(primary_key=True, foreign_key="cases.number", sa_type=TEXT)
    step: str = Field(primary_key=True, sa_type=TEXT)
    """Which reminder of the procedure: `before-2`, `due`, `after-1`, `facts` ..."""
    day: date = Field(primary_key=True)
    reminded_at: datetime


class BouncedAddress(Row, table=True):
    """An address from which mail came back for good."""

    __tablename__ = "bounced_addresses"

    address: str = Field(primary_key=True, sa_type=KEY)
    """Lower case."""
    status: str = Field(default="", sa_type=TEXT)
    """Enhanced status code or the server's words."""
    bounced_at: datetime


class StoredSecret(Row, table=True):
    """A key that this installation made for itself."""

    __tablename__ = "secrets"

    name: str = Field(primary_key=True, sa_type=TEXT)
    value: bytes
    created_at: datetime


class NumberSeries(Row, table=True):
    """The running number of the cases of one prefix and year."""

    __tablename__ = "number_series"

    prefix: str = Field(primary_key=True, sa_type=TEXT)
    year: int = Field(primary_key=True)
    last: int


class Lease(Row, table=True):
    """A named lock that one process holds until it expires or is renewed."""

    __tablename__ = "leases"

    name: str = Field(primary_key=True, sa_type=TEXT)
    holder: str = Field(sa_type=TEXT)
    expires_at: datetime
