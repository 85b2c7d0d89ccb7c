"""What a person does with a case; every step leaves an event that says who."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select, update

from triage.errors import BadInput
from triage.register.cases import case_of
from triage.register.database import insert_new
from triage.register.events import one_line, record
from triage.register.facts import merged
from triage.register.states import CaseState, Outcome
from triage.register.tables import (
    Case,
    CaseDossier,
    Contact,
    Event,
    HandledMail,
    HandlerTask,
    LedgerEntry,
    OutboxMail,
)
from triage.register.tasks import finish_tasks_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from triage.register.verdict import Ending

PAUSED, RESUMED = "paused", "resumed"
"""Codes of the events that let a case rest, and end its rest."""


def assign(session: Session, number: str, owner: str, *, by: str, now: datetime) -> None:
    """Make `owner` (an address or a name; empty for nobody) the one who handles the case."""
    case = case_of(session, number, for_change=True)
    case.owner = one_line(owner)
    record(
        session,
        now,
        "assigned",
        f"{by} assigned it to {owner or 'nobody'}",
        case_number=case.number,
    )


def extend(
    session: Session,
    number: str,
    *,
    due: date,
    due_at: datetime,
    counted: Sequence[str],
    reason: str,
    by: str,
    now: datetime,
) -> None:
    """Move the answer's term to a later day, with the reason that the sender is told.

    The caller has checked the policy's ceiling. Raises BadInput when the day is not later, no
    reason is given, or no term runs.
    """
    case = case_of(session, number, for_change=True)
    if case.state is not CaseState.OPEN or case.due_at is None:
        raise BadInput("has no running term", where=case.number)
    if due_at <= case.due_at:
        raise BadInput(
            f"{due} is not after {case.due}", where=case.number, remedy="Name a later day"
        )
    if not reason.strip():
        raise BadInput("an extension needs a reason", where=case.number, remedy="Say why")
    record(
        session,
        now,
        "extended",
        f"{by} extended the term from {case.due} to {due}: {reason}",
        case_number=case.number,
    )
    case.due, case.due_at, case.counted = due, due_at, list(counted)
    case.extended_at = now
    case.extension_reason = one_line(reason)


def note(session: Session, number: str, text: str, *, by: str, now: datetime) -> None:
    """Add a remark."""
    case = case_of(session, number)
    record(session, now, "note", f"{by}: {text}", case_number=case.number)


def pause(session: Session, number: str, reason: str, *, by: str, now: datetime) -> None:
    """Let an open case rest: its term runs on, but nobody is reminded of it.

    Raises BadInput when it is not open, or no reason is given.
    """
    case = case_of(session, number, for_change=True)
    if case.state is not CaseState.OPEN:
        raise BadInput(f"is {case.state}, not open", where=case.number)
    if not reason.strip():
        raise BadInput("to let a case rest needs a reason", where=case.number, remedy="Say why")
    record(session, now, PAUSED, f"{by} lets it rest: {reason}", case_number=case.number)


def resume(session: Session, number: str, *, by: str, now: datetime) -> None:
    """End the rest of a case; what is due is reminded of again."""
    case = case_of(session, number, for_change=True)
    record(session, now, RESUMED, f"{by} took it up again", case_number=case.number)


def answer(
    session: Session, number: str, *, by: str, now: datetime, ledger_id: int | None = None
) -> None:
    """Note that the answer was given: its term ends, and collection may go on.

    An interim answer is not one. A further answer to a case that is not open changes nothing.
    `ledger_id` is the mail that says so, where there is one. Raises BadInput for a case that was
    merged into another.
    """
    case = case_of(session, number, for_change=True)
    _check_own(case, "Say so of that case")
    record(session, now, "answered", f"{by} answered", case_number=case.number, ledger_id=ledger_id)
    if case.state is not CaseState.OPEN:
        return
    case.state = CaseState.ANSWERED
    case.answered_at = now
    _resume_collection(session, case, now)


def only_interim(session: Session, number: str, *, by: str, now: datetime, ledger_id: int) -> None:
    """Note that a mail of ours was not the answer yet; where it ended the term, the term runs on.

    Nothing but the event happens when another mail or a person ended it, or the case is settled.
    """
    case = case_of(session, number, for_change=True)
    answers = select(Event).where(Event.case_number == case.number, Event.code == "answered")
    last = session.exec(answers.order_by(col(Event.id).desc())).first()
    text = f"{by} says that it was an interim answer; the term runs on"
    record(session, now, "interim", text, case_number=case.number, ledger_id=ledger_id)
    if case.state is not CaseState.ANSWERED or last is None or last.ledger_id != ledger_id:
        return
    case.state = CaseState.OPEN
    if case.collection_resumed_at == case.answered_at and case.collection_paused_at is not None:
        _pause_again(session, case, now)
    case.answered_at = None


def settle(
    session: Session,
    number: str,
    ending: Ending,
    *,
    by: str,
    now: datetime,
    stop_collection: bool = False,
) -> None:
    """Close a case with its outcome; its open tasks are done with it.

    The caller has checked what the policy demands (`check_verdict`). Texts are masked. With
    `stop_collection` it does not go on ("staken dan wel voortzetten"). Raises BadInput where the
    case never paused it, or was merged into another.
    """
    case = case_of(session, number, for_change=True)
    _check_own(case, "Settle that case")
    if stop_collection and case.collection_paused_at is None:
        raise BadInput(
            "never paused collection", where=case.number, remedy="Tell the collection system itself"
        )
    case.state = CaseState.SETTLED
    case.settled_at = now
    case.outcome = ending.outcome
    case.outcome_reason = one_line(ending.reason)
    case.remedy = one_line(ending.remedy)
    case.improvement = one_line(ending.improvement)
    if stop_collection:
        case.collection_resumed_at = case.collection_resumed_at or now
        text = "Collection is to stop"
        record(session, now, "collection_stopped", text, case_number=case.number)
    _resume_collection(session, case, now)
    why = f", because: {ending.reason}" if ending.reason.strip() else ""
    text = f"{by} settled it: {ending.outcome}{why}"
    record(session, now, "settled", text, case_number=case.number)
    finish_tasks_of(session, case.number, by=by, now=now)


def reopen(session: Session, number: str, reason: str, *, by: str, now: datetime) -> None:
    """Take a case up again; its term is the old one, and collection waits for the answer again.

    Raises BadInput when it is open or merged, or no reason is given.
    """
    case = case_of(session, number, for_change=True)
    if case.state is CaseState.OPEN:
        raise BadInput("is open", where=case.number)
    _check_own(case, "Reopen that case")
    if not reason.strip():
        raise BadInput("to take it up again needs a reason", where=case.number, remedy="Say why")
    case.state = CaseState.OPEN
    case.settled_at = None
    case.outcome, case.outcome_reason = None, ""
    record(session, now, "reopened", f"{by} took it up again: {reason}", case_number=case.number)
    if case.collection_resumed_at is not None and case.answered_at is None:
        _pause_again(session, case, now)


def merge(session: Session, number: str, into: str, *, by: str, now: datetime) -> None:
    """Make one case of two: `into` takes mails, addresses, facts and tasks, and the earlier term.

    `number` is settled as merged, and later mails to it join the other. Raises BadInput when they
    are the same case, of different policies, one of them was merged before, or an open case would
    vanish in a closed one.
    """
    # Always locked in the same order, so that two people cannot wait for each other.
    for name in sorted({number.upper(), into.upper()}):
        case_of(session, name, for_change=True)
    gone, kept = case_of(session, number), case_of(session, into)
    _check_merge(gone, kept)
    _join_facts(gone, kept)
    _move_rows(session, gone, kept)
    if gone.collection_paused:
        if not kept.collection_paused:
            kept.collection_paused_at, kept.collection_resumed_at = gone.collection_paused_at, None
        _resume_collection(session, gone, now)
        # Told last, and anew: the dossiers of both rest because of this case from now on.
        text = "Collection is paused"
        record(session, now, "collection_paused", text, case_number=kept.number)
    gone.state = CaseState.SETTLED
    gone.settled_at = now
    gone.outcome = Outcome.MERGED
    gone.merged_into = kept.number
    for case, text in ((gone, f"it into {kept.number}"), (kept, f"{gone.number} into it")):
        record(session, now, "merged", f"{by} merged {text}", case_number=case.number)


def _check_own(case: Case, remedy: str) -> None:
    """Refuse what is to be done to a case that another stands for."""
    if case.merged_into is not None:
        raise BadInput(f"was merged into {case.merged_into}", where=case.number, remedy=remedy)


def _check_merge(gone: Case, kept: Case) -> None:
    if gone is kept:
        raise BadInput("cannot be merged into itself", where=gone.number)
    if gone.policy != kept.policy:
        # Another procedure, maybe another agency: other terms, promises, and people who may see it.
        raise BadInput(
            f"is a case of {gone.policy}, {kept.number} one of {kept.policy}",
            where=gone.number,
            remedy="Only cases of one policy are merged: settle each, and note the other's number",
        )
    for case in (gone, kept):
        if case.merged_into is not None:
            raise BadInput(f"was merged into {case.merged_into} before", where=case.number)
    if gone.state is CaseState.OPEN and kept.state is not CaseState.OPEN:
        raise BadInput(
            f"is {kept.state}, and {gone.number} is open",
            where=kept.number,
            remedy="Merge the other way round, or reopen it first",
        )


def _join_facts(gone: Case, kept: Case) -> None:
    kept.facts = merged(kept.facts, gone.facts)
    kept.given = sorted({*kept.given, *gone.given})
    complaints = [case for case in (kept, gone) if case.kind.is_complaint]
    if complaints:  # a question requires nothing, so it cannot say what is missing
        kept.kind = complaints[0].kind
        kept.missing = [
            key for key in complaints[0].missing if all(key in case.missing for case in complaints)
        ]
    if gone.due_at is not None and (kept.due_at is None or gone.due_at < kept.due_at):
        kept.due, kept.due_at, kept.counted = gone.due, gone.due_at, gone.counted
        kept.first_due = gone.first_due
    kept.received_at = min(kept.received_at, gone.received_at)


def _move_rows(session: Session, gone: Case, kept: Case) -> None:
    contacts = select(Contact).where(Contact.case_number == gone.number)
    for contact in session.exec(contacts).all():
        row = contact.model_dump() | {"case_number": kept.number}
        insert_new(session, Contact(**row))
    dossiers = select(CaseDossier).where(CaseDossier.case_number == gone.number)
    for dossier in session.exec(dossiers).all():
        row = dossier.model_dump() | {"case_number": kept.number}
        insert_new(session, CaseDossier(**row))
    for table in (HandledMail, HandlerTask, LedgerEntry, OutboxMail):
        session.exec(
            update(table)
            .where(col(table.case_number) == gone.number)
            .values(case_number=kept.number)
        )


def _pause_again(session: Session, case: Case, now: datetime) -> None:
    case.collection_resumed_at = None
    text = "Collection is paused again"
    record(session, now, "collection_paused", text, case_number=case.number)


def _resume_collection(session: Session, case: Case, now: datetime) -> None:
    if not case.collection_paused:
        return
    case.collection_resumed_at = now
    record(session, now, "collection_resumed", "Collection may go on", case_number=case.number)
