"""A file -> a table of entries: which columns are which fields, which rows can be read."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.bodies import class_of
from data.cells import CLEAR, NOTHING, read_cell, shown
from data.folding import nfc, slug, words
from data.headings import Column, is_counter, label_of
from data.heads import Head, heading_text, heads_of
from data.numbers import decimal_mark
from data.sheets import Cell, Limits, Sheet, sheets_of
from matcher.errors import CauNoiError, InvalidField, NoKnownHeadings
from matcher.profile import KINDS, Profile, check, forms

TOTALS = frozenset(("tong", "tong cong", "tong so", "cong", "total", "grand total", "sum"))


@dataclass(frozen=True, slots=True)
class RefusedCell:
    """A cell that a field cannot hold: its heading and content as in the file, and the error.

    A field that is missing altogether has no heading and no value.
    """

    heading: str
    field: str
    value: str
    error: CauNoiError


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not loaded: its line as a spreadsheet counts them, its name, its bad cells."""

    line: int
    name: str
    cells: tuple[RefusedCell, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that can be read: its line, the id of its profile, and the values that it gives.

    A value of ``None`` sets its field back to unknown.
    """

    line: int
    id: str
    values: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as read: recognised columns, readable rows, refused rows, and what was passed over.

    ``missing`` are fields that a new profile cannot do without and that have no column.
    """

    kind: str
    sheet: str
    columns: tuple[Column, ...]
    entries: tuple[Entry, ...]
    refused: tuple[RefusedRow, ...]
    ignored_headings: tuple[str, ...]
    missing: tuple[str, ...]


def read_table(
    source: bytes | Path | str,
    filename: str | None = None,
    kind: str | None = None,
    limits: Limits = Limits(),
) -> Table:
    """Read a file into a table; of several sheets the one with most known headings.

    Parameters
    ----------
    source
        The bytes of the file, or where it is.
    kind
        ``startup``, ``programme`` or ``incubator``; told by the headings where it is not given.

    Raises
    ------
    FileUnreadable, BodyTooLarge
        If the file cannot or may not be read (see ``sheets.py``).
    NoKnownHeadings
        If no row looks like headings of a profile.
    """
    content = source if isinstance(source, bytes) else Path(source).read_bytes()
    name = filename or ("table" if isinstance(source, bytes) else Path(source).name)
    kinds = [kind] if kind is not None else list(KINDS)
    sheets = sheets_of(content, name, limits)
    best = best_head(sheets, kinds)
    if best is None:
        found = tuple(str(c) for s in sheets for row in s.rows[:3] for c in row if c)[:20]
        known = tuple(label_of(field, "vi") for field in forms(class_of(kinds[0])))
        raise NoKnownHeadings(file=name, found=found, known=known)
    return table_of(best)


def best_head(sheets: Sequence[Sheet], kinds: Sequence[str]) -> Head | None:
    """The headings of which most are known, of any of these sheets and kinds; None for none."""
    heads = [head for sheet in sheets for kind in kinds for head in heads_of(sheet, kind)]
    return max(heads, key=lambda head: head.score, default=None)


def table_of(head: Head, skipped: Collection[int] = ()) -> Table:
    """Read the rows under headings, but for those on lines that are skipped."""
    known = {column.index for column in head.columns}
    ignored = (
        " > ".join(filter(None, levels))
        for index, levels in enumerate(head.headings)
        if index not in known and any(levels) and not is_counter(levels[-1])
    )
    fields = {column.field for column in head.columns}
    required = [f.name for f in forms(class_of(head.kind)).values() if f.required]
    entries, refused = _rows(head, skipped)
    return Table(
        kind=head.kind,
        sheet=head.sheet.name,
        columns=head.columns,
        entries=entries,
        refused=refused,
        ignored_headings=tuple(ignored),
        missing=tuple(f for f in required if f not in fields and f != "id"),
    )


def _rows(head: Head, skipped: Collection[int]) -> tuple[tuple[Entry, ...], tuple[RefusedRow, ...]]:
    marks = {column.index: decimal_of(head, column) for column in head.columns}
    entries: dict[str, Entry] = {}
    refused: list[RefusedRow] = []
    for index, row in enumerate(head.sheet.rows[head.first_row :], start=head.first_row):
        if index + 1 in skipped or is_passed_over(head, row, index):
            continue
        read = _entry(head, row, index + 1, marks)
        if isinstance(read, Entry) and read.id in entries:
            read = _repeated(head, read)
        if isinstance(read, RefusedRow):
            refused.append(read)
        else:
            entries[read.id] = read
    return tuple(entries.values()), tuple(refused)


def is_passed_over(head: Head, row: Sequence[Cell], index: int) -> bool:
    """Say whether a row is empty, a total, the headings again, or the numbers of the columns."""
    filled = [cell for cell in row if cell is not None]
    if all(cell_at(row, column) is None for column in head.columns):
        return True
    first = words(next((heading_text(cell) for cell in filled if isinstance(cell, str)), ""))
    if first in TOTALS or first.startswith("tong cong"):
        return True
    if tuple(heading_text(cell) for cell in row) == tuple(levels[-1] for levels in head.headings):
        return True
    counted = [str(c).strip("() ").removesuffix(".0") for c in filled]
    is_count = counted == [str(n + 1) for n in range(len(counted))]
    return index == head.first_row and is_count and len(counted) > 1


def cell_at(row: Sequence[Cell], column: Column) -> Cell:
    """The cell of a column; rows may be shorter than their headings."""
    return row[column.index] if column.index < len(row) else None


def decimal_of(head: Head, column: Column) -> str | None:
    """The decimal mark that the cells of a column prove, if any."""
    cells = (cell_at(row, column) for row in head.sheet.rows[head.first_row :])
    return decimal_mark(cell for cell in cells if isinstance(cell, str) and len(cell) < 60)


def _entry(
    head: Head, row: Sequence[Cell], line: int, marks: dict[int, str | None]
) -> Entry | RefusedRow:
    known = forms(class_of(head.kind))
    values: dict[str, Any] = {}
    bad: list[RefusedCell] = []
    for column in head.columns:
        raw = cell_at(row, column)
        try:
            value = read_cell(known[column.field], raw, column, marks[column.index])
            _gather(values, column, value)
        except CauNoiError as error:
            bad.append(RefusedCell(column.heading, column.field, shown(raw)[:200], error))
    bad += _unheld(head, row, values)
    name = str(values.get("name") or values.get("id") or "")
    id = values.pop("id", None) or _id_of(head.kind, values)
    if not id and not any(cell.field in ("id", "name") for cell in bad):
        bad.append(lacking("name"))
    if bad:
        return RefusedRow(line, name, tuple(bad))
    return Entry(line, id, tuple(values.items()))


def _gather(values: dict[str, Any], column: Column, value: Any) -> None:
    """Add a value: columns of single languages add up; a founding day that is a year is one."""
    if value is NOTHING:
        return
    if value is CLEAR:
        values[column.field] = None
    elif column.language is not None:
        values["languages"] = (*(values.get("languages") or ()), *value)
    elif column.field == "founded_on" and isinstance(value, int):
        values["founded_year"] = value
    elif isinstance(value, int) and column.field in ("available_from", "as_of"):
        raise InvalidField(field=column.field, value=str(value), expected="date")
    else:
        values[column.field] = value


def _unheld(head: Head, row: Sequence[Cell], values: dict[str, Any]) -> Iterator[RefusedCell]:
    """Check what was read against bounds and lengths; one error for each field that fails."""
    try:
        check(_probe(head.kind, values))
    except CauNoiError:
        for column in head.columns:
            if column.field not in values:
                continue
            try:
                check(_probe(head.kind, {column.field: values[column.field]}))
            except CauNoiError as error:
                raw = shown(cell_at(row, column))[:200]
                yield RefusedCell(column.heading, column.field, raw, error)


def _probe(kind: str, values: dict[str, Any]) -> Profile:
    """Fill the fields that a profile cannot do without, so that the others can be checked."""
    known = forms(class_of(kind))
    filled = {f.name: "VN" if f.vocabulary else "x" for f in known.values() if f.required}
    given = {name: value for name, value in values.items() if value is not None}
    probe: Profile = class_of(kind)(**(filled | given))
    return probe


def _id_of(kind: str, values: dict[str, Any]) -> str:
    """Make an id of the organisation, where there is one, and the name.

    Names without a Latin letter or digit make it of their digest, so it is as stable.
    """
    name, organisation = values.get("name") or "", values.get("organisation") or ""
    if not name:
        return ""
    if slug(organisation) and not slug(name).startswith(slug(organisation)):
        name = f"{organisation} {name}"
    return slug(name) or f"{kind}-{hashlib.sha256(nfc(name).encode()).hexdigest()[:12]}"


def _repeated(head: Head, entry: Entry) -> RefusedRow:
    column = next((c for c in head.columns if c.field in ("id", "name")), head.columns[0])
    error = InvalidField(field="id", value=entry.id, expected="an id once in the file")
    name = str(dict(entry.values).get("name") or entry.id)
    return RefusedRow(entry.line, name, (RefusedCell(column.heading, "id", entry.id, error),))


def lacking(field: str) -> RefusedCell:
    """Return the refusal of a field that a new profile cannot do without."""
    return RefusedCell("", field, "", InvalidField(field=field, value="", expected="a value"))
