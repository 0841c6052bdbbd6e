"""Prices and costs are what solving again from the start says, and the proof is a proof."""

import dataclasses

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from matcher.assignment.exchange import NOWHERE, exchange_of
from matcher.assignment.flow import best_flow
from matcher.assignment.instance import Bound, broken_limits, solution_of
from tests.enumerated import limited_round
from tests.rounds import drawn_round, placed_at, round_of

seeds = st.integers(0, 2**32 - 1)
examples = settings(
    max_examples=120, deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate)
)


def with_a_place_more(instance, j):
    places = instance.places.copy()
    places[j] += 1
    return dataclasses.replace(instance, places=places)


def with_forced(instance, i, j):
    pairs = sorted({*map(tuple, instance.forced.tolist()), (i, j)})
    return dataclasses.replace(instance, forced=np.array(pairs, np.int32))


def worth(instance, solution, bonus):
    placed = set(zip(solution.rows.tolist(), solution.cols.tolist(), strict=True))
    held = map(tuple, instance.held.tolist())
    return solution.total + sum(b for b, pair in zip(bonus, held, strict=True) if pair in placed)


def after(instance, solution, moves):
    """The solution after some moves, each of which must be possible."""
    placed = set(zip(solution.rows.tolist(), solution.cols.tolist(), strict=True))
    for i, start, _ in moves:
        if start != NOWHERE:
            placed.remove((i, start))
    for i, _, end in moves:
        if end != NOWHERE:
            assert (i, end) not in placed
            placed.add((i, end))
    return placed_at(instance, sorted(placed))


@given(seeds)
@examples
def test_a_price_is_what_solving_again_with_one_place_more_adds(seed):
    instance = limited_round(seed, 7, 4)
    solution = best_flow(instance)
    if solution is not None:
        prices = exchange_of(instance, solution).prices
        for j in range(len(instance.programmes)):
            assert best_flow(with_a_place_more(instance, j)).total - solution.total == prices[j]


@given(seeds)
@examples
def test_a_cost_is_what_solving_again_with_the_pair_forced_loses(seed):
    instance = limited_round(seed, 6, 4)
    solution = best_flow(instance)
    if solution is None:
        return
    exchange = exchange_of(instance, solution)
    for i in range(len(instance.startups)):
        costs = exchange.costs(i).tolist()
        for j, cost in enumerate(costs):
            open_ = instance.fit[i, j] >= 0
            again = best_flow(with_forced(instance, i, j)) if open_ else None
            assert cost == (-1 if again is None else solution.total - again.total)


@given(seeds)
@examples
def test_the_moves_of_a_forced_pair_lead_to_a_lawful_solution_at_its_cost(seed):
    instance = limited_round(seed, 6, 4)
    solution = best_flow(instance)
    if solution is None:
        return
    exchange = exchange_of(instance, solution)
    for i in range(len(instance.startups)):
        for j, cost in enumerate(exchange.costs(i).tolist()):
            moves = exchange.displaced(i, j)
            result = after(instance, solution, moves)
            assert broken_limits(instance, result) == ()
            assert result.total == solution.total - max(cost, 0)
            assert (not moves) or (moves[0][0], moves[0][2]) == (i, j)


@given(seeds)
@examples
def test_with_a_bonus_prices_and_costs_are_of_fit_and_bonus(seed):
    instance = limited_round(seed, 5, 3)
    bonus = np.random.default_rng(seed).integers(0, 20, len(instance.held))
    solution = best_flow(instance, bonus)
    if solution is None:
        return
    exchange, before = exchange_of(instance, solution, bonus), worth(instance, solution, bonus)
    assert exchange.proved
    for j in range(len(instance.programmes)):
        more = with_a_place_more(instance, j)
        assert worth(more, best_flow(more, bonus), bonus) - before == exchange.prices[j]
        if exchange.costs(0)[j] >= 0:
            forced = with_forced(instance, 0, j)
            again = worth(forced, best_flow(forced, bonus), bonus)
            assert before - again == exchange.costs(0)[j]


@given(seeds)
@examples
def test_a_solution_is_proved_when_and_only_when_it_is_best(seed):
    instance = limited_round(seed, 6, 4)
    best = best_flow(instance)
    other = best_flow(dataclasses.replace(instance, fit=np.where(instance.fit < 0, -1, 1)))
    if best is None:
        return
    assert exchange_of(instance, best).proved
    other = solution_of(instance, other.rows, other.cols)
    exchange = exchange_of(instance, other)
    assert exchange.proved == (other.total == best.total)
    if not exchange.proved:
        better = after(instance, other, exchange.improvement)
        assert broken_limits(instance, better) == ()
        assert better.total > other.total


def test_larger_rounds_agree_with_solving_again_as_well():
    instance = drawn_round(120, 15, 3, offers=np.full(120, 2), least=np.zeros(15))
    solution = best_flow(instance)
    exchange = exchange_of(instance, solution)
    for j in range(15):
        more = best_flow(with_a_place_more(instance, j)).total
        assert exchange.prices[j] == more - solution.total
    rows, cols = np.argwhere(instance.fit >= 0)[::40].T
    for i, j, cost in zip(rows, cols, exchange.costs_of(rows, cols), strict=True):
        again = best_flow(with_forced(instance, int(i), int(j)))
        assert cost == (-1 if again is None else solution.total - again.total)


def test_who_was_placed_first_moves_the_others_along_the_chain():
    instance = round_of([[9000, 8900], [8000, 1000], [5000, 4000]], [1, 1])
    solution = best_flow(instance)
    exchange = exchange_of(instance, solution)
    assert exchange.displaced(2, 0) == ((2, NOWHERE, 0), (1, 0, NOWHERE))
    assert exchange.costs(2).tolist() == [3000, 3900]
    assert exchange.displaced(2, 1) == ((2, NOWHERE, 1), (0, 1, 0), (1, 0, NOWHERE))
    assert exchange.displaced(0, 1) == ()
    assert exchange.prices.tolist() == [5000, 4000]


def test_a_free_place_has_no_price_and_a_full_group_has_none_either():
    instance = round_of([[9000, 8000], [7000, 6000]], [2, 1])
    assert exchange_of(instance, best_flow(instance)).prices.tolist() == [0, 0]
    group = Bound("abroad", "programme", np.ones(2, np.int64), 0, 1)
    instance = round_of([[9000, 8000], [7000, 9900]], [1, 0], bounds=(group,))
    assert exchange_of(instance, best_flow(instance)).prices.tolist() == [0, 900]


def test_a_forced_startup_gives_way_to_nobody():
    instance = round_of([[1000, -1], [9000, -1]], [1, 1], forced=[[0, 0]])
    exchange = exchange_of(instance, best_flow(instance))
    assert exchange.costs(1).tolist() == [-1, -1]
    assert exchange.displaced(1, 0) == ()


def test_what_is_not_best_has_neither_prices_nor_costs():
    instance = round_of([[9000], [8000]], [1])
    exchange = exchange_of(instance, placed_at(instance, [(1, 0)]))
    assert set(exchange.improvement) == {(1, 0, NOWHERE), (0, NOWHERE, 0)}
    with pytest.raises(ValueError, match="not best"):
        _ = exchange.prices
    with pytest.raises(ValueError, match="not best"):
        exchange.costs(0)


def test_an_unlawful_solution_is_refused():
    instance = round_of([[9000], [8000]], [1])
    with pytest.raises(ValueError, match="places:P0"):
        exchange_of(instance, placed_at(instance, [(0, 0), (1, 0)]))


def test_limits_that_are_no_flow_have_no_exchange():
    budget = Bound("budget", "programme", np.array([700], np.int64), 0, 1000)
    instance = round_of([[9000], [8000]], [2], bounds=(budget,))
    assert exchange_of(instance, placed_at(instance, [(0, 0)])) is None
