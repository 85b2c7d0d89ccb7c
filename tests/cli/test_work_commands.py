"""What people do from a terminal with cases, mails of ours and reports."""

from __future__ import annotations

import csv
import json
import time
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from triage.assembly import register_of
from triage.cli.app import app
from triage.clock import SystemClock
from triage.errors import BadInput
from triage.register.cases import case_file, case_of
from triage.register.corrections import remember_correction
from triage.register.ledger import Arrival, entry_of, pack, take_in
from triage.register.outbox_queue import queue
from triage.register.queued import QueuedMail
from triage.register.tables import Case
from triage.register.tasks import add_task
from triage.schedule.lines import double_line
from triage.schedule.rows import Double
from triage.settings import load_settings
from triage.understanding.model import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result

    from triage.register.database import Register

NUMBER = "PL26-00001"
RECEIVED = datetime(2026, 3, 4, 9, tzinfo=UTC)
RAW = b"From: Jan <jan@mail.example>\r\nSubject: Skarga\r\n\r\nZly konsultant.\r\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "triage.toml"
    path.write_text(
        f"""
        [store]
        url = "sqlite:///{tmp_path / "triage.db"}"
        [smtp]
        host = "127.0.0.1"
        port = 25
        tls = "none"
        [[mailbox]]
        address = "reklamacje@agency.example"
        policy = "alektum-pl"
        host = "127.0.0.1"
        port = 143
        tls = "none"
        """
    )
    return path


@pytest.fixture
def register(config: Path) -> Iterator[Register]:
    register = register_of(load_settings(config), SystemClock())
    add_case(register, NUMBER, "alektum-pl")
    yield register
    register.engine.dispose()


def add_case(register: Register, number: str, policy: str) -> str:
    with register.transaction() as session:
        session.add(
            Case(
                number=number,
                policy=policy,
                kind=Kind.COMPLAINT,
                language="pl",
                received_at=RECEIVED,
                opened_at=RECEIVED,
                due=date(2026, 4, 3),
                due_at=datetime(2026, 4, 3, 22, tzinfo=UTC),
            )
        )
    return number


def of_pro_actief(register: Register) -> None:
    with register.transaction() as session:
        case_of(session, NUMBER).policy = "pro-actief"


@pytest.fixture
def triage(config: Path, register: Register) -> Callable[..., Result]:
    def run(*words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--config", str(config)])

    return run


def events(register: Register) -> list[str]:
    with register.reading() as session:
        return [event.code for event in case_file(session, NUMBER).events]


def queued(register: Register) -> int:
    mail = QueuedMail("a@agency.example", "service", "jan@mail.example", "1", "", b"mail")
    with register.transaction() as session:
        outbox_id = queue(session, mail, RECEIVED, case_number=NUMBER)
    assert outbox_id is not None
    return outbox_id


def test_a_mail_of_just_after_midnight_is_listed_under_the_day_of_the_agency(
    triage: Callable[..., Result], register: Register
):
    with register.transaction() as session:
        case_of(session, NUMBER).received_at = datetime(2026, 3, 3, 23, 30, tzinfo=UTC)
    assert "2026-03-04" in triage("case", "list").output
    assert "2026-03-04" in triage("case", "show", NUMBER).output.split("From")[0]


def test_times_are_those_of_the_agency_wherever_the_server_stands(
    triage: Callable[..., Result], register: Register, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    queued(register)
    told = triage("outbox", "list").output
    monkeypatch.undo()
    time.tzset()
    assert f"{RECEIVED.astimezone(ZoneInfo('Europe/Amsterdam')):%Y-%m-%d %H:%M}" in told


def test_a_case_rests_and_is_taken_up_again(triage: Callable[..., Result], register: Register):
    assert triage("case", "pause", NUMBER, "--reason", "the court decides").exit_code == 0
    assert triage("case", "resume", NUMBER).exit_code == 0
    assert events(register) == ["paused", "resumed"]


def test_a_rejected_complaint_names_where_its_sender_can_go_next(triage: Callable[..., Result]):
    assert "Rzecznika Finansowego" not in _again(triage, "upheld")
    said = _again(triage, "rejected")
    assert "Komisji Etyki ZPF" in said
    assert "Rzecznika Finansowego" in said


def _again(triage: Callable[..., Result], outcome: str) -> str:
    result = triage("case", "settle", NUMBER, "--outcome", outcome)
    assert result.exit_code == 0
    return result.output


def test_a_rejection_without_its_reasons_is_refused_in_one_line(
    triage: Callable[..., Result], register: Register
):
    of_pro_actief(register)
    refused = triage("case", "settle", NUMBER, "--outcome", "rejected")
    assert isinstance(refused.exception, BadInput)
    assert str(refused.exception) == (
        f"{NUMBER}: pro-actief promises the reasons of a verdict, and none are given for 'rejected'. "
        'Say why with --reason "..."'
    )
    assert events(register) == []


def test_how_a_case_ended_stands_in_the_case_and_in_the_register(
    triage: Callable[..., Result], register: Register, tmp_path: Path
):
    of_pro_actief(register)
    end = ("--reason", "Brief was fout", "--remedy", "Kosten weg", "--improvement", "Betere brief")
    told = triage("case", "settle", NUMBER, "--outcome", "partly_upheld", *end)
    assert told.exit_code == 0
    assert "Tell the sender of the improvement" in told.output
    assert (
        "Ended: partly upheld\n  because: Brief was fout\n  solved: Kosten weg\n"
        "  improved: Betere brief\n"
    ) in triage("case", "show", NUMBER).output
    case = json.loads(triage("case", "show", NUMBER, "--json").output)
    assert [case[key] for key in ("outcome", "outcome_reason", "remedy", "improvement")] == [
        *("partly_upheld", "Brief was fout", "Kosten weg", "Betere brief")
    ]
    html, table = tmp_path / "report.html", tmp_path / "report.csv"
    here = SystemClock().now().astimezone(ZoneInfo("Europe/Amsterdam"))  # a report's month is local
    month = ("--month", f"{here:%Y-%m}")
    assert triage("report", *month, "--html", str(html), "--csv", str(table)).exit_code == 0
    with table.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert [row[key] for key in ("outcome", "reason", "remedy", "improvement")] == [
        *("partly_upheld", "Brief was fout", "Kosten weg", "Betere brief")
    ]
    page = html.read_text(encoding="utf-8")
    assert all(text in page for text in ("Brief was fout", "Kosten weg", "Betere brief"))


def test_a_case_shows_its_clocks_apart(triage: Callable[..., Result], register: Register):
    with register.transaction() as session:
        case_of(session, NUMBER).first_due = date(2026, 4, 3)
    assert "Clocks\n  acknowledged: by 2026-03-04, not yet\n  answer: by 2026-04-03\n" in (
        triage("case", "show", NUMBER).output
    )
    triage("case", "extend", NUMBER, "--reason", "opinia", "--to", "2026-04-20")
    with register.transaction() as session:
        case = case_of(session, NUMBER)
        case.acknowledged_at = case.answered_at = RECEIVED
    assert (
        "  acknowledged: by 2026-03-04, done 2026-03-04 10:00\n"
        "  answer: by 2026-04-03, done 2026-03-04 10:00\n"
        "  extended answer: by 2026-04-20, because: opinia\n"
    ) in triage("case", "show", NUMBER).output


def test_a_case_shows_what_was_found_of_a_power_of_attorney(
    triage: Callable[..., Result], register: Register
):
    line = "proxy's birth date: not found"
    with register.transaction() as session:
        case_of(session, NUMBER).facts = {"power_of_attorney": [{"value": line}]}
    assert f"Power of attorney\n  {line}\n" in triage("case", "show", NUMBER).output


def test_cases_of_different_procedures_are_not_merged(
    triage: Callable[..., Result], register: Register
):
    other = add_case(register, "NL26-00001", "alektum-nl")
    refused = triage("case", "merge", other, "--into", NUMBER)
    assert isinstance(refused.exception, BadInput)
    assert f"{other}: is a case of alektum-nl, {NUMBER} one of alektum-pl" in str(refused.exception)


def test_the_command_that_the_digest_names_for_duplicates_joins_them(
    triage: Callable[..., Result], register: Register
):
    other = add_case(register, "PL26-00002", "alektum-pl")
    (step,) = double_line(Double((NUMBER, other), "dossier 123456789")).todo
    words = step.partition("triage ")[2].split()
    assert triage(*words).exit_code == 0
    with register.reading() as session:
        assert case_of(session, other).merged_into == NUMBER


def test_a_case_shows_where_its_sender_can_go_in_the_senders_language(
    triage: Callable[..., Result],
):
    shown = triage("case", "show", NUMBER).output
    assert "rzecznika konsumentów" in shown
    told = json.loads(triage("case", "show", NUMBER, "--json").output)["next_instances"]
    assert list(told) == ["zpf", "rzecznik_konsumentow", "rzecznik_finansowy"]  # overdue since 2026


def test_a_procedure_without_an_extension_says_what_to_do_instead(
    triage: Callable[..., Result], register: Register
):
    of_pro_actief(register)
    result = triage("case", "extend", NUMBER, "--reason", "x")
    assert isinstance(result.exception, BadInput)
    assert "interim answer" in str(result.exception)


def test_only_a_complaints_term_is_extended(triage: Callable[..., Result], register: Register):
    with register.transaction() as session:
        case_of(session, NUMBER).kind = Kind.DATA_REQUEST
    result = triage("case", "extend", NUMBER, "--reason", "x")
    assert str(result.exception) == (
        f"{NUMBER}: is a data request: only a complaint's term is extended. Send an interim answer"
    )


def test_an_extension_says_who_tells_the_sender(triage: Callable[..., Result], register: Register):
    said = triage("case", "extend", NUMBER, "--reason", "opinia", "--to", "2026-04-20").output
    assert said == f"{NUMBER} is due 2026-04-20; tell the sender, there is a task.\n"
    assert events(register) == ["extended"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ((), ["call_back", "phone_first", "stray_answer"]),
        (("--code", "call_back"), ["call_back"]),
        (("--policy", "alektum-pl"), ["call_back"]),
        (("--policy", "alektum-no"), []),
        (("--owner", "anna"), ["phone_first"]),
        (("--owner", "anna", "--code", "call_back"), []),
        (("--case", NUMBER), ["call_back"]),
    ],
)
def test_tasks_are_found_by_case_kind_policy_and_owner(
    triage: Callable[..., Result], register: Register, words: tuple[str, ...], found: list[str]
):
    add_case(register, "NL26-00001", "alektum-nl")
    with register.transaction() as session:
        case_of(session, "NL26-00001").owner = "anna@agency.example"
        add_task(session, RECEIVED, "call_back", "Call", case_number=NUMBER)
        add_task(session, RECEIVED, "phone_first", "Phone", case_number="NL26-00001")
        add_task(session, RECEIVED, "stray_answer", "Look")
    lines = triage("task", "list", "--json", *words).output.splitlines()
    assert [json.loads(line)["code"] for line in lines] == found


def test_mails_of_ours_are_listed_withheld_and_sent_after_all(
    triage: Callable[..., Result], register: Register
):
    mail = str(queued(register))
    assert json.loads(triage("outbox", "list", "--json").output)["state"] == "due"
    assert triage("outbox", "withhold", mail, "--reason", "phoned").exit_code == 0
    (row,) = map(
        json.loads, triage("outbox", "list", "--state", "withheld", "--json").output.splitlines()
    )
    assert (row["mail"], row["case"], row["purpose"]) == (int(mail), NUMBER, "service")
    assert triage("outbox", "retry", mail).exit_code == 0
    assert json.loads(triage("outbox", "list", "--json").output)["state"] == "due"


def test_what_was_withheld_does_not_crowd_out_what_waits(
    triage: Callable[..., Result], register: Register
):
    """A silent digest is a withheld mail: there is one of each reader on each quiet day."""
    mail = str(queued(register))
    triage("outbox", "withhold", mail, "--reason", "there is nothing to say")
    assert triage("outbox", "list", "--json").output == ""


@pytest.mark.parametrize("words", [("outbox", "list"), ("mail", "list", "--waiting")])
def test_a_list_that_is_cut_says_so(
    triage: Callable[..., Result],
    register: Register,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
):
    queued(register)
    with register.transaction() as session:
        mail = pack(RAW)
        place = ("reklamacje@agency.example", "alektum-pl", "INBOX", 7, 1)
        take_in(session, [Arrival(*place, "1@mail.example", "f1", RECEIVED, mail)], RECEIVED)
    assert triage(*words).stderr == ""
    monkeypatch.setattr("triage.cli.table.MOST", 1)
    assert triage(*words).stderr == "Only the first 1 are shown.\n"


def test_an_unknown_state_of_mails_is_refused(triage: Callable[..., Result]):
    fault = triage("outbox", "list", "--state", "lost").exception
    assert isinstance(fault, BadInput)
    assert "withheld" in str(fault)


@pytest.mark.parametrize("period", [("--month", "2026-03"), ("--week", "2026-w10")])
def test_a_report_is_printed_written_and_given_to_programs(
    triage: Callable[..., Result], tmp_path: Path, period: tuple[str, str]
):
    assert "1 received" in " ".join(triage("report", *period).output.lower().split())
    (row,) = map(json.loads, triage("report", *period, "--json").output.splitlines())
    assert (row["case"], row["due"]) == (NUMBER, "2026-04-03")
    html, table = tmp_path / "report.html", tmp_path / "report.csv"
    assert triage("report", *period, "--html", str(html), "--csv", str(table)).exit_code == 0
    assert "<html" in html.read_text(encoding="utf-8")
    with table.open(encoding="utf-8", newline="") as file:
        assert [line["case"] for line in csv.DictReader(file)] == [NUMBER]


def test_a_report_of_another_policy_does_not_have_it(triage: Callable[..., Result]):
    assert triage("report", "--month", "2026-03", "--policy", "alektum-nl", "--json").output == ""


@pytest.mark.parametrize(
    "words",
    [
        ("--month", "march"),
        ("--month", "2026-13"),
        ("--week", "2026-10"),
        ("--week", "2026-W54"),
        ("--month", "9999-12"),
        ("--week", "9999-W52"),
        ("--month", "0001-01"),
        ("--week", "0001-W01"),
        ("--week", "2026-W10", "--month", "2026-03"),
        ("--policy", "unknown"),
    ],
)
def test_a_period_or_policy_that_is_none_is_refused(
    triage: Callable[..., Result], words: tuple[str, ...]
):
    assert isinstance(triage("report", *words).exception, BadInput)


def test_corrections_are_given_as_texts_to_learn_from(
    triage: Callable[..., Result], register: Register
):
    arrival = Arrival(
        mailbox="reklamacje@agency.example",
        policy="alektum-pl",
        folder="INBOX",
        uidvalidity=1,
        uid=1,
        message_id="",
        fingerprint="one",
        received_at=RECEIVED,
        mail=pack(RAW),
    )
    with register.transaction() as session:
        (taken,) = take_in(session, [arrival], RECEIVED)
        entry = entry_of(session, taken.entry_id)
        remember_correction(session, entry, Kind.QUESTION, Kind.COMPLAINT, RECEIVED)
    line = json.loads(triage("models", "corrections").output)
    assert (line["subject"], line["body"].strip()) == ("Skarga", "Zly konsultant.")
    assert (line["was"], line["gold"]) == ("question", {"kind": "complaint"})
