"""The year itself: days pass, people write and answer, the service lives, is killed, and comes back.

Everything follows from the seed. The clock stands still during one look of the service, which comes
a few times a day.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlmodel import col, select
from year_chronicle import Chronicle, Stood, Tick, sent
from year_mails import RECEIVER, records, written
from year_people import Agenda, Handlers, Senders
from year_service import (
    MAILBOXES,
    Clock,
    Killed,
    MortalRegister,
    Post,
    Process,
    closed_port,
    plan_of,
)
from year_sink import Sink

from triage.register.cases import case_of
from triage.register.database import Register
from triage.register.states import CaseState
from triage.register.tables import Case, OutboxMail

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from triage.register.ledger import Arrival
    from triage.understanding.judge import Judge

_ZONE = ZoneInfo("Europe/Amsterdam")
_LOOKS = (time(7, 31), time(11, 5))
"""When the service looks on Monday to Friday; else on Sunday at noon."""
_SUNDAY_LOOKS = (time(12),)
_COPIES = 0.04
"""So many mails go to two of our mailboxes at once."""


@dataclass(frozen=True, slots=True)
class Course:
    """What kind of year it is."""

    first: date
    last: date
    seed: int
    mails_a_day: float
    kill_every: int = 0
    """One in so many transactions kills the process; 0: none."""
    service_down: frozenset[date] = frozenset()
    smtp_down: frozenset[date] = frozenset()


class Life:
    """One run of a course."""

    def __init__(self, engine: Engine, judge: Judge, course: Course) -> None:
        dice = Random(course.seed)  # noqa: S311 - the same year every time
        self._course = course
        self._judge = judge
        self._dice = dice
        self._clock = Clock(_at(course.first, time(0)))
        fate = Random(course.seed + 1)  # noqa: S311 - as above
        self._killable = MortalRegister(engine, self._clock, fate, 0)
        self.register = Register(engine, self._clock)
        self.plan = plan_of(self.register, RECEIVER)
        self.chronicle = Chronicle()
        self._agenda, self._post = Agenda(), Post()
        people = self._agenda, self._post, dice, self.chronicle
        self._senders = Senders(*people)
        self._handlers = Handlers(*people, self.register, self.plan)
        self._taken_up = self._clock.now()
        self._arrivals: list[Arrival] = []
        self._dead_port = closed_port()

    def run(self) -> Chronicle:
        """Live through the course."""
        self._write_all()
        self._killable.every = self._course.kill_every
        loop = asyncio.new_event_loop()
        try:
            with Sink() as sink:
                self._live(sink, loop)
        finally:
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()
        return self.chronicle

    def _live(self, sink: Sink, loop: asyncio.AbstractEventLoop) -> None:
        course = self._course
        process: Process | None = None
        port = sink.port
        day = course.first
        while day <= course.last:
            wanted = self._dead_port if day in course.smtp_down else sink.port
            if day in course.service_down or wanted != port:
                process, port = self._ended(process), wanted
            for look in _looks(day):
                self._clock.time = _at(day, look)
                self._arrivals += self._agenda.until(self._clock.now())
                while day not in course.service_down:
                    try:
                        process = process or self._born(loop, port)
                        process.turn(self._arrivals, self._clock.now())
                    except (Killed, BaseExceptionGroup) as error:
                        if isinstance(error, BaseExceptionGroup) and error.split(Killed)[1]:
                            raise
                        self.chronicle.kills += 1
                        process = self._ended(process)
                    else:
                        self._arrivals = []
                        self._look_round(sink)
                        break
            day += timedelta(days=1)
        self._ended(process)

    def _born(self, loop: asyncio.AbstractEventLoop, port: int) -> Process:
        process = Process(self._killable, self.plan, self._judge, loop, port)
        process.start()
        return process

    @staticmethod
    def _ended(process: Process | None) -> None:
        if process is not None:
            process.end()

    def _write_all(self) -> None:
        """Plan the mails of the year."""
        course, dice = self._course, self._dice
        number = 0
        start, end = _at(course.first, time(0)), _at(course.last - timedelta(days=1), time(0))
        at = start
        pile = list(records())
        while at < end:
            if number % len(pile) == 0:
                dice.shuffle(pile)
            record = pile[number % len(pile)]
            number += 1
            at += timedelta(days=dice.expovariate(course.mails_a_day))
            mail = written(record, number, at)
            self.chronicle.mails.append(mail)
            to = [mail.to if mail.to in MAILBOXES else _first_of(mail.policy)]
            if dice.random() < _COPIES:
                to.append(dice.choice([box for box in MAILBOXES if box != to[0]]))
            for place, mailbox in enumerate(to):
                when = at + timedelta(hours=5 * place)
                self._agenda.add(when, lambda at, m=mailbox, r=mail.raw: [self._comes(m, r, at)])

    def _comes(self, mailbox: str, raw: bytes, at: datetime) -> Arrival:
        return self._post.arrival(mailbox, raw, at)

    def _look_round(self, sink: Sink) -> None:
        """Let people see what the service has done, and write it down."""
        now, chronicle = self._clock.now(), self.chronicle
        with self.register.reading() as session:
            for taken in sink.mails[len(chronicle.taken) :]:
                mail = sent(taken, now)
                again = any(each.message_id == mail.message_id for each in chronicle.taken[-50:])
                chronicle.taken.append(mail)
                if again:
                    continue
                if mail.purpose == "answer":
                    ours = select(OutboxMail.case_number).where(
                        OutboxMail.message_id == mail.message_id
                    )
                    number = session.exec(ours).one()
                    assert number is not None
                    self._senders.read(mail, taken, case_of(session, number))
                elif mail.purpose == "chase":
                    self._handlers.hear(mail)
            fresh = select(Case).where(col(Case.opened_at) > self._taken_up)
            for case in session.exec(fresh.order_by(col(Case.number))):
                self._handlers.take_up(case)
            self._taken_up = now
            columns = select(Case.number, Case.state, col(Case.due))
            unsettled = session.exec(columns.where(Case.state != CaseState.SETTLED))
            stood = {
                number: Stood(state is CaseState.OPEN, number in self._handlers.resting, due)
                for number, state, due in unsettled
            }
            chronicle.ticks.append(Tick(now, stood))


def _looks(day: date) -> tuple[time, ...]:
    if day.weekday() < 5:
        return _LOOKS
    return _SUNDAY_LOOKS if day.weekday() == 6 else ()


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=_ZONE).astimezone(ZoneInfo("UTC"))


def _first_of(policy: str) -> str:
    return next(box for box, name in MAILBOXES.items() if name == policy)
