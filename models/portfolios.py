"""Portfolios by programme id: the portraits that startups are held against, side by side."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from matcher.nearness import Gallery, Portrait, of_portfolio
from models.index import VectorIndex

MOST_ALUMNI = 64
"""Alumni of one programme among whom the nearest are looked for, the last of its portfolio; the
mean is over all. It bounds what a programme costs when it asks a hundred thousand startups."""

_ROOM_AT_FIRST = 256


class Portfolios:
    """Portraits of portfolios by id, derived and in memory, as :class:`VectorIndex` holds texts.

    Members of a portfolio that is replaced or removed leave a gap; the gaps are closed when they
    are more than half, so that a change costs what it touches. Not safe for writing from two
    threads at once.
    """

    def __init__(self, dimension: int, model_id: str) -> None:
        self._centres = VectorIndex(dimension, model_id)
        self._room = np.zeros((_ROOM_AT_FIRST, dimension), np.float32)
        self._spans: dict[str, tuple[int, int]] = {}
        self._end = 0
        self._held = 0
        self._gallery: Gallery | None = None

    def __len__(self) -> int:
        return len(self._centres)

    def __contains__(self, id: object) -> bool:
        return id in self._centres

    @property
    def dimension(self) -> int:
        """Numbers of a vector."""
        return self._centres.dimension

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids in row order."""
        return self._centres.ids

    @property
    def gallery(self) -> Gallery:
        """All portraits in row order: read-only views, good until the next change."""
        if self._gallery is None:
            members = self._room[: self._end]
            members.flags.writeable = False
            spans = np.array([self._spans[id] for id in self.ids], np.intp).reshape(-1, 2)
            self._gallery = Gallery(self._centres.matrix, members, spans)
        return self._gallery

    @property
    def alumni(self) -> NDArray[np.float32]:
        """Vectors of all alumni that are held, portfolio by portfolio in row order, (n, dim)."""
        held = [self._room[start:end] for start, end in (self._spans[id] for id in self.ids)]
        return np.concatenate([self._room[:0], *held])

    def portrait(self, id: str) -> Portrait | None:
        """The portrait of an id, or None where it has none."""
        centre = self._centres.vector(id)
        if centre is None:
            return None
        start, end = self._spans[id]
        return Portrait(centre, self._room[start:end].copy())

    def put(self, id: str, vectors: NDArray[np.float32]) -> None:
        """Add a portfolio by its alumni's unit vectors (alumni, dimension), or replace it.

        Raises ValueError if there are none, the shape is not that or a number is not finite.
        """
        if vectors.ndim != 2 or not len(vectors):
            raise ValueError(f"expected vectors of alumni, not an array of shape {vectors.shape}")
        seen = of_portfolio(vectors)
        self._centres.put([id], seen.centre[None, :])
        self._leave([id])
        members = seen.members[-MOST_ALUMNI:]
        self._make_room(len(members))
        start, self._end = self._end, self._end + len(members)
        self._room[start : self._end] = members
        self._spans[id] = start, self._end
        self._held += len(members)

    def remove(self, ids: Iterable[str]) -> None:
        """Take out the portfolios of these ids; an id that is not there is passed over."""
        gone = list(ids)
        self._centres.remove(gone)
        self._leave(gone)

    def _leave(self, ids: Iterable[str]) -> None:
        """Forget the members of these ids, which leaves gaps."""
        self._gallery = None
        for id in ids:
            start, end = self._spans.pop(id, (0, 0))
            self._held -= end - start

    def _make_room(self, count: int) -> None:
        """Close the gaps where they are more than half, and grow where there is no room left."""
        if self._end + count <= len(self._room):
            return
        room = self._room
        if 2 * (self._held + count) > len(room):
            room = np.zeros((2 * max(len(room), count), self.dimension), np.float32)
        else:
            room = np.zeros_like(room)
        self._end = 0
        for id, (start, end) in self._spans.items():
            self._spans[id] = self._end, self._end + end - start
            room[self._end : self._end + end - start] = self._room[start:end]
            self._end += end - start
        self._room = room
