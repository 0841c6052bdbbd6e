"""A round in whole numbers that is solved in stages: each adds a row that the next must keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from matcher.assignment.instance import Instance, Ints, Solution, broken_limits, solution_of
from matcher.assignment.linear import Deadline, Floats, rows_of

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """The open pairs of a round as columns, ``others`` more behind them, and rows over all.

    ``fits`` are those of the pairs; ``least`` says which columns must be 1.
    """

    instance: Instance
    rows: Ints
    cols: Ints
    fits: NDArray[np.int64]
    least: Flags
    matrix: sparse.csr_matrix
    low: Floats
    high: Floats

    def within(self, coefficients: Floats | sparse.spmatrix, low: object, high: object) -> Stage:
        """The same with one row more, or several: ``low`` <= coefficients x columns <= ``high``."""
        added = sparse.csr_matrix(coefficients)
        count = added.shape[0]
        return Stage(
            self.instance,
            self.rows,
            self.cols,
            self.fits,
            self.least,
            sparse.vstack((self.matrix, added), format="csr"),
            np.concatenate((self.low, np.broadcast_to(np.asarray(low, float), count))),
            np.concatenate((self.high, np.broadcast_to(np.asarray(high, float), count))),
        )

    def without(self, pairs: Flags) -> Stage:
        """The same without these pairs, which are flags over the columns of pairs."""
        return self.at_most(pairs, 0) if pairs.any() else self

    def at_most(self, pairs: Flags, count: int) -> Stage:
        """The same with at most so many of these pairs."""
        return self.within(self._padded(pairs), -np.inf, count)

    def at_least(self, pairs: Flags, count: int) -> Stage:
        """The same with at least so many of these pairs."""
        return self.within(self._padded(pairs), count, np.inf)

    def _padded(self, pairs: Flags) -> Floats:
        return np.pad(pairs.astype(float), (0, len(self.least) - len(pairs)))


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What came of a search.

    Attributes
    ----------
    solution
        None where there is none, or none was found in time.
    bound
        No solution is worth more.
    done
        Whether it is the best, or it is sure that there is none.
    """

    solution: Solution | None
    bound: float
    done: bool


def stage_of(instance: Instance, others: int = 0) -> Stage:
    """The limits of a round over its open pairs, and so many columns that no limit reads."""
    rows, cols = (places.astype(np.int32) for places in np.nonzero(instance.open_))
    limits = rows_of(instance, None)
    matrix = limits.of(rows, cols, np.zeros(len(rows), np.bool_))
    forced = np.zeros(instance.shape, np.bool_)
    forced[instance.forced[:, 0], instance.forced[:, 1]] = True
    return Stage(
        instance,
        rows,
        cols,
        instance.fit[rows, cols].astype(np.int64),
        np.pad(forced[rows, cols], (0, others)),
        sparse.hstack((matrix, sparse.csr_matrix((matrix.shape[0], others))), format="csr"),
        limits.low,
        limits.high,
    )


def most(stage: Stage, worth: Floats, deadline: Deadline) -> Answer:
    """The placements of most worth; ``worth`` is of the pairs, or of all columns.

    Where a sum of money is off by less than HiGHS sees, just that is forbidden and the search
    repeated.
    """
    worth = np.pad(worth, (0, len(stage.least) - len(worth)))
    if not len(worth):
        lawful = bool((stage.low <= 0).all() and (stage.high >= 0).all())
        nobody = solution_of(stage.instance, stage.rows, stage.cols)
        return Answer(nobody if lawful else None, 0.0, True)
    while True:
        found = _highs(stage, worth, deadline)
        bound = np.inf if found.mip_dual_bound is None else -float(found.mip_dual_bound)
        if found.x is None:
            return Answer(None, bound, found.status == 2)
        taken = found.x[: len(stage.rows)] > 0.5
        solution = solution_of(stage.instance, stage.rows[taken], stage.cols[taken])
        broken = broken_limits(stage.instance, solution)
        if not broken:
            return Answer(solution, bound, found.status == 0)
        if deadline.passed:
            return Answer(None, bound, False)
        for one in broken:
            stage = _mended(stage, one.limit, taken, over=one.found > one.asked)


def _highs(stage: Stage, worth: Floats, deadline: Deadline) -> Any:
    used = np.isfinite(stage.low) | (np.asarray(abs(stage.matrix).sum(1)).ravel() > stage.high)
    found = milp(
        -worth,
        integrality=np.ones(len(worth)),
        bounds=Bounds(stage.least.astype(float), np.ones(len(worth))),
        constraints=LinearConstraint(stage.matrix[used], stage.low[used], stage.high[used])
        if used.any()
        else None,
        options={"time_limit": deadline.left, "mip_rel_gap": 0.0},
    )
    if found.status not in (0, 1, 2):
        raise RuntimeError(f"HiGHS neither solved the round nor ran out of time: {found.message}")
    return found


def _mended(stage: Stage, limit: str, taken: Flags, *, over: bool) -> Stage:
    bound = next((bound for bound in stage.instance.bounds if bound.name == limit), None)
    if bound is None:
        raise RuntimeError(f"rounding broke {limit}")
    counted = bound.weights[stage.rows if bound.side == "startup" else stage.cols] > 0
    if over:
        return stage.at_most(counted & taken, int((counted & taken).sum()) - 1)
    return stage.at_least(counted & ~taken, 1)
