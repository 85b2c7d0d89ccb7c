"""How the service is: what /health says and /metrics counts.

`findings` is pure: from numbers to sentences that say what is wrong and what to do.
"""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from triage.errors import RegisterError
from triage.register.history import answers_of_service
from triage.register.outbox_desk import count_mails, oldest_due
from triage.register.states import EntryState
from triage.register.worklist import count_entries, oldest_waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from prometheus_client.metrics_core import Metric

    from triage.register.database import Register
    from triage.register.states import OutboxState

WAITING_TOO_LONG = timedelta(minutes=10)
"""A mail this old that is neither processed nor sent means that something stands still."""
_REQUEST_SECONDS = 10.0
"""Whoever connects and asks nothing for so long is hung up on: each connection costs a thread."""


@dataclass(frozen=True, slots=True)
class FolderHealth:
    """How a watched folder is."""

    mailbox: str
    folder: str
    last_scan_at: datetime | None
    last_error: str
    scan_every: timedelta
    watched: bool = True
    """False while another machine watches it."""
    refused: bool = False
    """The server does not accept our login: nobody but a person can mend that."""
    fault: str = ""
    """What cannot be read although the mailbox is: another of its folders, or a mail."""


@dataclass(frozen=True, slots=True)
class JobHealth:
    """How a job of the clock is: the digests, the reminders, the reports."""

    name: str
    last_run_at: datetime | None
    """When it last came to its end without a fault, or found another machine at it."""
    last_error: str
    every: timedelta


@dataclass(frozen=True, slots=True)
class Health:
    """The state of the whole service at one moment."""

    now: datetime
    started_at: datetime
    folders: tuple[FolderHealth, ...]
    entries: Mapping[EntryState, int]
    mails: Mapping[OutboxState, int]
    oldest_waiting: datetime | None
    """When the oldest mail that waits for its decision was received."""
    oldest_due: datetime | None
    """When the oldest mail that waits for delivery was queued."""
    answers: int = 0
    """Automatic answers of the last hour, counted to their cap."""
    answers_cap: int = 1000
    """How many there may be (`limits.service_hour`)."""
    jobs: tuple[JobHealth, ...] = ()


def findings(health: Health) -> tuple[str, ...]:
    """Return what is wrong, one sentence each; nothing when all is well."""
    wrong = []
    for folder in health.folders:
        patience = 3 * folder.scan_every + timedelta(minutes=1)
        since = folder.last_scan_at or health.started_at
        if folder.refused or (folder.watched and health.now - since > patience):
            reason = folder.last_error or "no scan has ended"
            wrong.append(
                f"{folder.mailbox} ({folder.folder}) not read since {since:%F %T}: {reason}"
            )
        elif folder.fault:
            wrong.append(f"{folder.mailbox} ({folder.folder}): {folder.fault}")
    if health.oldest_waiting and health.now - health.oldest_waiting > WAITING_TOO_LONG:
        wrong.append(f"a mail received {health.oldest_waiting:%F %T} is not processed yet")
    if health.oldest_due and health.now - health.oldest_due > WAITING_TOO_LONG:
        wrong.append(f"a mail queued {health.oldest_due:%F %T} is not delivered yet")
    for job in health.jobs:
        since = job.last_run_at or health.started_at
        if job.last_error and health.now - since > job.every + WAITING_TOO_LONG:
            wrong.append(f"{job.name} not done since {since:%F %T}: {job.last_error}")
    if health.answers >= health.answers_cap:
        wrong.append(
            f"{health.answers} automatic answers in the last hour, no more are given: look for a "
            "loop or a flood, or raise limits.service_hour"
        )
    return tuple(wrong)


def measure(
    register: Register,
    folders: tuple[FolderHealth, ...],
    started_at: datetime,
    answers_cap: int = 1000,
    jobs: tuple[JobHealth, ...] = (),
) -> Health:
    """Return the state of the service: of watchers, jobs and register. Raises RegisterError."""
    now = register.clock.now()
    with register.reading() as session:
        return Health(
            now=now,
            answers=answers_of_service(session, now, answers_cap),
            answers_cap=answers_cap,
            jobs=jobs,
            started_at=started_at,
            folders=folders,
            entries=count_entries(session),
            mails=count_mails(session),
            oldest_waiting=oldest_waiting(session),
            oldest_due=oldest_due(session),
        )


class _Collector:
    """Gives Prometheus the numbers of the moment it asks."""

    def __init__(self, look: Callable[[], Health]) -> None:
        self._look = look

    def collect(self) -> Iterable[Metric]:
        """Yield the metrics; only `triage_up 0` when the register cannot be read."""
        up = GaugeMetricFamily("triage_up", "Whether the register can be read")
        try:
            health = self._look()
        except RegisterError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        ledger = GaugeMetricFamily("triage_ledger_mails", "Mails of the ledger", labels=["state"])
        for entry_state, count in health.entries.items():
            ledger.add_metric([entry_state.value], count)
        yield ledger
        outbox = GaugeMetricFamily("triage_outbox_mails", "Mails of the outbox", labels=["state"])
        for outbox_state, count in health.mails.items():
            outbox.add_metric([outbox_state.value], count)
        yield outbox
        scans = GaugeMetricFamily(
            "triage_last_scan_age_seconds",
            "Time since the last whole scan of a folder",
            labels=["mailbox", "folder"],
        )
        for folder in health.folders:
            since = folder.last_scan_at or health.started_at
            scans.add_metric([folder.mailbox, folder.folder], (health.now - since).total_seconds())
        yield scans
        for name, text, oldest in (
            ("processing", "Age of the oldest mail not decided upon", health.oldest_waiting),
            ("delivery", "Age of the oldest mail not delivered", health.oldest_due),
        ):
            age = (health.now - oldest).total_seconds() if oldest else 0
            yield GaugeMetricFamily(f"triage_oldest_{name}_seconds", text, value=age)
        yield GaugeMetricFamily(
            "triage_answers_last_hour",
            "Automatic answers of the last hour, up to limits.service_hour",
            value=health.answers,
        )
        yield GaugeMetricFamily(
            "triage_findings", "How many things are wrong", value=len(findings(health))
        )


class HealthServer:
    """Serves /health and /metrics on one address, from a thread of its own."""

    def __init__(self, host: str, port: int, look: Callable[[], Health]) -> None:
        registry = CollectorRegistry()
        registry.register(_Collector(look))

        class Handler(BaseHTTPRequestHandler):
            """Answers GET of the two paths."""

            timeout = _REQUEST_SECONDS

            def do_GET(self) -> None:
                if self.path == "/health":
                    self._health()
                elif self.path == "/metrics":
                    self._send(HTTPStatus.OK, generate_latest(registry), CONTENT_TYPE_LATEST)
                else:
                    self._send(HTTPStatus.NOT_FOUND, b"/health or /metrics\n", "text/plain")

            def _health(self) -> None:
                counted = {}
                try:
                    health = look()
                    wrong = findings(health)
                    # Told, but no fault: no restart mends it, and a person has the task.
                    counted["set_aside"] = health.entries[EntryState.SET_ASIDE]
                except RegisterError as error:
                    wrong = (str(error),)
                told = {"status": "fault" if wrong else "ok", "findings": wrong}
                body = json.dumps(told | counted)
                status = HTTPStatus.SERVICE_UNAVAILABLE if wrong else HTTPStatus.OK
                self._send(status, body.encode() + b"\n", "application/json")

            def _send(self, status: HTTPStatus, body: bytes, kind: str) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
                """Say nothing: scrapers ask every few seconds."""

        class Server(ThreadingHTTPServer):
            """Listens on IPv6 where the address is one."""

            address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

        self._server = Server((host, port), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="health", daemon=True
        )

    @property
    def port(self) -> int:
        """The port listened on; useful where 0 asked for any."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """End serving and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
