"""What the register knows that bears on a mail, for `triage.decision.decide`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam
from sqlmodel import and_, col, func, or_, select

from triage.decision import Caps, History, KnownCase, recipient_of
from triage.register.bounces import bounced_among
from triage.register.cases import unmerged
from triage.register.database import one_at_a_time
from triage.register.joining import case_continued
from triage.register.queued import ANSWERS
from triage.register.states import OutboxState
from triage.register.tables import Case, Contact, LedgerEntry, OutboxMail

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from triage.message.model import Message
    from triage.policy.model import Policy
    from triage.understanding.model import Reading

_NOT_GONE_OUT = (OutboxState.FAILED, OutboxState.WITHHELD)
_AN_ANSWER = col(OutboxMail.purpose).in_(sorted(ANSWERS))

# Built once, because every mail asks them and building takes longer than asking.
_MAILS_TO_CONTACTS = (
    select(OutboxMail.state, OutboxMail.purpose)
    .join(
        Contact,
        and_(
            col(Contact.case_number) == col(OutboxMail.case_number),
            col(Contact.address) == col(OutboxMail.recipient),
        ),
    )
    .where(OutboxMail.case_number == bindparam("number"))
    .where(OutboxMail.state != OutboxState.WITHHELD)
)
_SAME_MAIL = select(OutboxMail.message_id, OutboxMail.purpose, OutboxMail.state).where(
    or_(
        col(OutboxMail.ledger_id).in_(
            select(LedgerEntry.id).where(LedgerEntry.fingerprint == bindparam("fingerprint"))
        ),
        OutboxMail.message_id == bindparam("message_id"),
    )
)
_ANSWERS_TO = (
    select(OutboxMail.queued_at, LedgerEntry.mailbox, LedgerEntry.received_at)
    .outerjoin(LedgerEntry, col(LedgerEntry.id) == col(OutboxMail.ledger_id))
    .where(OutboxMail.recipient == bindparam("recipient"))
    .where(OutboxMail.queued_at > bindparam("since"))
    .where(_AN_ANSWER, OutboxMail.state != OutboxState.WITHHELD)
)
_ANSWERS_OF_SERVICE = select(func.count()).select_from(
    select(OutboxMail.id)
    .where(OutboxMail.queued_at > bindparam("since"), _AN_ANSWER)
    .limit(bindparam("enough"))
    .subquery()
)


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
    """Return what bears on this mail; another copy of a known one continues the case of that.

    Read it, decide and apply in one transaction: then two mails of one sender that come at the same
    moment are decided upon one after the other, also on two machines.
    """
    recipient = (recipient_of(message, reading) or "").lower()
    if recipient:
        one_at_a_time(session, recipient)
    case, joined = _of_the_copy(session, entry), None
    if case is None:
        case, joined = case_continued(
            session,
            message,
            reading,
            policy,
            correspondent=recipient,
            own_addresses=own_addresses,
            now=now,
        )
    minute, hour, day = _answers_to(session, recipient, entry, now)
    return History(
        case=_known(session, case) if case else None,
        joined=joined,
        answered_before=_answered_before(session, message, entry),
        own_addresses=own_addresses,
        sent_to_sender_minute=minute,
        sent_to_sender_hour=hour,
        sent_to_sender_day=day,
        sent_by_service_hour=answers_of_service(session, now, caps.service_hour),
        bounced_addresses=bounced_among(session, (recipient,) if recipient else (), now),
        backlog=entry.backlog,
        caps=caps,
        received_at=entry.received_at,
    )


def _of_the_copy(session: Session, entry: LedgerEntry) -> Case | None:
    original = session.get(LedgerEntry, entry.duplicate_of) if entry.duplicate_of else None
    number = original.case_number if original else None
    return unmerged(session, number) if number else None


def _known(session: Session, case: Case) -> KnownCase:
    mails = session.exec(_MAILS_TO_CONTACTS, params={"number": case.number}).all()
    return KnownCase(
        number=case.number,
        kind=case.kind,
        state=case.state.value,
        missing=tuple(case.missing),
        answered=case.answered_at is not None,
        acknowledged=any(
            purpose in ANSWERS and state not in _NOT_GONE_OUT for state, purpose in mails
        ),
        acknowledgements=len(mails),
        given=tuple(case.given),
        paused=case.collection_paused,
    )


def _answered_before(session: Session, message: Message, entry: LedgerEntry) -> bool:
    """Return whether a copy of this mail was answered, or it is a mail of ours that came back."""
    same = {"fingerprint": entry.fingerprint, "message_id": message.message_id}
    return any(
        message_id == message.message_id or (purpose in ANSWERS and state not in _NOT_GONE_OUT)
        for message_id, purpose, state in session.exec(_SAME_MAIL, params=same)
    )


def _answers_to(
    session: Session, recipient: str, entry: LedgerEntry, now: datetime
) -> tuple[int, int, int]:
    """Return how many automatic answers went to an address: of this minute, the last hour and day.

    Of the minute are answers to mails that the same mailbox received within a minute of this one,
    so that it does not matter how fast they are processed.
    """
    if not recipient:
        return 0, 0, 0
    wanted = {"recipient": recipient, "since": now - timedelta(days=1)}
    answers = session.exec(_ANSWERS_TO, params=wanted).all()
    return (
        sum(
            mailbox == entry.mailbox and abs(entry.received_at - received) <= timedelta(minutes=1)
            for _, mailbox, received in answers
        ),
        sum(queued > now - timedelta(hours=1) for queued, *_ in answers),
        len(answers),
    )


def answers_of_service(session: Session, now: datetime, enough: int) -> int:
    """Return how many automatic answers the service gave in the last hour, counted to `enough`."""
    wanted = {"since": now - timedelta(hours=1), "enough": enough}
    return session.exec(_ANSWERS_OF_SERVICE, params=wanted).one()
