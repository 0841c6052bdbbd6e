"""One row of a cohort's table -> its value: a startup, an intake, a pair rule or a quota."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from data.cells import CLEAR, NOTHING, Cell, read_cell, shown
from data.cohort_headings import forms_of
from data.entries import RefusedCell, cell_at, lacking
from data.folding import nfc
from data.headings import Column
from data.heads import Head
from data.named_profiles import Names
from data.taxonomies import code_of, terms
from matcher.cohort import Cohort, Intake, PairRule, Quota
from matcher.errors import CauNoiError, InvalidField, NameAmbiguous, NameNotFound, UnknownCode
from matcher.limits import VOCABULARY_OF, check_quota, check_rule
from matcher.profile import check

STARTUP = ("id", "tax_code", "name")
PROGRAMME = ("id", "name")
RULED_STARTUP = ("startup_id", "startup_name")
RULED_PROGRAMME = ("programme_id", "programme_name")


@dataclass(frozen=True, slots=True)
class Row:
    """What the cells of a row say, by field, and how they stand in the file."""

    line: int
    values: Mapping[str, Any]
    cells: Mapping[str, tuple[str, str]]

    def refused(self, field: str, error: CauNoiError) -> RefusedCell:
        """The refusal of one field of the row."""
        heading, content = self.cells.get(field, ("", ""))
        return RefusedCell(heading, field, content, error)


@dataclass(frozen=True, slots=True)
class Known:
    """What rows are read against: the profiles that are kept, and the cohort so far."""

    startups: Names
    programmes: Names
    present: Cohort | None = None

    def intake(self, programme_id: str) -> Intake:
        """What the cohort has of a programme already."""
        ours = self.present.intakes if self.present is not None else ()
        kept = (one for one in ours if one.programme_id == programme_id)
        return next(kept, Intake(programme_id=programme_id))


def read_row(
    head: Head, cells: Sequence[Cell], line: int, marks: Mapping[int, str | None]
) -> tuple[Row, list[RefusedCell]]:
    """Read the cells of a row; those that their fields cannot hold are refused, one by one."""
    values: dict[str, Any] = {}
    told: dict[str, tuple[str, str]] = {}
    bad: list[RefusedCell] = []
    for column in head.columns:
        raw = cell_at(cells, column)
        told[column.field] = (column.heading, shown(raw)[:200])
        try:
            value = read_field(head.kind, column, raw, marks.get(column.index))
        except CauNoiError as error:
            bad.append(RefusedCell(column.heading, column.field, shown(raw)[:200], error))
            continue
        if value is not NOTHING:
            values[column.field] = value
    return Row(line, values, told), bad


def read_field(table: str, column: Column, raw: Cell, decimal: str | None) -> Any:
    """Read a cell: a value, NOTHING or CLEAR; raises InvalidField, UnknownCode, TextTooLong."""
    form = forms_of(table)[column.field]
    value = read_cell(form, raw, column, decimal)
    if form.type is date and isinstance(value, int):  # a bare year is no day
        raise InvalidField(field=form.name, value=str(value), expected="date")
    return value


def clears(row: Row) -> bool:
    """Say whether a row empties its whole list: nothing but the word for it."""
    return bool(row.values) and all(value is CLEAR for value in row.values.values())


def startup_of(row: Row, known: Known) -> str | RefusedCell:
    """The id of the startup that a row means."""
    return _meant(row, known.startups, STARTUP)


def intake_of(row: Row, known: Known) -> Intake | RefusedCell:
    """What a programme takes; what the row leaves open stays as the cohort has it."""
    id = _meant(row, known.programmes, PROGRAMME)
    if isinstance(id, RefusedCell):
        return id
    return _held(row, dataclasses.replace(known.intake(id), **_given(row, Intake)))


def rule_of(row: Row, known: Known) -> PairRule | RefusedCell:
    """What is ruled about a pair."""
    startup = _meant(row, known.startups, RULED_STARTUP)
    programme = _meant(row, known.programmes, RULED_PROGRAMME)
    for one in (startup, programme):
        if isinstance(one, RefusedCell):
            return one
    given = {"ruling": None} | _given(row, PairRule)
    if given["ruling"] is None:
        return lacking("ruling")
    given |= {"startup_id": startup, "programme_id": programme}
    return _held(row, PairRule(**given), check_rule, "why")


def quota_of(row: Row, known: Known) -> Quota | RefusedCell:
    """A limit; its value is read by the vocabulary of its attribute."""
    given = _given(row, Quota)
    for field in ("name", "attribute", "value"):
        if given.get(field) is None:
            return lacking(field)
    try:
        given["value"] = _value(given["attribute"], given["value"])
    except UnknownCode as error:
        return row.refused("value", error)
    return _held(row, Quota(**given), check_quota, "at_least")


def _value(attribute: str, text: str) -> str:
    vocabulary = VOCABULARY_OF[attribute]
    if vocabulary is None:
        return nfc(text)
    code = code_of(vocabulary, text)
    if code is None:
        raise UnknownCode(field="value", value=text[:80], known=tuple(terms(vocabulary)))
    return code


def _given(row: Row, kind: type) -> dict[str, Any]:
    """The values of a row that are fields of a class; a cleared one takes its default."""
    given: dict[str, Any] = {}
    for field in dataclasses.fields(kind):
        value = row.values.get(field.name, NOTHING)
        if value is CLEAR:
            value = None if field.default is dataclasses.MISSING else field.default
        if value is not NOTHING:
            given[field.name] = value
    return given


def _held(
    row: Row, value: Any, more: Callable[[Any], None] | None = None, field: str = ""
) -> Any | RefusedCell:
    """Check a value; what another check refuses is told beside the named field."""
    try:
        check(value)
        if more is not None:
            more(value)
    except CauNoiError as error:
        return row.refused(str(error.facts.get("field", field)).partition(".")[0], error)
    return value


def _meant(row: Row, names: Names, fields: Sequence[str]) -> str | RefusedCell:
    """The id that the first filled of these fields means; the others must mean no other."""
    texts = {f: str(v) for f in fields if (v := row.values.get(f)) is not None and v is not CLEAR}
    if not texts:
        return lacking(fields[-1])
    first = next(iter(texts))
    try:
        id = _found(names, texts[first], row.values.get("organisation"))
    except CauNoiError as error:
        return row.refused(first, error)
    for field, text in texts.items():
        try:
            other = names.find(text)
        except (NameNotFound, NameAmbiguous):
            continue
        if other != id:
            expected = "the same profile as the id"
            return row.refused(field, InvalidField(field=field, value=text, expected=expected))
    return id


def _found(names: Names, text: str, organisation: Any) -> str:
    """Look a name up, with its organisation first where that is told beside it."""
    if isinstance(organisation, str) and text not in names:
        try:
            return names.find(f"{organisation} {text}")
        except NameNotFound:
            pass
    return names.find(text)
