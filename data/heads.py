"""Where a table begins in a sheet: its headings, of one level or two, and its first row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from data.headings import Column, columns_of, kind_bonus
from data.sheets import Cell, Sheet

LOOKED_THROUGH = 30
"""Rows among which the headings are looked for."""
FEWEST_HEADINGS = 2
"""A row with fewer recognised headings than this, one of them a name or an id, is no heading."""
LONGEST_HEADING = 120


@dataclass(frozen=True, slots=True)
class Head:
    """Where a table begins: its sheet, its kind, its headings and the index of its first row."""

    sheet: Sheet
    kind: str
    headings: tuple[tuple[str, ...], ...]
    columns: tuple[Column, ...]
    first_row: int
    score: float


def heads_of(sheet: Sheet, kind: str) -> Iterator[Head]:
    """Try each of the first rows as headings, alone and as the upper of two levels."""
    for index in range(min(LOOKED_THROUGH, len(sheet.rows))):
        upper = tuple(heading_text(cell) for cell in sheet.rows[index])
        yield from _head(sheet, kind, tuple((text,) for text in upper), index + 1)
        if index + 1 < len(sheet.rows):
            lower = tuple(heading_text(cell) for cell in sheet.rows[index + 1])
            for head in _head(sheet, kind, two_levels(upper, lower), index + 2):
                yield _untitled(head, upper, lower)


def _head(
    sheet: Sheet, kind: str, headings: tuple[tuple[str, ...], ...], first_row: int
) -> Iterator[Head]:
    columns = columns_of(kind, headings)
    fields = {column.field for column in columns}
    if len(fields) < FEWEST_HEADINGS or not fields & {"id", "name"}:
        return
    levels = max(len(levels) for levels in headings)
    score = len(columns) + kind_bonus(kind, headings) - 0.4 * levels - 0.01 * first_row
    yield Head(sheet, kind, headings, columns, first_row, score)


def _untitled(head: Head, upper: Sequence[str], lower: Sequence[str]) -> Head:
    """Take a title off the headings under it: one text over all columns groups nothing."""
    if not upper or {text for text in upper if text} != {upper[0]}:
        return head
    headings = tuple((text,) for text in lower)
    return replace(head, headings=headings, columns=columns_of(head.kind, headings))


def heading_text(cell: Cell) -> str:
    """Return a cell as a heading; a long text is none."""
    is_short = isinstance(cell, str) and len(cell) <= LONGEST_HEADING
    return " ".join(str(cell).split()) if is_short else ""


def two_levels(upper: Sequence[str], lower: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Join two rows of headings; an empty upper cell over a filled lower one takes its left's."""
    joined: list[tuple[str, ...]] = []
    group = ""
    width = max(len(upper), len(lower))
    for index in range(width):
        above = upper[index] if index < len(upper) else ""
        below = lower[index] if index < len(lower) else ""
        group = above or (group if below else "")
        joined.append((group, below) if below and below != group else (group,))
    return tuple(joined)
