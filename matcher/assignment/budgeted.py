"""Fairness under one limit that no flow keeps, such as money: by flows that spend the least.

The least that a number of placements can spend is a minimum-cost flow, and it is convex in the
number. So bisections over the number, then over the lowest fit, find both exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matcher.assignment.flow import best_flow
from matcher.assignment.instance import (
    CLOSED,
    Bound,
    Instance,
    Ints,
    Longs,
    Solution,
    solution_of,
)
from matcher.assignment.linear import Deadline

DEAREST = 1 << 30
"""Costs are scaled down to this, so that they can stand in the place of fits."""

FINEST = 1 << 14
"""Hundredths that a unit of the limit may be priced at; none is worth more than any fit."""

PRICES = 24
"""Steps of the bisection over the price."""


@dataclass(frozen=True, slots=True, eq=False)
class Budgeted:
    """A round whose limits a flow keeps, but for ``budget``, which must not be overspent.

    ``costs`` are those of the pairs in whole units, (n, 1) or (1, m), and ``exact`` tells whether
    they are what the budget says or rounded.
    """

    eased: Instance
    budget: Bound
    costs: Longs
    exact: bool


@dataclass(frozen=True, slots=True, eq=False)
class Within:
    """A lawful solution that places as many as possible and has the highest lowest fit.

    ``lowest`` is that fit, of those who are not forced; None where nobody else is placed.
    ``proved`` tells whether number and fit are certain.
    """

    solution: Solution
    lowest: int | None
    proved: bool


def budgeted_of(instance: Instance, eased: Instance) -> Budgeted | None:
    """The round by the one bound that ``eased`` leaves out; None where there are more.

    A bound from below is of another kind.
    """
    left = [bound for bound in instance.bounds if all(bound is not b for b in eased.bounds)]
    if len(left) != 1 or left[0].at_most is None or left[0].at_least > 0:
        return None
    weights = left[0].weights
    if (weights < 0).any():
        return None
    common = int(np.gcd.reduce(weights)) or 1
    unit = max(1, -(-int(weights.max(initial=0)) // common // DEAREST))
    costs = weights // (common * unit)
    shape = (-1, 1) if left[0].side == "startup" else (1, -1)
    return Budgeted(eased, left[0], costs.reshape(shape), unit == 1)


def most_within(round_: Budgeted, most_placed: int, deadline: Deadline) -> Within | None:
    """The most placements within the budget, then the highest lowest fit; None where none is found.

    ``most_placed`` is how many there could be without the budget.
    """
    best, sure = None, round_.exact
    few, many = -1, most_placed + 1
    while many - few > 1 and not deadline.passed:
        middle = many - 1 if many > most_placed else (few + many) // 2
        found = _thriftiest(round_, middle, 0)
        if found is not None and _spent(round_, found) <= _most(round_):
            best, few = found, middle
        elif found is None or _falls(round_, found, middle):
            few = middle
        else:
            many = middle
    if best is None:
        return None
    sure = sure and many - few <= 1 and len(best.rows) == few
    return _raised(round_, best, sure, deadline)


def _thriftiest(round_: Budgeted, count: int, lowest: int) -> Solution | None:
    """The placements of this number that spend least, none but the forced below a fit."""
    eased = round_.eased
    costs = np.broadcast_to(round_.costs, eased.shape)
    return _flow(round_, (costs.max(initial=0) - costs).astype(np.int32), count, lowest)


def _flow(round_: Budgeted, worth: Ints, count: int, lowest: int) -> Solution | None:
    eased = round_.eased
    shut = eased.fit < max(lowest, 0)
    shut[eased.forced[:, 0], eased.forced[:, 1]] = False
    everybody = np.ones(len(eased.startups), np.int64)
    exactly = Bound("", "startup", everybody, count, count)
    found = best_flow(
        replace(
            eased,
            fit=np.where(shut, np.int32(CLOSED), worth),
            held=np.zeros((0, 2), np.int32),
            bounds=(*eased.bounds, exactly),
        )
    )
    return None if found is None else solution_of(eased, found.rows, found.cols)


def _spent(round_: Budgeted, solution: Solution) -> int:
    ends = solution.rows if round_.budget.side == "startup" else solution.cols
    return int(round_.budget.weights[ends].sum())


def _most(round_: Budgeted) -> int:
    return round_.budget.at_most or 0


def _falls(round_: Budgeted, found: Solution, count: int) -> bool:
    """Whether one more placement spends less: some limit from below is then met more cheaply."""
    more = _thriftiest(round_, count + 1, 0)
    return more is not None and _spent(round_, more) < _spent(round_, found)


def _raised(round_: Budgeted, best: Solution, sure: bool, deadline: Deadline) -> Within:
    """The highest lowest fit of as many placements, by bisection."""
    eased, count = round_.eased, len(best.rows)
    levels = np.unique(eased.fit[eased.fit != CLOSED])
    lowest = lowest_free(eased, best)
    if lowest is None:
        return Within(best, None, sure)
    reached, beyond = int(np.searchsorted(levels, lowest)), len(levels)
    while beyond - reached > 1 and not deadline.passed:
        middle = (reached + beyond) // 2
        found = _thriftiest(round_, count, int(levels[middle]))
        if found is None or _spent(round_, found) > _most(round_):
            beyond = middle
        else:
            best, reached = found, middle
    return Within(best, int(levels[reached]), sure and beyond - reached <= 1)


def lowest_free(instance: Instance, solution: Solution) -> int | None:
    """The lowest fit of those who are placed without being forced."""
    free = np.ones(instance.shape, np.bool_)
    free[instance.forced[:, 0], instance.forced[:, 1]] = False
    fits = instance.fit[solution.rows, solution.cols][free[solution.rows, solution.cols]]
    return int(fits.min()) if len(fits) else None


def improve(round_: Budgeted, within: Within, deadline: Deadline) -> Solution:
    """As many placements with no lower a lowest fit, and what is above as high as a price finds.

    The budget is given a price by bisection.
    """
    eased, count, lowest = round_.eased, len(within.solution.rows), within.lowest or 0
    best = within.solution
    costs = np.broadcast_to(round_.costs, eased.shape)
    share = max(float(round_.costs.max(initial=0)), 1.0)
    cheap, dear = 0.0, float(FINEST)
    for _ in range(PRICES):
        if deadline.passed:
            break
        price = (cheap + dear) / 2
        worth = np.maximum(eased.fit, 0) + np.rint(price * (1 - costs / share)).astype(np.int32)
        found = _flow(round_, worth.astype(np.int32), count, lowest)
        if found is not None and _spent(round_, found) <= _most(round_):
            dear = price
            best = found if found.total > best.total else best
        else:
            cheap = price
        if dear - cheap < 1:
            break
    return best
