"""A chance of acceptance: only where decisions stand behind it, true to them, told by group."""

from dataclasses import replace

import numpy as np
import pytest

from matcher.evidence import CHOSEN
from matcher.weights import DEFAULT_POINTS
from models.acceptance import (
    BASE_RATE,
    LEAST_DECISIONS,
    Group,
    curve_of,
    ended,
    reliability,
)
from models.proposing import LEAST_HELD_OUT
from tests.tuning_world import EXPERT, world


def drawn(seed, count, height=-3.0, slope=0.9):
    """Scores, and who was accepted by a known logistic line."""
    draw = np.random.default_rng(seed)
    scores = draw.uniform(20, 90, count)
    chances = 1 / (1 + np.exp(-(height + slope * (scores - 50) / 10)))
    return scores, draw.random(count) < chances


def made(decisions=2000, seed=3):
    judged = world(seed, decisions, EXPERT).judged
    return judged, judged.scores(dict(DEFAULT_POINTS))


def test_without_decisions_a_middling_score_has_the_base_rate():
    curve = curve_of(np.zeros(0), np.zeros(0, bool))
    assert curve.method == "platt"
    assert curve.chances(np.array([50.0]))[0] == pytest.approx(BASE_RATE, rel=0.01)


@pytest.mark.parametrize("count", [0, 30, 400, 3000])
def test_a_higher_score_never_has_a_lower_chance(count):
    chances = curve_of(*drawn(5, count)).chances(np.linspace(0, 100, 201))
    assert (np.diff(chances) >= 0).all()
    assert chances.min() >= 0
    assert chances.max() <= 1


def test_many_decisions_give_back_the_line_that_they_were_drawn_by():
    curve = curve_of(*drawn(7, 900))
    assert curve.method == "platt"
    assert curve.slope == pytest.approx(0.9, abs=0.2)
    assert curve.height == pytest.approx(-3.0, abs=0.5)


def test_very_many_decisions_make_an_isotonic_curve():
    curve = curve_of(*drawn(7, 4000))
    assert curve.method == "isotonic"
    expected = 1 / (1 + np.exp(3.0 - 0.9 * 2))
    assert curve.chances(np.array([70.0]))[0] == pytest.approx(expected, abs=0.08)


def test_a_few_accepted_ones_do_not_lift_the_chance_to_certainty():
    scores = np.array([60.0, 70.0, 80.0])
    assert curve_of(scores, np.ones(3, bool)).chances(scores).max() < 0.9


def test_too_few_decisions_show_no_chance():
    judged, scores = made()
    few = np.arange(len(judged)) < LEAST_DECISIONS - 1
    found = reliability(judged.only(few), scores[few])
    assert (found.shown, found.hidden) == (False, "too_few")
    assert (found.method, found.brier, found.bins) == (None, None, ())


def test_only_what_came_to_an_end_counts():
    judged, _ = made(400)
    over = ended(judged)
    assert set(judged.grades[~over]).isdisjoint({0, *range(CHOSEN, 9)})
    assert (judged.grades[over] >= CHOSEN).any()


def test_chances_beat_the_base_rate_on_rounds_that_they_were_not_made_from():
    found = reliability(*made())
    assert found.shown
    assert found.held_out > 0
    assert found.brier < found.brier_base
    assert sum(one.n for one in found.bins) == found.held_out
    assert [one.predicted for one in found.bins] == sorted(one.predicted for one in found.bins)


def test_decisions_of_one_round_leave_none_to_check_a_chance_by():
    judged, scores = made()
    at_once = replace(judged, rounds=np.full(len(judged), "r000"))
    found = reliability(at_once, scores)
    assert (found.shown, found.hidden) == (False, "unchecked")
    assert (found.held_out, found.brier, found.bins) == (0, None, ())


def test_a_chance_is_checked_by_more_than_a_few_later_decisions():
    judged, scores = made()
    later = np.cumsum(ended(judged)) > ended(judged).sum() - (LEAST_HELD_OUT - 1)
    found = reliability(replace(judged, rounds=np.where(later, "r001", "r000")), scores)
    assert (found.held_out, found.hidden) == (LEAST_HELD_OUT - 1, "unchecked")


def test_a_chance_that_is_no_closer_than_the_base_rate_is_not_shown():
    judged, scores = made()
    turned = np.where(judged.rounds >= "r004", 100 - scores, scores)
    found = reliability(judged, turned)
    assert (found.shown, found.hidden) == (False, "no_closer")
    assert found.brier >= found.brier_base
    assert sum(one.n for one in found.bins) == found.held_out > LEAST_HELD_OUT


def test_scores_that_say_nothing_seldom_show_a_chance():
    judged, scores = made(600)
    draw = np.random.default_rng(1)
    found = [reliability(judged, draw.permutation(scores)) for _ in range(40)]
    assert sum(one.shown for one in found) <= 6
    assert {one.hidden for one in found} <= {None, "no_closer"}


def test_a_group_that_is_marked_down_shows_its_gap_and_another_none():
    judged, scores = made(4000, 11)
    owners = np.unique(judged.startups)
    draw = np.random.default_rng(2)
    marked_down, others = (np.isin(judged.startups, draw.permutation(owners)[::2]) for _ in "ab")
    hit = marked_down & (judged.grades >= CHOSEN) & (draw.random(len(judged)) < 0.6)
    unfair = replace(judged, grades=np.where(hit, 0, judged.grades))
    groups = [Group("language", "vi", marked_down), Group("district", "An Phú", others)]
    down, even = reliability(unfair, scores, groups).gaps
    assert down.gap.high < 0
    assert down.observed < down.expected
    assert even.gap.low < 0 < even.gap.high


def test_a_group_of_a_few_startups_is_not_told():
    judged, scores = made()
    few = np.isin(judged.startups, np.unique(judged.startups)[:4])
    assert reliability(judged, scores, [Group("sector", "ai", few)]).gaps == ()


def test_a_group_is_compared_only_with_those_of_whom_it_is_known():
    judged, scores = made(4000, 11)
    owners = np.unique(judged.startups)
    inside, others = (np.isin(judged.startups, owners[part::3]) for part in (0, 1))
    told = [Group("sector", "ai", inside, inside | others), Group("sector", "ai", inside, inside)]
    (known,) = reliability(judged, scores, told).gaps
    everybody = reliability(judged, scores, [Group("sector", "ai", inside)]).gaps[0]
    assert known.observed == everybody.observed
    assert known.gap.value != everybody.gap.value
