"""The service: built from the settings, started, stopped. Knows nothing of the rooms' details.

watchers (a thread each) ──► ledger ──► processing ──► outbox ──► delivery
                                             ▲
                                  ticker ────┘ (digests, chasing)
"""

from __future__ import annotations

import asyncio
import hmac
import socket
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from triage import resources
from triage.decision import Caps
from triage.errors import PolicyError, RegisterError, TriageError
from triage.health import FolderHealth, HealthServer, measure
from triage.mailbox.connection import connect
from triage.mailbox.status import Phase
from triage.mailbox.watcher import Watcher
from triage.message.identity import identify
from triage.notify import notify, watchdog_seconds
from triage.oauth import TokenSource
from triage.outbox.compose import Envelope
from triage.outbox.delivery import Delivery
from triage.outbox.render import Templates
from triage.outbox.smtp import SmtpServer, SmtpSession
from triage.policy.load import load_policies
from triage.processing import Processor, Rules
from triage.register import leases
from triage.register.database import Register, open_engine
from triage.register.migrate import upgrade
from triage.register.numbering import signing_key
from triage.schedule.ticker import Ticker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from triage.clock import Clock
    from triage.health import Health
    from triage.policy.model import Policy
    from triage.settings import Mailbox, Settings
    from triage.understanding.judge import Judge

_BATCH = 20
_POLL_SECONDS = 2.0
"""How often the ledger is looked at without a wake-up: failed mails come due again."""
_AFTER_FAULT_SECONDS = 5.0
LEASE_TERM = timedelta(seconds=60)

log = structlog.get_logger(__name__)


def policies_of(settings: Settings) -> dict[str, Policy]:
    """Return the shipped policies, replaced and added to by the operator's own.

    Raises PolicyError, also for a mailbox with an unknown policy.
    """
    folders = [resources.policies()]
    if settings.overrides.policies:
        folders.append(settings.path(settings.overrides.policies))
    policies = load_policies(*folders, closed=settings.closing_days)
    for mailbox in settings.mailbox:
        if mailbox.policy not in policies:
            raise PolicyError(
                f"mailbox {mailbox.address} has an unknown policy {mailbox.policy!r}",
                remedy=f"Known: {', '.join(policies)}",
            )
    return policies


def templates_of(settings: Settings) -> Templates:
    """Return the templates, checked. Raises TemplateError."""
    folder = settings.overrides.templates
    templates = Templates(resources.templates(), settings.path(folder) if folder else None)
    templates.check()
    return templates


def register_of(settings: Settings, clock: Clock) -> Register:
    """Return the register, its schema brought up to date. Raises RegisterError, SettingsError."""
    store = settings.store
    password = settings.secret(store.password_file) if store.password_file else ""
    engine = open_engine(store.url, password=password)
    upgrade(engine)
    return Register(engine, clock)


def smtp_server_of(settings: Settings, clock: Clock) -> SmtpServer:
    """Return where mail is handed over, with its secrets read. Raises SettingsError."""
    smtp = settings.smtp
    token = None
    if smtp.auth == "oauth2" and smtp.oauth2 is not None:
        source = TokenSource(settings, smtp.oauth2, clock)

        async def token() -> str:
            return await asyncio.to_thread(source.token)

    return SmtpServer(
        host=smtp.host,
        port=smtp.port,
        tls=smtp.tls,
        timeout_seconds=smtp.timeout_seconds,
        username=smtp.username,
        password=settings.secret(smtp.password_file) if smtp.password_file else "",
        token=token,
        ca_file=str(settings.path(smtp.ca_file)) if smtp.ca_file else "",
    )


def mailbox_secret(settings: Settings, mailbox: Mailbox, clock: Clock) -> Callable[[], str]:
    """Return what gives a mailbox's password, or a fresh access token, at each login."""
    if mailbox.auth == "oauth2" and mailbox.oauth2 is not None:
        return TokenSource(settings, mailbox.oauth2, clock).token
    name = mailbox.password_file
    return lambda: settings.secret(name) if name else ""


def rules_of(settings: Settings, policies: Mapping[str, Policy], instance: str) -> Rules:
    """Return what decisions need of the settings, as values."""
    limits = settings.limits
    sender = settings.smtp.sender
    own = {mailbox.address for mailbox in settings.mailbox}
    own |= {sender.lower()} if sender else set()
    own |= {settings.smtp.bounce_address.lower()} if settings.smtp.bounce_address else set()
    return Rules(
        policies=policies,
        caps=Caps(
            limits.per_sender_hour, limits.per_sender_day, limits.per_case, limits.service_hour
        ),
        own_addresses=frozenset(own),
        envelopes={
            mailbox.address: Envelope(
                sender=sender or mailbox.address,
                bounce_address=settings.smtp.bounce_address,
                instance=instance,
            )
            for mailbox in settings.mailbox
        },
        trusted_authserv_ids={
            mailbox.address: frozenset(mailbox.trusted_authserv_ids) for mailbox in settings.mailbox
        },
        instance=instance,
    )


class Service:
    """All rooms of one process, wired together."""

    def __init__(self, settings: Settings, register: Register, judge: Judge, clock: Clock) -> None:
        self._settings = settings
        self._register = register
        self._clock = clock
        self._started_at = clock.now()
        self._worker = socket.gethostname()
        policies = policies_of(settings)
        with register.transaction() as session:
            key = signing_key(session, clock.now())
        instance = hmac.digest(key, b"instance", "sha256").hex()[:16]
        templates = templates_of(settings)
        rules = rules_of(settings, policies, instance)
        self._processor = Processor(register, rules, judge, templates, self._worker)
        server = smtp_server_of(settings, clock)
        sessions = tuple(SmtpSession(server) for _ in range(settings.smtp.connections))
        self._delivery = Delivery(register, sessions, self._worker)
        self._ticker = Ticker(register, settings, policies, templates, clock, self._worker)
        self._watchers = [self._watcher(mailbox) for mailbox in settings.mailbox]
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def look(self) -> Health:
        """Return how the service is. Raises RegisterError."""
        folders = tuple(
            FolderHealth(
                watcher.status.mailbox,
                watcher.status.folder,
                watcher.status.last_scan_at,
                watcher.status.last_error,
                timedelta(seconds=mailbox.scan_seconds),
                watched=watcher.status.phase is not Phase.STANDBY,
            )
            for watcher, mailbox in zip(self._watchers, self._settings.mailbox, strict=True)
        )
        return measure(self._register, folders, self._started_at)

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set, then finish the mail in hand."""
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._processor.void_claims)
        health = self._health_server()
        for watcher in self._watchers:
            watcher.start()
        self._ticker.start()
        notify("READY=1")
        log.info("service started", mailboxes=[m.address for m in self._settings.mailbox])
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._process_forever())
                tasks.create_task(self._delivery.run())
                tasks.create_task(self._keep_watchdog())
                tasks.create_task(self._until(stop))
        finally:
            notify("STOPPING=1")
            for watcher in self._watchers:
                watcher.stop()
            await asyncio.to_thread(self._ticker.stop)
            for watcher in self._watchers:
                await asyncio.to_thread(watcher.close)
            if health is not None:
                await asyncio.to_thread(health.stop)
            log.info("service stopped")

    async def once(self) -> None:
        """Take in what is there, decide upon it, send what is queued, and end.

        Raises MailboxError when a mailbox could not be read; the others are handled all the same.
        """
        await asyncio.to_thread(self._processor.void_claims)
        faults: list[TriageError] = []
        for watcher in self._watchers:
            try:
                await asyncio.to_thread(watcher.once)
            except TriageError as error:
                faults.append(error)
        while await self._process_batch():
            pass
        while await self._delivery.deliver_due():
            pass
        await self._delivery.close()
        if faults:
            raise faults[0]
        for watcher in self._watchers:
            # Once more, to flag and file what has been handled.
            await asyncio.to_thread(watcher.once)

    def new_mail(self) -> None:
        """Say that mail was taken in; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)

    async def _until(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._stopping.set()
        self._wake.set()
        self._delivery.stop()

    async def _process_forever(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                handled = await self._process_batch()
            except RegisterError as error:
                log.warning("processing waits for the register", error=str(error))
                await self._pause(_AFTER_FAULT_SECONDS)
                continue
            if not handled:
                await self._pause(_POLL_SECONDS)

    async def _process_batch(self) -> int:
        """Process some waiting mails; return how many were claimed."""
        claimed = await asyncio.to_thread(self._processor.claim, _BATCH)
        for done, entry_id in enumerate(claimed):
            if self._stopping.is_set():
                await asyncio.to_thread(self._processor.give_back, claimed[done:])
                break
            await asyncio.to_thread(self._processor.process, entry_id)
            self._delivery.wake()
        return len(claimed)

    async def _keep_watchdog(self) -> None:
        seconds = watchdog_seconds()
        while seconds is not None and not self._stopping.is_set():
            notify("WATCHDOG=1")
            await self._pause(seconds)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), seconds)
        except TimeoutError:
            return

    def _health_server(self) -> HealthServer | None:
        listen = self._settings.http.listen
        if not listen:
            return None
        host, _, port = listen.rpartition(":")
        server = HealthServer(host.strip("[]"), int(port), self.look)
        server.start()
        return server

    def _watcher(self, mailbox: Mailbox) -> Watcher:
        settings = self._settings
        ca_file = str(settings.path(mailbox.ca_file)) if mailbox.ca_file else ""
        secret = mailbox_secret(settings, mailbox, self._clock)
        return Watcher(
            self._register,
            mailbox,
            lambda: connect(mailbox, secret, ca_file),
            identify=identify,
            on_new=self.new_mail,
            holds_lease=self._lease(f"mailbox {mailbox.address} {mailbox.folder}"),
        )

    def _lease(self, name: str) -> Callable[[], bool]:
        """Return what says whether this process may do the named work now."""

        def holds() -> bool:
            with self._register.transaction() as session:
                now = self._clock.now()
                return leases.acquire(session, name, self._worker, now=now, term=LEASE_TERM)

        return holds


def build(settings: Settings, judge: Judge, clock: Clock) -> Service:
    """Return the service of these settings, everything checked. Raises BadInput, RegisterError."""
    return Service(settings, register_of(settings, clock), judge, clock)
