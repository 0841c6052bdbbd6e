"""The best total that keeps enough of the round before, where a flow can keep the limits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matcher.assignment.crossing import Pair, exchanges_between, kept_by, pairs_of
from matcher.assignment.exchange import NOWHERE, Exchange, Shift, exchange_of
from matcher.assignment.flow import best_flow, pairs_near_best
from matcher.assignment.instance import CLOSED, How, Instance, Ints, Longs, Solution, solution_of
from matcher.assignment.integer import best_integer
from matcher.assignment.network import network_of
from matcher.assignment.residual import FAR
from matcher.errors import OutOfTime

MOST_STEPS = 200
"""How many pairs are tried before a step is given up."""


@dataclass(frozen=True, slots=True)
class _Edge:
    """Two best solutions at one keep value ``price / scale``: too few are kept, and enough."""

    few: Solution
    enough: Solution
    price: int
    scale: int

    def bound(self, kept_by_few: int, keep: int) -> int:
        """The most that a solution may total that keeps at least ``keep``, by duality."""
        return self.few.total - -(-self.price * (keep - kept_by_few) // self.scale)


def best_keeping(instance: Instance, how: How, keep: int) -> Solution | None:
    """The best total that keeps at least ``keep`` held pairs, which is known to be possible.

    Where its optimum is best for some keep value, or beside such a one, flows find it and duality
    proves it; else a search over the few pairs that are left does, within ``how.seconds``. None
    where the limits allow nothing.
    """
    few = best_flow(instance)
    if few is None or kept_by(instance, few) >= keep:
        return few
    enough = best_flow(instance, _all_held(instance, _above_all(instance)))
    if enough is None:
        return None
    edge = _edge(instance, keep, few, enough)
    bound = edge.bound(kept_by(instance, edge.few), keep)
    short, found = _crossed(instance, edge, keep)
    if found.total < bound:
        walked = _walked(instance, edge, keep, short) or _walked(instance, edge, keep, found)
        found = walked if walked and walked.total > found.total else found
    if found.total == bound:
        return found
    found = replace(found, bound=bound, proved=False)
    return _closed_gap(instance, how, keep, edge, found)


def _all_held(instance: Instance, value: int) -> Longs:
    return np.full(len(instance.held), value, np.int64)


def _above_all(instance: Instance) -> int:
    """A keep value against which no difference of totals counts."""
    placements = min(int(instance.offers.sum(dtype=np.int64)), int(instance.places.sum()))
    return placements * int(instance.fit.max(initial=0)) + 1


def _edge(instance: Instance, keep: int, few: Solution, enough: Solution) -> _Edge:
    """The keep value at which too few and enough are equally good: where the dual is least.

    Each step solves at the value that makes the two known solutions equal (Dinkelbach's secant),
    so all that is met is best for some keep value.
    """
    while True:
        price = few.total - enough.total
        scale = kept_by(instance, enough) - kept_by(instance, few)
        next_ = best_flow(instance, _all_held(instance, price), scale)
        if next_ is None:
            raise RuntimeError("the flow solver finds nothing where it found a solution before")
        kept = kept_by(instance, next_)
        if _worth(instance, next_, price, scale) == _worth(instance, few, price, scale):
            return _Edge(few, enough, price, scale)
        few, enough = (next_, enough) if kept < keep else (few, next_)


def _worth(instance: Instance, solution: Solution, price: int, scale: int) -> int:
    return solution.total * scale + kept_by(instance, solution) * price


def _crossed(instance: Instance, edge: _Edge, keep: int) -> tuple[Solution, Solution]:
    """Of the solutions between two: that which keeps the most up to ``keep``, the least from there.

    All between them are best at their keep value, so the total falls as more pairs are kept.
    """
    network = network_of(instance)
    if network is None:
        raise ValueError("the limits of this round are not those of a flow")
    exchanges = exchanges_between(instance, network, edge.few, edge.enough)
    held, before = _held(instance), pairs_of(edge.few)
    gains = [sum(-1 if pair in before else 1 for pair in e if pair in held) for e in exchanges]
    below, above = _sums(gains, keep - len(before & held))
    short, enough = (
        before ^ frozenset().union(*(exchanges[k] for k in some)) for some in (below, above)
    )
    return _solution(instance, short), _solution(instance, enough)


def _held(instance: Instance) -> set[Pair]:
    return set(map(tuple, instance.held.tolist()))


def _solution(instance: Instance, pairs: Iterable[Pair]) -> Solution:
    rows, cols = np.array(sorted(pairs), np.int32).reshape(-1, 2).T
    return solution_of(instance, rows, cols)


def _sums(gains: Sequence[int], needed: int) -> tuple[list[int], list[int]]:
    """Gains above 0, by place, with the largest sum up to ``needed``, and the least from there."""
    came: dict[int, tuple[int, int]] = {0: (-1, 0)}
    for number, gain in enumerate(gains):
        if needed in came:
            break
        for so_far in list(came) if gain > 0 else ():
            if so_far < needed:
                came.setdefault(so_far + gain, (number, so_far))
    below = max(reached for reached in came if reached <= needed)
    above = min(reached for reached in came if reached >= needed)
    return _summed(came, below), _summed(came, above)


def _summed(came: dict[int, tuple[int, int]], total: int) -> list[int]:
    chosen = []
    while total:
        number, total = came[total]
        chosen.append(number)
    return chosen


def _walked(instance: Instance, edge: _Edge, keep: int, solution: Solution) -> Solution | None:
    """Walk to exactly ``keep`` kept pairs, each step at the least loss.

    Each step pins a pair, so that the solution stays best among those with the pinned pairs. A
    good solution rather than a best one; None where no step leads on.
    """
    bonus = _all_held(instance, edge.price)
    while lacking := keep - kept_by(instance, solution):
        exchange = exchange_of(instance, solution, bonus, edge.scale)
        moves = exchange and _cheapest_step(exchange, solution, lacking)
        if not moves:
            return None
        i, _, j = moves[0]
        pinned = np.array(sorted([*map(tuple, instance.forced.tolist()), (i, j)]), np.int32)
        solution = _solution(instance, _moved(pairs_of(solution), moves))
        instance = replace(instance, forced=pinned)
    return solution


def _cheapest_step(exchange: Exchange, solution: Solution, lacking: int) -> tuple[Shift, ...]:
    """The moves with the least loss that lead nearer to what is lacking, and not beyond it.

    ``lacking`` below 0: so many pairs are kept beyond what is needed.
    """
    held, placed = _held(exchange.instance), pairs_of(solution)
    asked = np.array(sorted(held - placed), np.int32).reshape(-1, 2)
    if lacking < 0:
        asked = _ways_out(exchange, sorted({i for i, _ in held & placed}))
    costs = exchange.costs_of(asked[:, 0], asked[:, 1])
    order = np.argsort(costs, kind="stable")
    for i, j in asked[order][costs[order] >= 0][:MOST_STEPS].tolist():
        moves = exchange.displaced(i, j)
        change = len(_moved(placed, moves) & held) - len(placed & held)
        if 0 < change <= lacking or lacking <= change < 0:
            return moves
    return ()


def _ways_out(exchange: Exchange, startups: Sequence[int]) -> Ints:
    """The cheapest pair of each startup that is neither held nor placed, (pairs, 2)."""
    instance, m = exchange.instance, len(exchange.instance.programmes)
    barred = ~instance.open_
    barred[instance.held[:, 0], instance.held[:, 1]] = True
    pairs = []
    for i in startups:
        costs = exchange.costs(i)
        costs[barred[i] | exchange.is_placed[i] | (costs < 0)] = FAR
        if m and costs.min() < FAR:
            pairs.append((i, int(costs.argmin())))
    return np.array(pairs, np.int32).reshape(-1, 2)


def _moved(pairs: set[Pair], moves: Sequence[Shift]) -> set[Pair]:
    gone = {(i, start) for i, start, _ in moves}
    return (pairs - gone) | {(i, end) for i, _, end in moves if end != NOWHERE}


def _closed_gap(instance: Instance, how: How, keep: int, edge: _Edge, found: Solution) -> Solution:
    """Search for a better solution where the dual bound leaves room for one.

    It can use no pair that loses more than the gap, so few pairs are left.
    """
    best_worth = _worth(instance, edge.few, edge.price, edge.scale)
    gap = best_worth - found.total * edge.scale - keep * edge.price
    bonus = _all_held(instance, edge.price)
    near = pairs_near_best(instance, edge.few, bonus, edge.scale, gap)
    narrowed = replace(instance, fit=np.where(near, instance.fit, CLOSED).astype(np.int32))
    try:
        better = best_integer(narrowed, how, keep)
    except OutOfTime:
        return found
    if better is None:
        raise RuntimeError("nothing is left of a round of which a solution is known")
    best = better if better.total > found.total else found
    bound = min(found.bound, max(better.bound, found.total))
    return replace(best, bound=bound, proved=best.total == bound)
