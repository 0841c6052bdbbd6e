"""The officer's dial when a round is matched again: what a kept pair is worth, how many may go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matcher.assignment.crossing import Pair, exchanges_between, pairs_of
from matcher.assignment.flow import best_flow, is_flow_shaped, pairs_near_best
from matcher.assignment.instance import CLOSED, How, Instance, Ints, Longs, Solution, solution_of
from matcher.assignment.integer import best_integer
from matcher.assignment.network import network_of
from matcher.errors import MovesTooFew, OutOfTime

Solve = Callable[[Instance], Solution | None]
"""An exact solver of the total."""


def kept_by(instance: Instance, solution: Solution) -> int:
    """How many pairs of the round before a solution keeps."""
    m = len(instance.programmes)
    held = instance.held.astype(np.int64)
    return int(np.isin(held[:, 0] * m + held[:, 1], _keys(solution, m)).sum())


def _keys(solution: Solution, m: int) -> Longs:
    return solution.rows.astype(np.int64) * m + solution.cols


def least_moves(instance: Instance, solve: Solve) -> int | None:
    """The least number of held pairs that the limits force to be given up; None if infeasible.

    Closed pairs count among them. Where ``solve`` ran out of time, it is the number that is
    proved.
    """
    fit = np.where(instance.open_, 0, CLOSED).astype(np.int32)
    open_held = _open_held(instance)
    fit[open_held[:, 0], open_held[:, 1]] = 1
    found = solve(replace(instance, fit=fit))
    return None if found is None else len(instance.held) - min(found.bound, len(open_held))


def _open_held(instance: Instance) -> Ints:
    held: Ints = instance.held[instance.fit[instance.held[:, 0], instance.held[:, 1]] != CLOSED]
    return held


def with_keep_value(instance: Instance, value: int) -> Instance:
    """The round in which each held open pair is worth ``value`` hundredths more on all sides.

    Raises ValueError where that is more than an int32 holds.
    """
    held = _open_held(instance)
    rows, cols = held[:, 0], held[:, 1]
    sides = {"fit": instance.fit, "gain": instance.gain, "want": instance.want}
    for name, side in sides.items():
        raised = side.astype(np.int64)
        raised[rows, cols] += value
        if raised.max(initial=0) > np.iinfo(np.int32).max or raised[rows, cols].min(initial=0) < 0:
            raise ValueError(f"a keep value of {value} leads outside of the numbers for {name}")
        sides[name] = raised.astype(np.int32)
    return replace(instance, fit=sides["fit"], gain=sides["gain"], want=sides["want"])


def within_moves(instance: Instance, how: How) -> Solution | None:
    """The best total that gives up at most ``how.max_moves`` pairs of the round before.

    ``how.keep_value`` counts for each kept pair, as in :func:`with_keep_value`. The total and its
    bound are of the fits alone; with a keep value the bound is as far above the total as the proof
    leaves open. None where the limits allow no solution at all.

    Raises
    ------
    MovesTooFew
        Where the limits force more moves than that.
    OutOfTime
        Where limits that are no flow leave nothing found in ``how.seconds``.
    """
    flows = is_flow_shaped(instance)
    plain = replace(how, mode="best", keep_value=0, max_moves=None)
    least = least_moves(instance, best_flow if flows else lambda i: best_integer(i, plain))
    if least is None:
        return None
    asked = len(instance.held) if how.max_moves is None else how.max_moves
    if asked < least:
        raise MovesTooFew(asked=asked, least=least)
    valued = with_keep_value(instance, how.keep_value)
    keep = max(0, len(instance.held) - asked)
    found = _by_flow(valued, plain, keep) if flows else best_integer(valued, plain, keep)
    if found is None:  # the least moves were not proved in time, and there are more of them
        raise MovesTooFew(asked=asked, least=asked + 1)
    return _restated(instance, found)


def _restated(instance: Instance, found: Solution) -> Solution:
    """The same pairs with their total by the fits of this round."""
    plain = solution_of(instance, found.rows, found.cols)
    bound = plain.total + found.bound - found.total
    return replace(plain, bound=bound, proved=found.proved)


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


def _by_flow(instance: Instance, how: How, keep: int) -> Solution | None:
    """The best total that keeps at least ``keep``, which is known to be possible."""
    few = best_flow(instance)
    if few is None or kept_by(instance, few) >= keep:
        return few
    enough = best_flow(instance, _all_held(instance, _above_all(instance)))
    if enough is None:
        return None
    edge = _edge(instance, keep, few, enough)
    bound = edge.bound(kept_by(instance, edge.few), keep)
    found = _crossed(instance, edge, keep)
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


def _crossed(instance: Instance, edge: _Edge, keep: int) -> Solution:
    """The solution between the two of an edge that keeps the fewest pairs that are enough.

    All between them are best at their keep value, so the total falls as more pairs are kept.
    """
    network = network_of(instance)
    if network is None:
        raise ValueError("the limits of this round are not those of a flow")
    exchanges = exchanges_between(instance, network, edge.few, edge.enough)
    held = set(map(tuple, instance.held.tolist()))
    before = pairs_of(edge.few)
    gains = [sum(-1 if pair in before else 1 for pair in e if pair in held) for e in exchanges]
    pairs = before
    for number in _least_sum(gains, keep - len(before & held)):
        pairs = pairs ^ exchanges[number]
    return _solution(instance, pairs)


def _solution(instance: Instance, pairs: set[Pair]) -> Solution:
    rows, cols = np.array(sorted(pairs), np.int32).reshape(-1, 2).T
    return solution_of(instance, rows, cols)


def _least_sum(gains: Sequence[int], needed: int) -> list[int]:
    """Places of gains above 0 whose sum is the least that is not below ``needed``."""
    came: dict[int, tuple[int, int]] = {0: (-1, 0)}
    for number, gain in enumerate(gains):
        if needed in came:
            break
        for so_far in list(came) if gain > 0 else ():
            if so_far < needed:
                came.setdefault(so_far + gain, (number, so_far))
    total, chosen = min(reached for reached in came if reached >= needed), []
    while total:
        number, total = came[total]
        chosen.append(number)
    return chosen


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
