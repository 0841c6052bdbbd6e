"""Fairness where a startup may hold several places: in turns everybody lays one of them down.

All that was laid down is dealt anew at once, by leximin over what each startup then has in sum.
What they held is one of the deals, so no turn leaves who is worst off worse off than before. In the
spirit of the rounds by which Stelmakh, Shah and Singh (2021) give papers to reviewers.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from matcher.assignment.instance import CLOSED, Bound, Instance, Ints, Longs, Solution, solution_of
from matcher.assignment.leximin import forest_of, leximin
from matcher.assignment.linear import Deadline

SHAKES = 30
"""Turns after the last gain in which each lays down whatever a draw says."""

SHAKEN = 1_000_000
"""Open pairs of all such turns together: a large round has fewer of them, or none."""


def outcomes(instance: Instance, solution: Solution) -> Longs:
    """What each startup has in sum, (n,); -1 where it has no place."""
    n, _ = instance.shape
    sums = np.zeros(n, np.int64)
    np.add.at(sums, solution.rows, instance.fit[solution.rows, solution.cols])
    return np.where(solution.held_by(n) > 0, sums, -1)


def take_turns(
    instance: Instance, start: Solution, deadline: Deadline, enough: int | None = None
) -> Solution:
    """A lawful solution that is at least as fair as the lawful ``start``; limits as of a flow.

    Ends when neither a full round of turns nor :data:`SHAKES` drawn ones gain anything, with the
    deadline, or as soon as every startup that has an open programme has ``enough`` in sum.
    """
    best, standing = start, np.sort(outcomes(instance, start))
    most = int(instance.offers.max(initial=1))
    generator = np.random.Generator(np.random.PCG64(0))
    shakes = min(SHAKES, SHAKEN // max(1, int(instance.open_.sum())))
    able = int((instance.open_.any(axis=1) & (instance.offers > 0)).sum())
    turn = idle = 0
    while idle < most + shakes and not deadline.passed:
        if enough is not None and able and standing[-able] >= enough:
            break
        held = best.held_by(len(instance.startups))
        if idle < most:
            laid_down = np.full(len(held), turn % most)
        else:
            laid_down = generator.integers(0, np.minimum(held + 1, instance.offers).clip(1))
        best = _dealt_anew(instance, best, laid_down)
        reached = np.sort(outcomes(instance, best))
        idle = idle + 1 if np.array_equal(reached, standing) else 0
        turn, standing = turn + 1, reached
    return best


def _dealt_anew(instance: Instance, solution: Solution, laid_down: Longs) -> Solution:
    """Each lays down its place number ``laid_down`` from its worst, if it has so many."""
    rows, cols = solution.rows, solution.cols
    forced = _among(instance.forced, rows, cols)
    order = np.lexsort((instance.fit[rows, cols], forced, rows))
    rows, cols, forced = rows[order], cols[order], forced[order]
    number = np.arange(len(rows)) - np.searchsorted(rows, rows)
    kept = forced | (number != laid_down[rows])
    around = solution_of(instance, rows[kept], cols[kept])
    rest = _beside(instance, around)
    forest = forest_of(rest)
    dealt = None if forest is None else leximin(rest, forest, outcomes(instance, around))
    if dealt is None:
        raise ValueError("turns start from a lawful solution whose limits a flow can keep")
    return solution_of(
        instance,
        np.concatenate((around.rows, dealt.rows)),
        np.concatenate((around.cols, dealt.cols)),
    )


def _among(pairs: Ints, rows: Ints, cols: Ints) -> NDArray[np.bool_]:
    known = {(i, j) for i, j in pairs.tolist()}
    found = [pair in known for pair in zip(rows.tolist(), cols.tolist(), strict=True)]
    return np.array(found, np.bool_)


def _beside(instance: Instance, around: Solution) -> Instance:
    """What is left to be dealt beside some placements, one place at most to each startup."""
    n, m = instance.shape
    held, taken = around.held_by(n), around.taken(m)
    fit = instance.fit.copy()
    fit[around.rows, around.cols] = CLOSED
    return replace(
        instance,
        fit=fit,
        places=instance.places - taken,
        least=np.maximum(instance.least - taken, 0),
        offers=np.minimum(instance.offers - held, 1),
        must=np.clip(instance.must - held, 0, 1),
        forced=np.zeros((0, 2), np.int32),
        bounds=tuple(_left_of(bound, around) for bound in instance.bounds),
    )


def _left_of(bound: Bound, around: Solution) -> Bound:
    there = int(bound.weights[around.rows if bound.side == "startup" else around.cols].sum())
    most = None if bound.at_most is None else bound.at_most - there
    return replace(bound, at_least=max(bound.at_least - there, 0), at_most=most)
