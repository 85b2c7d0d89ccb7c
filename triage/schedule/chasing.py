"""Reminders sent: claimed, worded and queued in one transaction, so that none goes out twice."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from triage.register.bounces import bounced_among
from triage.register.case_number import tag
from triage.register.cases import case_of
from triage.register.events import record
from triage.register.numbering import signing_key
from triage.register.outbox_queue import queue
from triage.register.reminders import claim_reminder
from triage.register.states import CaseState
from triage.register.tasks import add_task
from triage.schedule import digest_view, gather
from triage.schedule.audience import Level, reminded
from triage.schedule.chase import FACTS_TASK, Due, facts_due, in_office, reminders_due
from triage.schedule.digest import Digest, Words, summed_up, with_words
from triage.schedule.letters import Letter, post
from triage.schedule.lines import case_line, local_day
from triage.schedule.reminder import sender_reminder
from triage.schedule.sections import Part, section
from triage.schedule.wording import fact_words
from triage.schedule.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlmodel import Session

    from triage.register.database import Register
    from triage.schedule.plan import Plan

PURPOSE = "chase"


def chase(register: Register, plan: Plan, now: datetime) -> int:
    """Queue the reminders that are due now; return how many mails that makes.

    A handler gets one mail that tells all cases which are due for it, whatever was missed.
    """
    if not any(in_office(policy, now) for policy in plan.policies.values()):
        return 0
    with register.reading() as session:
        cases, done = gather.open_cases(session), gather.reminded(session)
        to_senders = [
            _reachable(session, due, now) for due in facts_due(cases, plan.policies, now, done)
        ]
        to_handlers = reminders_due(cases, plan.policies, plan.settings.chase, now, done)
        # Beforehand: to read their mails takes a while, for which no other may have to wait.
        pages = _pages(plan, _by_reader(plan, to_handlers), now).values()
        words = words_of(session, set().union(*(page.entries for page in pages)), plan.policies)
    mails = 0
    if to_handlers:
        with register.transaction() as session:
            mails += _remind_handlers(session, plan, words, now)
    for due in to_senders:
        # One transaction each: a catch-up must not keep the mails that come in waiting.
        with register.transaction() as session:
            mails += _remind_sender(session, plan, due, now)
    return mails


def _reachable(session: Session, due: Due, now: datetime) -> Due:
    """Return a task for a person where no reminder can reach the sender."""
    asked = gather.asked_of(session, due.case.number)
    if asked is not None and not bounced_among(session, (asked.recipient,), now):
        return due
    return replace(due, step=replace(due.step, name=FACTS_TASK))


def _claim(session: Session, due: Due, now: datetime) -> bool:
    """Whether this transaction is the first to tell this step."""
    return claim_reminder(session, due.case.number, due.step.name, due.step.day, now)


def _by_reader(plan: Plan, several: Iterable[Due]) -> dict[str, list[Due]]:
    by_reader: dict[str, list[Due]] = defaultdict(list)
    for due in several:
        for address in _told(plan, due):
            by_reader[address].append(due)
    return by_reader


def _told(plan: Plan, due: Due) -> tuple[str, ...]:
    return reminded(plan.settings, due.case.policy, due.case.owner, due.step.level)


def _pages(plan: Plan, by_reader: Mapping[str, list[Due]], now: datetime) -> dict[str, Digest]:
    return {who: reminder_page(plan, theirs, now) for who, theirs in by_reader.items()}


def _remind_handlers(
    session: Session, plan: Plan, words: Mapping[int, Words], now: datetime
) -> int:
    # Looked up anew: a case may have been answered since.
    cases, done = gather.open_cases(session), gather.reminded(session)
    due_now = reminders_due(cases, plan.policies, plan.settings.chase, now, done)
    several = [due for due in due_now if _claim(session, due, now)]
    for due in several:
        case, step = due.case, due.step
        told = _told(plan, due)
        what = f"{step.name}, answer due {case.due}"
        if told:
            text = f"Reminded {', '.join(told)} ({what})"
            record(session, now, "reminded", text, case_number=case.number)
        else:
            text = f"Nobody is named to be reminded of this case ({what})"
            add_task(session, now, "reminder", text, case_number=case.number)
    by_reader = _by_reader(plan, several)
    queued = 0
    for who, page in _pages(plan, by_reader, now).items():
        letter = _letter(plan, with_words(page, words), by_reader[who])
        queued += post(session, letter, who, plan.envelope(), now) is not None
    return queued


def _letter(plan: Plan, page: Digest, several: list[Due]) -> Letter:
    keys = "\n".join(sorted(f"{d.case.number} {d.step.name} {d.step.day}" for d in several))
    return Letter(
        purpose=PURPOSE,
        occasion=hashlib.sha256(keys.encode()).hexdigest()[:32],
        subject=f"{page.title}: {page.summary}",
        text=digest_view.as_text(page, plan.templates),
        html=digest_view.as_html(page, plan.templates),
    )


def reminder_page(plan: Plan, several: Iterable[Due], now: datetime) -> Digest:
    """Return one reminder of several cases, shown as a digest is."""
    parts: dict[Part, list[Due]] = defaultdict(list)
    for due in several:
        late = due.case.due_at is not None and due.case.due_at <= now
        parts[Part.OVERDUE if late else Part.SOON].append(due)
    sections = tuple(
        section(
            part,
            [case_line(due.case, plan.policies[due.case.policy], now) for due in parts[part]],
            rows=plan.settings.digest.rows,
        )
        for part in (Part.OVERDUE, Part.SOON)
        if parts[part]
    )
    highest = max(
        (due.step.level for many in parts.values() for due in many), default=Level.HANDLER
    )
    footer = {
        Level.HANDLER: "Sent to the handler of these cases.",
        Level.LEAD: "Sent to the handlers and their lead.",
        Level.MANAGEMENT: "Sent to the handlers, their lead and the management.",
    }[highest]
    return summed_up("Complaint reminder", local_day(now, plan.zone), sections, footer)


def _remind_sender(session: Session, plan: Plan, due: Due, now: datetime) -> int:
    """Remind a sender of what is missing, or make it a task; return how many mails that makes."""
    case = due.case
    stored = case_of(session, case.number, for_change=True)
    still = stored.state is CaseState.OPEN and tuple(stored.missing) == case.missing
    if not still or not _claim(session, due, now):
        return 0
    missing = fact_words(case.missing)
    asked = gather.asked_of(session, case.number)
    if due.step.name == FACTS_TASK or asked is None:
        text = f"Still missing: {missing}. Phone the sender, or answer without it"
        add_task(session, now, "incomplete", text, case_number=case.number)
        return 0
    mail = sender_reminder(
        plan.templates,
        plan.envelope(asked.mailbox),
        case,
        asked,
        plan.policies[case.policy],
        tag=tag(case.number, signing_key(session, now)),
        now=now,
    )
    record(session, now, "sender_reminded", f"Asked again: {missing}", case_number=case.number)
    return int(queue(session, mail, now, case_number=case.number) is not None)
