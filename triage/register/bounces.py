"""Addresses from which mail came back for good: they are not written to again for a while."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, delete, select

from triage.register.database import inserting
from triage.register.events import one_line
from triage.register.tables import BouncedAddress

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlmodel import Session

BOUNCE_HOLDS = timedelta(days=60)
"""How long an address is not written to; mailboxes that were full or closed do come back."""


def note_bounce(session: Session, address: str, status: str, now: datetime) -> None:
    """Remember that mail to this address came back; the last time counts."""
    values = {"status": one_line(status), "bounced_at": now}
    session.connection().execute(
        inserting(session, BouncedAddress)
        .values(address=address.lower(), **values)
        .on_conflict_do_update(index_elements=["address"], set_=values)
    )


def bounced_among(session: Session, addresses: Iterable[str], now: datetime) -> frozenset[str]:
    """Return those of the addresses (lower case) that are not to be written to."""
    wanted = {address.lower() for address in addresses}
    if not wanted:
        return frozenset()
    return frozenset(
        session.exec(
            select(BouncedAddress.address).where(
                col(BouncedAddress.address).in_(wanted),
                col(BouncedAddress.bounced_at) > now - BOUNCE_HOLDS,
            )
        )
    )


def forget_bounce(session: Session, address: str) -> None:
    """Write to this address again: a person knows that it works."""
    session.exec(delete(BouncedAddress).where(col(BouncedAddress.address) == address.lower()))


def forget_old_bounces(session: Session, now: datetime) -> None:
    """Remove the addresses that may be written to again by now: nothing asks for them any more."""
    session.exec(delete(BouncedAddress).where(col(BouncedAddress.bounced_at) <= now - BOUNCE_HOLDS))
