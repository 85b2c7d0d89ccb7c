"""The migrations make the schema that the tables describe, once, whoever starts them."""

from __future__ import annotations

from threading import Thread

import pytest
from alembic import command
from register_samples import take
from sqlalchemy import inspect, text

from triage.errors import RegisterError
from triage.register.database import Register
from triage.register.migrate import configuration, upgrade
from triage.register.tables import Row

both = pytest.mark.parametrize("system", ["sqlite", "postgresql"])


def test_the_migrations_make_what_the_tables_describe(engine):
    with engine.begin() as connection:
        command.check(configuration(connection))


@both
def test_a_migrated_database_is_left_as_it_is(empty_database, system, clock):
    engine = empty_database(system)
    upgrade(engine)
    take(Register(engine, clock))
    upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM ledger")).scalar() == 1


@both
def test_two_machines_may_start_at_once(empty_database, system):
    engine = empty_database(system)
    faults = []

    def start():
        try:
            upgrade(engine)
        except RegisterError as error:
            faults.append(error)

    threads = [Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert set(Row.metadata.tables) < set(inspect(engine).get_table_names())


@both
def test_a_database_of_a_newer_version_is_refused_and_left_alone(empty_database, system):
    engine = empty_database(system)
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(RegisterError, match="newer version"):
        upgrade(engine)
    assert "ledger" in inspect(engine).get_table_names()


@both
def test_the_first_migration_can_be_undone(empty_database, system):
    engine = empty_database(system)
    upgrade(engine)
    with engine.begin() as connection:
        command.downgrade(configuration(connection), "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]


@both
def test_foreign_keys_are_heeded_after_a_migration(empty_database, system):
    engine = empty_database(system)
    upgrade(engine)
    orphan = text("INSERT INTO case_dossiers VALUES ('NL26-00001', '12345678')")
    with pytest.raises(Exception, match=r"(?i)foreign key"), engine.begin() as connection:
        connection.execute(orphan)
