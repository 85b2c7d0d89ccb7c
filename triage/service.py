"""The service: built from the settings, started, stopped. Knows nothing of the rooms' details.

watchers (a thread each) ──► ledger ──► processing ──► outbox ──► delivery
                                             ▲
                                  ticker ────┘ (digests, chasing)
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from triage.assembly import (
    ca_file_of,
    instance_of,
    mailbox_secret,
    policies_of,
    register_of,
    rules_of,
    smtp_server_of,
    templates_of,
)
from triage.errors import MailboxError, RegisterError, SettingsError, TriageError
from triage.health import FolderHealth, HealthServer, JobHealth, measure
from triage.mailbox.connection import connect
from triage.mailbox.status import Phase
from triage.mailbox.watcher import Watcher
from triage.message.identity import identify
from triage.notify import notify, watchdog_seconds
from triage.outbox.delivery import Delivery
from triage.outbox.smtp import SmtpSession
from triage.processing import Processor
from triage.register import leases
from triage.schedule.ticker import Ticker

if TYPE_CHECKING:
    from collections.abc import Callable

    from triage.clock import Clock
    from triage.health import Health
    from triage.register.database import Register
    from triage.settings import Mailbox, Settings
    from triage.understanding.judge import Judge

_BATCH = 20
_POLL_SECONDS = 2.0
"""How often the ledger is looked at without a wake-up: failed mails come due again."""
_AFTER_FAULT_SECONDS = 5.0
LEASE_TERM = timedelta(seconds=60)

log = structlog.get_logger(__name__)


class Service:
    """All rooms of one process, wired together.

    `worker` is the name of this process in the register (`triage.seat`). Raises BadInput and
    RegisterError when something is not in order; nothing has been connected to or begun then.
    """

    def __init__(
        self, settings: Settings, register: Register, judge: Judge, clock: Clock, worker: str
    ) -> None:
        self._settings = settings
        self._register = register
        self._clock = clock
        self._worker = worker
        self._started_at = clock.now()
        policies = policies_of(settings)
        templates = templates_of(settings)
        instance = instance_of(register, clock)
        rules = rules_of(settings, policies, instance)
        self._processor = Processor(register, rules, judge, templates, worker)
        server = smtp_server_of(settings, clock)
        sessions = tuple(SmtpSession(server) for _ in range(settings.smtp.connections))
        self._delivery = Delivery(register, sessions, worker)
        self._ticker = Ticker(
            register, settings, policies, templates, clock, worker, instance=instance
        )
        self._watchers = [self._watcher(mailbox) for mailbox in settings.mailbox]
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._turned_at = 0.0
        """When the processing last came round, on the event loop's clock."""

    def look(self) -> Health:
        """Return how the service is. Raises RegisterError."""
        folders = tuple(
            FolderHealth(
                status.mailbox,
                status.folder,
                status.last_scan_at,
                status.last_error,
                timedelta(seconds=mailbox.scan_seconds),
                watched=status.phase is not Phase.STANDBY,
                refused=status.phase is Phase.REFUSED,
                fault=status.last_error if status.phase is Phase.WATCHING else "",
            )
            for watcher, mailbox in zip(self._watchers, self._settings.mailbox, strict=True)
            for status in (watcher.status,)
        )
        cap = self._settings.limits.service_hour
        jobs = tuple(
            JobHealth(name, status.last_run, status.last_error, status.every)
            for name, status in self._ticker.status.items()
        )
        return measure(self._register, folders, self._started_at, cap, jobs)

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set, then finish the mail in hand.

        Raises SettingsError when /health cannot be served where the settings say.
        """
        self._loop = asyncio.get_running_loop()
        self._turned_at = self._loop.time()
        health = self._health_server()
        try:
            await asyncio.to_thread(self._processor.warm_up)
            await asyncio.to_thread(self._processor.note_end)
            for watcher in self._watchers:
                watcher.start()
            self._ticker.start()
            notify("READY=1")
            log.info("service started", mailboxes=[m.address for m in self._settings.mailbox])
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._process_forever())
                tasks.create_task(self._delivery.run())
                tasks.create_task(self._keep_watchdog())
                tasks.create_task(self._until(stop))
        finally:
            notify("STOPPING=1")
            await self._end(health)
            log.info("service stopped")

    async def once(self) -> None:
        """Take in what is there, decide upon it, send what is queued, and end.

        Raises MailboxError when a mailbox could not be read; the others are handled all the same.
        Raises RegisterError.
        """
        await asyncio.to_thread(self._processor.note_end)
        faults = [fault for fault in await self._look_once(self._watchers) if fault]
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._delivery.run())  # answers leave while others are read
                while await self._process_batch():
                    pass
                self._delivery.stop()
        except ExceptionGroup as several:  # one error of ours is what a person can act on
            raise several.exceptions[0] from several
        await self._delivery.once()
        # Once more, to flag and file what has been handled.
        await self._look_once([w for w in self._watchers if w.status.last_scan_at])
        await asyncio.to_thread(self._release_mailboxes)
        if faults:
            raise MailboxError("; ".join(faults))

    async def _look_once(self, watchers: list[Watcher]) -> list[str]:
        """Look through mailboxes at the same time; return the fault of each, or an empty text."""

        async def look(watcher: Watcher) -> str:
            try:
                await asyncio.to_thread(watcher.once)
            except TriageError as error:
                return f"{watcher.status.mailbox}: {error}"
            return ""

        return await asyncio.gather(*(look(watcher) for watcher in watchers))

    def new_mail(self) -> None:
        """Say that mail was taken in; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)

    async def _end(self, health: HealthServer | None) -> None:
        for watcher in self._watchers:
            watcher.stop()
        await asyncio.to_thread(self._ticker.stop)
        await asyncio.gather(*(asyncio.to_thread(watcher.close) for watcher in self._watchers))
        await asyncio.to_thread(self._release_mailboxes)
        if health is not None:
            await asyncio.to_thread(health.stop)

    async def _until(self, stop: asyncio.Event) -> None:
        await stop.wait()
        log.info("service stops after the mail in hand")
        self._stopping.set()
        self._wake.set()
        self._delivery.stop()

    async def _process_forever(self) -> None:
        after_fault = False
        while not self._stopping.is_set():
            self._wake.clear()
            self._turn()
            try:
                if after_fault:
                    # What was claimed when the register went away is ours to take up again.
                    await asyncio.to_thread(self._processor.void_claims)
                    after_fault = False
                handled = await self._process_batch()
            except RegisterError as error:
                log.warning("processing waits for the register", error=str(error))
                after_fault = True
                await self._pause(_AFTER_FAULT_SECONDS)
                continue
            if not handled:
                await self._pause(_POLL_SECONDS)

    async def _process_batch(self) -> int:
        """Process some waiting mails; return how many were claimed."""
        claimed = await asyncio.to_thread(self._processor.claim, _BATCH)
        for done, entry in enumerate(claimed):
            if self._stopping.is_set():
                await asyncio.to_thread(self._processor.give_back, claimed[done:])
                break
            await asyncio.to_thread(self._processor.process, entry)
            self._turn()
            self._delivery.wake()
        return len(claimed)

    def _turn(self) -> None:
        if self._loop is not None:
            self._turned_at = self._loop.time()

    async def _keep_watchdog(self) -> None:
        """Tell systemd that we live, as long as processing comes round.

        Reading has a clock of its own (`triage.bounds`); this is for whatever else could hang. The
        mail in hand is set aside when the process ends so again (`triage.register.worklist`).
        """
        seconds = watchdog_seconds()
        if seconds is None or self._loop is None:
            return
        while not self._stopping.is_set():
            if self._loop.time() - self._turned_at < 2 * seconds:
                notify("WATCHDOG=1")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)

    def _health_server(self) -> HealthServer | None:
        listen = self._settings.http.listen
        if not listen:
            return None
        host, _, port = listen.rpartition(":")
        try:
            server = HealthServer(host.strip("[]"), int(port), self.look)
        except OSError as error:
            raise SettingsError(
                f"{listen} cannot be listened on: {error.strerror or error}",
                where=self._settings.place("http", "listen"),
                remedy='Choose another, or "" for none',
            ) from error
        server.start()
        log.info("health served", listen=f"{host}:{server.port}")
        return server

    def _watcher(self, mailbox: Mailbox) -> Watcher:
        ca_file = ca_file_of(self._settings, mailbox)
        secret = mailbox_secret(self._settings, mailbox, self._clock)
        return Watcher(
            self._register,
            mailbox,
            lambda: connect(mailbox, secret, ca_file),
            identify=identify,
            on_new=self.new_mail,
            holds_lease=self._lease(mailbox),
        )

    def _lease(self, mailbox: Mailbox) -> Callable[[], bool]:
        """Return what says whether this process may watch the mailbox now."""
        name = _lease_name(mailbox)

        def holds() -> bool:
            with self._register.transaction() as session:
                now = self._clock.now()
                return leases.acquire(session, name, self._worker, now=now, term=LEASE_TERM)

        return holds

    def _release_mailboxes(self) -> None:
        """Let another process watch at once; when that fails, the leases expire by themselves."""
        with suppress(RegisterError), self._register.transaction() as session:
            for mailbox in self._settings.mailbox:
                leases.release(session, _lease_name(mailbox), self._worker)


def _lease_name(mailbox: Mailbox) -> str:
    return f"mailbox {mailbox.address} {mailbox.folder}"


def build(settings: Settings, judge: Judge, clock: Clock, worker: str) -> Service:
    """Return the service of these settings, everything checked. Raises BadInput, RegisterError."""
    return Service(settings, register_of(settings, clock), judge, clock, worker)
