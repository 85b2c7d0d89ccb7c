"""What systemd hears (sd_notify(3))."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from triage.notify import notify, watchdog_seconds

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["@triage-notify-{pid}", "{folder}/notify"])
def test_a_state_is_one_datagram_on_either_kind_of_socket(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    address = name.format(pid=os.getpid(), folder=tmp_path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address.replace("@", "\0"))
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        assert notify("READY=1")
        assert systemd.recv(100) == b"READY=1"


def test_outside_systemd_nobody_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not notify("READY=1")


def test_a_socket_that_is_gone_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    assert not notify("READY=1")


@pytest.mark.parametrize(
    ("usec", "pid", "seconds"),
    [
        ("120000000", None, 60.0),
        ("120000000", "ours", 60.0),
        ("120000000", "1", None),
        ("", None, None),
        ("soon", None, None),
    ],
)
def test_the_watchdog_wants_to_hear_us_twice_in_its_time_if_it_means_us(
    usec: str, pid: str | None, seconds: float | None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("WATCHDOG_USEC", usec)
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    if pid is not None:
        monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()) if pid == "ours" else pid)
    assert watchdog_seconds() == seconds
