"""Which sheet of a file holds which part of a cohort."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from data.cohort_headings import ROUND, TABLES, column_of, heads_of, is_named_for
from data.folding import words
from data.headings import Column
from data.heads import Head, heading_text
from data.sheets import Cell, Limits, Sheet, sheets_of
from data.workbook_parts import OLE, ZIP

FEWEST_LABELS = 2
"""Labels of a round that tell a sheet that is not named for it."""
LOOKED_THROUGH = 60
"""Rows in which the round's own data is looked for."""
_NAMED = 2.0


@dataclass(frozen=True, slots=True)
class RoundCell:
    """A cell of the round's own data, and what stands beside it."""

    sheet: str
    line: int
    column: Column
    raw: Cell


@dataclass(frozen=True, slots=True)
class Found:
    """The parts of a cohort in a file: tables in the order of :data:`TABLES`.

    ``passed_over`` are sheets of which nothing is known, ``ignored`` labels beside the round's own
    data that are not.
    """

    sheets: tuple[Sheet, ...]
    heads: tuple[Head, ...]
    round_cells: tuple[RoundCell, ...]
    passed_over: tuple[Sheet, ...]
    ignored: tuple[str, ...]


def found_in(source: bytes, filename: str, limits: Limits) -> Found:
    """Find the parts of a cohort in a file; raises as :func:`data.sheets.sheets_of` does.

    Each sheet is taken for one part, and each part from one sheet: those that fit best. The
    round's own data may also stand above a table.
    """
    sheets = sheets_of(source, filename, limits)
    if not source.startswith((ZIP, OLE)):
        sheets = (max(sheets, key=_likeness),)  # the same table, read by other delimiters
    heads = _best_heads(sheets)
    ours = {id(head.sheet): head for head in heads}
    cells: list[RoundCell] = []
    ignored: list[str] = []
    for sheet in sheets:
        head = ours.get(id(sheet))
        found = _above(head) if head is not None else _own(sheet)
        ignored += _unknown_labels(sheet, found) if head is None else ()
        cells += found
    told = {cell.sheet for cell in cells}
    passed_over = [s for s in sheets if id(s) not in ours and s.name not in told and _filled(s)]
    ordered = sorted(heads, key=lambda head: TABLES.index(head.kind))
    return Found(sheets, tuple(ordered), tuple(cells), tuple(passed_over), tuple(ignored))


def _best_heads(sheets: Sequence[Sheet]) -> list[Head]:
    every = [head for sheet in sheets for head in _heads(sheet)]
    chosen: list[Head] = []
    for head in sorted(every, key=lambda one: -one.score):
        if all(head.sheet is not one.sheet and head.kind != one.kind for one in chosen):
            chosen.append(head)
    return chosen


def _heads(sheet: Sheet) -> list[Head]:
    """Every way to take a sheet for a table that is likelier than the round's own data.

    What stands above a table does not speak against it, unless the sheet is named for the round.
    """
    own = _own(sheet)
    every = [head for table in TABLES for head in heads_of(sheet, table)]
    if is_named_for(sheet, ROUND):
        return [head for head in every if head.score > _round_score(sheet)]
    return [h for h in every if h.score > sum(cell.line >= h.first_row for cell in own)]


def _likeness(sheet: Sheet) -> float:
    return max([head.score for head in _heads(sheet)] + [_round_score(sheet)])


def _round_score(sheet: Sheet) -> float:
    own = _own(sheet)
    return len(own) + _NAMED * is_named_for(sheet, ROUND) if own else 0.0


def _own(sheet: Sheet) -> list[RoundCell]:
    """The round's own data on a sheet of its own: labels before their values, or over them."""
    is_named = is_named_for(sheet, ROUND)
    rows = sheet.rows[:LOOKED_THROUGH]
    beside, over = list(_beside(sheet, rows)), list(_over(sheet, rows))
    best = max(beside, over, key=len)
    return best if len(best) >= (1 if is_named else FEWEST_LABELS) else []


def _above(head: Head) -> list[RoundCell]:
    """The round's own data above a table; short labels such as ``Từ`` mean other things there."""
    levels = max(map(len, head.headings))
    cells = _beside(head.sheet, head.sheet.rows[: max(head.first_row - levels, 0)])
    return [cell for cell in cells if len(words(cell.column.heading).split()) > 1]


def _unknown_labels(sheet: Sheet, found: Sequence[RoundCell]) -> Iterator[str]:
    """Texts with something beside them, below the first label that is known."""
    lines = {cell.line for cell in found}
    for line, row in enumerate(sheet.rows[:LOOKED_THROUGH], start=1):
        filled = dict.fromkeys(cell for cell in row if cell is not None)
        texts = [text for cell in filled if (text := heading_text(cell)) and not text.isdigit()]
        is_told = not lines or line < min(lines) or line in lines
        if not is_told and texts and len(filled) > 1:
            yield f"{sheet.name}: {texts[0]}"


def _beside(sheet: Sheet, rows: Sequence[Sequence[Cell]]) -> Iterator[RoundCell]:
    """Labels and the values after them in the same row, several pairs perhaps."""
    for index, row in enumerate(rows):
        column: Column | None = None
        for place, cell in enumerate(row):
            label, rest = _parted(place, cell)
            if label is not None and (column is None or rest is None):
                column = label
            elif column is not None and cell is not None:
                rest = cell
            if column is not None and rest is not None:
                yield RoundCell(sheet.name, index + 1, column, rest)
                column = None


def _parted(place: int, cell: Cell) -> tuple[Column | None, Cell]:
    """A cell as a label, or as a label and its value (``Từ ngày: 1/3/2026``), or as a value."""
    text = heading_text(cell)
    column = column_of(ROUND, place, (text,)) if text else None
    if column is not None and ":" not in text.rstrip(": "):
        return column, None
    before, colon, after = text.partition(":")
    labelled = column_of(ROUND, place, (before,)) if colon and after.strip() else None
    return (labelled, after.strip()) if labelled is not None else (None, cell)


def _over(sheet: Sheet, rows: Sequence[Sequence[Cell]]) -> Iterator[RoundCell]:
    """Labels in one row and their values in the next."""
    for index, (upper, lower) in enumerate(pairwise(rows)):
        texts = [(place, heading_text(cell)) for place, cell in enumerate(upper)]
        columns = [column_of(ROUND, place, (text,)) for place, text in texts if text]
        if len(columns) >= FEWEST_LABELS and None not in columns:
            for column in columns:
                if column is not None and column.index < len(lower):
                    yield RoundCell(sheet.name, index + 2, column, lower[column.index])
            return


def _filled(sheet: Sheet) -> bool:
    return any(cell is not None for row in sheet.rows for cell in row)
