"""Profiles -> CSV and Excel files that load back to the same profiles.

Headings and the names of codes are in one language. Unknown is an empty cell, "known to be none" is
``không có`` or ``none``. A text that a spreadsheet would take for a formula is led by an
apostrophe, which loading takes off again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from data.bodies import class_of, fields_of
from data.headings import label_of
from data.sheets import Cell
from data.taxonomies import name_of
from matcher.errors import UnknownName
from matcher.profile import FieldForm, LanguageSkill, Money, Profile, forms

FORMATS = ("csv", "xlsx")
NONE = {"vi": "không có", "en": "none"}
YES = {"vi": "có", "en": "yes"}
NO = {"vi": "không", "en": "no"}

_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def export_profiles(
    kind: str,
    profiles: Sequence[Profile],
    format: str,
    *,
    lang: str = "vi",
    personal: bool = False,
    all_fields: bool = False,
) -> bytes:
    """Return a file of profiles of one kind.

    Parameters
    ----------
    format
        ``csv`` (UTF-8 with its mark, commas) or ``xlsx``.
    lang
        ``vi`` or ``en``.
    personal
        Whether personal fields go out too; the caller answers for the consents.
    all_fields
        Whether fields that no profile fills have a column too, as a form to fill in. Without any
        profile all have.

    Raises
    ------
    UnknownName
        For an unknown kind, format or language.
    """
    if format not in FORMATS:
        raise UnknownName(what="format", value=format, known=FORMATS)
    chosen = _chosen(kind, profiles, personal, all_fields)
    headings = [label_of(form.name, lang) for form in chosen]
    rows = [[_cell(form, getattr(p, form.name), lang) for form in chosen] for p in profiles]
    return _csv(headings, rows) if format == "csv" else _xlsx(headings, rows)


def _chosen(
    kind: str, profiles: Sequence[Profile], personal: bool, all_fields: bool
) -> list[FieldForm]:
    allowed = [f for f in forms(class_of(kind)).values() if personal or not f.personal]
    if all_fields or not profiles:
        return allowed
    defaults = {f.name: () if f.name == "fact_sources" else None for f in allowed}
    return [f for f in allowed if any(getattr(p, f.name) != defaults[f.name] for p in profiles)]


def _cell(form: FieldForm, content: Any, lang: str) -> Cell:
    if content is None:
        return None
    if not form.many:
        return _one(form, content, lang)
    if not content:
        return None if form.name == "fact_sources" else NONE[lang]
    texts = [_inner(form, item, lang) for item in content]
    if form.type is str or form.type is int or form.type is LanguageSkill:
        return _joined(texts)
    return "\n".join(texts)


def _joined(texts: list[str]) -> str:
    """Join by ``;``, or by lines where a text itself holds one; see ``cells.py``."""
    if any(";" in text for text in texts):
        return "\n".join(texts) + ("\n" if len(texts) == 1 else "")
    return "; ".join(texts)


def _one(form: FieldForm, value: Any, lang: str) -> Cell:
    if form.vocabulary is not None:
        return name_of(form.vocabulary, value, lang)
    if isinstance(value, bool):
        return YES[lang] if value else NO[lang]
    if isinstance(value, Money):
        return f"{value.currency} {in_full(value.amount)}"
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, (int, float)):
        return float(value)
    return value  # type: ignore[no-any-return]  # a day


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula; loading takes the guard off again."""
    return "'" + text if _FORMULA.match(text) else text


def _inner(form: FieldForm, item: Any, lang: str) -> str:
    """Write one item of a list; the fields of a value object are parted by ``|``."""
    if isinstance(item, LanguageSkill):
        level = "" if item.level is None else f" {item.level}"
        return name_of("language", item.language, lang) + level
    if isinstance(item, (str, int)):
        return _text(_one(form, item, lang))
    parts = [_one(f, v, lang) if (v := getattr(item, f.name)) is not None else "" for f in
             fields_of(item)]  # fmt: skip
    return " | ".join(_text(part) for part in parts)


def _text(cell: Cell) -> str:
    if isinstance(cell, float):
        return in_full(cell)
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def in_full(value: float) -> str:
    """Write a number in full, with a decimal point and no marks of thousands."""
    return str(int(value)) if value == int(value) else repr(value)


def _csv(headings: list[str], rows: list[list[Cell]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(headings)
    writer.writerows([["" if c is None else _text(c) for c in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def _xlsx(headings: list[str], rows: list[list[Cell]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Cầu Nối")
    sheet.freeze_panes = "A2"
    sheet.append([_heading(sheet, text) for text in headings])
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _heading(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    return cell
