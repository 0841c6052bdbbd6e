"""The mode fair: leximin of one place each, the lowest sum of several, beside everything tried."""

import dataclasses
from itertools import combinations

import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from matcher.assignment import leximin_whole
from matcher.assignment.fair import fair
from matcher.assignment.flow import best_flow
from matcher.assignment.instance import Bound, How, broken_limits
from matcher.assignment.integer import best_integer
from matcher.assignment.leximin import forest_of
from matcher.assignment.linear import Deadline
from matcher.assignment.lowest import raise_lowest
from matcher.assignment.network import is_flow_shaped
from matcher.assignment.turns import outcomes, take_turns
from tests.enumerated import limited_round
from tests.rounds import drawn_round, placed_at, round_of

seeds = st.integers(0, 2**32 - 1)
HOW = How("fair", seconds=30.0)


def examples(most):
    return settings(
        max_examples=most,
        deadline=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
    )


def every_lawful(instance):
    """All lawful solutions, startup by startup."""
    chosen = [[]]
    for i, offers in enumerate(instance.offers.tolist()):
        open_ = np.flatnonzero(instance.fit[i] >= 0).tolist()
        mine = [
            [(i, j) for j in some]
            for size in range(int(instance.must[i]), offers + 1)
            for some in combinations(open_, size)
        ]
        chosen = [before + pairs for before in chosen for pairs in mine if fits(instance, before)]
    solutions = (placed_at(instance, pairs) for pairs in chosen if fits(instance, pairs))
    return [solution for solution in solutions if not broken_limits(instance, solution)]


def fits(instance, pairs):
    taken = [0] * len(instance.programmes)
    for _, j in pairs:
        taken[j] += 1
    return all(there <= most for there, most in zip(taken, instance.places, strict=True))


def leximin_of(instance, solution):
    """What leximin compares: sorted outcomes, then pairs kept."""
    pairs = set(zip(solution.rows.tolist(), solution.cols.tolist(), strict=True))
    kept = pairs & set(map(tuple, instance.held.tolist()))
    return sorted(outcomes(instance, solution).tolist()), len(kept)


def lowest_of(instance, solution):
    """What counts where there are several places each: how many placed, the lowest, the total."""
    sums = outcomes(instance, solution)
    return int((sums >= 0).sum()), int(sums[sums >= 0].min(initial=99_999)), solution.total


def one_each(instance):
    offers = np.minimum(instance.offers, 1)
    return dataclasses.replace(instance, offers=offers, must=np.minimum(instance.must, offers))


def with_money(instance, seed):
    draw = np.random.default_rng(seed)
    n, m = instance.shape
    costs, some = draw.integers(0, 5, m), draw.integers(0, 2, (2, n))
    budget = Bound("budget", "programme", costs, 0, int(draw.integers(3, 14)))
    overlapping = [Bound(f"of {k}", "startup", some[k], 0, 2) for k in range(2)]
    return dataclasses.replace(instance, bounds=(*instance.bounds, budget, *overlapping))


@given(seeds)
@examples(200)
def test_no_lawful_solution_is_before_it_in_the_leximin_order(seed):
    instance = one_each(limited_round(seed, most_fit=(3, 8, 30)[seed % 3]))
    solution, every = fair(instance, HOW), every_lawful(instance)
    assert (solution is None) == (not every)
    if solution is not None:
        assert broken_limits(instance, solution) == ()
        assert solution.proved
        best = max(leximin_of(instance, one) for one in every)
        assert leximin_of(instance, solution) == best


@given(seeds)
@examples(60)
def test_it_is_leximin_too_where_no_flow_keeps_the_limits(seed):
    instance = with_money(one_each(limited_round(seed, laminar=False)), seed)
    solution, every = fair(instance, HOW), every_lawful(instance)
    assert (solution is None) == (not every)
    if solution is not None:
        assert broken_limits(instance, solution) == ()
        assert solution.proved
        best = max(leximin_of(instance, one) for one in every)
        assert leximin_of(instance, solution) == best


@given(seeds, st.booleans())
@examples(60)
def test_with_several_places_each_the_lowest_sum_is_as_high_as_can_be(seed, money):
    instance = limited_round(seed, n=4, m=3)
    instance = with_money(instance, seed) if money else instance
    solution, every = fair(instance, HOW), every_lawful(instance)
    assert (solution is None) == (not every)
    if solution is not None:
        assert broken_limits(instance, solution) == ()
        assert solution.proved
        if (instance.offers > 1).any():
            best = max(lowest_of(instance, one) for one in every)
            assert lowest_of(instance, solution) == best


@given(seeds)
@examples(40)
def test_the_worst_off_never_fares_worse_than_in_the_best_total(seed):
    instance = drawn_round(30, 6, seed, must=np.zeros(30))
    fairest, best = fair(instance, HOW), best_flow(instance)
    ours, theirs = outcomes(instance, fairest), outcomes(instance, best)
    assert (ours >= 0).sum() >= (theirs >= 0).sum()
    if (ours >= 0).sum() == (theirs >= 0).sum():
        assert sorted(ours.tolist()) >= sorted(theirs.tolist())


@given(seeds)
@examples(30)
def test_another_order_of_the_startups_changes_no_outcome(seed):
    instance = one_each(limited_round(seed, n=9, m=5))
    order = np.random.default_rng(seed).permutation(9)
    place = np.argsort(order)

    def moved(pairs):
        pairs = np.column_stack((place[pairs[:, 0]], pairs[:, 1])).astype(np.int32)
        return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]

    shuffled = dataclasses.replace(
        instance,
        fit=instance.fit[order],
        offers=instance.offers[order],
        must=instance.must[order],
        forced=moved(instance.forced),
        held=moved(instance.held),
        bounds=tuple(
            dataclasses.replace(b, weights=b.weights[order]) if b.side == "startup" else b
            for b in instance.bounds
        ),
    )
    one, other = fair(instance, HOW), fair(shuffled, HOW)
    assert (one is None) == (other is None)
    if one is not None:
        assert leximin_of(instance, one) == leximin_of(shuffled, other)


def test_the_same_round_gives_the_same_bits():
    instance = drawn_round(60, 9, 5)
    one, other = fair(instance, HOW), fair(instance, HOW)
    assert one.rows.tobytes() == other.rows.tobytes()
    assert one.cols.tobytes() == other.cols.tobytes()


def test_all_are_placed_before_the_lowest_fit_counts():
    instance = round_of([[90, 1], [80, -1]], [1, 1])
    assert leximin_of(instance, fair(instance, HOW))[0] == [1, 80]


def test_the_lowest_fit_counts_before_the_total():
    instance = round_of([[100, 40], [60, 10]], [1, 1])
    assert leximin_of(instance, fair(instance, HOW))[0] == [40, 60]


def test_a_forced_pair_stands_and_the_rest_is_still_raised():
    instance = round_of([[5, 90], [70, 80], [60, 30]], [2, 1], forced=[[0, 0]])
    solution = fair(instance, HOW)
    assert leximin_of(instance, solution)[0] == [5, 60, 80]


def test_contradictions_have_no_solution():
    twice = round_of([[5, 6]], [1, 1], forced=[[0, 0], [0, 1]])
    none = round_of([[5, 6]], [1, 1], forced=[[0, 0]], offers=[0])
    full = round_of([[5], [6]], [1], must=[1, 1])
    assert [fair(one, HOW) for one in (twice, none, full)] == [None, None, None]


def test_a_round_of_nobody_places_nobody():
    for instance in (round_of(np.zeros((0, 2)), [1, 1]), round_of(np.full((2, 1), -1), [3])):
        assert len(fair(instance, HOW).rows) == 0
    closed = with_money(round_of(np.full((2, 1), -1), [3]), 0)
    assert len(fair(closed, HOW).rows) == 0


@given(seeds)
@examples(60)
def test_the_limits_are_a_tree_exactly_where_a_flow_keeps_them(seed):
    instance = limited_round(seed, laminar=False)
    forest = forest_of(instance)
    assert (forest is not None) == is_flow_shaped(instance)
    if forest is not None:
        assert forest.parent.max() == len(forest.parent)


@given(seeds)
@examples(25)
def test_turns_leave_nobody_who_is_worst_off_worse_off(seed):
    instance = limited_round(seed, n=8, m=6)
    start = best_flow(instance)
    if start is not None:
        after = take_turns(instance, start, Deadline(20.0))
        assert broken_limits(instance, after) == ()
        before = sorted(outcomes(instance, start).tolist())
        assert sorted(outcomes(instance, after).tolist()) >= before


def test_a_lowest_sum_that_meets_the_bound_is_proved():
    instance = round_of([[9, 9, 1, 0], [9, 8, 0, 1], [2, 2, 3, 3]], [2, 2, 1, 1], offers=[2, 2, 2])
    raised = raise_lowest(instance, HOW)
    assert (raised.lowest, raised.highest, raised.placed) == (6, 6, 3)
    assert raised.solution.total == 41


def test_a_round_too_large_to_be_levelled_keeps_its_budget_and_is_not_called_proved(monkeypatch):
    monkeypatch.setattr(leximin_whole, "LEVELLED", 10)
    instance = drawn_round(40, 6, 4, places=np.full(6, 3))
    costs = np.array([3, 5, 2, 7, 4, 6])
    instance = dataclasses.replace(instance, bounds=(Bound("budget", "programme", costs, 0, 50),))
    solution = fair(instance, HOW)
    exact = leximin_whole.budgeted_of(instance, dataclasses.replace(instance, bounds=()))
    within = leximin_whole.most_within(exact, 18, Deadline(20.0))
    assert broken_limits(instance, solution) == ()
    assert not solution.proved
    assert within.proved
    assert len(solution.rows) == len(within.solution.rows)
    assert instance.fit[solution.rows, solution.cols].min() == within.lowest


def test_a_large_round_with_overlapping_quotas_climbs_to_a_lawful_answer(monkeypatch):
    monkeypatch.setattr(leximin_whole, "LEVELLED", 10)
    instance = with_money(drawn_round(30, 5, 6, places=np.full(5, 3)), 6)
    solution, best = fair(instance, HOW), best_integer(instance, HOW)
    assert broken_limits(instance, solution) == ()
    assert not solution.proved
    assert sorted(outcomes(instance, solution)) >= sorted(outcomes(instance, best))
