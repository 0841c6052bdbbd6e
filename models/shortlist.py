"""The door of this room: profiles in, likenesses out.

A profile is encoded once, when it is learnt; its vector is the unit mean of the vectors of its
texts, each without what all texts of its kind and language share (see ``reference.py``); a
portfolio is held by the vectors of its alumni. Who has no text has no vector, and its likeness is
unknown (NaN), never zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.nearness import Portrait
from matcher.profile import Incubator, Programme, Startup
from models.encoder import Encoder, Progress
from models.index import Neighbour, VectorIndex
from models.portfolios import MOST_ALUMNI, Portfolios
from models.reference import Centring, encode_texts
from models.text import Written, alumnus_texts, incubator_texts, programme_texts, startup_texts

Vector = NDArray[np.float32]

NEAREST_ALUMNI = 2
"""Alumni named in the reason of a portfolio's likeness."""


class Shortlist:
    """Vectors of all profiles, and how near they are to each other.

    Attributes
    ----------
    encoder, passing
        What encodes profiles that are learnt, and those that only pass through and of which nothing
        is to be remembered; the same where only one is given.
    startups, programmes, portfolios, incubators
        Vectors by profile id, and the portraits of portfolios by programme id.
    """

    def __init__(
        self, encoder: Encoder, centring: Centring, passing: Encoder | None = None
    ) -> None:
        self.encoder = encoder
        self.passing = passing or encoder
        self.centring = centring
        self.startups = self._index()
        self.programmes = self._index()
        self.portfolios = Portfolios(encoder.dimension, encoder.model_id)
        self.incubators = self._index()
        self._alumni: dict[str, tuple[str, ...]] = {}

    @property
    def _by_kind(self) -> dict[str, VectorIndex]:
        return {
            "startup": self.startups,
            "programme": self.programmes,
            "incubator": self.incubators,
        }

    def _index(self) -> VectorIndex:
        return VectorIndex(self.encoder.dimension, self.encoder.model_id)

    def learn_startups(self, startups: Sequence[Startup], progress: Progress | None = None) -> None:
        """Encode startups and add or replace them."""
        vectors = self._means([startup_texts(s) for s in startups], progress)
        _put(self.startups, [s.id for s in startups], vectors)

    def learn_incubators(
        self, incubators: Sequence[Incubator], progress: Progress | None = None
    ) -> None:
        """Encode incubators and add or replace them."""
        vectors = self._means([incubator_texts(i) for i in incubators], progress)
        _put(self.incubators, [i.id for i in incubators], vectors)

    def learn_programmes(
        self, programmes: Sequence[Programme], progress: Progress | None = None
    ) -> None:
        """Encode programmes and their portfolios and add or replace them."""
        ids = [p.id for p in programmes]
        texts = [programme_texts(p) for p in programmes]
        alumni = [[alumnus_texts(a) for a in p.portfolio or ()] for p in programmes]
        flat = texts + [text for group in alumni for text in group]
        vectors = self._means(flat, progress)
        _put(self.programmes, ids, vectors[: len(ids)])
        rest = iter(vectors[len(ids) :])
        for programme, group in zip(programmes, alumni, strict=True):
            self._learn_portfolio(programme, [next(rest) for _ in group])

    def _learn_portfolio(self, programme: Programme, vectors: list[Vector | None]) -> None:
        named = [alumnus.company for alumnus in programme.portfolio or ()]
        known = [(n, v) for n, v in zip(named, vectors, strict=True) if v is not None]
        if not known:
            self._alumni.pop(programme.id, None)
            self.portfolios.remove([programme.id])
            return
        self.portfolios.put(programme.id, np.stack([v for _, v in known]))
        self._alumni[programme.id] = tuple(n for n, _ in known[-MOST_ALUMNI:])

    def forget(self, kind: str, profile_id: str) -> None:
        """Remove a profile of this kind; an id that is not known is no error."""
        self._by_kind[kind].remove([profile_id])
        if kind == "programme":
            self.portfolios.remove([profile_id])
            self._alumni.pop(profile_id, None)

    def startup_vector(self, startup: Startup) -> Vector | None:
        """Vector of a startup that need not be learnt, (dimension,), or None without a text."""
        return self._means([startup_texts(startup)], passing=True)[0]

    def incubator_vector(self, incubator: Incubator) -> Vector | None:
        """Vector of an incubator that need not be learnt, or None without a text."""
        return self._means([incubator_texts(incubator)], passing=True)[0]

    def programme_vector(self, programme_id: str) -> Vector | None:
        """Vector of a programme's description, or None."""
        return self.programmes.vector(programme_id)

    def portfolio(self, programme_id: str) -> Portrait | None:
        """Portrait of a programme's portfolio, or None."""
        return self.portfolios.portrait(programme_id)

    def mean_of_programmes(self, programme_ids: Iterable[str]) -> Vector | None:
        """Unit mean of programmes' vectors, for an organisation that runs several.

        Summed in the order of the ids: the order in which they came leaves no trace.
        """
        known = [v for i in sorted(programme_ids) if (v := self.programme_vector(i)) is not None]
        return _unit(np.mean(known, axis=0)) if known else None

    def similar(self, kind: str, profile_id: str, k: int) -> list[Neighbour]:
        """The k profiles of the same kind whose texts are nearest, nearest first.

        Empty where the profile has no vector. Raises KeyError for a kind that is not known.
        """
        index = self._by_kind[kind]
        vector = index.vector(profile_id)
        if vector is None:
            return []
        found = index.nearest(vector[None, :], k + 1)[0]
        return [neighbour for neighbour in found if neighbour.id != profile_id][:k]

    def nearest_alumni(self, vector: Vector | None) -> Callable[[Programme], str | None]:
        """A reader that names the alumni of a programme nearest to a vector, nearest first."""

        def names(programme: Programme) -> str | None:
            portfolio = self.portfolio(programme.id)
            if portfolio is None or vector is None:
                return None
            order = np.argsort(-(portfolio.members @ vector), kind="stable")[:NEAREST_ALUMNI]
            return ", ".join(self._alumni[programme.id][place] for place in order)

        return names

    def _means(
        self,
        groups: Sequence[Sequence[Written]],
        progress: Progress | None = None,
        *,
        passing: bool = False,
    ) -> list[Vector | None]:
        """Unit mean of each group of texts, encoded all together; None for an empty group."""
        flat = [text for group in groups for text in group]
        raw = encode_texts(self.passing if passing else self.encoder, flat, progress)
        vectors = [self.centring.away(w, v) for w, v in zip(flat, raw, strict=True)]
        means: list[Vector | None] = []
        start = 0
        for group in groups:
            end = start + len(group)
            means.append(_unit(np.mean(vectors[start:end], axis=0)) if group else None)
            start = end
        return means


def _unit(vector: NDArray[np.float32]) -> Vector:
    return (vector / max(float(np.linalg.norm(vector)), 1e-12)).astype(np.float32)


def _put(index: VectorIndex, ids: Sequence[str], vectors: Sequence[Vector | None]) -> None:
    known = [(i, v) for i, v in zip(ids, vectors, strict=True) if v is not None]
    if known:
        index.put([i for i, _ in known], np.stack([v for _, v in known]))
    silent = [i for i, v in zip(ids, vectors, strict=True) if v is None]
    if silent:
        index.remove(silent)
