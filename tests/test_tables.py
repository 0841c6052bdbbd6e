from datetime import datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert
from sqlalchemy.exc import StatementError

from data.engines import engine_of, migrate, transaction
from data.tables import CHANGES, METADATA, PROFILES
from matcher.profile import KINDS, forms


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


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_a_profile_has_its_column_in_order(kind):
    fields = list(forms(KINDS[kind]))
    assert [column.name for column in PROFILES[kind].columns][: len(fields)] == fields


def test_a_moment_without_its_time_zone_cannot_be_kept(engine):
    with pytest.raises(StatementError), transaction(engine) as conn:
        conn.execute(insert(CHANGES).values(kind="startup", id="a", at=datetime(2026, 1, 1)))
