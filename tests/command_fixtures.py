"""Homes for the command ``caunoi``, and ways to run it: in this process, or in one of its own.

A home is a folder with a database; its model is the built one. What a home needs of the shipped
catalogue's vectors (every scale is measured on it) is encoded once for all homes of a run, or
taken from the installation of this checkout, which keeps them by model and text.
"""

import atexit
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from data import profiles
from data.catalogue import load_catalogue
from data.engines import engine_of, migrate, transaction
from service.commands import main
from service.settings import Settings
from service.wiring import wire
from tests.builders import NOW
from tests.encoder_fixtures import default_model
from tests.service_fixtures import INCUBATORS, PROGRAMMES, STARTUPS

ROOT = Path(__file__).resolve().parent.parent
ENTRY = "from service.commands import main; main()"


@dataclass(frozen=True)
class Ran:
    """What became of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its output as the one JSON document that it must be, of a command that succeeded."""
        assert self.code == 0, self.err
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, str]:
        """Its one JSON document on standard error, of a command that failed and printed nothing."""
        assert self.code != 0
        assert self.out == ""
        return json.loads(self.err)


def environment(home: Path, **changes: str) -> dict[str, str]:
    """The environment of a command in a home: nothing of this checkout's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CAUNOI_")}
    ours = {
        "CAUNOI_HOME": str(home),
        "CAUNOI_MODEL": str(default_model()),
        "COLUMNS": "120",
        "PYTHONPATH": str(ROOT),
        "PYTHONIOENCODING": "utf-8",
    }
    return kept | ours | changes


def caunoi(home: Path, *arguments: str, **changes: str) -> Ran:
    """Run a command in this process by its own entry; settings of the run by their full names."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("CAUNOI_")]:
            patch.delenv(name)
        for name, value in environment(home, **changes).items():
            patch.setenv(name, value)
        patch.chdir(home if home.is_dir() else home.parent)
        patch.setattr(sys, "argv", ["caunoi", *arguments])
        with redirect_stdout(out), redirect_stderr(err):
            code = _exit_code()
    return Ran(code, out.getvalue(), err.getvalue())


def _exit_code() -> int:
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def process(home: Path, *arguments: str, script: str = ENTRY, **changes: str) -> Ran:
    """Run a command in a process of its own, as a shell does."""
    done = subprocess.run(  # noqa: S603  our own entry
        [sys.executable, "-c", script, *arguments],
        env=environment(home, **changes),
        cwd=home if home.is_dir() else home.parent,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def small_home(folder: Path) -> Path:
    """A home of its own with three startups, four programmes and two incubators."""
    return _copied(_small(), folder)


def shipped_home(folder: Path) -> Path:
    """A home of its own with the shipped catalogue."""
    return _copied(_shipped(), folder)


def empty_home(folder: Path) -> Path:
    """A home of its own whose database holds vectors only."""
    return _copied(_bare(), folder)


@cache
def shared_home() -> Path:
    """One small home for all tests that only read."""
    return small_home(_temporary())


@cache
def read(*arguments: str) -> Ran:
    """Run a command that only reads in the shared home, once for all tests that look at it."""
    return caunoi(shared_home(), *arguments)


def _copied(template: Path, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(template / "caunoi.db", folder / "caunoi.db")
    return folder


@cache
def _bare() -> Path:
    home = _temporary()
    engine = engine_of(f"sqlite:///{home}/caunoi.db")
    migrate(engine)
    engine.dispose()
    _lend_vectors(home / "caunoi.db")
    wire(_settings(home)).engine.dispose()
    return home


@cache
def _small() -> Path:
    home = empty_home(_temporary())
    parts = wire(_settings(home))
    with transaction(parts.engine) as conn:
        profiles.put_all(conn, (*STARTUPS, *PROGRAMMES, *INCUBATORS), who="test", at=NOW)
    parts.matchmaker.catch_up()
    parts.engine.dispose()
    return home


@cache
def _shipped() -> Path:
    home = empty_home(_temporary())
    parts = wire(_settings(home))
    with transaction(parts.engine) as conn:
        load_catalogue(conn, at=NOW)
    parts.matchmaker.catch_up()
    parts.engine.dispose()
    return home


def _settings(home: Path) -> Settings:
    return Settings(_env_file=None, home=home, model=str(default_model()))


def _lend_vectors(database: Path) -> None:
    """Copy the vectors that this checkout's installation keeps, where there is one."""
    installed = ROOT / "var" / "caunoi.db"
    if not installed.exists():
        return
    with closing(sqlite3.connect(database)) as ours, ours:
        ours.execute("attach ? as theirs", (str(installed),))
        if ours.execute("select 1 from theirs.sqlite_master where name = 'vectors'").fetchone():
            ours.execute("insert or ignore into vectors select * from theirs.vectors")


def _temporary() -> Path:
    folder = tempfile.mkdtemp(prefix="caunoi-tests-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)
