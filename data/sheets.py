"""The bytes of a CSV or Excel file -> sheets of plain cells, with guards against hostile files."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import openpyxl
import python_calamine

from data.legacy_fonts import decoded, repaired
from data.workbook_parts import OLE, ZIP, check_parts, is_locked
from matcher.errors import BodyTooLarge, CauNoiError, FileLocked, FileUnreadable

Cell = str | float | bool | date | None

DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may hold at most; ``unpacked_bytes`` and ``parts`` are of an .xlsx unpacked."""

    file_bytes: int = 20_000_000
    unpacked_bytes: int = 100_000_000
    parts: int = 2_000
    rows: int = 50_000
    columns: int = 400


class Restored(str):
    """A text that the file has in the signs of an old font, made readable; ``was`` is as it was."""

    was: str

    def __new__(cls, text: str, was: str) -> Restored:
        """Make it of both."""
        made = super().__new__(cls, text)
        made.was = was
        return made


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of cells; row ``i`` is line ``i + 1`` as a spreadsheet shows it.

    Text is in NFC or as the file has it; an empty text is ``None``; numbers are floats. Every cell
    of a merged range holds the range's content. A percentage is text such as ``7.5%``.
    """

    name: str
    rows: tuple[tuple[Cell, ...], ...]


def sheets_of(content: bytes, filename: str, limits: Limits = Limits()) -> tuple[Sheet, ...]:
    """Read every sheet of a file, told by its content and not by its name.

    A CSV gives one sheet for each delimiter by which it can be read: the caller takes the one
    whose headings it knows.

    Raises
    ------
    BodyTooLarge
        Above ``limits.file_bytes``, or above ``limits.unpacked_bytes`` once unpacked.
    FileLocked
        If a password is needed to open it.
    FileUnreadable
        If it is neither CSV nor Excel, is damaged, or has too many rows, columns or parts.
    """
    if len(content) > limits.file_bytes:
        raise BodyTooLarge(limit=limits.file_bytes)
    if content.startswith(ZIP):
        read = _xlsx(content, filename, limits)
    elif content.startswith(OLE):
        read = _xls(content, filename)
    else:
        read = _csv(content, filename)
    return tuple(_within(sheet, filename, limits) for sheet in read)


def _within(sheet: Sheet, filename: str, limits: Limits) -> Sheet:
    if len(sheet.rows) > limits.rows:
        raise FileUnreadable(file=filename, cause=f"more than {limits.rows} rows")
    return sheet


def _xlsx(content: bytes, filename: str, limits: Limits) -> list[Sheet]:
    try:
        check_parts(content, filename, limits.unpacked_bytes, limits.parts)
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        return [_xlsx_sheet(sheet, filename, limits) for sheet in book.worksheets]
    except CauNoiError:
        raise
    except Exception as error:  # a damaged part makes openpyxl raise anything at all
        raise FileUnreadable(file=filename, cause=str(error)[:200]) from error


def _xlsx_sheet(sheet: Any, filename: str, limits: Limits) -> Sheet:
    if sheet.max_row > limits.rows or sheet.max_column > limits.columns:
        cause = f"more than {limits.rows} rows or {limits.columns} columns"
        raise FileUnreadable(file=filename, cause=cause)
    rows = [[_xlsx_cell(cell) for cell in row] for row in sheet.iter_rows(min_row=1, min_col=1)]
    for area in sheet.merged_cells.ranges:
        _fill(rows, (area.min_row - 1, area.min_col - 1), (area.max_row - 1, area.max_col - 1))
    return Sheet(sheet.title, tuple(map(tuple, rows)))


def _xlsx_cell(cell: Any) -> Cell:
    if isinstance(cell.value, (int, float)) and "%" in (cell.number_format or ""):
        return f"{round(cell.value * 100, 10):g}%"
    return _cell(cell.value)


def _xls(content: bytes, filename: str) -> list[Sheet]:
    if is_locked(content):
        raise FileLocked(file=filename)
    try:
        book = python_calamine.load_workbook(io.BytesIO(content))
        return [_xls_sheet(book.get_sheet_by_name(name)) for name in book.sheet_names]
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # calamine panics on damage, which is no Exception
        if "password" in str(error).casefold():
            raise FileLocked(file=filename) from None
        raise FileUnreadable(file=filename, cause=str(error)[:200]) from error


def _xls_sheet(sheet: Any) -> Sheet:
    rows = [[_cell(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    for first, last in sheet.merged_cell_ranges or ():
        _fill(rows, first, last)
    return Sheet(sheet.name, tuple(map(tuple, rows)))


def _fill(rows: list[list[Cell]], first: tuple[int, int], last: tuple[int, int]) -> None:
    """Write the content of a merged range's first cell into all its cells."""
    if first[0] >= len(rows) or first[1] >= len(rows[first[0]]):
        return
    content = rows[first[0]][first[1]]
    for row in rows[first[0] : last[0] + 1]:
        for index in range(first[1], min(last[1] + 1, len(row))):
            row[index] = content


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return _read(value) if value.strip() else None
    if isinstance(value, (bool, date)) or value is None:
        return value
    if isinstance(value, (int, float)):
        return float(value)
    return str(value)  # a time of day or a duration: refused by whatever field it stands in


def _read(text: str) -> str:
    readable = repaired(text)
    return text if readable == text else Restored(readable, text)


def _csv(content: bytes, filename: str) -> list[Sheet]:
    text = _text(content, filename)
    read = []
    for delimiter in DELIMITERS:
        try:
            rows = tuple(_csv_rows(text, delimiter))
        except csv.Error as error:
            failure = error
            continue
        read.append(Sheet(filename, rows))
    if not read:
        raise FileUnreadable(file=filename, cause=str(failure)[:200])
    return read


def _csv_rows(text: str, delimiter: str) -> Iterator[tuple[Cell, ...]]:
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
        yield tuple(_cell(value) for value in row)


def _text(content: bytes, filename: str) -> str:
    """Decode by mark, then as UTF-16 by its zero bytes, then as UTF-8, then as Vietnamese ANSI."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strictly(content, "utf-16", filename)
    if content.startswith(codecs.BOM_UTF8):
        return _strictly(content, "utf-8-sig", filename)
    if b"\0" in content[:400]:
        little = content[1:400:2].count(0) >= content[0:400:2].count(0)
        return _strictly(content, "utf-16-le" if little else "utf-16-be", filename)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return decoded(content, filename)


def _strictly(content: bytes, encoding: str, filename: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileUnreadable(file=filename, cause=f"not {encoding}: {error.reason}") from error
