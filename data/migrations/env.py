"""Alembic's entry: runs the migrations on the connection that ``data.engines.migrate`` hands in."""

from __future__ import annotations

from alembic import context

import data.account_tables  # noqa: F401 - it adds its tables to the metadata
from data.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
