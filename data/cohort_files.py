"""A cohort from the Excel or CSV file that officers make: what can be read, and what is refused.

A workbook may hold the round's own data, its startups, its programmes, its pair rules and its
limits, each on a sheet that is told by its name or its headings; a single list of startups will
do. What a file does not say stays as the cohort has it; a list that a file gives replaces the
whole list. A refused row is reported and keeps no other from being read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data.cells import CLEAR, NOTHING, shown
from data.cohort_headings import TABLES, forms_of, label_of
from data.cohort_rows import (
    Known,
    Row,
    clears,
    intake_of,
    quota_of,
    read_field,
    read_row,
    rule_of,
    startup_of,
)
from data.cohort_sheets import RoundCell, found_in
from data.cohort_workbooks import write_cohort
from data.entries import RefusedCell, decimal_of, is_passed_over
from data.folding import slug
from data.headings import is_counter
from data.heads import Head
from data.named_profiles import Names
from data.sheets import Limits, Sheet
from matcher.cohort import Cohort, PairRule
from matcher.errors import CauNoiError, InvalidField, LimitInvalid, NoKnownHeadings
from matcher.limits import check_members
from matcher.profile import check

__all__ = ["CohortReport", "RefusedCell", "RefusedLine", "read_cohort", "write_cohort"]

FIELD_OF = {
    "startups": "startups",
    "programmes": "intakes",
    "pair_rules": "pair_rules",
    "quotas": "quotas",
}
"""The field of a cohort that each table fills."""

_Maker = Callable[[Row, Known], Any]
_MAKERS: dict[str, _Maker] = {
    "startups": startup_of,
    "programmes": intake_of,
    "pair_rules": rule_of,
    "quotas": quota_of,
}
_KEYS: dict[str, Callable[[Any], Any]] = {
    "startups": lambda one: one,
    "programmes": lambda one: one.programme_id,
    "pair_rules": lambda one: (one.startup_id, one.programme_id),
    "quotas": lambda one: one.name.casefold(),
}
_TOLD_BY = {
    "startups": ("name", "id", "tax_code"),
    "programmes": ("name", "id"),
    "pair_rules": ("startup_name", "startup_id"),
    "quotas": ("name",),
}


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that was not read: its sheet, its line as a spreadsheet counts, its bad cells."""

    sheet: str
    line: int
    name: str
    cells: tuple[RefusedCell, ...]


@dataclass(frozen=True, slots=True)
class CohortReport:
    """What a file says of a cohort.

    Attributes
    ----------
    cohort
        The cohort with all that could be read; None where it is new and the file does not name it.
    given
        Fields of the cohort that the file gives, in their order.
    refused
        By sheet as the file has them, then by line.
    ignored_headings, ignored_sheets
        What was passed over; headings as ``sheet: heading``.
    """

    cohort: Cohort | None
    given: tuple[str, ...]
    refused: tuple[RefusedLine, ...]
    ignored_headings: tuple[str, ...]
    ignored_sheets: tuple[str, ...]


def read_cohort(
    source: bytes,
    filename: str,
    *,
    startups: Names,
    programmes: Names,
    present: Cohort | None = None,
    limits: Limits = Limits(),
) -> CohortReport:
    """Read a file; see the module.

    Parameters
    ----------
    startups, programmes
        The profiles that are kept (:func:`data.named_profiles.profiles_named`).
    present
        The cohort over which the file is laid; for a file without the round's own data, such as a
        list of startups, one with the id and the name that it shall have.

    Raises
    ------
    FileUnreadable, BodyTooLarge
        If the file cannot or may not be read (see ``sheets.py``).
    NoKnownHeadings
        If nothing in it looks like a part of a cohort.
    """
    found = found_in(source, filename, limits)
    if not found.heads and not found.round_cells:
        raise _nothing_known(filename, found.sheets)
    known = Known(startups, programmes, present)
    values, refused = _round(found.round_cells)
    for head in found.heads:
        read, bad = _table(head, known)
        refused += bad
        if read is not None:
            values[FIELD_OF[head.kind]] = tuple(one for _, one in read)
        if read and head.kind == "pair_rules":
            kept, bad = _of_the_round(head, read, _laid(values, present, id_="-"))
            values["pair_rules"], refused = kept, refused + bad
    order = {sheet.name: place for place, sheet in enumerate(found.sheets)}
    return CohortReport(
        cohort=_named(values, present),
        given=tuple(f.name for f in dataclasses.fields(Cohort) if f.name in values),
        refused=tuple(sorted(refused, key=lambda one: (order[one.sheet], one.line))),
        ignored_headings=(*found.ignored, *_ignored(found.heads)),
        ignored_sheets=tuple(sheet.name for sheet in found.passed_over),
    )


def _round(cells: Sequence[RoundCell]) -> tuple[dict[str, Any], list[RefusedLine]]:
    """Read the round's own data; of two cells for one field the first counts."""
    values: dict[str, Any] = {}
    refused: list[RefusedLine] = []
    defaults = {field.name: field.default for field in dataclasses.fields(Cohort)}
    for cell in cells:
        field = cell.column.field
        try:
            value = read_field("round", cell.column, cell.raw, None)
            if value is CLEAR and defaults[field] is not dataclasses.MISSING:
                value = defaults[field]
            if value in (NOTHING, CLEAR) or field in values:
                continue
            check(dataclasses.replace(Cohort(id="-", name="-"), **{field: value}))
            values[field] = value
        except CauNoiError as error:
            bad = RefusedCell(cell.column.heading, field, shown(cell.raw)[:200], error)
            refused.append(RefusedLine(cell.sheet, cell.line, cell.column.heading, (bad,)))
    return values, refused


def _table(head: Head, known: Known) -> tuple[list[tuple[Row, Any]] | None, list[RefusedLine]]:
    """Read a table; None for its rows where it says nothing at all."""
    marks = {column.index: decimal_of(head, column) for column in head.columns}
    read: dict[Any, tuple[Row, Any]] = {}
    refused: list[RefusedLine] = []
    is_cleared = False
    for index, cells in enumerate(head.sheet.rows[head.first_row :], start=head.first_row):
        if is_passed_over(head, cells, index):
            continue
        row, bad = read_row(head, cells, index + 1, marks)
        if not bad and clears(row):
            is_cleared = True
            continue
        if not row.values and not bad:
            continue
        value = _value(head, row, known, read)
        if isinstance(value, RefusedCell) and value.field not in {cell.field for cell in bad}:
            bad.append(value)
        if bad:
            refused.append(_line(head, row, bad))
        else:
            read[_KEYS[head.kind](value)] = (row, value)
    return (list(read.values()) if read or is_cleared else None), refused


def _value(head: Head, row: Row, known: Known, read: Mapping[Any, Any]) -> Any:
    value = _MAKERS[head.kind](row, known)
    if isinstance(value, RefusedCell) or _KEYS[head.kind](value) not in read:
        return value
    field = next((one for one in _TOLD_BY[head.kind] if one in row.cells), "")
    content = row.cells.get(field, ("", ""))[1]
    error = InvalidField(field=field, value=content, expected="an entry once in the file")
    return row.refused(field, error)


def _line(head: Head, row: Row, bad: Sequence[RefusedCell]) -> RefusedLine:
    told = (row.cells.get(field, ("", ""))[1] for field in _TOLD_BY[head.kind])
    return RefusedLine(head.sheet.name, row.line, next(filter(None, told), ""), tuple(bad))


def _of_the_round(
    head: Head, read: Sequence[tuple[Row, PairRule]], cohort: Cohort
) -> tuple[tuple[PairRule, ...], list[RefusedLine]]:
    """Part pair rules by whether both of the pair are in the round."""
    startups = frozenset(cohort.startups)
    programmes = frozenset(one.programme_id for one in cohort.intakes)
    kept: list[PairRule] = []
    refused: list[RefusedLine] = []
    for row, rule in read:
        try:
            check_members(rule, startups, programmes)
            kept.append(rule)
        except LimitInvalid as error:
            is_startup = error.facts["about"] == rule.startup_id
            fields = [f for f in row.cells if f.startswith("startup" if is_startup else "prog")]
            refused.append(_line(head, row, [row.refused(fields[0], error)]))
    return tuple(kept), refused


def _laid(values: Mapping[str, Any], present: Cohort | None, id_: str) -> Cohort:
    base = present if present is not None else Cohort(id=id_, name="-")
    return dataclasses.replace(base, **values)


def _named(values: Mapping[str, Any], present: Cohort | None) -> Cohort | None:
    """The cohort that the file makes; a new one takes its id of its name where it has none."""
    if present is not None:
        return _laid({name: v for name, v in values.items() if name != "id"}, present, present.id)
    id = values.get("id") or slug(values.get("name", ""))
    return _laid(values, None, id) if id and "name" in values else None


def _ignored(heads: Sequence[Head]) -> list[str]:
    return [
        f"{head.sheet.name}: {' > '.join(filter(None, levels))}"
        for head in heads
        for index, levels in enumerate(head.headings)
        if index not in {column.index for column in head.columns}
        and any(levels)
        and not is_counter(levels[-1])
    ]


def _nothing_known(filename: str, sheets: Sequence[Sheet]) -> NoKnownHeadings:
    found = tuple(str(c) for s in sheets for row in s.rows[:3] for c in row if c)[:20]
    known = tuple(label_of(table, field, "vi") for table in TABLES for field in forms_of(table))
    return NoKnownHeadings(file=filename, found=found, known=tuple(dict.fromkeys(known)))
