"""Weights learned from decisions, in worlds whose truth is known."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from matcher.weights import DEFAULT_POINTS, Calibration, Scale
from models.proposing import propose
from models.tuning import fit, points_of, tuned_points
from tests.tuning_world import EXPERT, NAMES, other_weights, quality, world

OWN = dict(DEFAULT_POINTS)


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Sums this small are slower on several threads than on one."""
    with threadpool_limits(1):
        yield


def drifted(seed):
    return world(seed, 2000, other_weights(seed + 300), then=other_weights(seed + 100))


def verdict(judged, present, expert):
    return propose(judged, present, expert).evidence.verdict


def learned(made):
    slopes = fit(made.judged, OWN).slopes.tolist()
    return points_of(dict(zip(NAMES, slopes, strict=True)), OWN)


def test_without_decisions_the_points_are_the_experts_bit_for_bit():
    nothing = world(1, 40, EXPERT).judged
    nothing = nothing.only(np.zeros(len(nothing), bool))
    assert tuned_points(nothing, OWN) == OWN
    assert propose(nothing, OWN, OWN).evidence.verdict == "too_few"
    assert propose(nothing, OWN, OWN).points == OWN


def test_twenty_decisions_do_not_lower_quality_and_propose_nothing():
    worlds = [world(seed, 20, EXPERT) for seed in range(40)]
    losses = [quality(one, OWN) - quality(one, learned(one)) for one in worlds]
    assert np.mean(np.array(losses) <= 0.01) >= 0.95
    assert all(propose(one.judged, OWN, OWN).points == OWN for one in worlds)


def test_two_thousand_decisions_recover_the_true_weights_and_beat_the_expert():
    left = []
    for seed in range(4):
        made = world(seed, 2000, other_weights(seed + 100))
        points = learned(made)
        weights = np.array(list(points.values())) / 100
        before = np.corrcoef(EXPERT, made.weights)[0, 1]
        assert np.corrcoef(weights, made.weights)[0, 1] > max(0.85, before)
        left.append(abs(weights - made.weights).mean() / abs(EXPERT - made.weights).mean())
        assert abs(weights - made.weights).max() < 0.06
        assert quality(made, points) > quality(made, OWN)
    assert np.mean(left) < 0.6


def test_under_drift_the_learned_points_do_not_fall_below_the_experts():
    gains = []
    for seed in range(8):
        made = drifted(seed)
        gains.append(quality(made, learned(made)) - quality(made, OWN))
    assert np.mean(gains) > 0
    assert min(gains) > -0.01


def test_where_the_expert_is_right_almost_nothing_is_proposed():
    found = [verdict(world(seed, 500, EXPERT).judged, OWN, OWN) for seed in range(16)]
    assert found.count("better") <= 1


def test_where_points_that_stand_are_right_a_wrong_experts_prior_is_not_proposed():
    for seed in range(4):
        truth = other_weights(seed + 100)
        present = points_of(dict(zip(NAMES, truth.tolist(), strict=True)), OWN)
        assert verdict(world(seed, 1000, truth).judged, present, OWN) == "not_shown"


def test_a_real_improvement_is_proposed_from_two_thousand_decisions():
    for seed in range(4):
        made = world(seed, 2000, other_weights(seed + 100))
        proposed = propose(made.judged, OWN, OWN)
        assert proposed.evidence.verdict == "better"
        assert proposed.points == tuned_points(made.judged, OWN)
        assert quality(made, proposed.points) > quality(made, OWN)


def test_after_a_change_of_truth_what_is_proposed_is_better_on_average_and_never_far_worse():
    worlds = [drifted(seed) for seed in range(4)]
    found = [propose(one.judged, OWN, OWN) for one in worlds]
    assert [one.evidence.verdict for one in found].count("better") >= 2
    gains = [
        quality(made, one.points) - quality(made, OWN)
        for made, one in zip(worlds, found, strict=True)
    ]
    assert np.mean(gains) > 0.005
    assert min(gains) > -0.01


def test_evidence_holds_the_step_that_later_rounds_want():
    evidence = propose(world(1, 500, EXPERT).judged, OWN, OWN).evidence
    assert [one.measure for one in evidence.compared] == ["step", "log_loss", "ndcg", "mrr"]
    wanted = evidence.compared[0]
    assert (wanted.present, wanted.proposed) == (0.0, wanted.difference.value)
    assert wanted.difference.low < wanted.difference.value < wanted.difference.high


@pytest.mark.parametrize("seed", range(6))
def test_learned_points_are_a_scale_and_a_higher_share_never_lowers_a_score(seed):
    points = learned(world(seed, 300, other_weights(seed)))
    assert min(points.values()) >= 0
    assert list(points) == list(OWN)
    flat = {name: Calibration(0.0, 1.0) for name in ("text", "portfolio")}
    Scale(points, flat)


def test_the_same_decisions_propose_the_same_points():
    made = world(5, 500, other_weights(5))
    assert propose(made.judged, OWN, OWN) == propose(made.judged, OWN, OWN)
