"""The migrations make the schema that the tables describe, once, whoever starts them."""

from __future__ import annotations

from threading import Thread

import pytest
from alembic import command
from register_samples import take
from sqlalchemy import inspect, text
from sqlmodel import Session, select

from triage.errors import RegisterError
from triage.register.database import Register
from triage.register.migrate import configuration, upgrade
from triage.register.tables import Case, Row

OLD_CASE = text(
    "INSERT INTO cases (number, policy, kind, state, language, received_at, opened_at, counted,"
    " missing, given, facts, owner, not_acknowledged, extension_reason, outcome, remedy,"
    " improvement) VALUES (:number, 'pro-actief', 'complaint', 'settled', 'nl',"
    " '2026-03-02 09:30:00', '2026-03-02 09:30:00', '[]', '[]', '[]', '{}', '', '[]', '',"
    " :settled, '', '')"
)
"""As a service of revision 0002 stores a case."""
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
def test_cases_of_the_version_before_are_kept_and_have_no_reason_yet(empty_database, system):
    engine = empty_database(system)
    upgrade(engine)
    with engine.begin() as connection:
        command.downgrade(configuration(connection), "0002")
        connection.execute(OLD_CASE, {"number": "NL26-00001", "settled": "rejected"})
    upgrade(engine)
    with engine.begin() as connection:
        # Of two machines, one may still run the version before.
        connection.execute(OLD_CASE, {"number": "NL26-00002", "settled": "upheld"})
    with Session(engine) as session:
        cases = session.exec(select(Case).order_by(Case.number)).all()
        assert [(case.number, case.outcome.value, case.outcome_reason) for case in cases] == [
            ("NL26-00001", "rejected", ""),
            ("NL26-00002", "upheld", ""),
        ]
    with engine.begin() as connection:
        command.check(configuration(connection))


@both
def test_foreign_keys_are_heeded_after_a_migration(empty_database, system):
    engine = empty_database(system)
    upgrade(engine)
    orphan = text("INSERT INTO case_dossiers VALUES ('NL26-00001', '12345678')")
    with pytest.raises(Exception, match=r"(?i)foreign key"), engine.begin() as connection:
        connection.execute(orphan)
