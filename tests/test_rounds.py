"""A whole run: solved, told, compared with the optimum, and repeatable bit for bit."""

from dataclasses import replace

import numpy as np
import pytest

from data.outcomes import digest_of_outcome
from matcher.assignment.building import Round
from matcher.assignment.instance import Bound, How, broken_limits
from matcher.assignment.solving import MODES, solve
from matcher.errors import MovesTooFew, UnknownName
from matcher.outcome import Outcome, Shortfall
from matcher.rounds import broken_by, moves_to, pairs_of, run_round, solution_from
from tests.rounds import drawn_round, round_of

HOWS = [
    How(),
    How(mode="fair"),
    How(mode="stable"),
    How(mode="stable", proposing="programme", seed=7),
    How(keep_value=300),
    How(max_moves=2),
    How(mode="fair", max_moves=2),
]


def whole(instance, before=(), **changes):
    """A round around an instance, in which nothing is assumed or refused by a gate."""
    n, m = instance.shape
    values = {
        "assumed": np.zeros(m, np.bool_),
        "unknown": np.zeros(m, np.bool_),
        "refusals": (instance.fit < 0).astype(np.int32),
        "shut": np.zeros((0, 2), np.int32),
        "least_fit": 0,
        "startup_side": None,
        "before": tuple(before),
        "groups": (("phase", "uom_tao", np.arange(n) % 2 == 0),),
        "notes": (),
    }
    return Round(instance=instance, **(values | changes))


def held_round(seed=5, n=24, m=5):
    """A drawn round with the pairs of an earlier one, which had other places."""
    instance = drawn_round(n, m, seed)
    earlier = solve(replace(instance, places=instance.places[::-1].copy()), How())
    held = np.stack([earlier.rows, earlier.cols], axis=1)
    before = [(instance.startups[i], instance.programmes[j]) for i, j in held.tolist()]
    return whole(replace(instance, held=held), before)


@pytest.mark.parametrize("how", HOWS, ids=repr)
def test_a_run_keeps_every_limit_and_repeats_bit_for_bit(how):
    round_ = held_round()
    if how.max_moves is not None:
        how = replace(how, max_moves=run_round(round_, How()).least_moves + how.max_moves)
    first, again = run_round(round_, how), run_round(round_, how)
    assert isinstance(first, Outcome)
    assert not broken_limits(round_.instance, solution_from(round_.instance, pairs_of(first)))
    assert digest_of_outcome(first) == digest_of_outcome(again)
    assert first.total <= run_round(round_, How()).total
    assert first.sheet.optimum == run_round(round_, How()).sheet.here
    assert first.sheet.price == first.sheet.optimum.total - first.total


@pytest.mark.parametrize("how", HOWS[:4], ids=repr)
def test_a_run_says_something_of_every_startup_and_programme(how):
    round_ = held_round()
    outcome = run_round(round_, how)
    assert tuple(one.startup_id for one in outcome.placements) == round_.instance.startups
    assert tuple(one.programme_id for one in outcome.loads) == round_.instance.programmes
    assert all(one.reasons for one in outcome.placements)
    assert outcome.sheet.here.placed == sum(one.state == "placed" for one in outcome.placements)


def test_the_fair_mode_lifts_the_worst_off_and_the_best_mode_the_total():
    round_ = whole(drawn_round(12, 6, 3, places=np.full(6, 2)))
    best, fair = run_round(round_, How()), run_round(round_, How(mode="fair"))
    assert fair.sheet.here.worst >= best.sheet.here.worst
    assert fair.total <= best.total == fair.sheet.optimum.total


def test_the_same_round_again_moves_nobody():
    instance = drawn_round(20, 5, 8)
    first = run_round(whole(instance), How())
    solution = solution_from(instance, pairs_of(first))
    held = np.stack([solution.rows, solution.cols], axis=1)
    again = run_round(whole(replace(instance, held=held), pairs_of(first)), How())
    assert again.moves == ()
    assert again.least_moves == 0
    assert pairs_of(again) == pairs_of(first)


def test_the_dial_trades_total_for_calm():
    round_ = held_round()
    free, calm = run_round(round_, How()), run_round(round_, How(keep_value=10_000))
    assert len(calm.moves) <= len(free.moves)
    assert calm.total <= free.total
    assert calm.least_moves == free.least_moves


def test_fewer_moves_than_the_changes_force_are_refused_with_the_number():
    round_ = held_round()
    least = run_round(round_, How()).least_moves
    assert least > 0
    with pytest.raises(MovesTooFew) as caught:
        run_round(round_, How(max_moves=least - 1))
    assert caught.value.facts["least"] == least


def test_a_startup_that_left_counts_as_a_move_that_was_forced():
    round_ = held_round()
    more = replace(round_, before=(*round_.before, ("S99", "P0")))
    outcome = run_round(more, How())
    assert outcome.least_moves == run_round(round_, How()).least_moves + 1
    [left] = [move for move in outcome.moves if move.startup_id == "S99"]
    assert left.forced
    assert left.after == ()


def test_a_round_that_cannot_be_solved_tells_the_ways_out():
    instance = round_of([[5000, 6000], [7000, -1]], [1, 1], least=[0, 2])
    answer = run_round(whole(instance), How())
    assert isinstance(answer, Shortfall)
    assert [one.limit for one in answer.ways_out[0].relaxed] == ["min_intake:P1"]


def test_limits_that_are_no_flow_are_kept_as_well():
    money = Bound("budget", "programme", np.array([3, 2, 4]), 0, 9)
    few = Bound("Ươm tạo", "startup", np.array([1, 0] * 5), 2, 3)
    instance = drawn_round(10, 3, 4, places=[3, 3, 3], bounds=(money, few))
    for mode in ("best", "fair"):
        outcome = run_round(whole(instance), How(mode=mode))
        assert not broken_limits(instance, solution_from(instance, pairs_of(outcome)))
        assert outcome.total <= outcome.bound


def test_an_unknown_mode_is_refused_with_those_known():
    with pytest.raises(UnknownName) as caught:
        solve(drawn_round(2, 2, 1), How(mode="nice"))
    assert caught.value.facts["known"] == tuple(MODES)


def test_a_list_of_pairs_is_held_against_the_limits_of_a_round():
    round_ = whole(round_of([[5000], [6000]], [1]))
    assert broken_by(round_, [("S0", "P0")]) == ()
    assert [one.limit for one in broken_by(round_, [("S0", "P0"), ("S1", "P0")])] == ["places:P0"]
    assert [one.limit for one in broken_by(round_, [("S7", "P0")])] == ["gone:S7:P0"]


def test_the_difference_of_two_runs_is_told_as_moves():
    round_ = whole(round_of([[5000, 4000], [6000, 5900]], [1, 1]))
    one, other = run_round(round_, How()), run_round(replace_places(round_, [0, 1]), How())
    moved = moves_to(replace_places(round_, [0, 1]), How(), pairs_of(one), other)
    assert [(move.startup_id, move.before, move.after) for move in moved] == [("S0", ("P0",), ())]


def replace_places(round_, places):
    return replace(round_, instance=replace(round_.instance, places=np.array(places, np.int32)))


def test_progress_is_told_stage_by_stage():
    told = []
    run_round(held_round(), How(), lambda stage, share: told.append((stage, share)))
    assert [stage for stage, _ in told] == ["solving", "comparing", "telling"]
    assert [share for _, share in told] == sorted(share for _, share in told)
