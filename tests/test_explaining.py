"""Explanations: every change that is offered has been proved by the engine."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.explaining import MOST_CHANGES, explain
from matcher.panel import Panel
from matcher.profile import LanguageSkill, Money
from matcher.ranking import Asker, Match, Refusal, judge_pair, rank
from matcher.rules import FITS, RULES
from matcher.rules.base import Change
from matcher.scoring import Likeness
from matcher.weights import LIKENESSES, Scale
from tests.builders import programme, startup
from tests.strategies import (
    asker_of,
    examples,
    likenesses,
    many,
    open_programmes,
    ordinary_startups,
    programmes,
    roster_of,
    scales,
    startups,
)

PANEL = Panel(RULES, Scale())


def explained(one, other, panel=PANEL, likes=()):
    return explain(panel, roster_of([other]), Asker(one, likes), other.id)


def changes(one, other):
    return [(p.change.field, p.change.value) for p in explained(one, other).changes]


def holds(explanation, panel, one, other, likes=()):
    """Every proof of an explanation is what a new engine says of the changed startup."""
    judged = explanation.judged
    for proof in explanation.changes:
        changed = dataclasses.replace(one, **{proof.change.field: proof.change.value})
        (match,) = rank(
            Panel(RULES, panel.scale), roster_of([other]), Asker(changed, likes), 1
        ).matches
        assert proof.score == match.score
        assert proof.opens is isinstance(judged, Refusal)
        if isinstance(judged, Match):
            assert proof.gain == pytest.approx(match.score - judged.score)
            assert proof.gain > 0
        else:
            assert proof.gain == 0.0


@examples(250)
@given(st.data(), startups(), programmes(), scales())
def test_every_change_offered_holds_when_the_engine_is_run_again(data, one, other, scale):
    panel, likes = Panel(RULES, scale), data.draw(likenesses(1))
    holds(explained(one, other, panel, likes), panel, one, other, likes)


def test_pairs_that_are_open_have_changes_that_hold_as_well():
    offered = []

    @examples(150)
    @given(ordinary_startups(), open_programmes())
    def each(one, other):
        explanation = explained(one, other)
        offered.append(len(explanation.changes))
        holds(explanation, PANEL, one, other)

    each()
    assert max(offered) > 1


@examples(100)
@given(startups(), many(programmes(), 1))
def test_the_verdict_explained_is_that_of_the_pair(one, others):
    roster = roster_of(others)
    for other in others:
        judged = explain(PANEL, roster, Asker(one, ()), other.id).judged
        assert judged == judge_pair(PANEL, roster, Asker(one, ()), other.id)


@examples(150)
@given(startups(), programmes())
def test_no_single_change_opens_what_two_gates_refuse_for_different_facts(one, other):
    explanation = explained(one, other)
    if isinstance(explanation.judged, Refusal) and explanation.changes:
        # one change may satisfy two gates only where both read the field
        refusing = {name for name, _ in explanation.judged.others}
        assert len(refusing) == 1


@pytest.mark.parametrize(
    ("own", "theirs"),
    [
        # the team is too small and cannot stay long enough
        (
            {"team_size": 1, "can_travel_weeks": 1},
            {"min_team": 2, "on_site": "full"},
        ),
        # one that could be mended beside one that no startup can mend
        ({"can_travel_weeks": 1}, {"on_site": "full", "status": "closed"}),
        ({"will_incorporate_abroad": False}, {"incorporation_required": True, "family": "B"}),
        # one gate with two conditions, both unmet
        ({"team_size": 1, "full_time_people": 0}, {"min_team": 2, "min_full_time": 1}),
    ],
)
def test_a_pair_with_two_obstacles_has_no_single_change(own, theirs):
    explanation = explained(startup(**own), programme(**theirs))
    assert isinstance(explanation.judged, Refusal)
    assert explanation.changes == ()


@pytest.mark.parametrize(
    ("own", "theirs", "field", "value"),
    [
        (
            {"can_travel_weeks": 4},
            {"on_site": "full"},
            "can_travel_weeks",
            12,
        ),  # the least that is enough
        ({"team_size": 1}, {"min_team": 3}, "team_size", 3),
        (
            {"team_size": 3, "full_time_people": 0},
            {"min_full_time": 1},
            "full_time_people",
            1,
        ),
        ({"founder_share_percent": 20}, {"min_founder_share": 50}, "founder_share_percent", 50),
        (
            {"will_incorporate_abroad": False},
            {"incorporation_required": True},
            "will_incorporate_abroad",
            True,
        ),
        (
            {"languages": (LanguageSkill("vi", "native"),)},
            {"min_language_level": "B1"},
            "languages",
            (LanguageSkill("vi", "native"), LanguageSkill("en", "B1")),
        ),
        (
            {"languages": (LanguageSkill("en", "A2"),)},
            {"min_language_level": "C1"},
            "languages",
            (LanguageSkill("en", "C1"),),
        ),
    ],
)
def test_one_obstacle_is_taken_away_by_the_smallest_change(own, theirs, field, value):
    explanation = explained(startup(**own), programme(**theirs))
    assert isinstance(explanation.judged, Refusal)
    (proof,) = explanation.changes
    assert proof.change == Change(field, value)
    assert proof.opens
    # and a little less does not do
    if isinstance(value, int) and not isinstance(value, bool):
        less = startup(**(own | {field: value - 1}))
        assert isinstance(explained(less, programme(**theirs)).judged, Refusal)


@pytest.mark.parametrize(
    "theirs",
    [
        {"status": "closed"},
        {"family": "F"},
        {"home_country_only": True},
        {"allowed_countries": ("EU",)},
        {"host_country": "VN"},
        {"stages": ("series_c",)},
        {"max_age_years": 1},
    ],
)
def test_what_a_startup_cannot_change_has_no_change(theirs):
    assert changes(startup(), programme(**theirs)) == []


def test_changes_that_add_most_points_come_first():
    one = startup(max_equity_percent=2, max_fee=Money(0, "USD", 0), target_markets=("BR",))
    other = programme(equity_percent=6, fee=Money(900, "USD", 900))
    proofs = explained(one, other).changes
    assert {p.change.field for p in proofs} >= {"max_equity_percent", "max_fee", "target_markets"}
    gains = [proof.gain for proof in proofs]
    assert gains == sorted(gains, reverse=True)
    assert len(proofs) <= MOST_CHANGES


def test_the_gain_is_that_of_the_rule_that_changed():
    one, other = startup(max_equity_percent=2), programme(equity_percent=6)
    (proof,) = [p for p in explained(one, other).changes if p.change.field == "max_equity_percent"]
    assert proof.change.value == 6
    assert proof.gain == pytest.approx(4 * 0.8)


@examples(150)
@given(ordinary_startups(), open_programmes())
def test_a_change_is_never_one_that_lowers_or_leaves_the_score(one, other):
    explanation = explained(one, other)
    if isinstance(explanation.judged, Match):
        offered = {(p.change.field, p.change.value) for p in explanation.changes}
        for rule in RULES:
            for change in rule.remedies(one, other, roster_of([]).on):
                changed = dataclasses.replace(one, **{change.field: change.value})
                after = explained(changed, other).judged
                if isinstance(after, Refusal) or after.score <= explanation.judged.score:
                    assert (change.field, change.value) not in offered


def test_aiming_at_the_host_is_not_offered_where_it_would_spread_the_aims():
    # the only target is opened already: another one that is not would lower the mean
    one, other = startup(target_markets=("KR",)), programme(country="LU", markets=("KR",))
    assert "target_markets" not in dict(changes(one, other))


def test_aiming_at_the_host_is_offered_even_where_its_markets_are_others():
    # being there opens it
    one, other = startup(target_markets=("BR",)), programme(markets=("LU",))
    assert dict(changes(one, other))["target_markets"] == ("BR", "SG")
    # but nobody needs to aim at what the aims hold already
    for held in (("SG",), ("ASEAN",), ("*",)):
        assert "target_markets" not in dict(changes(startup(target_markets=held), other))


def test_a_stay_of_no_weeks_needs_nobody_to_travel():
    other = programme(on_site="part", on_site_weeks=0)
    explanation = explained(startup(can_travel_weeks=0), other)
    assert isinstance(explanation.judged, Match)
    assert "can_travel_weeks" not in {proof.change.field for proof in explanation.changes}


def test_a_changed_startup_can_bring_its_own_likenesses():
    one, other = startup(needs=None), programme()
    seen = []

    def again(profile):
        seen.append(profile)
        return asker_of(profile, 1, text=1.0, portfolio=1.0)

    roster = roster_of([other])
    explanation = explain(PANEL, roster, asker_of(one, 1, text=0.0, portfolio=0.0), other.id, again)
    assert {p.needs for p in seen} >= {("market_access",)}
    by_field = {p.change.field: p for p in explanation.changes}
    assert by_field["needs"].gain == pytest.approx(
        (20 - 10) + 14 + 12  # needs met rather than unknown, and both likenesses
    )


def test_the_likenesses_of_the_asker_count_in_score_and_proof():
    one, other = startup(max_equity_percent=2), programme(equity_percent=6)
    likes = [Likeness(name, np.array([1.0], np.float32)) for name in LIKENESSES]
    plain, liked = explained(one, other), explained(one, other, likes=likes)
    assert liked.judged.score == pytest.approx(plain.judged.score + 26)
    assert [p.gain for p in liked.changes] == [p.gain for p in plain.changes]


def test_an_unknown_programme_is_an_error():
    with pytest.raises(KeyError):
        explain(PANEL, roster_of([programme()]), Asker(startup(), ()), "stranger")


def test_every_part_is_explained():
    judged = explained(startup(), programme()).judged
    assert {part.rule for part in judged.parts} == {rule.name for rule in FITS}
