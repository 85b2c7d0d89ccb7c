"""The ledger's mails on their way through processing: each claimed by one worker at a time.

A mail that breaks a step delays no other: it is tried again after a growing pause, and after a few
attempts it is set aside for a person. One that ends the whole process, whatever the fault, is known
at the next start: it is the first, in the order of processing, of those that the process held and
did not bring to an end. It is tried once more; when the process ends again, it is set aside. What
was claimed before without an end is claimed alone, so that it takes no other with it.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from sqlmodel import col, func, select, update

from triage.errors import NotInRegister
from triage.register.database import locked
from triage.register.events import one_line, record
from triage.register.states import EntryState
from triage.register.tables import LedgerEntry
from triage.register.tasks import SET_ASIDE_TASK, add_task

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlmodel import Session
    from sqlmodel.sql.expression import SelectOfScalar

ATTEMPTS = 5
"""How often a mail is tried before a person must look."""
ENDED_IN_HAND = "The service ended while this mail was in hand"
"""The reason of a mail that was in hand once; when it was so again, it is set aside."""
CLAIM_HOLDS = timedelta(minutes=10)
"""After this long a claim is void: its worker is gone. Far beyond the slowest mail."""
_ENDED_TWICE = (
    "The service ended twice while this mail was in hand: beyond its time or memory, "
    "or by a fault in a library; the log tells where"
)
_IN_TURN = (col(LedgerEntry.attempts), col(LedgerEntry.received_at), col(LedgerEntry.id))
"""The order in which mails are claimed and processed."""
_READY = (EntryState.WAITING, EntryState.FAILED)
_RETRIABLE = (EntryState.FAILED, EntryState.SET_ASIDE, EntryState.LISTED)


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after that many failed attempts: 1, 4, 16 minutes ... 6 hours."""
    return min(timedelta(minutes=4 ** min(max(attempts, 1) - 1, 8)), timedelta(hours=6))


def claim_entries(
    session: Session, worker: str, now: datetime, limit: int
) -> tuple[LedgerEntry, ...]:
    """Return mails for this worker to process: fresh ones by receipt, else one tried before."""
    expired = _held(col(LedgerEntry.claimed_at) <= now - CLAIM_HOLDS)
    _note_ends(session, expired.with_for_update(skip_locked=True), now)
    claimable = (
        select(LedgerEntry)
        .where(
            col(LedgerEntry.state).in_(_READY),
            LedgerEntry.next_attempt_at <= now,
            col(LedgerEntry.claimed_at).is_(None),
        )
        .order_by(*_IN_TURN)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = session.exec(claimable).all()
    claimed = [entry for entry in found if entry.attempts == 0] or list(found[:1])
    for entry in tuple(claimed):
        if entry.attempts >= ATTEMPTS:
            _give_up(session, entry, entry.error or "processing never came to an end", now)
            claimed.remove(entry)
            continue
        entry.attempts += 1
        entry.claimed_by = worker
        entry.claimed_at = now
    return tuple(claimed)


def fail_entry(session: Session, entry_id: int, error: str, now: datetime) -> None:
    """Note why processing broke off; the mail is tried again later, or set aside."""
    entry = locked(session, LedgerEntry, entry_id)
    if entry is None:
        raise NotInRegister(f"There is no mail {entry_id} in the ledger")
    if entry.state not in _READY:
        return
    if entry.attempts >= ATTEMPTS:
        _give_up(session, entry, error, now)
        return
    entry.state = EntryState.FAILED
    entry.error = one_line(error)
    entry.next_attempt_at = now + pause_after(entry.attempts)
    entry.claimed_by = entry.claimed_at = None
    record(session, now, "failed", f"Processing broke off: {error}", ledger_id=entry.id)


def set_aside(session: Session, entry_id: int, error: str, now: datetime) -> None:
    """Leave a mail to a person, because another attempt would end in the same way."""
    entry = locked(session, LedgerEntry, entry_id)
    if entry is None:
        raise NotInRegister(f"There is no mail {entry_id} in the ledger")
    if entry.state in _READY:
        _set_aside(session, entry, f"Set aside: {error}", error, now)


def _give_up(session: Session, entry: LedgerEntry, error: str, now: datetime) -> None:
    _set_aside(session, entry, f"Given up after {entry.attempts} attempts: {error}", error, now)


def _set_aside(session: Session, entry: LedgerEntry, told: str, error: str, now: datetime) -> None:
    entry.state = EntryState.SET_ASIDE
    entry.error = one_line(error)
    entry.claimed_by = entry.claimed_at = None
    record(session, now, "set_aside", told, ledger_id=entry.id)
    add_task(
        session,
        now,
        SET_ASIDE_TASK,
        f"A mail to {entry.mailbox} cannot be processed; read it there: {error}",
        ledger_id=entry.id,
    )


def give_back(session: Session, entry_ids: Iterable[int], worker: str) -> None:
    """Return claimed mails that this worker did not begin, because it stops."""
    session.exec(
        update(LedgerEntry)
        .where(col(LedgerEntry.id).in_(tuple(entry_ids)), col(LedgerEntry.claimed_by) == worker)
        .values(claimed_by=None, claimed_at=None, attempts=col(LedgerEntry.attempts) - 1)
    )


def void_claims(session: Session, worker: str) -> None:
    """Void what this worker holds and does not process, because the register went away meanwhile.

    The attempts that were begun count.
    """
    session.exec(
        update(LedgerEntry)
        .where(col(LedgerEntry.claimed_by) == worker)
        .values(claimed_by=None, claimed_at=None)
    )


def note_end(session: Session, worker: str, now: datetime) -> tuple[LedgerEntry, ...]:
    """Take back what this worker held when its process last ended; return what was in hand.

    To be called at its start, so that nobody waits for the claims to expire. What its last
    transaction still holds is waited for, lest the next mail be taken for the one in hand.
    """
    mine = _held(col(LedgerEntry.claimed_by) == worker)
    return _note_ends(session, mine.with_for_update(), now)


def _held(whose: ColumnElement[bool]) -> SelectOfScalar[LedgerEntry]:
    wanted = select(LedgerEntry).where(col(LedgerEntry.state).in_(_READY), whose)
    return wanted.order_by(col(LedgerEntry.claimed_by), *_IN_TURN)


def _note_ends(
    session: Session, held: SelectOfScalar[LedgerEntry], now: datetime
) -> tuple[LedgerEntry, ...]:
    found = []
    for _, several in groupby(session.exec(held).all(), lambda entry: entry.claimed_by):
        in_hand, *unbegun = several
        for entry in unbegun:
            entry.claimed_by = entry.claimed_at = None
        _ended_in_hand(session, in_hand, now)
        found.append(in_hand)
    return tuple(found)


def _ended_in_hand(session: Session, entry: LedgerEntry, now: datetime) -> None:
    if entry.error == ENDED_IN_HAND:
        _set_aside(session, entry, f"Set aside: {_ENDED_TWICE}", _ENDED_TWICE, now)
        return
    entry.state = EntryState.FAILED
    entry.error = ENDED_IN_HAND
    entry.next_attempt_at = now
    entry.claimed_by = entry.claimed_at = None
    record(session, now, "failed", ENDED_IN_HAND, ledger_id=entry.id)


def retry_entries(session: Session, entry_ids: Collection[int], now: datetime) -> None:
    """Have failed, set aside or listed mails processed again, at once, on a person's word.

    Raises NotInRegister, changing nothing, when one of them is not there to be retried.
    """
    wanted = (
        select(LedgerEntry)
        .where(col(LedgerEntry.id).in_(entry_ids), col(LedgerEntry.state).in_(_RETRIABLE))
        .with_for_update()
    )
    found = {entry.id: entry for entry in session.exec(wanted)}
    if unknown := sorted(set(entry_ids) - set(found)):
        names = ", ".join(map(str, unknown))
        raise NotInRegister(f"Not failed, set aside or listed in the ledger: {names}")
    for entry in found.values():
        record(
            session,
            now,
            "retried",
            "Processed again on request" + (f", after: {entry.error}" if entry.error else ""),
            ledger_id=entry.id,
        )
        entry.state = EntryState.WAITING
        entry.attempts = 0
        entry.error = ""
        entry.next_attempt_at = now
        entry.filed_at = None


def entries_in(
    session: Session, states: Collection[EntryState], limit: int = 1000
) -> tuple[LedgerEntry, ...]:
    """Return the ledger's mails in these states, by receipt."""
    wanted = (
        select(LedgerEntry)
        .where(col(LedgerEntry.state).in_(states))
        .order_by(col(LedgerEntry.received_at), col(LedgerEntry.id))
        .limit(limit)
    )
    return tuple(session.exec(wanted))


def count_entries(session: Session) -> dict[EntryState, int]:
    """Return how many mails of the ledger are in each state, zeroes included."""
    states = select(LedgerEntry.state, func.count()).group_by(col(LedgerEntry.state))
    counted = dict(session.exec(states).all())
    return {state: counted.get(state, 0) for state in EntryState}


def oldest_waiting(session: Session) -> datetime | None:
    """Return when the oldest mail that still waits was received; None when none does."""
    wanted = select(func.min(LedgerEntry.received_at)).where(col(LedgerEntry.state).in_(_READY))
    return session.exec(wanted).one()
