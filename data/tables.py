"""The tables, once for every engine.

A profile's columns are derived from the forms of its fields: plain values are typed columns, lists
and value objects are JSON. NULL is unknown, ``[]`` is known to be none.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from matcher.profile import KINDS, FieldForm, forms

NAMES = {
    "pk": "pk_%(table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
}
METADATA = MetaData(naming_convention=NAMES)


class Instant(TypeDecorator[datetime]):
    """A moment: kept in UTC, given back with its time zone; a naive one is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into naive UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without its time zone cannot be kept")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give naive UTC its time zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


COLUMN_TYPES: dict[type, type[TypeEngine[Any]]] = {
    str: Text,
    int: Integer,
    float: Float,
    bool: Boolean,
    date: Date,
}


def is_json(form: FieldForm) -> bool:
    """Say whether a field is kept as JSON: every list and every value object."""
    return form.many or form.type not in COLUMN_TYPES


def _column(form: FieldForm) -> Column[Any]:
    if form.name == "id":
        return Column("id", String(80), primary_key=True)
    kind = JSON(none_as_null=True) if is_json(form) else COLUMN_TYPES[form.type]()
    return Column(form.name, kind, nullable=not form.required)


def _profile_table(name: str, kind: type) -> Table:
    return Table(
        f"{name}s",
        METADATA,
        *(_column(form) for form in forms(kind).values()),
        Column("version", Integer, nullable=False),
        Column("digest", String(64), nullable=False),
        Column("created_at", Instant, nullable=False),
        Column("changed_at", Instant, nullable=False),
        Column("changed_by", Text, nullable=False),
        Column("deleted_at", Instant),
        Column("search", Text, nullable=False),
        Index(None, "country"),
    )


PROFILES: dict[str, Table] = {name: _profile_table(name, kind) for name, kind in KINDS.items()}
"""The table of each kind of profile. ``version`` counts from 1 and makes the ETag; ``digest`` is
the SHA-256 of the content; ``search`` is folded text; a set ``deleted_at`` hides the row."""

HISTORY = Table(
    "history",
    METADATA,
    Column("kind", String(20), primary_key=True),
    Column("id", String(80), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("body", JSON, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("action", String(20), nullable=False),
)

CHANGES = Table(
    "changes",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("id", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    sqlite_autoincrement=True,  # a number is never given twice, even after the last row goes
)

DECISIONS = Table(
    "decisions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("startup_id", String(80), nullable=False),
    Column("target_kind", String(20), nullable=False),
    Column("target_id", String(80), nullable=False),
    Column("decision", String(20), nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("why", Text),
    Index(None, "startup_id"),
    Index(None, "target_kind", "target_id"),
    sqlite_autoincrement=True,
)

KEYS = Table(
    "keys",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("profile_id", String(80)),
    Column("prefix", String(16), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("last_used_at", Instant),
    Index(None, "prefix"),
    UniqueConstraint("hash"),
    sqlite_autoincrement=True,
)

CONSENTS = Table(
    "consents",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("startup_id", String(80), nullable=False),
    Column("scope", String(20), nullable=False),
    Column("recipient", String(80), nullable=False),
    Column("given_on", Date, nullable=False),
    Column("withdrawn_on", Date),
    Column("retain_until", Date),
    Column("note", Text),
    Index(None, "startup_id"),
    sqlite_autoincrement=True,
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("action", String(40), nullable=False),
    Column("kind", String(20)),
    Column("id", String(80)),
    Column("fields", JSON, nullable=False),
    Column("request_id", String(80)),
    Index(None, "kind", "id"),
    Index(None, "at"),
    sqlite_autoincrement=True,
)

VECTORS = Table(
    "vectors",
    METADATA,
    Column("model_id", String(200), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

COHORTS = Table(
    "cohorts",
    METADATA,
    Column("id", String(80), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("deleted_at", Instant),
)
"""The present version of each cohort; a set ``deleted_at`` hides it."""

COHORT_VERSIONS = Table(
    "cohort_versions",
    METADATA,
    Column("id", String(80), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("body", JSON, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("action", String(20), nullable=False),
)

RUNS = Table(
    "runs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("cohort_id", String(80), nullable=False),
    Column("cohort_version", Integer, nullable=False),
    Column("how", JSON, nullable=False),
    Column("held_from", Integer),
    Column("ordered_by", Text, nullable=False),
    Column("ordered_at", Instant, nullable=False),
    Column("state", String(20), nullable=False),
    Column("stage", String(40)),
    Column("share", Float, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("worker", Text),
    Column("started_at", Instant),
    Column("heard_at", Instant),
    Column("finished_at", Instant),
    Column("error", JSON(none_as_null=True)),
    Column("result_digest", String(64)),
    Column("total", BigInteger),
    Column("bound", BigInteger),
    Column("proved", Boolean),
    Column("placed", Integer),
    Index(None, "cohort_id"),
    Index(None, "state"),
    sqlite_autoincrement=True,
)
"""``heard_at`` is when the worker of a run last said that it is alive."""

RUN_BLOBS = Table(
    "run_blobs",
    METADATA,
    Column("run_id", Integer, primary_key=True),
    Column("part", String(20), primary_key=True),
    Column("key", String(80), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
"""What a run keeps in bulk: ``key`` is the first startup of a stretch of placements, else empty."""

PUBLICATIONS = Table(
    "publications",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("cohort_id", String(80), nullable=False),
    Column("run_id", Integer),
    Column("action", String(20), nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("why", Text),
    Column("placed", Integer, nullable=False),
    Column("pairs", LargeBinary, nullable=False),
    Index(None, "cohort_id"),
    sqlite_autoincrement=True,
)
"""``pairs`` is the whole published list after the act; ``placed`` is how many it has."""

WEIGHTS = Table(
    "weights",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("who", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("before", JSON, nullable=False),
    Column("points", JSON, nullable=False),
    Column("evidence", JSON, nullable=False),
    sqlite_autoincrement=True,
)
"""Proposals of weights: points by part, and what stands behind them."""

WEIGHT_ACTS = Table(
    "weight_acts",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("proposal_id", Integer),
    Column("action", String(20), nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("why", Text),
    sqlite_autoincrement=True,
)
"""What was accepted and undone; ``proposal_id`` is the proposal that stands after the act, NULL for
the installation's own weights."""
