"""The two databases behave alike, and their errors are ours."""

from __future__ import annotations

import stat
from contextlib import suppress
from threading import Barrier, Thread

import pytest
from register_samples import START, arrival, take
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from triage.errors import RegisterError, RegisterUnavailable, SettingsError
from triage.register.columns import clean_json, clean_text
from triage.register.database import Register, insert_new, open_engine
from triage.register.ledger import take_in
from triage.register.tables import Event, StoredSecret

UNCLEAN = "nul \x00 surrogate \udcff end"


def test_a_transaction_that_raises_leaves_nothing(register):
    with suppress(ZeroDivisionError), register.transaction() as session:
        take_in(session, [arrival()], START)
        raise ZeroDivisionError
    with register.reading() as session:
        assert session.connection().execute(text("SELECT count(*) FROM ledger")).scalar() == 0


def test_what_a_reading_session_changes_is_lost(register):
    with register.reading() as session:
        take_in(session, [arrival()], START)
    with register.reading() as session:
        assert session.connection().execute(text("SELECT count(*) FROM raw_mail")).scalar() == 0


def test_reading_waits_for_no_writer(register):
    with register.transaction() as writing:
        take_in(writing, [arrival()], START)
        with register.reading() as session:
            assert session.connection().execute(text("SELECT count(*) FROM ledger")).scalar() == 0


def test_transactions_that_read_and_then_write_do_not_fail_each_other(register):
    start = Barrier(4)
    faults = []

    def count_up():
        start.wait()
        try:
            for _ in range(10):
                with register.transaction() as session:
                    connection = session.connection()
                    connection.execute(text("SELECT last FROM number_series")).all()
                    connection.execute(text("UPDATE number_series SET last = last + 1"))
        except RegisterError as error:
            faults.append(error)

    with register.transaction() as session:
        session.connection().execute(text("INSERT INTO number_series VALUES ('NL', 2026, 0)"))
    threads = [Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with register.reading() as session:
        last = session.connection().execute(text("SELECT last FROM number_series")).scalar()
    assert (faults, last) == ([], 40)


def test_a_row_that_is_there_is_not_inserted_again(register):
    secret = StoredSecret(name="n", value=b"1", created_at=START)
    with register.transaction() as session:
        assert insert_new(session, secret) is not None
        assert insert_new(session, secret) is None


def test_a_constraint_of_the_database_is_a_register_error_without_values(register):
    statement = text("INSERT INTO contacts VALUES (:number, :address, 'wrote', NULL)")
    with pytest.raises(RegisterError) as raised, register.transaction() as session:
        session.connection().execute(statement, {"number": "NL26-1", "address": "secret@x"})
    assert "secret@x" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_row_of_an_unknown_case_is_refused(register):
    with pytest.raises(RegisterError), register.transaction() as session:
        session.add(Event(at=START, code="c", text="t", case_number="NL26-99999"))


def test_an_unreachable_server_is_unavailable(postgres_server, clock):
    url = postgres_server.url("x").replace(str(postgres_server.port), "1")
    register = Register(open_engine(url), clock)
    with (
        pytest.raises(RegisterUnavailable, match="cannot be used now"),
        register.transaction() as session,
    ):
        session.connection()


def test_a_file_that_is_no_database_is_a_register_error(tmp_path, clock):
    (tmp_path / "x.db").write_bytes(b"not a database, but long enough to be looked at" * 30)
    engine = open_engine(f"sqlite:///{tmp_path / 'x.db'}")
    with pytest.raises(RegisterError), Register(engine, clock).transaction() as session:
        session.connection()
    engine.dispose()


def test_a_new_sqlite_file_is_readable_by_its_owner_only(tmp_path):
    open_engine(f"sqlite:///{tmp_path / 'triage.db'}")
    assert stat.S_IMODE((tmp_path / "triage.db").stat().st_mode) == 0o600


def test_sqlite_is_set_to_keep_what_is_committed(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'triage.db'}")
    with engine.connect() as connection:
        for pragma, value in (("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", 2)):
            assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("nonsense", "not a database URL"),
        ("mysql://localhost/triage", "mysql"),
        ("sqlite://", "names no file"),
        ("sqlite:////nowhere/at/all/triage.db", "cannot be written"),
    ],
)
def test_an_unusable_url_is_a_settings_error(url, complaint):
    with pytest.raises(SettingsError, match=complaint):
        open_engine(url)


def test_a_password_from_a_file_is_used_but_not_shown():
    engine = open_engine("postgresql+psycopg://triage@db.example/triage", password="geheim")
    assert engine.url.password == "geheim"
    assert "geheim" not in str(engine.url)


def test_texts_are_made_storable_at_the_rim(register):
    with register.transaction() as session:
        session.add(Event(at=START, code="c", text=UNCLEAN, data={UNCLEAN: [UNCLEAN, 1, None]}))
    with register.reading() as session:
        event = session.get(
            Event, session.connection().execute(text("SELECT id FROM events")).scalar()
        )
    assert event.text == "nul  surrogate ? end"
    assert event.data == {"nul  surrogate ? end": ["nul  surrogate ? end", 1, None]}


def test_an_overlong_message_id_is_stored_and_told_apart_by_its_hash(register):
    long = "x" * 10_000
    first = take(register, 1, message_id=long)
    take(register, 2, message_id=long + "y")
    with register.reading() as session:
        found = session.connection().execute(text("SELECT message_id FROM ledger ORDER BY id"))
        stored = [row.message_id for row in found]
    assert first
    assert stored[0] != stored[1]
    assert all(len(message_id) < 100 for message_id in stored)


def test_cleaning_leaves_sound_text_alone():
    assert clean_text("Żółć – æøå 🙂") == "Żółć – æøå 🙂"
    assert clean_json({"a": (1, True, None, "ok")}) == {"a": [1, True, None, "ok"]}


def test_the_librarys_error_is_kept_as_the_cause(postgres_server, clock):
    url = postgres_server.url("no_such_database")
    register = Register(open_engine(url), clock)
    with pytest.raises(RegisterUnavailable) as raised, register.transaction() as session:
        session.connection()
    assert isinstance(raised.value.__cause__, OperationalError)
