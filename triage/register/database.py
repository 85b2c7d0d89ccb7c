"""The engine, and transactions on it.

SQLite and PostgreSQL behave alike through this module: a transaction that writes sees what was
committed before it and is not overtaken, and database errors become the register's own.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Integer, create_engine, event, literal_column, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlmodel import Session, SQLModel

from triage.errors import RegisterError, RegisterUnavailable, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Table
    from sqlalchemy.engine import URL, Connection, Engine
    from sqlalchemy.sql.dml import ReturningInsert

    from triage.clock import Clock

RowT = TypeVar("RowT", bound=SQLModel)

_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
"""The last: what is deleted is overwritten, not left to be read in the file's free pages."""
WAIT_SECONDS = 30
"""How long a transaction waits for another before it gives up."""


class Register:
    """The database and the clock: what every stateful part of the service is given."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine = engine
        self.clock = clock
        self._snapshots = engine.execution_options(sqlite_begin="DEFERRED")

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session whose changes are committed together when the block ends.

        Nothing is stored when the block raises. Raises RegisterUnavailable when the database
        cannot be reached or is locked for too long; doing it all again is then right.
        """
        with (
            our_errors(),
            Session(self.engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session for looking only: it waits for no writer, and what it changes is lost."""
        with our_errors(), Session(self._snapshots, expire_on_commit=False) as session:
            yield session

    def empty_journal(self) -> None:
        """Let go of what was deleted: of SQLite's journal, which keeps it until it is used anew.

        While somebody reads, what they may still see stays, until the next time. PostgreSQL sees
        to this itself (autovacuum). Raises RegisterUnavailable.
        """
        if self.engine.dialect.name == "sqlite":
            with our_errors(), self.engine.connect() as connection:
                raw = connection.connection.dbapi_connection
                if raw is not None:
                    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def our_errors() -> Iterator[None]:
    """Turn the library's errors into ours: one line, without the values of the statement."""
    try:
        yield
    except (OperationalError, InterfaceError, NoConnection) as error:
        raise RegisterUnavailable(f"The database cannot be used now: {_gist(error)}") from error
    except SQLAlchemyError as error:
        raise RegisterError(f"The database refused: {_gist(error)}") from error


def _gist(error: SQLAlchemyError) -> str:
    """Return the first line of an error; PostgreSQL's later lines quote the row's values."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    lines = str(cause).strip().splitlines()
    return lines[0] if lines else type(cause).__name__


def open_engine(url: str, *, password: str = "") -> Engine:
    """Return an engine for `sqlite:////path` or `postgresql+psycopg://user@host/name`.

    `password` is for PostgreSQL, where it does not stand in the URL. Nothing connects yet, but a
    new SQLite file is made readable by its owner only: it will hold people's mail. Raises
    SettingsError for a URL that cannot be used.
    """
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise SettingsError(
            "is not a database URL", where="store.url", remedy="Write sqlite:////path/triage.db"
        ) from error
    match address.get_backend_name():
        case "sqlite":
            return _sqlite(address)
        case "postgresql":
            return _postgresql(address.set(password=password) if password else address)
        case other:
            raise SettingsError(
                f"names the database {other}, which is not supported",
                where="store.url",
                remedy="Use sqlite:/// or postgresql+psycopg://",
            )


def _sqlite(address: URL) -> Engine:
    if not address.database or address.database == ":memory:":
        raise SettingsError(
            "names no file", where="store.url", remedy="Write sqlite:////path/triage.db"
        )
    file = Path(address.database)
    try:
        file.touch(mode=0o600)
    except OSError as error:
        raise SettingsError(
            f"cannot be written: {error.strerror}",
            where=str(file),
            remedy="Create its folder, writable by the service",
        ) from error
    engine = create_engine(address, connect_args={"timeout": WAIT_SECONDS}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we begin transactions ourselves, below
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Without IMMEDIATE, two transactions that read and then write end in "database is locked".
        mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


def _postgresql(address: URL) -> Engine:
    try:
        return create_engine(
            address.set(drivername="postgresql+psycopg"),
            connect_args={
                "connect_timeout": 10,
                "options": f"-c timezone=UTC -c lock_timeout={WAIT_SECONDS}s",
            },
            pool_pre_ping=True,
            hide_parameters=True,
        )
    except (ImportError, NoSuchModuleError) as error:
        raise SettingsError(
            "needs the PostgreSQL driver",
            where="store.url",
            remedy="Install complaint-triage[postgres]",
        ) from error


def is_postgresql(session: Session) -> bool:
    """Return whether the session speaks to PostgreSQL."""
    return session.get_bind().dialect.name == "postgresql"


def one_at_a_time(session: Session, key: str) -> None:
    """Wait until no other transaction holds `key`; it is held to the end of this transaction.

    SQLite needs nothing for it: its writing transactions follow one another anyway.
    """
    if is_postgresql(session):
        statement = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
        session.connection().execute(statement, {"key": key})


def locked(session: Session, table: type[RowT], key: object) -> RowT | None:
    """Return a row as it is now, locked until this transaction ends; None when there is none.

    What the session read of it before it had the lock may be out of date, and is read anew.
    """
    return session.get(table, key, with_for_update=True, populate_existing=True)


def inserting(session: Session, table: type[SQLModel]) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT that can say ON CONFLICT, in the session's dialect."""
    return postgresql.insert(table) if is_postgresql(session) else sqlite.insert(table)


def insert_new(session: Session, row: SQLModel) -> int | None:
    """Insert a row unless a unique constraint forbids it; return its id, or None if it was there.

    For a table without an id, 0 stands for "inserted". Concurrent transactions wait for each
    other here: exactly one of them inserts. What the session holds unflushed is not seen.
    """
    table: Table = type(row).__table__  # type: ignore[attr-defined]  # SQLAlchemy adds it
    values = {column.key: getattr(row, column.key) for column in table.columns}
    values.pop("id", None)
    statement = _insert_unless_there(table, postgres=is_postgresql(session))
    inserted: int | None = session.connection().execute(statement, values).scalar_one_or_none()
    return inserted


@cache
def _insert_unless_there(table: Table, *, postgres: bool) -> ReturningInsert[int]:
    """Return the statement, built once: to build it takes longer than to run it."""
    insert = postgresql.insert(table) if postgres else sqlite.insert(table)
    has_id = "id" in table.columns
    returned = table.columns["id"] if has_id else literal_column("0", Integer)
    return insert.on_conflict_do_nothing().returning(returned)
