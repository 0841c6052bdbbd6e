"""One round as numbers: who may go where, what each pair is worth, and what must hold.

Startups and programmes stand in the order of their ids, so the order of the input changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Side = Literal["startup", "programme"]

CLOSED = -1
"""The fit of a pair that is not open."""


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """Bounds on a sum over one side: how many placements of a group, or how much money.

    ``weights`` has one entry for each startup or programme of ``side``: what one placement of it
    adds, 0 outside of the group. ``name`` is the name under which the officer knows the limit.
    """

    name: str
    side: Side
    weights: Longs
    at_least: int = 0
    at_most: int | None = None

    @property
    def counts(self) -> bool:
        """Whether it counts placements, each as one: the shape that a flow can keep."""
        return bool(((self.weights == 0) | (self.weights == 1)).all())


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """A round to be solved: n startups, m programmes.

    Attributes
    ----------
    startups, programmes
        Ids, sorted.
    fit
        Mutual fit of each pair in whole hundredths, (n, m) int32; :data:`CLOSED` where not open.
        Forced pairs are always open.
    gain, want
        The two one-way scores in hundredths, (n, m) int32: what the startup gains, what the
        programme looks for. Meaningful where the pair is open.
    places, least
        The most and the least placements of each programme, (m,).
    offers, must
        The most and the least places that each startup may hold, (n,).
    forced
        Pairs that must be placed, (f, 2) of (startup, programme), sorted.
    held
        Pairs of the round before that this one may keep, (h, 2), sorted; closed ones among them
        cannot be kept.
    bounds
        All other limits.
    """

    startups: tuple[str, ...]
    programmes: tuple[str, ...]
    fit: Ints
    gain: Ints
    want: Ints
    places: Ints
    least: Ints
    offers: Ints
    must: Ints
    forced: Ints = field(default_factory=lambda: np.zeros((0, 2), np.int32))
    held: Ints = field(default_factory=lambda: np.zeros((0, 2), np.int32))
    bounds: tuple[Bound, ...] = ()

    @property
    def shape(self) -> tuple[int, int]:
        """Startups and programmes."""
        return len(self.startups), len(self.programmes)

    @property
    def open_(self) -> NDArray[np.bool_]:
        """Which pairs are open, (n, m)."""
        open_: NDArray[np.bool_] = self.fit != CLOSED
        return open_

    def digest(self) -> str:
        """SHA-256 (hex) of everything that decides an answer."""
        seen = hashlib.sha256()
        for part in self._parts():
            seen.update(len(part).to_bytes(8, "little") + part)
        return seen.hexdigest()

    def _parts(self) -> Iterator[bytes]:
        for ids in (self.startups, self.programmes):
            yield "\n".join(ids).encode()
        for array in (self.fit, self.gain, self.want, self.places, self.least, self.offers):
            yield np.ascontiguousarray(array, "<i4").tobytes()
        for array in (self.must, self.forced, self.held):
            yield np.ascontiguousarray(array, "<i4").tobytes()
        for bound in self.bounds:
            yield f"{bound.name}\n{bound.side}\n{bound.at_least}\n{bound.at_most}".encode()
            yield np.ascontiguousarray(bound.weights, "<i8").tobytes()


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Who goes where.

    Attributes
    ----------
    rows, cols
        The placed pairs as places of startups and programmes, sorted by startup, then programme.
    total
        Sum of the fits of the placed pairs, in hundredths.
    bound
        No solution has a higher total; equal to ``total`` where the optimum is proved. For modes
        that aim at something else than the total, the total itself.
    proved
        Whether the aim of the mode is proved to be reached.
    """

    rows: Ints
    cols: Ints
    total: int
    bound: int
    proved: bool

    def taken(self, programmes: int) -> Ints:
        """Placements of each programme, (programmes,)."""
        return np.bincount(self.cols, minlength=programmes).astype(np.int32)

    def held_by(self, startups: int) -> Ints:
        """Places that each startup holds, (startups,)."""
        return np.bincount(self.rows, minlength=startups).astype(np.int32)


def solution_of(
    instance: Instance, rows: Ints, cols: Ints, bound: int | None = None, proved: bool = True
) -> Solution:
    """A solution from pairs in any order; the total is summed here, exactly."""
    order = np.lexsort((cols, rows))
    rows, cols = rows[order].astype(np.int32), cols[order].astype(np.int32)
    total = int(instance.fit[rows, cols].sum(dtype=np.int64))
    return Solution(rows, cols, total, total if bound is None else bound, proved)


@dataclass(frozen=True, slots=True)
class Broken:
    """A limit that a solution breaks: its name, what it asks for, and what there is."""

    limit: str
    asked: int
    found: int


def broken_limits(instance: Instance, solution: Solution) -> tuple[Broken, ...]:
    """Every limit that a solution does not keep, by name; empty for a lawful one.

    The names are those of :class:`Bound`, and ``places:P``, ``min_intake:P``, ``offers:S``,
    ``must:S``, ``forced:S:P``, ``closed:S:P`` and ``twice:S:P`` for the built-in ones.
    """
    n, m = instance.shape
    rows, cols = solution.rows, solution.cols
    taken, held = solution.taken(m), solution.held_by(n)
    broken = [
        *_beyond("places", instance.programmes, instance.places, taken, most=True),
        *_beyond("min_intake", instance.programmes, instance.least, taken, most=False),
        *_beyond("offers", instance.startups, instance.offers, held, most=True),
        *_beyond("must", instance.startups, instance.must, held, most=False),
    ]
    pairs = set(zip(rows.tolist(), cols.tolist(), strict=True))
    for i, j in instance.forced.tolist():
        if (i, j) not in pairs:
            broken.append(Broken(f"forced:{instance.startups[i]}:{instance.programmes[j]}", 1, 0))
    for i, j in pairs:
        if instance.fit[i, j] == CLOSED:
            broken.append(Broken(f"closed:{instance.startups[i]}:{instance.programmes[j]}", 0, 1))
    if len(pairs) < len(rows):
        broken.append(Broken("twice", 0, len(rows) - len(pairs)))
    for bound in instance.bounds:
        found = int(bound.weights[rows if bound.side == "startup" else cols].sum())
        if found < bound.at_least:
            broken.append(Broken(bound.name, bound.at_least, found))
        if bound.at_most is not None and found > bound.at_most:
            broken.append(Broken(bound.name, bound.at_most, found))
    return tuple(broken)


def _beyond(
    kind: str, ids: tuple[str, ...], asked: Ints, found: Ints, *, most: bool
) -> Iterator[Broken]:
    for place in np.flatnonzero(found > asked if most else found < asked).tolist():
        yield Broken(f"{kind}:{ids[place]}", int(asked[place]), int(found[place]))


Mode = Literal["best", "fair", "stable"]


@dataclass(frozen=True, slots=True)
class How:
    """What is asked of a solution.

    Attributes
    ----------
    proposing
        For ``stable``: the side that proposes, and whose optimum comes out.
    seed
        Of the draw that breaks ties of preference in ``stable``.
    keep_value
        Hundredths of fit that a kept pair of the round before is worth beside its own.
    max_moves
        At most so many pairs of the round before may be given up; None for no cap.
    seconds
        Time limit for what is not solved by a flow.
    reserves
        Most startups on a programme's reserve list.
    """

    mode: Mode = "best"
    proposing: Side = "startup"
    seed: int = 0
    keep_value: int = 0
    max_moves: int | None = None
    seconds: float = 60.0
    reserves: int = 10
