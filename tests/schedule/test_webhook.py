"""The collection system is told of every pause and resumption, signed, in order, until it takes it."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from schedule_samples import NL, NOW, plan, settings, store_case
from sqlmodel import select

from triage.errors import SettingsError
from triage.register.database import insert_new
from triage.register.events import record
from triage.register.outbox_queue import GIVE_UP
from triage.register.states import CallState
from triage.register.tables import CaseDossier, WebhookCall
from triage.register.tasks import open_tasks
from triage.schedule.jobs import jobs_of
from triage.schedule.webhook import SIGNATURE, call_collection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from triage.register.database import Register
    from triage.schedule.plan import Plan

SECRET = "made-up"
CASE = "NL26-00042"
OTHER = "NL26-00043"


class CollectionSystem:
    """Takes calls, or answers what it is told to."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.signatures: list[tuple[str, bytes]] = []
        self.status = 204
        self.instead = b""
        """Said instead of an answer in HTTP."""
        system = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                system.signatures.append((self.headers[SIGNATURE], body))
                system.calls.append(json.loads(body))
                if system.instead:
                    self.wfile.write(system.instead)
                    return
                self.send_response(system.status)
                if system.status == 302:
                    self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/collection"


@pytest.fixture
def system() -> Iterator[CollectionSystem]:
    system = CollectionSystem()
    thread = Thread(target=system.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield system
    system.server.shutdown()
    thread.join()
    system.server.server_close()


@pytest.fixture
def told(system: CollectionSystem, tmp_path: Path) -> Plan:
    secret = tmp_path / "webhook.secret"
    secret.write_text(f"{SECRET}\n")
    return plan(webhook={"url": system.url, "secret_file": str(secret)})


def happened(register: Register, code: str, number: str = CASE) -> None:
    with register.transaction() as session:
        record(session, NOW, code, "Collection", case_number=number)


@pytest.fixture
def paused(register: Register) -> None:
    store_case(register, CASE)
    with register.transaction() as session:
        for dossier in ("40718253", "40718254"):
            insert_new(session, CaseDossier(case_number=CASE, dossier_number=dossier))
    happened(register, "collection_paused")


def states(register: Register) -> list[CallState]:
    with register.reading() as session:
        rows = session.exec(select(WebhookCall).order_by("event_id")).all()
    return [row.state for row in rows]


@pytest.mark.usefixtures("paused")
def test_a_pause_is_told_once_with_the_case_and_its_dossiers_and_nothing_of_the_person(
    register: Register, told: Plan, system: CollectionSystem
) -> None:
    for _ in range(2):
        call_collection(register, told, NOW)
    (call,) = system.calls
    assert call.pop("id") > 0
    assert call == {
        "event": "collection_paused",
        "case": CASE,
        "policy": NL,
        "dossiers": ["40718253", "40718254"],
        "at": NOW.isoformat(),
    }
    assert states(register) == [CallState.TAKEN]


@pytest.mark.usefixtures("paused")
def test_a_call_is_signed_by_the_shared_secret(
    register: Register, told: Plan, system: CollectionSystem
) -> None:
    call_collection(register, told, NOW)
    ((signature, body),) = system.signatures
    assert signature == "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


@pytest.mark.usefixtures("paused")
@pytest.mark.parametrize("status", [500, 404, 302, 401])
def test_what_is_not_taken_is_tried_again_with_the_same_id(
    register: Register, told: Plan, system: CollectionSystem, status: int
) -> None:
    system.status = status
    call_collection(register, told, NOW)
    assert states(register) == [CallState.DUE]
    system.status = 204
    call_collection(register, told, NOW)
    assert len(system.calls) == 1, "it is tried again after a pause"
    call_collection(register, told, NOW + timedelta(minutes=1))
    assert states(register) == [CallState.TAKEN]
    assert system.calls[0] == system.calls[1]


@pytest.mark.usefixtures("paused")
@pytest.mark.parametrize(
    "said", [b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200" + b"k" * 70_000 + b"\r\n"]
)
def test_what_answers_no_http_has_not_taken_the_call(
    register: Register, told: Plan, system: CollectionSystem, said: bytes
) -> None:
    system.instead = said
    call_collection(register, told, NOW)
    call_collection(register, told, NOW)
    assert len(system.calls) == 1, "it is tried again after a pause"
    assert states(register) == [CallState.DUE]


@pytest.mark.usefixtures("paused")
def test_the_calls_of_a_case_go_in_order(
    register: Register, told: Plan, system: CollectionSystem
) -> None:
    system.status = 500
    call_collection(register, told, NOW)
    happened(register, "collection_resumed")
    system.status = 204
    call_collection(register, told, NOW)
    assert [call["event"] for call in system.calls] == ["collection_paused"]
    for minutes in (1, 2):
        call_collection(register, told, NOW + timedelta(minutes=minutes))
    events = [call["event"] for call in system.calls]
    assert events == ["collection_paused", "collection_paused", "collection_resumed"]


@pytest.mark.usefixtures("paused")
def test_one_case_waits_for_no_other(
    register: Register, told: Plan, system: CollectionSystem
) -> None:
    system.status = 500
    call_collection(register, told, NOW)
    store_case(register, OTHER)
    happened(register, "collection_paused", OTHER)
    system.status = 204
    call_collection(register, told, NOW)
    assert system.calls[-1]["case"] == OTHER


@pytest.mark.usefixtures("paused")
def test_a_system_that_does_not_answer_becomes_one_task_and_in_the_end_one_of_the_case(
    register: Register, told: Plan, system: CollectionSystem
) -> None:
    system.status = 503
    for hour in range(12):
        call_collection(register, told, NOW + timedelta(hours=hour))
    with register.reading() as session:
        (task,) = open_tasks(session)
    assert (task.code, task.case_number) == ("webhook", None)
    assert "503" in task.text
    call_collection(register, told, NOW + GIVE_UP)
    assert states(register) == [CallState.FAILED]
    with register.reading() as session:
        (task,) = open_tasks(session, CASE)
    assert "by hand" in task.text


@pytest.mark.usefixtures("paused")
def test_a_system_that_cannot_be_reached_is_no_fault_of_ours(
    register: Register, told: Plan, system: CollectionSystem, tmp_path: Path
) -> None:
    url = "http://127.0.0.1:1/"
    webhook = {"url": url, "secret_file": str(tmp_path / "webhook.secret")}
    call_collection(register, plan(webhook=webhook), NOW)
    assert states(register) == [CallState.DUE]
    assert system.calls == []


@pytest.mark.usefixtures("paused")
def test_without_a_webhook_nothing_is_queued_and_there_is_no_job(register: Register) -> None:
    call_collection(register, plan(), NOW)
    assert states(register) == []
    assert "webhook" not in {job.name for job in jobs_of(plan())}


def test_a_missing_secret_shows_at_the_start() -> None:
    webhook = {"url": "https://collection.example/", "secret_file": "/nowhere/secret"}
    with pytest.raises(SettingsError, match="/nowhere/secret"):
        jobs_of(plan(webhook=webhook))


@pytest.mark.parametrize(
    "webhook",
    [
        {"url": "http://collection.example/", "secret_file": "secret"},
        {"url": "ftp://127.0.0.1/", "secret_file": "secret"},
        {"url": "https://collection.example/"},
    ],
)
def test_an_unsigned_or_open_webhook_is_refused(webhook: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="url"):
        settings(webhook=webhook)
