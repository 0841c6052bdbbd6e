"""Audit lines: who saw and changed what, when. Only ever appended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from data.tables import AUDIT


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line: ``fields`` are the names of fields that were shown or changed, never contents."""

    at: datetime
    who: str
    role: str
    action: str
    kind: str | None = None
    id: str | None = None
    fields: tuple[str, ...] = ()
    request_id: str | None = None


def write_audit(conn: Connection, *lines: AuditLine) -> None:
    """Append lines."""
    if lines:
        conn.execute(insert(AUDIT), [_values(line) for line in lines])


def read_audit(
    conn: Connection,
    *,
    who: str | None = None,
    kind: str | None = None,
    id: str | None = None,
    limit: int = 100,
    offset: int = 0,
) -> tuple[AuditLine, ...]:
    """Return lines, newest first, of one person or about one profile where asked."""
    query = select(AUDIT).order_by(AUDIT.c.seq.desc()).limit(limit).offset(offset)
    for column, value in ((AUDIT.c.who, who), (AUDIT.c.kind, kind), (AUDIT.c.id, id)):
        if value is not None:
            query = query.where(column == value)
    return tuple(map(_line, conn.execute(query)))


def _values(line: AuditLine) -> dict[str, object]:
    names = "at who role action kind id request_id".split()
    return {name: getattr(line, name) for name in names} | {"fields": list(line.fields)}


def _line(row: Row[Any]) -> AuditLine:
    values = dict(row._mapping)
    del values["seq"]
    return AuditLine(**(values | {"fields": tuple(values["fields"])}))
