"""A database brought to the schema that this version needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import text

from triage.errors import RegisterError
from triage.register.database import our_errors

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine


def configuration(connection: Connection) -> Config:
    """Return Alembic's configuration for the migrations in this package, on a connection."""
    config = Config()
    config.set_main_option("script_location", "triage.register:migrations")
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema, in one transaction; nothing to do is fine.

    Two machines may start at once: one waits for the other. Raises RegisterError when the database
    comes from a newer version, RegisterUnavailable when it cannot be reached.
    """
    with our_errors(), engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # A batch migration drops and renames tables; SQLite heeds this only outside a
            # transaction, hence through the driver, before ours begins.
            _driver(connection, "PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                if engine.dialect.name == "postgresql":
                    connection.execute(text("SELECT pg_advisory_xact_lock(7263)"))
                command.upgrade(configuration(connection), "head")
        except CommandError as error:
            raise RegisterError(
                f"The database was made by a newer version of Triage: {error}"
            ) from error
        finally:
            if engine.dialect.name == "sqlite":
                _driver(connection, "PRAGMA foreign_keys=ON")


def _driver(connection: Connection, statement: str) -> None:
    raw = connection.connection.driver_connection
    if raw is not None:
        raw.execute(statement)
