"""A cohort as the Excel file that officers fill in: it loads back to the same cohort."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from data.cohort_headings import ROUND, SHEETS, forms_of, label_of
from data.exporting import guarded, in_full
from data.named_profiles import Names
from data.sheets import Cell
from data.taxonomies import name_of, terms
from data.texts import LANGUAGES
from matcher.cohort import Cohort
from matcher.errors import UnknownName
from matcher.limits import VOCABULARY_OF
from matcher.profile import Money

DAY_FORMAT = "dd/mm/yyyy"
WIDTHS = {"name": 40, "startup_name": 40, "programme_name": 40, "why": 50, "organisation": 30}
PLAIN_WIDTH = 22
FORM_ROWS = 500
"""Rows of a column of codes that offer the names to choose from."""

Cells = Sequence[Cell]


def write_cohort(
    cohort: Cohort | None, startups: Names, programmes: Names, lang: str = "vi"
) -> bytes:
    """Return an .xlsx of a cohort; of None, the same sheets to be filled in.

    Parameters
    ----------
    startups, programmes
        The profiles that are kept; their names stand beside the ids, to be read by people.
    lang
        ``vi`` or ``en``: of the headings and the names of codes. Raises UnknownName for another.
    """
    if lang not in LANGUAGES:
        raise UnknownName(what="language", value=lang[:20], known=LANGUAGES)
    book = Workbook(write_only=True)
    _round(book, cohort, lang)
    rows = {
        "startups": _startups(cohort, startups),
        "programmes": _programmes(cohort, programmes),
        "pair_rules": _pair_rules(cohort, startups, programmes, lang),
        "quotas": _quotas(cohort, lang),
    }
    for table, cells in rows.items():
        _table(book, table, cells, lang)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _round(book: Any, cohort: Cohort | None, lang: str) -> None:
    """The round's own data: labels and values, one below the other."""
    sheet = book.create_sheet(_sheet_name(ROUND, lang))
    sheet.column_dimensions["A"].width = sheet.column_dimensions["B"].width = 40
    for field in forms_of(ROUND):
        value = None if cohort is None else _cell(getattr(cohort, field))
        sheet.append([_bold(sheet, label_of(ROUND, field, lang)), _shown(sheet, value)])


def _table(book: Any, table: str, rows: Iterator[Cells], lang: str) -> None:
    sheet = book.create_sheet(_sheet_name(table, lang))
    sheet.freeze_panes = "A2"
    fields = list(forms_of(table))
    for place, field in enumerate(fields, start=1):
        width = WIDTHS.get(field, PLAIN_WIDTH)
        sheet.column_dimensions[get_column_letter(place)].width = width
        vocabulary = forms_of(table)[field].vocabulary
        if vocabulary is not None:
            _offer(sheet, get_column_letter(place), vocabulary, lang)
    sheet.append([_bold(sheet, label_of(table, field, lang)) for field in fields])
    for row in rows:
        sheet.append([_shown(sheet, cell) for cell in row])


def _startups(cohort: Cohort | None, names: Names) -> Iterator[Cells]:
    for id in cohort.startups if cohort is not None else ():
        yield guarded(id), names.tax_code_of(id), _name(names, id)


def _programmes(cohort: Cohort | None, names: Names) -> Iterator[Cells]:
    for one in cohort.intakes if cohort is not None else ():
        id = one.programme_id
        told = guarded(id), _name(names, id), None
        yield *told, one.places, one.min_intake or None, _cell(one.cost_per_place)


def _pair_rules(
    cohort: Cohort | None, startups: Names, programmes: Names, lang: str
) -> Iterator[Cells]:
    for one in cohort.pair_rules if cohort is not None else ():
        startup, programme = one.startup_id, one.programme_id
        yield (
            *(guarded(startup), _name(startups, startup)),
            *(guarded(programme), _name(programmes, programme)),
            *(name_of("ruling", one.ruling, lang), _cell(one.why)),
        )


def _quotas(cohort: Cohort | None, lang: str) -> Iterator[Cells]:
    for one in cohort.quotas if cohort is not None else ():
        vocabulary = VOCABULARY_OF[one.attribute]
        value = one.value if vocabulary is None else name_of(vocabulary, one.value, lang)
        attribute = name_of("attribute", one.attribute, lang)
        yield guarded(one.name), attribute, guarded(value), one.at_least, one.at_most


def _name(names: Names, id: str) -> str | None:
    name = names.name_of(id)
    return None if name is None else guarded(name)


def _cell(value: Any) -> Cell:
    if isinstance(value, Money):
        return f"{value.currency} {in_full(value.amount)}"
    if isinstance(value, str):
        return guarded(value)
    return value  # type: ignore[no-any-return]  # a number, a day or nothing


def _shown(sheet: Any, value: Cell) -> Any:
    """A day is written as officers write days; anything else as it is."""
    if not isinstance(value, date):
        return value
    cell = WriteOnlyCell(sheet, value=value)
    cell.number_format = DAY_FORMAT
    return cell


def _offer(sheet: Any, letter: str, vocabulary: str, lang: str) -> None:
    """Let a column be filled by choosing among the names of a vocabulary."""
    names = [name_of(vocabulary, code, lang).replace(",", " ") for code in terms(vocabulary)]
    choice = DataValidation(type="list", formula1='"' + ",".join(names) + '"', allow_blank=True)
    choice.showErrorMessage = False  # other spellings are read too
    choice.add(f"{letter}2:{letter}{FORM_ROWS}")
    sheet.data_validations.append(choice)


def _sheet_name(table: str, lang: str) -> str:
    vi, en, _ = SHEETS[table]
    return vi if lang == "vi" else en


def _bold(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    return cell
