"""Which limits give way, and by how much: a whole-number programme with a slack for each limit.

Every limit reads ``row <= most + slack``, a least with its signs turned, and its slack is 0 unless
its switch is on. The columns are what programmes take of startups and of classes
(:mod:`matcher.assignment.demand`), then slacks, then switches.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.assignment.demand import Demand, demand_of, overdrawn
from matcher.assignment.instance import Instance, Longs
from matcher.assignment.linear import Deadline, Floats, Rows, rows_of
from matcher.assignment.whole import solve_rows

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """Limits that may give way, in reading order: ``matrix`` @ taken <= ``most`` + slack.

    Attributes
    ----------
    names, lowers
        As in :class:`matcher.outcome.Relaxation`.
    matrix, most
        Over what is taken, (limits, columns), and the right side.
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
    high: Floats
    cuts: list[tuple[Mask, float, float]] = field(default_factory=list)
    given: list[tuple[Mask, int]] = field(default_factory=list)

    def fewest(self, deadline: Deadline, size: int | None) -> Mask | None:
        """The switches of a smallest set of limits, (limits,), that no cut forbids; None: no more.

        With ``size``: of a set of that size with the least slack, relative to its limits. Raises
        TimeoutError.
        """
        count = len(self.limits.names)
        none, ones = np.zeros(count), np.ones(count)
        if size is None:
            found = self._solve(none, ones, ones, self.cuts, deadline)
        else:
            exactly = (ones > 0, float(size), float(size))
            found = self._solve(1.0 / self.limits.size, none, ones, [*self.cuts, exactly], deadline)
        return None if found is None else found[len(found) - count :] > 0.5

    def slacks(self, switched: Mask, deadline: Deadline) -> dict[int, int] | None:
        """By how much exactly these limits must give way, in their own unit; None where in vain.

        The sum relative to their sizes is least; for one limit alone it is the least at all.
        """
        size = self.limits.size
        weight = np.where(switched, size[switched].max(initial=1.0) / size, 0.0)
        on = switched.astype(float)
        found = self._solve(weight, np.zeros(len(on)), on, [], deadline)
        if found is None:
            return None
        excess = self._excess(self._taken(found))
        if any(excess[k] > 0 for k in np.flatnonzero(~switched)):
            return None
        return {int(k): max(excess[k], 0) for k in np.flatnonzero(switched)}

    def _taken(self, found: Floats) -> Longs:
        return found[: len(self.demand.rows)].round().astype(np.int64)

    def _solve(
        self,
        slack: Floats,
        switch: Floats,
        on: Floats,
        cuts: list[tuple[Mask, float, float]],
        deadline: Deadline,
    ) -> Floats | None:
        """The least cost of slacks and switches, once nothing is taken that nobody can give."""
        cost = np.concatenate([np.zeros(len(self.demand.rows)), slack, switch])
        while True:
            found = self._solve_as_given(cost, on, cuts, deadline)
            if found is None:
                return None
            beyond = list(overdrawn(self.instance, self.demand, self._taken(found)))
            if not beyond:
                return found
            self.given.extend(beyond)

    def _solve_as_given(
        self,
        cost: Floats,
        on: Floats,
        cuts: list[tuple[Mask, float, float]],
        deadline: Deadline,
    ) -> Floats | None:
        limits, columns, count = self.limits, len(self.demand.rows), len(on)
        one, far = sparse.eye(count), sparse.diags(limits.farthest)
        none = np.full(len(self.high) + len(self.given) + 2 * count, -np.inf)
        matrix = sparse.bmat(
            [
                [self.hard, sparse.csr_matrix((len(self.high), count)), None],
                [_stacked([mask for mask, _ in self.given], columns), None, None],
                [limits.matrix, -one, None],
                [None, one, -far],
                [None, None, _stacked([mask for mask, _, _ in cuts], count)],
            ],
            format="csr",
        )
        given = [float(able) for _, able in self.given]
        low = np.concatenate([none, [least for _, least, _ in cuts]])
        high = np.concatenate(
            [self.high, given, limits.most, np.zeros(count), [most for _, _, most in cuts]]
        )
        upper = np.concatenate([self.demand.most, limits.farthest, on])
        whole = np.concatenate([np.ones(columns), limits.whole, np.ones(count)]) > 0
        return solve_rows(cost, (matrix, low, high), (np.zeros(len(upper)), upper), whole, deadline)

    def _excess(self, placed: Longs) -> list[int]:
        """How far placements are beyond each limit, exactly, in its own unit; below 0: within."""
        instance, demand = self.instance, self.demand
        n, m = instance.shape
        own = placed * (demand.member < 0)
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


def _stacked(masks: list[Mask], columns: int) -> sparse.csr_matrix:
    rows = [sparse.csr_matrix(mask.astype(float)[None]) for mask in masks]
    return sparse.vstack([sparse.csr_matrix((0, columns)), *rows], format="csr")


def model_of(instance: Instance) -> Model:
    """The programme of a round, without cuts."""
    demand = demand_of(instance)
    own = _counts(demand.rows, demand.member < 0, instance.shape[0])
    limits = _joined(
        [
            *_of_programmes(instance, demand),
            *_of_startups(instance, own),
            *_of_forced(instance, demand),
            *_of_bounds(rows_of(instance, None), demand),
        ],
        len(demand.rows),
    )
    hard, high = _hard(instance, demand, own)
    return Model(instance, demand, limits, hard, high)


Block = tuple[list[str], bool, sparse.csr_matrix, Floats, Floats, bool]
"""Names, whether they lower, rows, right side, farthest slack, and whether that is whole."""


def _counts(ends: NDArray[np.int32], counted: Mask, size: int) -> sparse.csr_matrix:
    places = np.flatnonzero(counted)
    return sparse.csr_matrix((np.ones(len(places)), (ends[places], places)), (size, len(ends)))


def _of_programmes(instance: Instance, demand: Demand) -> Iterator[Block]:
    names = instance.programmes
    matrix = _counts(demand.cols, demand.cols >= 0, len(names))
    beyond: Floats = matrix @ demand.most - instance.places
    some = np.flatnonzero(beyond > 0)
    places = instance.places[some].astype(float)
    yield [f"places:{names[j]}" for j in some], False, matrix[some], places, beyond[some], True
    some = np.flatnonzero(instance.least > 0)
    least = instance.least[some].astype(float)
    yield [f"min_intake:{names[j]}" for j in some], True, -matrix[some], -least, least, True


def _of_startups(instance: Instance, own: sparse.csr_matrix) -> Iterator[Block]:
    names = instance.startups
    some = np.flatnonzero(instance.must > 0)
    must = instance.must[some].astype(float)
    yield [f"must:{names[i]}" for i in some], True, -own[some], -must, must, True
    beyond: Floats = np.asarray(own.sum(axis=1)).ravel() - instance.offers
    some = np.array([i for i in np.unique(instance.forced[:, 0]) if beyond[i] > 0], np.intp)
    offers = instance.offers[some].astype(float)
    yield [f"offers:{names[i]}" for i in some], False, own[some], offers, beyond[some], True


def _of_forced(instance: Instance, demand: Demand) -> Iterator[Block]:
    count, m = len(instance.forced), instance.shape[1]
    pairs = np.where(demand.member < 0, demand.rows.astype(np.int64) * m + demand.cols, -1)
    wanted = instance.forced[:, 0].astype(np.int64) * m + instance.forced[:, 1]
    order = np.argsort(pairs, kind="stable")
    where = order[np.searchsorted(pairs, wanted, sorter=order)]
    matrix = sparse.csr_matrix(
        (-np.ones(count), (np.arange(count), where)), (count, len(demand.rows))
    )
    names = [f"forced:{instance.startups[i]}:{instance.programmes[j]}" for i, j in instance.forced]
    yield names, True, matrix, -np.ones(count), np.ones(count), True


def _of_bounds(rows: Rows, demand: Demand) -> Iterator[Block]:
    for bound, seen in zip(rows.instance.bounds, rows.bounds, strict=True):
        weights = seen.weights[demand.rows if bound.side == "startup" else demand.cols]
        row = sparse.csr_matrix(weights[None])
        beyond = float(weights @ demand.most) - seen.high
        if beyond > 0:
            high = np.array([seen.high])
            yield [bound.name], False, row, high, np.array([beyond]), False
        if seen.low > 0:
            low = np.array([seen.low])
            yield [bound.name], True, -row, -low, low, False


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
    instance: Instance, demand: Demand, own: sparse.csr_matrix
) -> tuple[sparse.csr_matrix, Floats]:
    """Offers of single startups without a forced pair, and the most that classes need."""
    bound = np.asarray(own.sum(axis=1)).ravel() > instance.offers
    bound[instance.forced[:, 0]] = False
    some = np.flatnonzero(bound)
    classes = _counts(demand.member, demand.member >= 0, len(demand.needed))
    high = np.concatenate([instance.offers[some], demand.needed])
    return sparse.vstack([own[some], classes], format="csr"), high
