"""Those who write, and those who answer: late, on holiday, forgetful, by every way there is."""

from __future__ import annotations

import heapq
from datetime import date, timedelta
from typing import TYPE_CHECKING

from year_mails import EVERYTHING, OUR_ANSWER, RECEIVER, bounced, letter, parsed, subject_of
from year_service import ANNA, BRAM, HANDLERS, LEAD, MANAGEMENT

from triage.policy.deadline import deadline
from triage.register import case_commands
from triage.register.cases import case_file, case_of
from triage.register.ledger import raw_of
from triage.register.queued import ANSWERS
from triage.register.states import CaseState, Outcome
from triage.register.tables import LedgerEntry
from triage.register.verdict import Ending
from triage.schedule.extension import tell_extension

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from random import Random

    from year_chronicle import Chronicle, Sent

    from triage.register.database import Register
    from triage.register.ledger import Arrival
    from triage.register.tables import Case, OutboxMail
    from triage.schedule.plan import Plan

    Deed = Callable[[datetime], list[Arrival]]
    """Done at its time; returns what comes to the mailboxes by it."""

    from year_service import Post


class Agenda:
    """What people will do, and when."""

    def __init__(self) -> None:
        self._deeds: list[tuple[datetime, int, Deed]] = []
        self._count = 0

    def add(self, at: datetime, deed: Deed) -> None:
        self._count += 1
        heapq.heappush(self._deeds, (at, self._count, deed))

    def until(self, now: datetime) -> list[Arrival]:
        """Do all that falls before `now`."""
        arrivals: list[Arrival] = []
        while self._deeds and self._deeds[0][0] <= now:
            at, _, deed = heapq.heappop(self._deeds)
            arrivals += deed(at)
        return arrivals


class Senders:
    """They answer what we ask late, from elsewhere, without a subject, or never."""

    def __init__(self, agenda: Agenda, post: Post, dice: Random, chronicle: Chronicle) -> None:
        self._agenda = agenda
        self._post = post
        self._dice = dice
        self._chronicle = chronicle
        self._asked: set[str] = set()

    def read(self, mail: Sent, raw: bytes, case: Case) -> None:
        """Take note of a mail of ours to a sender."""
        dice, post = self._dice, self._post
        mailbox = mail.sender
        if dice.random() < 0.02:
            at = mail.at + timedelta(minutes=3)
            report = bounced(parsed(raw), at=at, name=f"dsn.{mail.message_id}")
            self._agenda.add(at, lambda at: [post.arrival(mailbox, report, at)])
            return
        if not case.missing or case.number in self._asked or dice.random() > 0.55:
            return
        self._asked.add(case.number)
        name = f"re.{mail.message_id}"
        sender, subject, headers = mail.to, f"Re: {mail.subject}", {}
        if dice.random() < 0.3:
            sender = f"elsewhere.{sender}"  # another address, and the thread is lost
        else:
            headers = {"In_Reply_To": f"<{mail.message_id}>"}
            subject = "" if dice.random() < 0.3 else subject
        self._chronicle.supplements[name] = case.number
        policy = case.policy

        def answer(at: datetime) -> list[Arrival]:
            text = EVERYTHING[policy]
            raw = letter(sender, mailbox, subject, text, at=at, name=name, **headers)
            return [post.arrival(mailbox, raw, at)]

        self._agenda.add(mail.at + timedelta(days=dice.uniform(0.1, 14)), answer)


class Handlers:
    """They answer in their mail client or say it to the command; some forget until the top asks."""

    def __init__(
        self,
        agenda: Agenda,
        post: Post,
        dice: Random,
        chronicle: Chronicle,
        register: Register,
        plan: Plan,
    ) -> None:
        self._agenda = agenda
        self._chronicle = chronicle
        self._post = post
        self._dice = dice
        self._register = register
        self._plan = plan
        self._forgotten: set[str] = set()
        self.resting: set[str] = set()
        """Cases that are paused."""

    def take_up(self, case: Case) -> None:
        """Plan the life of a new case."""
        dice, number, now = self._dice, case.number, case.opened_at
        who = dice.choice(HANDLERS)
        if dice.random() < 0.7:
            self._when(who, now, 0, lambda at: self._assign(number, who, at))
        chance = dice.random()
        if chance < 0.12:
            if case.due is not None or dice.random() < 0.5:
                self._forgotten.add(number)
                return
        elif chance < 0.16 and case.policy == "alektum-pl" and case.due is not None:
            self._when(who, now, 20, lambda at: self._extend(number, at))
            self._when(who, now, 40, lambda at: self._answer(number, who, at))
            return
        elif chance < 0.20:
            self._when(who, now, 2, lambda at: self._pause(number, at))
            self._when(who, now, 16, lambda at: self._resume(number, at))
            self._when(who, now, 17, lambda at: self._answer(number, who, at))
            return
        elif chance < 0.25:
            self._when(who, now, 3, lambda at: self._answer(number, who, at, "[interim] "))
        late = 9 + dice.expovariate(1 / 6) if dice.random() < 0.2 else dice.uniform(0.2, 8)
        self._when(who, now, late, lambda at: self._answer(number, who, at))

    def hear(self, mail: Sent) -> None:
        """Take note of a reminder; what the management asks for is then done."""
        if mail.to != MANAGEMENT:
            return
        for number in sorted(mail.numbers & self._forgotten):
            self._forgotten.discard(number)
            days = self._dice.uniform(0.2, 3)
            self._when(LEAD, mail.at, days, lambda at, n=number: self._answer(n, LEAD, at))

    def _when(self, who: str, since: datetime, days: float, deed: Deed) -> None:
        at = since + timedelta(days=days)
        while _is_away(who, at.date()):
            at = at.replace(hour=9) + timedelta(days=1)
        self._agenda.add(at, deed)

    def _assign(self, number: str, who: str, at: datetime) -> list[Arrival]:
        with self._register.transaction() as session:
            case_commands.assign(session, number, who, by=who, now=at)
        return []

    def _pause(self, number: str, at: datetime) -> list[Arrival]:
        with self._register.transaction() as session:
            if case_of(session, number).state is CaseState.OPEN:
                case_commands.pause(session, number, "waits for the court", by="anna", now=at)
                self.resting.add(number)
        return []

    def _resume(self, number: str, at: datetime) -> list[Arrival]:
        with self._register.transaction() as session:
            case_commands.resume(session, number, by="anna", now=at)
        self.resting.discard(number)
        return []

    def _extend(self, number: str, at: datetime) -> list[Arrival]:
        with self._register.transaction() as session:
            case = case_of(session, number)
            if case.state is not CaseState.OPEN or not case.kind.is_complaint:
                return []
            policy = self._plan.policies[case.policy]
            longest = deadline(policy, case.received_at, "extended")
            case_commands.extend(
                session,
                number,
                due=longest.due,
                due_at=longest.due_at,
                counted=[str(day) for day in longest.counted],
                reason="the bank has not answered yet",
                by="anna",
                now=at,
            )
            tell_extension(session, self._plan, number, "the bank has not answered yet", at)
        return []

    def _answer(self, number: str, who: str, at: datetime, mark: str = "") -> list[Arrival]:
        with self._register.reading() as session:
            file = case_file(session, number)
            first = session.get(LedgerEntry, file.mails[0].ledger_id)
            assert first is not None
            theirs = raw_of(session, first)
        if file.case.state is not CaseState.OPEN:
            return []
        if not mark:
            self._settle_later(number, who, at)
        way = self._dice.random()
        sender, subject = file.mails[0].sender, _subject(file.sent)
        reachable = bool(sender) and bool(subject)  # without our own mail, nothing names the case
        if not mark and (way < 0.15 or not reachable):
            with self._register.transaction() as session:
                case_commands.answer(session, number, by=who, now=at)
            return []
        if not mark and way < 0.25:
            return [self._post.arrival(first.mailbox, theirs, first.received_at, "Answered")]
        if not reachable:
            return []
        bcc = way < 0.4
        proof = {"Authentication_Results": f"{RECEIVER}; dmarc=pass"} if bcc else {}
        name = f"ours.{number}.{at:%m%d%H%M%S}@office.example"
        if not mark:
            self._chronicle.answers[name] = number
        raw = letter(
            f"Anna <{first.mailbox}>",
            sender,
            f"{mark}Re: {subject}",
            OUR_ANSWER,
            at=at,
            name=name,
            **proof,
        )
        return [self._post.arrival(first.mailbox, raw, at, "INBOX" if bcc else "Sent")]

    def _settle_later(self, number: str, who: str, at: datetime) -> None:
        if self._dice.random() < 0.06:
            return  # for the digest to tell

        def settle(at: datetime) -> list[Arrival]:
            outcome = self._dice.choice((Outcome.UPHELD, Outcome.REJECTED, Outcome.ANSWERED))
            with self._register.transaction() as session:
                if case_of(session, number).state is not CaseState.ANSWERED:
                    return []
                case_commands.settle(session, number, Ending(outcome), by=who, now=at)
            if self._dice.random() < 0.03:
                self._when(who, at, 3, lambda at: self._reopen(number, who, at))
            return []

        self._when(who, at, self._dice.uniform(1, 5), settle)

    def _reopen(self, number: str, who: str, at: datetime) -> list[Arrival]:
        with self._register.transaction() as session:
            case_commands.reopen(session, number, "something was overlooked", by=who, now=at)
        self._when(who, at, 2, lambda at: self._answer(number, who, at))
        return []


def _is_away(who: str, day: date) -> bool:
    """Whether a handler is on holiday or at home on that day."""
    anna = date(day.year, 7, 13) <= day < date(day.year, 8, 1)
    bram = date(day.year, 8, 1) <= day < date(day.year, 8, 22)
    both = (day.month, day.day) >= (12, 24) or (day.month, day.day) <= (1, 4)
    away = both or (who == ANNA and anna) or (who == BRAM and bram)
    return day.weekday() >= 5 or away


def _subject(ours: tuple[OutboxMail, ...]) -> str:
    """Return the subject of our acknowledgement, which names the case; empty without one."""
    mails = [mail for mail in ours if mail.purpose in ANSWERS]
    return subject_of(mails[0].content) if mails else ""
