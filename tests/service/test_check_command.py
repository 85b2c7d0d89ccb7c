"""`triage check`, and what `triage run` refuses before anything starts: one line that says it all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from triage.cli.app import app
from triage.errors import TriageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from agency import Agency


def check(config: Path) -> tuple[int, list[str]]:
    """Return the exit code and the lines that a person reads."""
    result = CliRunner().invoke(app, ["check", "--config", str(config)])
    if isinstance(result.exception, TriageError):
        return 1, [str(result.exception)]
    return result.exit_code, result.stdout.splitlines()


def test_when_all_is_in_order_each_thing_is_named_and_the_exit_code_is_0(dovecot_agency: Agency):
    code, lines = check(dovecot_agency.config)
    assert code == 0
    width = len(f"ok    mailbox {dovecot_agency.mailbox}  ")
    assert [line[:width].strip() for line in lines] == [
        "ok    policies",
        "ok    templates",
        "ok    language model",
        "ok    database",
        f"ok    mailbox {dovecot_agency.mailbox}",
        "ok    smtp",
        "ok    digests",
        "",
        "All is in order.",
    ]
    found = [line[width:] for line in lines]
    assert found[3] == "sqlite"
    assert found[4] == "INBOX 0 mails"
    assert found[5] == f"127.0.0.1:{dovecot_agency.office.smtp_port} answers 250"


def test_a_server_without_keywords_is_no_fault_but_said(agency: Agency):
    code, lines = check(agency.config)
    assert code == 0
    assert "the server keeps no keywords, so handled mail is not flagged" in lines[4]


def test_cases_of_which_nobody_gets_a_digest_are_no_fault_but_said(agency: Agency):
    nobody = check(agency.config)[1][6]
    assert "nobody for alektum-nl: name readers in [digest] to, or a [[team]]" in nobody
    agency.set("digest", to=["handlers@people.example"])
    assert check(agency.config)[1][6].endswith("1 reader")


def test_a_fault_keeps_no_other_check_from_being_made(agency: Agency):
    agency.set("smtp", port=1)
    agency.set("mailbox", port=1)
    code, lines = check(agency.config)
    assert code == 1
    assert [line[:5] for line in lines[:6]] == ["ok   "] * 4 + ["FAULT"] * 2
    assert lines[-1] == "2 of 7 checks failed."


def wrong_password(agency: Agency) -> str:
    (agency.folder / "mailbox.password").write_text("wrong\n")
    where = f"{agency.config}:{agency.line_of('[[mailbox]]')}"
    return f"{where}: 127.0.0.1:{agency.office.imap_port}: [AUTHENTICATIONFAILED] "


def no_smtp_server(agency: Agency) -> str:
    agency.set("smtp", port=1)
    return f"{agency.config}:{agency.line_of('[smtp]')}: "


def no_imap_server(agency: Agency) -> str:
    agency.set("mailbox", port=1)
    where = f"{agency.config}:{agency.line_of('[[mailbox]]')}"
    return f"{where}: 127.0.0.1:1: Connection refused. Mend host, port or tls, or start the server"


def no_such_folder(agency: Agency) -> str:
    agency.set("mailbox", folder="Complaints")
    where = f"{agency.config}:{agency.line_of('[[mailbox]]')}"
    return f"{where}: 127.0.0.1:{agency.office.imap_port}: "


def no_such_telling_folder(agency: Agency) -> str:
    agency.set("mailbox", **{"folders.answered": "Beantwoord"})
    where = f"{agency.config}:{agency.line_of('[[mailbox]]')}"
    return f"{where}: 127.0.0.1:{agency.office.imap_port}: "


def no_starttls(agency: Agency) -> str:
    agency.set("smtp", tls="starttls")
    return f"{agency.config}:{agency.line_of('[smtp]')}: "


def unknown_policy(agency: Agency) -> str:
    agency.set("mailbox", policy="alektum")
    return (
        f"{agency.config}:{agency.line_of('policy')}: unknown policy 'alektum'. Known: alektum-nl"
    )


def unknown_closing_policy(agency: Agency) -> str:
    agency.values["closing_days"] = {"alektum": []}
    return f"{agency.config}:{agency.line_of('alektum')}: unknown policy 'alektum'. Known: "


def broken_policy(agency: Agency) -> str:
    own = agency.folder / "policies"
    own.mkdir()
    (own / "mine.toml").write_text('title = "Mine"\nmailboxes = ["a@b.example"]\nterm = 3\n')
    agency.set("overrides", policies="policies")
    return f"{own}/mine.toml:3: unknown key 'term'. Known here: "


def unknown_variable(agency: Agency) -> str:
    own = agency.folder / "templates" / "nl"
    own.mkdir(parents=True)
    (own / "service.txt").write_text("Uw bericht\nBeste {{ naam }},\n")
    agency.set("overrides", templates="templates")
    return f"{own}/service.txt:2: unknown variable 'naam'. Known: "


def broken_template(agency: Agency) -> str:
    own = agency.folder / "templates" / "nl"
    own.mkdir(parents=True)
    (own / "service.txt").write_text("Uw bericht\n\n{% if due %}morgen\n")
    agency.set("overrides", templates="templates")
    return f"{own}/service.txt:3: "


def no_template_folder(agency: Agency) -> str:
    agency.set("overrides", templates="nowhere")
    where = f"{agency.config}:{agency.line_of('templates')}"
    return f"{where}: {agency.folder}/nowhere is not a folder. Create it, or remove the key"


def no_certificates(agency: Agency) -> str:
    agency.set("mailbox", ca_file="ca.pem")
    return f"{agency.folder}/ca.pem: holds no certificates to trust. Mend ca_file, or remove it"


def no_password_file(agency: Agency) -> str:
    agency.set("mailbox", password_file="none.password")
    return (
        f"{agency.folder}/none.password: cannot be read: No such file or directory. "
        "Create it, readable by the service only"
    )


def empty_password_file(agency: Agency) -> str:
    (agency.folder / "mailbox.password").write_text("")
    return f"{agency.folder}/mailbox.password: is empty. Put the secret on line 1"


def database_in_no_folder(agency: Agency) -> str:
    agency.set("store", url=f"sqlite:///{agency.folder}/none/triage.db")
    where = f"{agency.config}:{agency.line_of('url')}"
    return f"{where}: {agency.folder}/none/triage.db cannot be written: No such file or directory. "


def no_database_server(agency: Agency) -> str:
    agency.set("store", url="postgresql+psycopg://triage@127.0.0.1:1/triage")
    return "The database cannot be used now: "


AT_RUN_TIME: list[Any] = [
    *(wrong_password, no_imap_server, no_such_folder, no_such_telling_folder),
    *(no_smtp_server, no_starttls),
]
"""What mends itself or is mended while the service runs: it starts, says so, and tries again."""
AT_THE_START: list[Any] = [
    *(unknown_policy, unknown_closing_policy, broken_policy, unknown_variable, broken_template),
    *(
        no_template_folder,
        no_certificates,
        no_password_file,
        empty_password_file,
        database_in_no_folder,
    ),
    no_database_server,
]
"""What a person must mend before the service starts."""


@pytest.mark.parametrize("fault", [*AT_RUN_TIME, *AT_THE_START])
def test_each_fault_is_one_line_that_says_where_and_what_to_do(
    agency: Agency, fault: Callable[[Agency], str]
):
    told = fault(agency)
    code, lines = check(agency.config)
    assert code == 1
    faults = [line for line in lines if line.startswith("FAULT")]
    assert len(faults) == 1, lines
    assert told in faults[0]
    assert ".." not in faults[0]
    assert lines[-1] == "1 of 7 checks failed."


@pytest.mark.parametrize("fault", AT_THE_START)
def test_the_service_refuses_the_same_before_anything_starts(
    agency: Agency, fault: Callable[[Agency], str]
):
    told = fault(agency)
    ended = CliRunner().invoke(app, ["run", "--config", str(agency.config)])
    assert isinstance(ended.exception, TriageError)
    assert str(ended.exception).startswith(told)
    assert "\n" not in str(ended.exception)


def unknown_key(agency: Agency) -> str:
    agency.set("smtp", hots="127.0.0.1")
    return f"{agency.config}:{agency.line_of('hots')}: unknown key 'smtp.hots'. Known here: "


def misspelt_value(agency: Agency) -> str:
    agency.set("smtp", tls="ssl")
    return f"{agency.config}:{agency.line_of('tls')}: 'smtp.tls': "


def plaintext_over_the_network(agency: Agency) -> str:
    agency.set("smtp", host="mail.example.org")
    return f"{agency.config}:4: 'smtp': tls = \"none\" to mail.example.org would send mail"


@pytest.mark.parametrize("command", ["check", "run"])
@pytest.mark.parametrize("fault", [unknown_key, misspelt_value, plaintext_over_the_network])
def test_a_fault_of_the_settings_file_itself_is_all_that_is_said(
    agency: Agency, command: str, fault: Callable[[Agency], str]
):
    told = fault(agency)
    ended = CliRunner().invoke(app, [command, "--config", str(agency.config)])
    assert isinstance(ended.exception, TriageError)
    assert str(ended.exception).startswith(told)
    assert "\n" not in str(ended.exception)
    assert ended.stdout == ""


@pytest.mark.parametrize("command", ["check", "run"])
def test_a_settings_file_that_is_not_there_is_named(tmp_path: Path, command: str):
    ended = CliRunner().invoke(app, [command, "--config", str(tmp_path / "none.toml")])
    assert str(ended.exception) == (
        f"{tmp_path}/none.toml: cannot be read: No such file or directory. "
        "Check the path and its permissions"
    )
