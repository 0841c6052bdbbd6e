"""What would place a startup elsewhere: every answer is what solving again shows."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from data.texts import LANGUAGES, Texts
from matcher.assignment.exchange import exchange_of
from matcher.assignment.instance import How, broken_limits, solution_of
from matcher.assignment.solving import solve
from matcher.rules.base import Change
from matcher.telling.what_if import MOST_PLACES, MOST_POINTS, ChangedRow, what_ifs
from tests.rounds import drawn_round, round_of


def answers(instance, i, mode="best", rows=(), exchange=False, **options):
    how = How(mode=mode)
    solution = solve(instance, how)
    if exchange:
        options["costs_of"] = exchange_of(instance, solution).costs_of
    return what_ifs(instance, solution, i, lambda other: solve(other, how), how, rows, **options)


def codes(answer):
    return [reason.code.removeprefix("what_if.") for reason in answer.reasons]


CROWDED = [[9000, 5000], [8500, 5000], [8000, 4600]]


def test_a_place_more_and_the_points_that_are_lacking_are_told():
    places, fit_points = answers(round_of(CROWDED, [1, 2]), 1)
    assert (places.kind, places.programme_id, places.amount) == ("places", "P0", 1)
    assert (places.before, places.after) == (("P1",), ("P0",))
    assert (places.total_before, places.total, places.others) == (18600, 22100, 0)
    assert codes(places) == ["places", "total_more"]
    assert (fit_points.kind, fit_points.programme_id) == ("points", "P0")
    assert (fit_points.others, fit_points.amount) == (1, 501)


def test_points_are_told_up_to_a_hundredth():
    instance = round_of([[9000, 8000], [8500, 8000]], [1, 1])
    _, told = answers(instance, 1)
    assert told.amount == 501
    assert codes(told)[0] == "points"
    (_, guessed) = answers(instance, 1, exchange=True)
    assert guessed == told


def test_the_least_number_of_places_is_told():
    instance = round_of([[9000], [8500], [8000], [7500]], [1])
    places, *_ = answers(instance, 3)
    assert (places.amount, places.before, places.after) == (3, (), ("P0",))


def test_nothing_is_told_beyond_what_is_tried():
    fit = [[9900 - i] for i in range(MOST_PLACES + 1)] + [[9900 - MOST_POINTS - 500]]
    instance = round_of(fit, [1])
    assert answers(instance, len(fit) - 1) == ()
    assert answers(instance, len(fit) - 1, exchange=True) == ()


def test_whoever_has_its_best_is_told_nothing():
    assert answers(round_of([[9000, 8000]], [1, 1]), 0) == ()


def test_a_forced_startup_is_told_nothing_of_better_programmes():
    assert answers(round_of([[9000, 8000]], [0, 1], forced=[[0, 1]]), 0) == ()


def test_a_stable_round_reads_what_the_programme_looks_for():
    instance = round_of([[9000, 8000], [8500, 8000]], [1, 1], want=[[7000, 0], [6000, 0]])
    places, wanted = answers(instance, 1, mode="stable")
    assert (places.programme_id, places.amount) == ("P0", 1)
    assert codes(wanted)[0] == "wanted"
    assert wanted.amount in (1000, 1001)
    assert wanted.after == ("P0",)


def test_points_never_pass_the_highest_score():
    instance = round_of([[10000], [9999]], [1])
    assert all(answer.amount <= 1 for answer in answers(instance, 1) if answer.kind == "points")


def row(instance, i, change, **scores):
    old = {"fit": instance.fit[i], "gain": instance.gain[i], "want": instance.want[i]}
    new = {name: np.asarray(value, np.int32) for name, value in scores.items()}
    return ChangedRow(change, **{**old, **new})


def test_a_changed_profile_is_told_by_where_it_leads():
    instance = round_of(CROWDED, [1, 2])
    change = Change("languages", "B2")
    better = row(instance, 2, change, fit=[9500, 4600])
    told = [a for a in answers(instance, 2, rows=[better]) if a.kind == "change"]
    (one,) = told
    assert (one.change, one.before, one.after, one.others) == (change, ("P1",), ("P0",), 1)
    assert codes(one) == ["change", "total_more"]
    assert one.total == 19500


def test_a_change_that_leads_nowhere_else_is_left_out():
    instance = round_of(CROWDED, [1, 2])
    same = row(instance, 2, Change("team", 5), fit=[8100, 4600])
    assert [a for a in answers(instance, 2, rows=[same]) if a.kind == "change"] == []


def test_a_change_may_cost_the_place():
    instance = round_of([[9000]], [1])
    closed = row(instance, 0, Change("team", 0), fit=[-1])
    (one,) = answers(instance, 0, rows=[closed])
    assert (one.after, codes(one)) == ((), ["change_out", "total_less"])


def test_a_change_does_not_close_what_is_forced():
    instance = round_of([[9000, 8000]], [1, 1], forced=[[0, 0]])
    closed = row(instance, 0, Change("team", 0), fit=[-1, -1])
    assert answers(instance, 0, rows=[closed]) == ()


def test_startups_that_the_change_has_no_part_in_stay_where_they_are():
    fit = [[9000, -1, -1], [8500, -1, -1], *([[-1, 7000, 7000]] * 6)]
    instance = round_of(fit, [1, 3, 3])
    assert [answer.others for answer in answers(instance, 1)] == [0, 1]


def test_programmes_can_be_asked_for():
    instance = round_of(CROWDED, [1, 2])
    assert answers(instance, 1, programmes=[]) == ()
    assert {a.programme_id for a in answers(instance, 1, programmes=[0])} == {"P0"}


def brute(instance):
    """The best solution over all ways to place each startup at most once; ties to the first."""
    n, m = instance.shape
    best = None
    for way in product(range(-1, m), repeat=n):
        pairs = [(i, j) for i, j in enumerate(way) if j >= 0]
        if any(instance.fit[i, j] < 0 for i, j in pairs):
            continue
        rows, cols = (np.array([p[side] for p in pairs], np.int32) for side in (0, 1))
        found = solution_of(instance, rows, cols)
        if not broken_limits(instance, found) and (best is None or found.total > best.total):
            best = found
    return best


@pytest.mark.parametrize("exchange", [False, True])
@settings(max_examples=12, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(st.integers(0, 10_000), st.integers(2, 4), st.integers(1, 2))
def test_every_answer_is_what_another_solver_shows(exchange, seed, n, m):
    instance = drawn_round(n, m, seed)
    how = How()
    solution = solve(instance, how)
    for i in range(n):
        for answer in answers(instance, i, exchange=exchange):
            j = instance.programmes.index(answer.programme_id)
            assert answer.before == tuple(
                f"P{k}" for k in solution.cols[solution.rows == i].tolist()
            )
            assert answer.programme_id in answer.after
            if answer.kind == "places":
                places = instance.places.copy()
                places[j] += answer.amount
                again = replace(instance, places=places)
            else:
                fit = instance.fit.copy()
                fit[i, j] += answer.amount
                again = replace(instance, fit=fit)
            assert answer.total == brute(again).total
            for lang in LANGUAGES:
                assert all("{" not in Texts(lang).reason(reason) for reason in answer.reasons)
