"""Ranking: the order, the parts that add up, limits, near ties, refusals and questions."""

import dataclasses
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from matcher.panel import Panel
from matcher.partner_rules import PARTNER_RULES
from matcher.profile import LanguageSkill, Money
from matcher.ranking import Asker, Limit, Match, Refusal, judge_pair, rank
from matcher.rules import FITS, GATES, RULES
from matcher.rules.base import Outcome
from matcher.scoring import FIRST_LOOKS, Likeness
from matcher.weights import DEFAULT_POINTS, LIKENESSES, PARTNER_POINTS, Scale
from tests.builders import incubator, programme, startup
from tests.strategies import (
    DAY,
    NEAR_COUNTRIES,
    PROGRAMME_FACTS,
    STARTUP_FACTS,
    asker_of,
    examples,
    fact,
    ids,
    incubators,
    likenesses,
    many,
    open_programmes,
    ordinary_startups,
    partner_scales,
    programmes,
    roster_of,
    scales,
    startups,
)

PANEL = Panel(RULES, Scale())


def ranked(others, one=None, k=100, panel=PANEL, likes=(), **options):
    return rank(panel, roster_of(others), Asker(one or startup(), likes), k, **options)


def order_of(ranking):
    return [match.id for match in ranking.matches]


def crowd(count, **changes):
    """Programmes that differ in nothing but their ids."""
    return [programme(id=f"p{n:04d}", **changes) for n in range(count)]


# ---- scores and parts


@examples(100)
@given(st.data(), startups(), many(programmes()), scales())
def test_the_parts_add_up_to_the_score_exactly_and_stay_within_their_points(
    data, one, others, scale
):
    likes = data.draw(likenesses(len(others)))
    ranking = ranked(others, one, panel=Panel(RULES, scale), likes=likes)
    for match in ranking.matches:
        hundredths = [round(part.points * 100) for part in match.parts]
        assert round(match.score * 100) == sum(hundredths)
        assert match.score == pytest.approx(math.fsum(part.points for part in match.parts))
        assert 0.0 <= match.score <= 100.0
        names = [part.rule for part in match.parts]
        assert sorted(names) == sorted([r.name for r in FITS] + [like.name for like in likes])
        for part in match.parts:
            assert part.points == round(part.points, 2)
            assert 0.0 <= part.points <= part.max_points == scale.points[part.rule]


@examples(60)
@given(incubators(id="home"), many(incubators()), partner_scales())
def test_partners_are_ranked_by_the_same_engine(home, others, scale):
    panel = Panel(PARTNER_RULES, scale)
    text = Likeness("text", np.full(len(others), 0.8, np.float32))
    ranking = rank(panel, roster_of(others, PARTNER_RULES), Asker(home, [text]), 100, refusals=100)
    assert {*order_of(ranking), *(r.id for r in ranking.refusals)} == {p.id for p in others}
    for match in ranking.matches:
        assert round(match.score * 100) == sum(round(part.points * 100) for part in match.parts)
        assert 0.0 <= match.score <= 100.0
    for refusal in ranking.refusals:
        other = next(p for p in others if p.id == refusal.id)
        assert (
            other.country == home.country
            or other.status == "closed"
            or other.org_type == "visa_programme"
            or other.name in (home.conflicts or ())
        )


def test_a_perfect_match_earns_100_points_and_a_hopeless_one_none():
    best = startup(
        needs=("training",), goal="first_customers", max_equity_percent=0, available_from=DAY,
        languages=(LanguageSkill("en", "native"),),
    )  # fmt: skip
    right = programme(
        id="best", services=("training", "pilot_customers"), equity_percent=0,
        fee=Money(0, "USD", 0), intake_months=(6,),
    )  # fmt: skip
    roster = roster_of([right])
    asker = asker_of(best, 1, text=1.0, portfolio=1.0)
    (match,) = rank(PANEL, roster, asker, 1).matches
    assert match.score == 100.0
    wrong = programme(
        id="worst", services=("workspace",), sectors=("agritech",), markets=("BR",), country="BR",
        stages=None, equity_percent=9, fee=Money(9, "USD", 9), funding=None, funding_kind=None,
        languages=None,
    )  # fmt: skip
    poor = startup(
        needs=("training",), goal="learn", max_equity_percent=0, max_fee=Money(0, "USD", 0)
    )
    asker = asker_of(poor, 1, text=0.0, portfolio=0.0)
    (match,) = rank(PANEL, roster_of([wrong]), asker, 1).matches
    assert match.score == pytest.approx(
        # what is unknown keeps its neutral share: stage 0.6, language 0.6, timing 0.5;
        # the cohort's mix is no matter to a learner, and no money listed still earns 0.2
        8 * 0.6 + 4 * 0.6 + 3 * 0.5 + 5 * 0.1 + 4 * 0.2
    )


@examples(60)
@given(startups(), many(programmes(), 1), scales())
def test_a_pair_is_judged_alike_alone_and_in_the_list(one, others, scale):
    panel, roster = Panel(RULES, scale), roster_of(others)
    asker = Asker(one, ())
    ranking = rank(panel, roster, asker, 100, refusals=100)
    alone = [judge_pair(panel, roster, asker, other.id) for other in others]
    listed = [dataclasses.replace(match, near_ties=()) for match in ranking.matches]
    assert sorted((m for m in alone if isinstance(m, Match)), key=lambda m: m.id) == sorted(
        listed, key=lambda m: m.id
    )
    refused = sorted((r for r in alone if isinstance(r, Refusal)), key=lambda r: r.id)
    assert refused == list(ranking.refusals)


def test_judging_a_pair_with_a_stranger_is_an_error():
    with pytest.raises(KeyError):
        judge_pair(PANEL, roster_of([programme()]), Asker(startup(), ()), "stranger")


@examples(60)
@given(programmes(), many(startups(id=ids), 1), scales())
def test_sourcing_judges_each_pair_as_matching_does(other, left, scale):
    panel = Panel(RULES, scale)
    sourced = rank(panel, roster_of(left, side="left"), Asker(other, ()), 100, refusals=100)
    for one in left:
        pair = judge_pair(panel, roster_of([other]), Asker(one, ()), other.id)
        if isinstance(pair, Match):
            (found,) = [m for m in sourced.matches if m.id == one.id]
            assert (found.score, found.parts, found.checks) == (pair.score, pair.parts, pair.checks)
        else:
            (found,) = [r for r in sourced.refusals if r.id == one.id]
            assert found.others == pair.others


# ---- the order


@examples(60)
@given(startups(), many(programmes()), st.randoms(use_true_random=False), scales())
def test_the_order_in_which_programmes_come_does_not_matter(one, others, random, scale):
    before = ranked(others, one, panel=Panel(RULES, scale), refusals=100)
    random.shuffle(others)
    assert ranked(others, one, panel=Panel(RULES, scale), refusals=100) == before


@examples(60)
@given(startups(), many(programmes()), scales())
def test_best_first_and_ties_by_id(one, others, scale):
    matches = ranked(others, one, panel=Panel(RULES, scale)).matches
    places = [(-match.score, match.id) for match in matches]
    assert places == sorted(places)


def test_equal_programmes_come_in_order_of_id_however_many_are_asked_for():
    others = crowd(30)[::-1]
    for k in (1, 7, 29, 30, 31):
        assert order_of(ranked(others, k=k)) == [f"p{n:04d}" for n in range(min(k, 30))]


@pytest.mark.parametrize("share", [0.001, 0.01, 0.1, 1.0])
def test_as_many_come_back_as_are_open_at_any_selectivity(share):
    count = 3000
    wanted = {round(n / share) for n in range(int(count * share))}
    others = [
        dataclasses.replace(other, status="open" if n in wanted else "closed")
        for n, other in enumerate(crowd(count))
    ]
    ranking = ranked(others, k=len(wanted))
    assert {int(name[1:]) for name in order_of(ranking)} == wanted
    assert ranking.eligible == len(wanted)
    assert ranking.refused == count - len(wanted)
    assert len(ranked(others, k=count).matches) == len(wanted)


@pytest.mark.parametrize("k", [1, 10, 300])
def test_the_first_of_very_many_are_the_first_of_all(k):
    generator = np.random.default_rng(k)
    services = ["training", "mentoring", "market_access", "expansion", "workspace", "grant"]
    others = [
        programme(
            id=f"p{generator.integers(36**4):07d}-{n}",
            services=tuple(generator.choice(services, 2, replace=False)),
            sectors=(("fintech",), ("all",), ("agritech",))[generator.integers(3)],
        )
        for n in range(2 * FIRST_LOOKS[0])
    ]
    likes = [
        Likeness(name, generator.choice([0.1, 0.4, 0.9, np.nan], len(others)).astype(np.float32))
        for name in LIKENESSES
    ]
    everything = ranked(others, k=len(others), likes=likes)
    assert len(everything.matches) == len(others)
    assert order_of(ranked(others, k=k, likes=likes)) == order_of(everything)[:k]


@examples(80)
@given(
    st.data(), startups(), many(programmes(), 2),
    st.sampled_from(sorted(PROGRAMME_FACTS)),
)  # fmt: skip
def test_filling_a_fact_of_one_programme_never_reorders_the_others(data, one, others, field):
    before = order_of(ranked(others, one))
    known = data.draw(fact(PROGRAMME_FACTS, field))
    others[0] = dataclasses.replace(others[0], **{field: known})
    name = others[0].id
    after = order_of(ranked(others, one))
    assert [i for i in after if i != name] == [i for i in before if i != name]


READ_BY_GATES_ALONE = (
    "size employees founder_share_percent conflicts grants_held revenue_12m total_raised "
    "will_incorporate_abroad can_travel_weeks team_size full_time_people founded_on founded_year "
    "parent_country legal_status status"
).split()


def test_the_list_of_facts_that_gates_alone_read_is_right():
    read = Counter()

    @examples(60)
    @given(startups())
    def collects(one):
        for rule in FITS:
            before = rule.left_key(one, DAY)
            for field in STARTUP_FACTS:
                blank = dataclasses.replace(one, **{field: None})
                read[field] += rule.left_key(blank, DAY) != before

    collects()
    assert {field for field in STARTUP_FACTS if not read[field]} == {
        *READ_BY_GATES_ALONE,
        "founders",
    }


@examples(100)
@given(
    st.data(), startups(country=None, **dict.fromkeys(READ_BY_GATES_ALONE)),
    many(programmes(), 2), st.sampled_from(READ_BY_GATES_ALONE),
)  # fmt: skip
def test_filling_a_fact_that_gates_alone_read_never_reorders_what_stays_open(
    data, one, others, field
):
    before = {m.id: m.score for m in ranked(others, one).matches}
    filled = dataclasses.replace(one, **{field: data.draw(fact(STARTUP_FACTS, field))})
    after = {m.id: m.score for m in ranked(others, filled).matches}
    # it may close programmes, it opens none, and it changes no score
    assert list(after) == [name for name in before if name in after]
    assert all(before[name] == score for name, score in after.items())


@examples(80)
@given(startups(country=None), many(programmes(), 2), st.sampled_from(NEAR_COUNTRIES))
def test_telling_the_country_closes_what_runs_there_and_changes_no_score_but_by_its_blocs(
    one, others, country
):
    before = {m.id: m for m in ranked(others, one).matches}
    told = dataclasses.replace(one, country=country)
    after = {m.id: m for m in ranked(others, told).matches}
    assert not {other.id for other in others if other.host == country} & after.keys()
    assert after.keys() <= before.keys()
    for name, match in after.items():
        points = {part.rule: part.points for part in match.parts}
        for part in before[name].parts:
            same = points[part.rule] == part.points
            assert same or (part.rule == "market" and points[part.rule] < part.points)


@examples(80)
@given(
    ordinary_startups(), many(open_programmes(), 1), st.sampled_from(sorted(STARTUP_FACTS))
)  # fmt: skip
def test_forgetting_a_fact_leaves_every_open_programme_open(one, others, field):
    assume(field not in ("size", "parent_country"))  # one of several facts that pass
    before = set(order_of(ranked(others, one)))
    forgetful = dataclasses.replace(one, **{field: None})
    assert before <= set(order_of(ranked(others, forgetful)))


# ---- refusals and questions


@examples(80)
@given(startups(), many(programmes()))
def test_every_programme_is_either_a_match_or_a_refusal(one, others):
    ranking = ranked(others, one, refusals=100)
    matched, refused = set(order_of(ranking)), {r.id for r in ranking.refusals}
    assert not matched & refused
    assert matched | refused == {other.id for other in others}
    assert (ranking.eligible, ranking.refused) == (len(matched), len(refused))


@examples(80)
@given(startups(), many(programmes()))
def test_a_refusal_names_every_gate_that_refuses_in_reading_order(one, others):
    for refusal in ranked(others, one, refusals=100).refusals:
        other = next(p for p in others if p.id == refusal.id)
        refusing = [
            (gate.name, verdict.reason)
            for gate in GATES
            if (
                verdict := gate.judge(gate.left_key(one, DAY), gate.right_key(other, DAY))
            ).outcome is Outcome.BLOCKED
        ]  # fmt: skip
        assert list(refusal.others) == refusing
        assert (refusal.rule, refusal.reason) == refusing[0]


def test_as_many_refusals_are_explained_as_are_asked_for_in_order_of_id():
    others = crowd(9, status="closed")[::-1]
    assert [r.id for r in ranked(others, refusals=3).refusals] == ["p0000", "p0001", "p0002"]
    assert ranked(others).refusals == ()
    assert ranked(others).refused == 9


@examples(80)
@given(startups(), many(programmes()))
def test_every_unknown_is_a_question_to_the_right_side_and_every_passed_gate_is_shown(one, others):
    for match in ranked(others, one).matches:
        unknown = [p.rule for p in match.parts if p.verdict.outcome is Outcome.UNKNOWN]
        passed = [p.rule for p in match.gates]
        gates = {gate.name for gate in GATES}
        assert all(part.verdict.outcome is Outcome.PASSED for part in match.gates)
        asked = [check.rule for check in match.checks]
        assert set(asked) - set(passed) == set(asked)
        assert gates - set(passed) == {name for name in asked if name in gates}
        assert sorted(name for name in asked if name not in gates) == sorted(unknown)
        for check in match.checks:
            assert check.reason.code.endswith(f"ask_{check.ask}")


def test_who_has_no_text_is_asked_for_it():
    roster = roster_of([programme(id="a"), programme(id="b")])

    def asked(text):
        ranking = rank(PANEL, roster, asker_of(startup(), 2, text=text, portfolio=0.5), 2)
        return {m.id: [c.ask for c in m.checks if c.rule == "text"] for m in ranking.matches}

    assert asked([0.5, math.nan]) == {"a": [], "b": ["programme"]}
    assert asked(math.nan) == {"a": ["startup"], "b": ["startup"]}


def test_in_sourcing_the_programme_is_the_one_that_asks():
    roster = roster_of([startup(id="a"), startup(id="b")], side="left")

    def asked(text):
        ranking = rank(PANEL, roster, asker_of(programme(), 2, text=text, portfolio=0.5), 2)
        return {m.id: [c.ask for c in m.checks if c.rule == "text"] for m in ranking.matches}

    assert asked([0.5, math.nan]) == {"a": [], "b": ["startup"]}
    assert asked(math.nan) == {"a": ["programme"], "b": ["programme"]}


@pytest.mark.parametrize(
    ("cosine", "level"),
    [
        (0.0, "far"),
        (0.24, "far"),
        (0.3, "some"),
        (0.6, "close"),
        (0.8, "very_close"),
        (1.0, "very_close"),
    ],
)
def test_a_likeness_is_told_in_words_and_names_the_nearest_alumnus(cosine, level):
    asker = dataclasses.replace(
        asker_of(startup(), 1, text=cosine, portfolio=cosine), nearest=lambda p: f"of {p.id}"
    )
    (match,) = rank(PANEL, roster_of([programme()]), asker, 1).matches
    facts = {p.rule: dict(p.verdict.reason.facts) for p in match.parts if p.rule in LIKENESSES}
    assert facts["text"] == {"level": level, "nearest": None}
    assert facts["portfolio"] == {"level": level, "nearest": "of merlion-landing"}


# ---- how many, without whom, within which limits


@pytest.mark.parametrize("limits", [(), (Limit(lambda p: p.country, 2),)])
def test_none_asked_for_is_none_given(limits):
    assert ranked(crowd(5), k=0, limits=limits).matches == ()


def test_an_empty_roster_gives_an_empty_ranking():
    ranking = ranked([], refusals=5)
    assert (ranking.matches, ranking.refusals, ranking.eligible) == ((), (), 0)
    limited = ranked([], limits=[Limit(lambda p: p.country, 1)])
    assert limited.matches == ()


@examples(60)
@given(startups(), many(programmes(), 2), st.sets(st.integers(0, 5)))
def test_who_is_left_out_is_in_no_list_and_the_rest_keeps_its_order(one, others, picked):
    without = {others[n].id for n in picked if n < len(others)} | {"stranger"}
    everyone = ranked(others, one, refusals=100)
    rest = ranked(others, one, refusals=100, without=without)
    assert order_of(rest) == [i for i in order_of(everyone) if i not in without]
    assert [r.id for r in rest.refusals] == [r.id for r in everyone.refusals if r.id not in without]
    assert rest.eligible == len(rest.matches)
    assert rest.refused == len(rest.refusals)


@examples(60)
@given(ordinary_startups(), many(open_programmes(), 1, 10), st.integers(1, 3), st.integers(1, 8))
def test_limits_hold_and_as_many_come_back_as_they_allow(one, others, most, k):
    country_of = {other.id: other.country for other in others}
    limit = Limit(lambda other: other.country, most)
    found = order_of(ranked(others, one, k=k, limits=[limit]))
    assert all(count <= most for count in Counter(map(country_of.get, found)).values())
    # nobody is passed over whom the limit would still have let in
    kept, expected = Counter(), []
    for name in order_of(ranked(others, one)):
        if kept[country_of[name]] < most and len(expected) < k:
            kept[country_of[name]] += 1
            expected.append(name)
    assert found == expected


def test_two_limits_hold_at_once():
    others = [
        programme(id=f"p{n}", country=("SG", "KR")[n % 2], organisation=f"O{n % 3}")
        for n in range(12)
    ]
    limits = [Limit(lambda p: p.country, 3), Limit(lambda p: p.organisation, 1)]
    found = order_of(ranked(others, limits=limits))
    chosen = [p for p in others if p.id in found]
    assert len(chosen) == 3
    assert len({p.organisation for p in chosen}) == 3


# ---- near ties


@examples(80)
@given(ordinary_startups(), many(open_programmes(), 2), scales(), st.integers(1, 6))
def test_near_ties_are_symmetric_and_exactly_the_neighbours_within_the_noise(one, others, scale, k):
    panel = Panel(RULES, scale)
    whole = ranked(others, one, panel=panel).matches
    shown = ranked(others, one, k=k, panel=panel).matches
    noise = round(scale.noise * 100)
    for place, match in enumerate(shown):
        beside = [whole[n] for n in (place - 1, place + 1) if 0 <= n < len(whole)]
        close = [m.id for m in beside if abs(round((m.score - match.score) * 100)) < noise]
        assert list(match.near_ties) == close
    ties = {match.id: match.near_ties for match in whole}
    assert all(name in ties[other] for name in ties for other in ties[name])


def test_a_near_tie_just_below_the_list_is_flagged_on_its_last():
    matches = ranked(crowd(3), k=2).matches
    assert matches[1].near_ties == ("p0000", "p0002")


def test_without_noise_nothing_is_a_near_tie():
    panel = Panel(RULES, Scale(noise=0.0))
    assert ranked(crowd(2), panel=panel).matches[0].near_ties == ()


# ---- better facts


BETTER_FOR_GATES = [
    ("can_travel_weeks", 1.0, 50.0),
    ("founder_share_percent", 10.0, 90.0),
    ("team_size", 1, 20),
    ("full_time_people", 0, 20),
    ("will_incorporate_abroad", False, True),
    ("grants_held", ("cip", "kgc"), ("kgc",)),
    ("grants_held", ("cip",), ()),
    ("conflicts", ("K Lab", "Station Nord"), ("K Lab",)),
    ("total_raised", Money(2e6, "USD", 2e6), Money(1e4, "USD", 1e4)),
    ("languages", (LanguageSkill("en", "A2"),), (LanguageSkill("en", "B2"),)),
    ("languages", (LanguageSkill("vi"),), (LanguageSkill("vi"), LanguageSkill("en", "B1"))),
    ("size", "large", "sme"),
    ("employees", 201, 200),
    ("employees", 5_000, None),
]


@pytest.mark.parametrize(("field", "worse", "better"), BETTER_FOR_GATES)
def test_better_facts_close_no_programme_and_lower_no_score(field, worse, better):
    @examples(40)
    @given(startups(**{field: worse}), many(programmes(), 1))
    def holds(one, others):
        no_worse(others, one, dataclasses.replace(one, **{field: better}))

    holds()


def no_worse(others, one, improved):
    before = {m.id: m.score for m in ranked(others, one).matches}
    after = {m.id: m.score for m in ranked(others, improved).matches}
    assert before.keys() <= after.keys()
    assert all(after[name] >= score for name, score in before.items())


@examples(60)
@given(
    startups(parent_country=None, legal_status="company", will_incorporate_abroad=True),
    many(programmes(), 1),
    st.sampled_from(NEAR_COUNTRIES),
)
def test_a_parent_abroad_closes_no_programme_and_lowers_no_score(alone, others, country):
    owned = dataclasses.replace(alone, legal_status="foreign_parent", parent_country=country)
    hidden = dataclasses.replace(owned, parent_country=None)
    no_worse(others, alone, owned)
    # a parent of unknown country may be of any: it closes nothing that one of them leaves open
    no_worse(others, alone, hidden)
    no_worse(others, owned, hidden)


def test_the_shipped_points_are_those_of_the_rules_and_likenesses():
    (match,) = rank(PANEL, roster_of([programme()]), asker_of(startup(), 1), 1).matches
    assert {part.rule: part.max_points for part in match.parts} == dict(DEFAULT_POINTS)
    shown = [part.max_points for part in match.parts]
    assert shown == sorted(shown, reverse=True)


def test_an_incubator_of_the_same_country_is_refused_as_partner():
    panel = Panel(PARTNER_RULES, Scale(PARTNER_POINTS))
    others = [incubator(id="next-door"), incubator(id="abroad", country="KR")]
    roster = roster_of(others, PARTNER_RULES)
    ranking = rank(panel, roster, Asker(incubator(), ()), 5, refusals=5)
    assert order_of(ranking) == ["abroad"]
    assert [(r.id, r.rule) for r in ranking.refusals] == [("next-door", "abroad")]
