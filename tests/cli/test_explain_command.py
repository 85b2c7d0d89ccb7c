"""`triage explain`: what it reads, in which order, and what a program and a person get."""

from __future__ import annotations

import json
import mailbox
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser
from typer.testing import CliRunner

from triage.cli.app import app

COMMAND = str(Path(sys.executable).parent / "triage")
KEYS = {
    *("file", "from", "subject", "policy", "language", "kind", "also", "marker", "acknowledge"),
    *("reasons", "fields", "missing", "confidence", "due", "evidence", "error"),
}


def raw(
    subject: str, *, to: str = "compliance@alektumgroup.nl", text: str = "Ik heb een klacht."
) -> bytes:
    return (
        f"From: Jan <jan@example.org>\r\nTo: {to}\r\nSubject: {subject}\r\n"
        f"Date: Mon, 02 Mar 2026 10:30:00 +0100\r\nMessage-ID: <{subject}@example.org>\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    ).encode()


def explain(*arguments: str | Path, given: bytes | None = None, code: int = 0) -> str:
    result = CliRunner().invoke(
        app, ["explain", *map(str, arguments)], input=given, catch_exceptions=False
    )
    assert result.exit_code == code, result.output
    return str(result.stdout)


def objects(*arguments: str | Path, **more: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in explain("--json", *arguments, **more).splitlines()]


def subjects(*arguments: str | Path, **more: Any) -> list[str]:
    return [found["subject"] for found in objects(*arguments, **more)]


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    path = tmp_path / "one.eml"
    path.write_bytes(raw("one"))
    return path


def test_an_object_has_the_promised_keys_and_plain_values(mail: Path):
    (found,) = objects(mail)
    assert set(found) >= KEYS
    assert found["file"] == str(mail)
    assert found["from"] == "jan@example.org"
    assert found["subject"] == "one"
    assert found["policy"] == "alektum-nl"
    assert found["language"] == "nl"
    assert found["kind"] == "complaint"
    assert found["also"] == []
    assert found["marker"] is True
    assert found["acknowledge"] is True
    assert found["reasons"] == []
    assert found["fields"]["phones"] == []
    assert "dossier_number" in found["missing"]
    assert 0 <= found["confidence"]["kind"] <= 1
    assert found["due"] == "2026-03-16"
    assert found["error"] is None


def test_evidence_quotes_the_words_and_says_where_they_stand(tmp_path: Path):
    text = "Mijn dossiernummer is 40718253."
    (tmp_path / "a.eml").write_bytes(raw("Klacht", text=text))
    (found,) = objects(tmp_path / "a.eml")
    assert found["fields"]["dossier_numbers"] == ["40718253"]
    (words,) = found["evidence"]["dossier_numbers"]
    assert words["source"] == "typed"
    assert text[words["start"] : words["end"]] == words["words"]
    assert "40718253" in words["words"]


def test_a_program_gets_the_corpus_keys_of_fields(mail: Path):
    (found,) = objects(mail)
    assert set(found["fields"]) == {
        *("name", "street", "postcode", "city", "phones", "emails", "dossier_numbers"),
        *("national_id", "birth_date", "incident_date", "incident_channel"),
        *("desired_resolution", "reply_channel", "reason", "fault"),
    }


def test_a_folder_is_its_mails_by_name_at_any_depth(tmp_path: Path):
    (tmp_path / "sub").mkdir()
    for name in ("b.eml", "a.EML", "sub/c.eml"):
        (tmp_path / name).write_bytes(raw(name))
    (tmp_path / "gold.jsonl").write_text("{}")
    assert subjects(tmp_path) == ["a.EML", "b.eml", "sub/c.eml"]


def test_a_maildir_is_every_file_in_it(tmp_path: Path):
    box = mailbox.Maildir(tmp_path / "box")
    box.add(raw("one"))
    box.add(raw("two"))
    assert sorted(subjects(tmp_path / "box")) == ["one", "two"]


def test_an_empty_folder_is_no_mail(tmp_path: Path):
    assert objects(tmp_path) == []


def test_an_mbox_is_its_mails_in_order_each_with_a_name_of_its_own(tmp_path: Path):
    path = tmp_path / "old.mbox"
    box = mailbox.mbox(path)
    for subject in ("one", "two", "three"):
        box.add(raw(subject))
    box.flush()
    box.close()
    found = objects(path)
    assert [each["subject"] for each in found] == ["one", "two", "three"]
    assert [each["file"] for each in found] == [f"{path}#{number}" for number in (1, 2, 3)]


def test_a_line_that_begins_with_from_does_not_cut_a_mail_in_two(tmp_path: Path):
    box = mailbox.mbox(tmp_path / "old.mbox")
    box.add(raw("one", text="Klacht.\r\n\r\nFrom Monday on at 10:30 I called.\r\nFrom then on."))
    box.add(raw("two"))
    box.flush()
    box.close()
    assert subjects(tmp_path / "old.mbox") == ["one", "two"]


def test_what_an_mbox_quoted_is_unquoted(tmp_path: Path):
    box = mailbox.mbox(tmp_path / "old.mbox")
    box.add(raw("one", text="Klacht.\r\n\r\nFrom 40718253 I hear nothing."))
    box.flush()
    box.close()
    (found,) = objects(tmp_path / "old.mbox")
    (words,) = found["evidence"]["dossier_numbers"]
    assert words["source"] == "typed"


def test_a_single_mail_with_a_from_line_is_one_mail(tmp_path: Path):
    line = b"From jan@example.org Mon Mar  2 09:30:00 2026\n"
    (tmp_path / "one.eml").write_bytes(line + raw("one"))
    assert subjects(tmp_path / "one.eml") == ["one"]


@pytest.mark.parametrize("given", [raw("one"), b"From x Mon Mar  2 09:30:00 2026\n" + raw("one")])
def test_standard_input_is_read_for_a_dash(given: bytes):
    (found,) = objects("-", given=given)
    assert found["subject"] == "one"
    assert found["file"].startswith("-")


def test_paths_come_in_the_order_given(tmp_path: Path):
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.eml").write_bytes(raw(name))
    wanted = [tmp_path / f"{name}.eml" for name in "bac"]
    assert subjects(*wanted) == ["b", "a", "c"]


@pytest.mark.skipif(os.name != "posix", reason="needs a named pipe")
def test_each_object_comes_out_before_the_next_mail_is_read(mail: Path, tmp_path: Path):
    later = tmp_path / "later"
    os.mkfifo(later)
    with subprocess.Popen(  # noqa: S603 - the command under test
        [COMMAND, "explain", "--json", mail, later], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["subject"] == "one"
        later.write_bytes(raw("two"))
        assert json.loads(process.stdout.readline())["subject"] == "two"
    assert process.returncode == 0


def test_a_path_that_cannot_be_read_is_an_object_with_the_reason_and_exit_1(
    mail: Path, tmp_path: Path
):
    found = objects(tmp_path / "none.eml", mail, code=1)
    assert [each["file"] for each in found] == [str(tmp_path / "none.eml"), str(mail)]
    assert found[0]["error"] == "cannot be read: No such file or directory"
    assert set(found[0]) == set(found[1])
    assert found[0]["acknowledge"] is False
    assert found[1]["error"] is None


def test_a_file_of_a_folder_that_cannot_be_read_keeps_back_no_other(tmp_path: Path):
    (tmp_path / "b.eml").write_bytes(raw("b"))
    (tmp_path / "c.eml").write_bytes(raw("c"))
    # Not even root can read its own memory from the start.
    (tmp_path / "a.eml").symlink_to("/proc/self/mem")
    found = objects(tmp_path, code=1)
    assert [each["subject"] for each in found] == ["", "b", "c"]
    assert found[0]["error"].startswith("cannot be read: ")


def test_for_a_person_a_path_that_cannot_be_read_is_said_too(mail: Path, tmp_path: Path):
    said = explain(tmp_path / "none.eml", mail, code=1)
    assert "cannot be read: No such file or directory" in said
    assert "complaint" in said


@settings(max_examples=40)
@given(st.one_of(st.binary(max_size=400), st.text(max_size=300).map(lambda text: text.encode())))
def test_whatever_bytes_come_in_an_object_comes_out(given_bytes: bytes):
    (found,) = objects("-", given=given_bytes)
    assert set(found) >= KEYS
    assert found["error"] is None


@pytest.mark.parametrize(
    ("to", "policy"),
    [
        ("compliance@alektumgroup.nl", "alektum-nl"),
        ("Info@AlektumGroup.NL", "alektum-nl-service"),
        ("x@example.org, compliance@alektumgroup.pl", "alektum-pl"),
        ("info@alektumgroup.no", "alektum-no"),
        ("klachten@proactiefincasso.nl", "pro-actief"),
        ("somebody@example.org", "alektum-nl"),
    ],
)
def test_the_policy_is_that_of_the_mailbox_which_the_mail_names_else_the_first(
    to: str, policy: str
):
    (found,) = objects("-", given=raw("one", to=to))
    assert found["policy"] == policy


@pytest.mark.parametrize("header", ["Cc", "Delivered-To"])
def test_the_mailbox_may_stand_in_other_headers(header: str):
    given = f"{header}: compliance@alektumgroup.pl\r\n".encode() + raw("one", to="x@example.org")
    (found,) = objects("-", given=given)
    assert found["policy"] == "alektum-pl"


def test_a_policy_that_is_named_is_used(mail: Path):
    (found,) = objects(mail, "--policy", "pro-actief")
    assert found["policy"] == "pro-actief"


def test_policies_of_a_settings_file_are_used(mail: Path, tmp_path: Path):
    own = tmp_path / "policies"
    own.mkdir()
    shipped = Path(__file__).parents[2] / "config" / "policies" / "alektum-nl.toml"
    text = shipped.read_text(encoding="utf-8")
    text = text.replace("answer = { count = 10", "answer = { count = 1")
    (own / "alektum-nl.toml").write_text(text, encoding="utf-8")
    (tmp_path / "triage.toml").write_text(
        '[store]\nurl = "sqlite:///triage.db"\n'
        '[smtp]\nhost = "127.0.0.1"\nport = 25\ntls = "none"\n'
        '[[mailbox]]\naddress = "a@agency.example"\npolicy = "alektum-nl"\n'
        'host = "127.0.0.1"\nport = 143\ntls = "none"\n'
        '[overrides]\npolicies = "policies"\n',
        encoding="utf-8",
    )
    (found,) = objects(mail, "--config", tmp_path / "triage.toml")
    assert found["due"] == "2026-03-03"
    assert not (tmp_path / "triage.db").exists(), "nothing is stored"


def test_names_of_files_that_are_not_utf_8_are_printed_escaped(tmp_path: Path):
    name = os.fsdecode(b"klacht-\xe9\xff.eml")
    (tmp_path / name).write_bytes(raw("one"))
    ended = subprocess.run(  # noqa: S603 - the command under test
        [COMMAND, "explain", "--json", tmp_path], capture_output=True, check=True
    )
    assert json.loads(ended.stdout)["file"] == str(tmp_path / name)


def test_output_is_utf_8_whatever_the_locale(tmp_path: Path):
    (tmp_path / "one.eml").write_bytes(raw("Skarga na łódź, ÆØÅ"))
    ended = subprocess.run(  # noqa: S603 - the command under test
        [COMMAND, "explain", "--json", tmp_path],
        capture_output=True,
        check=True,
        env=os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    )
    assert json.loads(ended.stdout.decode("utf-8"))["subject"] == "Skarga na łódź, ÆØÅ"


def test_a_reader_that_goes_away_early_is_no_fault(tmp_path: Path):
    for number in range(40):
        (tmp_path / f"{number}.eml").write_bytes(raw("one", text="Klacht. " * 400))
    with subprocess.Popen(  # noqa: S603 - the command under test
        [COMMAND, "explain", "--json", tmp_path], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        process.wait()


def test_a_person_sees_the_text_the_findings_and_the_decision(mail: Path):
    said = explain(mail)
    assert "Ik heb een klacht" in said.replace("[marker]", "").replace("[kind, marker]", "")
    for label in ("From", "Policy", "Language", "Kind", "Marked", "Acknowledge", "Missing", "Due"):
        assert f"\n{label} " in said
    assert "Mon 2026-03-16" in said


def test_however_long_it_is_the_name_of_the_file_can_be_copied(tmp_path: Path, mail: Path):
    far = tmp_path / ("a-folder-with-a-long-name-" * 6) / "mail.eml"
    far.parent.mkdir()
    far.write_bytes(mail.read_bytes())
    assert str(far) in explain(far).splitlines()


EVIL = '<script>alert(1)</script><img src=x onerror="alert(2)">'


def test_html_shows_a_mail_and_nothing_in_it_is_markup(tmp_path: Path):
    name = "<b>klacht.eml"
    (tmp_path / name).write_bytes(raw(f"Klacht {EVIL}", text=f"Klacht: {EVIL} 40718253"))
    page = LexborHTMLParser(explain("--html", tmp_path / name))
    assert page.css("script, img, [onerror]") == []
    shown = page.body.text() if page.body else ""
    assert EVIL in shown
    assert name in shown
    assert "alektum-nl" in shown


def test_an_html_page_holds_what_could_not_be_read(tmp_path: Path, mail: Path):
    shown = LexborHTMLParser(explain("--html", tmp_path / "none.eml", mail, code=1)).body
    assert shown is not None
    assert "cannot be read: No such file or directory" in shown.text()
    assert "alektum-nl" in shown.text()
