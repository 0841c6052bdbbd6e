"""Texts of the pages: complete in both languages, with the same facts, and all of them used."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data.texts import LANGUAGES, Texts

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "data" / "languages" / "pages"
TEMPLATES = ROOT / "service" / "templates"
CODE = [*sorted((ROOT / "service").rglob("*.py")), *sorted(TEMPLATES.glob("*.html"))]
SOURCE = {file: file.read_text(encoding="utf-8") for file in CODE}
FACT = re.compile(r"\{(\w+)(?::\w+)?\}")
ASKED = re.compile(r"""\bt\(\s*(["'])([a-z_]+\.[\w.]+)\1\s*([~,)])""")
QUOTED = re.compile(r"""["']([a-z_]+(?:\.[\w]+)+)""")


def entries(table: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, str]]]:
    if table and all(isinstance(value, str) for value in table.values()):
        yield path, table
        return
    for key, value in table.items():
        yield from entries(value, f"{path}.{key}")


TEXTS = {
    key: entry
    for file in sorted(FOLDER.glob("*.toml"))
    for key, entry in entries(tomllib.loads(file.read_text(encoding="utf-8")), file.stem)
}


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_a_text_is_written_in_every_language_with_the_same_facts(key: str) -> None:
    entry = TEXTS[key]
    assert set(entry) == set(LANGUAGES)
    for text in entry.values():
        assert text.strip()
        assert unicodedata.is_normalized("NFC", text)
    assert {frozenset(FACT.findall(text)) for text in entry.values()} in (
        {frozenset(FACT.findall(entry["vi"]))},
    ), entry


def test_every_text_that_a_page_names_is_written() -> None:
    missing = {
        (file.name, key)
        for file, text in SOURCE.items()
        for _, key, then in ASKED.findall(text)
        if then != "~" and key not in TEXTS
    }
    assert not missing


def test_every_sentence_after_a_change_is_written() -> None:
    named = {
        (file.name, key)
        for file, text in SOURCE.items()
        for key in re.findall(r"""go_to\([^()]*(?:\([^()]*\)[^()]*)*,\s*"(\w+)"\)""", text)
    }
    assert {(file, key) for file, key in named if f"said.{key}" not in TEXTS} == set()


def test_every_text_is_used() -> None:
    """By its key, or by the beginning of a key that is put together."""
    everything = "\n".join(SOURCE.values())
    quoted = set(QUOTED.findall(everything))
    begun = set(
        re.findall(r"""["']f?([a-z_]+\.[\w.]*)["']\s*~""", everything)
        + re.findall(r"""f["']([a-z_]+\.[\w.]*)\{""", everything)
    )
    said = {f"said.{key}" for key in re.findall(r'"(\w+)"', everything)}
    unused = [
        key
        for key in TEXTS
        if key not in quoted | said and not any(key.startswith(start) for start in begun)
    ]
    assert not unused


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_texts_are_read(lang: str) -> None:
    assert Texts(lang).page_keys == TEXTS.keys()
