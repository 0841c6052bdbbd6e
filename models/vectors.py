"""Vectors that were already computed: kept by model and text, so that nothing is encoded twice."""

import hashlib
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.encoder import Encoder, Progress, Role

Vector = NDArray[np.float32]

CHUNK = 128
"""Texts that are encoded before their vectors are kept: what an interruption can lose."""


def text_digest(text: str, role: Role) -> str:
    """Sha256 in hex of a text in Unicode NFC and the role it is encoded in."""
    return hashlib.sha256(f"{role}\n{unicodedata.normalize('NFC', text)}".encode()).hexdigest()


class VectorStore(Protocol):
    """Where vectors outlive the process. Vectors have shape (dimension,), float32, unit length."""

    def fetch(self, model_id: str, digests: Collection[str]) -> Mapping[str, Vector]:
        """Give the vectors that are kept for this model, by digest; unknown ones are left out."""

    def keep(self, model_id: str, vectors: Mapping[str, Vector]) -> None:
        """Keep vectors by digest for this model; one that is kept already may be replaced."""


class MemoryVectors:
    """A :class:`VectorStore` that lives as long as the process."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Vector] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def fetch(self, model_id: str, digests: Collection[str]) -> dict[str, Vector]:
        """Give the vectors that are kept for this model, by digest; unknown ones are left out."""
        kept = {digest: self._kept.get((model_id, digest)) for digest in digests}
        return {digest: vector for digest, vector in kept.items() if vector is not None}

    def keep(self, model_id: str, vectors: Mapping[str, Vector]) -> None:
        """Keep vectors by digest for this model."""
        for digest, vector in vectors.items():
            self._kept[model_id, digest] = vector.copy()


class RememberingEncoder:
    """An :class:`~models.encoder.Encoder` that asks its store before it asks its model.

    Each distinct text is encoded once; the vectors of every `chunk` texts are kept as soon as
    they are there, so that an interruption loses at most one chunk.
    """

    def __init__(self, encoder: Encoder, store: VectorStore, *, chunk: int = CHUNK) -> None:
        self._encoder = encoder
        self._store = store
        self._chunk = chunk

    @property
    def model_id(self) -> str:
        """The id of the model within."""
        return self._encoder.model_id

    @property
    def dimension(self) -> int:
        """Numbers in one vector."""
        return self._encoder.dimension

    def encode(
        self, texts: Sequence[str], role: Role, *, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Give an array (texts, dimension) of unit rows; `progress` counts the distinct texts."""
        digests = [text_digest(text, role) for text in texts]
        distinct = dict(zip(digests, texts, strict=True))
        vectors = dict(self._store.fetch(self.model_id, distinct.keys()))
        if progress is not None:
            progress(len(vectors), len(distinct))
        for part in self._missing(distinct, vectors):
            found = self._encoder.encode([distinct[digest] for digest in part], role)
            fresh = dict(zip(part, found, strict=True))
            self._store.keep(self.model_id, fresh)
            vectors |= fresh
            if progress is not None:
                progress(len(vectors), len(distinct))
        rows = [vectors[digest] for digest in digests]
        return np.stack(rows) if rows else np.empty((0, self.dimension), np.float32)

    def _missing(
        self, distinct: Mapping[str, str], vectors: Mapping[str, Vector]
    ) -> list[list[str]]:
        """Digests without a vector, in chunks; texts of like length together, which saves time."""
        missing = [digest for digest in distinct if digest not in vectors]
        missing.sort(key=lambda digest: (len(distinct[digest]), digest))
        return [missing[i : i + self._chunk] for i in range(0, len(missing), self._chunk)]
