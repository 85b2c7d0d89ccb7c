"""Mails taken in: raw bytes and identity, committed before anything else is done to them.

A mail is more than its UID and more than its Message-ID. The fingerprint, which is the same in all
copies of one mail, decides: the same fingerprint in the same or another watched folder, or under a
new UIDVALIDITY, is a duplicate and handled once; another fingerprint is a mail of its own, whatever
its Message-ID.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy.orm import aliased
from sqlmodel import col, func, or_, select, update

from triage.errors import NotInRegister
from triage.register.database import insert_new, locked
from triage.register.events import record
from triage.register.states import EntryState
from triage.register.tables import LedgerEntry, RawMail

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlmodel import Session
    from sqlmodel.sql.expression import SelectOfScalar


@dataclass(frozen=True, slots=True)
class PackedMail:
    """The bytes of a mail as they are stored."""

    sha256: str
    size: int
    content: bytes
    """Compressed by zlib."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail as it was fetched from a folder."""

    mailbox: str
    policy: str
    folder: str
    uidvalidity: int
    uid: int
    message_id: str
    fingerprint: str
    received_at: datetime
    """INTERNALDATE, aware."""
    mail: PackedMail
    backlog: bool = False
    """It was there before the first start, and such mail is to be listed only."""
    telling: bool = False
    """That it is in this folder says something, also of a mail that is known."""


class TakenAs(StrEnum):
    """What a mail turned out to be when it was taken in."""

    NEW = "new"
    SEEN = "seen"
    """This very UID had been taken in before."""
    DUPLICATE = "duplicate"
    """Another entry stands for the same mail."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The entry of a mail that was taken in."""

    entry_id: int
    taken_as: TakenAs
    original_id: int | None = None
    """The entry that stands for a duplicate."""


def pack(raw: bytes) -> PackedMail:
    """Return the bytes ready to be stored; do it before the transaction, it takes a while."""
    return PackedMail(hashlib.sha256(raw).hexdigest(), len(raw), zlib.compress(raw))


def take_in(session: Session, arrivals: Sequence[Arrival], now: datetime) -> tuple[Taken, ...]:
    """Store mails and their identity; return what each was, in the order given.

    May be repeated for the same mails at any time. Locks are taken in the order of hashes, so that
    watchers of several mailboxes, each with a batch, cannot wait for each other in a ring.
    """
    mails = dict.fromkeys(arrival.mail for arrival in arrivals)
    for mail in sorted(mails, key=lambda mail: mail.sha256):
        insert_new(
            session,
            RawMail(sha256=mail.sha256, content=mail.content, size=mail.size, stored_at=now),
        )
    taken: dict[int, Taken] = {}
    for place in sorted(range(len(arrivals)), key=lambda place: arrivals[place].fingerprint):
        taken[place] = _take_in(session, arrivals[place], now)
    return tuple(taken[place] for place in range(len(arrivals)))


def _take_in(session: Session, arrival: Arrival, now: datetime) -> Taken:
    entry_id = insert_new(session, _entry(arrival, now, None))
    if entry_id is not None:
        return Taken(entry_id, TakenAs.NEW)
    seen = session.exec(_at(arrival)).first()
    if seen is not None:
        return Taken(seen.id, TakenAs.SEEN, seen.duplicate_of)
    original = session.exec(
        select(LedgerEntry).where(
            LedgerEntry.fingerprint == arrival.fingerprint, col(LedgerEntry.duplicate_of).is_(None)
        )
    ).one()
    entry_id = insert_new(session, _entry(arrival, now, original.id))
    if entry_id is None:  # another watcher of the same folder was quicker
        return Taken(session.exec(_at(arrival)).one().id, TakenAs.SEEN, original.id)
    record(
        session,
        now,
        "duplicate",
        f"The same mail also came to {arrival.mailbox} ({arrival.folder})",
        case_number=original.case_number,
        ledger_id=original.id,
        data={"entry": entry_id},
    )
    if original.state is EntryState.LISTED and not (arrival.backlog or arrival.telling):
        # Left to people as older mail, but it has now arrived after the first start as well.
        original.state = EntryState.WAITING
        original.backlog = False
    return Taken(entry_id, TakenAs.DUPLICATE, original.id)


def _entry(arrival: Arrival, now: datetime, duplicate_of: int | None) -> LedgerEntry:
    if duplicate_of is not None:
        heard = arrival.telling and not arrival.backlog
        state = EntryState.WAITING if heard else EntryState.DUPLICATE
    else:
        state = EntryState.LISTED if arrival.backlog else EntryState.WAITING
    return LedgerEntry(
        mailbox=arrival.mailbox,
        policy=arrival.policy,
        folder=arrival.folder,
        uidvalidity=arrival.uidvalidity,
        uid=arrival.uid,
        message_id=arrival.message_id,
        fingerprint=arrival.fingerprint,
        sha256=arrival.mail.sha256,
        received_at=arrival.received_at,
        taken_at=now,
        state=state,
        next_attempt_at=now,
        duplicate_of=duplicate_of,
        backlog=arrival.backlog,
    )


def _at(arrival: Arrival) -> SelectOfScalar[LedgerEntry]:
    return select(LedgerEntry).where(
        LedgerEntry.mailbox == arrival.mailbox,
        LedgerEntry.folder == arrival.folder,
        LedgerEntry.uidvalidity == arrival.uidvalidity,
        LedgerEntry.uid == arrival.uid,
    )


def unknown_uids(
    session: Session, mailbox: str, folder: str, uidvalidity: int, uids: Iterable[int]
) -> tuple[int, ...]:
    """Return those UIDs of a folder that are not in the ledger yet, ascending."""
    wanted = set(uids)
    if not wanted:
        return ()
    known = session.exec(
        select(LedgerEntry.uid).where(
            LedgerEntry.mailbox == mailbox,
            LedgerEntry.folder == folder,
            LedgerEntry.uidvalidity == uidvalidity,
            col(LedgerEntry.uid).between(min(wanted), max(wanted)),
        )
    )
    return tuple(sorted(wanted.difference(known)))


def highest_uid(session: Session, mailbox: str, folder: str, uidvalidity: int) -> int:
    """Return the highest UID of a folder that is in the ledger; 0 for none."""
    wanted = select(func.max(LedgerEntry.uid)).where(
        LedgerEntry.mailbox == mailbox,
        LedgerEntry.folder == folder,
        LedgerEntry.uidvalidity == uidvalidity,
    )
    return session.exec(wanted).one() or 0


def entry_of(session: Session, entry_id: int, *, lock: bool = False) -> LedgerEntry:
    """Return an entry, its row locked until the transaction ends if asked. Raises NotInRegister."""
    entry = locked(session, LedgerEntry, entry_id) if lock else session.get(LedgerEntry, entry_id)
    if entry is None:
        raise NotInRegister(f"There is no mail {entry_id} in the ledger")
    return entry


def raw_of(session: Session, entry: LedgerEntry) -> bytes:
    """Return the bytes of a mail. Raises NotInRegister when retention has removed them."""
    stored = session.get(RawMail, entry.sha256)
    if stored is None or stored.content is None:
        raise NotInRegister(f"The text of mail {entry.id} is no longer kept")
    return zlib.decompress(stored.content)


def packed_of(session: Session, entry_ids: Iterable[int]) -> dict[int, tuple[str, bytes]]:
    """Return the policy and the compressed bytes of mails by entry.

    Those not decided upon and those not kept are left out.
    """
    rows = session.exec(
        select(LedgerEntry.id, LedgerEntry.policy, RawMail.content)
        .join(RawMail, col(RawMail.sha256) == col(LedgerEntry.sha256))
        .where(col(LedgerEntry.id).in_(tuple(entry_ids)), LedgerEntry.state == EntryState.DONE)
    )
    return {number: (policy, content) for number, policy, content in rows if content}


@dataclass(frozen=True, slots=True)
class Filing:
    """A mail whose processing has come to an end, to be flagged on the server."""

    entry_id: int
    uid: int
    state: EntryState
    """Done, set aside or duplicate."""
    case_number: str | None
    """Of a duplicate, the case of its original."""


def unfiled(
    session: Session, mailbox: str, folder: str, uidvalidity: int, limit: int
) -> tuple[Filing, ...]:
    """Return mails of a folder that are to be flagged now, by UID.

    A duplicate waits for its original. Mail that was listed at the first start is left untouched.
    """
    original = aliased(LedgerEntry)
    ended = (EntryState.DONE, EntryState.SET_ASIDE)
    rows = session.exec(
        select(LedgerEntry, original.case_number)
        .outerjoin(original, col(LedgerEntry.duplicate_of) == col(original.id))
        .where(
            LedgerEntry.mailbox == mailbox,
            LedgerEntry.folder == folder,
            LedgerEntry.uidvalidity == uidvalidity,
            col(LedgerEntry.filed_at).is_(None),
            or_(col(LedgerEntry.state).in_(ended), col(original.state).in_(ended)),
        )
        .order_by(col(LedgerEntry.uid))
        .limit(limit)
    )
    return tuple(
        Filing(entry.id, entry.uid, entry.state, entry.case_number or of_original)
        for entry, of_original in rows
    )


def mark_filed(session: Session, entry_ids: Iterable[int], now: datetime) -> None:
    """Note that mails were flagged (and moved), or are gone from the folder."""
    ids = tuple(entry_ids)
    session.exec(update(LedgerEntry).where(col(LedgerEntry.id).in_(ids)).values(filed_at=now))
