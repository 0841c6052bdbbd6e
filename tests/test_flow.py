"""The best total by a flow: exact, lawful, steady, and the same however much is pruned."""

import dataclasses

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from matcher.assignment import flow
from matcher.assignment.flow import best_flow, is_flow_shaped
from matcher.assignment.instance import Bound, broken_limits
from tests.enumerated import best_by_kept, limited_round
from tests.rounds import drawn_round, round_of

seeds = st.integers(0, 2**32 - 1)
examples = settings(
    max_examples=150, deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate)
)


def pairs_of(solution):
    return list(zip(solution.rows.tolist(), solution.cols.tolist(), strict=True))


def kept(instance, solution):
    return len(set(pairs_of(solution)) & set(map(tuple, instance.held.tolist())))


@given(seeds)
@examples
def test_no_lawful_solution_has_a_higher_total_or_keeps_more_with_it(seed):
    instance = limited_round(seed)
    solution, every = best_flow(instance), best_by_kept(instance)
    assert (solution is None) == (not every)
    if solution is not None:
        best = max((total, held) for held, total in every.items())
        assert broken_limits(instance, solution) == ()
        assert (solution.total, kept(instance, solution)) == best
        assert solution.proved
        assert solution.bound == solution.total


@given(seeds)
@examples
def test_a_bonus_counts_like_fit_but_not_in_the_total(seed):
    instance = limited_round(seed)
    bonus = np.full(len(instance.held), 7)
    solution, every = best_flow(instance, bonus), best_by_kept(instance)
    if solution is not None:
        worth = solution.total + 7 * kept(instance, solution)
        assert worth == max(total + 7 * held for held, total in every.items())
        assert solution.total == int(instance.fit[solution.rows, solution.cols].sum())


@given(seeds)
@settings(examples, max_examples=60)
def test_a_pruned_round_has_the_same_total_as_the_whole(seed):
    instance = limited_round(seed, n=12, m=8)
    whole = best_flow(instance)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flow, "WHOLE", 0)
        patch.setattr(flow, "PER_STARTUP", 1)
        pruned = best_flow(instance)
    assert (whole is None) == (pruned is None)
    if whole is not None:
        assert (whole.total, kept(instance, whole)) == (pruned.total, kept(instance, pruned))
        assert broken_limits(instance, pruned) == ()


@pytest.mark.parametrize(("n", "m", "places"), [(3000, 120, 4), (400, 900, 2), (2000, 200, 10)])
def test_a_round_that_is_really_pruned_has_the_same_total_as_the_whole(n, m, places):
    draw = np.random.default_rng(n)
    fit = draw.normal(4500, 900, (n, 1)) + draw.normal(0, 900, m) + draw.normal(0, 700, (n, m))
    instance = round_of(np.clip(fit, 0, 10_000), np.full(m, places), least=np.full(m, 1) * (n > m))
    pruned = best_flow(instance)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flow, "WHOLE", n * m)
        whole = best_flow(instance)
    assert pruned.total == whole.total
    assert broken_limits(instance, pruned) == ()


def test_whom_only_a_far_pair_can_save_is_found_beyond_the_pruning():
    fit = np.tile(np.arange(9000, 9008), (6, 1))
    fit[:, 7] = 10
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flow, "WHOLE", 0)
        patch.setattr(flow, "PER_STARTUP", 1)
        solution = best_flow(round_of(fit, [1, 0, 0, 0, 0, 0, 0, 5], must=np.ones(6)))
    assert solution.taken(8).tolist() == [1, 0, 0, 0, 0, 0, 0, 5]


@given(seeds)
@settings(examples, max_examples=60)
def test_another_order_of_the_same_round_has_the_same_total(seed):
    instance = limited_round(seed)
    order = np.random.default_rng(seed).permutation(len(instance.startups))
    place = np.argsort(order)

    def moved(pairs):
        pairs = np.stack([place[pairs[:, 0]], pairs[:, 1]], axis=1).astype(np.int32)
        return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]

    again = dataclasses.replace(
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
    one, other = best_flow(instance), best_flow(again)
    assert (one and (one.total, kept(instance, one))) == (
        other and (other.total, kept(again, other))
    )


def test_the_same_round_gives_the_same_pairs_again():
    instance = drawn_round(60, 12, 5)
    assert pairs_of(best_flow(instance)) == pairs_of(best_flow(instance))


def test_a_best_solution_of_the_round_before_is_kept_pair_for_pair():
    for seed in range(20):
        instance = drawn_round(40, 8, seed)
        tied = dataclasses.replace(instance, fit=np.where(instance.fit < 0, -1, 5000))
        before = best_flow(dataclasses.replace(tied, fit=instance.fit // 3000))
        again = dataclasses.replace(
            tied,
            fit=instance.fit // 3000,
            held=np.stack([before.rows, before.cols], axis=1),
        )
        assert pairs_of(best_flow(again)) == pairs_of(before)


def test_fits_of_a_far_finer_unit_are_summed_exactly():
    fit = np.full((40, 40), 2_000_000_000) + np.arange(1600).reshape(40, 40)
    instance = round_of(fit, np.ones(40), held=[[0, 0]])
    assert best_flow(instance).total == 40 * 2_000_000_000 + 1599 * 20


def test_numbers_too_large_for_the_round_are_refused_and_not_wrong():
    instance = round_of(np.full((4, 2), 2_000_000_000), [1, 1], held=[[0, 0]])
    with pytest.raises(ValueError, match="too large"):
        best_flow(instance, np.array([2**57]))


def test_ties_are_left_open_where_they_would_not_fit_into_the_numbers():
    held = np.argwhere(np.ones((30, 2)))
    instance = round_of(np.full((30, 2), 5), [3, 3], held=held)
    assert best_flow(instance, np.full(60, 2**50)).total == 30


def test_no_startup_nowhere_to_go_and_nothing_open_are_solved_by_placing_nobody():
    for fit in (np.zeros((0, 3)), np.zeros((3, 0)), np.full((2, 2), -1)):
        solution = best_flow(round_of(fit, np.ones(fit.shape[1])))
        assert (solution.total, len(solution.rows)) == (0, 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"least": [3, 0]},
        {"must": [1, 1, 1]},
        {"forced": [[0, 0], [1, 0]]},
        {"forced": [[0, 0], [0, 1]]},
        {"bounds": (Bound("none", "startup", np.zeros(3, np.int64), 1),)},
        {"bounds": (Bound("both", "programme", np.ones(2, np.int64), 3, 2),)},
    ],
)
def test_limits_that_nobody_can_keep_have_no_solution(changes):
    assert best_flow(round_of([[5, 5], [5, 5], [5, 5]], [1, 1], **changes)) is None


def groups(*rows, side="startup"):
    return tuple(
        Bound(str(number), side, np.array(row, np.int64)) for number, row in enumerate(rows)
    )


@pytest.mark.parametrize(
    ("bounds", "flows"),
    [
        ((), True),
        (groups([1, 1, 0], [1, 0, 0]), True),
        (groups([1, 1, 0], [1, 1, 0]), True),
        (groups([1, 1, 0], [0, 0, 1]), True),
        (groups([1, 1, 0], [0, 0, 0]), True),
        (groups([1, 1, 0], [0, 1, 1]), False),
        (groups([1, 2, 0]), False),
        (groups([1, 1, 0]) + groups([1, 0], side="programme"), True),
        (groups([1, 1, 0]) + groups([50, 0], side="programme"), False),
    ],
)
def test_groups_that_nest_or_part_are_flows_and_others_are_not(bounds, flows):
    instance = round_of(np.ones((3, 2)), [1, 1], bounds=bounds)
    assert is_flow_shaped(instance) is flows
    if not flows:
        with pytest.raises(ValueError, match="not those of a flow"):
            best_flow(instance)
