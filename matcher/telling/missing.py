"""The programmes that suit each startup better than what it was given, and who is ahead there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.assignment.instance import CLOSED, How, Instance, Ints, Longs, Solution
from matcher.outcome import MOST_MISSED
from matcher.telling.choices import choice_ranks, forced_placed, least_held, placed_mask
from matcher.telling.reserves import Reserves

CostsOf = Callable[[Ints, Ints], Longs]
"""What the round loses in total, in hundredths, if these pairs had to be placed; -1 impossible."""

SPAN = 1 << 20
"""More than any measure, so that a programme and a measure can be sorted as one number."""


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """Missed pairs, best first for each startup, and the facts on each; all (pairs,).

    Attributes
    ----------
    starts
        Pairs of startup i stand from ``starts[i]`` to ``starts[i + 1]``, (n + 1,).
    ahead
        How many of those placed there have a higher fit there.
    behind
        How many of those placed there, not counting forced ones, are worth less there by what the
        mode lets the programme choose by.
    costs
        What the round would lose if the pair had to be placed, -1 where impossible; None unknown.
    """

    starts: NDArray[np.int64]
    rows: Ints
    cols: Ints
    choices: Ints
    ahead: Ints
    behind: Ints
    reserve: Ints
    costs: Longs | None


def measure_of(instance: Instance, how: How) -> Ints:
    """By what a startup is better off in this mode: what it gains when stable, else its fit."""
    return instance.gain if how.mode == "stable" else instance.fit


def gaps(
    instance: Instance,
    solution: Solution,
    waiting: Reserves,
    how: How,
    costs_of: CostsOf | None = None,
) -> Gaps:
    """Up to :data:`MOST_MISSED` missed programmes of every startup.

    Missed is an open programme that suits the startup better, by :func:`measure_of`, than the
    least of what it has, or any other where it may still take a place. The best are chosen; for a
    startup without a place its nearest chances: where it stands highest on a reserve list, then
    programmes with places, then by measure. Those chosen stand best fit first.
    """
    rows, cols = _chosen(_keys(instance, solution, waiting, how))
    order = np.lexsort((cols, -instance.fit[rows, cols], rows))
    rows, cols = rows[order], cols[order]
    choosing = instance.want if how.mode == "stable" else instance.fit
    return Gaps(
        starts=np.searchsorted(rows, np.arange(instance.shape[0] + 1)),
        rows=rows,
        cols=cols,
        choices=choice_ranks(instance, rows, cols),
        ahead=_ahead(instance, solution, rows, cols),
        behind=_behind(instance, solution, choosing, rows, cols),
        reserve=waiting.positions[rows, cols],
        costs=None if costs_of is None else costs_of(rows, cols),
    )


def _keys(instance: Instance, solution: Solution, waiting: Reserves, how: How) -> NDArray[np.int64]:
    """How much each pair is worth telling, (n, m); negative for one that is not missed."""
    measure = measure_of(instance, how)
    missed = (instance.fit != CLOSED) & (measure > least_held(instance, solution, measure)[:, None])
    missed &= ~placed_mask(instance, solution)
    keys = measure.astype(np.int64)
    without = solution.held_by(instance.shape[0]) == 0
    places = (instance.places > 0).astype(np.int64) * SPAN
    position = waiting.positions[without]
    near = np.where(position > 0, 2 * SPAN - position, 0).astype(np.int64) * SPAN
    keys[without] += places[None, :] + near
    keys[~missed] = -1
    return keys


def _chosen(keys: NDArray[np.int64]) -> tuple[Ints, Ints]:
    """The pairs with the highest keys of each row, of equal ones the first."""
    n, m = keys.shape
    mixed = np.where(keys < 0, -1, keys * m + np.arange(m - 1, -1, -1)[None, :])
    if m > MOST_MISSED:
        best = np.argpartition(mixed, m - MOST_MISSED, axis=1)[:, m - MOST_MISSED :]
    else:
        best = np.broadcast_to(np.arange(m), (n, m))
    rows = np.repeat(np.arange(n), best.shape[1])
    cols = best.reshape(-1)
    kept = keys[rows, cols] >= 0
    return rows[kept].astype(np.int32), cols[kept].astype(np.int32)


def _ahead(instance: Instance, solution: Solution, rows: Ints, cols: Ints) -> Ints:
    there = _sorted(instance.fit, solution.rows, solution.cols)
    asked = cols.astype(np.int64) * SPAN + instance.fit[rows, cols]
    ends = np.searchsorted(there, (cols.astype(np.int64) + 1) * SPAN)
    return (ends - np.searchsorted(there, asked, "right")).astype(np.int32)


def _behind(instance: Instance, solution: Solution, measure: Ints, rows: Ints, cols: Ints) -> Ints:
    free = ~forced_placed(instance, solution)
    there = _sorted(measure, solution.rows[free], solution.cols[free])
    asked = cols.astype(np.int64) * SPAN + measure[rows, cols]
    starts = np.searchsorted(there, cols.astype(np.int64) * SPAN)
    return (np.searchsorted(there, asked) - starts).astype(np.int32)


def _sorted(measure: Ints, rows: Ints, cols: Ints) -> NDArray[np.int64]:
    """Placed pairs as one number each: the programme, then the measure."""
    return np.sort(cols.astype(np.int64) * SPAN + measure[rows, cols])
