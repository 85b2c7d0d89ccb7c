"""Automatic mail that could go on for ever, floods, copies, and the mail of before the first start."""

from __future__ import annotations

import json
import queue
import threading
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from post_office import letter, parsed
from servers.waiting import wait_until
from typer.testing import CliRunner

from triage.cli.app import app
from triage.health import findings
from triage.register.states import EntryState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from agency import Agency
    from post_office import PostOffice

    from triage.demo.servers import SunkMail


@contextmanager
def robot(office: PostOffice, address: str, text: str) -> Iterator[list[str]]:
    """Answer every mail to an address at once, without any header that says so."""
    todo: queue.Queue[bytes | None] = queue.Queue()
    answered: list[str] = []

    def hear(mail: SunkMail) -> None:
        if address in mail.recipients:
            todo.put(mail.content)

    def live() -> None:
        while (raw := todo.get()) is not None:
            mail = parsed(raw)
            thread = {"In_Reply_To": str(mail["Message-ID"])}
            sent = letter(address, str(mail["From"]), f"Re: {mail['Subject']}", text, **thread)
            office.send(sent)
            answered.append(str(sent["Message-ID"]))

    office.on_delivery = hear
    thread = threading.Thread(target=live, name="robot")
    thread.start()
    try:
        yield answered
    finally:
        todo.put(None)
        thread.join()


@pytest.mark.parametrize(
    "text",
    [
        "Bedankt voor uw bericht, wij hebben het ontvangen en antwoorden binnen twee dagen.\n",
        "Uw klacht is bij ons geregistreerd onder nummer 4711.\n",
    ],
)
def test_a_robot_without_headers_gets_one_answer(agency: Agency, text: str):
    office = agency.office
    address = office.open("robot")
    with agency.running(), robot(office, address, text) as answered:
        office.send(letter(address, agency.mailbox))
        wait_until(lambda: answered, "the robot's answer")
        agency.handled(answered[0])
        wait_until(agency.is_idle, "all sent")
    assert len(office.inbox(address)) == 1
    assert len(agency.cases()) == 1


def test_two_installations_facing_each_other_stop_after_one_answer(
    office: PostOffice,
    sqlite_store: str,
    postgresql_store: str,
    found_agency: Callable[[PostOffice, str], Agency],
):
    ours, theirs = found_agency(office, sqlite_store), found_agency(office, postgresql_store)
    with ours.running(), theirs.running():
        office.send(letter(theirs.mailbox, ours.mailbox))
        answer = office.answer(theirs.mailbox)
        entry = theirs.handled(str(answer["Message-ID"]))
        wait_until(lambda: ours.is_idle() and theirs.is_idle(), "all sent")
    assert entry.state is EntryState.DONE
    assert theirs.outbox() == []
    assert len(ours.outbox()) == 1


def test_our_own_mail_that_comes_back_is_no_case(agency: Agency):
    office = agency.office
    jan = office.open("jan")
    with agency.running():
        office.send(letter(jan, agency.mailbox))
        answer = office.answer(jan)
        office.send(answer, envelope_from=jan, to=[agency.mailbox])
        agency.handled(str(answer["Message-ID"]))
        wait_until(agency.is_idle, "all sent")
    assert len(agency.outbox()) == 1
    assert len(agency.cases()) == 1


def flood(agency: Agency, senders: Sequence[str]) -> None:
    """Have a mail of each of these senders arrive, evenly within one minute."""
    received = agency.clock.now() - timedelta(minutes=1)
    with agency.office.account(agency.mailbox).client() as client:
        for number, sender in enumerate(senders):
            mail = letter(sender, agency.mailbox, f"Klacht {number}")
            moment = received + timedelta(minutes=1) * number / len(senders)
            client.append("INBOX", mail.as_bytes(), msg_time=moment)


def test_a_thousand_mails_in_a_minute_from_one_sender_cost_one_answer(dovecot_agency: Agency):
    agency, office = dovecot_agency, dovecot_agency.office
    agency.set("mailbox", first_start="acknowledge")
    jan = office.open("jan")
    flood(agency, [jan] * 1000)
    agency.once()
    assert len(agency.entries()) == 1000
    assert {entry.state for entry in agency.entries()} == {EntryState.DONE}
    assert len(agency.cases()) == 1000, "a withheld answer suppresses no case"
    assert len(office.inbox(jan)) == 1
    by_hand = agency.tasks("confirm_by_hand")
    assert len(by_hand) == 999
    assert {task.text for task in by_hand} == {"Not acknowledged (rate): confirm"}


def test_a_sender_who_takes_longer_gets_no_more_answers_than_the_caps(agency: Agency):
    agency.set("mailbox", first_start="acknowledge")
    agency.set("limits", per_sender_minute=100, per_sender_hour=3)
    jan = agency.office.open("jan")
    flood(agency, [jan] * 10)
    agency.once()
    assert len(agency.cases()) == 10
    assert len(agency.office.inbox(jan)) == 3


def test_the_breaker_of_the_whole_service_stops_answers_and_raises_one_alarm(agency: Agency):
    office = agency.office
    agency.set("mailbox", first_start="acknowledge")
    agency.set("limits", service_hour=4)
    senders = [office.open("sender") for _ in range(10)]
    flood(agency, senders)
    agency.once()
    assert len(agency.cases()) == 10
    assert sum(len(office.inbox(sender)) for sender in senders) == 4
    assert len(agency.tasks("confirm_by_hand")) == 6
    (alarm,) = agency.tasks("breaker")
    assert alarm.text.startswith("4 automatic answers within an hour: no more are given")
    (found,) = findings(agency.service().look())
    assert found.startswith("4 automatic answers in the last hour")
    agency.clock.forward(timedelta(hours=1))
    late = office.open("late")
    office.send(letter(late, agency.mailbox))
    agency.once()
    assert len(office.inbox(late)) == 1, "it closes by itself"


def test_one_mail_to_two_watched_mailboxes_is_one_case_and_one_answer(any_agency: Agency):
    agency, office = any_agency, any_agency.office
    second = office.open("info")
    agency.values["mailbox"].append(agency.watched(second, "alektum-nl-service"))
    jan = office.open("jan")
    with agency.running():
        office.send(letter(jan, f"{agency.mailbox}, {second}"))
        office.answer(jan)
        wait_until(lambda: len(agency.entries()) == 2 and agency.is_idle(), "both copies")
    assert sorted(entry.state.value for entry in agency.entries()) == ["done", "duplicate"]
    assert len(agency.cases()) == 1
    assert len(office.inbox(jan)) == 1


def test_mail_of_before_the_first_start_is_listed_not_acknowledged(any_agency: Agency):
    agency, office = any_agency, any_agency.office
    jan, eva = office.open("jan"), office.open("eva")
    old = letter(jan, agency.mailbox, "Klacht van vorig jaar")
    office.send(old)
    with agency.running():
        office.send(letter(eva, agency.mailbox))
        office.answer(eva)
        assert agency.handled(old["Message-ID"]).state is EntryState.LISTED
    assert len(agency.cases()) == 1
    arguments = ["mail", "list", "--backlog", "--config", str(agency.config)]
    result = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)
    (listed,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert listed["message_id"] == old["Message-ID"].strip("<>")
    # A second start changes nothing.
    with agency.running():
        assert agency.entry(old["Message-ID"]).state is EntryState.LISTED  # type: ignore[union-attr]  # None fails, too
    assert office.inbox(jan) == []


def test_a_listed_mail_gets_its_case_when_a_person_asks_for_it(agency: Agency):
    office = agency.office
    jan = office.open("jan")
    office.send(letter(jan, agency.mailbox))
    with agency.running():
        wait_until(agency.entries, "the mail taken in")
        (entry,) = agency.entries()
        assert entry.state is EntryState.LISTED
        arguments = ["mail", "retry", str(entry.id), "--config", str(agency.config)]
        CliRunner().invoke(app, arguments, catch_exceptions=False)
        wait_until(lambda: agency.entries()[0].state is EntryState.DONE, "the case")
    assert len(agency.cases()) == 1
    assert office.inbox(jan) == [], "an old mail is not acknowledged, even so"
    assert len(agency.tasks("confirm_by_hand")) == 1
