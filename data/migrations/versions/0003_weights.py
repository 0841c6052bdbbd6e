"""Create the tables of proposed weights, and of what was accepted and undone."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "weights",
        *_numbered("weights"),
        _filled("who", sa.Text),
        _filled("at", sa.DateTime),
        _filled("before", sa.JSON),
        _filled("points", sa.JSON),
        _filled("evidence", sa.JSON),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "weight_acts",
        *_numbered("weight_acts"),
        sa.Column("proposal_id", sa.Integer),
        _filled("action", sa.String(20)),
        _filled("who", sa.Text),
        _filled("at", sa.DateTime),
        sa.Column("why", sa.Text),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("weight_acts")
    op.drop_table("weights")


def _filled(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _numbered(table: str) -> tuple[sa.Column[Any], sa.PrimaryKeyConstraint]:
    number = sa.Column("id", sa.Integer, nullable=False)
    return number, sa.PrimaryKeyConstraint("id", name=f"pk_{table}")
