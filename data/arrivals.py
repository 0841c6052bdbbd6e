"""Profiles that have come in lately, by others than the shipped catalogue."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from data.tables import PROFILES


@dataclass(frozen=True, slots=True)
class Arrival:
    """A profile that was added: what it is called, by whom, and when."""

    kind: str
    id: str
    name: str
    by: str
    at: datetime


def arrivals(
    conn: Connection, since: datetime, *, besides: Collection[str] = (), limit: int = 20
) -> tuple[Arrival, ...]:
    """Living profiles added since a moment, newest first; those of ``besides`` are left out."""
    found = []
    for kind, table in PROFILES.items():
        query = select(table.c.id, table.c.name, table.c.created_at, table.c.changed_by).where(
            table.c.created_at >= since, table.c.deleted_at.is_(None)
        )
        query = query.where(table.c.changed_by.not_in(sorted(besides)))
        rows = conn.execute(query.order_by(table.c.created_at.desc(), table.c.id).limit(limit))
        found += [Arrival(kind, r.id, r.name, r.changed_by, r.created_at) for r in rows]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True)[:limit])
