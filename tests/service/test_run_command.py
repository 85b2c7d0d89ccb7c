"""`triage run` as a process: what systemd hears, what a person asks, and how it ends."""

from __future__ import annotations

import json
import socket
import threading
from typing import TYPE_CHECKING

from monitor import get
from post_office import letter
from servers.waiting import wait_until
from triage_process import TriageRun, triage

from triage.register.states import OutboxState

if TYPE_CHECKING:
    from agency import Agency

    from triage.demo.servers import SunkMail


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_readiness_is_told_and_sigterm_ends_it_with_exit_0(agency: Agency):
    with TriageRun(agency.config) as run:
        run.terminate()
        assert run.ended() == 0, run.log
        assert run.heard == ["READY=1", "STOPPING=1"]


def test_the_watchdog_is_told_twice_in_the_time_allowed(agency: Agency):
    with TriageRun(agency.config, watchdog_usec=200_000) as run:
        wait_until(lambda: run.heard.count("WATCHDOG=1") >= 3, "the watchdog")
        run.terminate()
        assert run.ended() == 0, run.log


def test_health_is_ok_and_metrics_count_the_mails(agency: Agency):
    port = free_port()
    agency.set("http", listen=f"127.0.0.1:{port}")
    jan = agency.office.open("jan")
    with TriageRun(agency.config):
        wait_until(agency.is_watched, "the first scan")
        agency.office.send(letter(jan, agency.mailbox))
        agency.office.answer(jan)
        wait_until(agency.is_idle, "all sent")
        assert get(port, "/health") == (200, '{"status": "ok", "findings": []}\n')
        status, metrics = get(port, "/metrics")
        assert get(port, "/")[0] == 404
    assert status == 200
    lines = metrics.splitlines()
    assert "triage_up 1.0" in lines
    assert 'triage_ledger_mails{state="done"} 1.0' in lines
    assert 'triage_outbox_mails{state="sent"} 1.0' in lines
    assert "triage_findings 0.0" in lines


def test_a_refused_login_is_a_fault_at_once_and_keeps_no_other_mailbox_from_being_answered(
    agency: Agency,
):
    port = free_port()
    locked = agency.office.open("locked")
    (agency.folder / "wrong.password").write_text("wrong\n")
    agency.values["mailbox"].append(agency.watched(locked, password_file="wrong.password"))
    agency.set("http", listen=f"127.0.0.1:{port}")
    jan = agency.office.open("jan")
    with TriageRun(agency.config):
        wait_until(lambda: get(port, "/health")[0] == 503, "the fault")
        status = json.loads(get(port, "/health")[1])
        wait_until(agency.is_watched, "the first scan")
        agency.office.send(letter(jan, agency.mailbox))
        agency.office.answer(jan)
    assert status["status"] == "fault"
    (finding,) = status["findings"]
    assert finding.startswith(f"{locked} (INBOX) not read since")


def test_sigterm_lets_the_mail_in_hand_be_handed_over(agency: Agency):
    jan = agency.office.open("jan")
    in_hand, let_go = threading.Event(), threading.Event()

    def hold(mail: SunkMail) -> None:
        if jan in mail.recipients:
            in_hand.set()
            let_go.wait(20)

    agency.office.on_delivery = hold
    with TriageRun(agency.config) as run:
        wait_until(agency.is_watched, "the first scan")
        agency.office.send(letter(jan, agency.mailbox))
        assert in_hand.wait(20)
        run.terminate()
        wait_until(lambda: agency.outbox()[0].state is OutboxState.SENDING)
        let_go.set()
        assert run.ended() == 0, run.log
    (mail,) = agency.outbox()
    assert mail.state is OutboxState.SENT
    assert len(agency.office.inbox(jan)) == 1


def test_once_is_done_when_it_ends(agency: Agency):
    agency.set("mailbox", first_start="acknowledge")
    jan = agency.office.open("jan")
    agency.office.send(letter(jan, agency.mailbox))
    ended = triage("run", "--once", "--config", agency.config)
    assert (ended.returncode, ended.stdout) == (0, ""), ended.stderr
    assert len(agency.office.inbox(jan)) == 1


def test_once_beside_the_running_service_takes_nothing_out_of_its_hands(agency: Agency):
    jan = agency.office.open("jan")
    with TriageRun(agency.config):
        wait_until(agency.is_watched, "the first scan")
        agency.office.send(*(letter(jan, agency.mailbox, f"Klacht {n}") for n in range(3)))
        assert triage("run", "--once", "--config", agency.config).returncode == 0
        wait_until(lambda: len(agency.entries()) == 3 and agency.is_idle(), "all handled")
    assert len(agency.cases()) == 3
    assert len(agency.office.inbox(jan)) == 3


def test_once_says_which_mailbox_could_not_be_read_and_handles_the_others(agency: Agency):
    locked = agency.office.open("locked")
    (agency.folder / "wrong.password").write_text("wrong\n")
    agency.values["mailbox"].insert(0, agency.watched(locked, password_file="wrong.password"))
    agency.set("mailbox", first_start="acknowledge")
    jan = agency.office.open("jan")
    agency.office.send(letter(jan, agency.mailbox))
    ended = triage("run", "--once", "--config", agency.config)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"triage: {locked}: 127.0.0.1:")
    assert ended.stderr.count("\n") == 1
    assert len(agency.office.inbox(jan)) == 1


def test_an_address_in_use_is_refused_before_anything_starts(agency: Agency):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        agency.set("http", listen=f"127.0.0.1:{port}")
        ended = triage("run", "--config", agency.config)
    assert ended.returncode == 1
    line = agency.line_of("listen")
    assert ended.stderr == (
        f"triage: {agency.config}:{line}: 127.0.0.1:{port} cannot be listened on: "
        'Address already in use. Choose another, or "" for none\n'
    )
