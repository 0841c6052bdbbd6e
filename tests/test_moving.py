"""Moves against the round before: who, why, whether there was a choice, and what it buys."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from data.texts import LANGUAGES, Texts
from matcher.assignment.exchange import exchange_of
from matcher.assignment.instance import How
from matcher.assignment.solving import solve
from matcher.telling.moving import moves
from tests.rounds import drawn_round, placed_at, round_of


def moved(instance, pairs, before, cost=None, mode="best"):
    costs_of = None if cost is None else lambda rows, cols: np.full(len(rows), cost, np.int64)
    return moves(instance, placed_at(instance, pairs), before, How(mode=mode), costs_of)


def codes(move):
    return [reason.code.removeprefix("moving.") for reason in move.reasons]


def test_without_a_round_before_nobody_moves():
    assert moved(round_of([[9000]], [1]), [(0, 0)], []) == ()


def test_whoever_keeps_its_place_does_not_move():
    assert moved(round_of([[9000, 8000]], [1, 1]), [(0, 0)], [("S0", "P0")]) == ()


def test_a_move_by_choice_says_what_keeping_would_have_cost_and_what_it_buys():
    instance = round_of([[9000, 8450]], [1, 1])
    (one,) = moved(instance, [(0, 0)], [("S0", "P1")], cost=550)
    assert (one.startup_id, one.before, one.after) == ("S0", ("P1",), ("P0",))
    assert (one.forced, one.gain, codes(one)) == (False, 550, ["cost", "better"])
    assert dict(one.reasons[0].facts) == {"programme": "P1", "cost": 5.5}
    assert dict(one.reasons[1].facts) == {"programme": "P0", "points": 90, "apart": 5.5}


@pytest.mark.parametrize(
    ("cost", "mode", "code", "forced"),
    [
        (0, "best", "tie", False),
        (-1, "best", "impossible", True),
        (None, "best", "chosen", False),
        (550, "fair", "chosen", False),
    ],
)
def test_a_move_is_told_by_what_is_known_of_its_cost(cost, mode, code, forced):
    instance = round_of([[9000, 8450]], [1, 1])
    (one,) = moved(instance, [(0, 0)], [("S0", "P1")], cost=cost, mode=mode)
    assert (codes(one)[0], one.forced) == (code, forced)


@pytest.mark.parametrize(("now", "code"), [(9000, "same"), (8000, "worse")])
def test_a_move_may_buy_nothing(now, code):
    instance = round_of([[now, 9000]], [1, 1])
    (one,) = moved(instance, [(0, 0)], [("S0", "P1")])
    assert (codes(one)[1], one.gain) == (code, now - 9000)


def test_a_startup_that_left_is_forced_to_move():
    (one,) = moved(round_of([[9000]], [1]), [], [("S7", "P0")])
    assert (one.startup_id, one.before, one.after) == ("S7", ("P0",), ())
    assert (one.forced, one.gain, codes(one)) == (True, 0, ["startup_left"])


@pytest.mark.parametrize(
    ("fit", "places", "before", "code"),
    [
        ([[9000, 8000]], [1, 1], "P7", "programme_left"),
        ([[9000, 8000]], [1, 0], "P1", "no_places"),
        ([[9000, -1]], [1, 1], "P1", "refused"),
    ],
)
def test_what_is_no_longer_possible_is_forced(fit, places, before, code):
    (one,) = moved(round_of(fit, places), [(0, 0)], [("S0", before)])
    assert (one.forced, codes(one)) == (True, [code, "new"])


def test_whoever_has_nothing_now_is_told_so():
    (one,) = moved(round_of([[9000]], [0]), [], [("S0", "P0")])
    assert (one.forced, one.gain, codes(one)) == (True, -9000, ["no_places", "nothing"])


def test_fewer_places_force_as_many_moves_as_are_lacking():
    instance = round_of([[9000], [8000], [7000]], [2])
    before = [("S0", "P0"), ("S1", "P0"), ("S2", "P0")]
    (one,) = moved(instance, [(0, 0), (1, 0)], before)
    assert (one.startup_id, one.forced, codes(one)) == ("S2", True, ["fewer_places", "nothing"])
    facts = dict(one.reasons[0].facts)
    assert facts == {"programme": "P0", "places": 2, "had": 3, "ruled": 0}
    assert [m.forced for m in moved(instance, [(0, 0)], before)] == [False, False]


def test_newcomers_by_ruling_leave_fewer_places():
    instance = round_of([[9000], [8000]], [1], forced=[[1, 0]])
    one, other = moved(instance, [(1, 0)], [("S0", "P0")])
    assert (one.forced, codes(one)) == (True, ["fewer_places", "nothing"])
    assert dict(one.reasons[0].facts)["ruled"] == 1
    assert (other.before, other.forced, codes(other)) == ((), False, ["new"])


def test_a_ruling_elsewhere_takes_the_place_of_what_was_had():
    instance = round_of([[9000, 8000]], [1, 1], forced=[[0, 1]])
    (one,) = moved(instance, [(0, 1)], [("S0", "P0")])
    assert (one.forced, codes(one)) == (True, ["ruled", "worse"])


def test_fewer_offers_force_as_many_moves_as_are_lacking():
    instance = round_of([[9000, 8000]], [1, 1])
    before = [("S0", "P0"), ("S0", "P1")]
    (one,) = moved(instance, [(0, 0)], before)
    assert (one.forced, one.gain, codes(one)) == (True, -8000, ["fewer_offers"])
    assert [m.forced for m in moved(instance, [], before)] == [False]


def test_a_place_more_is_a_difference_but_gives_up_nothing():
    instance = round_of([[9000, 8000]], [1, 1], offers=[2])
    (one,) = moved(instance, [(0, 0), (0, 1)], [("S0", "P0")])
    assert (one.forced, one.gain, codes(one)) == (False, 8000, ["new"])


@settings(max_examples=80, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(st.integers(0, 10_000), st.integers(1, 8), st.integers(1, 4), st.integers(1, 2))
def test_moves_are_the_differences_and_forced_ones_cannot_be_kept(seed, n, m, offers):
    instance = drawn_round(n, m, seed, offers=np.full(n, offers))
    draw = np.random.default_rng(seed)

    def some(open_):
        pairs = {}
        for i, j in open_:
            taken = [b for got in pairs.values() for b in got].count(j)
            if len(pairs.get(i, [])) < offers and taken < instance.places[j]:
                pairs.setdefault(i, []).append(j)
        return [(i, j) for i, got in pairs.items() for j in got]

    every = [(i, j) for i in range(n) for j in range(m) if draw.random() < 0.5]
    draw.shuffle(every)
    now = some([(i, j) for i, j in every if instance.fit[i, j] >= 0])
    draw.shuffle(every)
    had = [(f"S{i}", f"P{j}") for i, j in every[:6]] + [("S99", "P0")]
    after = {f"S{i}": {f"P{b}" for a, b in now if a == i} for i in range(n)}
    found = {one.startup_id: one for one in moved(instance, now, had)}
    for startup in {*after, "S99"}:
        before = {p for s, p in had if s == startup}
        assert (startup in found) == (before != after.get(startup, set()))
        if startup not in found:
            continue
        one = found[startup]
        assert (set(one.before), set(one.after)) == (before, after.get(startup, set()))
        if one.forced:
            assert set(one.before) - set(one.after)
        for lang in LANGUAGES:
            assert all("{" not in Texts(lang).reason(reason) for reason in one.reasons)
    assert list(found) == sorted(found)


@settings(max_examples=40, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(st.integers(0, 10_000), st.integers(1, 8), st.integers(1, 4))
def test_what_keeping_would_have_cost_is_what_solving_with_it_shows(seed, n, m):
    instance = drawn_round(n, m, seed)
    solution = solve(instance, How())
    had = [(f"S{i}", f"P{(i + seed) % m}") for i in range(n)]
    costs_of = exchange_of(instance, solution).costs_of
    for one in moves(instance, solution, had, How(), costs_of):
        i, j = int(one.startup_id[1:]), int(one.before[0][1:])
        told = one.reasons[0]
        pinned = replace(instance, forced=np.array([[i, j]], np.int32))
        again = solve(pinned, How()) if instance.fit[i, j] >= 0 else None
        if told.code in ("moving.no_places", "moving.refused", "moving.impossible"):
            assert again is None
            assert one.forced
        if told.code == "moving.cost":
            assert again.total == solution.total - round(dict(told.facts)["cost"] * 100)
        if told.code == "moving.tie":
            assert again.total == solution.total
        if told.code == "moving.fewer_places" and one.forced:
            j_kept = [i for i, p in enumerate(had) if p[1] == f"P{j}" and instance.fit[i, j] >= 0]
            assert len(j_kept) > instance.places[j]
