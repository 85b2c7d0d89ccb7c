"""`triage demo` as it is installed: it shows the main job and ends, or is left running."""

from __future__ import annotations

import re
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest
from imapclient import IMAPClient
from triage_process import COMMAND, triage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder in which the demo leaves what can be looked at."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_it_tells_of_each_mail_and_ends_by_itself(scratch: Path):
    ended = triage("demo")
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    shown = ended.stdout
    numbers = re.findall(r"^(\d\d)  \S", shown, re.MULTILINE)
    assert numbers == [f"{number:02}" for number in range(1, 13)]
    for told in (
        "complaint, nl: case ",
        "complaint, pl: case ",
        "complaint, no: case ",
        "complaint, en: case ",
        "nothing missing",
        "still missing: ",
        "dispute, nl: ",
        "not answered (",
        ": joins case ",
        "acknowledgement to ",
        "One acknowledgement in full",
        "Auto-Submitted: auto-replied",
        "The head of the handlers' digest",
    ):
        assert told in shown
    (left,) = scratch.glob("triage-demo-*")
    assert str(left) in shown.replace("\n", "")
    assert "<html" in (left / "digest.html").read_text(encoding="utf-8")
    answers = re.search(r"(\d+) answers", shown)
    assert answers is not None
    assert len(list((left / "sent").glob("*.eml"))) == int(answers.group(1))
    listed = triage("case", "list", "--config", left / "triage.toml")
    assert listed.returncode == 0, listed.stderr


@pytest.fixture
def kept(scratch: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(  # noqa: S603 - the command under test
        [COMMAND, "demo", "--keep"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_left_running_one_can_log_in_until_it_is_told_to_end(
    kept: subprocess.Popen[str], number: signal.Signals
):
    assert kept.stdout is not None
    shown = ""
    while "Ctrl-C ends it" not in shown:
        line = kept.stdout.readline()
        assert line, shown
        shown += line
    port = re.search(r"IMAP 127\.0\.0\.1:(\d+)", shown)
    assert port is not None
    with IMAPClient("127.0.0.1", int(port.group(1)), ssl=False, timeout=60) as client:
        client.login("compliance@alektumgroup.nl", "demo")
        assert client.select_folder("INBOX")[b"EXISTS"] > 0
    kept.send_signal(number)
    rest, _ = kept.communicate(timeout=200)
    assert kept.returncode == 0, rest
    assert rest.rstrip().endswith("Stopped.")
