"""The words that the register's rows use for what they are; stored as these values."""

from __future__ import annotations

from enum import StrEnum


class EntryState(StrEnum):
    """Where a mail of the ledger stands."""

    WAITING = "waiting"
    """To be processed."""
    DONE = "done"
    """Its decision is stored."""
    FAILED = "failed"
    """Processing broke off; it is tried again by itself after a pause."""
    SET_ASIDE = "set_aside"
    """Failed too often; a person must look and retry it."""
    LISTED = "listed"
    """Was in the mailbox before the first start; left to people unless one retries it."""
    DUPLICATE = "duplicate"
    """The same mail as another entry, which stands for both."""


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    ANSWERED = "answered"
    SETTLED = "settled"


class Outcome(StrEnum):
    """How a case ended."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    REJECTED = "rejected"
    INADMISSIBLE = "inadmissible"
    WITHDRAWN = "withdrawn"
    ANSWERED = "answered"
    """A question or request that was answered; there was nothing to uphold or reject."""
    NOT_A_COMPLAINT = "not_a_complaint"
    MERGED = "merged"


class Direction(StrEnum):
    """Who wrote a mail of a case."""

    IN = "in"
    """Somebody outside."""
    OUT = "out"
    """The agency: one of our own addresses."""


class ContactSource(StrEnum):
    """How an address came to belong to a case."""

    WROTE = "wrote"
    """A mail of the case came from it."""
    GIVEN = "given"
    """The sender gave it in a mail as another address of theirs."""


class OutboxState(StrEnum):
    """Where a mail of the outbox stands."""

    DUE = "due"
    SENDING = "sending"
    """Claimed by a sender; whether the server took it is not yet known."""
    SENT = "sent"
    FAILED = "failed"
    """Refused for good, or tried for too long; a person's task says so."""
    WITHHELD = "withheld"
    """A person decided that it shall not go out."""


class CallState(StrEnum):
    """Where a call to the collection system stands."""

    DUE = "due"
    TAKEN = "taken"
    FAILED = "failed"
    """Tried for too long; a person's task says so."""


class TaskState(StrEnum):
    """Where a handler's task stands."""

    OPEN = "open"
    DONE = "done"
