"""Headings of tables: which field of which kind of profile a column holds."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from data.bodies import class_of
from data.folding import words
from data.numbers import PLAIN, Unit, unit_of
from data.taxonomies import code_of
from matcher.errors import UnknownField, UnknownName
from matcher.profile import Money, forms

COUNTERS = frozenset(("stt", "tt", "so tt", "no", "so thu tu", "nr", "index"))
"""Headings of running numbers: passed over without a word."""

KIND_WORDS = {
    "startup": ("startup", "doanh nghiep", "cong ty", "du an", "company", "founder"),
    "programme": ("chuong trinh", "programme", "program"),
    "incubator": ("vuon uom", "incubator", "uom tao"),
}


@dataclass(frozen=True, slots=True)
class Label:
    """A field's heading in each language and the other headings under which it is found."""

    field: str
    vi: str
    en: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A recognised column: its place from 0, its heading as read, its field.

    ``unit`` is what the heading says of amounts; ``language`` is set where the column is of one
    language (``Tiếng Anh``) and its cells are levels.
    """

    index: int
    heading: str
    field: str
    unit: Unit = PLAIN
    language: str | None = None


def label_in(row: Mapping[str, str]) -> Label:
    """Return the label that a row of a table of headings holds."""
    aliases = tuple(filter(None, row["aliases"].split(";")))
    return Label(row["field"], row["vi"], row["en"], aliases)


@cache
def labels() -> dict[str, Label]:
    """Return the label of every field of every kind, by field."""
    path = resources.files("data") / "taxonomy" / "headings.csv"
    with path.open("r", encoding="utf-8") as lines:
        return {row["field"]: label_in(row) for row in csv.DictReader(lines)}


def label_of(field: str, lang: str) -> str:
    """Return a field's heading in ``vi`` or ``en``; raises UnknownField, UnknownName."""
    if field not in labels():
        raise UnknownField(field=field, known=tuple(labels()))
    if lang not in ("vi", "en"):
        raise UnknownName(what="language", value=lang, known=("vi", "en"))
    return labels()[field].vi if lang == "vi" else labels()[field].en


def field_of(kind: str, *heading: str) -> str | None:
    """Return the field that a heading names, or ``None``.

    Parameters
    ----------
    *heading
        The heading, from the outer level to the inner: ``("Đội ngũ", "Số người")``. The levels
        together are tried first, then the inner alone, then each without what is in brackets.
    """
    return field_among(_fields(kind), heading)


def field_among(known: Mapping[str, str], heading: Sequence[str]) -> str | None:
    """Return which of the fields known by their folded headings a heading names, or ``None``."""
    levels = [part for part in heading if part]
    if not levels:
        return None
    for text in (" ".join(levels), levels[-1]):
        for written in (text, re.sub(r"\([^)]*\)", " ", text), text.partition(",")[0]):
            if words(written) in known:
                return known[words(written)]
    return None


def columns_of(kind: str, headings: Sequence[tuple[str, ...]]) -> tuple[Column, ...]:
    """Return the recognised columns; of two columns for one field the first counts.

    Columns of single languages (``Tiếng Anh``, ``IELTS``) may be many.
    """
    found: list[Column] = []
    taken: set[str] = set()
    for index, levels in enumerate(headings):
        column = _column(kind, index, levels)
        if column is None or (column.field in taken and column.language is None):
            continue
        taken.add(column.field)
        found.append(column)
    return tuple(found)


def chosen_column(kind: str, index: int, levels: tuple[str, ...], field: str) -> Column:
    """Return the column that somebody says holds a field, with what its heading says beside."""
    guessed = _column(kind, index, levels)
    if guessed is not None and guessed.field == field:
        return guessed
    shown = " > ".join(dict.fromkeys(part for part in levels if part))
    is_money = forms(class_of(kind))[field].type is Money
    return Column(index, shown, field, unit_of(shown) if is_money else PLAIN)


def is_counter(heading: str) -> bool:
    """Say whether a heading stands over running numbers."""
    return words(heading) in COUNTERS


def kind_bonus(kind: str, headings: Sequence[tuple[str, ...]]) -> float:
    """Return 0.5 for each word in the headings that tells this kind of profile."""
    text = words(" ".join(part for levels in headings for part in levels))
    return 0.5 * sum(word in text for word in KIND_WORDS[kind])


def _column(kind: str, index: int, levels: tuple[str, ...]) -> Column | None:
    shown = " > ".join(dict.fromkeys(part for part in levels if part))
    field = field_of(kind, *levels)
    if field is not None:
        is_money = forms(class_of(kind))[field].type is Money
        unit = unit_of(levels[-1] or shown) if is_money else PLAIN
        return Column(index, shown, field, unit)
    language = code_of("language", levels[-1]) if levels and levels[-1] else None
    if language is not None and "languages" in forms(class_of(kind)):
        return Column(index, shown, "languages", language=language)
    return None


@cache
def _fields(kind: str) -> dict[str, str]:
    """Return field by folded heading: names of fields win, then labels, then aliases."""
    ours = [labels()[name] for name in forms(class_of(kind)) if name in labels()]
    found: dict[str, str] = {}
    for label in ours:
        found.setdefault(words(label.field), label.field)
    for label in ours:
        for text in (label.vi, label.en):
            found.setdefault(words(text), label.field)
    for label in ours:
        for text in label.aliases:
            found.setdefault(words(text), label.field)
    return found
