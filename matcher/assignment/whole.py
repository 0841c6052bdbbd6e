"""The most worth of some pairs in whole numbers, where only few numbers must be told to be whole.

Startups that count alike in every bound share one total, and so do programmes. Once these totals
are whole numbers, what is left is a flow (totals, startups, programmes, totals), whose best corners
are whole by themselves (Ahuja, Magnanti and Orlin, Network Flows, 1993, theorem 11.5). HiGHS
branches over some hundred totals instead of over every pair.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from matcher.assignment.instance import Ints, Side
from matcher.assignment.linear import Deadline, Floats, Rows

Mask = NDArray[np.bool_]

NEARLY = 1e-6
"""How far from a whole number HiGHS calls a number whole."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Some pairs of a round: startups, programmes, worth, and whether each is held and forced."""

    rows: Ints
    cols: Ints
    worth: Floats
    kept: Mask
    forced: Mask


@dataclass(frozen=True, slots=True, eq=False)
class Extra:
    """Rows of one's own over the pairs: ``low`` <= row <= ``high``."""

    matrix: sparse.csr_matrix
    low: Floats
    high: Floats

    def also(self, row: Floats, low: float, high: float) -> Extra:
        """With one more row."""
        matrix = sparse.vstack([self.matrix, sparse.csr_matrix(row[None])], format="csr")
        return Extra(matrix, np.append(self.low, low), np.append(self.high, high))


def no_rows(pairs: Pairs) -> Extra:
    """No row of one's own."""
    return Extra(sparse.csr_matrix((0, len(pairs.rows))), np.zeros(0), np.zeros(0))


@dataclass(frozen=True, slots=True, eq=False)
class Whole:
    """Which pairs are placed, an upper bound of the worth, and whether this is the best.

    ``placed`` None: nothing was found in time.
    """

    placed: Mask | None
    bound: float
    best: bool


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """Startups or programmes that count alike in every bound of their side.

    ``of`` is the class of each, -1 where it counts nowhere; ``weights`` what one placement of a
    class adds to each bound, (bounds, classes).
    """

    of: NDArray[np.intp]
    weights: Floats


def classes_of(rows: Rows, side: Side) -> Classes:
    """The classes of a side, in the order of their weights; bounds of the other side add 0."""
    n, m = rows.instance.shape
    size = n if side == "startup" else m
    weights = np.zeros((len(rows.bounds), size))
    for place, (bound, seen) in enumerate(zip(rows.instance.bounds, rows.bounds, strict=True)):
        if bound.side == side:
            weights[place] = seen.weights
    counts = np.flatnonzero(weights.any(axis=0)) if len(weights) else np.zeros(0, np.intp)
    of = np.full(size, -1, np.intp)
    if not len(counts):
        return Classes(of, np.zeros((len(weights), 0)))
    alike, members = np.unique(weights[:, counts], axis=1, return_inverse=True)
    of[counts] = members.ravel()
    return Classes(of, alike)


def solve_whole(rows: Rows, pairs: Pairs, extra: Extra, deadline: Deadline) -> Whole | None:
    """The most worth within all rows, each pair placed or not; None where it is infeasible."""
    startup, programme = classes_of(rows, "startup"), classes_of(rows, "programme")
    totals = startup.weights.shape[1] + programme.weights.shape[1]
    matrix, low, high = _constraints(rows, pairs, extra, startup, programme)
    size = len(pairs.rows)
    whole = np.ones(size + totals)
    if not len(extra.low):
        whole[:size] = pairs.kept if np.isfinite(rows.low[-1]) else 0
    least = np.concatenate([pairs.forced.astype(float), np.full(totals, -np.inf)])
    most = np.concatenate([np.ones(size), np.full(totals, np.inf)])
    problem = (-np.pad(pairs.worth, (0, totals)), LinearConstraint(matrix, low, high))
    found = _highs(problem, least, most, whole, deadline)
    if found is None:
        return None
    values, bound, best = found
    if values is not None and (np.abs(values - values.round()) > NEARLY).any():
        fixed = np.arange(size + totals) >= size
        values = _corner(problem, least, most, values, fixed, np.ones(size + totals))
    return Whole(None if values is None else values[:size] > 0.5, bound, best)


def _corner(
    problem: tuple[Floats, LinearConstraint],
    least: Floats,
    most: Floats,
    values: Floats,
    fixed: Mask,
    whole: Floats,
) -> Floats | None:
    """A whole solution with the same fixed numbers: one exists that is worth as much."""
    exact = values.round()
    least, most = np.where(fixed, exact, least), np.where(fixed, exact, most)
    found = _highs(problem, least, most, whole, Deadline(60.0))
    return None if found is None else found[0]


def _highs(
    problem: tuple[Floats, LinearConstraint],
    least: Floats,
    most: Floats,
    whole: Floats,
    deadline: Deadline,
) -> tuple[Floats | None, float, bool] | None:
    """The values or None, an upper bound, and whether they are the best; None: infeasible."""
    cost, limits = problem
    if not len(cost):  # SciPy takes no programme without columns
        lawful = (limits.lb <= 0).all() and (limits.ub >= 0).all()
        return (cost, 0.0, True) if lawful else None
    if deadline.passed:
        return None, np.inf, False
    found = milp(
        cost,
        integrality=whole,
        bounds=Bounds(least, most),
        constraints=limits if len(limits.lb) else None,
        options={"time_limit": deadline.left, "mip_rel_gap": 0.0},
    )
    if found.status == 2:
        return None
    if found.status not in (0, 1):
        raise RuntimeError(f"HiGHS neither solved the round nor ran out of time: {found.message}")
    bound = np.inf if found.mip_dual_bound is None else -float(found.mip_dual_bound)
    return found.x, bound, found.status == 0


def _constraints(
    rows: Rows, pairs: Pairs, extra: Extra, startup: Classes, programme: Classes
) -> tuple[sparse.csr_matrix, Floats, Floats]:
    """All rows over pairs, then totals: the plain limits, what the totals are, the bounds."""
    plain = rows.of(pairs.rows, pairs.cols, pairs.kept)
    ends = sum(rows.instance.shape)
    used = np.isfinite(rows.low) | (np.asarray(plain.sum(axis=1)).ravel() > rows.high)
    used[ends:-1] = False
    counts = sparse.vstack([_sums(startup, pairs.rows), _sums(programme, pairs.cols)], format="csr")
    weights = np.hstack([startup.weights, programme.weights])
    totals = counts.shape[0]
    matrix = sparse.bmat(
        [
            [plain[used], None],
            [counts, -sparse.eye(totals)],
            [None, sparse.csr_matrix(weights)],
            [extra.matrix, None],
        ],
        format="csr",
    )
    even = np.zeros(totals)
    low = np.concatenate([rows.low[used], even, rows.low[ends:-1], extra.low])
    high = np.concatenate([rows.high[used], even, rows.high[ends:-1], extra.high])
    return matrix, low, high


def _sums(classes: Classes, ends: Ints) -> sparse.csr_matrix:
    """Which pairs count in the total of each class, (classes, pairs)."""
    of = classes.of[ends]
    counted = np.flatnonzero(of >= 0)
    return sparse.csr_matrix(
        (np.ones(len(counted)), (of[counted], counted)),
        shape=(classes.weights.shape[1], len(ends)),
    )


def solve_rows(
    cost: Floats,
    rows: tuple[sparse.csr_matrix, Floats, Floats],
    between: tuple[Floats, Floats],
    whole: Mask,
    deadline: Deadline,
) -> Floats | None:
    """The values of least cost with the ``whole`` ones whole; None where it is infeasible.

    Raises TimeoutError where the least cost is not proved in time.
    """
    found = _highs((cost, LinearConstraint(*rows)), *between, whole.astype(float), deadline)
    if found is None:
        return None
    values, _, best = found
    if values is None or not best:
        raise TimeoutError
    return values
