"""What the register knows that bears on a mail, for `triage.decision.decide`.

A mail is tied to a case by the thread it answers, by the number with its token, or by its sender
and dossier number. Somebody else who merely quotes a number, or answers a mail that was not ours,
does not join: what is said of a case goes to the people of that case only.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, func, or_, select

from triage.decision import Caps, History, Joined, KnownCase, recipient_of
from triage.message.model import MachineSign
from triage.register.bounces import bounced_among
from triage.register.case_number import find_tag
from triage.register.cases import unmerged
from triage.register.database import one_at_a_time
from triage.register.numbering import signing_key
from triage.register.queued import ANSWERS
from triage.register.states import CaseState, Direction, OutboxState
from triage.register.tables import (
    Case,
    CaseDossier,
    Contact,
    HandledMail,
    LedgerEntry,
    OutboxMail,
)
from triage.understanding.model import Kind

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from triage.message.model import Message
    from triage.policy.model import Policy
    from triage.understanding.model import Reading

_REFERENCES = 100
"""How many Message-IDs of a thread are looked up, the nearest first."""
_GONE = (OutboxState.FAILED, OutboxState.WITHHELD)


def history_for(
    session: Session,
    message: Message,
    reading: Reading,
    policy: Policy,
    entry: LedgerEntry,
    *,
    caps: Caps,
    own_addresses: frozenset[str],
    now: datetime,
) -> History:
    """Return what bears on this mail.

    Read it, decide and apply in one transaction: then two mails of one sender that come at the same
    moment are decided upon one after the other, also on two machines.
    """
    recipient = (recipient_of(message, reading) or "").lower()
    if recipient:
        one_at_a_time(session, recipient)
    case, joined = _case_of(session, message, reading, policy, recipient, own_addresses, now)
    hour, day = _sent_to(session, recipient, now)
    return History(
        case=_known(session, case) if case else None,
        joined=joined,
        answered_before=_answered_before(session, message, entry),
        own_addresses=own_addresses,
        sent_to_sender_hour=hour,
        sent_to_sender_day=day,
        sent_by_service_hour=_sent_by_service(session, now, caps.service_hour),
        bounced_addresses=bounced_among(session, (recipient,) if recipient else (), now),
        backlog=entry.backlog,
        caps=caps,
        received_at=entry.received_at,
    )


def _case_of(
    session: Session,
    message: Message,
    reading: Reading,
    policy: Policy,
    recipient: str,
    own_addresses: frozenset[str],
    now: datetime,
) -> tuple[Case | None, Joined | None]:
    """Return the case that a mail continues, and how we know; the surest way first."""
    # Whoever fails the receiving server's checks may not be who the From header says.
    forged = any(sign.code is MachineSign.UNAUTHENTICATED for sign in message.signs)
    sender = "" if forged else recipient
    if case := _by_thread(session, message, sender, from_us=sender in own_addresses):
        return case, Joined.THREAD
    if case := _by_token(session, message, now):
        return case, Joined.TOKEN
    if case := _by_sender(session, reading, policy, sender):
        return case, Joined.SENDER
    return None, None


def _by_thread(session: Session, message: Message, sender: str, *, from_us: bool) -> Case | None:
    bounced = message.report.original_message_id if message.report else ""
    thread = (bounced, *message.in_reply_to, *reversed(message.references))
    named = [message_id for message_id in dict.fromkeys(thread) if message_id][:_REFERENCES]
    if not named:
        return None
    ours = select(OutboxMail.message_id, OutboxMail.case_number).where(
        col(OutboxMail.message_id).in_(named), col(OutboxMail.case_number).is_not(None)
    )
    known = {message_id: number for message_id, number in session.exec(ours) if number}
    registered = select(
        HandledMail.message_id, HandledMail.case_number, HandledMail.direction
    ).where(col(HandledMail.message_id).in_(named), col(HandledMail.case_number).is_not(None))
    for message_id, number, direction in session.exec(registered):
        # Anyone may know the Message-ID of somebody's mail; that of ours only its recipient.
        ours_to_say = from_us or direction is Direction.OUT
        if number and (ours_to_say or _is_contact(session, number, sender)):
            known.setdefault(message_id, number)
    number = next((known[message_id] for message_id in named if message_id in known), None)
    return unmerged(session, number) if number else None


def _is_contact(session: Session, number: str, address: str) -> bool:
    case = unmerged(session, number)
    return session.get(Contact, (case.number, address)) is not None


def _by_token(session: Session, message: Message, now: datetime) -> Case | None:
    key = signing_key(session, now)
    number = find_tag(message.subject, key) or find_tag(message.typed, key)
    kept = number is not None and session.get(Case, number) is not None
    return unmerged(session, number) if number and kept else None


def _by_sender(session: Session, reading: Reading, policy: Policy, sender: str) -> Case | None:
    dossiers = [finding.value for finding in reading.fields.dossier_numbers]
    kind = reading.kind.value
    if not sender or not dossiers or kind.is_machine:
        return None
    of_sender = select(Contact.case_number).where(Contact.address == sender)
    of_dossier = select(CaseDossier.case_number).where(
        col(CaseDossier.dossier_number).in_(dossiers)
    )
    wanted = (
        select(Case)
        .where(
            Case.state == CaseState.OPEN,
            col(Case.number).in_(of_sender),
            col(Case.number).in_(of_dossier),
        )
        .order_by(col(Case.received_at).desc(), col(Case.number).desc())
    )
    open_cases = [case for case in session.exec(wanted) if _may_continue(case.kind, kind)]
    # Of several: the procedure that was written to, a complaint before a question, the latest.
    open_cases.sort(key=lambda c: (c.policy != policy.name, not c.kind.is_complaint))
    return open_cases[0] if open_cases else None


def _may_continue(case: Kind, mail: Kind) -> bool:
    """Return whether a mail of that kind may belong to a case of this one unasked.

    A complaint or a privacy request has a term of its own, which it must not lose by being taken
    for a further word on an open question.
    """
    if mail.is_complaint:
        return case.is_complaint
    return mail is not Kind.DATA_REQUEST or case is Kind.DATA_REQUEST


def _known(session: Session, case: Case) -> KnownCase:
    to_sender = (
        select(OutboxMail.state, OutboxMail.purpose)
        .join(
            Contact,
            (col(Contact.case_number) == col(OutboxMail.case_number))
            & (col(Contact.address) == col(OutboxMail.recipient)),
        )
        .where(OutboxMail.case_number == case.number, col(OutboxMail.state) != OutboxState.WITHHELD)
    )
    mails = session.exec(to_sender).all()
    return KnownCase(
        number=case.number,
        kind=case.kind,
        state=case.state.value,
        missing=tuple(case.missing),
        answered=case.answered_at is not None,
        acknowledged=any(purpose in ANSWERS and state not in _GONE for state, purpose in mails),
        acknowledgements=len(mails),
        given=tuple(case.given),
        paused=case.collection_paused,
    )


def _answered_before(session: Session, message: Message, entry: LedgerEntry) -> bool:
    """Return whether a copy of this mail was answered, or it is a mail of ours that came back."""
    of_copies = select(LedgerEntry.id).where(LedgerEntry.fingerprint == entry.fingerprint)
    rows = session.exec(
        select(OutboxMail.message_id, OutboxMail.purpose, OutboxMail.state).where(
            or_(
                col(OutboxMail.ledger_id).in_(of_copies),
                OutboxMail.message_id == message.message_id,
            )
        )
    )
    return any(
        message_id == message.message_id or (purpose in ANSWERS and state not in _GONE)
        for message_id, purpose, state in rows
    )


def _sent_to(session: Session, recipient: str, now: datetime) -> tuple[int, int]:
    """Return how many automatic answers went to an address in the last hour and day."""
    if not recipient:
        return 0, 0
    times = session.exec(
        select(OutboxMail.queued_at).where(
            OutboxMail.recipient == recipient,
            OutboxMail.queued_at > now - timedelta(days=1),
            col(OutboxMail.purpose).in_(ANSWERS),
            col(OutboxMail.state) != OutboxState.WITHHELD,
        )
    ).all()
    return sum(time > now - timedelta(hours=1) for time in times), len(times)


def _sent_by_service(session: Session, now: datetime, enough: int) -> int:
    """Return how many automatic answers the service gave in the last hour, counted to `enough`."""
    recent = (
        select(OutboxMail.id)
        .where(
            col(OutboxMail.purpose).in_(ANSWERS), OutboxMail.queued_at > now - timedelta(hours=1)
        )
        .limit(enough)
        .subquery()
    )
    return session.exec(select(func.count()).select_from(recent)).one()
