"""What an exchange of places is worth: the proof of a best solution, and the prices that follow.

Everything is worked out from the solved round itself and from none of the solver's numbers, so it
also proves the solver's answer. One more place, and a startup that must be placed somewhere, each
close one cheapest chain of moves; that the chain is exact, and no mere estimate, is the theorem of
successive shortest paths (Ahuja, Magnanti and Orlin, Network Flows, 1993, section 9.7).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from matcher.assignment.instance import (
    CLOSED,
    Instance,
    Ints,
    Longs,
    Solution,
    broken_limits,
)
from matcher.assignment.network import Network, network_of
from matcher.assignment.residual import (
    FAR,
    Placed,
    Residual,
    close,
    placed_of,
    residual_of,
    settle,
)
from matcher.assignment.worth import Worth, worth_of

NOWHERE = -1

Shift = tuple[int, int, int]
"""A move: a startup, the programme that it leaves and the one that takes it, or NOWHERE."""


@dataclass(frozen=True, eq=False)
class Exchange:
    """The ways to exchange places in one solution; made by :func:`exchange_of`.

    All worths are of the fits, and of the bonus that :func:`exchange_of` was given. Prices and
    costs have a meaning where the solution is best for them, and raise ValueError elsewhere.

    Attributes
    ----------
    improvement
        Moves that together raise the worth of the solution; empty where it is proved best.
    """

    instance: Instance
    network: Network
    worth: Worth
    placed: Placed
    residual: Residual
    improvement: tuple[Shift, ...]

    @property
    def proved(self) -> bool:
        """Whether no exchange of places, over all open pairs, is worth more: a best solution."""
        return not self.improvement

    @cached_property
    def prices(self) -> Longs:
        """What one more place at each programme would add to the whole, (m,), exact, 0 or more."""
        self._must_be_best()
        over, prices = self.network.over_programmes, np.zeros(len(self.instance.programmes), int)
        for start in np.unique(over).tolist():
            under = np.flatnonzero(over == start)
            prices[under] = np.maximum(0, -self._ways(start)[0][under])
        return prices.astype(np.int64)

    def costs(self, i: int) -> Longs:
        """What the whole would lose if startup ``i`` had to be placed at each programme, (m,).

        Exact. 0 where it is placed already; -1 where the pair is closed, or the limits allow no
        solution with it. A startup with several places gives one of them up, or uses a free offer,
        whichever costs less.
        """
        m = len(self.instance.programmes)
        return self.costs_of(np.full(m, i), np.arange(m))

    def costs_of(self, rows: ArrayLike, cols: ArrayLike) -> Longs:
        """The same for many pairs of a startup and a programme at once, (pairs,)."""
        asked, at = np.asarray(rows, np.int32), np.asarray(cols, np.int32)
        best = np.where(self._free(asked), self._lengths[at, self._over(asked)], FAR)
        _give_up(asked, at, self.placed, self._own, self._lengths, best)
        costs = np.where(best < FAR // 2, best - self.worth.of(asked, at), -1)
        costs[self.instance.fit[asked, at] == CLOSED] = -1
        costs[self.is_placed[asked, at]] = 0
        return costs.astype(np.int64)

    def displaced(self, i: int, j: int) -> tuple[Shift, ...]:
        """Who moves where when startup ``i`` has to be placed at programme ``j``, and it first.

        The moves of one cheapest way; empty where it is placed there already or cannot be.
        """
        if self.costs_of([i], [j])[0] < 0 or self.is_placed[i, j]:
            return ()
        lengths, before = self._ways(j)
        path = _path(before, j, self._way_back(i, lengths))
        for place, (tail, head) in enumerate(pairwise(path)):
            if self.residual.movers[tail, head] == i:
                path = path[: place + 1]
                break
        return ((i, self._programme(path[-1]), j), *self._moves(path))

    def _way_back(self, i: int, lengths: Longs) -> int:
        """The node from which startup ``i`` is freed at the least loss."""
        ways = []
        for k in range(self.placed.starts[i], self.placed.starts[i + 1]):
            if not self.placed.fixed[k]:
                p = int(self.placed.cols[k])
                ways.append((int(lengths[p] + self._own[k]), p))
        if self._free(np.array([i]))[0]:
            over = int(self.network.over_startups[i])
            ways.append((int(lengths[over]), over))
        return min(ways)[1]

    def _must_be_best(self) -> None:
        if not self.proved:
            raise ValueError("this solution is not best, so it has neither prices nor costs")

    def _ways(self, start: int) -> tuple[Longs, Ints]:
        """Least losses from a node to each, and the node before each on the way."""
        self._must_be_best()
        lengths = np.full(self.network.nodes, FAR, np.int64)
        before = np.full(self.network.nodes, -1, np.int32)
        lengths[start] = 0
        settle(self.residual.loss, lengths, before)
        return lengths, before

    @cached_property
    def _lengths(self) -> Longs:
        """Least losses from each node to each; once for all questions."""
        self._must_be_best()
        lengths = self.residual.loss.copy()
        close(lengths)
        return lengths

    @cached_property
    def _own(self) -> Longs:
        rows = np.repeat(np.arange(len(self.instance.startups)), np.diff(self.placed.starts))
        return self.worth.of(rows.astype(np.int32), self.placed.cols)

    @cached_property
    def is_placed(self) -> NDArray[np.bool_]:
        """Which pairs are placed, (n, m)."""
        placed = np.zeros(self.instance.shape, np.bool_)
        rows = np.repeat(np.arange(len(self.instance.startups)), np.diff(self.placed.starts))
        placed[rows, self.placed.cols] = True
        return placed

    def _over(self, rows: Ints) -> Ints:
        return self.network.over_startups[rows]

    def _free(self, rows: Ints) -> NDArray[np.bool_]:
        starts = self.placed.starts
        free: NDArray[np.bool_] = starts[rows + 1] - starts[rows] < self.instance.offers[rows]
        return free

    def _programme(self, node: int) -> int:
        return node if node < len(self.instance.programmes) else NOWHERE

    def _moves(self, path: list[int]) -> list[Shift]:
        """Moves along a path of nodes; a startup that leaves and is taken at once moves once."""
        moves: list[Shift] = []
        for tail, head in pairwise(path):
            mover = int(self.residual.movers[tail, head])
            if mover < 0:
                continue
            start, end = self._programme(tail), self._programme(head)
            if moves and moves[-1][0] == mover and moves[-1][2] == start == NOWHERE:
                start = moves.pop()[1]
            moves.append((mover, start, end))
        return moves


def exchange_of(
    instance: Instance, solution: Solution, bonus: Longs | None = None, scale: int = 1
) -> Exchange | None:
    """The exchanges of a solution, None where the limits of the round are not those of a flow.

    Worths are of the fits alone, unless the bonus (h,) of ``instance.held`` and the scale of the
    fits are given with which the solution was found. Raises ValueError for a solution that breaks
    a limit.
    """
    network = network_of(instance)
    if network is None:
        return None
    if broken := broken_limits(instance, solution):
        raise ValueError(f"this solution breaks {broken[0].limit}")
    worth = worth_of(instance, bonus, scale)
    rows, cols = solution.rows, solution.cols
    residual = residual_of(instance, network, worth, rows, cols, instance.open_)
    placed = placed_of(instance, rows, cols)
    lengths, before = np.zeros(network.nodes, np.int64), np.full(network.nodes, -1, np.int32)
    found = settle(residual.loss, lengths, before)
    exchange = Exchange(instance, network, worth, placed, residual, ())
    if found < 0:
        return exchange
    moves = tuple(exchange._moves(_cycle(before, found)))
    return Exchange(instance, network, worth, placed, residual, moves)


def _path(before: Ints, start: int, end: int) -> list[int]:
    path = [end]
    while path[-1] != start:
        path.append(int(before[path[-1]]))
    return path[::-1]


def _cycle(before: Ints, node: int) -> list[int]:
    """The closed path into which the nodes before this one lead."""
    for _ in before:
        node = int(before[node])
    cycle = [node, int(before[node])]
    while cycle[-1] != node:
        cycle.append(int(before[cycle[-1]]))
    return cycle[::-1]


@njit(cache=True, nogil=True)
def _give_up(rows: Ints, at: Ints, placed: Placed, own: Longs, lengths: Longs, best: Longs) -> None:
    for question in range(len(rows)):
        i, j = rows[question], at[question]
        for k in range(placed.starts[i], placed.starts[i + 1]):
            if not placed.fixed[k]:
                best[question] = min(best[question], lengths[j, placed.cols[k]] + own[k])
