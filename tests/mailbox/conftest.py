"""A register, and what stands between it and an IMAP account."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from mailbox_bench import Bench

from triage.clock import SystemClock
from triage.register.database import Register, open_engine
from triage.register.migrate import upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from servers.imap_account import ImapAccount


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[Any]]:
    """Give what is logged, and keep it off the screen."""
    with structlog.testing.capture_logs() as logged:
        yield logged


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mailbox") / "empty.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
def register(migrated_file: Path, tmp_path: Path) -> Iterator[Register]:
    path = shutil.copy(migrated_file, tmp_path / "triage.db")
    engine = open_engine(f"sqlite:///{path}")
    yield Register(engine, SystemClock())
    engine.dispose()


@pytest.fixture
def bench(account: ImapAccount, register: Register) -> Bench:
    """Give a workbench on each server in turn."""
    return Bench(account, register)


@pytest.fixture
def dovecot_bench(dovecot_account: ImapAccount, register: Register) -> Bench:
    return Bench(dovecot_account, register)
