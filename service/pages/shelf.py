"""The living profiles as lists go through them: in memory, each with its codes read once.

A shelf is caught up with the numbered changes of the database whenever it is asked for, so that
what anybody has changed is seen by the next page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from data import profiles
from data.engines import Connection
from data.folding import fold
from matcher.profile import Profile
from service.pages.facets import FACETS, codes_of

Codes = tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A profile, its name as names are ordered, and its codes in each facet of its kind."""

    profile: Profile
    key: str
    codes: Codes


@dataclass(frozen=True, slots=True)
class Shelf:
    """All living profiles of a kind on a day, by name, as of a change of the database."""

    on: date
    seq: int
    entries: dict[str, Entry]


class Shelves:
    """One shelf a kind; a shelf is never changed but replaced, so that readers need no lock."""

    def __init__(self) -> None:
        self._shelves: dict[str, Shelf] = {}

    def entries(self, conn: Connection, kind: str, on: date) -> dict[str, Entry]:
        """Every living profile of a kind by id, in the order of names."""
        seq = profiles.latest_seq(conn)
        shelf = self._shelves.get(kind)
        if shelf is None or shelf.on != on:
            fresh = profiles.all_profiles(conn, kind)
            shelf = Shelf(on, seq, _ordered({p.id: _entry(kind, p, on) for p in fresh}))
        elif shelf.seq < seq:
            shelf = Shelf(on, seq, _caught_up(conn, kind, shelf))
        self._shelves[kind] = shelf
        return shelf.entries


def _caught_up(conn: Connection, kind: str, shelf: Shelf) -> dict[str, Entry]:
    changed = {c.id for c in profiles.changes_since(conn, shelf.seq) if c.kind == kind}
    if not changed:
        return shelf.entries
    found = profiles.get_many(conn, kind, changed)
    kept = {id: entry for id, entry in shelf.entries.items() if id not in changed}
    return _ordered(kept | {id: _entry(kind, p, shelf.on) for id, p in found.items()})


def _ordered(entries: dict[str, Entry]) -> dict[str, Entry]:
    return dict(sorted(entries.items(), key=lambda pair: (pair[1].key, pair[0])))


def _entry(kind: str, profile: Profile, on: date) -> Entry:
    codes = tuple(frozenset(codes_of(kind, name, profile, on)) for name in FACETS[kind])
    return Entry(profile, fold(profile.name), codes)
