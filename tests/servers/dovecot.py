"""A private Dovecot on loopback, unprivileged, in a temporary folder, gone with the test session.

Any name may log in with the one password; a mailbox comes into being at the first login. Started as
root it runs as `nobody`. Each worker of pytest-xdist has its own server.
"""

from __future__ import annotations

import grp
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme
from servers.requirement import unavailable
from servers.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = 1
mail_location = maildir:~/mail
mail_max_userip_connections = 1000
mail_fsync = {fsync}
disable_plaintext_auth = no
auth_failure_delay = 0
ssl = yes
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.pem
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0  # no delays after failed logins
  }}
}}
service imap-login {{
  chroot =
  service_count = 0
  client_limit = 500
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls_port}
    ssl = yes
  }}
}}
service imap {{
  process_limit = 500
}}
"""


@dataclass(frozen=True)
class DovecotServer:
    """A running server."""

    port: int
    """Plain, and STARTTLS."""
    tls_port: int
    password: str
    ca_file: Path
    folder: Path

    def maildir(self, user: str) -> Path:
        """Return where a user's INBOX lies on disk."""
        return self.folder / "home" / user / "mail"

    def number_anew(self, user: str) -> None:
        """Have the server number a user's INBOX from 1 again, under another UIDVALIDITY.

        No session of that user may be open.
        """
        maildir = self.maildir(user)
        uid_list = maildir / "dovecot-uidlist"
        version, validity, _, *rest = uid_list.read_text().splitlines()[0].split()
        for file in maildir.glob("dovecot.index*"):
            file.unlink()
        header = [version, f"V{int(validity[1:]) + 1}", "N1", *rest]
        uid_list.write_text(" ".join(header) + "\n")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            return connection.recv(4) == b"* OK"
    except OSError:
        return False


def _start(program: str, folder: Path, user: pwd.struct_passwd) -> subprocess.Popen[bytes]:
    """Start the server in the foreground; it dies with its master process."""
    as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return subprocess.Popen(  # noqa: S603 - the server under test
        [program, "-F", "-c", folder / "dovecot.conf"],
        cwd=folder,
        **(as_user if os.geteuid() == 0 else {}),  # type: ignore[arg-type]  # a table of options
    )


def start_dovecot(folder: Path, *, fsync: str = "never") -> tuple[subprocess.Popen, DovecotServer]:
    """Start a server in an empty folder that only we use; raises OSError when it does not start."""
    program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        unavailable("Dovecot is not installed")
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    authority = trustme.CA()
    authority.issue_cert("127.0.0.1", "localhost").private_key_and_cert_chain_pem.write_to_path(
        folder / "server.pem"
    )
    authority.cert_pem.write_to_path(folder / "ca.pem")
    server = DovecotServer(
        _free_port(), _free_port(), secrets.token_hex(8), folder / "ca.pem", folder
    )
    config = _CONFIG.format(
        folder=folder,
        user=user.pw_name,
        group=grp.getgrgid(user.pw_gid).gr_name,
        uid=user.pw_uid,
        gid=user.pw_gid,
        port=server.port,
        tls_port=server.tls_port,
        password=server.password,
        fsync=fsync,
    )
    (folder / "dovecot.conf").write_text(config)
    for place in (folder, *folder.iterdir()):
        os.chown(place, user.pw_uid, user.pw_gid)
    process = _start(program, folder, user)
    wait_until(lambda: _answers(server.port) or process.poll() is not None, "Dovecot's start")
    if process.poll() is not None:
        log = folder / "log"
        raise OSError(log.read_text() if log.exists() else "Dovecot wrote no log")
    return process, server


@pytest.fixture(scope="session")
def dovecot() -> Iterator[DovecotServer]:
    # A short path: the names of Unix sockets end at 108 bytes.
    folder = Path(tempfile.mkdtemp(prefix="triage-dovecot-"))
    try:
        process, server = start_dovecot(folder)
        try:
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
