"""The most total fit where limits are not flow-shaped, in whole numbers, by HiGHS.

Rounds above :data:`WHOLE` open pairs are first priced by the linear programme. The best solution
among the pairs of least loss then shows which other pairs could still better it: those that lose
no more than its gap. Searching among these too is exact, however few they are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from matcher.assignment.instance import (
    Broken,
    How,
    Instance,
    Solution,
    broken_limits,
    solution_of,
)
from matcher.assignment.linear import Deadline, rows_of
from matcher.assignment.pricing import Mask, Priced, Search, price
from matcher.assignment.whole import Extra, Pairs, Whole, no_rows, solve_whole
from matcher.errors import OutOfTime

WHOLE = 3_000
"""Up to so many open pairs, all of them go into one programme."""

FIRST = 2_000
"""At least so many pairs are searched first in a priced round."""

WIDER = 3.0
"""How much more loss the next search allows, where the gap is not reached yet."""

PRICING = 0.6
"""The share of the time after which the prices must do."""

MOST_KEPT = 4_095
"""Up to so many kept pairs are counted as fractions of one hundredth in the same programme."""

ROUNDING = 1e-4
"""What HiGHS may be off; less than one kept pair counts."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A solution, if any, with an upper bound of the worth of all, and the pairs it is among."""

    placed: Mask | None
    worth: float
    bound: float
    among: Mask


def best_integer(instance: Instance, how: How, least_kept: int | None = None) -> Solution | None:
    """The most total fit within all limits; of equal totals, one that keeps the most held pairs.

    ``least_kept``: at least so many pairs of ``instance.held`` are placed. Weights of bounds are
    whole and not negative. None where no solution exists. After ``how.seconds`` the best solution
    so far comes out with the proved upper bound, not ``proved``.

    Raises
    ------
    OutOfTime
        Where neither a solution nor a proof that there is none was found in time.
    """
    deadline = Deadline(how.seconds)
    search, share = search_of(instance, least_kept)
    found = _best(search, share, deadline)
    if found is None:
        return None
    if found.placed is None:
        raise OutOfTime(seconds=how.seconds)
    best = _solution(instance, found.placed, found.bound)
    if best.proved and not share:
        kept = _more_kept(search, found, best.total, deadline)
        best = best if kept is None else _solution(instance, kept, best.total)
    return best


def search_of(instance: Instance, least_kept: int | None) -> tuple[Search, float]:
    """What is searched, and what a kept pair counts; 0 where that needs a search of its own.

    Where nothing can be kept it is 1: the next better total is a whole hundredth away.
    """
    open_, (n, m) = instance.open_, instance.shape
    kept, forced = np.zeros((n, m), np.bool_), np.zeros((n, m), np.bool_)
    kept[instance.held[:, 0], instance.held[:, 1]] = True
    kept &= open_
    forced[instance.forced[:, 0], instance.forced[:, 1]] = True
    most = int(np.minimum(kept.sum(axis=1), instance.offers).sum())
    share = 0.0 if most > MOST_KEPT else 2.0 ** -math.ceil(math.log2(most + 1))
    worth = np.where(open_, instance.fit, 0) + share * kept
    return Search(instance, rows_of(instance, least_kept), worth, open_, kept, forced), share


def _best(search: Search, share: float, deadline: Deadline) -> Found | None:
    if search.open_.sum() <= WHOLE:
        return _among(search, search.open_, deadline)
    try:
        priced = price(search, Deadline(deadline.seconds * PRICING, deadline.start))
    except TimeoutError:
        raise OutOfTime(seconds=deadline.seconds) from None
    return None if priced is None else _best_priced(search, priced, share, deadline)


def _best_priced(search: Search, priced: Priced, share: float, deadline: Deadline) -> Found | None:
    """The best over all pairs: among ever more pairs, until no other could better it."""
    best, loss = _first_found(search, priced, deadline)
    if best is None or best.placed is None:
        return best
    while (gap := priced.bound - best.worth - share + ROUNDING) > loss and not deadline.passed:
        loss = min(gap, max(WIDER * loss, 1.0))
        found = _among(search, _within(search, priced, loss), deadline)
        if found is None or found.placed is None:
            bound = best.worth if found is None else found.bound
            best = replace(best, bound=max(bound, best.worth))
        elif found.worth >= best.worth:
            best = found
        else:
            best = replace(best, bound=max(found.bound, best.worth), among=found.among)
    # a solution with any pair outside of the last search is worth less than this
    outside = priced.bound - loss if gap > loss else best.worth
    return replace(best, bound=max(best.worth, min(priced.bound, max(best.bound, outside))))


def _within(search: Search, priced: Priced, loss: float) -> Mask:
    """The pairs of which one costs no more than this against the linear programme."""
    return (priced.reduced >= -loss) | search.forced


def _first_found(search: Search, priced: Priced, deadline: Deadline) -> tuple[Found | None, float]:
    """A solution among the pairs of least loss, and that loss; among ever more until there is one.

    None where there is none among all.
    """
    losses = np.sort(-priced.reduced[search.open_])
    many = max(FIRST, 2 * int(min(search.instance.places.sum(), search.instance.offers.sum())))
    while many < len(losses):
        found = _among(search, _within(search, priced, losses[many]), deadline)
        if found is not None and found.placed is not None:
            return found, max(float(losses[many]), 0.0)
        if deadline.passed:
            raise OutOfTime(seconds=deadline.seconds)
        many *= 8
    return _among(search, search.open_, deadline), math.inf


def _among(search: Search, among: Mask, deadline: Deadline) -> Found | None:
    """The best solution that places only these pairs; None where there is none."""
    pairs = _pairs(search, among)
    whole = _exactly(search, pairs, no_rows(pairs), deadline)
    return None if whole is None else _found(search, pairs, whole, among)


def _pairs(search: Search, among: Mask) -> Pairs:
    rows, cols = (places.astype(np.int32) for places in np.nonzero(among))
    worth, kept = search.worth[rows, cols], search.kept[rows, cols]
    return Pairs(rows, cols, worth, kept, search.forced[rows, cols])


def _found(search: Search, pairs: Pairs, whole: Whole, among: Mask) -> Found:
    if whole.placed is None:
        return Found(None, -math.inf, whole.bound, among)
    placed = np.zeros_like(among)
    placed[pairs.rows[whole.placed], pairs.cols[whole.placed]] = True
    worth = float(search.worth[placed].sum())
    return Found(placed, worth, worth if whole.best else max(whole.bound, worth), among)


def _exactly(search: Search, pairs: Pairs, extra: Extra, deadline: Deadline) -> Whole | None:
    """Solve, and where a sum of money is off by less than HiGHS sees, forbid just that and repeat.

    Each time forbids at least one set of placements that breaks a limit, and no lawful one.
    """
    while True:
        whole = solve_whole(search.rows, pairs, extra, deadline)
        if whole is None or whole.placed is None:
            return whole
        rows, cols = pairs.rows[whole.placed], pairs.cols[whole.placed]
        broken = broken_limits(search.instance, solution_of(search.instance, rows, cols))
        if not broken:
            return whole
        if deadline.passed:
            return Whole(None, whole.bound, best=False)
        for one in broken:
            extra = _without(search.instance, one, pairs, whole.placed, extra)


def _without(instance: Instance, broken: Broken, pairs: Pairs, placed: Mask, extra: Extra) -> Extra:
    """With a row that this breach of a bound breaks by one whole, and no lawful solution breaks."""
    bound = next((bound for bound in instance.bounds if bound.name == broken.limit), None)
    if bound is None or (bound.weights < 0).any():
        raise RuntimeError(f"rounding broke {broken.limit}: {broken.found} for {broken.asked}")
    counted = bound.weights[pairs.rows if bound.side == "startup" else pairs.cols] > 0
    if broken.found > broken.asked:
        inside = counted & placed
        return extra.also(inside.astype(float), -math.inf, float(inside.sum() - 1))
    return extra.also((counted & ~placed).astype(float), 1.0, math.inf)


def _more_kept(search: Search, best: Found, total: int, deadline: Deadline) -> Mask | None:
    """Among solutions of the best total, one that keeps the most; None where time is up."""
    pairs = _pairs(search, best.among)
    extra = no_rows(pairs).also(pairs.worth, total - 0.5, math.inf)
    pairs = replace(pairs, worth=pairs.kept.astype(float))
    whole = _exactly(search, pairs, extra, deadline)
    if whole is None or whole.placed is None:
        return None
    return _found(search, pairs, whole, best.among).placed


def _solution(instance: Instance, placed: Mask, most: float) -> Solution:
    rows, cols = (places.astype(np.int32) for places in np.nonzero(placed))
    lawful = solution_of(instance, rows, cols)
    broken = broken_limits(instance, lawful)
    if broken:
        raise RuntimeError(f"rounding broke {broken[0].limit}: {broken[0].found}")
    bound = max(lawful.total, math.floor(most + ROUNDING))
    return solution_of(instance, rows, cols, bound, bound == lawful.total)
