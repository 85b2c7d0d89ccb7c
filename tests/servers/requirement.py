"""What a test does when a server that it needs is not installed."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def unavailable(what: str) -> NoReturn:
    """Skip the test, or fail it where TRIAGE_REQUIRE_SERVERS=1 says that nothing may be skipped."""
    if os.environ.get("TRIAGE_REQUIRE_SERVERS") == "1":
        pytest.fail(f"{what}, and TRIAGE_REQUIRE_SERVERS=1 forbids to skip")
    pytest.skip(what)
