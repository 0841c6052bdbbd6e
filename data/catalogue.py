"""The shipped catalogue: real programmes, startups and incubators, loaded like any other file.

Beside a file for each kind, ``portfolio.csv`` lists past companies of programmes, and
``fact_sources.csv`` the fields that rest on another source than their row.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib import resources
from typing import Any

from sqlalchemy import Connection

from data import profiles
from data.bodies import class_of
from data.entries import Entry, Table, read_table
from data.loading import LoadReport, load_table
from matcher.profile import Alumnus, FactSource, Profile

FILES = {
    "programme": "programmes.csv",
    "startup": "startups.csv",
    "incubator": "incubators.csv",
}


def load_catalogue(
    conn: Connection, who: str = "catalogue", at: datetime | None = None
) -> tuple[LoadReport, ...]:
    """Load every file of the catalogue and return a report for each; a second time changes nothing.

    What somebody else has edited or deleted since is left as it is, so that a new version of the
    catalogue never undoes an officer's work; it is in no list of the report.
    """
    moment = at or datetime.now(UTC)
    tables = (_untouched(conn, table, who) for table in catalogue_tables())
    return tuple(load_table(conn, table, who=who, at=moment) for table in tables)


def catalogue_tables() -> tuple[Table, ...]:
    """Read the files of the catalogue, each row with its portfolio and its sources of facts."""
    extras = _extras()
    return tuple(_joined(_read(kind), extras) for kind in FILES)


def shipped(kind: str) -> tuple[Profile, ...]:
    """Return the catalogue's profiles of a kind in the order of its file, without a database."""
    table = _joined(_read(kind), _extras())
    made: list[Profile] = [
        class_of(kind)(id=entry.id, **dict(entry.values)) for entry in table.entries
    ]
    return tuple(made)


def _untouched(conn: Connection, table: Table, who: str) -> Table:
    theirs = profiles.touched_by_others(conn, table.kind, who)
    return replace(table, entries=tuple(e for e in table.entries if e.id not in theirs))


def _read(kind: str) -> Table:
    path = resources.files("data") / "catalogue" / FILES[kind]
    return read_table(path.read_bytes(), FILES[kind], kind)


def _joined(table: Table, extras: dict[tuple[str, str], dict[str, Any]]) -> Table:
    entries = (
        Entry(e.line, e.id, (*e.values, *extras.get((table.kind, e.id), {}).items()))
        for e in table.entries
    )
    return replace(table, entries=tuple(entries))


def _extras() -> dict[tuple[str, str], dict[str, Any]]:
    """Return by kind and id the fields that stand in files of their own."""
    portfolios: dict[tuple[str, str], list[Alumnus]] = defaultdict(list)
    sources: dict[tuple[str, str], list[FactSource]] = defaultdict(list)
    for row in _rows("fact_sources.csv"):
        key = row["kind"], row["id"]
        sources[key].append(_source(row["field"], row))
    for row in _rows("portfolio.csv"):
        key = "programme", row["programme_id"]
        alumnus = Alumnus(row["company"], row["what_en"] or None, row["what_vi"] or None)
        portfolios[key].append(alumnus)
        source = _source("portfolio", row)
        if source not in sources[key]:
            sources[key].append(source)
    found: dict[tuple[str, str], dict[str, Any]] = {
        key: {"fact_sources": tuple(listed)} for key, listed in sources.items()
    }
    for key, alumni in portfolios.items():
        found[key]["portfolio"] = tuple(alumni)
    return found


def _source(field: str, row: dict[str, str]) -> FactSource:
    return FactSource(field, row["source"], date.fromisoformat(row["as_of"]))


def _rows(filename: str) -> list[dict[str, str]]:
    path = resources.files("data") / "catalogue" / filename
    with path.open("r", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))
