"""The ledger's mails on their way through processing: each claimed by one worker at a time.

A mail that breaks a step delays no other: it is tried again after a growing pause, and after a few
attempts it is set aside for a person. An attempt counts from the claim, so that a mail which kills
the whole process is set aside, too; and what was claimed before without an end is claimed alone, so
that it takes no other with it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, func, or_, select, update

from triage.errors import NotInRegister
from triage.register.events import one_line, record
from triage.register.states import EntryState
from triage.register.tables import LedgerEntry
from triage.register.tasks import add_task

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from sqlmodel import Session

ATTEMPTS = 5
"""How often a mail is tried before a person must look."""
CLAIM_HOLDS = timedelta(minutes=10)
"""After this long a claim is void: its worker is gone. Far beyond the slowest mail."""
_READY = (EntryState.WAITING, EntryState.FAILED)
_RETRIABLE = (EntryState.FAILED, EntryState.SET_ASIDE, EntryState.LISTED)


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after that many failed attempts: 1, 4, 16 minutes ... 6 hours."""
    return min(timedelta(minutes=4 ** min(max(attempts, 1) - 1, 8)), timedelta(hours=6))


def claim_entries(
    session: Session, worker: str, now: datetime, limit: int
) -> tuple[LedgerEntry, ...]:
    """Return mails for this worker to process: fresh ones by receipt, else one tried before."""
    claimable = (
        select(LedgerEntry)
        .where(
            col(LedgerEntry.state).in_(_READY),
            LedgerEntry.next_attempt_at <= now,
            or_(
                col(LedgerEntry.claimed_at).is_(None),
                col(LedgerEntry.claimed_at) <= now - CLAIM_HOLDS,
            ),
        )
        .order_by(col(LedgerEntry.attempts), col(LedgerEntry.received_at), col(LedgerEntry.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = session.exec(claimable).all()
    claimed = [entry for entry in found if entry.attempts == 0] or list(found[:1])
    for entry in tuple(claimed):
        if entry.attempts >= ATTEMPTS:
            _set_aside(session, entry, entry.error or "processing never came to an end", now)
            claimed.remove(entry)
            continue
        entry.attempts += 1
        entry.claimed_by = worker
        entry.claimed_at = now
    return tuple(claimed)


def fail_entry(session: Session, entry_id: int, error: str, now: datetime) -> None:
    """Note why processing broke off; the mail is tried again later, or set aside."""
    entry = session.get(LedgerEntry, entry_id, with_for_update=True)
    if entry is None:
        raise NotInRegister(f"There is no mail {entry_id} in the ledger")
    if entry.state not in _READY:
        return
    if entry.attempts >= ATTEMPTS:
        _set_aside(session, entry, error, now)
        return
    entry.state = EntryState.FAILED
    entry.error = one_line(error)
    entry.next_attempt_at = now + pause_after(entry.attempts)
    entry.claimed_by = entry.claimed_at = None
    record(session, now, "failed", f"Processing broke off: {error}", ledger_id=entry.id)


def _set_aside(session: Session, entry: LedgerEntry, error: str, now: datetime) -> None:
    entry.state = EntryState.SET_ASIDE
    entry.error = one_line(error)
    entry.claimed_by = entry.claimed_at = None
    record(
        session,
        now,
        "set_aside",
        f"Given up after {entry.attempts} attempts: {error}",
        ledger_id=entry.id,
    )
    add_task(
        session,
        now,
        "mail_set_aside",
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
    """Void what this worker held when it last ended, so that nobody waits for the claims to expire.

    To be called at its start; the attempts that were begun count.
    """
    session.exec(
        update(LedgerEntry)
        .where(col(LedgerEntry.claimed_by) == worker)
        .values(claimed_by=None, claimed_at=None)
    )


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
