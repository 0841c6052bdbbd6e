"""The keep dial: least moves are least, capped totals are best, and nothing moves for nothing."""

import dataclasses

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from matcher.assignment.crossing import exchanges_between, kept_by, pairs_of
from matcher.assignment.flow import best_flow
from matcher.assignment.instance import How, broken_limits, solution_of
from matcher.assignment.integer import best_integer
from matcher.assignment.keeping import least_moves, with_keep_value, within_moves
from matcher.assignment.network import network_of
from matcher.errors import MovesTooFew
from tests.enumerated import best_by_kept, limited_round
from tests.rounds import drawn_round, placed_at, round_of

seeds = st.integers(0, 2**32 - 1)
examples = settings(
    max_examples=60, deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate)
)


GAP = round_of([[10, 30, 15], [30, 10, 0]], [1, 1, 1], held=[[0, 0], [1, 1]])
"""Keeping both totals 20, none 60, and one 25: no keep value leads to the one."""


def held_pairs(solution):
    return np.stack([solution.rows, solution.cols], axis=1)


def check_every_cap(instance, keep_value=0):
    """Within every cap the best worth is what trying everything finds, or the cap is refused."""
    every, held = best_by_kept(instance), len(instance.held)
    for most in range(held + 1):
        how = How(max_moves=most, keep_value=keep_value)
        lawful = [t + keep_value * k for k, t in every.items() if held - k <= most]
        if not every:
            assert within_moves(instance, how) is None
        elif not lawful:
            with pytest.raises(MovesTooFew) as refused:
                within_moves(instance, how)
            assert refused.value.facts == {"asked": most, "least": held - max(every)}
        else:
            found = within_moves(instance, how)
            kept = kept_by(instance, found)
            assert broken_limits(instance, found) == ()
            assert held - kept <= most
            assert found.total + keep_value * kept == max(lawful)
            assert found.proved
            assert found.bound == found.total == int(instance.fit[found.rows, found.cols].sum())


@given(seeds)
@examples
def test_the_least_moves_are_what_trying_everything_finds(seed):
    instance = limited_round(seed)
    every = best_by_kept(instance)
    assert least_moves(instance, best_flow) == (len(instance.held) - max(every) if every else None)


@given(seeds)
@examples
def test_within_every_cap_the_total_is_the_best(seed):
    check_every_cap(limited_round(seed))


@given(seeds, st.integers(1, 12))
@settings(examples, max_examples=25)
def test_with_a_keep_value_as_well_the_total_and_the_kept_pairs_are_the_best(seed, value):
    check_every_cap(limited_round(seed), value)


@given(seeds)
@settings(examples, max_examples=12)
def test_limits_that_are_no_flow_are_kept_within_every_cap_as_well(seed):
    check_every_cap(limited_round(seed, 4, 3, laminar=False))


def test_the_least_moves_are_the_same_by_whole_numbers():
    for seed in range(30):
        instance = limited_round(seed)
        by_whole = least_moves(instance, lambda i: best_integer(i, How()))
        assert least_moves(instance, best_flow) == by_whole


def test_the_same_round_again_moves_nobody_within_any_cap():
    for seed in range(10):
        instance = drawn_round(40, 8, seed)
        instance = dataclasses.replace(instance, fit=instance.fit // 3000)
        before = best_flow(instance)
        again = dataclasses.replace(instance, held=held_pairs(before))
        for how in (How(max_moves=0), How(max_moves=3), How(keep_value=5), How()):
            found = within_moves(again, how)
            assert pairs_of(found) == pairs_of(before)
            assert found.proved
        assert least_moves(again, best_flow) == 0


def test_a_larger_round_is_solved_within_caps_as_by_whole_numbers():
    instance = drawn_round(60, 9, 4)
    held = held_pairs(best_flow(instance))
    instance = dataclasses.replace(drawn_round(60, 9, 5), places=instance.places, held=held)
    for most in range(least_moves(instance, best_flow), len(held), 4):
        found = within_moves(instance, How(max_moves=most))
        assert found.proved
        assert found.total == best_integer(instance, How(), len(held) - most).total


def test_a_gap_of_the_dual_is_closed_by_whole_numbers():
    found = within_moves(GAP, How(max_moves=1))
    assert (found.total, found.bound, found.proved) == (25, 25, True)


def test_a_gap_that_time_leaves_open_is_told():
    found = within_moves(GAP, How(max_moves=1, seconds=0.0))
    assert (found.total, found.bound, found.proved) == (20, 40, False)


def test_a_cap_below_what_the_changes_force_is_refused_with_the_least():
    instance = round_of([[10, -1], [10, 5]], [1, 1], held=[[0, 1], [1, 0]])
    with pytest.raises(MovesTooFew) as refused:
        within_moves(instance, How(max_moves=0))
    assert refused.value.facts == {"asked": 0, "least": 1}


def test_a_keep_value_counts_for_held_open_pairs_on_all_sides_and_nowhere_else():
    instance = round_of([[10, -1], [20, 30]], [1, 1], gain=[[1, 2], [3, 4]], held=[[0, 1], [1, 0]])
    valued = with_keep_value(instance, 7)
    assert valued.fit.tolist() == [[10, -1], [27, 30]]
    assert valued.gain.tolist() == [[1, 2], [10, 4]]
    assert valued.want.tolist() == [[10, -1], [27, 30]]
    assert instance.fit.tolist() == [[10, -1], [20, 30]]


def test_a_keep_value_beyond_the_numbers_is_refused():
    instance = round_of([[2_000_000_000]], [1], held=[[0, 0]])
    with pytest.raises(ValueError, match="keep value"):
        with_keep_value(instance, 200_000_000)


@given(seeds)
@settings(examples, max_examples=100)
def test_any_choice_of_the_exchanges_between_two_solutions_is_lawful(seed):
    instance = limited_round(seed, 6, 4)
    one = best_flow(instance)
    other = best_flow(dataclasses.replace(instance, fit=np.where(instance.fit < 0, -1, 1)))
    if one is None:
        return
    other = solution_of(instance, other.rows, other.cols)
    exchanges = exchanges_between(instance, network_of(instance), one, other)
    everything = pairs_of(one)
    for exchange in exchanges:
        everything = everything ^ exchange
    assert everything == pairs_of(other)
    for choice in np.random.default_rng(seed).random((4, len(exchanges))) < 0.5:
        pairs = pairs_of(one)
        for exchange, chosen in zip(exchanges, choice, strict=True):
            pairs = pairs ^ exchange if chosen else pairs
        assert broken_limits(instance, placed_at(instance, sorted(pairs))) == ()
