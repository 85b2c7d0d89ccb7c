"""The name under which a process holds claims: no two living processes share it."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from triage import seat as seats
from triage.errors import RegisterError
from triage.seat import seat


def test_the_first_process_of_a_machine_bears_the_name_of_its_host():
    with seat("a register") as name:
        assert name == socket.gethostname()


def test_a_second_process_on_the_same_register_bears_another():
    with seat("a register") as first, seat("a register") as second, seat("a register") as third:
        assert len({first, second, third}) == 3


def test_on_another_register_the_name_is_free():
    with seat("a register") as first, seat("another register") as second:
        assert first == second


def test_a_seat_that_was_given_up_is_taken_by_the_next():
    with seat("a register") as first:
        pass
    with seat("a register") as second:
        assert second == first


def test_a_seat_is_free_the_moment_its_process_is_killed():
    code = "from triage.seat import seat\nwith seat('killed') as name: print(name, flush=True); input()"
    with subprocess.Popen(  # noqa: S603 - this interpreter
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stdin=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        theirs = process.stdout.readline().decode().strip()
        with seat("killed") as ours:
            assert ours != theirs
        process.kill()
    with seat("killed") as ours:
        assert ours == theirs


def test_when_all_seats_are_taken_that_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(seats, "_SEATS", 1)
    with (
        seat("full"),
        pytest.raises(RegisterError, match="1 processes of this machine"),
        seat("full"),
    ):
        pass
