"""One cell of a table -> one field's value.

An empty cell, a dash and a word for "not known" say nothing and leave the field as it is;
``xóa`` or ``clear`` sets it back to unknown; ``không có`` or ``none`` means known to be none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from enum import Enum
from typing import Any

from data.dates import day_of
from data.folding import fold, nfc, place
from data.headings import Column
from data.language_skills import skill_of_level, skills_of
from data.numbers import money_of, number_of
from data.taxonomies import code_of, terms
from matcher.errors import InvalidField, TextTooLong, UnknownCode
from matcher.profile import (
    Alumnus,
    FactSource,
    FieldForm,
    Founder,
    LanguageSkill,
    Money,
    forms,
)

__all__ = ["CLEAR", "NOTHING", "Cell", "read_cell", "shown"]

Cell = str | float | bool | date | None


class Mark(Enum):
    """What a cell says without being a value."""

    NOTHING = "leaves the field as it is"
    CLEAR = "sets the field back to unknown"


NOTHING = Mark.NOTHING
CLEAR = Mark.CLEAR

_UNKNOWN = frozenset(
    ("-", "--", "---", "–", "—", ".", "?", "...", "…", "n/a", "#n/a", "khong ro", "chua ro",
     "khong biet", "chua biet", "chua co thong tin", "dang cap nhat", "unknown", "not known", "tbd")
)  # fmt: skip
_LONGEST_WORD = 40
"""A longer cell is no word for yes, no, none or not known."""
_MOST_PARTS = 6
"""Parts parted by commas that one name may have; more are not tried, to stay quick."""
LONGEST_CELL = 32_767
"""Characters of a cell in Excel."""
_CLEAR = frozenset(("xoa", "clear", "[xoa]", "[clear]"))
_NONE = frozenset(("khong co", "chua co", "none", "khong", "no"))
_YES = frozenset("co yes y true x v ✓ ✔ ☑ 1 dung roi".split())
_NO = frozenset("khong no n false 0 sai chua ☐ ✗ ✘".split()) | {"khong co", "chua co"}
_COUNTED = (
    r"(?:%|nguoi|people|nam|years?|cho|suat|places?|m2|m²|ban|nhan vien|startups?|doanh nghiep)?"
)
_WEEKS = {"": 1.0, "tuan": 1.0, "week": 1.0, "weeks": 1.0, "thang": 52 / 12, "month": 52 / 12,
          "months": 52 / 12, "nam": 52.0, "year": 52.0, "years": 52.0}  # fmt: skip
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_TEN_DIGITS = ("tax_code", "contact_phone")
"""Fields whose leading 0 Excel drops when it takes them for numbers."""


def read_cell(form: FieldForm, raw: Cell, column: Column, decimal: str | None = None) -> Any:
    """Read a cell: a value of the field, :data:`NOTHING` or :data:`CLEAR`.

    Parameters
    ----------
    decimal
        The decimal mark that the column proves, for numbers that could be read in two ways.

    Raises
    ------
    InvalidField, UnknownCode, TextTooLong
        If the cell holds what the field cannot.
    """
    if raw is None:
        return NOTHING
    if isinstance(raw, str) and len(raw) > LONGEST_CELL:
        raise TextTooLong(field=form.name, length=len(raw), limit=LONGEST_CELL)
    folded = fold(raw) if isinstance(raw, str) and len(raw) <= _LONGEST_WORD else ""
    if _says_nothing(form, raw, folded):
        return NOTHING
    if folded in _CLEAR:
        return CLEAR
    if form.many and folded in _NONE:
        return ()
    if column.language is not None:
        return (skill_of_level(column.language, str(raw)),)
    read = _LISTS[form.type] if form.many and form.type in _LISTS else _READERS[form.type]
    value = read(form, raw, column, decimal)
    if value is None:
        raise InvalidField(field=form.name, value=shown(raw)[:80], expected=form.type.__name__)
    return value


def _says_nothing(form: FieldForm, raw: Cell, folded: str) -> bool:
    if not isinstance(raw, str) or (folded == "unknown" and form.vocabulary == "status"):
        return False
    return not raw.strip() or folded in _UNKNOWN


def _text(form: FieldForm, raw: Cell, _column: Column, _decimal: str | None) -> Any:
    if form.vocabulary is not None:
        return _codes(form, raw) if form.many else _code(form, shown(raw))
    if form.many:
        return _texts(form, raw)
    if form.name in _TEN_DIGITS and isinstance(raw, float) and len(shown(raw)) == 9:
        return "0" + shown(raw)
    text = _unguarded(shown(raw))
    return place(text) if form.name == "city" else text


def shown(raw: Cell) -> str:
    """Return a cell as text: whole numbers without their ``.0``, days in ISO form."""
    if raw is None:
        return ""
    if isinstance(raw, float) and raw == int(raw):
        return str(int(raw))
    return nfc(raw) if isinstance(raw, str) else str(raw)


def _unguarded(text: str) -> str:
    """Take off the apostrophe that the export sets before what a sheet would take for a formula."""
    return text[1:] if _GUARDED.match(text) else text


def _texts(form: FieldForm, raw: Cell) -> tuple[str, ...]:
    """Split at lines where there are several, else at ``;`` (ids also at ``,``)."""
    text = str(raw) if isinstance(raw, str) else shown(raw)
    ids = form.longest == _LONGEST_ID
    marks = r"[\n;,]" if ids else r"\n" if "\n" in text else ";"
    return tuple(filter(None, (_unguarded(nfc(part)) for part in re.split(marks, text))))


def _code(form: FieldForm, text: str) -> str:
    code = code_of(str(form.vocabulary), text)
    if code is None:
        known = tuple(terms(str(form.vocabulary)))
        raise UnknownCode(field=form.name, value=text[:80], known=known)
    return code


def _codes(form: FieldForm, raw: Cell) -> tuple[str, ...]:
    found: list[str] = []
    for part in re.split(r"[;\n]", nfc(shown(raw))):
        text = re.sub(r"^\s*(?:[-•*+]|\d+[.)])\s+", "", part).strip()
        if text:
            found += _codes_in(form, text)
    return tuple(dict.fromkeys(found))


def _codes_in(form: FieldForm, text: str) -> list[str]:
    """Read a part that may itself be several names joined by commas, longest names first."""
    pieces = re.split(r"(\s*[,/&|]\s*|\s+(?:và|va|and)\s+)", text)
    found: list[str] = []
    start = 0
    while start < len(pieces):
        widest = min(len(pieces), start + 2 * _MOST_PARTS - 1)
        for end in range(widest, start, -2):
            code = code_of(str(form.vocabulary), "".join(pieces[start:end]))
            if code is not None:
                break
        found.append(code or _code(form, pieces[start].strip()))
        start = end + 1
    return found


def _whole(form: FieldForm, raw: Cell, column: Column, decimal: str | None) -> Any:
    if form.many:
        return _months(raw)
    if form.name.endswith("_year"):
        day = day_of(raw) if not isinstance(raw, bool) and raw is not None else None
        return day.year if isinstance(day, date) else day
    number = _number(form, raw, column, decimal)
    return int(number) if number is not None and number == int(number) else None


def _number(form: FieldForm, raw: Cell, _column: Column, decimal: str | None) -> float | None:
    if raw is None or isinstance(raw, (bool, date)):
        return None
    if not isinstance(raw, str):
        return raw
    folded = fold(raw)
    if form.name.endswith("_weeks"):
        return _in_weeks(folded, decimal)
    return number_of(re.sub(rf"\s*{_COUNTED}$", "", folded), decimal)


def _in_weeks(folded: str, decimal: str | None) -> float | None:
    number, _, unit = folded.partition(" ")
    value = number_of(number, decimal)
    return None if value is None or unit not in _WEEKS else round(value * _WEEKS[unit], 1)


def _months(raw: Cell) -> tuple[int, ...] | None:
    numbers = [int(n) for n in re.findall(r"\d+", shown(raw))]
    numbers += [_MONTHS.index(m) + 1 for m in re.findall("|".join(_MONTHS), fold(shown(raw)))]
    return tuple(dict.fromkeys(numbers)) or None


def _boolean(_form: FieldForm, raw: Cell, _column: Column, _decimal: str | None) -> bool | None:
    if isinstance(raw, bool):
        return raw
    folded = fold(shown(raw))
    return True if folded in _YES else False if folded in _NO else None


def _day(_form: FieldForm, raw: Cell, _column: Column, _decimal: str | None) -> date | int | None:
    return None if raw is None or isinstance(raw, bool) else day_of(raw)


def _money(_form: FieldForm, raw: Cell, column: Column, decimal: str | None) -> Money | None:
    text = repr(raw) if isinstance(raw, float) else shown(raw)
    if isinstance(raw, float):
        text, decimal = f"{raw:.6f}".rstrip("0").rstrip("."), "."
    elif fold(text) in _NONE:
        text = f"0 {column.unit.currency or 'VND'}"
    return money_of(text, column.unit, decimal)


def _skills(form: FieldForm, raw: Cell, _column: Column, _decimal: str | None) -> Any:
    return skills_of(form.name, shown(raw))


def _entries(form: FieldForm, raw: Cell, column: Column, decimal: str | None) -> Any:
    """Read value objects, one a line, their fields in order between ``|``.

    Where no ``|`` occurs, entries of first fields only may also be parted by ``;``.
    """
    text = shown(raw)
    lines = text.split("\n") if "|" in text else re.split(r"[\n;]", text)
    return tuple(_entry(form, line) for line in lines if line.strip())


def _entry(form: FieldForm, line: str) -> Any:
    inner = list(forms(form.type).values())
    parts = [nfc(part) for part in line.split("|")]
    if len(parts) > len(inner):
        raise InvalidField(field=form.name, value=line[:80], expected=form.type.__name__)
    values: dict[str, Any] = {}
    for part_form, part in zip(inner, parts, strict=False):
        value = read_cell(part_form, part, Column(0, form.name, part_form.name))
        if value not in (NOTHING, CLEAR):
            values[part_form.name] = value
    if len([f for f in inner if f.required and f.name in values]) < sum(f.required for f in inner):
        raise InvalidField(field=form.name, value=line[:80], expected=form.type.__name__)
    return form.type(**values)


_Reader = Callable[[FieldForm, Cell, Column, str | None], Any]
_READERS: dict[type, _Reader] = {
    str: _text,
    int: _whole,
    float: _number,
    bool: _boolean,
    date: _day,
    Money: _money,
}
_LISTS: dict[type, _Reader] = {
    LanguageSkill: _skills,
    Founder: _entries,
    Alumnus: _entries,
    FactSource: _entries,
}
_LONGEST_ID = 80
"""Longest id; a list of texts of this length is a list of ids."""
