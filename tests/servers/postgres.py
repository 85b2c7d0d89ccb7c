"""A private PostgreSQL on loopback, in a temporary folder, gone with the test session.

The server refuses to run as root; then it runs as `postgres` or `nobody`. Each worker of pytest-xdist
has its own server, and each test its own database.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from servers.requirement import unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

_START_SECONDS = 60
_FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=40")


@dataclass(frozen=True)
class PostgresServer:
    """A running server; anybody on this machine may log in as its superuser."""

    port: int

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str) -> None:
        """Run one statement outside a transaction, in the server's own database."""
        import psycopg

        with psycopg.connect(self._conninfo, autocommit=True) as connection:
            connection.execute(statement.encode())

    @property
    def _conninfo(self) -> str:
        return f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres connect_timeout=30"

    def answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self._conninfo).close()
        except psycopg.OperationalError:
            return False
        return True


def _binaries() -> Path | None:
    """Return the folder of the server's programs: Debian keeps them out of PATH."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "postgres").exists()), None)


def _server_user() -> pwd.struct_passwd | None:
    """Return whom to run as, or None where we are not root."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name: user for user in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _as_user(user: pwd.struct_passwd | None) -> list[str]:
    """Return the command prefix that drops root, and lets the server die with this process."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return []
    drop = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"] if user else []
    return [setpriv, *drop, "--pdeathsig=INT"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(binaries: Path, prefix: list[str], data: Path) -> tuple[subprocess.Popen, int] | None:
    """Start the server; None when another program took the port in between."""
    port = _free_port()
    options = (f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", *_FAST)
    with (data.parent / "server.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - the server's own program
            [*prefix, binaries / "postgres", "-D", data]
            + [word for option in options for word in ("-c", option)],
            stdout=log,
            stderr=log,
            cwd=data.parent,
        )
    give_up = time.monotonic() + _START_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        if PostgresServer(port).answers():
            return process, port
        time.sleep(0.05)  # the server has no way to tell that it listens
    process.kill()
    process.wait()
    return None


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    binaries = _binaries()
    if binaries is None:
        unavailable("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="triage-postgres-"))
    user = _server_user()
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
    prefix = _as_user(user)
    data = folder / "data"
    try:
        settings = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        subprocess.run(  # noqa: S603 - the server's own program
            [*prefix, binaries / "initdb", "-D", data, *settings],
            check=True,
            capture_output=True,
            cwd=folder,
        )
        started = next(filter(None, (_start(binaries, prefix, data) for _ in range(3))), None)
        if started is None:
            pytest.fail((folder / "server.log").read_text())
        process, port = started
        try:
            yield PostgresServer(port)
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: nothing in it is worth keeping
            process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
