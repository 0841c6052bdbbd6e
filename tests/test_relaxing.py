from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given

from matcher.assignment import demand
from matcher.assignment.giving import model_of
from matcher.assignment.instance import Bound, How, Instance, broken_limits
from matcher.assignment.integer import best_integer
from matcher.assignment.linear import Deadline
from matcher.assignment.relaxing import MOST_WAYS, relaxed, ways_out
from matcher.errors import OutOfTime, UnknownName
from matcher.outcome import Relaxation, Shortfall
from tests.rounds import round_of
from tests.strategies import examples, seeds
from tests.test_integer import every_assignment

HOW = How(seconds=60)


def solve(instance: Instance):
    return best_integer(instance, HOW)


def out_of(instance: Instance) -> Shortfall:
    return ways_out(instance, HOW, solve)


def named(shortfall: Shortfall) -> list[dict[str, int]]:
    return [{one.limit: one.by for one in way.relaxed} for way in shortfall.ways_out]


def sums(*weights: int) -> np.ndarray:
    return np.array(weights, np.int64)


def strict_round(seed: int, *, money: int = 1_000) -> Instance:
    """A small round that asks for more than it can have, more often than not."""
    draw = np.random.default_rng(seed)
    n, m = int(draw.integers(1, 5)), int(draw.integers(1, 4))
    fit = draw.integers(0, 12, (n, m)) * 100
    fit[draw.random((n, m)) < 0.4] = -1
    open_pairs = np.argwhere(fit >= 0)
    draw.shuffle(open_pairs)
    return round_of(
        fit,
        draw.integers(0, 3, m),
        least=draw.integers(0, 4, m) * (draw.random(m) < 0.4),
        offers=draw.integers(0, 3, n),
        must=draw.integers(0, 3, n) * (draw.random(n) < 0.3),
        forced=np.array(sorted(open_pairs[: draw.integers(0, 3)].tolist())),
        bounds=tuple(drawn_bound(draw, k, n, m, money) for k in range(draw.integers(0, 3))),
    )


def drawn_bound(draw: np.random.Generator, k: int, n: int, m: int, money: int) -> Bound:
    side = ("startup", "programme")[draw.integers(2)]
    top = 2 if draw.random() < 0.6 else money
    weights = draw.integers(0, top, n if side == "startup" else m).astype(np.int64)
    scale = 1 if top == 2 else money
    least, most = (int(draw.integers(0, 3 * scale + 1)) for _ in range(2))
    kind = draw.integers(3)
    return Bound(
        f"bound-{k}", side, weights, least if kind != 0 else 0, most if kind != 1 else None
    )


def all_limits(instance: Instance) -> list[Relaxation]:
    """Every limit that may give way, as far as it can ever be of use."""
    pairs = instance.fit.size * 3
    forced = {int(i) for i in instance.forced[:, 0]}
    found = [Relaxation(f"places:{name}", pairs) for name in instance.programmes]
    found += [Relaxation(f"min_intake:{name}", pairs, True) for name in instance.programmes]
    found += [Relaxation(f"must:{name}", pairs, True) for name in instance.startups]
    found += [Relaxation(f"offers:{instance.startups[i]}", pairs) for i in sorted(forced)]
    for i, j in instance.forced.tolist():
        found.append(Relaxation(f"forced:{instance.startups[i]}:{instance.programmes[j]}", 1, True))
    for bound in instance.bounds:
        if bound.at_least > 0:
            found.append(Relaxation(bound.name, bound.at_least, True))
        if bound.at_most is not None:
            found.append(Relaxation(bound.name, int(bound.weights.sum()) * pairs))
    return found


def solvable(instance: Instance) -> bool:
    return solve(instance) is not None


def smallest_by_hand(instance: Instance, most: int) -> set[frozenset[tuple[str, bool]]]:
    """Every smallest set of limits whose giving way makes the round solvable, up to a size."""
    limits = all_limits(instance)
    for size in range(most + 1):
        sets = {
            frozenset((one.limit, one.lowers) for one in some)
            for some in combinations(limits, size)
            if solvable(relaxed(instance, some))
        }
        if sets:
            return sets
    return set()


@given(seeds)
@examples(15)
def test_ways_out_are_the_smallest_sets_of_limits(seed):
    instance = strict_round(seed)
    found = out_of(instance).ways_out
    sets = {frozenset((one.limit, one.lowers) for one in way.relaxed) for way in found}
    assert len(sets) == len(found)
    size = len(found[0].relaxed)
    if size <= 2:
        by_hand = smallest_by_hand(instance, 2)
        assert sets <= by_hand
        assert len(sets) == min(MOST_WAYS, len(by_hand))
    else:
        assert smallest_by_hand(instance, 2) == set()


@given(seeds)
@examples(40)
def test_every_way_out_is_one_and_no_limit_gives_more_than_it_must(seed):
    instance = strict_round(seed)
    shortfall = out_of(instance)
    assert shortfall.ways_out
    for way in shortfall.ways_out:
        solution = solve(relaxed(instance, way.relaxed))
        assert solution is not None
        assert solution.total == way.total
        for k, one in enumerate(way.relaxed):
            assert one.by >= 1
            less = [*way.relaxed[:k], replace(one, by=one.by - 1), *way.relaxed[k + 1 :]]
            assert not solvable(relaxed(instance, less))


@given(seeds)
@examples(40)
def test_whole_classes_and_single_startups_have_the_same_ways_out(seed):
    instance = strict_round(seed)
    first = model_of(instance)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demand, "ALONE", 0)
        second = model_of(instance)
    found = [model.fewest(Deadline(60), None) for model in (first, second)]
    assert found[0].sum() == found[1].sum()
    for model, switched in zip((first, second), found, strict=True):
        assert model.slacks(switched, Deadline(60)) is not None


@given(seeds)
@examples(40)
def test_a_round_has_a_way_out_of_nothing_only_where_it_can_be_solved(seed):
    instance = strict_round(seed)
    lawful = any(not broken_limits(instance, one) for one in every_assignment(instance))
    assert (named(out_of(instance)) == [{}]) == lawful


@given(seeds)
@examples(40)
def test_when_all_limits_give_way_nobody_need_be_placed(seed):
    instance = strict_round(seed)
    assert solvable(relaxed(instance, all_limits(instance)))


@pytest.mark.parametrize("alone", [0, 1_000])
@pytest.mark.parametrize("seed", range(4))
def test_in_a_wide_round_every_way_out_of_one_limit_is_found(seed, alone, monkeypatch):
    instance = wide_round(seed)
    monkeypatch.setattr(demand, "ALONE", alone)
    found = out_of(instance).ways_out
    if len(found[0].relaxed) <= 1:
        by_hand = smallest_by_hand(instance, 1)
        assert len(found) == min(MOST_WAYS, len(by_hand))
        assert {frozenset((r.limit, r.lowers) for r in way.relaxed) for way in found} <= by_hand
    else:
        assert smallest_by_hand(instance, 1) == set()


def wide_round(seed: int) -> Instance:
    """A round with many more startups than it needs, and quotas that few of them can fill."""
    draw = np.random.default_rng(seed)
    n, m = 40, 4
    fit = draw.integers(1, 90, (n, m)) * 100
    fit[draw.random((n, m)) < 0.3] = -1
    rare = (np.arange(n) < 3).astype(np.int64)
    common = draw.integers(0, 2, n).astype(np.int64)
    return round_of(
        fit,
        draw.integers(0, 3, m),
        least=draw.integers(0, 3, m),
        bounds=(
            Bound("rare", "startup", rare, int(draw.integers(2, 5))),
            Bound("common", "startup", common, 2, int(draw.integers(2, 4))),
            Bound("budget", "programme", sums(10, 20, 30, 40), 0, int(draw.integers(20, 90))),
        ),
    )


def test_a_quota_that_too_few_can_fill_is_lowered_by_what_is_missing():
    quota = Bound("green", "startup", sums(1, 1, 0), 3)
    instance = round_of([[500], [600], [900]], [5], bounds=(quota,))
    shortfall = out_of(instance)
    assert named(shortfall) == [{"green": 1}]
    assert shortfall.ways_out[0].relaxed[0].lowers
    assert shortfall.ways_out[0].total == 2_000


def test_a_budget_that_a_least_intake_breaks_is_raised_or_the_intake_lowered():
    budget = Bound("budget", "programme", sums(40_000, 10_000), 0, 100_000)
    instance = round_of([[500, 400]] * 5, [5, 5], least=[3, 0], bounds=(budget,))
    assert named(out_of(instance)) == [{"min_intake:P0": 1}, {"budget": 20_000}]
    assert [way.total for way in out_of(instance).ways_out] == [1_800, 1_500]


def test_of_a_quota_with_a_least_and_a_most_only_one_end_gives_way():
    quota = Bound("green", "startup", sums(1, 1), 1, 1)
    instance = round_of([[500], [600]], [2], must=[1, 1], bounds=(quota,))
    ways = {one: way.total for way in out_of(instance).ways_out for one in way.relaxed}
    assert ways == {
        Relaxation("green", 1): 1_100,
        Relaxation("must:S0", 1, True): 600,
        Relaxation("must:S1", 1, True): 500,
    }


def test_two_forced_pairs_of_one_startup_need_more_offers_or_one_dropped():
    instance = round_of([[500, 600]], [1, 1], forced=[[0, 0], [0, 1]])
    assert named(out_of(instance)) == [{"offers:S0": 1}, {"forced:S0:P0": 1}, {"forced:S0:P1": 1}]


def test_forced_pairs_beyond_the_places_ask_for_places():
    instance = round_of([[500], [600], [700]], [1], forced=[[0, 0], [1, 0], [2, 0]])
    assert named(out_of(instance)) == [{"places:P0": 2}]


def test_a_limit_that_is_not_of_the_round_is_refused_by_name():
    instance = round_of([[500]], [1])
    for name in ("places:P9", "min_intake:S0", "must:X", "offers:", "forced:S0:P0", "quota", ""):
        with pytest.raises(UnknownName):
            relaxed(instance, [Relaxation(name, 1)])


def test_no_time_at_all_for_ways_out_is_said():
    instance = wide_round(1)
    with pytest.raises(OutOfTime):
        ways_out(instance, How(seconds=0.0), solve)


def test_the_same_round_has_the_same_ways_out():
    assert out_of(wide_round(5)) == out_of(wide_round(5))
