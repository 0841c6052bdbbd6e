"""Lists that respect places: caps are kept, fit is as high as they allow, and figures are true."""

from itertools import combinations, product
from math import ceil

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from matcher.telling.exposure import capped_lists, exposure_of
from matcher.telling.fairness import best_of


def table(fit):
    return np.asarray(fit, np.int32)


def test_startups_are_spread_as_the_places_are():
    fit = table([[9000, 8000], [9000, 8500], [9000, 8900], [9000, 7000]])
    found = capped_lists(fit, table([2, 2]), 1, 1.0)
    assert found.caps.tolist() == [2, 2]
    assert found.lists.ravel().tolist() == [0, 1, 1, 0]
    assert found.over.tolist() == [0, 0]


def test_slack_lets_better_programmes_stand_more_often():
    fit = table([[9000, 8000], [9000, 8500], [9000, 8900], [9000, 7000]])
    found = capped_lists(fit, table([2, 2]), 1, 1.5)
    assert found.caps.tolist() == [3, 3]
    assert found.lists.ravel().tolist() == [0, 0, 1, 0]


def test_lists_stand_best_fit_first_and_end_where_nothing_is_open():
    fit = table([[7000, 9000, 8000], [-1, -1, 5000]])
    found = capped_lists(fit, table([5, 5, 5]), 3, 2.0)
    assert found.lists.tolist() == [[1, 2, 0], [2, -1, -1]]


def test_a_programme_without_places_stands_in_no_list():
    found = capped_lists(table([[9000, 8000]]), table([0, 1]), 2, 1.0)
    assert found.lists.tolist() == [[1, -1]]
    assert capped_lists(table([[9000]]), table([0]), 2, 1.0).lists.tolist() == [[-1, -1]]


def test_a_cap_gives_way_where_a_list_could_not_be_filled_otherwise():
    fit = table([[9000, -1], [8000, -1], [7000, -1], [6000, 100]])
    found = capped_lists(fit, table([1, 3]), 1, 1.0)
    assert found.lists.ravel().tolist() == [0, 0, 0, 1]
    assert (found.caps.tolist(), found.over.tolist()) == ([1, 3], [2, 0])


@pytest.mark.parametrize(("k", "slack"), [(0, 1.0), (1, 0.9)])
def test_lists_without_room_are_refused(k, slack):
    with pytest.raises(ValueError, match="at least 1"):
        capped_lists(table([[1]]), table([1]), k, slack)


@pytest.mark.parametrize("shape", [(0, 0), (0, 2), (2, 0)])
def test_lists_of_nothing_are_empty(shape):
    fit, places = np.zeros(shape, np.int32), np.ones(shape[1], np.int32)
    found = capped_lists(fit, places, 2, 1.0)
    assert (found.lists < 0).all()
    got = exposure_of(fit, places, found.lists)
    assert (got.entries, got.congestion, got.mean_fit, got.best_kept) == (0, 0.0, None, None)


def test_figures_are_those_that_their_words_say():
    fit = table([[9000, 8000, -1], [9000, -1, 7000], [-1, -1, -1], [9000, 8000, 7000]])
    got = exposure_of(fit, table([1, 2, 0]), table([[0, 1], [0, 2], [-1, -1], [1, -1]]))
    assert got.entries == 5
    assert got.congestion == 1.0
    assert got.applicants_most == 1.0
    assert got.applicants_mean == pytest.approx((1.0 + 1.5) / 3, abs=1e-6)
    assert got.mean_fit == (9000 + 8000 + 9000 + 7000 + 8000) / 5
    assert got.best_kept == pytest.approx(2 / 3, abs=1e-6)


def test_congestion_is_the_share_of_the_three_most_listed():
    fit = table([[9, 8, 7, 6, 5]] * 2)
    got = exposure_of(fit, table([1] * 5), best_of(fit, 5))
    assert (got.congestion, got.gini) == (0.6, 0.0)


def test_capping_lowers_congestion_where_all_like_the_same():
    draw = np.random.default_rng(5)
    fit = table(5000 + 300 * np.arange(12)[None, :] + draw.integers(0, 1500, (200, 12)))
    places = table(draw.integers(5, 15, 12))
    before = exposure_of(fit, places, best_of(fit, 3))
    after = exposure_of(fit, places, capped_lists(fit, places, 3, 1.2).lists)
    assert after.congestion < before.congestion
    assert after.applicants_most < before.applicants_most
    assert after.gini < before.gini
    assert after.entries == before.entries == 600


def best_total(fit, room, lengths):
    """The highest total over all ways to fill the lists within some room, None where none does."""
    n, m = fit.shape
    ways = [
        [c for c in combinations(range(m), int(lengths[i])) if all(fit[i, j] >= 0 for j in c)]
        for i in range(n)
    ]
    totals = [
        sum(int(fit[i, j]) for i, some in enumerate(way) for j in some)
        for way in product(*ways)
        if all(sum(j in some for some in way) <= room[j] for j in range(m))
    ]
    return max(totals, default=None)


def least_beyond(fit, caps, lengths):
    """The least entries beyond the caps with which the lists can be filled."""
    every = product(range(len(lengths) + 1), repeat=len(caps))
    return min(sum(more) for more in every if best_total(fit, caps + more, lengths) is not None)


@settings(max_examples=60, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(st.integers(0, 10_000), st.integers(1, 5), st.integers(1, 4), st.integers(1, 2))
def test_lists_have_the_highest_total_that_the_caps_allow(seed, n, m, k):
    draw = np.random.default_rng(seed)
    fit = table(np.where(draw.random((n, m)) < 0.4, -1, draw.integers(0, 9999, (n, m))))
    places = table(draw.integers(0, 4, m))
    slack = float(draw.choice([1.0, 1.3, 2.0]))
    found = capped_lists(fit, places, k, slack)
    open_ = np.where(places > 0, fit, -1)
    lengths = np.minimum((open_ >= 0).sum(axis=1), k)
    assert ((found.lists >= 0).sum(axis=1) == lengths).all()
    has = np.where((open_ >= 0).any(axis=0), places, 0)
    for j in range(m):
        cap = ceil(round(slack * lengths.sum() * has[j] / max(has.sum(), 1), 6))
        assert found.caps[j] == min(cap, n)
    total = sum(int(fit[i, j]) for i in range(n) for j in found.lists[i] if j >= 0)
    assert total == best_total(open_, found.caps + found.over, lengths)
    if n <= 3 and m <= 3:
        assert found.over.sum() == least_beyond(open_, found.caps, lengths)
    for i, line in enumerate(found.lists):
        fits = [int(fit[i, j]) for j in line if j >= 0]
        assert fits == sorted(fits, reverse=True)
