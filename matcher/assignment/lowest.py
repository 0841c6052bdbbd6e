"""The highest lowest sum of fits, where a startup may hold several places (Kobren et al. 2019).

First as many startups as possible have a place at all; then the lowest sum among them is as high as
can be; then the total.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from matcher.assignment.flow import best_flow, is_flow_shaped
from matcher.assignment.instance import How, Instance, Solution, solution_of
from matcher.assignment.integer import best_integer
from matcher.assignment.linear import LARGEST, Deadline, Floats
from matcher.assignment.stages import Stage, most, stage_of
from matcher.assignment.turns import outcomes, take_turns

SEARCHED = 60_000
"""Up to so many open pairs are searched in whole numbers; beyond, the turns must do."""

TURNING = 0.4
"""The share of the time for turns."""

AIMS = 6
"""How many sums between the one reached and the bound are tried."""


@dataclass(frozen=True, slots=True, eq=False)
class Raised:
    """A solution, its lowest sum among those who have a place, and what no solution exceeds.

    ``placed`` is how many startups have one, and ``most_placed`` how many could.
    """

    solution: Solution
    lowest: int
    highest: int
    placed: int
    most_placed: int


def raise_lowest(instance: Instance, how: How) -> Raised | None:
    """The fairest placements of several places each; None where none is lawful.

    ``proved`` where as many as possible have a place, no other solution has a higher lowest sum,
    and of those with that sum none has a higher total. Raises OutOfTime where nothing was found.
    """
    deadline = Deadline(how.seconds)
    flows = is_flow_shaped(instance)
    start = best_flow(instance) if flows else best_integer(instance, _some(how))
    if start is None:
        return None
    searched = instance.open_.sum() <= SEARCHED
    if flows:
        ablest = _ablest(instance)
        enough = int(min(ablest[ablest >= 0], default=0)) if searched else None
        early = Deadline(deadline.seconds * TURNING, deadline.start)
        start = take_turns(instance, start, early, enough)
    raised = _raised(instance, start)
    return _searched(instance, raised, deadline) if searched else raised


def _some(how: How) -> How:
    return replace(how, seconds=how.seconds * TURNING)


def _raised(instance: Instance, solution: Solution) -> Raised:
    """A solution as yet unproved, beside the bounds that each startup has by itself."""
    sums = outcomes(instance, solution)
    ablest = _ablest(instance)
    able = ablest[ablest >= 0]
    placed = int((sums >= 0).sum())
    lowest = int(sums[sums >= 0].min(initial=ablest.max(initial=0)))
    highest = int(np.sort(able)[len(able) - placed :].min(initial=ablest.max(initial=0)))
    unproved = replace(solution, bound=solution.total, proved=False)
    return Raised(unproved, lowest, highest, placed, len(able))


def _ablest(instance: Instance) -> np.ndarray:
    """What each startup would have in its best programmes, -1 where none is open, (n,)."""
    most_held = int(instance.offers.max(initial=0))
    best = -np.sort(-instance.fit.astype(np.int64), axis=1)[:, :most_held]
    counted = np.arange(best.shape[1]) < instance.offers[:, None]
    sums = np.where(counted, np.maximum(best, 0), 0).sum(axis=1)
    able = (best[:, :1] >= 0).any(axis=1) & (instance.offers > 0)
    return np.where(able, sums, -1)


def _searched(instance: Instance, raised: Raised, deadline: Deadline) -> Raised:
    """Searched in whole numbers: who has a place, then the lowest sum, then the total."""
    able = np.flatnonzero(_ablest(instance) >= 0)
    stage = _with_placed(instance, able)
    pairs = len(stage.rows)
    has_place = np.arange(len(stage.least)) >= pairs
    if raised.placed < raised.most_placed:
        found = most(stage, has_place.astype(float), _part(deadline))
        count = raised.placed
        if found.solution is not None:
            seen = _raised(instance, found.solution)
            raised, count = (seen if seen.placed > count else raised), max(seen.placed, count)
        raised = replace(
            raised, most_placed=count if found.done else min(int(found.bound), len(able))
        )
    if raised.placed == len(able):
        stage = replace(stage, least=stage.least | has_place)
        raised = replace(raised, highest=min(raised.highest, _relaxed(stage, able)))
    stage = stage.within(has_place.astype(float), raised.placed, np.inf)
    raised = _aimed(stage, able, raised, deadline)
    return _totalled(stage, able, raised, deadline)


def _with_placed(instance: Instance, able: np.ndarray) -> Stage:
    """The round with a column for each able startup: whether it has a place."""
    stage = stage_of(instance, len(able))
    counts = _of_startups(stage, able, np.ones(len(stage.rows)))
    most_held = sparse.diags(instance.offers[able].astype(float))
    stage = stage.within(sparse.hstack((counts, -most_held)), -np.inf, 0)
    return stage.within(sparse.hstack((counts, -sparse.eye(len(able)))), 0, np.inf)


def _of_startups(stage: Stage, able: np.ndarray, values: Floats) -> sparse.csr_matrix:
    """A row for each able startup with the values of its pairs."""
    n, _ = stage.instance.shape
    columns = np.arange(len(stage.rows))
    rows = sparse.csr_matrix((values, (stage.rows, columns)), shape=(n, len(columns)))
    return rows[able]


def _scale(stage: Stage, largest: float) -> float:
    """A power of two that brings the fits below ``largest``; it changes no digit."""
    return float(2.0 ** max(0.0, np.ceil(np.log2(max(stage.fits.max(initial=1), 1) / largest))))


def _relaxed(stage: Stage, able: np.ndarray) -> int:
    """What the lowest sum cannot exceed even where places could be split."""
    scale = _scale(stage, LARGEST)
    sums = _of_startups(stage, able, stage.fits / scale)
    pairs, columns = len(stage.rows), len(stage.least)
    lowest = sparse.hstack((-sums, sparse.csr_matrix((len(able), columns - pairs + 1))), "lil")
    lowest[:, columns] = 1.0
    limits = sparse.hstack((stage.matrix, sparse.csr_matrix((stage.matrix.shape[0], 1))), "csr")
    above, below = np.isfinite(stage.high), np.isfinite(stage.low)
    found = linprog(
        -(np.arange(columns + 1) == columns).astype(float),
        sparse.vstack((limits[above], -limits[below], lowest), format="csc"),
        np.concatenate((stage.high[above], -stage.low[below], np.zeros(len(able)))),
        bounds=np.column_stack((np.append(stage.least, 0.0), np.append(np.ones(columns), np.inf))),
        method="highs",
    )
    if found.status != 0:
        raise RuntimeError(f"HiGHS did not solve the relaxed round: {found.message}")
    bound = -float(found.fun) * scale
    return int(np.floor(bound + max(1e-3, 1e-7 * bound)))


def _part(deadline: Deadline) -> Deadline:
    return Deadline(deadline.left / 3)


def _aimed(stage: Stage, able: np.ndarray, raised: Raised, deadline: Deadline) -> Raised:
    """Aim at the bound first, then by bisection below it."""
    ceiling, aim = raised.highest, raised.highest
    for _ in range(AIMS):
        if raised.lowest >= ceiling or deadline.passed:
            break
        found = most(_above(stage, able, aim), np.zeros(len(stage.rows)), _part(deadline))
        if found.solution is not None:
            seen = _raised(stage.instance, found.solution)
            if seen.lowest <= raised.lowest:
                break
            raised = replace(raised, solution=seen.solution, lowest=seen.lowest)
        else:
            ceiling = aim - 1
            raised = replace(raised, highest=ceiling) if found.done else raised
        aim = (raised.lowest + ceiling + 1) // 2
    return raised


def _above(stage: Stage, able: np.ndarray, lowest: int) -> Stage:
    """Whoever has a place has at least this in sum."""
    scale = _scale(stage, LARGEST)
    sums = _of_startups(stage, able, stage.fits / scale)
    least = sparse.diags(np.full(len(able), lowest / scale))
    return stage.within(sparse.hstack((sums, -least)), 0, np.inf)


def _totalled(stage: Stage, able: np.ndarray, raised: Raised, deadline: Deadline) -> Raised:
    """The highest total that leaves nobody below the lowest sum."""
    worth = stage.fits / _scale(stage, LARGEST)
    found = most(_above(stage, able, raised.lowest), worth, deadline)
    best = raised.solution
    if found.solution is not None:
        seen = _raised(stage.instance, found.solution)
        if seen.lowest >= raised.lowest and seen.solution.total >= best.total:
            best = seen.solution
    proved = found.done and raised.lowest >= raised.highest and raised.placed >= raised.most_placed
    instance = stage.instance
    return replace(raised, solution=solution_of(instance, best.rows, best.cols, proved=proved))
