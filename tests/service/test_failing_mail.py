"""A mail that breaks a step: it stays in the ledger with the reason, and delays no other."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from post_office import letter, text_of
from servers.waiting import wait_until
from typer.testing import CliRunner

from triage import processing
from triage.cli.app import app
from triage.errors import RegisterError, RegisterUnavailable
from triage.register import worklist
from triage.register.states import EntryState

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from agency import Agency

    from triage.message.model import Message

POISON = "vergif"


@pytest.fixture
def poisoned(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """Have the decision break at the word of poison, as long as the list holds an error."""
    faults: list[Exception] = [ValueError("broken by BSN 111222333")]
    decide = processing.decide

    def fragile(message: Message, *rest: Any) -> Any:
        if POISON in message.typed and faults:
            raise faults[0]
        return decide(message, *rest)

    monkeypatch.setattr(processing, "decide", fragile)
    return faults


def mails(config: Path, *options: str) -> list[dict[str, Any]]:
    result = CliRunner().invoke(
        app, ["mail", "list", "--config", str(config), "--json", *options], catch_exceptions=False
    )
    assert result.exit_code == 0
    return [json.loads(line) for line in result.stdout.splitlines()]


def retry(config: Path, entry_id: int) -> str:
    arguments = ["mail", "retry", "--config", str(config), str(entry_id)]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return str(result.stdout)


def test_it_stays_failed_with_the_reason_and_the_next_mail_is_answered(
    agency: Agency, poisoned: list[Exception]
):
    office = agency.office
    jan, eva = office.open("jan"), office.open("eva")
    bad = letter(jan, agency.mailbox, "Klacht", f"Ik klaag over {POISON}.")
    with agency.running():
        office.send(bad, letter(eva, agency.mailbox))
        office.answer(eva)
        entry = agency.handled(bad["Message-ID"])
    assert entry.state is EntryState.FAILED
    assert entry.error == "ValueError: broken by BSN *******33"
    assert office.inbox(jan) == []
    (listed,) = mails(agency.config, "--failed")
    assert listed["id"] == entry.id
    assert listed["state"] == "failed"
    assert listed["mailbox"] == agency.mailbox
    assert listed["message_id"] == bad["Message-ID"].strip("<>")
    assert listed["reason"] == entry.error
    assert mails(agency.config) == [listed], "without an option, what needs a person is listed"


def test_it_is_processed_again_by_itself_after_a_pause(agency: Agency, poisoned: list[Exception]):
    jan = agency.office.open("jan")
    bad = letter(jan, agency.mailbox, "Klacht", f"Ik klaag over {POISON}.")
    with agency.running():
        agency.office.send(bad)
        agency.handled(bad["Message-ID"])
        poisoned.clear()
        agency.clock.forward(worklist.pause_after(1))
        agency.office.answer(jan)
    assert len(agency.cases()) == 1


def test_a_person_can_have_it_processed_again_at_once(agency: Agency, poisoned: list[Exception]):
    jan = agency.office.open("jan")
    bad = letter(jan, agency.mailbox, "Klacht", f"Ik klaag over {POISON}.")
    with agency.running():
        agency.office.send(bad)
        entry = agency.handled(bad["Message-ID"])
        poisoned.clear()
        assert retry(agency.config, entry.id) == "1 to be processed again.\n"
        agency.office.answer(jan)
    assert mails(agency.config, "--failed") == []
    assert len(agency.cases()) == 1


def test_after_a_few_attempts_it_is_set_aside_as_a_persons_task(
    agency: Agency, poisoned: list[Exception]
):
    agency.set("mailbox", first_start="acknowledge")
    agency.office.send(
        letter(agency.office.open("jan"), agency.mailbox, text=f"Ik klaag over {POISON}.")
    )
    for _ in range(worklist.ATTEMPTS):
        agency.once()
        agency.clock.forward(timedelta(days=1))
    (entry,) = agency.entries()
    assert entry.state is EntryState.SET_ASIDE
    assert len(agency.tasks("mail_set_aside")) == 1
    (listed,) = mails(agency.config, "--failed")
    assert listed["state"] == "set_aside"


def endless(again: Any) -> Any:
    return again(again)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (lambda: endless(endless), "RecursionError: maximum recursion depth exceeded"),
        (lambda: {}["header"], "KeyError: 'header'"),
    ],
)
def test_a_mail_whose_reading_breaks_off_is_set_aside_at_once(
    agency: Agency, monkeypatch: pytest.MonkeyPatch, fault: Callable[[], Any], reason: str
):
    """Reading depends on nothing but the mail, so it would break off each time again."""
    understand = processing.understand

    def fragile(message: Message, *rest: Any) -> Any:
        if POISON in message.typed:
            fault()
        return understand(message, *rest)

    monkeypatch.setattr(processing, "understand", fragile)
    office = agency.office
    bad = letter(office.open("jan"), agency.mailbox, text=f"Ik klaag over {POISON}.")
    eva = office.open("eva")
    with agency.running():
        office.send(bad, letter(eva, agency.mailbox))
        office.answer(eva)
        entry = agency.handled(bad["Message-ID"])
    assert entry.state is EntryState.SET_ASIDE
    assert entry.error.startswith(f"Reading it broke off: {reason}")
    assert len(agency.tasks("mail_set_aside")) == 1


def test_what_the_database_refuses_for_one_mail_is_that_mails_failure(
    agency: Agency, poisoned: list[Exception]
):
    poisoned[:] = [RegisterError("The database refused: value too long")]
    office = agency.office
    bad = letter(office.open("jan"), agency.mailbox, text=f"Ik klaag over {POISON}.")
    eva = office.open("eva")
    with agency.running():
        office.send(bad, letter(eva, agency.mailbox))
        office.answer(eva)
        entry = agency.handled(bad["Message-ID"])
    assert entry.error == "The database refused: value too long"


def test_a_database_that_is_away_for_a_moment_costs_no_mail(
    agency: Agency, poisoned: list[Exception], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("triage.service._AFTER_FAULT_SECONDS", 0.05)
    poisoned[:] = [RegisterUnavailable("The database cannot be used now: locked")]
    jan = agency.office.open("jan")
    with agency.running():
        agency.office.send(letter(jan, agency.mailbox, text=f"Ik klaag over {POISON}."))
        wait_until(lambda: any(entry.attempts for entry in agency.entries()), "an attempt")
        poisoned.clear()
        agency.office.answer(jan)
    (entry,) = agency.entries()
    assert entry.state is EntryState.DONE


def test_a_template_that_breaks_under_way_fails_the_mail_until_it_is_mended(agency: Agency):
    template = agency.folder / "templates" / "nl" / "acknowledgement.txt"
    template.parent.mkdir(parents=True)
    good = "Uw klacht\n\nWij hebben uw klacht ontvangen.\n"
    template.write_text(good)
    agency.set("overrides", templates="templates")
    jan = agency.office.open("jan")
    mail = letter(jan, agency.mailbox)
    with agency.running():
        template.write_text("Uw klacht\n\n{{ 1 / 0 }}\n")
        agency.office.send(mail)
        entry = agency.handled(mail["Message-ID"])
        assert entry.state is EntryState.FAILED
        assert entry.error.startswith(f"{template}:3: cannot be rendered: division by zero")
        assert agency.cases() == [], "nothing of a failed step is stored"
        template.write_text(good)
        retry(agency.config, entry.id)
        answer = agency.office.answer(jan)
    assert text_of(answer).strip() == "Wij hebben uw klacht ontvangen."


def test_the_mail_of_a_mailbox_that_left_the_settings_fails_with_the_reason(agency: Agency):
    agency.set("mailbox", first_start="acknowledge")
    agency.office.send(letter(agency.office.open("jan"), agency.mailbox))
    other = agency.office.open("other")
    with agency.running():
        wait_until(agency.is_idle, "the first mail")
    (entry,) = agency.entries()
    with agency.register.transaction() as session:
        session.merge(entry).state = EntryState.FAILED
        worklist.retry_entries(session, [entry.id], agency.clock.now())
    agency.values["mailbox"] = [agency.watched(other)]
    agency.once()
    (entry,) = agency.entries()
    assert entry.error == (
        f"{agency.mailbox} (alektum-nl) is no longer in the settings. "
        "Add it again, or answer by hand"
    )
