"""A mail that costs more than it may: the last defence, against what nobody foresaw.

The faults are real ones, put into the reading of the installed command: a regular expression that
never ends, memory without end, a process killed from outside.
"""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any

import pytest
from monitor import get
from post_office import letter
from servers.waiting import wait_until
from triage_process import TriageRun, triage

from triage.register.states import EntryState

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

    from agency import Agency

STUCK = r're.match(r"(a+)+$", "a" * 64 + "b")'
KILLED = "os.kill(os.getpid(), signal.SIGKILL)"
HUNGRY = "[bytearray(1_000_000) for _ in range(1_000_000)]"


@pytest.fixture
def faulty(tmp_path: Path) -> Any:
    """Give what has the reading of a mail with the word of poison run into a fault."""

    def faulty(fault: str) -> Path:
        folder = tmp_path / "faulty"
        folder.mkdir()
        code = f"""
            import os, re, signal
            from triage import processing

            understand = processing.understand

            def faulty(message, *rest):
                if "vergif" in message.typed:
                    {fault}
                return understand(message, *rest)

            processing.understand = faulty
        """
        (folder / "sitecustomize.py").write_text(textwrap.dedent(code))
        return folder

    return faulty


@pytest.fixture
def posted(agency: Agency) -> tuple[EmailMessage, EmailMessage]:
    """Post a mail of poison, and another after it."""
    agency.set("mailbox", first_start="acknowledge")
    agency.set("limits", mail_seconds=10, mail_megabytes=256)
    agency.set("http", listen="127.0.0.1:0")
    agency.set("log", level="info", format="json")
    bad = letter(agency.office.open("jan"), agency.mailbox, text="Ik klaag over vergif.")
    good = letter(agency.office.open("eva"), agency.mailbox)
    agency.office.send(bad)
    agency.office.send(good)
    return bad, good


def listed(agency: Agency) -> list[dict[str, Any]]:
    result = triage("mail", "list", "--config", agency.config, "--json")
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def answered(agency: Agency, mail: EmailMessage) -> bool:
    return bool(agency.office.inbox(str(mail["From"])))


@pytest.mark.parametrize(
    ("fault", "status", "said"), [(STUCK, 1, "Timeout (0:00:10)!"), (KILLED, -9, "")]
)
def test_a_mail_that_ends_the_process_twice_is_set_aside_and_the_next_is_answered(
    agency: Agency,
    posted: tuple[EmailMessage, EmailMessage],
    faulty: Any,
    fault: str,
    status: int,
    said: str,
):
    bad, good = posted
    imports = faulty(fault)
    for _ in range(2):
        with TriageRun(agency.config, imports=imports) as run:
            assert run.ended() == status
            assert said in run.log
            assert "vergif" not in run.log
    with TriageRun(agency.config, imports=imports) as run:
        wait_until(lambda: answered(agency, good), "the answer to the next mail")
        assert json.loads(get(run.port, "/health")[1]) == {
            "status": "ok",
            "findings": [],
            "set_aside": 1,
        }
        run.terminate()
        assert run.ended() == 0
    (told,) = listed(agency)
    assert told["state"] == "set_aside"
    assert told["message_id"] == bad["Message-ID"].strip("<>")
    assert told["reason"].startswith("The service ended twice while this mail was in hand")
    (task,) = agency.tasks("mail_set_aside")
    assert task.ledger_id == told["id"]
    assert not answered(agency, bad)

    retried = triage("mail", "retry", "--config", agency.config, str(told["id"]))
    assert retried.returncode == 0, retried.stderr
    with TriageRun(agency.config):  # the fault is mended
        wait_until(lambda: answered(agency, bad), "the answer to what was set aside")
    assert {entry.state for entry in agency.entries()} == {EntryState.DONE}
    assert len(agency.cases()) == 2


def test_a_mail_that_needs_too_much_memory_is_set_aside_at_once_and_the_service_goes_on(
    agency: Agency, posted: tuple[EmailMessage, EmailMessage], faulty: Any
):
    bad, good = posted
    with TriageRun(agency.config, imports=faulty(HUNGRY)) as run:
        wait_until(lambda: answered(agency, good), "the answer to the next mail")
        run.terminate()
        assert run.ended() == 0
    (told,) = listed(agency)
    assert told["state"] == "set_aside"
    assert told["message_id"] == bad["Message-ID"].strip("<>")
    assert told["reason"] == "Reading it needs more memory than 256 MB"
    assert len(agency.tasks("mail_set_aside")) == 1
