"""A name for this process that no other living process of this machine bears.

Claims and leases in the register stand in this name. A seat is an abstract Unix socket (unix(7)),
which the kernel frees the moment its process ends, however it ends. So whoever takes a seat knows
that what was held in its name is nobody's any more, and takes it back at once instead of waiting
until it expires. Machines are told apart by their host names.
"""

from __future__ import annotations

import os
import socket
import sys
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING

from triage.errors import RegisterError

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEATS = 64


@contextmanager
def seat(register: str) -> Iterator[str]:
    """Give the name: the host's, for a second process on the same register with a number.

    `register` is anything that tells one register from another, such as its URL. Raises
    RegisterError when all seats are taken.
    """
    host = socket.gethostname()
    if sys.platform != "linux":
        yield f"{host}-{os.getpid()}"  # what it held expires by itself
        return
    place = sha256(register.encode()).hexdigest()[:16]
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC) as held:
        yield host if (number := _sit(held, place)) == 0 else f"{host}-{number}"


def _sit(held: socket.socket, place: str) -> int:
    for number in range(_SEATS):
        try:
            held.bind(f"\0triage/{place}/{number}")
        except OSError:
            continue
        return number
    raise RegisterError(f"{_SEATS} processes of this machine work on this register already")
