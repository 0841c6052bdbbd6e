"""A list of matches as a workbook and as a document, for whoever works without the pages.

The same machinery as for runs: texts are written as texts, guarded against formulas, and the same
list gives the same bytes. Personal data has no place in it.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from xlsxwriter import Workbook

from data.reports.paper import WIDTH, Align, Line, Paper, Side, TableColumn
from data.reports.table import UNNAMED, Cell, Form, Letterhead, Row
from data.reports.workbook import (
    A4,
    BASE,
    COLOURS,
    HEADER_MOST,
    LINE,
    LOOKS,
    MOST_LINES,
    write_cell,
)
from data.texts import Texts

SHEET_NAME_MOST = 31
_HEADING = {"bold": True, "text_wrap": True} | COLOURS
_ALIGN: dict[Form, Align] = {"whole": "right", "points": "right", "share": "right"}


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column: its heading, form and width in letters; ``in_document`` its share of the width of
    a document's table, 0 where it is left out there."""

    heading: str
    form: Form
    width: int
    in_document: float


@dataclass(frozen=True, slots=True)
class MatchTable:
    """Rows under headings, with the title of the sheet or section."""

    title: str
    columns: tuple[ListColumn, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class MatchList:
    """A list that goes out: its title, what is to be said above it, and its tables.

    A document has the head of an office only where ``letterhead`` names its issuer.
    """

    title: str
    about: tuple[str, ...]
    tables: tuple[MatchTable, ...]
    on: date
    letterhead: Letterhead = UNNAMED


def write_matches_workbook(matches: MatchList) -> bytes:
    """Return an XLSX with a sheet for each table; headings stand in the first row."""
    out = io.BytesIO()
    with Workbook(out, {"constant_memory": True}) as book:
        created = datetime.combine(matches.on, time())
        book.set_properties({"title": matches.title, "created": created})
        looks = {name: book.add_format(BASE | look) for name, look in LOOKS.items()}
        heading = book.add_format(BASE | _HEADING)
        for table in matches.tables:
            _write_sheet(book, table, matches.title, looks, heading)
    return out.getvalue()


def write_matches_document(matches: MatchList, lang: str) -> bytes:
    """Return a DOCX: title, what is said above, and the tables; numbers as the language writes."""
    paper = Paper(matches.title, lang, matches.on)
    if matches.letterhead.issuer:
        paper.add_sides(*_heads(matches.letterhead, matches.letterhead.issuer, Texts(lang)))
    paper.add(Line(text=matches.title, size=15, bold=True, align="center", after=8, level=0))
    paper.add(*(Line(text=text, after=4) for text in matches.about))
    for table in matches.tables:
        paper.add(Line(text=table.title, bold=True, before=8, after=4, level=1))
        kept = [place for place, column in enumerate(table.columns) if column.in_document]
        paper.add_table(
            [_document_column(table.columns[place]) for place in kept],
            [[_text(row[place], lang) for place in kept] for row in table.rows],
        )
    return paper.content()


def _heads(head: Letterhead, issuer: str, texts: Texts) -> tuple[Side, Side]:
    """The office and the nation, side by side."""
    left = (_headed(head.parent or "", 12), _headed(issuer, 12, bold=True, rule=24))
    motto = Line(text=texts.report("document.motto"), bold=True, align="center", rule=62, after=14)
    right = (_headed(texts.report("document.nation"), 12, bold=True), motto)
    return Side(62, left), Side(103, right)


def _headed(text: str, size: float, *, bold: bool = False, rule: float = 0) -> Line:
    after = 14 if rule else 0
    return Line(text=text.upper(), size=size, bold=bold, align="center", rule=rule, after=after)


def _document_column(column: ListColumn) -> TableColumn:
    align = _ALIGN.get(column.form, "left")
    return TableColumn(column.heading, WIDTH * column.in_document, align)


def _text(cell: Cell, lang: str) -> str:
    if isinstance(cell, float):
        text = f"{cell:.2f}"
        return text.replace(".", ",") if lang == "vi" else text
    return "" if cell is None else str(cell)


def _write_sheet(book: Any, table: MatchTable, title: str, looks: Any, heading: Any) -> None:
    sheet = book.add_worksheet(table.title[:SHEET_NAME_MOST])
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width, looks[column.form])
    _set_up_print(sheet, table, title)
    sheet.set_row(0, 2 * LINE)
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.heading, heading)
    for line, row in enumerate(table.rows, 1):
        sheet.set_row(line, LINE * _lines(table.columns, row))
        for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            write_cell(sheet, line, place, cell, looks[column.form])


def _lines(columns: Sequence[ListColumn], row: Row) -> int:
    needed = (
        sum(math.ceil(max(1, len(part)) / (1.2 * column.width)) for part in cell.split("\n"))
        for column, cell in zip(columns, row, strict=True)
        if isinstance(cell, str)
    )
    return min(max(needed, default=1), MOST_LINES)


def _set_up_print(sheet: Any, table: MatchTable, title: str) -> None:
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.5, right=0.5, top=0.75, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_header("&L" + title[:HEADER_MOST].replace("&", "&&") + "&R&A")
    sheet.set_footer("&C&P/&N")
