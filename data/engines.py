"""Database engines: a URL becomes a ready engine, its schema brought up to date.

``transaction`` is for what may write, ``reading`` for what only reads; one of them per request or
command. They are the only doors, so an unreachable database is one typed error everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    IntegrityError,
    ProgrammingError,
)
from sqlalchemy.pool import StaticPool

from matcher.errors import DatabaseUnavailable, UnknownName

__all__ = [
    "ENGINES",
    "Connection",
    "Engine",
    "engine_of",
    "is_migrated",
    "migrate",
    "reading",
    "transaction",
]

BUSY_SECONDS = 5
"""How long a writer waits for another before it gives up."""


def sqlite_engine(url: URL) -> Engine:
    """Make a SQLite engine: WAL, foreign keys on, synchronous NORMAL, busy timeout 5 s.

    What is deleted is overwritten, too.

    A database in memory lives as long as its engine and is one for all threads.
    """
    in_memory = url.database in (None, "", ":memory:")
    options: dict[str, Any] = {"connect_args": {"timeout": BUSY_SECONDS}}
    if in_memory:
        options["connect_args"]["check_same_thread"] = False
        options["poolclass"] = StaticPool
    elif not Path(str(url.database)).parent.is_dir():
        raise DatabaseUnavailable(url=_shown(url), cause="its folder does not exist")
    engine = create_engine(url, **options)
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


ENGINES: dict[str, Callable[[URL], Engine]] = {
    "sqlite": sqlite_engine,
}


def engine_of(url: str) -> Engine:
    """Return an engine that has answered once.

    Raises
    ------
    UnknownName
        For a scheme that :data:`ENGINES` does not list.
    DatabaseUnavailable
        If the database cannot be opened.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise UnknownName(what="engine", value=url[:80], known=tuple(ENGINES)) from None
    scheme = parsed.get_backend_name()
    if scheme not in ENGINES:
        raise UnknownName(what="engine", value=scheme, known=tuple(ENGINES))
    engine = ENGINES[scheme](parsed)
    with reading(engine):
        return engine


def is_there(url: str) -> bool:
    """Say whether a database can be there: a SQLite file that is missing would only be made."""
    parsed = make_url(url)
    in_file = parsed.get_backend_name() == "sqlite" and parsed.database not in (None, ":memory:")
    return not in_file or Path(str(parsed.database)).is_file()


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest version; does nothing where it is already there.

    The whole step is one writing transaction: of two processes that start together, the second
    waits and then finds nothing to do.
    """
    with transaction(engine) as conn, _migrations() as config:
        config.attributes["connection"] = conn
        command.upgrade(config, "head")


def is_migrated(engine: Engine) -> bool:
    """Say whether the schema is at the newest version."""
    with reading(engine) as conn, _migrations() as config:
        present = MigrationContext.configure(conn).get_current_revision()
        return present == ScriptDirectory.from_config(config).get_current_head()


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Open a writing transaction: committed at the end, rolled back on any error.

    On SQLite it takes the write lock at once, so that a reader never finds half-way through that
    its snapshot is too old to write; other writers wait up to :data:`BUSY_SECONDS`.
    """
    with _translated(engine), engine.execution_options(writes=True).begin() as conn:
        yield conn


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a reading transaction: one snapshot throughout, never waits for a writer."""
    with _translated(engine), engine.begin() as conn:
        yield conn


@contextmanager
def _migrations() -> Iterator[Config]:
    """Alembic's settings, for migrations that may lie inside an installed package."""
    with resources.as_file(resources.files("data") / "migrations") as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        yield config


@contextmanager
def _translated(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        if isinstance(error, (IntegrityError, ProgrammingError, DataError)):
            raise  # a fault of ours, not of the database
        cause = str(error.orig or error)
        raise DatabaseUnavailable(url=_shown(engine.url), cause=cause) from error


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=True)


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN would come too late, see _begin
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_SECONDS * 1000}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        "secure_delete = FAST",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(conn: Connection) -> None:
    writes = conn.get_execution_options().get("writes", False)
    conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
