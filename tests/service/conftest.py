"""A post office on each server, and an agency whose register is on SQLite or PostgreSQL."""

from __future__ import annotations

import itertools
import shutil
from typing import TYPE_CHECKING

import pytest
from agency import Agency
from post_office import PostOffice

from triage.register.database import open_engine
from triage.register.migrate import upgrade
from triage.understanding.judge import load_judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from servers.dovecot import DovecotServer
    from servers.postgres import PostgresServer

    from triage.demo.servers import EmbeddedImap
    from triage.understanding.judge import Judge

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def judge() -> Judge:
    return load_judge()


@pytest.fixture
def embedded_office(embedded_imap: EmbeddedImap) -> Iterator[PostOffice]:
    office = PostOffice("embedded", embedded_imap.port, "made-up", embedded_imap.add_user)
    with office.sink:
        yield office


@pytest.fixture
def dovecot_office(dovecot: DovecotServer) -> Iterator[PostOffice]:
    office = PostOffice("dovecot", dovecot.port, dovecot.password)
    with office.sink:
        yield office


@pytest.fixture(params=["dovecot", "embedded"])
def any_office(request: pytest.FixtureRequest) -> PostOffice:
    """Give a post office on each server in turn."""
    found: PostOffice = request.getfixturevalue(f"{request.param}_office")
    return found


@pytest.fixture(scope="session")
def empty_register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("service") / "empty.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
def sqlite_store(empty_register: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(empty_register, tmp_path / 'triage.db')}"


@pytest.fixture
def postgresql_store(postgres_server: PostgresServer) -> str:
    name = f"service_{next(_numbers)}"
    postgres_server.execute(f"CREATE DATABASE {name}")
    return postgres_server.url(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def any_store(request: pytest.FixtureRequest) -> str:
    """Give an empty database of each system in turn."""
    found: str = request.getfixturevalue(f"{request.param}_store")
    return found


@pytest.fixture
def found_agency(tmp_path: Path, judge: Judge) -> Iterator[Callable[[PostOffice, str], Agency]]:
    """Give what founds agencies, each in a folder of its own."""
    agencies: list[Agency] = []

    def found(office: PostOffice, store: str) -> Agency:
        folder = tmp_path / f"agency-{len(agencies)}"
        folder.mkdir()
        agencies.append(Agency(folder, office, judge, store))
        return agencies[-1]

    yield found
    for agency in agencies:
        agency.close()


@pytest.fixture
def office(embedded_office: PostOffice) -> PostOffice:
    """Give the quick one of the two, for what does not depend on the server."""
    return embedded_office


@pytest.fixture
def agency(
    office: PostOffice, sqlite_store: str, found_agency: Callable[[PostOffice, str], Agency]
) -> Agency:
    return found_agency(office, sqlite_store)


@pytest.fixture
def dovecot_agency(
    dovecot_office: PostOffice, sqlite_store: str, found_agency: Callable[[PostOffice, str], Agency]
) -> Agency:
    return found_agency(dovecot_office, sqlite_store)


@pytest.fixture
def any_agency(
    any_office: PostOffice, sqlite_store: str, found_agency: Callable[[PostOffice, str], Agency]
) -> Agency:
    """Give an agency on each IMAP server in turn."""
    return found_agency(any_office, sqlite_store)
