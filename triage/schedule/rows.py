"""What the register knows of cases, tasks and mails, as plain values for digests and reminders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from triage.register.states import CaseState, EntryState, OutboxState

if TYPE_CHECKING:
    from datetime import date, datetime

    from triage.register.states import Outcome
    from triage.understanding.model import Kind


@dataclass(frozen=True, slots=True)
class TaskRow:
    """Something that a person must do."""

    id: int
    code: str
    text: str
    """One line, ids masked."""
    created_at: datetime
    case_number: str | None = None
    policy: str | None = None
    """Of its case or mail; None when it belongs to neither."""
    entry: int | None = None
    outbox: int | None = None
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as a digest tells it."""

    number: str
    policy: str
    kind: Kind
    state: CaseState
    language: str
    sender: str
    """Name and address, ids masked."""
    received_at: datetime
    opened_at: datetime
    entry: int | None = None
    """The ledger's number of the mail that opened it."""
    message_id: str = ""
    """Of that mail, without angle brackets."""
    due: date | None = None
    """In the policy's zone."""
    due_at: datetime | None = None
    owner: str = ""
    missing: tuple[str, ...] = ()
    asked_at: datetime | None = None
    """When the last mail that asked for what is missing was sent."""
    reminded_at: datetime | None = None
    """When the sender was reminded of it."""
    unsure: tuple[str, ...] = ()
    """Keys of values that a person should look at."""
    unsure_at: datetime | None = None
    """When the latest mail with such a value was decided upon."""
    not_acknowledged: tuple[str, ...] = ()
    """Codes of why its first mail was not acknowledged."""
    acknowledged_at: datetime | None = None
    answered_at: datetime | None = None
    settled_at: datetime | None = None
    outcome: Outcome | None = None
    paused: bool = False
    """A person let it rest: nobody is chased."""
    collection_paused: bool = False
    """Collection rests until its answer, as the procedure promises."""
    tasks: tuple[TaskRow, ...] = ()
    """Open ones."""

    @property
    def is_open(self) -> bool:
        """Whether it waits for its answer."""
        return self.state is CaseState.OPEN


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A mail of the ledger that was not decided upon."""

    id: int
    state: EntryState
    mailbox: str
    policy: str
    received_at: datetime
    taken_at: datetime
    message_id: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class OutgoingRow:
    """A mail of ours that did not go out: refused for good, or tried for longer than is usual."""

    id: int
    state: OutboxState
    purpose: str
    recipient: str
    queued_at: datetime
    error: str
    case_number: str | None = None
    policy: str | None = None


@dataclass(frozen=True, slots=True)
class Double:
    """Open cases that may be one."""

    numbers: tuple[str, ...]
    """The earliest first."""
    shared: str
    """What they share: `dossier 12345678`, ids masked."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that a digest may have to tell."""

    cases: tuple[CaseRow, ...] = ()
    """Open ones, those answered without an outcome, and those that ended lately."""
    tasks: tuple[TaskRow, ...] = ()
    """Open tasks that belong to no case."""
    entries: tuple[EntryRow, ...] = ()
    outgoing: tuple[OutgoingRow, ...] = ()
    doubles: tuple[Double, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """The mail of ours that last asked a sender for what is missing."""

    message_id: str
    recipient: str
    mailbox: str
    """The watched mailbox that the sender wrote to."""
