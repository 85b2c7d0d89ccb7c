"""The service without its sockets to IMAP: ledger, processing, the clock's jobs, delivery by SMTP.

It can be killed in any transaction, before or after the commit, and is then built anew.
"""

from __future__ import annotations

import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

from triage import resources
from triage.assembly import instance_of, rules_of
from triage.message.identity import identify
from triage.outbox.delivery import Delivery
from triage.outbox.render import Templates
from triage.outbox.smtp import SmtpServer, SmtpSession
from triage.policy.load import load_policies
from triage.processing import Processor
from triage.register.database import Register
from triage.register.ledger import Arrival, pack, take_in
from triage.schedule.jobs import jobs_of
from triage.schedule.plan import Plan
from triage.settings import Settings

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator
    from datetime import datetime
    from random import Random

    from sqlalchemy.engine import Engine
    from sqlmodel import Session

    from triage.understanding.judge import Judge

MAILBOXES = {
    "compliance@alektumgroup.nl": "alektum-nl",
    "info@alektumgroup.nl": "alektum-nl-service",
    "compliance@alektumgroup.pl": "alektum-pl",
    "info@alektumgroup.pl": "alektum-pl",
    "info@alektumgroup.no": "alektum-no",
    "info@proactiefincasso.nl": "pro-actief",
    "klachten@proactiefincasso.nl": "pro-actief",
}
ALL = "all@office.example"
"""Gets the digest of everything, and the reports."""
ANNA, BRAM = "anna@office.example", "bram@office.example"
HANDLERS = (ANNA, BRAM)
LEAD = "lead@office.example"
MANAGEMENT = "management@office.example"


def settings(trusted: str) -> Settings:
    """Seven mailboxes, one small office; digests show few lines in full, so that all the rest is short."""
    server = {"host": "127.0.0.1", "port": 143, "tls": "none"}
    told = {"sent_folder": "Sent", "folders": {"answered": "Answered", "interim": "Interim"}}
    mailboxes = [
        {"address": address, "policy": policy, "trusted_authserv_ids": [trusted], **server, **told}
        for address, policy in MAILBOXES.items()
    ]
    team = {"handlers": HANDLERS, "lead": LEAD, "management": MANAGEMENT}
    teams = [{"policy": policy, **team} for policy in sorted(set(MAILBOXES.values()))]
    return Settings.model_validate(
        {
            "store": {"url": "sqlite:////unused.db"},
            "smtp": {"host": "127.0.0.1", "port": 25, "tls": "none"},
            "mailbox": mailboxes,
            "digest": {"to": [ALL], "rows": 2},
            "report": {"to": [ALL]},
            "team": teams,
        }
    )


class Clock:
    """Stands still until it is moved."""

    def __init__(self, time: datetime) -> None:
        self.time = time

    def now(self) -> datetime:
        return self.time


class Killed(BaseException):
    """The process was killed; what is not an Exception is caught by nobody."""


class MortalRegister(Register):
    """A register whose process is killed in some of its transactions."""

    def __init__(self, engine: Engine, clock: Clock, dice: Random, every: int) -> None:
        """`every`: one in so many transactions is the last of its process; 0: none."""
        super().__init__(engine, clock)
        self._dice = dice
        self.every = every

    def _dies(self) -> bool:
        return bool(self.every) and self._dice.random() * self.every < 1

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        last = self._dies()
        before = last and self._dice.random() < 0.5
        with super().transaction() as session:
            yield session
            if before:
                raise Killed
        if last:
            raise Killed


class Process:
    """One life of the service, from its start until it is killed."""

    def __init__(
        self,
        register: Register,
        plan: Plan,
        judge: Judge,
        loop: asyncio.AbstractEventLoop,
        smtp_port: int,
    ) -> None:
        rules = rules_of(plan.settings, plan.policies, plan.instance)
        self._register = register
        self._plan = plan
        self._loop = loop
        self._processor = Processor(register, rules, judge, plan.templates, "one")
        self._jobs = jobs_of(plan)
        self._delivery = Delivery(register, (SmtpSession(_server(smtp_port)),), "one")

    def start(self) -> None:
        self._processor.note_end()

    def turn(self, arrivals: list[Arrival], now: datetime) -> None:
        """Take in what has come, decide upon it, do what is due, and send."""
        if arrivals:
            with self._register.transaction() as session:
                take_in(session, arrivals, now)
        while claimed := self._processor.claim(20):
            for entry in claimed:
                self._processor.process(entry)
        for job in self._jobs:
            job.run(self._register, self._plan, now)
        self._loop.run_until_complete(self._delivery.once())

    def end(self) -> None:
        """Let the mail server see the connection break."""
        self._loop.run_until_complete(self._delivery.close())


class Post:
    """Folders of all mailboxes, numbered as an IMAP server does."""

    def __init__(self) -> None:
        self._uids: dict[tuple[str, str], int] = {}

    def arrival(self, mailbox: str, raw: bytes, at: datetime, folder: str = "INBOX") -> Arrival:
        uid = self._uids[mailbox, folder] = self._uids.get((mailbox, folder), 0) + 1
        known = identify(raw)
        return Arrival(
            mailbox=mailbox,
            policy=MAILBOXES[mailbox],
            folder=folder,
            uidvalidity=1,
            uid=uid,
            message_id=known.message_id,
            fingerprint=known.fingerprint,
            received_at=at,
            mail=pack(raw),
            telling=folder != "INBOX",
        )


def plan_of(register: Register, trusted: str) -> Plan:
    """The shipped policies and templates with these settings."""
    policies = load_policies(resources.policies())
    instance = instance_of(register, register.clock)
    return Plan(settings(trusted), policies, Templates(resources.templates()), instance)


def _server(port: int) -> SmtpServer:
    return SmtpServer("127.0.0.1", port, "none", timeout_seconds=20)


def closed_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
