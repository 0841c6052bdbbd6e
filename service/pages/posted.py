"""What a form has sent: clean texts, a few files, and never more than a form has."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import UploadFile

MOST_FIELDS = 2000
MOST_PART = 1_000_000
"""Bytes of one field that is no file."""

MOST_NAME = 200
"""Characters of a file's name."""

PASSWORDS = frozenset({"password", "password_again", "password_before"})
"""Fields whose every character counts."""

SECRET_FIELDS = PASSWORDS | {"csrf", "one_time_code"}
"""Fields that are never shown again or carried along."""

_LEFT_OUT = frozenset({"Cc", "Cs"})
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that make text read in another order than it stands: a name could pose as another."""


@dataclass(frozen=True, slots=True)
class Posted:
    """The fields of a form in their order, with line ends and letters in one form (LF, NFC)."""

    fields: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str, bytes], ...] = ()

    def get(self, name: str, default: str = "") -> str:
        """The last value of a field, without spaces around it unless it is a password."""
        found = self.all(name)
        if not found:
            return default
        return found[-1] if name in PASSWORDS else found[-1].strip()

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a field."""
        return tuple(value for key, value in self.fields if key == name)

    def file(self, name: str) -> tuple[str, bytes] | None:
        """A file's name and content, or None where none was chosen."""
        found = [(file, content) for key, file, content in self.files if key == name and file]
        return found[0] if found else None

    def kept(self) -> Iterator[tuple[str, str]]:
        """The fields that may be carried through a sign-in."""
        return ((name, value) for name, value in self.fields if name not in SECRET_FIELDS)


async def posted(request: Request) -> Posted:
    """Read a request's form; of one that has none, an empty form."""
    if request.method != "POST":
        return Posted(())
    limits = {"max_fields": MOST_FIELDS, "max_files": 5, "max_part_size": MOST_PART}
    async with request.form(**limits) as form:
        files = [
            (name, _plain(value.filename or "")[:MOST_NAME], await value.read())
            for name, value in form.multi_items()
            if isinstance(value, UploadFile)
        ]
        texts = ((name, value) for name, value in form.multi_items() if isinstance(value, str))
        read = Posted(tuple(_clean(texts)), tuple(files))
    request.state.posted = read
    return read


def number_of(text: str) -> int | None:
    """A number as forms send one, of nine digits at most; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _clean(fields: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for name, value in fields:
        yield _plain(name), _plain(value.replace("\r\n", "\n"))


def _plain(text: str) -> str:
    """A text in one form of its letters, without what is no letter: controls, halves of pairs."""
    normal = unicodedata.normalize("NFC", text)
    return "".join(c for c in normal if c in "\n\t" or _is_shown(c))


def _is_shown(c: str) -> bool:
    return c not in _TURNING and unicodedata.category(c) not in _LEFT_OUT
