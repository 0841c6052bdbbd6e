"""The fairness sheet: every field as its definition says, counted by hand and by plain loops."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from matcher.telling.fairness import (
    best_of,
    blocking_pairs,
    envy_pairs,
    exposures,
    fairness_sheet,
    gini,
)
from tests.rounds import drawn_round, placed_at, round_of

FIT = [[9000, 8000, -1], [8500, 8400, -1], [7000, 6000, -1], [-1, -1, -1]]


def sheet(instance, pairs, best=None, groups=()):
    optimum = placed_at(instance, pairs if best is None else best)
    return fairness_sheet(instance, placed_at(instance, pairs), optimum, groups)


def test_measures_count_the_able_and_the_placed_and_their_choices():
    here = sheet(round_of(FIT, [1, 1, 1]), [(0, 0), (1, 1)]).here
    assert (here.startups, here.able, here.placed) == (4, 3, 2)
    assert here.choices == (1, 1, 0, 0)
    assert (here.worst, here.tenth, here.lowest_placed) == (0, 0, 8400)
    assert (here.mean, here.total) == (8700, 17400)


def test_nothing_is_measured_where_nobody_is():
    here = sheet(round_of([[-1]], [1]), []).here
    assert (here.able, here.placed, here.choices, here.total) == (0, 0, (0, 0, 0, 0), 0)
    assert (here.worst, here.tenth, here.lowest_placed, here.mean) == (None, None, None, None)


@pytest.mark.parametrize("shape", [(0, 0), (0, 2), (2, 0)])
def test_a_sheet_of_nothing_is_a_sheet(shape):
    got = sheet(round_of(np.zeros(shape), np.ones(shape[1])), [])
    assert (got.here.startups, got.envy_pairs, got.blocking_pairs) == (shape[0], 0, 0)
    assert (got.exposure_gini, got.load_gini) == (0.0, 0.0)


def test_the_tenth_percentile_is_a_fit_that_somebody_has():
    fit = np.arange(100, 1300, 100)[:, None]
    here = sheet(round_of(fit, [12]), [(i, 0) for i in range(12)]).here
    assert (here.worst, here.tenth) == (100, 200)


def test_one_with_several_places_counts_once_by_its_best():
    instance = round_of([[9000, 8000]], [1, 1], offers=[2])
    here = sheet(instance, [(0, 0), (0, 1)]).here
    assert (here.placed, here.choices, here.mean, here.total) == (1, (1, 0, 0, 0), 9000, 17000)


def test_means_are_rounded_halves_up():
    assert sheet(round_of([[1], [2]], [2]), [(0, 0), (1, 0)]).here.mean == 2


def test_envy_counts_every_holder_of_a_better_place():
    instance = round_of([[9000, 8000], [9000, 8000], [9000, 8000]], [2, 1])
    assert envy_pairs(instance, placed_at(instance, [(0, 0), (1, 0), (2, 1)])) == 2
    assert envy_pairs(instance, placed_at(instance, [(0, 0), (1, 0)])) == 2
    assert envy_pairs(instance, placed_at(instance, [])) == 0


def test_nobody_envies_a_place_that_is_closed_to_it():
    instance = round_of([[9000, 8000], [-1, 8000]], [1, 1])
    assert envy_pairs(instance, placed_at(instance, [(0, 0), (1, 1)])) == 0


def test_a_second_startup_is_envied_once_for_all_of_its_places():
    instance = round_of([[9000, 8000], [9000, 8000]], [1, 1], offers=[2, 2])
    assert envy_pairs(instance, placed_at(instance, [(0, 0), (0, 1)])) == 1


def test_a_pair_blocks_where_both_would_rather_have_each_other():
    instance = round_of([[9000, 8000], [9500, 8000]], [1, 1])
    assert blocking_pairs(instance, placed_at(instance, [(0, 0), (1, 1)])) == 1
    assert blocking_pairs(instance, placed_at(instance, [(1, 0), (0, 1)])) == 0
    assert blocking_pairs(instance, placed_at(instance, [(0, 1)])) == 2


def test_a_programme_without_places_blocks_nothing():
    instance = round_of([[9000]], [0])
    assert blocking_pairs(instance, placed_at(instance, [])) == 0


def test_gini_is_nothing_when_even_and_grows_with_unevenness():
    assert gini([]) == gini([0, 0]) == gini([3, 3, 3]) == 0.0
    assert gini([0, 0, 0, 8]) == 0.75
    assert gini([1, 2, 3]) == pytest.approx(2 / 9, abs=1e-6)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None, phases=(Phase.explicit, Phase.generate))
def test_gini_is_half_the_relative_mean_difference(values):
    apart = sum(abs(a - b) for a in values for b in values)
    total = sum(values)
    plain = apart / (2 * len(values) * total) if total else 0.0
    assert gini(values) == pytest.approx(plain, abs=1e-6)


def test_exposure_looks_at_the_programmes_that_are_open_to_anybody():
    instance = round_of([[9, 8, 7, 6, -1], [9, 8, 7, 6, -1]], [1] * 5)
    assert sheet(instance, []).exposure_gini == gini([2, 2, 2, 0])


def test_load_is_the_share_of_places_that_is_filled():
    instance = round_of([[9, 8, 7], [9, 8, 7]], [2, 1, 0])
    assert sheet(instance, [(0, 0), (1, 1)]).load_gini == gini([0.5, 1.0])


def test_the_price_is_what_the_mode_costs_in_total():
    instance = round_of([[9000, 8000], [8500, 2000]], [1, 1])
    got = sheet(instance, [(0, 0), (1, 1)], best=[(0, 1), (1, 0)])
    assert (got.price, got.optimum.total - got.here.total) == (5500, 5500)


def test_groups_are_measured_apart_and_beside_the_optimum():
    instance = round_of(FIT, [1, 1, 1])
    group = ("stage", "seed", np.array([False, True, True, False]))
    (one,) = sheet(instance, [(0, 0), (1, 1)], best=[(1, 0), (0, 1)], groups=[group]).groups
    assert (one.attribute, one.value, one.here.startups, one.here.placed) == ("stage", "seed", 2, 1)
    assert (one.here.total, one.optimum.total) == (8400, 8500)


def test_best_lists_stand_best_first_and_end_where_nothing_is_open():
    fit = np.array([[5, 7, 7, -1], [-1, -1, 3, -1]], np.int32)
    assert best_of(fit, 3).tolist() == [[1, 2, 0], [2, -1, -1]]
    assert best_of(fit, 6).tolist() == [[1, 2, 0, -1, -1, -1], [2, -1, -1, -1, -1, -1]]
    assert exposures(best_of(fit, 3), 4).tolist() == [1, 1, 2, 0]


@settings(max_examples=60, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(st.integers(0, 10_000), st.integers(1, 9), st.integers(1, 5), st.integers(1, 3))
def test_pairs_are_those_of_the_plain_definition(seed, n, m, offers):
    instance = drawn_round(n, m, seed, offers=np.full(n, offers))
    draw = np.random.default_rng(seed)
    has = {
        i: [j for j in range(m) if instance.fit[i, j] >= 0 and draw.random() < 0.4][:offers]
        for i in range(n)
    }
    solution = placed_at(instance, [(i, j) for i, some in has.items() for j in some])
    fit, gain, want = instance.fit, instance.gain, instance.want

    def would(i, j, measure):
        room = len(has[i]) < offers
        least = -1 if room else min(measure[i, k] for k in has[i])
        return fit[i, j] >= 0 and j not in has[i] and measure[i, j] > least

    envy = sum(any(would(a, j, fit) for j in has[b]) for a, b in permutations(range(n), 2))
    assert envy_pairs(instance, solution) == envy
    blocking = 0
    for i in range(n):
        for j in range(m):
            there = [want[k, j] for k in range(n) if j in has[k]]
            room = len(there) < instance.places[j]
            blocking += would(i, j, gain) and (room or any(w < want[i, j] for w in there))
    assert blocking_pairs(instance, solution) == blocking
