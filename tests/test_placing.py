"""What a run says of startups and programmes: facts that add up, and reasons that are true."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from data.texts import LANGUAGES, Texts
from matcher.assignment.exchange import exchange_of
from matcher.assignment.instance import Bound, How
from matcher.assignment.solving import solve
from matcher.outcome import Waiting
from matcher.telling.missing import CostsOf
from matcher.telling.placing import Known, loads, placements
from matcher.telling.reserves import reserves
from tests.rounds import drawn_round, placed_at, round_of


def said(instance, pairs, most=10, **known):
    solution = placed_at(instance, pairs)
    return placements(instance, solution, reserves(instance, solution, most), Known(**known))


def codes(placement):
    return [reason.code.removeprefix("placing.") for reason in placement.reasons]


def facts(placement, number):
    return dict(placement.reasons[number].facts)


def costing(cost) -> CostsOf:
    return lambda rows, cols: np.full(len(rows), cost, np.int64)


def test_whoever_has_its_best_fit_is_told_so():
    (one,) = said(round_of([[9000, 8050]], [1, 1]), [(0, 0)])
    assert (one.state, one.missed, codes(one)) == ("placed", (), ["best"])
    assert facts(one, 0) == {"programme": "P0", "points": 90, "open": 2}


def test_a_better_programme_went_to_startups_that_fit_it_better():
    fit = [[8300, 8050], [8600, -1], [9000, -1]]
    one = said(round_of(fit, [2, 1]), [(0, 1), (1, 0), (2, 0)])[0]
    assert codes(one) == ["placed", "ahead"]
    assert facts(one, 0) == {"programme": "P1", "points": 80.5, "choice": 2, "open": 2}
    assert facts(one, 1) == {
        "programme": "P0",
        "points": 83,
        "places": 2,
        "lowest": 86,
        "forced": 0,
        "reserve": 1,
    }
    (missed,) = one.missed
    assert (missed.places, missed.taken, missed.lowest, missed.ahead) == (2, 2, 8600, 2)
    assert (missed.choice, missed.reserve, missed.cost) == (1, 1, None)


def test_a_place_held_by_a_lower_fit_is_told_with_what_it_brings_the_round():
    instance = round_of([[9000, 8900], [8500, -1]], [1, 1])
    one = said(instance, [(0, 1), (1, 0)], costs_of=costing(8400))[0]
    assert codes(one) == ["placed", "cost"]
    told = facts(one, 1)
    assert (told["cost"], told["behind"], told["free"]) == (84, 1, 0)
    assert one.missed[0].cost == 8400
    assert one.missed[0].ahead == 0


@pytest.mark.parametrize(
    ("mode", "code"), [("best", "whole"), ("fair", "fair"), ("stable", "bounded")]
)
def test_without_a_cost_the_aim_of_the_mode_is_told(mode, code):
    instance = round_of([[9000, 8900], [8500, -1]], [1, 1])
    one = said(instance, [(0, 1), (1, 0)], how=How(mode=mode))[0]
    assert codes(one)[1] == code


def test_a_cost_of_nothing_is_a_tie():
    instance = round_of([[9000, 8900], [8500, -1]], [1, 1])
    assert codes(said(instance, [(0, 1), (1, 0)], costs_of=costing(0))[0])[1] == "tie"


def test_a_programme_with_the_same_fit_is_not_missed():
    instance = round_of([[9000, 9000]], [1, 1], gain=[[9000, 8000]])
    assert codes(said(instance, [(0, 1)])[0]) == ["best"]


def test_a_pair_that_no_lawful_placing_has_is_told_without_a_cost():
    instance = round_of([[9000, 8900], [8500, -1]], [1, 1])
    one = said(instance, [(0, 1), (1, 0)], costs_of=costing(-1))[0]
    assert codes(one)[1] == "impossible"
    assert one.missed[0].cost is None


def test_stable_programmes_chose_whom_they_look_for_more():
    instance = round_of(
        [[9000, 8000], [8000, -1]],
        [1, 1],
        gain=[[7000, 6000], [5000, 0]],
        want=[[5000, 5000], [6000, 0]],
    )
    one = said(instance, [(0, 1), (1, 0)], how=How(mode="stable"))[0]
    assert codes(one) == ["placed", "wanted"]


def test_a_programme_that_a_stable_round_would_not_give_more_by_is_not_missed():
    instance = round_of([[9000, 8000]], [1, 1], gain=[[6000, 7000]])
    assert said(instance, [(0, 1)], how=How(mode="stable"))[0].missed == ()
    assert len(said(instance, [(0, 1)])[0].missed) == 1


def test_a_forced_place_is_told_alone():
    instance = round_of([[9000, 8000]], [1, 1], forced=[[0, 1]])
    (one,) = said(instance, [(0, 1)])
    assert codes(one) == ["forced"]
    assert one.places[0].forced


def test_a_programme_full_of_rulings_is_told_as_that():
    instance = round_of([[9000, 8000], [100, -1]], [1, 1], forced=[[1, 0]])
    one = said(instance, [(0, 1), (1, 0)])[0]
    assert codes(one) == ["placed", "ruled"]


def test_forced_places_are_counted_apart_from_those_that_fit_decided():
    fit = [[8000, 7000], [100, -1], [9000, -1]]
    one = said(round_of(fit, [2, 1], forced=[[1, 0]]), [(0, 1), (1, 0), (2, 0)])[0]
    assert codes(one) == ["placed", "ahead"]
    assert (facts(one, 1)["forced"], facts(one, 1)["lowest"]) == (1, 90)
    assert one.missed[0].lowest == 100


def test_a_kept_place_is_told_as_kept():
    (one,) = said(round_of([[9000, 8000]], [0, 1], held=[[0, 1]]), [(0, 1)])
    assert codes(one) == ["kept", "no_places"]
    assert one.places[0].kept


def test_unknown_places_are_not_called_none():
    one = said(round_of([[9000, 8000]], [0, 1]), [(0, 1)], unknown=np.array([True, False]))[0]
    assert codes(one) == ["placed", "places_unknown"]


def test_whom_no_programme_takes_learns_how_many_refuse_it():
    refusals = np.array([[1, 0, 2]])
    (one,) = said(round_of([[-1, -1, -1]], [1, 1, 1]), [], refusals=refusals)
    assert (one.state, one.open_programmes, codes(one)) == ("out", 0, ["refused"])
    assert facts(one, 0) == {"refused": 2, "others": 1}
    (other,) = said(round_of([[-1]], [1]), [])
    assert facts(other, 0) == {"refused": None, "others": None}


def test_whoever_waits_is_on_reserve_and_sees_its_nearest_chances():
    fit = [[9000, 8000, 7000, 6500], [9500, -1, -1, -1], [9400, -1, -1, -1], [-1, -1, 9000, -1]]
    instance = round_of(fit, [1, 0, 1, 0])
    one = said(instance, [(1, 0), (3, 2)])[0]
    assert one.state == "reserve"
    assert [(m.programme_id, m.reserve) for m in one.missed] == [("P0", 2), ("P1", None), ("P2", 1)]
    assert codes(one) == ["waiting", "ahead", "no_places", "ahead"]
    assert facts(one, 0) == {"lists": 2}


def test_whoever_is_beyond_the_lists_is_out():
    instance = round_of([[9000], [8000], [7000]], [1])
    one = said(instance, [(0, 0)], most=1)[2]
    assert (one.state, codes(one)) == ("out", ["out", "ahead"])


def test_a_startup_that_takes_no_place_is_told_that_alone():
    (one,) = said(round_of([[9000]], [1], offers=[0]), [])
    assert codes(one) == ["no_offers"]


def test_a_limit_that_stands_against_a_free_place_is_named():
    bound = Bound("country:JP", "programme", np.array([1, 0]), at_most=0)
    one = said(round_of([[9000, 8000]], [1, 1], bounds=(bound,)), [(0, 1)])[0]
    assert codes(one) == ["placed", "limit"]
    assert facts(one, 1)["limit"] == "country:JP"


def test_a_limit_of_startups_is_not_broken_by_a_startup_that_only_moves():
    bound = Bound("sector:ai", "startup", np.array([1]), at_most=1)
    one = said(round_of([[9000, 8000]], [1, 1], bounds=(bound,)), [(0, 1)])[0]
    assert codes(one) == ["placed", "whole"]


def test_a_least_intake_that_holds_a_startup_is_named():
    one = said(round_of([[9000, 8000]], [1, 1], least=[0, 1]), [(0, 1)])[0]
    assert codes(one) == ["placed", "intake"]
    assert facts(one, 1)["other"] == "P1"


def test_several_places_stand_best_fit_first():
    instance = round_of([[7000, 9000, 9500]], [1, 1, 1], offers=[2])
    (one,) = said(instance, [(0, 0), (0, 1)])
    assert [p.programme_id for p in one.places] == ["P1", "P0"]
    assert [m.programme_id for m in one.missed] == ["P2"]


def test_loads_have_their_figures_and_their_reserves():
    instance = round_of([[9000], [8000], [7000]], [2])
    solution = placed_at(instance, [(0, 0), (1, 0)])
    waiting = reserves(instance, solution, 5)
    known = Known(assumed=np.array([True]), prices=np.array([7000]))
    (load,) = loads(instance, solution, waiting, known)
    assert (load.places, load.taken, load.lowest, load.highest) == (2, 2, 8000, 9000)
    assert (load.assumed, load.price, load.reserves) == (True, 7000, (Waiting("S2", 7000),))
    (blank,) = loads(instance, solution, waiting, Known(unknown=np.array([True])))
    assert (blank.places, blank.assumed, blank.price) == (None, False, None)


def test_a_round_without_programmes_or_startups_is_said_too():
    assert said(round_of(np.zeros((0, 2)), [1, 1]), []) == ()
    (one,) = said(round_of(np.zeros((1, 0)), []), [])
    assert (one.state, codes(one)) == ("out", ["refused"])


@settings(max_examples=80, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(
    st.integers(0, 10_000),
    st.integers(1, 10),
    st.integers(1, 7),
    st.sampled_from(["best", "fair", "stable"]),
)
def test_every_figure_is_that_of_the_plain_definition(seed, n, m, mode):
    instance = drawn_round(n, m, seed)
    draw = np.random.default_rng(seed)
    has = {}
    for i in range(n):
        free = [j for j in range(m) if instance.fit[i, j] >= 0 and instance.places[j]]
        free = [j for j in free if list(has.values()).count(j) < instance.places[j]]
        if free and draw.random() < 0.8:
            has[i] = int(draw.choice(free))
    solution = placed_at(instance, list(has.items()))
    measure = instance.gain if mode == "stable" else instance.fit
    for i, one in enumerate(said(instance, list(has.items()), how=How(mode=mode))):
        assert (
            [p.programme_id for p in one.places] == [f"P{has[i]}"] if i in has else not one.places
        )
        least = measure[i, has[i]] if i in has else -1
        better = [
            j
            for j in range(m)
            if instance.fit[i, j] >= 0 and measure[i, j] > least and has.get(i) != j
        ]
        assert len(one.missed) == min(3, len(better))
        if i in has:
            cut = sorted(better, key=lambda j: (-measure[i, j], j))[:3]
            assert {m.programme_id for m in one.missed} == {f"P{j}" for j in cut}
        assert [m.fit for m in one.missed] == sorted((m.fit for m in one.missed), reverse=True)
        for missed in one.missed:
            j = int(missed.programme_id[1:])
            there = instance.fit[[a for a, b in has.items() if b == j], j]
            assert missed.ahead == (there > instance.fit[i, j]).sum()
            assert missed.taken == len(there) == solution.taken(m)[j]
        order = sorted(
            (j for j in range(m) if instance.fit[i, j] >= 0),
            key=lambda j: (-instance.fit[i, j], -instance.gain[i, j], j),
        )
        for p in (*one.places, *one.missed):
            assert order[p.choice - 1] == int(p.programme_id[1:])
        for reason in one.reasons:
            told = dict(reason.facts)
            if reason.code == "placing.ahead":
                there = [instance.fit[a, b] for a, b in has.items() if f"P{b}" == told["programme"]]
                assert min(there) == round(told["lowest"] * 100) >= round(told["points"] * 100)
        for lang in LANGUAGES:
            assert all("{" not in Texts(lang).reason(reason) for reason in one.reasons)


@settings(max_examples=40, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(st.integers(0, 10_000), st.integers(1, 8), st.integers(1, 4))
def test_what_a_placing_would_cost_is_what_solving_with_it_shows(seed, n, m):
    instance = drawn_round(n, m, seed)
    solution = solve(instance, How())
    exchange = exchange_of(instance, solution)
    told = placements(
        instance, solution, reserves(instance, solution, 5), Known(costs_of=exchange.costs_of)
    )
    for i, one in enumerate(told):
        for missed, reason in zip(one.missed, one.reasons[1:], strict=True):
            j = int(missed.programme_id[1:])
            again = solve(replace(instance, forced=np.array([[i, j]], np.int32)), How())
            assert (missed.cost is None) == (again is None)
            if again is not None:
                assert again.total == solution.total - missed.cost
            if reason.code == "placing.cost":
                assert dict(reason.facts)["cost"] == missed.cost / 100


@settings(max_examples=40, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(st.integers(0, 10_000), st.integers(1, 8), st.integers(1, 4))
def test_in_a_stable_round_every_missed_programme_chose_others(seed, n, m):
    instance = drawn_round(n, m, seed)
    for one in said_of(instance, How(mode="stable")):
        told = [reason.code for reason in one.reasons[1:]]
        assert set(told) <= {"placing.wanted", "placing.no_places"}


def said_of(instance, how):
    solution = solve(instance, how)
    return placements(instance, solution, reserves(instance, solution, 5), Known(how=how))
