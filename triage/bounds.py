"""What reading one mail may cost at the very most, whatever in it was not foreseen.

Work is counted while a mail is read (`triage.message.allowance`): that bounds every mail that was
thought of, always at the same place. This is for the others. A regular expression or a C library
that never comes to an end cannot be interrupted from within, neither by a signal nor by another
thread, since it holds the interpreter. So time ends the whole process, from a thread that needs no
interpreter, after writing to stderr where the process stood; at the next start the ledger tells
which mail was in hand (`triage.register.worklist`). Memory is refused by the kernel, which Python
raises as MemoryError, and costs only the mail.
"""

from __future__ import annotations

import faulthandler
import mmap
import resource
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_STDERR = 2
_STATM = Path("/proc/self/statm")
_STATM_DATA = 5


@dataclass(frozen=True, slots=True)
class MailBounds:
    """The set limits of one mail."""

    seconds: float = 60
    """Of the clock that stands still while the machine sleeps; ordinary mail takes a hundredth of
    one."""
    megabytes: int = 512
    """Beyond what the process holds when the reading begins; on Linux only. The largest of mails
    takes about 130."""


@contextmanager
def bounded(bounds: MailBounds) -> Iterator[None]:
    """Hold what runs inside to the limits: MemoryError is raised, or the process ends, status 1.

    There is one clock and one limit of memory in a process: the last to enter sets both.
    """
    faulthandler.dump_traceback_later(bounds.seconds, exit=True, file=_STDERR)
    try:
        with _memory_bounded(bounds.megabytes):
            yield
    finally:
        faulthandler.cancel_dump_traceback_later()


@contextmanager
def _memory_bounded(megabytes: int) -> Iterator[None]:
    if sys.platform != "linux":  # only there does the kernel hold to it (getrlimit(2))
        yield
        return
    before, most = resource.getrlimit(resource.RLIMIT_DATA)
    limits = [_held() + megabytes * 1024 * 1024, before, most]
    limit = min(each for each in limits if each != resource.RLIM_INFINITY)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (before, most))


def _held() -> int:
    """Return the bytes that RLIMIT_DATA counts and this process has (proc_pid_statm(5))."""
    return int(_STATM.read_text(encoding="ascii").split()[_STATM_DATA]) * mmap.PAGESIZE
