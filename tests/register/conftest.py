"""Each test of this room runs on SQLite and on PostgreSQL, with a migrated database of its own."""

from __future__ import annotations

import shutil
from itertools import count
from typing import TYPE_CHECKING

import pytest
from register_samples import SetClock

from triage.register.database import Register, open_engine
from triage.register.migrate import upgrade

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from servers.postgres import PostgresServer
    from sqlalchemy.engine import Engine

_TEMPLATE = "register_template"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("register") / "template.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    postgres_server.execute(f"CREATE DATABASE {_TEMPLATE}")
    engine = open_engine(postgres_server.url(_TEMPLATE))
    upgrade(engine)
    engine.dispose()
    return _TEMPLATE


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[], Engine]]:
    """Give a maker of migrated databases; each call gives a fresh one."""
    names = (f"database_{number}" for number in count())
    engines: list[Engine] = []

    def sqlite() -> Engine:
        path = tmp_path / next(names)
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return open_engine(f"sqlite:///{path}")

    def postgresql() -> Engine:
        template = request.getfixturevalue("postgres_template")
        server = request.getfixturevalue("postgres_server")
        name = next(names)
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return open_engine(server.url(name))

    def make() -> Engine:
        engines.append(sqlite() if request.param == "sqlite" else postgresql())
        return engines[-1]

    yield make
    for engine in engines:
        name = engine.url.database
        engine.dispose()
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_server")
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def engine(new_database: Callable[[], Engine]) -> Engine:
    return new_database()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def register(engine: Engine, clock: SetClock) -> Register:
    return Register(engine, clock)
