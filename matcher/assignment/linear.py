"""A round as a linear programme: pairs as columns, limits as rows, solved by HiGHS.

The rows are those of the startups, the programmes, the bounds, and at last the pairs to be kept.
SciPy's HiGHS runs in one thread with a fixed seed: the same rows and columns give the same bits.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from matcher.assignment.instance import Bound, Instance, Ints

Floats = NDArray[np.float64]

LARGEST = 2.0**10
"""The largest coefficient of a row; HiGHS reads rows to a millionth."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment at which a solution must be there, on the clock of :func:`time.monotonic`."""

    seconds: float
    start: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds that are left, never below a hundredth: HiGHS reads 0 as no time at all."""
        return max(self.seconds - (time.monotonic() - self.start), 0.01)

    @property
    def passed(self) -> bool:
        """Whether no time is left."""
        return time.monotonic() - self.start >= self.seconds


@dataclass(frozen=True, slots=True, eq=False)
class Scaled:
    """A bound in the coarsest unit in which its weights are whole, then within :data:`LARGEST`.

    ``weights`` and ``low`` <= sum <= ``high`` say the same of whole placements as the bound does;
    ``unit`` is how much of the bound's own unit one of them is.
    """

    weights: Floats
    low: float
    high: float
    unit: float


def scaled(bound: Bound) -> Scaled:
    """A bound for HiGHS; powers of two change no digit, so nothing is rounded here."""
    common = int(np.gcd.reduce(bound.weights)) or 1
    weights = bound.weights // common
    low = -(-bound.at_least // common) if bound.at_least > 0 or (weights < 0).any() else None
    high = None if bound.at_most is None else bound.at_most // common
    most = float(np.abs(weights).max(initial=1))
    power = 2.0 ** max(0.0, np.ceil(np.log2(max(most, 1.0) / LARGEST)))
    return Scaled(
        weights / power,
        -np.inf if low is None else low / power,
        np.inf if high is None else high / power,
        common * power,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The limits of a round: ``low`` <= row <= ``high``, for all n + m + bounds + 1 rows."""

    instance: Instance
    bounds: tuple[Scaled, ...]
    low: Floats
    high: Floats

    def of(self, rows: Ints, cols: Ints, kept: NDArray[np.bool_]) -> sparse.csr_matrix:
        """The coefficients of some pairs, one column each; ``kept`` tells which are held."""
        n, m = self.instance.shape
        ones = np.ones(len(rows))
        entries: list[tuple[NDArray[Any], Floats]] = [(rows, ones), (n + cols, ones)]
        for place, (bound, seen) in enumerate(
            zip(self.instance.bounds, self.bounds, strict=True), n + m
        ):
            weights = seen.weights[rows if bound.side == "startup" else cols]
            entries.append((np.full(len(rows), place), weights))
        entries.append((np.full(len(rows), len(self.low) - 1), kept.astype(float)))
        columns = np.arange(len(rows))
        matrix = sparse.coo_matrix(
            (
                np.concatenate([v for _, v in entries]),
                (np.concatenate([r for r, _ in entries]), np.tile(columns, len(entries))),
            ),
            shape=(len(self.low), len(rows)),
        ).tocsr()
        matrix.eliminate_zeros()
        return matrix

    def prices(self, duals: Floats) -> tuple[Floats, Floats]:
        """What a place of each startup and of each programme costs, (n,) and (m,).

        The price of a pair is the sum of both, but for the dual of the last row, which only
        held pairs pay.
        """
        n, m = self.instance.shape
        startup, programme = duals[:n].copy(), duals[n : n + m].copy()
        for dual, bound, seen in zip(
            duals[n + m : -1], self.instance.bounds, self.bounds, strict=True
        ):
            side = startup if bound.side == "startup" else programme
            side += dual * seen.weights
        return startup, programme


def rows_of(instance: Instance, least_kept: int | None) -> Rows:
    """The limits of a round as rows; infinite where there is no lower or no upper limit."""
    bounds = tuple(scaled(bound) for bound in instance.bounds)
    least = np.concatenate([instance.must, instance.least]).astype(float)
    low = np.concatenate(
        [np.where(least > 0, least, -np.inf), [b.low for b in bounds], [least_kept or -np.inf]]
    )
    high = np.concatenate(
        [instance.offers, instance.places, [b.high for b in bounds], [np.inf]]
    ).astype(float)
    return Rows(instance, bounds, low, high)


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """What the linear programme over some pairs says: its value and the dual of each row."""

    value: float
    duals: Floats


def solve_relaxed(
    matrix: sparse.csr_matrix,
    rows: Rows,
    worth: Floats,
    forced: NDArray[np.bool_],
    deadline: Deadline,
    *,
    elastic: bool = False,
) -> Relaxed | None:
    """The linear programme over some pairs: the most worth within the rows; None: infeasible.

    ``elastic``: every row may be broken, each unit at the cost of 1. Raises TimeoutError.
    """
    most, least = np.isfinite(rows.high), np.isfinite(rows.low)
    most[: -1 - len(rows.bounds)] &= (
        np.asarray(matrix[: -1 - len(rows.bounds)].sum(1)).ravel()
        > (rows.high[: -1 - len(rows.bounds)])
    )
    above = sparse.vstack([matrix[most], -matrix[least]], format="csc")
    limits = np.concatenate([rows.high[most], -rows.low[least]])
    cost, low, high = -worth, forced.astype(float), np.ones(len(worth))
    if elastic:
        extra = len(limits)
        above = sparse.hstack([above, -sparse.eye(extra)], format="csc")
        cost = np.concatenate([cost, np.ones(extra)])
        low, high = np.pad(low, (0, extra)), np.pad(high, (0, extra), constant_values=np.inf)
    if deadline.passed:
        raise TimeoutError
    found = linprog(
        cost,
        above,
        limits,
        bounds=np.column_stack([low, high]),
        method="highs",
        options={"time_limit": deadline.left},
    )
    if found.status == 2:
        return None
    if found.status != 0:
        raise TimeoutError(found.message)
    duals = np.zeros(len(rows.low))
    marginals = np.asarray(found.ineqlin.marginals)
    duals[most] -= marginals[: most.sum()]
    duals[least] += marginals[most.sum() :]
    return Relaxed(-float(found.fun), duals)
