"""Texts of the pages: one file for each group of pages, with both languages side by side.

A text stands in ``data/languages/pages/<group>.toml`` as a table named by its key, with one entry
for each language; its facts are written as in ``texts.py``. ``[title]`` in ``home.toml`` is the
text ``home.title``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

FOLDER = resources.files("data") / "languages" / "pages"


@cache
def page_texts(lang: str) -> Mapping[str, str]:
    """Every text of the pages in one language, by dotted key.

    Raises ValueError for an entry that lacks this language.
    """
    found: dict[str, str] = {}
    for group, tables in _groups():
        for key, entry in _entries(tables, group):
            if lang not in entry:
                raise ValueError(f"{key} is not written in {lang}, only in {sorted(entry)}")
            found[key] = entry[lang]
    return found


def _groups() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for file in sorted(FOLDER.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            yield file.name.removesuffix(".toml"), tomllib.loads(file.read_text(encoding="utf-8"))


def _entries(table: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    if table and all(isinstance(value, str) for value in table.values()):
        yield path, table
        return
    for key, value in table.items():
        yield from _entries(value, f"{path}.{key}")
