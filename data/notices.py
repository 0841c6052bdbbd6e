"""What an officer should look at in a row that can be loaded: read as it stands, but hardly meant.

Nothing here refuses a row: what a field cannot hold is refused by ``entries.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from data.cells import shown
from data.headings import Column
from data.heads import Head
from data.layouts import cells_of
from data.sheets import Cell, Restored

CODES = ("formula", "email", "old_font", "odd_letters")

_FORMULA = re.compile(r"\s*'*[=+\-@][^\d\s]*\(|\s*=|\s*@SUM|.*\bcmd\s*\|", re.IGNORECASE)
"""A text that a spreadsheet may run: it begins like a formula, or calls a programme (DDE)."""
_ADDRESS = re.compile(r"[^\s@,;<>()\"]+@[^\s@,;<>().\"]+(?:\.[^\s@,;<>().\"]+)+")
_PARTING = re.compile(r"[\s,;/]+")
_ODD = re.compile(r"[A-Za-zÀ-ỹ][«¬®µ¸¹¶·¨©ª»¼½¾]|[«¬®µ¸¹¶·¨©ª»¼½¾][a-z]")
"""Signs amid a word as fonts before Unicode leave them."""
_LONGEST = 2000
"""Characters of a cell that are looked at."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One cell to look at: its column's key and field, what is there, why (:data:`CODES`).

    ``value`` is the text as it will be kept; ``was`` as the file has it, where that differs.
    """

    key: str
    column: Column
    code: str
    value: str
    was: str = ""


def notices_on(head: Head, line: int) -> tuple[Notice, ...]:
    """The cells of a line that somebody should look at."""
    found = []
    for key, column, raw in cells_of(head, line):
        if isinstance(raw, str):
            found += [
                Notice(key, column, code, shown(raw), raw.was if isinstance(raw, Restored) else "")
                for code in _codes(column, raw)
            ]
    return tuple(found)


def _codes(column: Column, raw: Cell) -> Iterator[str]:
    text = shown(raw)[:_LONGEST]
    if _FORMULA.match(text):
        yield "formula"
    if column.field.endswith("_email") and not _are_addresses(text):
        yield "email"
    if isinstance(raw, Restored):
        yield "old_font"
    elif _ODD.search(text):
        yield "odd_letters"


def _are_addresses(text: str) -> bool:
    """Whether a text is one address of electronic mail, or several; a dash is none at all."""
    parts = [part.strip("<>()\"'") for part in _PARTING.split(text.strip()) if part]
    return all(map(_ADDRESS.fullmatch, parts)) or len(text.strip()) < 4
