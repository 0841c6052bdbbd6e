"""Reserve lists: who waits where, and in which order."""

import dataclasses

import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from matcher.telling.reserves import reserves
from tests.rounds import drawn_round, placed_at, round_of


def lists(instance, pairs, most=10):
    found = reserves(instance, placed_at(instance, pairs), most)
    return [waiting.tolist() for waiting in found.lists]


def test_whoever_would_gain_more_waits_best_fit_first():
    instance = round_of([[9000, 8000], [8500, 8600], [8700, 7000]], [1, 2])
    assert lists(instance, [(0, 0), (1, 1), (2, 1)]) == [[2], []]


def test_whoever_has_nothing_waits_wherever_it_is_open():
    instance = round_of([[9000, 8000], [100, -1], [8700, 7000]], [1, 1])
    assert lists(instance, [(0, 0)]) == [[2, 1], [2]]


def test_whoever_may_hold_another_place_waits_even_where_it_gains_less():
    instance = round_of([[9000, 4000]], [1, 1], offers=[2])
    assert lists(instance, [(0, 0)]) == [[], [0]]


def test_equal_fits_are_ordered_by_what_the_programme_looks_for_and_then_by_id():
    fit = [[5000], [5000], [5000], [6000]]
    instance = round_of(fit, [1], want=[[4000], [4500], [4500], [6000]])
    assert lists(instance, [(3, 0)]) == [[1, 2, 0]]


def test_a_programme_without_places_has_no_list():
    assert lists(round_of([[9000, 8000]], [0, 1]), [(0, 1)]) == [[], []]


def test_a_startup_that_may_hold_no_place_waits_nowhere():
    assert lists(round_of([[9000]], [1], offers=[0]), []) == [[]]


def test_a_forced_place_is_not_given_up_for_another():
    instance = round_of([[9000, 8000]], [1, 1], forced=[[0, 1]])
    assert lists(instance, [(0, 1)]) == [[], []]


def test_a_list_is_cut_at_its_most_and_positions_say_so():
    instance = round_of([[9000], [8000], [7000], [6000]], [1])
    found = reserves(instance, placed_at(instance, [(0, 0)]), 2)
    assert [waiting.tolist() for waiting in found.lists] == [[1, 2]]
    assert found.positions.tolist() == [[0], [1], [2], [0]]


def test_lists_of_no_length_are_empty():
    instance = round_of([[9000], [8000]], [1])
    assert lists(instance, [(0, 0)], most=0) == [[]]


def test_a_round_without_startups_has_empty_lists():
    assert lists(round_of(np.zeros((0, 2)), [1, 1]), []) == [[], []]


@settings(max_examples=60, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(1, 5), st.integers(1, 20))
def test_lists_are_those_of_the_plain_definition(seed, n, m, most):
    instance = drawn_round(n, m, seed)
    instance = dataclasses.replace(instance, fit=instance.fit // 1000 * 1000 - (instance.fit < 0))
    instance = dataclasses.replace(instance, fit=np.maximum(instance.fit, -1))
    draw = np.random.default_rng(seed)
    open_ = [(i, j) for i in range(n) for j in range(m) if instance.fit[i, j] >= 0]
    has = {i: j for i, j in open_ if draw.random() < 0.4}
    found = reserves(instance, placed_at(instance, list(has.items())), most)
    for j in range(m):
        waiting = [
            (-instance.fit[i, j], -instance.want[i, j], i)
            for i, p in open_
            if p == j and instance.places[j] and has.get(i) != j
            if i not in has or instance.gain[i, j] > instance.gain[i, has[i]]
        ]
        assert found.lists[j].tolist() == [i for _, _, i in sorted(waiting)][:most]
        assert [found.positions[i, j] for i in found.lists[j]] == [
            *range(1, len(found.lists[j]) + 1)
        ]
        assert np.count_nonzero(found.positions[:, j]) == len(found.lists[j])
