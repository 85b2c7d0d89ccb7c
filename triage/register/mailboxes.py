"""What is known of each watched folder: when it was first watched, and whether it still is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from triage.errors import NotInRegister
from triage.register.database import insert_new, locked
from triage.register.events import one_line, record
from triage.register.tables import MailboxState

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session


def start_watching(
    session: Session,
    mailbox: str,
    folder: str,
    *,
    uidvalidity: int,
    highest_uid: int,
    now: datetime,
) -> MailboxState:
    """Return the state of a folder that was just selected.

    At the very first start the highest UID (0 for an empty folder) becomes the high-water mark.
    Later, a changed UIDVALIDITY (RFC 3501 section 2.3.1.1) is noted; the mark stays as it was.
    """
    insert_new(
        session,
        MailboxState(
            mailbox=mailbox,
            folder=folder,
            uidvalidity=uidvalidity,
            first_uidvalidity=uidvalidity,
            high_water_uid=highest_uid,
            first_started_at=now,
        ),
    )
    state = _state(session, mailbox, folder)
    if state.uidvalidity != uidvalidity:
        record(
            session,
            now,
            "uidvalidity_changed",
            f"The server numbered {mailbox} ({folder}) anew; its mails are recognised by content",
            data={"was": state.uidvalidity, "is": uidvalidity},
        )
        state.uidvalidity = uidvalidity
    return state


def is_backlog(state: MailboxState, *, uidvalidity: int, uid: int, received_at: datetime) -> bool:
    """Return whether a mail was in the folder before the first start.

    Its UID says so as long as UIDVALIDITY is that of the first start; after that, the time at which
    the server received it does.
    """
    if uidvalidity == state.first_uidvalidity:
        return uid <= state.high_water_uid
    return received_at < state.first_started_at


def note_scan(session: Session, mailbox: str, folder: str, now: datetime) -> None:
    """Note that a whole scan of the folder succeeded."""
    state = _state(session, mailbox, folder)
    state.last_scan_at = now
    state.last_error = ""
    state.last_error_at = None


def note_fault(session: Session, mailbox: str, folder: str, error: str, now: datetime) -> None:
    """Note why a folder could not be scanned; one that was never selected has no state to note."""
    state = session.get(MailboxState, (mailbox, folder))
    if state is not None:
        state.last_error = one_line(error)
        state.last_error_at = now


def watched(session: Session) -> tuple[MailboxState, ...]:
    """Return the states of all folders that were ever watched."""
    order = (col(MailboxState.mailbox), col(MailboxState.folder))
    return tuple(session.exec(select(MailboxState).order_by(*order)))


def _state(session: Session, mailbox: str, folder: str) -> MailboxState:
    state = locked(session, MailboxState, (mailbox, folder))
    if state is None:
        raise NotInRegister(f"{mailbox} ({folder}) was never watched")
    return state
