"""`triage demo`: it shows the main job by itself, ends by itself, and leaves what it says."""

from __future__ import annotations

import imaplib
import os
import re
import signal
import subprocess
from pathlib import Path

from servers.waiting import wait_until
from triage_process import COMMAND, triage


def test_it_shows_every_mail_an_answer_and_the_digest_and_ends_with_exit_0(tmp_path: Path):
    ended = demo(tmp_path)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stderr == ""
    said = ended.stdout
    assert re.findall(r"(?m)^(\d\d)  \S", said) == [f"{number:02}" for number in range(1, 13)]
    assert "One acknowledgement in full" in said
    assert "Auto-Submitted: auto-replied" in said
    assert "The head of the handlers' digest" in said
    assert re.search(r"12 mails, 8 cases, 9 answers", said)
    (folder,) = re.findall(r"To look at: (\S+)", said)
    left = Path(folder)
    assert "<html" in (left / "digest.html").read_text(encoding="utf-8")
    assert len(list((left / "sent").glob("*.eml"))) == 9
    cases = triage("case", "list", "--config", left / "triage.toml", "--json")
    assert cases.returncode == 0
    assert len(cases.stdout.splitlines()) == 8


def demo(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - the command under test
        [COMMAND, "demo", *options],
        check=False,
        capture_output=True,
        text=True,
        timeout=100,
        env=os.environ | {"TMPDIR": str(folder), "COLUMNS": "100", "TERM": "dumb"},
    )


def test_with_keep_one_can_log_in_until_ctrl_c(tmp_path: Path):
    said = tmp_path / "said"
    with said.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - the command under test
            [COMMAND, "demo", "--keep"],
            stdout=output,
            stderr=output,
            env=os.environ | {"TMPDIR": str(tmp_path), "COLUMNS": "100", "TERM": "dumb"},
        )
        try:
            wait_until(
                lambda: "Ctrl-C ends it" in said.read_text() or process.poll() is not None,
                "the ports",
                90,
            )
            assert process.poll() is None, said.read_text()
            (port,) = re.findall(r"IMAP 127\.0\.0\.1:(\d+),", said.read_text())
            client = imaplib.IMAP4("127.0.0.1", int(port), timeout=20)
            client.login("compliance@alektumgroup.nl", "demo")
            assert int(client.select("INBOX")[1][0] or b"0") > 0
            client.logout()
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
        finally:
            process.kill()
            process.wait()
    assert "Traceback" not in said.read_text()
