"""Real rounds that stand beside the checkout: papers of a conference and who may review them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import identity, kron, vstack

from matcher.assignment.instance import Instance, Solution
from tests.rounds import round_of

EVAL = Path(__file__).resolve().parents[2] / "shared" / "eval"
MIDL = EVAL / "midl"
REVIEWS = 3
"""Reviews of each paper."""

STEPS = 1_000_000_000
"""What a score of 1 is worth as a whole number; a score of -1 is worth nothing."""

Scores = NDArray[np.float64]


def midl_scores() -> Scores:
    """How well each paper suits each reviewer, -1 to 1, (118 papers, 177 reviewers)."""
    scores: Scores = np.load(MIDL / "midl_scores.npy").T
    return scores


def midl_loads() -> tuple[Scores, Scores]:
    """The least and the most papers of each reviewer, (177,) each."""
    return np.load(MIDL / "midl_loads-lb.npy"), np.load(MIDL / "midl_loads.npy")


def midl_round() -> Instance:
    """Papers take the side of startups, each with exactly three places; reviewers offer them."""
    (least, most), scores = midl_loads(), midl_scores()
    reviews = np.full(len(scores), REVIEWS)
    fit = np.round((scores + 1) * STEPS)
    return round_of(fit, most, least=least, offers=reviews, must=reviews)


def raw_total(solution: Solution) -> float:
    """The total of a solution of :func:`midl_round` in scores."""
    return solution.total / STEPS - len(solution.rows)


def by_paper(solution: Solution) -> Scores:
    """The sum of its scores for each paper."""
    scores = midl_scores()
    sums = np.zeros(len(scores))
    np.add.at(sums, solution.rows, scores[solution.rows, solution.cols])
    return sums


def midl_by_linear_program() -> float:
    """The highest total of the raw scores; by theory some optimum of this program is whole."""
    (least, most), scores = midl_loads(), midl_scores()
    papers, reviewers = scores.shape
    of_reviewer = kron(np.ones((1, papers)), identity(reviewers), format="csr")
    of_paper = kron(identity(papers), np.ones((1, reviewers)), format="csr")
    found = linprog(
        -scores.ravel(),
        A_ub=vstack([of_reviewer, -of_reviewer]),
        b_ub=np.concatenate([most, -least]),
        A_eq=of_paper,
        b_eq=np.full(papers, REVIEWS),
        bounds=(0, 1),
        method="highs",
    )
    return float(-found.fun)
