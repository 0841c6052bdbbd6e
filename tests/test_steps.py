"""How much of a step held-out decisions want, where it is known what they do."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from matcher.evidence import Interval
from matcher.weights import DEFAULT_POINTS
from models.steps import step
from models.tuning import Judged
from tests.tuning_world import EXPERT, GAIN, other_weights, world

OWN = dict(DEFAULT_POINTS)


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Sums this small are slower on several threads than on one."""
    with threadpool_limits(1):
        yield


def whole_step(made):
    """Logits from the expert's score to the true one."""
    return GAIN * made.judged.shares @ (made.weights - EXPERT)


def test_decisions_of_the_true_weights_want_most_of_the_step():
    found = [
        step(made.judged, OWN, whole_step(made))
        for made in (world(seed, 2000, other_weights(seed + 100)) for seed in range(4))
    ]
    assert 0.6 < np.mean([one.value for one in found]) < 1.2
    assert all(one.low > 0 for one in found)


def test_where_the_expert_is_right_no_step_is_wanted_and_its_error_is_as_large_as_it_says():
    steps = []
    for seed in range(40):
        draw = np.random.default_rng(seed)
        judged = world(seed, 400, EXPERT).judged
        moved = GAIN * judged.shares @ (draw.dirichlet(np.full(len(EXPERT), 6.0)) - EXPERT)
        steps.append(step(judged, OWN, moved))
    assert np.mean([one.value for one in steps]) == pytest.approx(0.0, abs=0.15)
    assert sum(one.low > 0 for one in steps) <= 5


def test_twice_the_step_is_wanted_half_as_much():
    made = world(1, 500, other_weights(101))
    once, twice = (step(made.judged, OWN, times * whole_step(made)) for times in (1, 2))
    assert twice.value == pytest.approx(once.value / 2)
    assert twice.low == pytest.approx(once.low / 2)


def test_what_lifts_whole_programmes_is_never_wanted_for_it_may_be_their_strictness():
    judged = world(2, 1000, EXPERT).judged
    _, places = np.unique(judged.programmes, return_inverse=True)
    by_programme = np.random.default_rng(2).normal(0, 1, places.max() + 1)[places]
    assert step(judged, OWN, by_programme) == Interval(0.0, 0.0, 0.0)


def test_a_step_that_moves_nothing_is_not_wanted():
    judged = world(1, 200, EXPERT).judged
    assert step(judged, OWN, np.zeros(len(judged))) == Interval(0.0, 0.0, 0.0)


def test_the_order_of_decisions_changes_nothing_that_counts():
    made = world(3, 300, other_weights(103))
    told, moved = made.judged, whole_step(made)
    turned = np.arange(len(told))[::-1]
    rows = (told.shares, told.grades, told.startups, told.programmes, told.rounds)
    other = Judged(told.names, *(one[turned] for one in rows))
    assert step(other, OWN, moved[turned]).value == pytest.approx(
        step(told, OWN, moved).value, abs=1e-3
    )
