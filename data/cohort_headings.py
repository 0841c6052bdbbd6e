"""Where the tables of a cohort begin in a file: sheets by their names and headings."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

from data.folding import words
from data.headings import KIND_WORDS, Column, Label, field_among, label_in
from data.heads import LOOKED_THROUGH, Head, heading_text, two_levels
from data.numbers import PLAIN, unit_of
from data.sheets import Sheet
from matcher.cohort import Cohort, Intake, PairRule, Quota
from matcher.errors import UnknownName
from matcher.profile import FieldForm, Money, Programme, Startup, forms

ROUND = "round"
TABLES = ("startups", "programmes", "pair_rules", "quotas")

SHEETS: dict[str, tuple[str, str, str]] = {
    "round": ("Đợt", "Round", "thông tin đợt;thông tin chung;đợt ghép;cohort;general"),
    "startups": ("Startup", "Startups", "danh sách startup;doanh nghiệp;danh sách doanh nghiệp"),
    "programmes": (
        "Chương trình", "Programmes", "danh sách chương trình;chỉ tiêu;suất;programs;places"
    ),
    "pair_rules": (
        "Chỉ định, loại trừ", "Pairs", "chỉ định;loại trừ;xung đột lợi ích;cặp;pair rules;rulings"
    ),
    "quotas": ("Giới hạn", "Limits", "hạn mức;quota;quotas;định mức"),
}  # fmt: skip
"""Of each table: the name of its sheet in Vietnamese and in English, and other names."""

NEEDED: dict[str, tuple[frozenset[str], ...]] = {
    "startups": (frozenset(("id", "tax_code", "name")),),
    "programmes": (frozenset(("id", "name")),),
    "pair_rules": (
        frozenset(("startup_id", "startup_name")),
        frozenset(("programme_id", "programme_name")),
        frozenset(("ruling",)),
    ),
    "quotas": (
        frozenset(("name",)),
        frozenset(("attribute",)),
        frozenset(("value",)),
        frozenset(("at_least", "at_most")),
    ),
}
"""Of each table the fields of which its headings must name at least one, group by group."""

_KINDS = {"startups": "startup", "programmes": "programme"}
_NAMED_SHEET = 2.0
"""What the name of a sheet is worth, in headings."""


@cache
def labels(table: str) -> dict[str, Label]:
    """Return the labels of a table's fields in their order; raises UnknownName."""
    if table not in SHEETS:
        raise UnknownName(what="sheet", value=table, known=tuple(SHEETS))
    path = resources.files("data") / "taxonomy" / "cohort_headings.csv"
    with path.open("r", encoding="utf-8") as lines:
        rows = csv.DictReader(lines)
        return {row["field"]: label_in(row) for row in rows if row["sheet"] == table}


def label_of(table: str, field: str, lang: str) -> str:
    """Return the heading of a field in ``vi`` or ``en``."""
    label = labels(table)[field]
    return label.vi if lang == "vi" else label.en


@cache
def forms_of(table: str) -> Mapping[str, FieldForm]:
    """Return what the cells under each heading of a table may hold."""
    startup, programme = forms(Startup), forms(Programme)
    named = {"startup_name": startup["name"], "programme_name": programme["name"]}
    known: dict[str, Mapping[str, FieldForm]] = {
        "round": forms(Cohort),
        "startups": startup,
        "programmes": dict(programme) | dict(forms(Intake)),
        "pair_rules": dict(forms(PairRule)) | named,
        "quotas": forms(Quota),
    }
    return {field: known[table][field] for field in labels(table)}


def field_of(table: str, *heading: str) -> str | None:
    """Return the field of a table that a heading names, of one level or two, or None."""
    return field_among(_fields(table), heading)


def column_of(table: str, index: int, levels: tuple[str, ...]) -> Column | None:
    """Return a recognised column, with what its heading says of amounts; None for another."""
    field = field_of(table, *levels)
    if field is None:
        return None
    shown = " > ".join(dict.fromkeys(part for part in levels if part))
    is_money = forms_of(table)[field].type is Money
    return Column(index, shown, field, unit_of(levels[-1] or shown) if is_money else PLAIN)


def heads_of(sheet: Sheet, table: str) -> Iterator[Head]:
    """Try each of the first rows as headings, alone and as the upper of two levels."""
    for index in range(min(LOOKED_THROUGH, len(sheet.rows))):
        upper = tuple(map(heading_text, sheet.rows[index]))
        yield from _head(sheet, table, tuple((text,) for text in upper), index + 1)
        if index + 1 < len(sheet.rows):
            lower = tuple(map(heading_text, sheet.rows[index + 1]))
            yield from _head(sheet, table, two_levels(upper, lower), index + 2)


def is_named_for(sheet: Sheet, table: str) -> bool:
    """Say whether the name of a sheet is that of a table."""
    vi, en, others = SHEETS[table]
    return words(sheet.name) in {words(name) for name in (vi, en, *others.split(";"))}


def _head(
    sheet: Sheet, table: str, headings: tuple[tuple[str, ...], ...], first_row: int
) -> Iterator[Head]:
    found: dict[str, Column] = {}
    for index, levels in enumerate(headings):
        column = column_of(table, index, levels)
        if column is not None:
            found.setdefault(column.field, column)
    if any(not group & found.keys() for group in NEEDED[table]):
        return
    text = words(" ".join(part for levels in headings for part in levels))
    told = sum(word in text for word in KIND_WORDS.get(_KINDS.get(table, ""), ()))
    score = len(found) + 0.5 * told + _NAMED_SHEET * is_named_for(sheet, table)
    score -= 0.4 * max(map(len, headings)) + 0.01 * first_row
    yield Head(sheet, table, headings, tuple(found.values()), first_row, score)


@cache
def _fields(table: str) -> dict[str, str]:
    """Return field by folded heading: labels win over aliases, earlier fields over later ones."""
    found: dict[str, str] = {}
    every = labels(table).values()
    named = [(text, one.field) for one in every for text in (one.vi, one.en)]
    others = [(text, one.field) for one in every for text in (one.field, *one.aliases)]
    for text, field in (*named, *others):
        for written in (text, re.sub(r"\([^)]*\)", " ", text)):
            found.setdefault(words(written), field)
    return found
