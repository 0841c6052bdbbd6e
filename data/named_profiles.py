"""Profiles by whatever people call them in a file: id, tax code or name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from sqlalchemy import Connection, select

from data.bodies import class_of
from data.folding import words
from data.tables import PROFILES
from matcher.errors import NameAmbiguous, NameNotFound
from matcher.profile import forms

CHUNK = 500
"""Ids asked for in one query; well below the parameter limit of every engine."""
MOST_LOOKED_THROUGH = 400
"""Names among which those that are spelt alike are looked for."""
MOST_SUGGESTED = 200
"""Unknown names of one file for which that is done; a file of strangers must not take hours."""
FEWEST_DIGITS = 9
"""Of a tax code: 10, the first of which may be a 0 that a spreadsheet dropped."""
_TOLD_BY = ("id", "name", "legal_name", "name_vi", "tax_code", "organisation")
_TAX_CODE = re.compile(r"[\d\s.\-]+")


@dataclass(frozen=True, slots=True)
class Named:
    """A profile as far as it is told by; ``others`` are further names."""

    id: str
    name: str
    tax_code: str | None = None
    others: tuple[str, ...] = ()


class Names:
    """The living profiles of one kind by id, tax code and name."""

    def __init__(self, kind: str, profiles: Iterable[Named]) -> None:
        self.kind = kind
        self._by_id = {one.id: one for one in profiles}
        self._by_name: dict[str, list[str]] = {}
        self._by_tax_code: dict[str, list[str]] = {}
        for one in self._by_id.values():
            for name in dict.fromkeys(words(text) for text in (one.name, *one.others)):
                self._by_name.setdefault(name, []).append(one.id)
            if one.tax_code:
                self._by_tax_code.setdefault(_digits(one.tax_code), []).append(one.id)
        self._by_word: dict[str, list[str]] | None = None
        self._suggested = 0

    def __contains__(self, id: str) -> bool:
        return id in self._by_id

    def name_of(self, id: str) -> str | None:
        """The name of a profile; None for an id that no living profile has."""
        named = self._by_id.get(id)
        return None if named is None else named.name

    def tax_code_of(self, id: str) -> str | None:
        """The tax code of a profile, None where it is unknown or has none."""
        named = self._by_id.get(id)
        return None if named is None else named.tax_code

    def find(self, text: str) -> str:
        """Return the id of the one profile that a text means.

        Raises
        ------
        NameNotFound
            If none is meant, with the ids of names that are spelt alike.
        NameAmbiguous
            If several are, with their ids.
        """
        if text in self._by_id:
            return text
        found = self._by_tax_code.get(_digits(text), []) if _is_tax_code(text) else []
        found = found or self._by_name.get(words(text), [])
        if len(found) == 1:
            return found[0]
        if found:
            raise NameAmbiguous(kind=self.kind, value=text[:80], found=tuple(sorted(found)))
        raise NameNotFound(kind=self.kind, value=text[:80], nearest=self._nearest(text))

    def _nearest(self, text: str) -> tuple[str, ...]:
        self._suggested += 1
        if self._suggested > MOST_SUGGESTED:
            return ()
        likely = dict.fromkeys(self._likely(words(text)))
        names = {words(name): id for id in likely for name in (self._by_id[id].name, id)}
        close = get_close_matches(words(text), list(names), n=3, cutoff=0.6)
        return tuple(dict.fromkeys(names[name] for name in close))

    def _likely(self, folded: str) -> Iterator[str]:
        """Profiles that share a word with a text or begin like one, by its rarest word first."""
        index = self._words()
        known = [index[key] for word in folded.split() for key in {word, word[:3]} if key in index]
        left = MOST_LOOKED_THROUGH
        for ids in sorted(known, key=len):
            yield from ids[:left]
            left = max(left - len(ids), 0)

    def _words(self) -> Mapping[str, list[str]]:
        if self._by_word is None:
            self._by_word = {}
            for one in self._by_id.values():
                for word in words(f"{one.name} {one.id}").split():
                    for key in {word, word[:3]}:
                        self._by_word.setdefault(key, []).append(one.id)
        return self._by_word


def profiles_named(conn: Connection, kind: str) -> Names:
    """Return the names of the living profiles of a kind; raises UnknownName for another kind.

    A programme is also found by its organisation and name together.
    """
    told = [name for name in _TOLD_BY if name in forms(class_of(kind))]
    table = PROFILES[kind]
    columns = [table.c[name] for name in told]
    rows = conn.execute(select(*columns).where(table.c.deleted_at.is_(None)).order_by(table.c.id))
    return Names(kind, [_named(dict(zip(told, row, strict=True))) for row in rows])


def names_by_id(conn: Connection, kind: str, ids: Iterable[str]) -> dict[str, str]:
    """Return the names of those of these ids that a living profile has, without the profiles."""
    table, wanted = PROFILES[kind], sorted(set(ids))
    alive = select(table.c.id, table.c.name).where(table.c.deleted_at.is_(None))
    chunks = (wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK))
    rows = (row for some in chunks for row in conn.execute(alive.where(table.c.id.in_(some))))
    return {row.id: row.name for row in rows}


def _named(row: Mapping[str, str | None]) -> Named:
    name, organisation = str(row["name"]), row.get("organisation")
    others = [text for key in ("legal_name", "name_vi") if (text := row.get(key))]
    if organisation:
        others.append(f"{organisation} {name}")
    return Named(str(row["id"]), name, row.get("tax_code"), tuple(others))


def _is_tax_code(text: str) -> bool:
    digits = sum(letter.isdigit() for letter in text)
    return digits >= FEWEST_DIGITS and _TAX_CODE.fullmatch(text) is not None


def _digits(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    return "0" + digits if len(digits) == FEWEST_DIGITS else digits
