"""Which programmes a startup missed, in which order, and who stands before and behind it there."""

import numpy as np

from matcher.assignment.instance import How
from matcher.telling.missing import gaps
from matcher.telling.reserves import reserves
from tests.rounds import placed_at, round_of


def missed(instance, pairs, mode="best", most=10, **options):
    solution = placed_at(instance, pairs)
    return gaps(instance, solution, reserves(instance, solution, most), How(mode=mode), **options)


def test_the_three_best_are_told_best_fit_first():
    found = missed(round_of([[5000, 9000, 8000, 9000, 7000]], [1] * 5), [(0, 0)])
    assert found.cols.tolist() == [1, 3, 2]
    assert found.starts.tolist() == [0, 3]


def test_a_startup_without_a_place_is_told_where_it_stands_highest():
    fit = [[9000, 8000, 7000, 6000, 5000], *([[9500, -1, 7500, -1, -1]] * 2)]
    instance = round_of(fit, [1, 0, 1, 0, 1])
    found = missed(instance, [(1, 0), (2, 2)])
    assert found.cols[: found.starts[1]].tolist() == [0, 2, 4]
    assert found.reserve[: found.starts[1]].tolist() == [2, 1, 1]


def test_programmes_with_places_come_before_those_without():
    found = missed(round_of([[9000, 8000, 7000, 6000]], [0, 0, 0, 1]), [], most=0)
    assert found.cols.tolist() == [0, 1, 3]


def test_behind_counts_by_what_the_mode_lets_the_programme_choose_by():
    instance = round_of(
        [[8000, 7000], [9000, -1], [7000, -1]],
        [2, 1],
        want=[[5000, 0], [4000, 0], [6000, 0]],
    )
    pairs = [(0, 1), (1, 0), (2, 0)]
    best, stable = missed(instance, pairs), missed(instance, pairs, mode="stable")
    assert (best.ahead[0], best.behind[0]) == (1, 1)
    assert (stable.ahead[0], stable.behind[0]) == (1, 1)
    forced = round_of(instance.fit, [2, 1], want=instance.want, forced=[[2, 0]])
    assert missed(forced, pairs).behind[0] == 0
    assert missed(forced, pairs, mode="stable").behind[0] == 1


def test_costs_are_asked_for_the_missed_pairs_alone():
    instance = round_of([[5000, 9000], [9000, -1]], [1, 1])
    found = missed(
        instance, [(0, 0)], costs_of=lambda rows, cols: (rows * 10 + cols).astype(np.int64)
    )
    assert found.costs is not None
    assert found.costs.tolist() == [1, 10]
