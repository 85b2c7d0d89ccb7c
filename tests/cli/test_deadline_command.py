"""`triage deadline`: what it prints for a person and for a program, and what it refuses."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from sample_mails import POLICY_NAMES
from typer.testing import CliRunner

from triage.cli import main
from triage.cli.app import app

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = """
[store]
url = "sqlite:///triage.db"
[smtp]
host = "127.0.0.1"
port = 25
tls = "none"
[[mailbox]]
address = "compliance@alektumgroup.nl"
policy = "alektum-nl"
host = "127.0.0.1"
port = 143
tls = "none"
password_file = "password"
[closing_days]
alektum-nl = [2026-04-07]
"""


def deadline(policy: str, received: str, *options: str) -> str:
    arguments = ["deadline", "--policy", policy, "--received", received, *options]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return str(result.stdout)


def due(policy: str, received: str, *options: str) -> dict[str, Any]:
    return dict(json.loads(deadline(policy, received, "--json", *options)))


def test_a_person_reads_the_day_first_then_the_rule_then_the_count() -> None:
    assert deadline("pro-actief", "2026-04-04T10:00") == (
        "Due       Thursday 2026-04-16, until midnight (Europe/Amsterdam)\n"
        "Received  Saturday 2026-04-04 10:00\n"
        "Policy    pro-actief: Klachtenregeling Pro Actief Incasso\n"
        "Term      answer: 7 working days\n"
        "          received on a day off: counts as received on the next working day\n"
        "\n"
        "  Sat 2026-04-04   -  received, Saturday\n"
        "  Sun 2026-04-05   -  Sunday\n"
        "  Mon 2026-04-06   -  Easter Monday\n"
        "  Tue 2026-04-07   -  counts as the day of receipt\n"
        "  Wed 2026-04-08   1  working day\n"
        "  Thu 2026-04-09   2  working day\n"
        "  Fri 2026-04-10   3  working day\n"
        "  Sat 2026-04-11   -  Saturday\n"
        "  Sun 2026-04-12   -  Sunday\n"
        "  Mon 2026-04-13   4  working day\n"
        "  Tue 2026-04-14   5  working day\n"
        "  Wed 2026-04-15   6  working day\n"
        "  Thu 2026-04-16   7  working day\n"
        "\n"
        "Other clocks, counted from the same moment (--clock all: day by day)\n"
        "\n"
        "  acknowledged     Sat 2026-04-04  at once, on the day of receipt\n"
        "  second instance  Thu 2026-04-16  7 working days;"
        " for a complaint to the management that is received then;"
        " received on a day off: counts as received on the next working day\n"
        "  privacy          Mon 2026-05-04  1 month; for a request about personal data\n"
        "  reminder         Wed 2026-04-08  2 working days;"
        " for a sender who is asked then for what is missing\n"
    )


def test_all_clocks_are_counted_day_by_day_when_asked() -> None:
    output = deadline("alektum-pl", "2026-04-02T10:00", "--clock", "all")
    blocks = [block for block in output.split("\n\n") if block.startswith("Due ")]
    assert [block.splitlines()[3] for block in blocks] == [
        "Term      acknowledged: at once, on the day of receipt",
        "Term      answer: 30 calendar days",
        "Term      extended: 60 calendar days",
        "Term      second instance: 30 calendar days",
        "Term      privacy: 1 month",
        "Term      reminder: 5 working days",
    ]
    assert "  Mon 2026-06-01  60  calendar day\n" in output
    assert "Other clocks" not in output


def test_a_person_reads_the_end_rule_and_where_the_day_moved() -> None:
    lines = deadline("alektum-pl", "2026-04-02T10:00").splitlines()
    assert lines[0] == "Due       Thursday 2026-04-30, until midnight (Europe/Warsaw)"
    assert lines[3:5] == [
        "Term      answer: 30 calendar days",
        "          ends on a day off: due on the working day before",
    ]
    counted = [line for line in lines if line.startswith("  Fri 2026-05-01")]
    assert counted[-1] == "  Fri 2026-05-01   -  National Day: back to Thu 2026-04-30"


def test_one_month_is_not_one_months() -> None:
    output = deadline("alektum-no", "2026-04-02T10:00", "--clock", "privacy")
    assert "Term      privacy: 1 month\n" in output


def test_a_program_reads_one_json_object() -> None:
    found = due("alektum-no", "2026-03-31T23:30:00+00:00")
    counted, clocks = found.pop("counted"), found.pop("clocks")
    assert found == {
        "policy": "alektum-no",
        "clock": "answer",
        "received": "2026-03-31T23:30:00+00:00",
        "received_day": "2026-04-01",
        "due": "2026-04-20",
        "due_at": "2026-04-20T22:00:00+00:00",
    }
    assert counted[:2] == [
        {"date": "2026-04-01", "number": None, "why": "received"},
        {"date": "2026-04-02", "number": None, "why": "Maundy Thursday"},
    ]
    assert counted[-1] == {"date": "2026-04-20", "number": 10, "why": "working day"}
    assert {name: (each["due"], each["term"]) for name, each in clocks.items()} == {
        "acknowledged": ("2026-04-01", "at once, on the day of receipt"),
        "answer": ("2026-04-20", "10 working days"),
        "second_instance": ("2026-04-20", "10 working days"),
        "privacy": ("2026-05-01", "1 month"),
        "reminder": ("2026-04-09", "3 working days"),
    }
    assert clocks["answer"]["counted"] == counted
    assert clocks["acknowledged"]["counted"] == counted[:1]


@pytest.mark.parametrize(
    ("received", "moment"),
    [
        ("2026-07-01T23:30", "2026-07-01T21:30:00+00:00"),  # naive: the policy's zone
        ("2026-01-01T00:30", "2025-12-31T23:30:00+00:00"),
        ("2026-07-01", "2026-06-30T22:00:00+00:00"),  # date only: its midnight
        ("2026-07-01T23:30Z", "2026-07-01T23:30:00+00:00"),
        ("2026-07-01T23:30-05:00", "2026-07-02T04:30:00+00:00"),
        ("  2026-07-01T23:30:15.5+00:00 ", "2026-07-01T23:30:15.500000+00:00"),
        ("2026-10-25T02:30", "2026-10-25T00:30:00+00:00"),  # comes twice: the first
        ("2026-03-29T02:30", "2026-03-29T01:30:00+00:00"),  # does not exist: as if it did
    ],
)
def test_received_is_iso_8601_and_without_an_offset_in_the_zone_of_the_policy(
    received: str, moment: str
) -> None:
    assert due("alektum-pl", received)["received"] == moment


@pytest.mark.parametrize(
    ("clock", "day"),
    [
        ("acknowledged", "2026-04-02"),
        ("answer", "2026-04-30"),
        ("extended", "2026-06-01"),
        ("second_instance", "2026-04-30"),
        ("privacy", "2026-05-02"),
        ("reminder", "2026-04-10"),
    ],
)
def test_each_clock_of_a_policy_can_be_asked(clock: str, day: str) -> None:
    assert due("alektum-pl", "2026-04-02T10:00", "--clock", clock)["due"] == day


def test_closing_days_of_the_settings_count(tmp_path: Path) -> None:
    config = tmp_path / "triage.toml"
    config.write_text(SETTINGS, encoding="utf-8")
    assert due("alektum-nl", "2026-04-02T10:00")["due"] == "2026-04-17"
    found = due("alektum-nl", "2026-04-02T10:00", "--config", str(config))
    assert found["due"] == "2026-04-20"
    assert {"date": "2026-04-07", "number": None, "why": "closed"} in found["counted"]


NO_TERM = "no term can be counted from {}. Years from 1900 to 2100 can be counted"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"policy": "alektum"}, f"unknown policy 'alektum'. Known: {', '.join(POLICY_NAMES)}"),
        (
            {"received": "gisteren"},
            "--received 'gisteren' is not a time. Write 2026-04-02T10:00:00+02:00",
        ),
        (
            {"received": "2026-02-29"},
            "--received '2026-02-29' is not a time. Write 2026-04-02T10:00:00+02:00",
        ),
        ({"received": ""}, "--received '' is not a time. Write 2026-04-02T10:00:00+02:00"),
        ({"received": "9999-12-31"}, NO_TERM.format("9999-12-31T00:00:00+01:00")),
        ({"received": "0001-01-01T00:00+14:00"}, NO_TERM.format("0001-01-01T00:00:00+14:00")),
        (
            {"clock": "extended"},
            (
                "policy alektum-nl has no clock 'extended'. "
                "Clocks: acknowledged, answer, second_instance, privacy, reminder"
            ),
        ),
        (
            {"config": "/none.toml"},
            "/none.toml: cannot be read: No such file or directory. Check the path and its permissions",
        ),
    ],
)
def test_what_cannot_be_counted_is_one_line_on_stderr_and_exit_1(
    options: dict[str, str],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = {"policy": "alektum-nl", "received": "2026-04-02", **options}
    arguments = [word for key, value in given.items() for word in (f"--{key}", value)]
    monkeypatch.setattr(sys, "argv", ["triage", "deadline", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert capsys.readouterr() == ("", f"triage: {told}\n")
