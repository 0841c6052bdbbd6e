"""What set-up leaves behind for the first officer."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from data import cohorts
from data.catalogue import load_catalogue
from data.engines import engine_of, migrate, reading, transaction
from data.texts import Texts
from service.desk import Desk
from service.running import add_example
from service.settings import Settings
from tests.builders import NOW


def test_the_example_round_is_kept_once_and_stays_away_when_deleted(tmp_path: Path) -> None:
    engine = engine_of(f"sqlite:///{tmp_path / 'caunoi.db'}")
    migrate(engine)
    at = Desk(Settings(_env_file=None, home=tmp_path), Texts("vi"), Console(), as_json=False)
    with transaction(engine) as conn:
        load_catalogue(conn, at=NOW)
        added = add_example(conn, at)
        assert added == "dot-vi-du"
        assert add_example(conn, at) is None
        cohorts.delete(conn, added, None, who="officer", at=NOW)
    with transaction(engine) as conn:
        assert add_example(conn, at) is None
    with reading(engine) as conn:
        assert cohorts.all_cohorts(conn) == ()
