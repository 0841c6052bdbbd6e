"""Create the tables of cohorts, their runs and what was published of them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table of cohorts."""
    _cohorts()
    _runs()
    _run_blobs()
    _publications()


def downgrade() -> None:
    """Drop every table of cohorts."""
    for table in "publications run_blobs runs cohort_versions cohorts".split():
        op.drop_table(table)


def _cohorts() -> None:
    op.create_table(
        "cohorts",
        _filled("id", sa.String(80)),
        _filled("version", sa.Integer),
        _filled("changed_at", sa.DateTime),
        _filled("changed_by", sa.Text),
        sa.Column("deleted_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_cohorts"),
    )
    op.create_table(
        "cohort_versions",
        _filled("id", sa.String(80)),
        _filled("version", sa.Integer),
        _filled("body", sa.JSON),
        _filled("changed_at", sa.DateTime),
        _filled("changed_by", sa.Text),
        _filled("action", sa.String(20)),
        sa.PrimaryKeyConstraint("id", "version", name="pk_cohort_versions"),
    )


def _runs() -> None:
    op.create_table(
        "runs",
        *_numbered("runs"),
        _filled("cohort_id", sa.String(80)),
        _filled("cohort_version", sa.Integer),
        _filled("how", sa.JSON),
        sa.Column("held_from", sa.Integer),
        _filled("ordered_by", sa.Text),
        _filled("ordered_at", sa.DateTime),
        _filled("state", sa.String(20)),
        sa.Column("stage", sa.String(40)),
        _filled("share", sa.Float),
        _filled("attempts", sa.Integer),
        sa.Column("worker", sa.Text),
        sa.Column("started_at", sa.DateTime),
        sa.Column("heard_at", sa.DateTime),
        sa.Column("finished_at", sa.DateTime),
        sa.Column("error", sa.JSON),
        sa.Column("result_digest", sa.String(64)),
        sa.Column("total", sa.BigInteger),
        sa.Column("bound", sa.BigInteger),
        sa.Column("proved", sa.Boolean),
        sa.Column("placed", sa.Integer),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_runs_cohort_id", "runs", ["cohort_id"])
    op.create_index("ix_runs_state", "runs", ["state"])


def _run_blobs() -> None:
    op.create_table(
        "run_blobs",
        _filled("run_id", sa.Integer),
        _filled("part", sa.String(20)),
        _filled("key", sa.String(80)),
        _filled("content", sa.LargeBinary),
        sa.PrimaryKeyConstraint("run_id", "part", "key", name="pk_run_blobs"),
    )


def _publications() -> None:
    op.create_table(
        "publications",
        *_numbered("publications"),
        _filled("cohort_id", sa.String(80)),
        sa.Column("run_id", sa.Integer),
        _filled("action", sa.String(20)),
        _filled("who", sa.Text),
        _filled("at", sa.DateTime),
        sa.Column("why", sa.Text),
        _filled("placed", sa.Integer),
        _filled("pairs", sa.LargeBinary),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_publications_cohort_id", "publications", ["cohort_id"])


def _filled(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _numbered(table: str) -> tuple[sa.Column[Any], sa.PrimaryKeyConstraint]:
    number = sa.Column("id", sa.Integer, nullable=False)
    return number, sa.PrimaryKeyConstraint("id", name=f"pk_{table}")
