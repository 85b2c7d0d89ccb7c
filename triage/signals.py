"""What people tell by where a mail lies: stored in the transaction in which the mail is handled.

A mail that is moved to a watched folder comes to the ledger once more, as a copy of a known one.
What its folder says is done to the case of that mail, and a wrong reading is remembered, so that
the models can learn from it (`triage models corrections`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from triage.answering import FolderSign, Said
from triage.errors import NotInRegister
from triage.register import case_commands
from triage.register.cases import unmerged
from triage.register.corrections import remember_correction
from triage.register.events import record
from triage.register.ledger import entry_of
from triage.register.states import CaseState, EntryState, Outcome
from triage.register.tables import Event, HandledMail, LedgerEntry
from triage.register.verdict import Ending
from triage.understanding.model import Kind

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from triage.register.tables import Case

ANSWERED, INTERIM = "answered", "interim"
"""Codes of the events by which an answer of ours is known."""
_IN_HAND = {EntryState.WAITING, EntryState.FAILED}


def hear(session: Session, copy: LedgerEntry, sign: FolderSign | None, now: datetime) -> bool:
    """Do what the place of a known mail's copy says; return whether it is done with that.

    False: the copy is to be decided upon itself, because the mail was not, or otherwise. Raises
    NotInRegister when the mail it is a copy of is still in hand: it is heard later.
    """
    original = entry_of(session, copy.duplicate_of) if copy.duplicate_of is not None else copy
    if original.state in _IN_HAND and original is not copy:
        raise NotInRegister(f"Mail {original.id}, of which this is a copy, is not decided upon yet")
    if sign is None or _heard_before(session, copy):
        _end(copy, original)
        return True
    if sign is FolderSign.SENT and not _told(session, original):
        return False
    if sign is FolderSign.COMPLAINT and _becomes_complaint(session, original, now):
        copy.received_at = original.received_at
        return False
    obey(session, original, sign, now)
    _end(copy, original)
    return True


def obey(session: Session, entry: LedgerEntry, sign: FolderSign, now: datetime) -> None:
    """Do to the case of a mail what its folder says."""
    case = unmerged(session, entry.case_number) if entry.case_number else None
    by = f"Moved to the folder for {sign.value}: somebody"
    match sign:
        case FolderSign.ANSWERED if case is not None and case.state is CaseState.OPEN:
            case_commands.answer(session, case.number, by=by, now=now, ledger_id=entry.id)
        case FolderSign.INTERIM if case is not None:
            case_commands.only_interim(session, case.number, by=by, now=now, ledger_id=entry.id)
        case FolderSign.NOT_A_COMPLAINT:
            _set_right(session, entry, case, Kind.QUESTION, by, now)
        case FolderSign.SPAM:
            _set_right(session, entry, case, Kind.SPAM, by, now)
        case _:
            pass


def note_said(
    session: Session, entry: LedgerEntry, number: str | None, said: Said | None, now: datetime
) -> None:
    """Note what a mail of ours is for its case: the answer ends the term, an interim one does not.

    `entry` has been decided upon.
    """
    if number is None or said is None:
        return
    handled = session.get(HandledMail, entry.id)
    by = handled.sender if handled and handled.sender else "somebody"
    if said is Said.ANSWER:
        case_commands.answer(session, number, by=by, now=now, ledger_id=entry.id)
    elif said is Said.INTERIM:
        text = f"{by} sent an interim answer; the term runs on"
        record(session, now, INTERIM, text, case_number=number, ledger_id=entry.id)


def _heard_before(session: Session, copy: LedgerEntry) -> bool:
    """Return whether the folder was only numbered anew (RFC 3501 section 2.3.1.1)."""
    earlier = select(LedgerEntry.id).where(
        LedgerEntry.fingerprint == copy.fingerprint,
        LedgerEntry.mailbox == copy.mailbox,
        LedgerEntry.folder == copy.folder,
        LedgerEntry.uidvalidity != copy.uidvalidity,
        col(LedgerEntry.id) < copy.id,
    )
    return session.exec(earlier).first() is not None


def _told(session: Session, original: LedgerEntry) -> bool:
    """Return whether a copy of this mail of ours was found to be an answer before."""
    copies = select(LedgerEntry.id).where(LedgerEntry.fingerprint == original.fingerprint)
    told = select(Event.id).where(
        col(Event.ledger_id).in_(copies), col(Event.code).in_((ANSWERED, INTERIM))
    )
    return session.exec(told).first() is not None


def _becomes_complaint(session: Session, original: LedgerEntry, now: datetime) -> bool:
    """Remember that a mail is a complaint; return whether it is to be decided upon as one."""
    case = unmerged(session, original.case_number) if original.case_number else None
    handled = session.get(HandledMail, original.id)
    if handled is None or not handled.kind.is_complaint:
        was = handled.kind if handled else None
        remember_correction(session, original, was, Kind.COMPLAINT, now)
    if case is not None and case.state is CaseState.SETTLED:
        why = "it is a complaint after all"
        case_commands.reopen(session, case.number, why, by="somebody", now=now)
    return case is None or not case.kind.is_complaint


def _set_right(
    session: Session, entry: LedgerEntry, case: Case | None, kind: Kind, by: str, now: datetime
) -> None:
    handled = session.get(HandledMail, entry.id)
    was = handled.kind if handled else None
    if was is not kind and not (kind is Kind.QUESTION and was and not was.is_complaint):
        remember_correction(session, entry, was, kind, now)
    opened_it = handled is not None and not handled.joined
    if case is not None and opened_it and case.state is not CaseState.SETTLED:
        case_commands.settle(session, case.number, Ending(Outcome.NOT_A_COMPLAINT), by=by, now=now)


def _end(copy: LedgerEntry, original: LedgerEntry) -> None:
    copy.state = EntryState.DUPLICATE
    copy.case_number = original.case_number
    copy.error = ""
    copy.claimed_by = copy.claimed_at = None
