"""XLSX: one sheet for each table, ready to be filtered and printed.

Written by xlsxwriter rather than openpyxl: it streams rows to disk (constant memory), writes 20,000
startups several times faster, and always writes the same bytes for the same report.
"""

from __future__ import annotations

import io
from datetime import datetime, time
from typing import Any

from xlsxwriter import Workbook

from data.reports.naming import Naming
from data.reports.rows import tables_of
from data.reports.table import Cell, Column, Form, RunReport, Table, guarded
from matcher.outcome import Shortfall

NUMBER_FORMATS: dict[Form, str] = {
    "text": "@",
    "long": "General",
    "whole": "#,##0",
    "points": "#,##0.00",
    "share": "0.0%",
    "amount": "#,##0.##",
}
A4 = 9
HEADER_MOST = 120
MOST_LETTERS = 32_767
"""That a cell can hold."""

_HEADING = {"bold": True, "text_wrap": True, "valign": "vcenter", "align": "center", "border": 1}
_COLOURS = {"bg_color": "#1F4E79", "font_color": "#FFFFFF"}
_BASE = {"font_name": "Times New Roman", "font_size": 11, "valign": "top"}


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
                "title": naming.texts.report("title", cohort=report.cohort.name, run=report.run),
                "created": datetime.combine(report.day, time()),
            }
        )
        forms = {form: book.add_format(_BASE | _look(form)) for form in NUMBER_FORMATS}
        heading = book.add_format(_BASE | _HEADING | _COLOURS)
        for table in tables_of(naming):
            if table.rows or (solved and table.name != "ways_out"):
                _write(book, table, naming, forms, heading)
    return out.getvalue()


def _look(form: Form) -> dict[str, Any]:
    wraps = form in ("text", "long")
    return {"num_format": NUMBER_FORMATS[form], "text_wrap": wraps}


def _write(book: Any, table: Table, naming: Naming, forms: dict[Form, Any], heading: Any) -> None:
    sheet = book.add_worksheet(naming.texts.report(f"sheet.{table.name}"))
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width, forms[column.form])
    _set_up_print(sheet, table, naming)
    sheet.set_row(0, 48)
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, naming.texts.report(f"column.{column.key}"), heading)
    for line, row in enumerate(table.rows, 1):
        for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            _write_cell(sheet, line, place, cell, forms[_form(column, cell)])


def _form(column: Column, cell: Cell) -> Form:
    """A number among texts, as in the grounds, is written as a number."""
    if isinstance(cell, (int, float)) and column.form in ("text", "long"):
        return "amount"
    return column.form


def _write_cell(sheet: Any, line: int, place: int, cell: Cell, form: Any) -> None:
    """Texts are always written as texts, so that none can become a formula or a link."""
    if isinstance(cell, str):
        sheet.write_string(line, place, guarded(cell)[:MOST_LETTERS], form)
    elif isinstance(cell, (int, float)):
        sheet.write_number(line, place, cell, form)
    elif cell is not None:
        sheet.write_string(line, place, cell.isoformat(), form)


def _set_up_print(sheet: Any, table: Table, naming: Naming) -> None:
    """A4 landscape, as wide as the page, the headings on every page; ids stay on the screen."""
    rows, columns = len(table.rows), len(table.columns)
    printed = sum(column.printed for column in table.columns)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(rows, 1), columns - 1)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.5, right=0.5, top=0.75, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.print_area(0, 0, max(rows, 1), printed - 1)
    report = naming.report
    title = naming.texts.report("title", cohort=report.cohort.name[:HEADER_MOST], run=report.run)
    sheet.set_header("&L" + title.replace("&", "&&") + "&R&A")
    sheet.set_footer("&C&P/&N")
