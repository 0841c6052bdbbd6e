"""A cohort becomes numbers: places, closed and forced pairs, quotas, money, and what to know."""

import numpy as np
import pytest

from matcher.assignment.building import ATTRIBUTES, BUDGET, holders, round_of
from matcher.assignment.instance import CLOSED
from matcher.cohort import Cohort, Intake, PairRule, Quota
from matcher.mutual import TwoSided
from matcher.panel import Panel
from matcher.profile import Money
from matcher.rules import RULES
from matcher.rules.base import Coded
from matcher.taxonomy import VOCABULARIES
from matcher.weights import Scale
from tests.builders import programme, startup

PANEL = Panel(RULES, Scale())


def startups():
    return [
        startup(id="an-phu", phase="uom_tao", ward="An Phú", sectors=("fintech", "ai")),
        startup(id="binh-an", phase=None, ward="Bình An"),
        startup(id="cho-lon", phase="uom_tao", ward="Chợ Lớn"),
    ]


def programmes():
    return [
        programme(id="kr", host_country="KR", capacity=8, capacity_basis="cohort"),
        programme(id="sg", capacity=90, capacity_basis="year"),
    ]


def points(n=3, m=2):
    made = np.arange(n * m, dtype=np.int32).reshape(n, m)
    return TwoSided(2000 + 100 * made, 3000 + made, np.zeros((n, m), np.int32))


def cohort(**changes):
    values = {
        "id": "dot-1",
        "name": "Đợt 1",
        "startups": tuple(one.id for one in startups()),
        "intakes": (Intake(programme_id="kr"), Intake(programme_id="sg")),
    }
    return Cohort(**(values | changes))


def built(both=None, **changes):
    more = {name: changes.pop(name) for name in ("declined", "before") if name in changes}
    both = points() if both is None else both
    return round_of(cohort(**changes), startups(), programmes(), both, PANEL, **more)


def codes(round_):
    return {note.code for note in round_.notes}


def rule(ruling, startup_id="an-phu", programme_id="kr"):
    return PairRule(
        startup_id=startup_id, programme_id=programme_id, ruling=ruling, why="Đã thống nhất"
    )


def test_a_pair_is_worth_its_score_and_each_side_its_own():
    instance = built().instance
    assert instance.startups == ("an-phu", "binh-an", "cho-lon")
    assert instance.programmes == ("kr", "sg")
    assert instance.fit[0, 0] == 5000
    assert (instance.gain[0, 0], instance.want[0, 0]) == (round(2000 / 0.48), round(3000 / 0.52))
    assert (instance.offers == 1).all()


def test_places_come_from_the_officer_then_the_catalogue_then_the_assumption():
    assert built().instance.places.tolist() == [8, 0]
    assert built().unknown.tolist() == [False, True]
    assert "round.unknown_places" in codes(built())
    assumed = built(assumed_places=5)
    assert assumed.instance.places.tolist() == [8, 5]
    assert (assumed.assumed.tolist(), assumed.unknown.any()) == ([False, True], False)
    assert "round.assumed_places" in codes(assumed)
    told = built(intakes=(Intake(programme_id="kr", places=3), Intake(programme_id="sg", places=0)))
    assert told.instance.places.tolist() == [3, 0]
    assert not told.unknown.any()


def test_a_refused_a_declined_and_a_forbidden_pair_are_closed():
    both = points()
    both.refusals[1, 1] = 2
    round_ = built(
        both,
        declined=[("cho-lon", "kr")],
        pair_rules=(rule("forbidden"), rule("conflict", "cho-lon", "sg")),
    )
    closed = round_.instance.fit == CLOSED
    assert closed.tolist() == [[True, False], [False, True], [True, True]]


def test_a_forced_pair_is_open_though_a_gate_refuses_it_and_the_override_is_told():
    both = points()
    both.refusals[0, 0] = 1
    round_ = built(both, pair_rules=(rule("forced"),), declined=[("an-phu", "kr")])
    assert round_.instance.forced.tolist() == [[0, 0]]
    assert round_.instance.fit[0, 0] == 5000
    [note] = [note for note in round_.notes if note.code == "round.override"]
    assert dict(note.facts) == {"startup": "an-phu", "programme": "kr", "why": "Đã thống nhất"}
    assert "round.override" not in codes(built(pair_rules=(rule("forced"),)))


def test_nothing_below_the_least_points_is_open():
    assert (built(least_points=52).instance.fit == CLOSED).tolist() == [
        [True, True],
        [False, False],
        [False, False],
    ]


def test_quotas_count_the_profiles_that_hold_their_value():
    quotas = (
        Quota(name="Hàn Quốc", attribute="country", value="KR", at_most=2),
        Quota(name="Ươm tạo", attribute="phase", value="uom_tao", at_least=1),
        Quota(name="Chợ Lớn", attribute="district", value="chợ lớn", at_most=1),
    )
    round_ = built(quotas=quotas)
    korea, incubation, district = round_.instance.bounds
    assert (korea.side, korea.weights.tolist(), korea.at_most) == ("programme", [1, 0], 2)
    assert (incubation.side, incubation.weights.tolist()) == ("startup", [1, 0, 1])
    assert (incubation.at_least, incubation.at_most) == (1, None)
    assert district.weights.tolist() == [0, 0, 1]
    [note] = [note for note in round_.notes if note.code == "round.unknown_attribute"]
    assert dict(note.facts) == {"attribute": Coded("attribute", ("phase",)), "count": 1}


def test_the_attributes_are_those_of_the_vocabulary():
    assert set(ATTRIBUTES) == set(VOCABULARIES["attribute"])


@pytest.mark.parametrize(("attribute", "value"), [("sector", "ai"), ("stage", "seed")])
def test_who_holds_a_value(attribute, value):
    expected = {"ai": [True, False, False], "seed": [True, True, True]}[value]
    assert holders(attribute, value, startups()).tolist() == expected


def test_money_counts_in_whole_units_and_an_unknown_cost_is_asked_about():
    intakes = (
        Intake(programme_id="kr", cost_per_place=Money(400_000_000, "VND")),
        Intake(programme_id="sg"),
    )
    round_ = built(intakes=intakes, budget=Money(1_000_000_000, "VND"))
    [budget] = round_.instance.bounds
    assert (budget.name, budget.side) == (BUDGET, "programme")
    assert (budget.weights.tolist(), budget.at_most) == ([1, 0], 2)
    assert "round.unknown_cost" in codes(round_)


def test_a_cost_in_another_currency_is_turned_into_the_budgets():
    intakes = (Intake(programme_id="kr", cost_per_place=Money(1000, "USD", 1000)),)
    round_ = built(intakes=intakes, budget=Money(100_000_000, "VND", 4_000))
    [budget] = round_.instance.bounds
    assert (budget.weights.tolist(), budget.at_most) == ([1, 0], 4)


def test_a_budget_without_any_cost_limits_nothing_and_says_so():
    round_ = built(budget=Money(1, "VND"))
    assert round_.instance.bounds == ()
    assert "round.unknown_cost" in codes(round_)


def test_the_round_before_is_known_whole_and_held_where_it_still_can_be():
    before = [("cho-lon", "sg"), ("gone", "kr"), ("an-phu", "kr")]
    round_ = built(before=before)
    assert round_.before == tuple(sorted(before))
    assert round_.instance.held.tolist() == [[0, 0], [2, 1]]


def test_groups_are_the_values_that_startups_have():
    groups = {(name, value): mask.tolist() for name, value, mask in built().groups}
    assert groups["sector", "ai"] == [True, False, False]
    assert groups["phase", "uom_tao"] == [True, False, True]
    assert ("country", "KR") not in groups


def test_a_profile_that_is_gone_meanwhile_is_left_out_and_told():
    round_ = built(startups=("an-phu", "binh-an", "cho-lon", "deleted"))
    assert round_.instance.shape == (3, 2)
    [note] = [note for note in round_.notes if note.code == "round.gone"]
    assert dict(note.facts) == {"count": 1}
