"""What it costs a round to place a startup elsewhere: what solving again shows, and no more."""

from dataclasses import replace

import numpy as np
import pytest

from matcher.assignment.instance import How
from matcher.assignment.solving import solve
from matcher.telling.elsewhere import Elsewhere, elsewhere
from tests.enumerated import best_by_kept, limited_round
from tests.rounds import round_of


def priced(instance, startup, programme, mode="best"):
    how = How(mode=mode)
    solution = solve(instance, how)
    return elsewhere(instance, solution, startup, programme, lambda one: solve(one, how), how)


def test_the_price_is_what_the_round_loses():
    found = priced(round_of([[9000, 5000], [8500, 5000], [8000, 4600]], [1, 2]), 1, 0)
    assert found == Elsewhere(True, 18600, 18100, 1)
    assert found.price == 500


def test_where_a_startup_is_already_nothing_is_lost_and_nobody_moves():
    assert priced(round_of([[9000, 8000], [9000, 8000]], [1, 1]), 0, 0).price == 0
    even = round_of([[7000, 7000], [7000, 7000]], [1, 1])
    there = int(solve(even, How()).cols[0])
    assert priced(even, 0, there) == Elsewhere(True, 14000, 14000, 0)


def test_a_closed_pair_is_not_tried_and_one_that_breaks_limits_has_no_price():
    shut = priced(round_of([[9000, -1]], [1, 1]), 0, 1)
    assert (shut.is_open, shut.price) == (False, None)
    full = priced(round_of([[9000, 5000]], [1, 0]), 0, 1)
    assert (full.is_open, full.price) == (True, None)


@pytest.mark.parametrize("seed", range(60))
def test_every_price_is_that_of_trying_everything(seed):
    instance = limited_round(seed)
    solution = solve(instance, How())
    if solution is None:
        return
    best = max(best_by_kept(instance).values())
    for i, j in np.argwhere(instance.fit >= 0)[:4].tolist():
        pair = np.array([[i, j]], np.int32)
        forced = replace(
            instance, forced=np.unique(np.concatenate([instance.forced, pair]), axis=0)
        )
        tried = best_by_kept(forced)
        found = priced(instance, i, j)
        assert found.total == (max(tried.values()) if tried else None)
        assert found.price == (best - found.total if tried else None)
