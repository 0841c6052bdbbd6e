from datetime import datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, inspect, select
from sqlalchemy.exc import StatementError

from data.engines import _migrations, engine_of, is_migrated, migrate, transaction
from data.tables import CHANGES, COHORTS, METADATA, PROFILES
from matcher.profile import KINDS, forms
from tests.builders import NOW


@pytest.fixture
def engine(tmp_path):
    engine = engine_of(f"sqlite:///{tmp_path}/caunoi.db")
    migrate(engine)
    return engine


def test_the_migrations_give_exactly_the_tables_of_the_code(engine):
    with transaction(engine) as conn:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(conn, opts=options)
        assert compare_metadata(context, METADATA) == []


def test_a_database_of_the_first_release_is_brought_up_to_date_with_its_content(tmp_path):
    engine = engine_of(f"sqlite:///{tmp_path}/old.db")
    with transaction(engine) as conn, _migrations() as config:
        config.attributes["connection"] = conn
        command.upgrade(config, "0001")
        conn.execute(insert(CHANGES).values(kind="startup", id="a", at=NOW))
    assert not is_migrated(engine)
    migrate(engine)
    migrate(engine)
    assert is_migrated(engine)
    with transaction(engine) as conn:
        assert conn.execute(select(CHANGES.c.id)).scalars().all() == ["a"]
        assert conn.execute(select(COHORTS)).all() == []


def test_the_newest_step_can_be_taken_back(engine):
    with transaction(engine) as conn, _migrations() as config:
        config.attributes["connection"] = conn
        command.downgrade(config, "0001")
        assert "cohorts" not in inspect(conn).get_table_names()
    migrate(engine)


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_a_profile_has_its_column_in_order(kind):
    fields = list(forms(KINDS[kind]))
    assert [column.name for column in PROFILES[kind].columns][: len(fields)] == fields


def test_a_moment_without_its_time_zone_cannot_be_kept(engine):
    with pytest.raises(StatementError), transaction(engine) as conn:
        conn.execute(insert(CHANGES).values(kind="startup", id="a", at=datetime(2026, 1, 1)))
