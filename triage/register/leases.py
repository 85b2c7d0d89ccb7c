"""Named locks over machines: one watcher per mailbox, one scheduler, whichever machine it is.

A lease is held until it expires; its holder renews it by acquiring it again. When a machine dies,
another takes over after the rest of the term. The machines' clocks must agree to within a fraction
of the term (any NTP client does); if they do not, two may work at once, which costs time but
nothing else: the ledger and the outbox let nothing happen twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, delete, or_

from triage.register.database import inserting
from triage.register.tables import Lease

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sqlmodel import Session


def acquire(session: Session, name: str, holder: str, *, now: datetime, term: timedelta) -> bool:
    """Take or renew the lease until `now + term`; False when another holds it."""
    held = {"holder": holder, "expires_at": now + term}
    statement = (
        inserting(session, Lease)
        .values(name=name, **held)
        .on_conflict_do_update(
            index_elements=["name"],
            set_=held,
            where=or_(col(Lease.holder) == holder, col(Lease.expires_at) <= now),
        )
        .returning(col(Lease.name))
    )
    return session.connection().execute(statement).first() is not None


def release(session: Session, name: str, holder: str) -> None:
    """Give the lease up; nothing happens when another holds it by now."""
    session.exec(delete(Lease).where(col(Lease.name) == name, col(Lease.holder) == holder))
