"""What people must do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from triage.errors import NotInRegister
from triage.register.database import locked
from triage.register.events import one_line, record
from triage.register.states import TaskState
from triage.register.tables import HandlerTask

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session


SET_ASIDE_TASK = "mail_set_aside"
NOT_SENT = "not_sent"
"""Codes of tasks that end by themselves when what failed succeeds after all."""


def add_task(
    session: Session,
    now: datetime,
    code: str,
    text: str,
    *,
    case_number: str | None = None,
    ledger_id: int | None = None,
    outbox_id: int | None = None,
) -> None:
    """Add a task. `text` is one line for a handler; ids in it are masked here."""
    session.add(
        HandlerTask(
            code=code,
            text=one_line(text),
            case_number=case_number,
            ledger_id=ledger_id,
            outbox_id=outbox_id,
            created_at=now,
        )
    )


def raise_alarm(session: Session, now: datetime, code: str, text: str) -> bool:
    """Add a task of no case unless one of this code is open; return whether it was added."""
    known = select(HandlerTask.id).where(
        HandlerTask.code == code,
        HandlerTask.state == TaskState.OPEN,
        col(HandlerTask.case_number).is_(None),
    )
    if session.exec(known.limit(1)).first() is not None:
        return False
    add_task(session, now, code, text)
    return True


def open_tasks(session: Session, case_number: str | None = None) -> tuple[HandlerTask, ...]:
    """Return what is still to be done, of one case or of all, oldest first."""
    wanted = select(HandlerTask).where(HandlerTask.state == TaskState.OPEN)
    if case_number is not None:
        wanted = wanted.where(HandlerTask.case_number == case_number)
    return tuple(session.exec(wanted.order_by(col(HandlerTask.created_at), col(HandlerTask.id))))


def finish_task(session: Session, task_id: int, *, by: str, now: datetime, note: str = "") -> None:
    """Mark a task as done; one that is done already stays as it is.

    Raises NotInRegister for an unknown task.
    """
    task = locked(session, HandlerTask, task_id)
    if task is None:
        raise NotInRegister(f"There is no task {task_id}")
    if task.state is TaskState.DONE:
        return
    task.state = TaskState.DONE
    task.done_at = now
    task.done_by = by
    task.note = one_line(note)
    record(
        session,
        now,
        "task_done",
        f"{by} finished: {task.text}" + (f" ({note})" if note else ""),
        case_number=task.case_number,
        ledger_id=task.ledger_id,
        outbox_id=task.outbox_id,
    )


def finish_tasks_of(
    session: Session,
    case_number: str,
    *,
    by: str,
    now: datetime,
    code: str = "",
    note: str = "the case was settled",
) -> None:
    """Mark all tasks of a case (with a `code`, those) as done; `note` says what made them so."""
    for task in open_tasks(session, case_number):
        if not code or task.code == code:
            finish_task(session, task.id, by=by, now=now, note=note)


def finish_tasks_about(
    session: Session,
    code: str,
    *,
    now: datetime,
    note: str,
    ledger_id: int | None = None,
    outbox_id: int | None = None,
) -> None:
    """Mark the tasks of a code about one mail, of the ledger or the outbox, as done."""
    about = (
        HandlerTask.ledger_id == ledger_id
        if outbox_id is None
        else HandlerTask.outbox_id == outbox_id
    )
    wanted = select(HandlerTask.id).where(
        HandlerTask.state == TaskState.OPEN, HandlerTask.code == code, about
    )
    for task_id in session.exec(wanted).all():
        finish_task(session, task_id, by="the service", now=now, note=note)
