"""A startup's own order of its programmes, and the least that it has."""

import numpy as np

from matcher.telling.choices import (
    NO_MORE,
    NOTHING,
    choice_ranks,
    forced_placed,
    least_held,
    placed_mask,
)
from tests.rounds import placed_at, round_of

ROUND = round_of([[7000, 9000, -1], [8000, 8000, 8000]], [1, 1, 1], gain=[[9, 5, 99], [7, 7, 8]])


def test_choices_go_by_fit_then_gain_then_id():
    rows, cols = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [1, 2]], np.int32).T
    assert choice_ranks(ROUND, rows, cols).tolist() == [2, 1, 2, 3, 1]


def test_a_higher_gain_does_not_outweigh_fit():
    instance = round_of([[7000, 9000]], [1, 1], gain=[[9, 5]])
    rows, cols = np.array([[0, 0], [0, 1]], np.int32).T
    assert choice_ranks(instance, rows, cols).tolist() == [2, 1]


def test_the_least_that_a_startup_has_tells_what_is_better():
    instance = round_of([[9, 5], [9, 5], [9, 5], [9, 5]], [9, 9], offers=[2, 2, 1, 0])
    solution = placed_at(instance, [(0, 0), (0, 1), (1, 1), (2, 0)])
    assert least_held(instance, solution, instance.fit).tolist() == [5, NOTHING, 9, NO_MORE]


def test_what_is_not_counted_cannot_be_exchanged():
    instance = round_of([[9, 5], [9, 5]], [9, 9], offers=[2, 1], forced=[[0, 1], [1, 1]])
    solution = placed_at(instance, [(0, 0), (0, 1), (1, 1)])
    free = ~forced_placed(instance, solution)
    assert free.tolist() == [True, False, False]
    assert least_held(instance, solution, instance.fit, free).tolist() == [9, NO_MORE]


def test_placed_pairs_are_marked():
    assert placed_mask(ROUND, placed_at(ROUND, [(1, 2)])).tolist() == [
        [False] * 3,
        [False] * 2 + [True],
    ]
