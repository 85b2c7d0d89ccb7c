"""A register with real tables; every test of this room that needs one gets it empty."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from schedule_samples import NOW, SetClock

from triage.register.database import Register, open_engine
from triage.register.migrate import upgrade
from triage.register.tables import Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from servers.postgres import PostgresServer
    from sqlalchemy.engine import Engine


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an SQLite database to be copied: quicker than to migrate anew."""
    path = tmp_path_factory.mktemp("schedule") / "template.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: PostgresServer) -> Iterator[Engine]:
    """Give a PostgreSQL database to be emptied: quicker than to make one per test."""
    postgres_server.execute("DROP DATABASE IF EXISTS schedule")
    postgres_server.execute("CREATE DATABASE schedule")
    engine = open_engine(postgres_server.url("schedule"))
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def sqlite(migrated_file: Path, tmp_path: Path) -> Iterator[Engine]:
    path = tmp_path / "register.db"
    shutil.copy(migrated_file, path)
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def register(sqlite: Engine, clock: SetClock) -> Register:
    return Register(sqlite, clock)


@pytest.fixture(params=["sqlite", "postgresql"])
def either_register(request: pytest.FixtureRequest, clock: SetClock) -> Register:
    """Give a register on each of the databases, for what is asked of the database itself."""
    if request.param == "sqlite":
        return Register(request.getfixturevalue("sqlite"), clock)
    engine: Engine = request.getfixturevalue("migrated_postgres")
    with engine.begin() as connection:
        for table in reversed(Row.metadata.sorted_tables):
            connection.execute(table.delete())
    return Register(engine, clock)
