"""The one place where tests wait: for a condition, never for a time."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_NEVER = threading.Event()


def wait_until(holds: Callable[[], object], what: str = "", seconds: float = 60) -> None:
    """Wait until `holds()` is true; fail when it is not within a time that is never needed."""
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up, f"waited {seconds} s in vain: {what or holds}"
        _NEVER.wait(0.005)
