"""`triage run` as it is installed: a process of its own, seen only from outside."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from monitor import get
from post_office import letter, text_of
from servers.waiting import wait_until
from triage_process import TriageRun, triage

from triage.errors import RegisterUnavailable
from triage.register import worklist
from triage.register.states import EntryState, OutboxState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agency import Agency
    from post_office import PostOffice

    from triage.demo.servers import SunkMail


@contextmanager
def held_mail(office: PostOffice, senders: list[str]) -> Iterator[threading.Event]:
    """Hold the first answer in the mail server's hands until this ends; give what says it is there."""
    in_hand, go_on = threading.Event(), threading.Event()

    def hold(mail: SunkMail) -> None:
        if set(mail.recipients) & set(senders):
            in_hand.set()
            go_on.wait()

    office.on_delivery = hold
    try:
        yield in_hand
    finally:
        go_on.set()


def test_a_mail_is_answered_and_a_monitor_is_told_so(any_agency: Agency):
    agency, office = any_agency, any_agency.office
    agency.set("http", listen="127.0.0.1:0")
    agency.set("log", level="info")
    jan = office.open("jan")
    with TriageRun(agency.config) as run:
        wait_until(agency.is_watched, "the first look")
        office.send(letter(jan, agency.mailbox))
        answer = office.answer(jan)
        (case,) = agency.cases()
        assert case.number in answer["Subject"]
        assert case.number in text_of(answer)
        wait_until(agency.is_idle, "noted as sent")
        port = run.port
        status, health = get(port, "/health")
        assert status == 200
        assert json.loads(health) == {"status": "ok", "findings": [], "set_aside": 0}
        metrics = get(port, "/metrics")[1].splitlines()
        assert "triage_up 1.0" in metrics
        assert 'triage_ledger_mails{state="done"} 1.0' in metrics
        assert 'triage_outbox_mails{state="sent"} 1.0' in metrics
        run.terminate()
        assert run.ended() == 0
        assert run.heard[-1] == "STOPPING=1"
    assert len(office.inbox(jan)) == 1


def test_sigterm_finishes_the_mail_in_hand_and_leaves_the_rest_to_the_next_start(agency: Agency):
    office = agency.office
    agency.set("mailbox", first_start="acknowledge")
    agency.set("smtp", connections=1)
    agency.set("log", level="info")
    senders = [office.open("sender") for _ in range(12)]
    office.send(*(letter(sender, agency.mailbox) for sender in senders))
    with TriageRun(agency.config) as run:
        with held_mail(office, senders) as in_hand:
            wait_until(in_hand.is_set, "an answer at the mail server")
            run.terminate()
            wait_until(lambda: "stops after the mail in hand" in run.log, "SIGTERM noticed")
        assert run.ended() == 0
    assert OutboxState.SENDING not in {mail.state for mail in agency.outbox()}
    assert not [entry for entry in agency.entries() if entry.claimed_by]
    office.on_delivery = None
    agency.once()
    assert [len(office.inbox(sender)) for sender in senders] == [1] * len(senders)
    assert agency.events("sent_again") == []


def test_once_takes_in_what_is_there_sends_the_answers_and_exits(dovecot_agency: Agency):
    agency, office = dovecot_agency, dovecot_agency.office
    agency.set("mailbox", first_start="acknowledge")
    senders = [office.open("sender") for _ in range(3)]
    office.send(*(letter(sender, agency.mailbox) for sender in senders))
    for _ in range(2):
        ended = triage("run", "--once", "--config", agency.config)
        assert ended.returncode == 0, ended.stderr
        assert [len(office.inbox(sender)) for sender in senders] == [1] * 3
    assert {entry.state for entry in agency.entries()} == {EntryState.DONE}
    assert office.account(agency.mailbox).flags() == [{"$Triaged"}] * 3


def test_once_says_which_mailbox_cannot_be_read_and_exits_1(agency: Agency):
    office = agency.office
    closed = agency.watched("closed@agency.example", port=1)
    agency.values["mailbox"].append(closed)
    agency.set("mailbox", first_start="acknowledge")
    jan = office.open("jan")
    office.send(letter(jan, agency.mailbox))
    ended = triage("run", "--once", "--config", agency.config)
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert line.startswith("triage: closed@agency.example: 127.0.0.1:1: Connection refused")
    assert len(office.inbox(jan)) == 1, "the other mailbox is served all the same"


def test_once_a_register_that_is_away_is_one_error_of_ours(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
):
    def away(*_: object) -> None:
        raise RegisterUnavailable("The database cannot be used now: away")

    monkeypatch.setattr(worklist, "claim_entries", away)
    with pytest.raises(RegisterUnavailable):
        agency.once()


def test_check_exits_0_when_all_is_in_order_and_1_on_any_fault(agency: Agency):
    good = triage("check", "--config", agency.config)
    assert good.returncode == 0, good.stdout
    assert good.stdout.endswith("All is in order.\n")
    agency.set("smtp", port=1)
    bad = triage("check", "--config", agency.config)
    assert bad.returncode == 1
    assert bad.stdout.endswith("1 of 7 checks failed.\n")


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_wrong_key_is_one_line_on_stderr_before_anything_starts(agency: Agency, command: str):
    agency.set("smtp", prot=25)
    ended = triage(command, "--config", agency.config)
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    where = f"triage: {agency.config}:{agency.line_of('prot')}: "
    assert line.startswith(where)
    assert "'smtp.prot'" in line
    assert ended.stdout == ""
    assert agency.office.sink.mails == ()
