"""The installed command as a process of its own, heard as systemd hears it."""

from __future__ import annotations

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Self

from servers.waiting import wait_until

if TYPE_CHECKING:
    from types import TracebackType

_numbers = itertools.count(1)
COMMAND = str(Path(sys.executable).parent / "triage")
_AT_MOST_SECONDS = 200
"""For a start and an end on a machine that has much else to do; a healthy one needs a few."""


def triage(*arguments: str | Path, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(  # noqa: S603 - the command under test
        [COMMAND, *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=_AT_MOST_SECONDS,
        cwd=folder,
        env=os.environ | {"COLUMNS": "100", "TERM": "dumb"},
    )


class TriageRun:
    """`triage run`; a context manager that leaves no process behind."""

    def __init__(
        self, config: Path, *, watchdog_usec: int | None = None, imports: Path | None = None
    ) -> None:
        """`imports`: a folder that Python looks into first; a sitecustomize.py there is run."""
        address = f"triage-test-{os.getpid()}-{next(_numbers)}"
        self._notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._notify.bind(f"\0{address}")
        self._heard: list[str] = []
        self._log = (config.parent / f"{address}.log").open("w+b")
        watchdog = {} if watchdog_usec is None else {"WATCHDOG_USEC": str(watchdog_usec)}
        paths = [str(path) for path in (imports, os.environ.get("PYTHONPATH")) if path]
        python = {"PYTHONPATH": os.pathsep.join(paths)} if paths else {}
        self._process = subprocess.Popen(  # noqa: S603 - the command under test
            [COMMAND, "run", "--config", config],
            stdout=self._log,
            stderr=self._log,
            env=os.environ | {"NOTIFY_SOCKET": f"@{address}"} | watchdog | python,
        )

    @property
    def heard(self) -> list[str]:
        """What it told systemd so far."""
        while True:
            try:
                self._heard.append(self._notify.recv(1000).decode())
            except BlockingIOError:
                return self._heard

    @property
    def log(self) -> str:
        """What it wrote to stderr so far."""
        return Path(self._log.name).read_text()

    @property
    def port(self) -> int:
        """Where it serves /health; it must log at level info, and be asked to listen on any port."""
        lines = [json.loads(line) for line in self.log.splitlines()]
        listen = next(line["listen"] for line in lines if line["event"] == "health served")
        return int(listen.rpartition(":")[2])

    def __enter__(self) -> Self:
        wait_until(
            lambda: "READY=1" in self.heard or self._process.poll() is not None,
            "READY=1",
            _AT_MOST_SECONDS,
        )
        assert self._process.poll() is None, self.log
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.kill()
        self._log.close()
        self._notify.close()

    def terminate(self) -> None:
        """Ask it to end, as systemd does."""
        self._process.send_signal(signal.SIGTERM)

    def ended(self) -> int:
        """Wait for its end and return the exit code."""
        return self._process.wait(_AT_MOST_SECONDS)

    def kill(self) -> None:
        """End it as a power cut would: no handler runs."""
        self._process.kill()
        self._process.wait()
