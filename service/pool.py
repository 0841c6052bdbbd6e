"""All profiles of one kind, ready to be matched: their keys and their vectors, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.batch import Known
from matcher.roster import Roster, Side
from matcher.rules.base import Rule
from matcher.scoring import dots
from matcher.weights import LIKENESSES, PORTFOLIO, TEXT
from models.index import VectorIndex

Vector = NDArray[np.float32]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class PoolLikeness:
    """One likeness of one asker, measured against a pool where it is wanted."""

    name: str
    vector: Vector | None
    index: VectorIndex
    rows: Rows

    @property
    def asker_known(self) -> bool:
        """Whether the asker has a vector."""
        return self.vector is not None

    def known(self, places: Rows) -> NDArray[np.bool_]:
        """Whether both sides have a vector."""
        return (self.rows[places] >= 0) & self.asker_known

    def at(self, places: Rows) -> NDArray[np.float32]:
        """Raw cosines at these places, NaN where either side has no vector."""
        if self.vector is None or not len(self.index):
            return np.full(len(places), np.nan, np.float32)
        cosines: NDArray[np.float32] = dots(self.index.matrix, self.rows[places], self.vector)
        return cosines


class Pool:
    """A roster and the indexes that hold vectors of its profiles.

    ``indexes`` names the index against which each likeness of an asker is measured: descriptions
    and portfolios for programmes; for startups both are the startup's own text.
    """

    def __init__(
        self, rules: Sequence[Rule], side: Side, on: date, indexes: dict[str, VectorIndex]
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

    def likenesses(self, vectors: dict[str, Vector | None]) -> tuple[PoolLikeness, ...]:
        """Likenesses of an asker's vectors, in the order of ``LIKENESSES``."""
        return tuple(
            PoolLikeness(name, vectors[name], self.indexes[name], self.rows(name))
            for name in LIKENESSES
            if name in vectors
        )

    def rows(self, name: str) -> Rows:
        """Row of each profile in an index by place, -1 where it has no vector."""
        rows = self._rows.get(name)
        if rows is None:
            where = {profile_id: row for row, profile_id in enumerate(self.indexes[name].ids)}
            found = [where.get(profile.id, -1) for profile in self.roster.profiles]
            rows = self._rows[name] = np.array(found, np.intp)
        return rows

    def known(self, name: str) -> NDArray[np.bool_]:
        """Which profiles have a vector, by place."""
        known: NDArray[np.bool_] = self.rows(name) >= 0
        return known

    def matrix(self, name: str) -> NDArray[np.float32]:
        """Vectors by place, (profiles, dimension); zeros where there is none."""
        index, rows = self.indexes[name], self.rows(name)
        if not len(index):
            return np.zeros((len(rows), index.dimension), np.float32)
        return np.where(rows[:, None] >= 0, index.matrix[rows], np.float32(0.0))


class BothSides:
    """The likenesses of every startup and every programme, block by block, for a batch."""

    def __init__(self, startups: Pool, programmes: Pool) -> None:
        self._texts = startups.matrix(TEXT)
        self._targets = [programmes.matrix(name) for name in LIKENESSES]
        has_text = startups.known(TEXT)
        self.known = [Known(has_text, programmes.known(name)) for name in (TEXT, PORTFOLIO)]

    def cosines(self, rows: slice) -> list[NDArray[np.float32]]:
        """Cosines of a block of startups against all programmes, one array per likeness."""
        return [self._texts[rows] @ target.T for target in self._targets]
