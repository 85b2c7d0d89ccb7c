"""Where case numbers and their key come from: the database, so that no number is given twice."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlmodel import col

from triage.register import case_number
from triage.register.database import insert_new, inserting
from triage.register.tables import NumberSeries, StoredSecret

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from triage.policy.model import Policy

_KEY = "case_number_key"


def allocate_number(session: Session, policy: Policy, now: datetime) -> str:
    """Return the next case number of the policy's country and the current year in its zone.

    The number is taken when the transaction commits; if it does not, the number is given to the
    next case, so that there are no gaps. Concurrent transactions wait for each other here.
    """
    year = now.astimezone(policy.zone).year
    letters = case_number.prefix(policy)
    series = inserting(session, NumberSeries).values(prefix=letters, year=year, last=1)
    statement = series.on_conflict_do_update(
        index_elements=["prefix", "year"], set_={"last": col(NumberSeries.last) + 1}
    ).returning(col(NumberSeries.last))
    running: int = session.connection().execute(statement).scalar_one()
    return case_number.number(letters, year, running)


def signing_key(session: Session, now: datetime) -> bytes:
    """Return the key of this register's tokens; it is made when first asked for."""
    if _KEY not in session.info:
        stored = session.get(StoredSecret, _KEY)
        if stored is None:
            made = StoredSecret(name=_KEY, value=secrets.token_bytes(32), created_at=now)
            insert_new(session, made)
            stored = session.get_one(StoredSecret, _KEY)  # another process may have been quicker
        session.info[_KEY] = stored.value
    key: bytes = session.info[_KEY]
    return key
