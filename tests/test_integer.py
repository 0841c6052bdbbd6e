from __future__ import annotations

from dataclasses import replace
from itertools import chain, combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.assignment import integer
from matcher.assignment.instance import Bound, How, Instance, Solution, broken_limits
from matcher.assignment.integer import best_integer
from matcher.assignment.linear import scaled
from matcher.errors import OutOfTime
from tests.rounds import drawn_round, placed_at, round_of
from tests.strategies import examples, seeds

HOW = How(seconds=60)


def sums(*weights: int) -> np.ndarray:
    return np.array(weights, np.int64)


def small_round(seed: int, *, money: int = 50_000) -> Instance:
    """A round of up to 5 startups and 3 programmes with a few of every limit."""
    draw = np.random.default_rng(seed)
    n, m = int(draw.integers(1, 6)), int(draw.integers(1, 4))
    fit = draw.integers(0, 12, (n, m)) * 100
    fit[draw.random((n, m)) < 0.25] = -1
    open_pairs = np.argwhere(fit >= 0)
    draw.shuffle(open_pairs)
    bounds = [drawn_bound(draw, f"bound-{k}", n, m, money) for k in range(draw.integers(0, 4))]
    return round_of(
        fit,
        draw.integers(0, 4, m),
        least=draw.integers(0, 2, m) * (draw.random(m) < 0.4),
        offers=draw.integers(1, 3, n),
        must=(draw.random(n) < 0.2).astype(int),
        forced=np.array(sorted(open_pairs[: draw.integers(0, 2)].tolist())),
        held=np.array(sorted(open_pairs[-draw.integers(1, 4) :].tolist())),
        bounds=tuple(bounds),
    )


def drawn_bound(draw: np.random.Generator, name: str, n: int, m: int, money: int) -> Bound:
    side = ("startup", "programme")[draw.integers(2)]
    size = n if side == "startup" else m
    if draw.random() < 0.5:
        weights = draw.integers(0, 2, size)
        low, high = int(draw.integers(0, 3)), int(draw.integers(0, 4))
    else:
        weights = draw.integers(0, money, size)
        low, high = int(draw.integers(0, money)), int(draw.integers(0, 3 * money))
    kind = draw.integers(3)
    return Bound(
        name, side, weights.astype(np.int64), low * (kind == 1), None if kind == 1 else high
    )


def every_assignment(instance: Instance) -> list[Solution]:
    """All ways to place open pairs, each startup within what it may hold."""
    choices = []
    for i, offers in enumerate(instance.offers.tolist()):
        cols = np.flatnonzero(instance.fit[i] >= 0).tolist()
        sizes = range(min(offers, len(cols)) + 1)
        choices.append([[(i, j) for j in some] for k in sizes for some in combinations(cols, k)])
    return [placed_at(instance, [*chain(*picks)]) for picks in product(*choices)]


def kept(instance: Instance, solution: Solution) -> int:
    placed = set(zip(solution.rows.tolist(), solution.cols.tolist(), strict=True))
    return len(placed & set(map(tuple, instance.held.tolist())))


def best_by_hand(instance: Instance, least_kept: int = 0) -> tuple[int, int] | None:
    """The best total and the most kept pairs with it, by looking at every assignment."""
    lawful = [
        (one.total, kept(instance, one))
        for one in every_assignment(instance)
        if not broken_limits(instance, one)
    ]
    return max((one for one in lawful if one[1] >= least_kept), default=None)


def shown(instance: Instance, solution: Solution | None) -> tuple[int, int] | None:
    return None if solution is None else (solution.total, kept(instance, solution))


@given(seeds)
@examples(120)
def test_the_total_is_the_highest_of_all_assignments_and_then_most_is_kept(seed):
    instance = small_round(seed)
    found = best_integer(instance, HOW)
    assert shown(instance, found) == best_by_hand(instance)
    if found is not None:
        assert found.proved
        assert found.bound == found.total
        assert broken_limits(instance, found) == ()


@given(seeds, st.integers(1, 3))
@examples(60)
def test_as_many_pairs_are_kept_as_are_asked_for(seed, least):
    instance = small_round(seed)
    assert shown(instance, best_integer(instance, HOW, least)) == best_by_hand(instance, least)


@given(seeds)
@examples(60)
def test_pricing_finds_the_same_as_looking_at_all_pairs(seed):
    instance = small_round(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(integer, "WHOLE", 0)
        patch.setattr(integer, "FIRST", 1)
        found = best_integer(instance, HOW, 1 if seed % 2 else None)
    assert shown(instance, found) == best_by_hand(instance, seed % 2)


@given(seeds)
@examples(30)
def test_kept_pairs_that_are_too_many_for_fractions_are_counted_in_a_second_search(seed):
    instance = small_round(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(integer, "MOST_KEPT", -1)
        found = best_integer(instance, HOW)
    assert shown(instance, found) == best_by_hand(instance)


@given(seeds)
@examples(40)
def test_the_order_of_startups_and_programmes_changes_no_total(seed):
    instance = small_round(seed)
    draw = np.random.default_rng(seed)
    rows, cols = (draw.permutation(size) for size in instance.shape)
    moved = reordered(instance, rows, cols)
    ours, theirs = best_integer(instance, HOW), best_integer(moved, HOW)
    assert shown(instance, ours) == shown(moved, theirs)


def reordered(instance: Instance, rows: np.ndarray, cols: np.ndarray) -> Instance:
    """The same round with its startups and programmes in another order."""
    to = (np.argsort(rows), np.argsort(cols))

    def pairs(old: np.ndarray) -> np.ndarray:
        new = np.column_stack([to[0][old[:, 0]], to[1][old[:, 1]]])
        return np.array(sorted(new.tolist()), np.int32).reshape(-1, 2)

    fit = instance.fit[np.ix_(rows, cols)]
    bounds = tuple(
        replace(bound, weights=bound.weights[rows if bound.side == "startup" else cols])
        for bound in instance.bounds
    )
    return round_of(
        fit,
        instance.places[cols],
        least=instance.least[cols],
        offers=instance.offers[rows],
        must=instance.must[rows],
        forced=pairs(instance.forced),
        held=pairs(instance.held),
        bounds=bounds,
    )


def test_money_is_kept_to_the_last_unit_of_very_large_sums():
    price = 123_456_789_123
    budget = Bound("budget", "programme", sums(price, price + 1), 0, 2 * price)
    instance = round_of([[500, 600], [500, 600]], [2, 2], bounds=(budget,))
    found = best_integer(instance, HOW)
    assert found is not None
    assert found.total == 1_000
    spent = replace(budget, at_least=2 * price + 1, at_most=None)
    found = best_integer(replace(instance, bounds=(spent,)), HOW)
    assert found is not None
    assert found.total == 1_200
    exact = replace(budget, at_least=2 * price + 1, at_most=2 * price + 1)
    found = best_integer(replace(instance, bounds=(exact,)), HOW)
    assert found is not None
    assert found.total == 1_100


def test_a_bound_is_scaled_to_its_common_unit_without_a_change_of_meaning():
    seen = scaled(Bound("budget", "programme", sums(30_000, 50_000, 0), 15_000, 79_999))
    assert seen.weights.tolist() == [3, 5, 0]
    assert (seen.low, seen.high, seen.unit) == (2, 7, 10_000)


def middling_round(seed: int) -> Instance:
    """A round too large for looking at everything, with money and overlapping quotas."""
    draw = np.random.default_rng(seed)
    n, m = 60, 10
    weights = [draw.integers(0, 2, n), draw.integers(0, 2, n), draw.integers(5, 60, m) * 1_000]
    return drawn_round(
        n,
        m,
        seed,
        held=np.argwhere(draw.random((n, m)) < 0.01),
        bounds=(
            Bound("sector", "startup", weights[0].astype(np.int64), 12),
            Bound("phase", "startup", weights[1].astype(np.int64), 8, 14),
            Bound("budget", "programme", weights[2].astype(np.int64), 0, 800_000),
        ),
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_a_priced_round_comes_out_as_one_that_goes_in_whole(seed, monkeypatch):
    instance = middling_round(seed)
    held_too = replace(instance, held=instance.held[instance.fit[*instance.held.T] >= 0])
    monkeypatch.setattr(integer, "WHOLE", 100)
    monkeypatch.setattr(integer, "FIRST", 10)
    priced = best_integer(held_too, HOW)
    monkeypatch.setattr(integer, "WHOLE", 1_000_000)
    whole = best_integer(held_too, HOW)
    assert priced is not None
    assert priced.proved
    assert shown(held_too, priced) == shown(held_too, whole)


def test_the_same_round_gives_the_same_pairs():
    first, second = (best_integer(middling_round(3), HOW) for _ in range(2))
    assert first is not None
    assert second is not None
    assert (first.rows.tolist(), first.cols.tolist()) == (
        second.rows.tolist(),
        second.cols.tolist(),
    )


def test_limits_that_only_fractions_could_keep_leave_no_solution(monkeypatch):
    even = Bound("even", "programme", sums(2, 2), 3, 3)
    instance = round_of([[500, 600], [500, 600]], [2, 2], bounds=(even,))
    monkeypatch.setattr(integer, "WHOLE", 0)
    assert best_integer(instance, HOW) is None


def test_a_round_without_open_pairs_places_nobody_or_cannot_be_solved():
    instance = round_of([[-1, -1]], [1, 1])
    found = best_integer(instance, HOW)
    assert found is not None
    assert (found.total, found.bound, len(found.rows)) == (0, 0, 0)
    assert best_integer(replace(instance, must=np.ones(1, np.int32)), HOW) is None
    assert best_integer(instance, HOW, 1) is None


def test_no_time_at_all_is_said():
    with pytest.raises(OutOfTime):
        best_integer(middling_round(4), How(seconds=0.0))


@pytest.mark.parametrize("seconds", [0.05, 0.2, 0.5])
def test_a_solution_within_little_time_is_lawful_and_has_a_bound_that_holds(seconds):
    instance = middling_round(4)
    best = best_integer(instance, HOW)
    assert best is not None
    try:
        found = best_integer(instance, How(seconds=seconds))
    except OutOfTime:
        return
    assert found is not None
    assert found.total <= best.total <= found.bound
    assert found.proved == (found.total == found.bound)
    assert broken_limits(instance, found) == ()
