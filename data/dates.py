"""Days as people write them: day before month, ISO, Excel's serial numbers, months in words."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from dateutil import parser

from data.folding import fold

EXCEL_FIRST = date(1899, 12, 30)
SERIALS = (20_000, 80_000)
"""Serial numbers taken for days: 1954-10-03 to 2119-01-10."""
YEARS = (1800, 2100)
LONGEST = 60
"""A longer text is no day."""
CENTURY_TURNS_AT = 70
"""Two-digit years from here on are of the 1900s."""


def day_of(raw: str | float | date) -> date | int | None:
    """Read a day, or a bare year as an ``int``; ``None`` if it is neither.

    A month without its day is read as the first of that month.
    """
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, str):
        return _written(raw)
    return _counted(raw)


def _counted(number: float) -> date | int | None:
    if YEARS[0] <= number <= YEARS[1] and number == int(number):
        return int(number)
    if SERIALS[0] <= number <= SERIALS[1]:
        return EXCEL_FIRST + timedelta(days=int(number))
    return None


def _written(text: str) -> date | int | None:
    if len(text) > LONGEST:
        return None
    bare = re.sub(r"[ t]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[ap]m|z)?$", "", fold(text))
    bare = re.sub(r"\b(ngay|nam|vao|tu|month|date)\b", " ", bare)
    bare = re.sub(r"\s*\b(thang|t)\s*(?=\d)", " / ", bare)
    bare = re.sub(r"\s*[/.\-\s]\s*(?:[/.\-]\s*)*", "/", bare.strip(" /,.-"))
    numbers = bare.split("/")
    if all(part.isdecimal() and part.isascii() for part in numbers):
        return _from_numbers(numbers)
    return _in_words(text)


def _from_numbers(parts: list[str]) -> date | int | None:
    numbers = [int(part) for part in parts]
    if len(parts) == 1:
        return _counted(numbers[0])
    if len(parts) == 2 and len(parts[1]) == 4:
        return _date(numbers[1], numbers[0], 1)
    if len(parts) == 2 and len(parts[0]) == 4:
        return _date(numbers[0], numbers[1], 1)
    if len(parts) != 3:
        return None
    if len(parts[0]) == 4:
        return _date(numbers[0], numbers[1], numbers[2])
    year = numbers[2] if len(parts[2]) == 4 else _full_year(parts[2])
    return _date(year, numbers[1], numbers[0])


def _full_year(part: str) -> int:
    short = int(part)
    if len(part) != 2:
        return 0  # no year: _date refuses it
    return short + (1900 if short >= CENTURY_TURNS_AT else 2000)


def _date(year: int, month: int, day: int) -> date | None:
    if not YEARS[0] <= year <= YEARS[1]:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _in_words(text: str) -> date | None:
    """Read English names of months; a text without a year in four digits is no day."""
    if not re.search(r"\b\d{4}\b", text) or not re.search(r"[A-Za-z]{3}", text):
        return None
    try:
        read = parser.parse(text, dayfirst=True, default=datetime(2000, 1, 1), ignoretz=True)
    except (ValueError, OverflowError):
        return None
    return _date(read.year, read.month, read.day)
