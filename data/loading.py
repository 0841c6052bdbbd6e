"""CSV and Excel files -> kept profiles: good rows are kept, every refused row is reported.

A column that the file lacks, and an empty cell, leave the stored field as it is; ``xóa`` clears it
(see ``cells.py``). A row with one bad cell is refused whole and names all its bad cells. Loading
the same file twice changes nothing.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from data import profiles
from data.bodies import class_of
from data.entries import Entry, RefusedCell, RefusedRow, Table, lacking, read_table
from data.sheets import Limits
from matcher.profile import Profile, forms

__all__ = [
    "Limits",
    "LoadReport",
    "Plan",
    "PlannedRow",
    "RefusedCell",
    "RefusedRow",
    "Table",
    "load_file",
    "load_table",
    "plan_of",
    "read_table",
]


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What became of a file: ids by outcome, refused rows in the order of lines."""

    kind: str
    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    refused: tuple[RefusedRow, ...]
    ignored_headings: tuple[str, ...]
    missing: tuple[str, ...]
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row that can be loaded: the stored profile, if there is one, and what it would become."""

    line: int
    before: Profile | None
    after: Profile


@dataclass(frozen=True, slots=True)
class Plan:
    """What loading would do: the rows that can be loaded and the refused ones, by line."""

    rows: tuple[PlannedRow, ...]
    refused: tuple[RefusedRow, ...]


def load_file(
    conn: Connection,
    source: bytes | Path | str,
    filename: str | None = None,
    *,
    kind: str | None = None,
    who: str,
    at: datetime,
    dry_run: bool = False,
    limits: Limits = Limits(),
) -> LoadReport:
    """Load a file into the database; with ``dry_run`` only say what would become of it.

    Raises as :func:`read_table` does; a row that cannot be loaded is reported, never raised.
    """
    table = read_table(source, filename, kind, limits)
    return load_table(conn, table, who=who, at=at, dry_run=dry_run)


def load_table(
    conn: Connection, table: Table, *, who: str, at: datetime, dry_run: bool = False
) -> LoadReport:
    """Load a table that was read; see :func:`load_file`."""
    plan = plan_of(conn, table)
    attempt = conn.begin_nested()
    outcomes = profiles.put_all(conn, [row.after for row in plan.rows], who=who, at=at)
    if dry_run:
        attempt.rollback()
    else:
        attempt.commit()
    return LoadReport(
        kind=table.kind,
        added=tuple(o.profile.id for o in outcomes if o.action in ("added", "restored")),
        changed=tuple(o.profile.id for o in outcomes if o.action == "changed"),
        unchanged=tuple(o.profile.id for o in outcomes if o.action == "unchanged"),
        refused=plan.refused,
        ignored_headings=table.ignored_headings,
        missing=table.missing,
        dry_run=dry_run,
    )


def plan_of(conn: Connection, table: Table) -> Plan:
    """What loading a table would make of each of its rows; only reads."""
    present = profiles.get_many(conn, table.kind, [entry.id for entry in table.entries])
    rows: list[PlannedRow] = []
    refused = list(table.refused)
    for entry in table.entries:
        before = present.get(entry.id)
        merged = _merged(table, entry, before)
        if isinstance(merged, RefusedRow):
            refused.append(merged)
        else:
            rows.append(PlannedRow(entry.line, before, merged))
    return Plan(tuple(rows), tuple(sorted(refused, key=lambda row: row.line)))


def _merged(table: Table, entry: Entry, present: Profile | None) -> Profile | RefusedRow:
    """Lay a row's values over the stored profile, or make a new one of them."""
    known = forms(class_of(table.kind))
    given = {name: v for name, v in entry.values if v is not None or not known[name].required}
    values = {n: _cleared(table.kind, n) if v is None else v for n, v in given.items()}
    if present is not None:
        return dataclasses.replace(present, **values)
    absent = [n for n, f in known.items() if f.required and n != "id" and not values.get(n)]
    if absent:
        name = str(values.get("name") or entry.id)
        return RefusedRow(entry.line, name, tuple(map(lacking, absent)))
    made: Profile = class_of(table.kind)(id=entry.id, **values)
    return made


def _cleared(kind: str, field: str) -> Any:
    """Return what a field is when nothing is known: its default."""
    fields = {f.name: f for f in dataclasses.fields(class_of(kind))}
    return fields[field].default
