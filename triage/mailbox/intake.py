"""Taking mail in, as far as it is rules on plain values: what goes together, what is cut.

No connection, no database, no clock in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from triage.register.ledger import Arrival, pack

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from triage.mailbox.folder import Fetched
    from triage.settings import Mailbox

START_OCTETS: Final = 1_048_576
"""How much of an oversized mail is taken in: its headers and, but for odd mails, its text."""
BATCH_OCTETS: Final = 25_000_000
"""A batch holds no more than this in memory, unless a single mail is larger."""
PARTIAL_AFTER: Final = 3
"""After so many failures to fetch a mail, its beginning is taken in instead."""


class Identity(Protocol):
    """By what a mail is known again."""

    @property
    def message_id(self) -> str:
        """Without angle brackets; empty when the mail has none."""
        ...

    @property
    def fingerprint(self) -> str:
        """The same in all copies of one mail, different for different mails."""
        ...


Identify: TypeAlias = "Callable[[bytes], Identity]"


@dataclass(frozen=True, slots=True)
class Batch:
    """UIDs that are fetched by one command and committed by one transaction."""

    uids: tuple[int, ...]
    whole: bool = True
    """False when only the beginning of the mail is fetched."""


def batches(
    uids: Collection[int], sizes: Mapping[int, int], *, mails: int, largest: int
) -> tuple[Batch, ...]:
    """Return how to fetch mails: in the order given, at most `mails` and BATCH_OCTETS together.

    A mail of more than `largest` octets is fetched alone and only its beginning. UIDs without a
    size are gone from the folder.
    """
    planned: list[Batch] = []
    together: list[int] = []
    octets = 0

    def close() -> None:
        nonlocal octets
        if together:
            planned.append(Batch(tuple(together)))
        together.clear()
        octets = 0

    for uid in uids:
        if uid not in sizes:
            continue
        if sizes[uid] > largest:
            close()
            planned.append(Batch((uid,), whole=False))
            continue
        if len(together) == mails or octets + sizes[uid] > BATCH_OCTETS:
            close()
        together.append(uid)
        octets += sizes[uid]
    close()
    return tuple(planned)


def most_octets(mailbox: Mailbox) -> int:
    """Return the size above which only the beginning of a mail is taken in."""
    return int(mailbox.max_mail_mb * 1_000_000)


def receipt_time(fetched: Fetched, now: datetime) -> datetime:
    """Return when the mail was received: the server's INTERNALDATE, but never after `now`.

    A term may not begin later than the moment at which we saw the mail.
    """
    return min(fetched.received_at or now, now)


def arrival(
    fetched: Fetched,
    mailbox: Mailbox,
    folder: str,
    uidvalidity: int,
    *,
    identify: Identify,
    backlog: bool,
    now: datetime,
) -> Arrival:
    """Return a fetched mail as the ledger takes it."""
    identity = identify(fetched.raw)
    return Arrival(
        mailbox=mailbox.address,
        policy=mailbox.policy,
        folder=folder,
        uidvalidity=uidvalidity,
        uid=fetched.uid,
        message_id=identity.message_id,
        fingerprint=identity.fingerprint,
        received_at=receipt_time(fetched, now),
        mail=pack(fetched.raw),
        backlog=backlog and mailbox.first_start == "list",
        telling=folder in mailbox.telling,
    )


@dataclass(frozen=True, slots=True)
class Suspect:
    """A mail that could not be taken in, or was in hand when the connection broke."""

    failures: int
    reason: str
    next_try: float
    """On the monotonic clock."""

    @property
    def whole(self) -> bool:
        """Whether it is still worth while to ask for all of it."""
        return self.failures < PARTIAL_AFTER

    @property
    def is_stuck(self) -> bool:
        """Whether it failed alone, too, so that not a neighbour or the network was the cause."""
        return self.failures > 1


def suspect(before: Suspect | None, reason: str, now: float) -> Suspect:
    """Return how a mail stands after one more failure.

    After the first it is tried again at the next scan, alone and after all others; then after 1, 2,
    4 ... 60 minutes. It is never given up: it is not in the ledger yet.
    """
    failures = before.failures + 1 if before else 1
    wait = 0.0 if failures == 1 else min(3600.0, 60.0 * 2 ** min(failures - 2, 10))
    return Suspect(failures, reason, now + wait)
