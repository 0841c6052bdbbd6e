"""A folder of judged pairs, read: startups, programmes, and who entered what and when."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from matcher import taxonomy
from matcher.errors import JudgedPairsInvalid
from matcher.profile import Alumnus, FieldForm, Programme, Startup, forms

Row = Mapping[str, str]

_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")

COLUMNS: dict[str, tuple[str, ...]] = {
    "startups": ("startup_id", "name", "text"),
    "programmes": ("programme_id", "name"),
    "pairs": ("startup_id", "programme_id"),
}
"""Columns that each file must have; the year of a pair is its ``started``, else the startup's
``year``, so one of these two must be there as well."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A startup entered a programme in a year."""

    startup_id: str
    programme_id: str
    year: int


@dataclass(frozen=True, slots=True)
class Judged:
    """A folder as it was read: rows by id, pairs once each, and what could not be used."""

    startups: Mapping[str, Row]
    programmes: Mapping[str, Row]
    pairs: tuple[Pair, ...]
    unjoined: int
    undated: int


def read_judged(folder: Path) -> Judged:
    """Read the three files; raises JudgedPairsInvalid with the file, the column and what to do."""
    startups = _by_id(folder, "startups")
    programmes = _by_id(folder, "programmes")
    rows = _rows(folder, "pairs")
    joined = [r for r in rows if r["startup_id"] in startups and r["programme_id"] in programmes]
    if not joined:
        cause = (
            f"pairs.csv: none of its {len(rows)} rows joins; startup_id must stand in startups.csv "
            "and programme_id in programmes.csv"
        )
        raise JudgedPairsInvalid(folder=str(folder), cause=cause)
    years = [_year(row, startups[row["startup_id"]]) for row in joined]
    pairs = {
        Pair(row["startup_id"], row["programme_id"], year): None
        for row, year in zip(joined, years, strict=True)
        if year is not None
    }
    if not pairs:
        cause = "pairs.csv: no pair has a year; fill started (ISO date), or year in startups.csv"
        raise JudgedPairsInvalid(folder=str(folder), cause=cause)
    return Judged(
        startups, programmes, tuple(pairs), len(rows) - len(joined), sum(y is None for y in years)
    )


def _by_id(folder: Path, name: str) -> dict[str, Row]:
    rows = _rows(folder, name)
    column = COLUMNS[name][0]
    found = {row[column]: row for row in rows}
    if len(found) < len(rows):
        twice = Counter(row[column] for row in rows).most_common(1)[0][0]
        cause = f"{name}.csv: {column} {twice!r} stands more than once; keep one row of it"
        raise JudgedPairsInvalid(folder=str(folder), cause=cause)
    return found


def _rows(folder: Path, name: str) -> list[Row]:
    file = folder / f"{name}.csv"
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, restval="")
            rows: list[Row] = [
                {column: cell.strip() for column, cell in row.items() if column} for row in reader
            ]
            missing = [c for c in COLUMNS[name] if c not in (reader.fieldnames or ())]
    except FileNotFoundError as error:
        needed = ", ".join(f"{n}.csv" for n in COLUMNS)
        cause = f"{file.name} is missing; the folder needs {needed}"
        raise JudgedPairsInvalid(folder=str(folder), cause=cause) from error
    except (OSError, ValueError, csv.Error) as error:
        cause = f"{file.name} cannot be read ({error}); save it as CSV in UTF-8"
        raise JudgedPairsInvalid(folder=str(folder), cause=cause) from error
    if missing:
        cause = f"{file.name} lacks the column {', '.join(missing)}; add it to its first line"
        raise JudgedPairsInvalid(folder=str(folder), cause=cause)
    return rows


def _year(pair: Row, startup: Row) -> int | None:
    for text in (pair.get("started", ""), startup.get("year", "")):
        if found := _YEAR.match(text):
            return int(found[0])
    return None


# -- rows as profiles -----------------------------------------------------------------------------


def startup_of(row: Row) -> Startup:
    """A row of startups.csv as a profile: its text as the English description."""
    own = {"id": row["startup_id"], "name": row["name"], "description_en": row["text"] or None}
    return Startup(**(_fields(Startup, row) | own))


def programme_of(row: Row, alumni: Sequence[Alumnus], until: int) -> Programme:
    """A programme without a text is described by the names of its sessions, where given; those
    that name a year after the cut are left out."""
    sessions = (name.strip() for name in row.get("session_names", "").split(";"))
    known = [name for name in sessions if all(int(y) <= until for y in _YEAR.findall(name))]
    text = row.get("text") or "; ".join(known) or None
    own = {"id": row["programme_id"], "name": row["name"], "portfolio": tuple(alumni)}
    fields = {"organisation": row["name"], "country": ""} | _fields(Programme, row)
    return Programme(**(fields | {"description_en": text} | own))


def _fields(kind: type, row: Row) -> dict[str, Any]:
    read = {name: _value(form, row.get(name, "")) for name, form in forms(kind).items()}
    return {name: value for name, value in read.items() if value is not None}


def _value(form: FieldForm, cell: str) -> Any:
    """A cell as the value of a field, None where it cannot be read."""
    if not cell:
        return None
    values = [_item(form, part.strip()) for part in (cell.split(";") if form.many else [cell])]
    if any(value is None for value in values):
        return None
    return tuple(values) if form.many else values[0]


def _item(form: FieldForm, text: str) -> Any:
    if form.vocabulary:
        codes = (text, text.lower(), text.upper())
        return next((code for code in codes if taxonomy.knows(form.vocabulary, code)), None)
    read = _READERS.get(form.type)
    try:
        return None if read is None else read(text)
    except (ValueError, KeyError):
        return None


_READERS: dict[type, Callable[[str], Any]] = {
    str: str,
    int: int,
    float: float,
    bool: lambda text: {"true": True, "yes": True, "false": False, "no": False}[text.lower()],
    date: date.fromisoformat,
}
