"""What is wrong, in sentences; and what a monitor gets over HTTP."""

from __future__ import annotations

import json
import socket
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from monitor import get
from post_office import letter
from servers.faulty_imap import Fault, FaultyImap
from servers.waiting import wait_until

from triage.errors import RegisterUnavailable
from triage.health import WAITING_TOO_LONG, FolderHealth, Health, HealthServer, JobHealth, findings
from triage.register.states import EntryState, OutboxState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agency import Agency

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FOLDER = FolderHealth("compliance@agency.example", "INBOX", NOW, "", MINUTE)
WELL = Health(
    now=NOW,
    started_at=NOW - timedelta(hours=1),
    folders=(FOLDER,),
    entries=dict.fromkeys(EntryState, 0) | {EntryState.DONE: 3},
    mails=dict.fromkeys(OutboxState, 0) | {OutboxState.SENT: 2},
    oldest_waiting=None,
    oldest_due=None,
)


def with_folder(**changes: Any) -> Health:
    return replace(WELL, folders=(replace(FOLDER, **changes),))


def test_nothing_is_wrong_when_all_is_well():
    assert findings(WELL) == ()


@pytest.mark.parametrize(
    ("scanned_ago", "wrong"), [(4 * MINUTE, False), (4 * MINUTE + timedelta(seconds=1), True)]
)
def test_a_folder_may_miss_three_scans_and_a_minute(scanned_ago: timedelta, wrong: bool):
    found = findings(with_folder(last_scan_at=NOW - scanned_ago, last_error="hung up"))
    assert bool(found) is wrong
    if wrong:
        assert found == (
            "compliance@agency.example (INBOX) not read since 2026-03-02 09:25:59: hung up",
        )


def test_a_folder_that_was_never_scanned_counts_from_the_start():
    found = findings(with_folder(last_scan_at=None))
    assert found == (
        "compliance@agency.example (INBOX) not read since 2026-03-02 08:30:00: no scan has ended",
    )
    assert findings(replace(with_folder(last_scan_at=None), started_at=NOW)) == ()


def test_a_refused_login_is_told_at_once():
    found = findings(with_folder(last_error="AUTHENTICATIONFAILED", refused=True))
    assert found == (
        "compliance@agency.example (INBOX) not read since 2026-03-02 09:30:00: AUTHENTICATIONFAILED",
    )


def test_what_cannot_be_read_of_a_mailbox_that_is_watched_is_told():
    found = findings(with_folder(fault="Folder Sent cannot be watched: no such folder"))
    assert found == (
        "compliance@agency.example (INBOX): Folder Sent cannot be watched: no such folder",
    )


def test_a_folder_that_another_machine_watches_is_that_machines():
    assert findings(with_folder(last_scan_at=None, watched=False)) == ()


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("oldest_waiting", "a mail received 2026-03-02 09:19:59 is not processed yet"),
        ("oldest_due", "a mail queued 2026-03-02 09:19:59 is not delivered yet"),
    ],
)
def test_a_mail_that_stands_still_for_long_is_told(key: str, sentence: str):
    since = NOW - WAITING_TOO_LONG
    assert findings(replace(WELL, **{key: since})) == ()
    late = since - timedelta(seconds=1)
    assert findings(replace(WELL, **{key: late})) == (sentence,)


@pytest.mark.parametrize(
    ("last_run_at", "since"), [(NOW - 16 * MINUTE, "09:14:00"), (None, "08:30:00")]
)
def test_a_job_of_the_clock_that_goes_on_failing_is_told(last_run_at: datetime | None, since: str):
    job = JobHealth("chase", last_run_at, "OSError: away", 5 * MINUTE)
    (found,) = findings(replace(WELL, jobs=(job,)))
    assert found == f"chase not done since 2026-03-02 {since}: OSError: away"


def test_a_job_that_failed_once_is_tried_again_before_it_is_told():
    job = JobHealth("chase", NOW - 15 * MINUTE, "OSError: away", 5 * MINUTE)
    assert findings(replace(WELL, jobs=(job,))) == ()


def test_the_service_tells_how_its_jobs_are(agency: Agency):
    names = {job.name for job in agency.service().look().jobs}
    assert names == {"digests", "chase", "reports", "retention"}


def test_the_breaker_of_the_whole_service_is_told_while_it_is_open():
    assert findings(replace(WELL, answers=999, answers_cap=1000)) == ()
    (found,) = findings(replace(WELL, answers=1000, answers_cap=1000))
    assert found.startswith("1000 automatic answers in the last hour, no more are given")


@contextmanager
def serving(look: Callable[[], Health], host: str = "127.0.0.1") -> Iterator[int]:
    server = HealthServer(host, 0, look)
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


def away() -> Health:
    raise RegisterUnavailable("The database cannot be used now: gone")


def test_health_is_200_when_well_and_503_with_the_findings_when_not():
    with serving(lambda: WELL) as port:
        status, body = get(port, "/health")
    assert status == 200
    assert json.loads(body) == {"status": "ok", "findings": [], "set_aside": 0}
    with serving(lambda: with_folder(refused=True)) as port:
        status, body = get(port, "/health")
    assert status == 503
    assert json.loads(body)["status"] == "fault"
    assert len(json.loads(body)["findings"]) == 1


def test_mails_set_aside_are_counted_and_no_fault_of_the_service():
    entries = dict(WELL.entries) | {EntryState.SET_ASIDE: 2}
    with serving(lambda: replace(WELL, entries=entries)) as port:
        status, body = get(port, "/health")
    assert status == 200, "a restart would not mend it: there is a task for a person"
    assert json.loads(body)["set_aside"] == 2


def test_a_register_that_is_away_is_a_finding_and_a_metric():
    with serving(away) as port:
        assert get(port, "/health") == (
            503,
            '{"status": "fault", "findings": ["The database cannot be used now: gone"]}\n',
        )
        status, metrics = get(port, "/metrics")
    assert status == 200
    assert [line for line in metrics.splitlines() if not line.startswith("#")] == ["triage_up 0.0"]


def test_metrics_tell_every_state_and_the_ages():
    health = replace(WELL, oldest_due=NOW - timedelta(seconds=90))
    with serving(lambda: health) as port:
        lines = get(port, "/metrics")[1].splitlines()
    assert {f'triage_ledger_mails{{state="{state}"}}' for state in EntryState} <= {
        line.rpartition(" ")[0] for line in lines
    }
    assert 'triage_outbox_mails{state="sent"} 2.0' in lines
    assert "triage_oldest_delivery_seconds 90.0" in lines
    assert "triage_oldest_processing_seconds 0.0" in lines
    folder = 'folder="INBOX",mailbox="compliance@agency.example"'
    assert f"triage_last_scan_age_seconds{{{folder}}} 0.0" in lines


def test_other_paths_are_not_found():
    with serving(lambda: WELL) as port:
        assert get(port, "/") == (404, "/health or /metrics\n")


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_an_ipv6_address_can_be_listened_on():
    with serving(lambda: WELL, "::1") as port:
        assert get(port, "/health", "::1")[0] == 200


def test_who_connects_and_asks_nothing_is_hung_up_on(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("triage.health._REQUEST_SECONDS", 0.05)
    with serving(lambda: WELL) as port, socket.create_connection(("127.0.0.1", port), 30) as mute:
        assert mute.recv(1) == b""


def test_a_folder_of_the_mailbox_that_is_not_there_is_a_finding(dovecot_agency: Agency):
    dovecot_agency.set("mailbox", sent_folder="Nowhere")
    with dovecot_agency.running() as service:
        wait_until(lambda: findings(service.look()), "the finding")
        (found,) = findings(service.look())
    assert found.startswith(f"{dovecot_agency.mailbox} (INBOX): Folder Nowhere cannot be watched")


def test_a_mailbox_that_cannot_be_read_is_a_finding_until_it_can(dovecot_agency: Agency):
    agency, office = dovecot_agency, dovecot_agency.office
    with FaultyImap(office.imap_port) as proxy:
        agency.set("mailbox", port=proxy.port, scan_seconds=1)
        with agency.running() as service:
            assert findings(service.look()) == ()
            proxy.fault("AUTHENTICATE", Fault.DROP_BEFORE, times=1_000)
            proxy.drop_all()
            agency.clock.forward(timedelta(hours=1))
            wait_until(lambda: _watch_failed(service), "the fault")
            (finding,) = findings(service.look())
            assert finding.startswith(f"{agency.mailbox} (INBOX) not read since")
            proxy.heal()
            jan = office.open("jan")
            office.send(letter(jan, agency.mailbox))
            office.answer(jan)
            wait_until(lambda: findings(service.look()) == (), "the recovery")


def _watch_failed(service: Any) -> bool:
    return any(folder.last_error for folder in service.look().folders)
