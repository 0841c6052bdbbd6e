"""Workbooks of the import: the form to fill in, and the rows that were refused with what is wrong.

No cell of them is ever a formula.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter

from data.bodies import class_of
from data.exporting import guarded
from data.headings import field_of, label_of
from data.sheets import Cell
from data.taxonomies import terms
from matcher.profile import FieldForm, Money, forms

TEMPLATE_ROWS = 500
"""Rows of a column of codes that offer the names to choose from."""
_PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
_WIDE = 26
_LONGEST_CELL = 32_000
_SHEETS = {"form": "Hồ sơ (Profiles)", "guide": "Hướng dẫn (Guide)", "codes": "Danh mục (Codes)"}
_GUIDE = ("Cột", "Column", "Bắt buộc (Required)", "Cách ghi", "How to write it")


def heading_of(kind: str, field: str) -> str:
    """A heading in both languages that loading knows again; in Vietnamese alone where none is."""
    vi, en = label_of(field, "vi"), label_of(field, "en")
    both = (f"{vi} ({en})", f"{vi}, {en}") if vi != en else ()
    return next((text for text in both if field_of(kind, text) == field), vi)


def template(kind: str, writing: Mapping[str, tuple[str, str]]) -> bytes:
    """An .xlsx to fill in: headings in both languages, a guide, and every code with its names.

    Parameters
    ----------
    writing
        How to write each type of content, in Vietnamese and English; see :func:`form_name`.

    Raises
    ------
    UnknownName
        For an unknown kind.
    """
    known = list(forms(class_of(kind)).values())
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _PLAIN) as book:
        bold = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E4F0F1"}
        )
        must = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#FDF3DC"}
        )
        sheet = book.add_worksheet(_SHEETS["form"])
        guide = book.add_worksheet(_SHEETS["guide"])
        places = _codes(book.add_worksheet(_SHEETS["codes"]), known, bold)
        sheet.freeze_panes(1, 1)
        for place, form in enumerate(known):
            look = must if form.required else bold
            sheet.write_string(0, place, heading_of(kind, form.name), look)
            sheet.set_column(place, place, _WIDE)
            if form.vocabulary in places and not form.many:
                source = {"validate": "list", "source": places[form.vocabulary]}
                sheet.data_validation(
                    1, place, TEMPLATE_ROWS, place, source | {"error_type": "warning"}
                )
        _guide(guide, known, writing, bold)
    return out.getvalue()


def refused_workbook(
    headings: Sequence[str], rows: Iterable[Sequence[Cell]], wrong: Sequence[str]
) -> bytes:
    """An .xlsx of rows as the file has them, each with what is wrong in its last column.

    ``wrong`` is that column: its heading, then a sentence for each row.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _PLAIN) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("Cầu Nối")
        sheet.freeze_panes(1, 0)
        for place, text in enumerate((*headings, wrong[0])):
            sheet.write_string(0, place, guarded(text), bold)
        for index, (row, why) in enumerate(zip(rows, wrong[1:], strict=True), start=1):
            for place, cell in enumerate((*row, why)):
                _write(sheet, index, place, cell)
        sheet.set_column(0, len(headings) - 1, _WIDE)
        sheet.set_column(len(headings), len(headings), 3 * _WIDE)
    return out.getvalue()


def form_name(form: FieldForm) -> str:
    """The name of a field's kind of content, for a guide or a hint."""
    if form.vocabulary is not None and form.type is str:
        return "codes" if form.many else "code"
    if form.name.endswith("_email"):
        return "email"
    if form.name.endswith("_year"):
        return "year"
    if form.many and form.type in (str, int):
        return "months" if form.type is int else "texts"
    named = {str: "text", int: "whole", float: "number", bool: "bool", date: "day", Money: "money"}
    return named.get(form.type, form.type.__name__.casefold())


def _write(sheet: Any, row: int, place: int, cell: Cell) -> None:
    if isinstance(cell, bool) or cell is None:
        sheet.write(row, place, cell)
    elif isinstance(cell, float):
        sheet.write_number(row, place, cell)
    else:
        text = cell if isinstance(cell, str) else f"{cell:%d/%m/%Y}"
        sheet.write_string(row, place, guarded(text[:_LONGEST_CELL]))


def _guide(
    sheet: Any, known: Sequence[FieldForm], writing: Mapping[str, tuple[str, str]], bold: Any
) -> None:
    for place, text in enumerate(_GUIDE):
        sheet.write_string(0, place, text, bold)
    for row, form in enumerate(known, start=1):
        vi, en = writing[form_name(form)]
        must = "x" if form.required and form.name != "id" else ""
        cells = (label_of(form.name, "vi"), label_of(form.name, "en"), must, vi, en)
        for place, text in enumerate(cells):
            sheet.write_string(row, place, text)
    sheet.set_column(0, 2, _WIDE)
    sheet.set_column(3, 4, 3 * _WIDE)


def _codes(sheet: Any, known: Sequence[FieldForm], bold: Any) -> dict[str | None, str]:
    """Write every vocabulary, three columns each; return where its Vietnamese names stand."""
    used = dict.fromkeys(form.vocabulary for form in known if form.vocabulary)
    places: dict[str | None, str] = {}
    for index, vocabulary in enumerate(used):
        left, listed = 4 * index, terms(str(vocabulary)).values()
        first = next(form.name for form in known if form.vocabulary == vocabulary)
        for place, text in enumerate((label_of(first, "vi"), label_of(first, "en"), "code")):
            sheet.write_string(0, left + place, text, bold)
        for row, term in enumerate(listed, start=1):
            for place, text in enumerate((term.vi, term.en, term.code)):
                sheet.write_string(row, left + place, text)
        sheet.set_column(left, left + 1, _WIDE)
        column = xlsxwriter.utility.xl_col_to_name(left)
        places[vocabulary] = f"='{_SHEETS['codes']}'!${column}$2:${column}${len(listed) + 1}"
    return places
