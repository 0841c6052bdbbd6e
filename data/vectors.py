"""Vectors of texts, kept per model and text digest so that nothing is encoded twice."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, insert, select

from data.engines import reading, transaction
from data.tables import VECTORS

Vector = NDArray[np.float32]

CHUNK = 500


class DatabaseVectors:
    """Vectors kept in the database; each call is its own transaction.

    A vector is stored as its float32 values in little-endian order.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def fetch(self, model_id: str, digests: Collection[str]) -> dict[str, Vector]:
        """Return the kept vectors among these digests, each float32 of shape (dimension,)."""
        found: dict[str, Vector] = {}
        c = VECTORS.c
        with reading(self._engine) as conn:
            for chunk in _chunks(list(dict.fromkeys(digests))):
                asked = select(c.digest, c.vector).where(
                    c.model_id == model_id, c.digest.in_(chunk)
                )
                found |= {r.digest: _vector(r.vector) for r in conn.execute(asked)}
        return found

    def keep(self, model_id: str, vectors: Mapping[str, Vector]) -> None:
        """Keep vectors by digest; one that is kept already stays as it is."""
        with transaction(self._engine) as conn:
            for chunk in _chunks(list(vectors)):
                asked = select(VECTORS.c.digest).where(
                    VECTORS.c.model_id == model_id, VECTORS.c.digest.in_(chunk)
                )
                kept = set(conn.execute(asked).scalars())
                rows = [_row(model_id, d, vectors[d]) for d in chunk if d not in kept]
                if rows:
                    conn.execute(insert(VECTORS), rows)


def _row(model_id: str, digest: str, vector: Vector) -> dict[str, object]:
    values = np.ascontiguousarray(vector, dtype="<f4").tobytes()
    return {"model_id": model_id, "digest": digest, "vector": values}


def _vector(values: bytes) -> Vector:
    return np.frombuffer(values, dtype="<f4").astype(np.float32)


def _chunks(digests: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(digests), CHUNK):
        yield digests[start : start + CHUNK]
