"""Which case a mail continues.

A mail is tied to a case by the thread it answers, by the number with its token, or by its sender
and dossier number. Somebody else who merely quotes a number, or answers a mail that was not ours,
does not join: what is said of a case goes to the people of that case only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from triage.decision import Joined
from triage.message.model import MachineSign
from triage.register.case_number import find_tag
from triage.register.cases import unmerged
from triage.register.numbering import signing_key
from triage.register.states import CaseState, Direction
from triage.register.tables import Case, CaseDossier, Contact, HandledMail, OutboxMail
from triage.understanding.model import Kind

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from triage.message.model import Message
    from triage.policy.model import Policy
    from triage.understanding.model import Reading

_REFERENCES = 100
"""How many Message-IDs of a thread are looked up, the nearest first."""


def case_continued(
    session: Session,
    message: Message,
    reading: Reading,
    policy: Policy,
    *,
    correspondent: str,
    own_addresses: frozenset[str],
    now: datetime,
) -> tuple[Case | None, Joined | None]:
    """Return the case that a mail continues, and how we know; the surest way first.

    `correspondent` is the address (lower case) of whoever wrote, empty when there is none.
    """
    # Whoever fails the receiving server's checks may not be who the From header says.
    forged = any(sign.code is MachineSign.UNAUTHENTICATED for sign in message.signs)
    sender = "" if forged else correspondent
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
        col(OutboxMail.message_id).in_(named)
    )
    known = {message_id: number for message_id, number in session.exec(ours) if number}
    registered = select(
        HandledMail.message_id, HandledMail.case_number, HandledMail.direction
    ).where(col(HandledMail.message_id).in_(named))
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
