"""The fairness sheet: how a run treats the startups, beside the optimum of the total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from matcher.assignment.instance import CLOSED, Instance, Ints, Longs, Solution
from matcher.outcome import FairnessSheet, Group, Measures
from matcher.telling.choices import NO_MORE, choice_ranks, least_held, placed_mask

Mask = NDArray[np.bool_]

BEST_OF = 3
"""A programme is exposed where it stands among so many best fits of a startup."""

DIGITS = 6
"""Digits of a Gini coefficient that are kept."""


@dataclass(frozen=True, slots=True, eq=False)
class _Standing:
    """How each startup fares, (n,).

    ``fit`` and ``choice`` are those of its best place, by each apart, 0 for one without a place;
    ``total`` the sum over all of its places.
    """

    able: Mask
    placed: Mask
    fit: Ints
    choice: Ints
    total: Longs


def fairness_sheet(
    instance: Instance,
    solution: Solution,
    optimum: Solution,
    groups: Sequence[tuple[str, str, Mask]],
) -> FairnessSheet:
    """The sheet of a solution beside the solution with the highest total.

    Parameters
    ----------
    groups
        Attribute, value, and which startups have it, (n,).

    A startup is able where it has an open programme. One with several places counts once, by its
    best fit and its best choice; totals count every place. The tenth percentile is the lowest fit
    that at least a tenth of the able do not exceed (type 1 of Hyndman and Fan, Sample Quantiles in
    Statistical Packages, 1996). Means are rounded to whole hundredths, halves up.
    """
    here, best = _standing(instance, solution), _standing(instance, optimum)
    everyone = np.ones(instance.shape[0], np.bool_)
    return FairnessSheet(
        here=_measures(here, everyone),
        optimum=_measures(best, everyone),
        envy_pairs=envy_pairs(instance, solution),
        optimum_envy_pairs=envy_pairs(instance, optimum),
        blocking_pairs=blocking_pairs(instance, solution),
        optimum_blocking_pairs=blocking_pairs(instance, optimum),
        exposure_gini=_exposure_gini(instance),
        load_gini=_load_gini(instance, solution),
        optimum_load_gini=_load_gini(instance, optimum),
        price=optimum.total - solution.total,
        groups=tuple(
            Group(attribute, value, _measures(here, mask), _measures(best, mask))
            for attribute, value, mask in groups
        ),
    )


def _standing(instance: Instance, solution: Solution) -> _Standing:
    n, _ = instance.shape
    rows, cols = solution.rows, solution.cols
    fits = instance.fit[rows, cols]
    fit, choice = np.zeros(n, np.int32), np.full(n, NO_MORE, np.int32)
    np.maximum.at(fit, rows, fits)
    np.minimum.at(choice, rows, choice_ranks(instance, rows, cols))
    total = np.zeros(n, np.int64)
    np.add.at(total, rows, fits)
    placed = solution.held_by(n) > 0
    choice[~placed] = 0
    able: Mask = np.any(instance.open_, axis=1, keepdims=True)[:, 0]
    return _Standing(able, placed, fit, choice, total)


def _measures(standing: _Standing, mask: Mask) -> Measures:
    able, placed = mask & standing.able, mask & standing.placed
    over_able, over_placed = np.sort(standing.fit[able]), standing.fit[placed]
    choices = [int((standing.choice[mask] == rank).sum()) for rank in (1, 2, 3)]
    held = len(over_placed)
    return Measures(
        startups=int(mask.sum()),
        able=len(over_able),
        placed=held,
        choices=(choices[0], choices[1], choices[2], held - sum(choices)),
        worst=int(over_able[0]) if len(over_able) else None,
        tenth=int(over_able[-(-len(over_able) // 10) - 1]) if len(over_able) else None,
        lowest_placed=int(over_placed.min()) if held else None,
        mean=(2 * int(over_placed.sum(dtype=np.int64)) + held) // (2 * held) if held else None,
        total=int(standing.total[mask].sum()),
    )


def envy_pairs(instance: Instance, solution: Solution) -> int:
    """Pairs of startups of which the first fits a place better that the second holds.

    Better than the least of what it has; any place, where it could still take one. A second
    startup counts once, whatever it holds.
    """
    _, m = instance.shape
    held = placed_mask(instance, solution)
    sets, counts = np.unique(np.packbits(held, axis=1), axis=0, return_counts=True)
    kinds = np.unpackbits(sets, axis=1, count=m).astype(np.bool_)
    starts = np.concatenate([[0], np.cumsum(kinds.sum(axis=1))])
    cols = np.nonzero(kinds)[1]
    least = least_held(instance, solution, instance.fit)
    return int(_envied(instance.fit, least, held, starts, cols, counts))


@njit(cache=True, nogil=True)
def _envied(fit: Ints, least: Ints, held: Mask, starts: Longs, cols: Longs, counts: Longs) -> int:
    pairs = 0
    for i in range(fit.shape[0]):
        for kind in range(len(counts)):
            for place in range(starts[kind], starts[kind + 1]):
                j = cols[place]
                if fit[i, j] > least[i] and fit[i, j] != CLOSED and not held[i, j]:
                    pairs += counts[kind]
                    break
    return pairs


def blocking_pairs(instance: Instance, solution: Solution) -> int:
    """Startups and programmes that would both rather have each other.

    The startup gains more there than by the least of what it has (anything, where it could still
    take a place), and the programme has a place free or holds a startup that it looks for less.
    """
    _, m = instance.shape
    least = least_held(instance, solution, instance.gain)
    bar = np.full(m, NO_MORE, np.int32)
    np.minimum.at(bar, solution.cols, instance.want[solution.rows, solution.cols])
    bar[solution.taken(m) < instance.places] = -1
    pairs = (instance.gain > least[:, None]) & (instance.want > bar[None, :]) & instance.open_
    return int((pairs & ~placed_mask(instance, solution)).sum())


def gini(values: ArrayLike) -> float:
    """Gini coefficient of values that are not negative: 0 even, towards 1 uneven.

    The sum of (2 i - n - 1) x_i over n times the sum of x, with x ascending and i from 1 (Damgaard
    and Weiner, Describing inequality in plant size or fecundity, Ecology 81, 2000). 0 where there
    is nothing to share out.
    """
    x = np.sort(np.asarray(values, np.float64))
    n, total = len(x), float(x.sum())
    if not total:
        return 0.0
    return round(float(((2 * np.arange(1, n + 1) - n - 1) * x).sum()) / (n * total), DIGITS)


def _exposure_gini(instance: Instance) -> float:
    listed = exposures(best_of(instance.fit, BEST_OF), instance.shape[1])
    return gini(listed[instance.open_.any(axis=0)])


def best_of(fit: Ints, k: int) -> Ints:
    """The k best fits of each startup, best first, of equal ones the first; -1 past the last.

    ``fit`` is (n, m) with :data:`CLOSED`; the answer (n, k) holds columns.
    """
    n, m = fit.shape
    lists = np.full((n, k), -1, np.int32)
    if not m:
        return lists
    keys = np.where(fit == CLOSED, -1, fit.astype(np.int64) * m + np.arange(m - 1, -1, -1))
    k = min(k, m)
    top = np.argpartition(keys, m - k, axis=1)[:, m - k :]
    found = np.take_along_axis(keys, top, axis=1)
    order = np.argsort(-found, axis=1, kind="stable")
    found = np.take_along_axis(found, order, axis=1)
    top = np.take_along_axis(top, order, axis=1)
    lists[:, :k] = np.where(found < 0, -1, top)
    return lists


def exposures(lists: Ints, programmes: int) -> Longs:
    """How often each programme stands in lists of columns that are -1 past their end."""
    counts: Longs = np.bincount(lists[lists >= 0], minlength=programmes).astype(np.int64)
    return counts


def _load_gini(instance: Instance, solution: Solution) -> float:
    has = instance.places > 0
    return gini(solution.taken(instance.shape[1])[has] / instance.places[has])
