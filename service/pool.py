"""All profiles of one kind, ready to be matched: their keys and their vectors, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.nearness import Gallery, Likenesses, Portrait, likeness_to, of_text
from matcher.roster import Roster, Side
from matcher.rules.base import Rule
from matcher.weights import LIKENESSES, TEXT
from models.index import VectorIndex
from models.portfolios import Portfolios

Vector = NDArray[np.float32]
Rows = NDArray[np.intp]
Index = VectorIndex | Portfolios
Seen = Vector | Portrait | None
"""How an asker is seen: a text's vector, a portfolio's portrait, or not at all."""


@dataclass(frozen=True, slots=True)
class PoolLikeness:
    """One likeness of one asker, measured against a pool where it is wanted."""

    name: str
    asker: Portrait | None
    gallery: Gallery
    rows: Rows

    @property
    def asker_known(self) -> bool:
        """Whether the asker has a vector."""
        return self.asker is not None

    def known(self, places: Rows) -> NDArray[np.bool_]:
        """Whether both sides have a vector."""
        return (self.rows[places] >= 0) & self.asker_known

    def at(self, places: Rows) -> NDArray[np.float32]:
        """Raw likenesses at these places, NaN where either side has no vector."""
        if self.asker is None:
            return np.full(len(places), np.nan, np.float32)
        return likeness_to(self.asker, self.gallery, self.rows[places])


class Pool:
    """A roster and the indexes that hold vectors of its profiles.

    ``indexes`` names the index against which each likeness of an asker is measured: descriptions
    and portfolios for programmes; for startups both are the startup's own text.
    """

    def __init__(
        self, rules: Sequence[Rule], side: Side, on: date, indexes: Mapping[str, Index]
    ) -> None:
        self.roster = Roster(rules, side, on)
        self.indexes = indexes
        self._rows: dict[str, Rows] = {}

    def put(self, profiles: Iterable[Any]) -> None:
        """Add or replace profiles whose vectors are in the indexes already."""
        self.roster.put(profiles)
        self._rows.clear()

    def remove(self, profile_id: str) -> None:
        """Take a profile off; its vectors are removed by whoever owns the indexes."""
        self.roster.remove(profile_id)
        self._rows.clear()

    def on(self, day: date) -> Pool:
        """The same profiles read on another day."""
        pool = Pool(self.roster.rules, self.roster.side, day, self.indexes)
        pool.put(self.roster.profiles)
        return pool

    def likenesses(self, seen: Mapping[str, Seen]) -> tuple[PoolLikeness, ...]:
        """Likenesses of an asker as it is seen by each, in the order of ``LIKENESSES``."""
        return tuple(
            PoolLikeness(name, _portrait(seen[name]), self.indexes[name].gallery, self.rows(name))
            for name in LIKENESSES
            if name in seen
        )

    def rows(self, name: str) -> Rows:
        """Row of each profile in an index by place, -1 where it has no vector."""
        rows = self._rows.get(name)
        if rows is None:
            where = {profile_id: row for row, profile_id in enumerate(self.indexes[name].ids)}
            found = [where.get(profile.id, -1) for profile in self.roster.profiles]
            rows = self._rows[name] = np.array(found, np.intp)
        return rows


def both_sides(
    startups: Pool, lefts: Rows, programmes: Pool, rights: Rows
) -> tuple[Likenesses, ...]:
    """The likenesses between places of two pools, in the order of ``LIKENESSES``."""
    texts, rows = startups.indexes[TEXT].gallery.centres, startups.rows(TEXT)[lefts]
    return tuple(
        Likenesses(
            name, programmes.indexes[name].gallery, programmes.rows(name)[rights], texts, rows
        )
        for name in LIKENESSES
    )


def _portrait(seen: Seen) -> Portrait | None:
    return of_text(seen) if isinstance(seen, np.ndarray) else seen
