"""A real round: the papers of a conference among its reviewers, beside an independent solver."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.assignment.instance import How, broken_limits
from matcher.assignment.solving import solve
from tests.real_rounds import (
    MIDL,
    REVIEWS,
    by_paper,
    midl_by_linear_program,
    midl_round,
    midl_scores,
    raw_total,
)

needs_midl = pytest.mark.skipif(not MIDL.is_dir(), reason=f"the scores of MIDL are not at {MIDL}")


@needs_midl
def test_the_best_total_of_a_real_round_is_that_of_an_independent_solver():
    instance = midl_round()
    best = solve(instance, How())
    assert best.proved
    assert broken_limits(instance, best) == ()
    assert raw_total(best) == pytest.approx(midl_by_linear_program(), abs=1e-6)


@needs_midl
def test_every_paper_of_a_real_round_has_its_reviews_and_the_scores_add_up():
    best = solve(midl_round(), How())
    assert (best.held_by(len(midl_scores())) == REVIEWS).all()
    assert np.isclose(by_paper(best).sum(), raw_total(best), atol=1e-6)


@needs_midl
def test_a_fair_real_round_leaves_nobody_worse_off_than_the_best_total_does():
    instance = midl_round()
    best, fair = solve(instance, How()), solve(instance, How(mode="fair", seconds=5))
    assert broken_limits(instance, fair) == ()
    assert by_paper(fair).min() >= by_paper(best).min()
    assert fair.total <= best.total
