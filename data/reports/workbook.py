"""XLSX: one sheet for each table, ready to be filtered and printed.

Written by xlsxwriter rather than openpyxl: it streams rows to disk (constant memory), writes 20,000
startups several times faster, and always writes the same bytes for the same report.
"""

from __future__ import annotations

import io
import math
from datetime import datetime, time
from typing import Any, Literal

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

from data.exporting import guarded
from data.reports.naming import Naming
from data.reports.rows import tables_of
from data.reports.table import Cell, Column, Form, Row, RunReport, Table
from matcher.outcome import Shortfall

Look = Form | Literal["loose"]
LOOKS: dict[Look, dict[str, Any]] = {
    "text": {"num_format": "@", "text_wrap": True, "align": "left", "indent": 1},
    "long": {"text_wrap": True, "align": "left", "indent": 1},
    "whole": {"num_format": "#,##0"},
    "points": {"num_format": "#,##0.00"},
    "share": {"num_format": "0.0%"},
    "amount": {"num_format": "#,##0.00"},
    "loose": {"align": "left", "indent": 1},
}
"""How cells look; ``loose`` is a number among texts, such as a seed, which has no thousands."""
A4 = 9
HEADER_MOST = 120
MOST_LETTERS = 32_767
"""That a cell can hold."""
LINE, MOST_LINES = 15.0, 27
"""Height of a line in points, and how many a row can be high."""
LETTERS: dict[Form, float] = {"text": 1.2, "long": 1.33}
"""That fit into one unit of a column's width, beside what is lost at the ends of lines."""

_HEADING = {"bold": True, "text_wrap": True, "valign": "vcenter", "align": "center", "border": 1}
COLOURS = {"bg_color": "#1F4E79", "font_color": "#FFFFFF"}
BASE = {
    "font_name": "Times New Roman",
    "font_size": 11,
    "valign": "top",
    "bottom": 1,
    "bottom_color": "#BFBFBF",
}


def write_workbook(report: RunReport, lang: str) -> bytes:
    """Return an XLSX of all tables of a run; ``ways_out`` only where the round has no solution.

    The headings stand in the first row, so that a sheet can be filtered, sorted and read again as
    it is. Raises UnknownName for an unknown language.
    """
    naming = Naming(report, lang)
    solved = not isinstance(report.outcome, Shortfall)
    out = io.BytesIO()
    with Workbook(out, {"constant_memory": True}) as book:
        book.set_properties(
            {
                "title": naming.texts.report("title", cohort=report.cohort.name, run=naming.run),
                "created": datetime.combine(report.day, time()),
            }
        )
        looks = {name: book.add_format(BASE | look) for name, look in LOOKS.items()}
        heading = book.add_format(BASE | _HEADING | COLOURS)
        for table in tables_of(naming):
            if table.rows or (solved and table.name != "ways_out"):
                _write(book, table, naming, looks, heading)
    return out.getvalue()


def _write(book: Any, table: Table, naming: Naming, looks: dict[Look, Any], heading: Any) -> None:
    sheet = book.add_worksheet(naming.texts.report(f"sheet.{table.name}"))
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width, looks[column.form])
    _set_up_print(sheet, table, naming)
    sheet.set_row(0, 3 * LINE)
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, naming.texts.report(f"column.{column.key}"), heading)
    for line, row in enumerate(table.rows, 1):
        sheet.set_row(line, LINE * _lines(table.columns, row))
        for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            write_cell(sheet, line, place, cell, looks[_look(column, cell)])


def _look(column: Column, cell: Cell) -> Look:
    if isinstance(cell, str) or column.form not in ("text", "long", "amount"):
        return column.form
    if column.form == "amount":
        return "whole" if isinstance(cell, int) else "amount"
    return "loose"


def _lines(columns: tuple[Column, ...], row: Row) -> int:
    """Lines that the longest text of a row takes: not every program fits heights by itself."""
    needed = (
        math.ceil(len(cell) / (LETTERS[column.form] * column.width))
        for column, cell in zip(columns, row, strict=True)
        if isinstance(cell, str) and column.form in LETTERS
    )
    return min(max(needed, default=1), MOST_LINES)


def write_cell(sheet: Any, line: int, place: int, cell: Cell, look: Any) -> None:
    """Texts are always written as texts, so that none can become a formula or a link."""
    if isinstance(cell, str):
        sheet.write_string(line, place, guarded(cell)[:MOST_LETTERS], look)
    elif cell is None:
        sheet.write_blank(line, place, None, look)
    else:
        sheet.write_number(line, place, cell, look)


def _set_up_print(sheet: Any, table: Table, naming: Naming) -> None:
    """A4 landscape, as wide as the page, the headings on every page; ids stay on the screen."""
    rows, columns = len(table.rows), len(table.columns)
    printed = sum(column.printed for column in table.columns)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(rows, 1), columns - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{xl_col_to_name(columns - 1)}{rows + 1}"})
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.5, right=0.5, top=0.75, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.print_area(0, 0, max(rows, 1), printed - 1)
    report = naming.report
    title = naming.texts.report("title", cohort=report.cohort.name[:HEADER_MOST], run=naming.run)
    sheet.set_header("&L" + title.replace("&", "&&") + "&R&A")
    sheet.set_footer("&C&P/&N")
