"""Each test of this room runs on SQLite and on PostgreSQL, with an empty, migrated database."""

from __future__ import annotations

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
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('register') / 'triage.db'}")
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def migrated_postgresql(postgres_server: PostgresServer) -> Iterator[Engine]:
    postgres_server.execute("CREATE DATABASE register")
    engine = open_engine(postgres_server.url("register"))
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest) -> Callable[[], Engine]:
    """Give what empties the database: quicker than to make another."""
    migrated: Engine = request.getfixturevalue(f"migrated_{request.param}")

    def empty() -> Engine:
        with migrated.begin() as connection:
            for table in reversed(Row.metadata.sorted_tables):
                connection.execute(table.delete())
        return migrated

    return empty


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
