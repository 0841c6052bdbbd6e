import multiprocessing
import threading
import time

import pytest
from sqlalchemy import text

from data import profiles
from data.engines import ENGINES, engine_of, is_migrated, migrate, reading, transaction
from matcher.errors import DatabaseUnavailable, UnknownName
from tests.builders import NOW, startup


def url_in(folder):
    return f"sqlite:///{folder}/caunoi.db"


def test_an_unknown_scheme_is_refused_with_the_known_ones():
    with pytest.raises(UnknownName) as refused:
        engine_of("oracle://somewhere")
    assert refused.value.facts["known"] == tuple(ENGINES)


def test_something_that_is_no_url_is_refused():
    with pytest.raises(UnknownName):
        engine_of("just words")


def test_a_missing_folder_is_an_unavailable_database(tmp_path):
    with pytest.raises(DatabaseUnavailable) as refused:
        engine_of(f"sqlite:///{tmp_path}/nowhere/caunoi.db")
    assert "folder" in refused.value.facts["cause"]


def test_a_file_that_is_no_database_is_an_unavailable_database(tmp_path):
    (tmp_path / "caunoi.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(DatabaseUnavailable):
        engine_of(url_in(tmp_path))


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("foreign_keys", 1), ("busy_timeout", 5000), ("synchronous", 1)],
)
def test_every_sqlite_connection_is_set_up(tmp_path, pragma, value):
    with reading(engine_of(url_in(tmp_path))) as conn:
        assert conn.execute(text(f"PRAGMA {pragma}")).scalar() == value


def test_a_new_database_is_not_migrated_until_it_is(tmp_path):
    engine = engine_of(url_in(tmp_path))
    assert not is_migrated(engine)
    migrate(engine)
    assert is_migrated(engine)


def test_migrating_twice_changes_nothing(tmp_path):
    engine = engine_of(url_in(tmp_path))
    migrate(engine)
    with transaction(engine) as conn:
        profiles.put(conn, startup(), who="test", at=NOW)
    migrate(engine)
    with reading(engine) as conn:
        assert profiles.get(conn, "startup", "vi-du-pay").name == "Ví Dụ Pay"


def _migrate_in_a_process(url):
    migrate(engine_of(url))


def test_several_processes_may_migrate_at_once(tmp_path):
    context = multiprocessing.get_context("spawn")
    with context.Pool(3) as pool:
        pool.map(_migrate_in_a_process, [url_in(tmp_path)] * 3)
    with reading(engine_of(url_in(tmp_path))) as conn:
        assert profiles.latest_seq(conn) == 0


def test_a_failed_transaction_leaves_nothing(tmp_path):
    engine = engine_of(url_in(tmp_path))
    migrate(engine)
    with pytest.raises(ZeroDivisionError), transaction(engine) as conn:  # noqa: PT012  the error is raised inside
        profiles.put(conn, startup(), who="test", at=NOW)
        raise ZeroDivisionError
    with reading(engine) as conn:
        assert profiles.all_profiles(conn, "startup") == ()


def test_a_second_writer_waits_for_the_first(tmp_path):
    engine = engine_of(url_in(tmp_path))
    migrate(engine)
    holds = threading.Event()

    def write_slowly():
        with transaction(engine) as conn:
            holds.set()
            time.sleep(0.2)
            profiles.put(conn, startup(), who="first", at=NOW)

    first = threading.Thread(target=write_slowly)
    first.start()
    holds.wait()
    with transaction(engine) as conn:
        second = profiles.put(conn, startup(name="Tên mới"), who="second", at=NOW)
    first.join()
    assert second.version == 2


def test_a_reader_does_not_wait_for_a_writer_and_keeps_its_snapshot(tmp_path):
    engine = engine_of(url_in(tmp_path))
    migrate(engine)
    with reading(engine) as early:
        assert profiles.latest_seq(early) == 0
        with transaction(engine) as conn:
            profiles.put(conn, startup(), who="test", at=NOW)
        assert profiles.latest_seq(early) == 0


def test_a_database_in_memory_is_one_for_all_threads():
    engine = engine_of("sqlite://")
    migrate(engine)
    with transaction(engine) as conn:
        profiles.put(conn, startup(), who="test", at=NOW)
    seen = []

    def look():
        with reading(engine) as conn:
            seen.append(profiles.latest_seq(conn))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [1]
