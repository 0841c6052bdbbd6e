"""How a file that is on its way in is read: which sheet, which columns, and which corrections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from data.bodies import class_of
from data.entries import Table, best_head, cell_at, is_passed_over, table_of
from data.headings import Column, chosen_column, columns_of
from data.heads import Head, heading_text
from data.sheets import Cell, Sheet
from matcher.errors import InvalidField
from matcher.profile import forms


@dataclass(frozen=True, slots=True)
class Layout:
    """How a sheet is read.

    Attributes
    ----------
    sheet
        Its place in the file.
    headings
        The heading over each column, from the outer level to the inner.
    first_row
        Index of the first row below them.
    fields
        The columns that are read: place and field.
    fixed
        What a field that has no column holds in every row, as text.
    """

    sheet: int
    headings: tuple[tuple[str, ...], ...]
    first_row: int
    fields: tuple[tuple[int, str], ...]
    fixed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Corrections:
    """What an officer has changed of a file, without touching it.

    Attributes
    ----------
    cells
        Text by line and column; a column is its place, or the field that has no column.
    skipped
        Lines that are left out.
    """

    cells: Mapping[tuple[int, str], str] = field(default_factory=dict)
    skipped: frozenset[int] = frozenset()


NO_CORRECTIONS = Corrections()


def guessed(sheets: Sequence[Sheet], kinds: Sequence[str]) -> tuple[str, Layout]:
    """The kind of profiles and the layout that most headings speak for.

    Where no heading is known, the first of the kinds, and a layout that reads no column of the
    widest sheet: its first filled row is taken for headings.
    """
    best = best_head(sheets, kinds)
    if best is not None:
        return best.kind, _layout(sheets.index(best.sheet), best)
    widest = max(range(len(sheets)), key=lambda place: _width(sheets[place]), default=0)
    rows = sheets[widest].rows if sheets else ()
    top = next((index for index, row in enumerate(rows) if any(c is not None for c in row)), 0)
    texts = rows[top] if rows else ()
    headings = [(heading_text(cell),) for cell in texts]
    padded = _padded(headings, sheets[widest]) if sheets else ()
    return kinds[0], Layout(widest, padded, top + 1, ())


def guessed_columns(kind: str, layout: Layout) -> Layout:
    """The same layout with its columns guessed anew, for another kind of profiles."""
    columns = columns_of(kind, layout.headings)
    fields = tuple((column.index, column.field) for column in columns)
    return replace(layout, fields=fields, fixed=())


def check_layout(kind: str, layout: Layout) -> None:
    """Refuse what cannot be read.

    Raises
    ------
    InvalidField
        If two columns are to be one field, or none holds names or ids; if a field that has a
        column is fixed as well.
    """
    columns = _columns(kind, layout)
    single = [column.field for column in columns if column.language is None]
    single += [name for name, _ in layout.fixed]
    for name in single:
        if single.count(name) > 1:
            raise InvalidField(field=name, value="", expected="one column for each field")
    if not {"id", "name"} & set(single):
        raise InvalidField(field="name", value="", expected="a column of names or ids")


def absent_fields(kind: str, layout: Layout) -> tuple[str, ...]:
    """Fields that a new profile cannot do without and that have no column."""
    known = forms(class_of(kind)).values()
    given = {name for _, name in layout.fields}
    return tuple(f.name for f in known if f.required and f.name != "id" and f.name not in given)


def head_of(
    sheets: Sequence[Sheet], kind: str, layout: Layout, corrections: Corrections = NO_CORRECTIONS
) -> Head:
    """The headings as somebody chose them, over rows that are corrected.

    Fields that a new profile cannot do without and that have no column get one at the right, with
    an empty heading, so that they can be filled in.
    """
    sheet = sheets[layout.sheet]
    width = len(layout.headings)
    given = _columns(kind, layout)
    absent = absent_fields(kind, layout)
    added = tuple(Column(width + place, "", name) for place, name in enumerate(absent))
    bare = Head(sheet, kind, layout.headings, given, layout.first_row, 0.0)
    rows = tuple(_corrected(bare, added, dict(layout.fixed), corrections))
    return replace(bare, sheet=replace(sheet, rows=rows), columns=(*given, *added))


def read_laid_out(
    sheets: Sequence[Sheet], kind: str, layout: Layout, corrections: Corrections = NO_CORRECTIONS
) -> tuple[Head, Table]:
    """Read a file under a layout; rows that are skipped are left out of the table."""
    head = head_of(sheets, kind, layout, corrections)
    return head, table_of(head, corrections.skipped)


def key_of(head: Head, column: Column) -> str:
    """Under which key a column's cells are corrected; see :class:`Corrections`."""
    is_added = column.index >= len(head.headings)
    return column.field if is_added else str(column.index)


def _width(sheet: Sheet) -> int:
    return max(map(len, sheet.rows), default=0)


def _layout(place: int, head: Head) -> Layout:
    fields = tuple((column.index, column.field) for column in head.columns)
    return Layout(place, _padded(head.headings, head.sheet), head.first_row, fields)


def _padded(headings: Sequence[tuple[str, ...]], sheet: Sheet) -> tuple[tuple[str, ...], ...]:
    """Headings as many as there are columns, so that an added column is always further right."""
    return (*headings, *[("",)] * (_width(sheet) - len(headings)))


def _columns(kind: str, layout: Layout) -> tuple[Column, ...]:
    levels = dict(enumerate(layout.headings))
    return tuple(
        chosen_column(kind, place, levels.get(place, ("",)), name) for place, name in layout.fields
    )


def _corrected(
    head: Head, added: Sequence[Column], fixed: Mapping[str, str], corrections: Corrections
) -> Iterator[tuple[Cell, ...]]:
    by_line: dict[int, dict[str, str]] = {}
    for (line, key), text in corrections.cells.items():
        by_line.setdefault(line, {})[key] = text
    for index, row in enumerate(head.sheet.rows):
        changed = by_line.get(index + 1, {})
        is_asked = bool(changed or fixed) and index >= head.first_row
        if not is_asked or is_passed_over(head, row, index):
            yield row
            continue
        given = {
            column.index: changed.get(column.field, fixed.get(column.field)) for column in added
        }
        given |= {column.index: changed.get(str(column.index)) for column in head.columns}
        yield _laid_over(row, {place: text for place, text in given.items() if text is not None})


def _laid_over(row: tuple[Cell, ...], given: Mapping[int, str]) -> tuple[Cell, ...]:
    cells = list(row) + [None] * (max(given, default=-1) + 1 - len(row))
    for place, text in given.items():
        cells[place] = text.strip() or None
    return tuple(cells)


def cells_of(head: Head, line: int) -> Iterator[tuple[str, Column, Cell]]:
    """The cells of a line that are read: key, column, and content."""
    row = head.sheet.rows[line - 1]
    for column in head.columns:
        yield key_of(head, column), column, cell_at(row, column)
