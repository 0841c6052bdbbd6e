"""Best and fair beside independent solvers: on a real round, and on 10,000 x 10,000.

Run as ``python -m tests.benchmarks.bench_assignment``.
"""

from __future__ import annotations

import numpy as np

from matcher.assignment.instance import How, Instance
from matcher.assignment.lowest import raise_lowest
from matcher.assignment.solving import solve
from tests.benchmarks.apart import LIMIT_SECONDS, apart
from tests.benchmarks.figures import Figure, seconds, show, timed
from tests.real_rounds import (
    MIDL,
    REVIEWS,
    STEPS,
    by_paper,
    midl_by_linear_program,
    midl_round,
    raw_total,
)
from tests.rounds import round_of

REPEATS = 3
FAIR_SECONDS = 60.0

STARTUPS, PROGRAMMES, PLACES = 10_000, 1_000, 10


# -- a real round ----------------------------------------------------------------------------


def real_round() -> list[Figure]:
    """MIDL: papers among reviewers, beside a linear program on the raw scores."""
    instance = midl_round()
    solve(instance, How())
    spent = sorted(seconds(lambda: solve(instance, How()), REPEATS))[REPEATS // 2]
    program, independent = timed(midl_by_linear_program)
    best = solve(instance, How())
    apart = abs(raw_total(best) - program)
    raised, fairly = timed(lambda: raise_lowest(instance, How(mode="fair", seconds=FAIR_SECONDS)))
    fair, lowest, lowest_of_best = raised.solution, by_paper(raised.solution), by_paper(best).min()
    none_above = raised.highest / STEPS - REVIEWS
    return [
        Figure(
            f"best, proved: {best.proved}, total {raw_total(best):.6f}",
            f"{spent:.3f} s",
            f"{independent / spent:.1f} times as fast as linprog by HiGHS on the raw scores "
            f"({independent:.2f} s), totals apart by {apart:.0e}",
        ),
        Figure(
            f"fair, proved: {fair.proved}",
            f"{fairly:.1f} s",
            f"worst-off paper {lowest.min():.4f} beside {lowest_of_best:.4f} of best, and no "
            f"solution has more than {none_above:.4f}; total {raw_total(fair):.3f}, "
            f"{raw_total(fair) / raw_total(best):.3f} of best",
        ),
    ]


# -- 10,000 x 10,000 -------------------------------------------------------------------------


def correlated() -> Instance:
    """Fits of what startups are worth, how programmes are liked, and chance."""
    draw = np.random.default_rng(11)
    fit = (
        draw.normal(5_000, 1_000, (STARTUPS, 1))
        + draw.normal(0, 700, PROGRAMMES)
        + draw.normal(0, 600, (STARTUPS, PROGRAMMES))
    )
    return round_of(np.clip(fit, 0, 10_000), np.full(PROGRAMMES, PLACES))


def by_scipy() -> list[float]:
    """The total by scipy, every place a column of its own, and the seconds."""
    from scipy.optimize import linear_sum_assignment

    fit = correlated().fit
    costs = -np.repeat(fit, PLACES, axis=1).astype(np.float64)
    (rows, cols), spent = timed(lambda: linear_sum_assignment(costs))
    return [int(fit[rows, cols // PLACES].sum(dtype=np.int64)), spent]


def large() -> list[Figure]:
    """10,000 startups and as many places, beside scipy on the expanded matrix."""
    instance = correlated()
    best, first = timed(lambda: solve(instance, How()))
    spent = sorted(seconds(lambda: solve(instance, How()), REPEATS))[REPEATS // 2]
    theirs = apart("tests.benchmarks.bench_assignment", "by_scipy")
    beside = f"scipy's linear_sum_assignment was stopped after {LIMIT_SECONDS} s"
    if theirs is not None:
        total, independent = theirs
        same = "same total" if total == best.total else f"ANOTHER TOTAL {total:,}"
        beside = (
            f"{independent / spent:.0f} times as fast as scipy's linear_sum_assignment on the "
            f"expanded matrix ({independent:.1f} s), {same}"
        )
    what = f"best of {STARTUPS:,} x {PROGRAMMES * PLACES:,}, proved: {best.proved}"
    return [Figure(what, f"{spent:.2f} s (first {first:.2f} s)", f"{beside}; wanted: 5 s")]


if __name__ == "__main__":
    if MIDL.is_dir():
        show("Assignment, MIDL: 118 papers x 177 reviewers", real_round())
    else:
        print(f"\nAssignment, MIDL: skipped, its scores are not at {MIDL}")
    show("Assignment, correlated fits", large())
