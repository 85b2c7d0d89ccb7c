"""Each test of this room runs on SQLite and on PostgreSQL, with an empty, migrated database."""

from __future__ import annotations

import shutil
from itertools import count
from typing import TYPE_CHECKING

import pytest
from register_samples import SetClock

from triage.register.database import Register, open_engine
from triage.register.migrate import upgrade
from triage.register.tables import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from servers.postgres import PostgresServer
    from sqlalchemy.engine import Engine


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an SQLite database to be copied: quicker than to migrate anew."""
    path = tmp_path_factory.mktemp("register") / "template.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: PostgresServer) -> Iterator[Engine]:
    """Give a PostgreSQL database to be emptied: quicker than to make one per test."""
    postgres_server.execute("CREATE DATABASE register")
    engine = open_engine(postgres_server.url("register"))
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Engine]]:
    """Give a maker of empty databases, for tests that need more than one, one after the other."""
    files: list[Engine] = []

    def sqlite() -> Engine:
        path = tmp_path / f"{len(files)}.db"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        files.append(open_engine(f"sqlite:///{path}"))
        return files[-1]

    def postgresql() -> Engine:
        engine: Engine = request.getfixturevalue("migrated_postgres")
        with engine.begin() as connection:
            for table in reversed(Row.metadata.sorted_tables):
                connection.execute(table.delete())
        return engine

    yield sqlite if request.param == "sqlite" else postgresql
    for engine in files:
        engine.dispose()


@pytest.fixture
def engine(new_database: Callable[[], Engine]) -> Engine:
    return new_database()


@pytest.fixture
def empty_database(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[str], Engine]]:
    """Give a maker of databases without any tables, by the name of the system."""
    engines: list[Engine] = []
    names = (f"empty_{number}" for number in count())

    def make(system: str) -> Engine:
        if system == "sqlite":
            url = f"sqlite:///{tmp_path / next(names)}"
        else:
            server: PostgresServer = request.getfixturevalue("postgres_server")
            name = next(names)
            server.execute(f"DROP DATABASE IF EXISTS {name}")
            server.execute(f"CREATE DATABASE {name}")
            url = server.url(name)
        engines.append(open_engine(url))
        return engines[-1]

    yield make
    for engine in engines:
        engine.dispose()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def register(engine: Engine, clock: SetClock) -> Register:
    return Register(engine, clock)
