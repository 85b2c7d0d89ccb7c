"""Cases found and shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, func, or_, select

from triage.errors import NotInRegister
from triage.register.database import locked
from triage.register.events import events_of
from triage.register.states import CaseState
from triage.register.tables import Case, Contact, HandledMail, OutboxMail
from triage.register.tasks import open_tasks

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlmodel import Session

    from triage.register.tables import Event, HandlerTask


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with all that belongs to it."""

    case: Case
    addresses: tuple[str, ...]
    mails: tuple[HandledMail, ...]
    """By the time they were decided upon."""
    sent: tuple[OutboxMail, ...]
    """Our mails about it, in whatever state, by the time they were queued."""
    events: tuple[Event, ...]
    tasks: tuple[HandlerTask, ...]
    """Those still open."""


def case_of(session: Session, number: str, *, for_change: bool = False) -> Case:
    """Return a case; `for_change` keeps others from changing it until the transaction ends.

    Raises NotInRegister.
    """
    key = number.strip().upper()
    case = locked(session, Case, key) if for_change else session.get(Case, key)
    if case is None:
        raise NotInRegister(f"There is no case {number}")
    return case


def unmerged(session: Session, number: str) -> Case:
    """Return a case, or the one that it was merged into. Raises NotInRegister."""
    case = case_of(session, number)
    while case.merged_into is not None:
        case = case_of(session, case.merged_into)
    return case


def find_cases(
    session: Session,
    *,
    states: Collection[CaseState] = (CaseState.OPEN,),
    policy: str | None = None,
    owner: str | None = None,
    due_before: datetime | None = None,
    received_from: datetime | None = None,
    received_before: datetime | None = None,
) -> tuple[Case, ...]:
    """Return cases, the soonest due first, those without a term last.

    `owner` is an address or what stands before its @, in upper or lower case.
    """
    wanted = select(Case).where(col(Case.state).in_(states))
    if policy is not None:
        wanted = wanted.where(Case.policy == policy)
    if owner is not None:
        named = owner.strip().lower()
        mine = func.lower(col(Case.owner))
        wanted = wanted.where(or_(mine == named, mine.startswith(f"{named}@", autoescape=True)))
    if due_before is not None:
        wanted = wanted.where(col(Case.due_at) < due_before)
    if received_from is not None:
        wanted = wanted.where(Case.received_at >= received_from)
    if received_before is not None:
        wanted = wanted.where(Case.received_at < received_before)
    order = (col(Case.due_at).is_(None), col(Case.due_at), col(Case.received_at), col(Case.number))
    return tuple(session.exec(wanted.order_by(*order)))


def case_file(session: Session, number: str) -> CaseFile:
    """Return a case with its addresses, mails, events and open tasks. Raises NotInRegister."""
    case = case_of(session, number)
    mails = select(HandledMail).where(HandledMail.case_number == case.number)
    sent = select(OutboxMail).where(OutboxMail.case_number == case.number)
    return CaseFile(
        case=case,
        addresses=addresses_of(session, case.number),
        mails=tuple(
            session.exec(mails.order_by(col(HandledMail.decided_at), col(HandledMail.ledger_id)))
        ),
        sent=tuple(session.exec(sent.order_by(col(OutboxMail.queued_at), col(OutboxMail.id)))),
        events=events_of(session, case.number),
        tasks=open_tasks(session, case.number),
    )


def addresses_of(session: Session, number: str) -> tuple[str, ...]:
    """Return the addresses of a case's sender and their representatives, lower case."""
    wanted = select(Contact.address).where(Contact.case_number == number)
    return tuple(session.exec(wanted.order_by(col(Contact.added_at), col(Contact.address))))
