"""Weights learned from decisions, in worlds whose truth is known."""

import numpy as np
import pytest

from matcher.weights import DEFAULT_POINTS, Calibration, Scale
from models.proposing import propose
from models.tuning import fit, points_of, tuned_points
from tests.tuning_world import EXPERT, NAMES, other_weights, quality, world

OWN = dict(DEFAULT_POINTS)


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
    for seed in range(4):
        made = world(seed, 2000, other_weights(seed + 100))
        points = learned(made)
        weights = np.array(list(points.values())) / 100
        before = np.corrcoef(EXPERT, made.weights)[0, 1]
        assert np.corrcoef(weights, made.weights)[0, 1] > max(0.8, before)
        assert abs(weights - made.weights).max() < 0.08
        assert quality(made, points) > quality(made, OWN)


def test_under_drift_the_learned_points_do_not_fall_below_the_experts():
    gains = []
    for seed in range(8):
        made = world(seed, 2000, other_weights(seed + 300), then=other_weights(seed + 100))
        gains.append(quality(made, learned(made)) - quality(made, OWN))
    assert np.mean(gains) > 0
    assert min(gains) > -0.01


def test_where_the_expert_is_right_nothing_is_proposed():
    for seed in range(8):
        assert propose(world(seed, 500, EXPERT).judged, OWN, OWN).points == OWN


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
