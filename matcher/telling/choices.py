"""A startup's own order of its open programmes, as in its list: by mutual fit, gain, then id."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matcher.assignment.instance import CLOSED, Instance, Ints, Solution

NOTHING = -1
"""The measure of a startup that could still take a place beside what it has: any place is more."""

NO_MORE = np.iinfo(np.int32).max
"""The measure of a startup that may hold no place: none would be more."""


@njit(cache=True, nogil=True)
def _ranks(fit: Ints, gain: Ints, rows: Ints, cols: Ints, ranks: Ints) -> None:
    for pair in range(len(rows)):
        i, j = rows[pair], cols[pair]
        rank = 1
        for other in range(fit.shape[1]):
            if fit[i, other] == CLOSED or other == j:
                continue
            if fit[i, other] != fit[i, j]:
                rank += fit[i, other] > fit[i, j]
            elif gain[i, other] != gain[i, j]:
                rank += gain[i, other] > gain[i, j]
            else:
                rank += other < j
        ranks[pair] = rank


def choice_ranks(instance: Instance, rows: Ints, cols: Ints) -> Ints:
    """The choice, from 1, that each of these open pairs is to its startup."""
    ranks = np.zeros(len(rows), np.int32)
    _ranks(instance.fit, instance.gain, rows, cols, ranks)
    return ranks


def least_held(
    instance: Instance, solution: Solution, measure: Ints, counted: NDArray[np.bool_] | None = None
) -> Ints:
    """The least that each startup has by a measure (n, m), so that more than it is better, (n,).

    :data:`NOTHING` for a startup that may hold more places than it does, :data:`NO_MORE` for one
    that has nothing to exchange: it may hold none, or none of its pairs is ``counted`` (pairs,).
    """
    n, _ = instance.shape
    rows, cols = solution.rows, solution.cols
    if counted is not None:
        rows, cols = rows[counted], cols[counted]
    least = np.full(n, NO_MORE, np.int32)
    np.minimum.at(least, rows, measure[rows, cols])
    least[solution.held_by(n) < instance.offers] = NOTHING
    return least


def mask_of(instance: Instance, rows: Ints, cols: Ints) -> NDArray[np.bool_]:
    """Which pairs are among these, (n, m)."""
    mask = np.zeros(instance.shape, np.bool_)
    mask[rows, cols] = True
    return mask


def placed_mask(instance: Instance, solution: Solution) -> NDArray[np.bool_]:
    """Which pairs are placed, (n, m)."""
    return mask_of(instance, solution.rows, solution.cols)


def forced_placed(instance: Instance, solution: Solution) -> NDArray[np.bool_]:
    """Which of the placed pairs are forced, (pairs,)."""
    forced = mask_of(instance, instance.forced[:, 0], instance.forced[:, 1])
    found: NDArray[np.bool_] = forced[solution.rows, solution.cols]
    return found
