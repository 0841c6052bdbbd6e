"""Vectors -> nearest, exactly; the only file that imports faiss.

The index is derived and lives in memory: whatever it holds is put in again from the vectors that
the database keeps.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.nearness import Gallery, gallery_of

Eligible = NDArray[np.bool_] | Sequence[str]

_ROOM_AT_FIRST = 256
_SPARE = 16
_NOISE = 1e-5
"""More than float32 sums of unit vectors can differ by the order of their terms."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An id and its likeness to the query: their inner product, -1 to 1 for unit vectors."""

    id: str
    likeness: float


class VectorIndex:
    """Unit vectors by id, searched exactly.

    Rows stand in no promised order: a removed row is filled by the last one, so that a change
    costs what it touches. Answers never depend on that order. A change is seen by the next
    search. Not safe for writing from two threads at once.
    """

    def __init__(self, dimension: int, model_id: str) -> None:
        self.dimension = dimension
        self.model_id = model_id
        self._room = np.zeros((_ROOM_AT_FIRST, dimension), np.float32)
        self._ids: list[str] = []
        self._rows: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, id: object) -> bool:
        return id in self._rows

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids in row order."""
        return tuple(self._ids)

    @property
    def matrix(self) -> NDArray[np.float32]:
        """The vectors (n, dimension) in row order: a read-only view, good until the next change."""
        view = self._room[: len(self)]
        view.flags.writeable = False
        return view

    @property
    def gallery(self) -> Gallery:
        """The vectors in row order, as likeness sees texts: good until the next change."""
        return gallery_of(self.matrix)

    def vector(self, id: str) -> NDArray[np.float32] | None:
        """The vector of an id, (dimension,), or None where it has none."""
        row = self._rows.get(id)
        return None if row is None else self._room[row].copy()

    def put(self, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Add vectors (len(ids), dimension), or replace those whose ids are there already.

        Raises ValueError if the shape is not that or a number is not finite.
        """
        vectors = np.asarray(vectors, np.float32)
        if vectors.shape != (len(ids), self.dimension) or not np.isfinite(vectors).all():
            raise ValueError(f"expected {len(ids)} finite vectors of {self.dimension} numbers")
        self._make_room(len(self) + len(ids))
        for id, vector in zip(ids, vectors, strict=True):
            row = self._rows.setdefault(id, len(self._ids))
            if row == len(self._ids):
                self._ids.append(id)
            self._room[row] = vector

    def remove(self, ids: Iterable[str]) -> None:
        """Take out the vectors of these ids; an id that is not there is passed over."""
        for id in ids:
            row = self._rows.pop(id, None)
            if row is None:
                continue
            last = self._ids.pop()
            if last != id:
                self._room[row] = self._room[len(self._ids)]
                self._ids[row] = last
                self._rows[last] = row

    def _make_room(self, count: int) -> None:
        if count > len(self._room):
            room = np.zeros((max(count, 2 * len(self._room)), self.dimension), np.float32)
            room[: len(self)] = self._room[: len(self)]
            self._room = room

    def nearest(
        self, queries: NDArray[np.float32], k: int, eligible: Eligible | None = None
    ) -> list[list[Neighbour]]:
        """Find the k nearest eligible vectors of each query (queries, dimension), best first.

        `eligible` is a mask in row order, or ids; unknown ids are passed over. The filter works
        inside the search: k come back whenever k are eligible. Equal likeness is ordered by id.
        """
        queries = np.ascontiguousarray(queries, np.float32)
        if queries.ndim != 2 or queries.shape[1] != self.dimension:
            raise ValueError(f"expected queries of shape (n, {self.dimension})")
        rows = self._eligible_rows(eligible)
        k = min(k, len(rows))
        if k <= 0 or not len(queries):
            return [[] for _ in queries]
        return self._search(queries, k, rows)

    def _eligible_rows(self, eligible: Eligible | None) -> NDArray[np.int64]:
        if eligible is None:
            return np.arange(len(self))
        if isinstance(eligible, np.ndarray):
            if eligible.shape != (len(self),):
                raise ValueError(f"expected a mask of {len(self)} rows")
            return np.flatnonzero(eligible)
        known = {self._rows[id] for id in eligible if id in self._rows}
        return np.array(sorted(known), np.int64)

    def _search(
        self, queries: NDArray[np.float32], k: int, rows: NDArray[np.int64]
    ) -> list[list[Neighbour]]:
        """Fetch more than k until nothing left out can tie with the k-th, then rank exactly."""
        wanted = k + _SPARE
        while True:
            likeness, found = self._fetch(queries, min(wanted, len(rows)), rows)
            gap = likeness[:, k - 1] - likeness[:, -1]
            if wanted >= len(rows) or (gap > _NOISE * np.maximum(1, np.abs(likeness[:, 0]))).all():
                return [
                    self._ranked(q, places)[:k] for q, places in zip(queries, found, strict=True)
                ]
            wanted *= 4

    def _fetch(
        self, queries: NDArray[np.float32], k: int, rows: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Let faiss find k of the given rows: likeness and rows, both (queries, k), best first."""
        import faiss

        likeness = np.empty((len(queries), k), np.float32)
        found = np.empty((len(queries), k), np.int64)
        mask = np.zeros(len(self), np.bool_)
        mask[rows] = True
        bits = np.packbits(mask, bitorder="little")
        selector = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
        faiss.knn_inner_product(
            faiss.swig_ptr(queries),
            faiss.swig_ptr(self._room),
            self.dimension,
            len(queries),
            len(self),
            k,
            faiss.swig_ptr(likeness),
            faiss.swig_ptr(found),
            selector if len(rows) < len(self) else None,
        )
        return likeness, found

    def _ranked(self, query: NDArray[np.float32], rows: NDArray[np.int64]) -> list[Neighbour]:
        """Rank rows by likeness in double precision, so that equal vectors are equally like."""
        exact = (self._room[rows].astype(np.float64) * query).sum(axis=1).astype(np.float32)
        pairs = ((-float(value), self._ids[row]) for value, row in zip(exact, rows, strict=True))
        return [Neighbour(id, -negative) for negative, id in sorted(pairs)]
