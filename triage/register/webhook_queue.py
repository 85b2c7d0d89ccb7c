"""What the collection system is to be told, and what became of it.

A call is an event of a case that pauses or resumes collection. Events are stored with what they
tell of, so that nothing is lost when the service stops. The calls of one case go in order, each
tried like a mail of the outbox; one that cannot be delivered becomes a person's task.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from triage.errors import NotInRegister
from triage.register.database import locked
from triage.register.events import one_line, record
from triage.register.outbox_queue import GIVE_UP, next_attempt
from triage.register.states import CallState, TaskState
from triage.register.tables import Case, CaseDossier, Event, HandlerTask, WebhookCall
from triage.register.tasks import add_task

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

TOLD = ("collection_paused", "collection_resumed", "collection_stopped")
"""Codes of the events that the collection system is told."""
TASK = "webhook"
_WORTH_A_TASK = 6
"""After so many failures, some five minutes, a person is told that the system does not answer."""


@dataclass(frozen=True, slots=True)
class Call:
    """What the collection system is told: nothing that names a person."""

    id: int
    """Rises with time; the same in every attempt."""
    event: str
    case: str
    policy: str
    dossiers: tuple[str, ...]
    """All that are known of the case by now."""
    at: datetime


def queue_calls(session: Session, now: datetime) -> None:
    """Queue what happened and is not yet queued."""
    known = select(WebhookCall.event_id)
    wanted = select(Event.id).where(
        col(Event.code).in_(TOLD),
        col(Event.case_number).is_not(None),
        col(Event.id).not_in(known),
    )
    for event_id in session.exec(wanted.order_by(col(Event.id))).all():
        session.add(WebhookCall(event_id=event_id, queued_at=now, next_attempt_at=now))


def due_calls(session: Session, now: datetime, limit: int) -> tuple[Call, ...]:
    """Return calls to make now, the oldest first, at most one of each case."""
    rows = session.exec(
        select(WebhookCall, Event, Case.policy)
        .join(Event, col(Event.id) == col(WebhookCall.event_id))
        .join(Case, col(Case.number) == col(Event.case_number))
        .where(WebhookCall.state == CallState.DUE)
        .order_by(col(WebhookCall.event_id))
    )
    first: dict[str, Call] = {}
    waiting: set[str] = set()
    for call, event, policy in rows:
        number = event.case_number or ""
        if number in first or number in waiting:
            continue
        if call.next_attempt_at > now:
            waiting.add(number)
            continue
        dossiers = _dossiers(session, number)
        first[number] = Call(event.id, event.code, number, policy, dossiers, event.at)
        if len(first) == limit:
            break
    return tuple(first.values())


def _dossiers(session: Session, number: str) -> tuple[str, ...]:
    wanted = select(CaseDossier.dossier_number).where(CaseDossier.case_number == number)
    return tuple(sorted(session.exec(wanted)))


def mark_taken(session: Session, call: Call, now: datetime) -> None:
    """Note that the collection system took a call."""
    row = _call(session, call.id)
    row.state, row.ended_at, row.last_error = CallState.TAKEN, now, ""
    row.attempts += 1
    record(
        session,
        now,
        "collection_told",
        f"Told the collection system: {call.event}",
        case_number=call.case,
    )


def mark_not_taken(session: Session, call: Call, error: str, now: datetime) -> None:
    """Note that a call was not taken; it is tried again, up to `GIVE_UP`."""
    row = _call(session, call.id)
    row.attempts += 1
    row.last_error = one_line(error)
    if now - row.queued_at >= GIVE_UP:
        row.state, row.ended_at = CallState.FAILED, now
        text = f"The collection system was not told ({call.event}); tell it by hand: {error}"
        add_task(session, now, TASK, text, case_number=call.case)
        return
    row.next_attempt_at = now + next_attempt(row.attempts)
    if row.attempts == _WORTH_A_TASK and not _is_told(session):
        text = f"The collection system does not take our calls; they are tried again: {error}"
        add_task(session, now, TASK, text)


def _is_told(session: Session) -> bool:
    """Return whether there is an open task about the system as a whole."""
    wanted = select(HandlerTask.id).where(
        HandlerTask.code == TASK,
        HandlerTask.state == TaskState.OPEN,
        col(HandlerTask.case_number).is_(None),
    )
    return session.exec(wanted).first() is not None


def _call(session: Session, event_id: int) -> WebhookCall:
    row = locked(session, WebhookCall, event_id)
    if row is None:
        raise NotInRegister(f"There is no call of event {event_id}")
    return row
