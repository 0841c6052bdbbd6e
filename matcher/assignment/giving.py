"""Which limits give way, and by how much: a whole-number programme with a slack for each limit.

Every limit reads ``row <= most + slack``, a least with its signs turned, and its slack is 0 unless
its switch is on. The columns are placements, totals of classes (see :mod:`matcher.assignment.whole`
for why only these must be told to be whole), slacks, and switches.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.assignment.demand import Demand, demand_of
from matcher.assignment.instance import Instance, Longs
from matcher.assignment.linear import Deadline, Floats, Rows, rows_of
from matcher.assignment.whole import Classes, classes_of, solve_rows, sums

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """Limits that may give way, in reading order: ``matrix`` @ columns <= ``most`` + slack.

    Attributes
    ----------
    names, lowers
        As in :class:`matcher.outcome.Relaxation`.
    matrix, most
        Over placements and totals, (limits, columns), and the right side.
    farthest
        The most slack that can ever be of use.
    whole
        Whether the slack is a whole number by nature.
    """

    names: tuple[str, ...]
    lowers: Mask
    matrix: sparse.csr_matrix
    most: Floats
    farthest: Floats
    whole: Mask

    @property
    def size(self) -> Floats:
        """What a slack is measured against: the limit itself, or one unit where it is 0."""
        return np.maximum(np.abs(self.most), 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """The limits of a round over the columns that decide, and rows that never give way."""

    instance: Instance
    demand: Demand
    limits: Limits
    hard: sparse.csr_matrix
    low: Floats
    high: Floats
    upper: Floats
    totals: int
    cuts: list[tuple[Mask, float, float]] = field(default_factory=list)

    def fewest(self, deadline: Deadline, size: int | None) -> Mask | None:
        """The switches of a smallest set of limits, (limits,), that no cut forbids; None: no more.

        With ``size``: of a set of that size with the least slack, relative to its limits. Raises
        TimeoutError.
        """
        count = len(self.limits.names)
        zeros = np.zeros(len(self.upper))
        if size is None:
            cost = np.concatenate([zeros, np.zeros(count), np.ones(count)])
        else:
            cost = np.concatenate([zeros, 1.0 / self.limits.size, np.zeros(count)])
        switches = [(np.ones(count, np.bool_), float(size), float(size))] if size else []
        found = self._solve(cost, np.ones(count), [*self.cuts, *switches], deadline)
        return None if found is None else found[len(found) - count :] > 0.5

    def slacks(self, switched: Mask, deadline: Deadline) -> dict[int, int] | None:
        """By how much exactly these limits must give way, in their own unit; None where in vain.

        The sum relative to their sizes is least; for one limit alone it is the least at all.
        """
        count, size = len(self.limits.names), self.limits.size
        weight = np.where(switched, size[switched].max(initial=1.0) / size, 0.0)
        cost = np.concatenate([np.zeros(len(self.upper)), weight, np.zeros(count)])
        found = self._solve(cost, switched.astype(float), [], deadline)
        if found is None:
            return None
        excess = self._excess(found[: len(self.demand.rows)].round().astype(np.int64))
        if any(excess[k] > 0 for k in np.flatnonzero(~switched)):
            return None
        return {int(k): max(excess[k], 0) for k in np.flatnonzero(switched)}

    def _solve(
        self,
        cost: Floats,
        switches: Floats,
        cuts: list[tuple[Mask, float, float]],
        deadline: Deadline,
    ) -> Floats | None:
        limits, columns = self.limits, len(self.upper)
        count = len(limits.names)
        one, far = sparse.eye(count), sparse.diags(limits.farthest)
        own = [sparse.csr_matrix(mask.astype(float)[None]) for mask, _, _ in cuts]
        none = sparse.csr_matrix((0, count))
        matrix = sparse.bmat(
            [
                [self.hard, sparse.csr_matrix((self.hard.shape[0], count)), None],
                [limits.matrix, -one, None],
                [None, one, -far],
                [None, None, sparse.vstack(own) if own else none],
            ],
            format="csr",
        )
        low = np.concatenate([self.low, np.full(2 * count, -np.inf), [c[1] for c in cuts]])
        high = np.concatenate([self.high, limits.most, np.zeros(count), [c[2] for c in cuts]])
        upper = np.concatenate([self.upper, limits.farthest, switches])
        lower = np.zeros(len(upper))
        whole = np.ones(len(upper), np.bool_)
        whole[: columns - self.totals] = False
        whole[columns : columns + count] = limits.whole
        placed = np.arange(len(upper)) < columns - self.totals
        return solve_rows(cost, (matrix, low, high), (lower, upper), whole, placed, deadline)

    def _excess(self, placed: Longs) -> list[int]:
        """How far placements are beyond each limit, exactly, in its own unit; below 0: within."""
        instance, demand = self.instance, self.demand
        n, m = instance.shape
        own = placed * ~demand.shared
        held = np.bincount(demand.rows, own, n).astype(np.int64)
        taken = np.bincount(demand.cols, placed, m).astype(np.int64)
        found = {}
        for i, name in enumerate(instance.startups):
            found[f"must:{name}", True] = int(instance.must[i] - held[i])
            found[f"offers:{name}", False] = int(held[i] - instance.offers[i])
        for j, name in enumerate(instance.programmes):
            found[f"places:{name}", False] = int(taken[j] - instance.places[j])
            found[f"min_intake:{name}", True] = int(instance.least[j] - taken[j])
        for i, j in instance.forced.tolist():
            here = int(own[(demand.rows == i) & (demand.cols == j)].sum())
            found[f"forced:{instance.startups[i]}:{instance.programmes[j]}", True] = 1 - here
        for bound in instance.bounds:
            ends = demand.rows if bound.side == "startup" else demand.cols
            total = int((bound.weights[ends] * placed).sum())
            found[bound.name, True] = bound.at_least - total
            found[bound.name, False] = 0 if bound.at_most is None else total - bound.at_most
        sides = zip(self.limits.names, self.limits.lowers.tolist(), strict=True)
        return [found[side] for side in sides]


def model_of(instance: Instance) -> Model:
    """The programme of a round, without cuts."""
    demand, rows = demand_of(instance), rows_of(instance, None)
    startup, programme = classes_of(rows, "startup"), classes_of(rows, "programme")
    totals = startup.weights.shape[1] + programme.weights.shape[1]
    own = _counts(demand.rows, ~demand.shared, instance.shape[0])
    there = _counts(demand.cols, np.ones(len(demand.cols), np.bool_), instance.shape[1])
    limits = _joined(
        [
            *_of_programmes(instance, demand, there, totals),
            *_of_startups(instance, own, totals),
            *_of_forced(instance, demand, totals),
            *_of_bounds(rows, demand, np.hstack([startup.weights, programme.weights])),
        ],
        len(demand.rows) + totals,
    )
    hard, low, high = _hard(instance, demand, own, startup, programme)
    upper = np.concatenate([demand.most, np.full(totals, np.inf)])
    return Model(instance, demand, limits, hard, low, high, upper, totals)


Block = tuple[list[str], bool, sparse.csr_matrix, Floats, Floats, bool]
"""Names, whether they lower, rows, right side, farthest slack, and whether that is whole."""


def _counts(ends: NDArray[np.int32], counted: Mask, size: int) -> sparse.csr_matrix:
    places = np.flatnonzero(counted)
    return sparse.csr_matrix((np.ones(len(places)), (ends[places], places)), (size, len(ends)))


def _wide(matrix: sparse.csr_matrix, totals: int) -> sparse.csr_matrix:
    return sparse.hstack([matrix, sparse.csr_matrix((matrix.shape[0], totals))], format="csr")


def _of_programmes(
    instance: Instance, demand: Demand, there: sparse.csr_matrix, totals: int
) -> Iterator[Block]:
    names, matrix = instance.programmes, _wide(there, totals)
    beyond = there @ demand.most - instance.places
    some = np.flatnonzero(beyond > 0)
    places = instance.places[some].astype(float)
    yield [f"places:{names[j]}" for j in some], False, matrix[some], places, beyond[some], True
    some = np.flatnonzero(instance.least > 0)
    least = instance.least[some].astype(float)
    yield [f"min_intake:{names[j]}" for j in some], True, -matrix[some], -least, least, True


def _of_startups(instance: Instance, own: sparse.csr_matrix, totals: int) -> Iterator[Block]:
    names, matrix = instance.startups, _wide(own, totals)
    some = np.flatnonzero(instance.must > 0)
    must = instance.must[some].astype(float)
    yield [f"must:{names[i]}" for i in some], True, -matrix[some], -must, must, True
    beyond: Floats = np.asarray(own.sum(axis=1)).ravel() - instance.offers
    some = np.array([i for i in np.unique(instance.forced[:, 0]) if beyond[i] > 0], np.intp)
    offers = instance.offers[some].astype(float)
    yield [f"offers:{names[i]}" for i in some], False, matrix[some], offers, beyond[some], True


def _of_forced(instance: Instance, demand: Demand, totals: int) -> Iterator[Block]:
    size, count = len(demand.rows), len(instance.forced)
    pairs = demand.rows.astype(np.int64) * instance.shape[1] + demand.cols
    wanted = instance.forced[:, 0].astype(np.int64) * instance.shape[1] + instance.forced[:, 1]
    where = np.array([np.flatnonzero((pairs == one) & ~demand.shared)[0] for one in wanted], int)
    matrix = sparse.csr_matrix((-np.ones(count), (np.arange(count), where)), (count, size))
    names = [f"forced:{instance.startups[i]}:{instance.programmes[j]}" for i, j in instance.forced]
    yield names, True, _wide(matrix, totals), -np.ones(count), np.ones(count), True


def _of_bounds(rows: Rows, demand: Demand, weights: Floats) -> Iterator[Block]:
    blank = np.zeros(len(demand.rows))
    for place, (bound, seen) in enumerate(zip(rows.instance.bounds, rows.bounds, strict=True)):
        row = np.concatenate([blank, weights[place]])
        ends = demand.rows if bound.side == "startup" else demand.cols
        beyond = float(seen.weights[ends] @ demand.most) - seen.high
        if beyond > 0:
            high = np.array([seen.high])
            yield [bound.name], False, sparse.csr_matrix(row), high, np.array([beyond]), False
        if seen.low > 0:
            low = np.array([seen.low])
            yield [bound.name], True, sparse.csr_matrix(-row), -low, low, False


def _joined(blocks: list[Block], columns: int) -> Limits:
    counts = [len(names) for names, *_ in blocks]
    return Limits(
        tuple(name for names, *_ in blocks for name in names),
        np.repeat([block[1] for block in blocks], counts),
        sparse.vstack([sparse.csr_matrix((0, columns)), *(block[2] for block in blocks)], "csr"),
        np.concatenate([block[3] for block in blocks]),
        np.concatenate([block[4] for block in blocks]),
        np.repeat([block[5] for block in blocks], counts),
    )


def _hard(
    instance: Instance,
    demand: Demand,
    own: sparse.csr_matrix,
    startup: Classes,
    programme: Classes,
) -> tuple[sparse.csr_matrix, Floats, Floats]:
    """Offers of startups without a forced pair, what classes need at most, and the totals."""
    totals = sums(startup, demand.rows), sums(programme, demand.cols)
    wide = sum(one.shape[0] for one in totals)
    bound = np.asarray(own.sum(axis=1)).ravel() > instance.offers
    bound[instance.forced[:, 0]] = False
    some = np.flatnonzero(bound)
    classes = _counts(demand.member, demand.member >= 0, len(demand.needed))
    matrix = sparse.vstack(
        [
            _wide(own[some], wide),
            _wide(classes, wide),
            sparse.hstack([sparse.vstack(totals), -sparse.eye(wide)]),
        ],
        format="csr",
    )
    low = np.concatenate([np.full(len(some) + len(demand.needed), -np.inf), np.zeros(wide)])
    high = np.concatenate([instance.offers[some], demand.needed, np.zeros(wide)])
    return matrix, low, high
