"""The story on a real database with the real model: what is seen, when, by whom, and in what order.

Each test writes to a database of its own, often through an engine that the matchmaker does not
know, as another process would.
"""

import threading
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from data import decisions, profiles
from data.engines import engine_of, migrate, transaction
from data.vectors import DatabaseVectors
from matcher.errors import CauNoiError, ProfileNotFound
from matcher.profile import Alumnus, LanguageSkill, Money
from matcher.weights import Calibration, Scale
from models.shortlist import Shortlist
from models.vectors import RememberingEncoder
from service.matchmaking import Matchmaker, Wish
from service.settings import Settings
from tests.builders import NOW, incubator, programme, startup
from tests.service_fixtures import INCUBATORS, PROGRAMMES, STARTUPS, centring
from tests.service_fixtures import encoder as real_encoder

DAY = date(2026, 3, 1)
ALL = Wish(k=100)
SILENT = {"product_en": None, "product_vi": None, "description_en": None, "description_vi": None}


class Clock:
    """A day that a test can turn."""

    def __init__(self, day=DAY):
        self.day = day

    def __call__(self):
        return self.day


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/caunoi.db"


@pytest.fixture
def engine(url):
    engine = engine_of(url)
    migrate(engine)
    put(engine, *STARTUPS, *PROGRAMMES, *INCUBATORS)
    return engine


@pytest.fixture
def matchmaker(engine):
    return matchmaker_on(engine)


def matchmaker_on(engine, today=lambda: DAY):
    settings = Settings(_env_file=None)
    flat = {name: Calibration(0.0, 0.6, 0.3) for name in ("text", "portfolio")}
    encoder = RememberingEncoder(real_encoder(), DatabaseVectors(engine))
    return Matchmaker(
        engine,
        Shortlist(encoder, centring()),
        Scale(settings.points, flat, settings.noise),
        Scale(settings.partner_points, flat, settings.noise),
        today,
    )


def put(engine, *changed):
    with transaction(engine) as conn:
        profiles.put_all(conn, changed, who="test", at=NOW)


def delete(engine, kind, profile_id):
    with transaction(engine) as conn:
        profiles.delete(conn, kind, profile_id, who="test", at=NOW)


def decide(engine, asker, target, decision, kind="programme"):
    with transaction(engine) as conn:
        decisions.decide(conn, asker, kind, target, decision, who="an", at=NOW)


def ids(answer):
    return [match.id for match in answer.ranking.matches]


def refused(answer):
    return {refusal.id: refusal.rule for refusal in answer.ranking.refusals}


def programmes_of(matchmaker, asker="vi-du-pay", wish=ALL):
    return matchmaker.top_matches(asker, wish)


# -- what is seen --------------------------------------------------------------------------------


def test_each_asker_gets_every_profile_as_a_match_or_a_refusal(matchmaker):
    answers = (
        (programmes_of(matchmaker), {p.id for p in PROGRAMMES}),
        (matchmaker.top_startups("merlion-landing", ALL), {s.id for s in STARTUPS}),
        (
            matchmaker.top_partners("vuon-uom-vi-du", ALL),
            {"org-merlion-agency", "org-seoul-agency", "vuon-uom-hai"},
        ),
    )
    for answer, everybody in answers:
        assert set(ids(answer)) | set(refused(answer)) == everybody
        assert not set(ids(answer)) & set(refused(answer))
        assert answer.ranking.eligible + answer.ranking.refused == len(everybody)
        assert set(answer.profiles) == everybody
    assert refused(answers[0][0]) == {"closed-one": "status"}
    assert refused(answers[1][0]) == {"lon-qua": "size"}
    assert refused(answers[2][0]) == {"vuon-uom-hai": "abroad"}


def test_a_new_programme_is_in_the_next_search(engine, matchmaker):
    assert "new" not in ids(programmes_of(matchmaker))
    put(engine, programme(id="new", name="New"))
    answer = programmes_of(matchmaker)
    assert "new" in ids(answer)
    assert np.isfinite(text_points(answer, "new"))


def text_points(answer, profile_id, rule="text"):
    (match,) = (match for match in answer.ranking.matches if match.id == profile_id)
    return next(part.points for part in match.parts if part.rule == rule)


def test_a_changed_programme_is_read_anew_and_a_deleted_one_is_gone(engine, matchmaker):
    before = programmes_of(matchmaker)
    closed = replace(PROGRAMMES[0], status="closed")
    put(engine, closed)
    assert refused(programmes_of(matchmaker))["merlion-landing"] == "status"
    put(engine, PROGRAMMES[0])
    assert programmes_of(matchmaker).ranking == before.ranking
    delete(engine, "programme", "merlion-landing")
    after = programmes_of(matchmaker)
    assert "merlion-landing" not in {*ids(after), *refused(after)}
    put(engine, PROGRAMMES[0])
    assert programmes_of(matchmaker).ranking == before.ranking


def test_a_changed_text_changes_the_likeness(engine, matchmaker):
    before = text_points(programmes_of(matchmaker), "seoul-farm")
    payments = replace(PROGRAMMES[1], name="Pay", description_en=startup().description_en)
    put(engine, payments)
    assert text_points(programmes_of(matchmaker), "seoul-farm") > before


def test_a_changed_portfolio_changes_its_likeness_and_names_its_alumni(engine, matchmaker):
    programmes_of(matchmaker)
    alumni = (Alumnus("Shop Ltd", "payments for small shops"), Alumnus("Farm Ltd", "rice sensors"))
    put(engine, replace(PROGRAMMES[0], portfolio=alumni))
    answer = programmes_of(matchmaker)
    (match,) = (m for m in answer.ranking.matches if m.id == "merlion-landing")
    (part,) = (p for p in match.parts if p.rule == "portfolio")
    assert dict(part.verdict.reason.facts)["nearest"] == "Shop Ltd, Farm Ltd"
    put(engine, replace(PROGRAMMES[0], portfolio=None))
    (match,) = (m for m in programmes_of(matchmaker).ranking.matches if m.id == "merlion-landing")
    assert "portfolio" in {check.rule for check in match.checks}


def test_a_startup_put_changed_and_deleted_is_seen_by_sourcing(engine, matchmaker):
    def sourced():
        return matchmaker.top_startups("merlion-landing", ALL)

    assert "new" not in ids(sourced())
    put(engine, startup(id="new", name="New"))
    assert "new" in ids(sourced())
    put(engine, startup(id="new", name="New", size="large"))
    assert refused(sourced())["new"] == "size"
    delete(engine, "startup", "new")
    assert "new" not in {*ids(sourced()), *refused(sourced())}
    with pytest.raises(ProfileNotFound):
        programmes_of(matchmaker, "new")


def test_an_incubator_put_changed_and_deleted_is_seen_as_partner_and_as_asker(engine, matchmaker):
    def partners():
        return matchmaker.top_partners("vuon-uom-vi-du", ALL)

    abroad = incubator(id="abroad", name="Abroad", country="JP", sectors=("agritech",))
    assert "abroad" not in ids(partners())
    put(engine, abroad)
    assert "abroad" in ids(partners())
    assert ids(matchmaker.top_partners("abroad", ALL))
    put(engine, replace(abroad, country="VN"))
    assert refused(partners())["abroad"] == "abroad"
    delete(engine, "incubator", "abroad")
    assert "abroad" not in {*ids(partners()), *refused(partners())}
    with pytest.raises(ProfileNotFound):
        matchmaker.top_partners("abroad", ALL)


def test_an_organisation_comes_and_goes_with_its_programmes(engine, matchmaker):
    def partners():
        return ids(matchmaker.top_partners("vuon-uom-vi-du", ALL))

    assert "org-tokyo-hub" not in partners()
    put(engine, programme(id="tokyo", organisation="Tokyo Hub", country="JP"))
    assert "org-tokyo-hub" in partners()
    delete(engine, "programme", "tokyo")
    assert "org-tokyo-hub" not in partners()


def test_what_another_process_wrote_is_seen_too(engine, url, matchmaker):
    programmes_of(matchmaker)
    other = engine_of(url)
    put(other, programme(id="theirs", name="Theirs"), startup(id="ours", name="Ours"))
    assert "theirs" in ids(programmes_of(matchmaker))
    assert "ours" in ids(matchmaker.top_startups("theirs", ALL))
    delete(other, "programme", "theirs")
    assert "theirs" not in ids(programmes_of(matchmaker))


def test_a_profile_put_and_deleted_between_two_searches_is_never_seen(engine, matchmaker):
    before = programmes_of(matchmaker)
    put(engine, programme(id="fleeting"))
    delete(engine, "programme", "fleeting")
    assert matchmaker.catch_up() == 2
    assert programmes_of(matchmaker).ranking == before.ranking


def test_catching_up_counts_the_changes_and_then_has_nothing_to_do(engine, matchmaker):
    assert matchmaker.catch_up() == len(STARTUPS) + len(PROGRAMMES) + len(INCUBATORS)
    assert matchmaker.catch_up() == 0
    put(engine, replace(PROGRAMMES[0], fee=Money(100, "USD")))
    assert matchmaker.catch_up() == 1


def test_an_empty_database_has_no_answers_and_fills_up_later(url):
    engine = engine_of(url)
    migrate(engine)
    matchmaker = matchmaker_on(engine)
    assert matchmaker.catch_up() == 0
    answer = matchmaker.top_matches(startup(), ALL)
    assert (answer.ranking.matches, answer.ranking.refusals) == ((), ())
    put(engine, *PROGRAMMES)
    assert "merlion-landing" in ids(matchmaker.top_matches(startup(), ALL))


# -- a crash loses nothing -----------------------------------------------------------------------


def answers(matchmaker):
    """Everything that can be asked, in a form that can be compared."""
    return (
        [matchmaker.top_matches(each.id, ALL).ranking for each in STARTUPS],
        [matchmaker.top_startups(each.id, ALL).ranking for each in PROGRAMMES],
        [matchmaker.top_partners(each.id, ALL).ranking for each in INCUBATORS],
        [matchmaker.explain_pair(each.id, "seoul-farm") for each in STARTUPS],
    )


def test_a_matchmaker_that_was_killed_after_a_write_is_replaced_by_one_that_knows_it(
    engine, url, matchmaker
):
    answers(matchmaker)
    put(engine, programme(id="late", name="Late", description_en="Rice sensors."))
    put(engine, replace(PROGRAMMES[2], description_vi="Cảm biến cho ruộng lúa."))
    reborn = matchmaker_on(engine_of(url))
    assert answers(reborn) == answers(matchmaker)
    assert "late" in ids(programmes_of(reborn))


def test_a_catch_up_that_breaks_off_is_finished_by_the_next_one(engine, url, matchmaker):
    programmes_of(matchmaker)
    fresh = [programme(id=f"new-{i}", description_en=f"Programme number {i}.") for i in range(3)]
    put(engine, *fresh)

    def broken(done, total):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        matchmaker.catch_up(broken)
    assert {each.id for each in fresh} <= set(ids(programmes_of(matchmaker)))
    assert answers(matchmaker) == answers(matchmaker_on(engine_of(url)))


def test_the_order_in_which_changes_came_leaves_no_trace(engine, url, matchmaker):
    """Caught up change by change, or filled at once: the same answers to the last digit."""
    answers(matchmaker)
    for each in (
        replace(PROGRAMMES[1], description_en="Seeds and soil.", description_vi=None),
        programme(id="a-first", name="First", portfolio=(Alumnus("Rice Ltd", "rice sensors"),)),
        replace(STARTUPS[1], description_vi="Máy gặt lúa."),
        incubator(id="hanoi", name="Hanoi", country="KR"),
    ):
        put(engine, each)
        answers(matchmaker)
    delete(engine, "programme", "merlion-landing")
    put(engine, PROGRAMMES[0])
    assert answers(matchmaker) == answers(matchmaker_on(engine_of(url)))


def test_two_matchmakers_on_one_database_give_identical_answers(engine, url):
    assert answers(matchmaker_on(engine)) == answers(matchmaker_on(engine_of(url)))


# -- decisions -----------------------------------------------------------------------------------


@pytest.mark.parametrize("decision", ["shortlisted", "accepted", "met"])
def test_a_decision_marks_the_pair_and_leaves_it_in(engine, matchmaker, decision):
    decide(engine, "vi-du-pay", "seoul-farm", decision)
    answer = programmes_of(matchmaker)
    assert answer.decisions == {"seoul-farm": decision}
    assert "seoul-farm" in ids(answer)
    assert matchmaker.top_startups("seoul-farm", ALL).decisions == {"vi-du-pay": decision}


def test_a_declined_pair_leaves_both_lists_and_comes_back_when_withdrawn(engine, matchmaker):
    before = programmes_of(matchmaker)
    decide(engine, "vi-du-pay", "merlion-landing", "declined")
    answer = programmes_of(matchmaker)
    assert "merlion-landing" not in {*ids(answer), *refused(answer)}
    assert answer.ranking.eligible == before.ranking.eligible - 1
    sourced = matchmaker.top_startups("merlion-landing", ALL)
    assert "vi-du-pay" not in {*ids(sourced), *refused(sourced)}
    assert "merlion-landing" in ids(programmes_of(matchmaker, "nong-trai-so"))
    decide(engine, "vi-du-pay", "merlion-landing", "withdrawn")
    again = programmes_of(matchmaker)
    assert again.ranking == before.ranking
    assert again.decisions == {}


def test_declined_pairs_stay_in_where_they_are_asked_for(engine, matchmaker):
    before = programmes_of(matchmaker)
    decide(engine, "vi-du-pay", "merlion-landing", "declined")
    with_them = programmes_of(matchmaker, wish=Wish(k=100, with_declined=True))
    assert with_them.ranking == before.ranking
    assert with_them.decisions == {"merlion-landing": "declined"}


def test_the_last_decision_about_a_pair_counts(engine, matchmaker):
    for decision in ("declined", "shortlisted"):
        decide(engine, "vi-du-pay", "seoul-farm", decision)
    assert programmes_of(matchmaker).decisions == {"seoul-farm": "shortlisted"}


def test_a_declined_partner_leaves_the_list_of_that_incubator_only(engine, matchmaker):
    decide(engine, "vuon-uom-vi-du", "org-seoul-agency", "declined", kind="incubator")
    assert "org-seoul-agency" not in ids(matchmaker.top_partners("vuon-uom-vi-du", ALL))
    assert "org-seoul-agency" in ids(matchmaker.top_partners("vuon-uom-hai", ALL))


def test_an_incubator_is_never_in_its_own_list(matchmaker):
    for wish in (ALL, Wish(k=100, with_declined=True)):
        answer = matchmaker.top_partners("vuon-uom-hai", wish)
        assert "vuon-uom-hai" not in {*ids(answer), *refused(answer)}


def test_a_programme_with_the_id_of_the_startup_that_asks_is_in_its_list(engine, matchmaker):
    put(engine, programme(id="vi-du-pay", name="Of the same id"))
    assert "vi-du-pay" in ids(programmes_of(matchmaker))
    assert "vi-du-pay" in ids(matchmaker.top_startups("vi-du-pay", ALL))


# -- what is asked of a list ---------------------------------------------------------------------


def test_k_matches_come_in_the_order_of_the_whole_list(matchmaker):
    whole = ids(programmes_of(matchmaker))
    assert len(whole) == 3
    for k in range(4):
        assert ids(programmes_of(matchmaker, wish=Wish(k=k))) == whole[:k]


def test_limits_keep_the_best_of_each_country_and_organisation(matchmaker):
    whole = programmes_of(matchmaker)
    for name, value_of in (
        ("country", lambda p: p.host),
        ("organisation", lambda p: p.organisation),
    ):
        limited = programmes_of(matchmaker, wish=Wish(k=100, limits={name: 1}))
        best = {}
        for profile_id in ids(whole):
            best.setdefault(value_of(whole.profiles[profile_id]), profile_id)
        assert ids(limited) == list(best.values())
    assert len(ids(programmes_of(matchmaker, wish=Wish(k=100, limits={"country": 2})))) == 3


def test_a_limit_counts_the_country_where_a_programme_runs(engine, matchmaker):
    put(engine, programme(id="in-korea", country="SG", host_country="KR", organisation="Other"))
    limited = programmes_of(matchmaker, wish=Wish(k=100, limits={"country": 1}))
    assert len(ids(limited)) == 2


def test_partners_are_limited_by_country_too(engine, matchmaker):
    put(engine, programme(id="second", organisation="Second Agency"))
    limited = matchmaker.top_partners("vuon-uom-vi-du", Wish(k=100, limits={"country": 1}))
    assert sorted(limited.profiles[i].country for i in ids(limited)) == ["KR", "SG"]


def test_as_many_refusals_are_explained_as_are_asked_for(engine, matchmaker):
    put(engine, programme(id="also-closed", status="closed"))
    assert len(refused(programmes_of(matchmaker))) == 2
    one = programmes_of(matchmaker, wish=Wish(refusals=1))
    assert (len(one.ranking.refusals), one.ranking.refused) == (1, 2)


# -- who asks ------------------------------------------------------------------------------------


def test_a_profile_that_is_not_kept_gets_what_the_kept_one_gets(matchmaker):
    for kept in STARTUPS:
        saved = programmes_of(matchmaker, kept.id)
        unsaved = programmes_of(matchmaker, replace(kept, id="unsaved"))
        assert unsaved.ranking == saved.ranking
        explained = [matchmaker.explain_pair(asker, "seoul-farm") for asker in (kept, kept.id)]
        assert explained[0] == explained[1]
    home = INCUBATORS[0]
    unsaved = matchmaker.top_partners(replace(home, id="unsaved"), ALL)
    assert ids(unsaved) == ids(matchmaker.top_partners(home.id, ALL))


def test_a_profile_that_is_not_kept_leaves_no_trace(engine, matchmaker):
    before = matchmaker.top_startups("merlion-landing", ALL)
    programmes_of(matchmaker, startup(id="passing", name="Passing"))
    assert matchmaker.top_startups("merlion-landing", ALL).ranking == before.ranking
    assert matchmaker.catch_up() == 0


def test_one_language_or_both_meets_the_same_programmes(matchmaker):
    texts = {lang: getattr(STARTUPS[1], f"description_{lang}") for lang in ("vi", "en")}
    farm = replace(STARTUPS[1], **SILENT)
    in_vietnamese = replace(farm, description_vi=texts["vi"])
    in_english = replace(farm, description_en=texts["en"])
    both = replace(in_vietnamese, description_en=texts["en"])
    lists = [ids(programmes_of(matchmaker, each)) for each in (in_vietnamese, in_english, both)]
    assert lists[0] == lists[1] == lists[2]
    assert lists[0][0] == "seoul-farm"
    points = [
        text_points(programmes_of(matchmaker, each), "seoul-farm")
        for each in (in_vietnamese, in_english)
    ]
    assert min(points) > text_points(programmes_of(matchmaker, both), "merlion-landing")


def test_who_writes_nothing_is_asked_for_a_text_and_still_matched(matchmaker):
    answer = programmes_of(matchmaker, startup(**SILENT))
    assert len(ids(answer)) == 3
    for match in answer.ranking.matches:
        assert ("text", "startup") in {(check.rule, check.ask) for check in match.checks}


@pytest.mark.parametrize(
    ("ask", "kind", "wrong", "right"),
    [
        (lambda m, i: m.top_matches(i, ALL), "startup", "vi-du-pai", "vi-du-pay"),
        (lambda m, i: m.top_startups(i, ALL), "programme", "merlion-land", "merlion-landing"),
        (lambda m, i: m.top_partners(i, ALL), "incubator", "vuon-uom-ha", "vuon-uom-hai"),
        (lambda m, i: m.explain_pair(i, "seoul-farm"), "startup", "vi-du-pai", "vi-du-pay"),
        (lambda m, i: m.explain_pair("vi-du-pay", i), "programme", "seoul-fram", "seoul-farm"),
    ],
)
def test_an_unknown_id_is_told_with_those_spelt_alike(matchmaker, ask, kind, wrong, right):
    with pytest.raises(ProfileNotFound) as told:
        ask(matchmaker, wrong)
    assert told.value.facts["kind"] == kind
    assert told.value.facts["id"] == wrong
    assert right in told.value.facts["nearest"]


# -- the day turns -------------------------------------------------------------------------------


def test_a_window_that_closes_is_closed_for_everybody_the_next_day(engine):
    clock = Clock()
    put(engine, replace(PROGRAMMES[0], application_close=DAY))
    matchmaker = matchmaker_on(engine, clock)
    assert "merlion-landing" in ids(programmes_of(matchmaker))
    clock.day = DAY + timedelta(days=1)
    assert refused(programmes_of(matchmaker))["merlion-landing"] == "window"
    sourced = matchmaker.top_startups("merlion-landing", ALL)
    assert set(refused(sourced).values()) <= {"window", "size"}
    assert not ids(sourced)
    clock.day = DAY
    assert "merlion-landing" in ids(programmes_of(matchmaker))


def test_a_startup_grows_too_old_for_a_programme(engine):
    clock = Clock()
    put(engine, replace(PROGRAMMES[0], max_age_years=3.0))
    matchmaker = matchmaker_on(engine, clock)
    assert "merlion-landing" in ids(programmes_of(matchmaker))
    clock.day = date(2027, 3, 1)
    assert refused(programmes_of(matchmaker))["merlion-landing"] == "age"


def test_after_a_turned_day_changes_are_seen_as_after_a_new_start(engine, url):
    clock = Clock()
    matchmaker = matchmaker_on(engine, clock)
    answers(matchmaker)
    clock.day = DAY + timedelta(days=200)
    put(engine, programme(id="late", name="Late"))
    delete(engine, "programme", "closed-one")
    answer = programmes_of(matchmaker)
    assert "late" in ids(answer)
    assert "closed-one" not in refused(answer)
    put(engine, PROGRAMMES[3])
    assert answers(matchmaker) == answers(matchmaker_on(engine_of(url), clock))


# -- partners ------------------------------------------------------------------------------------


def test_outbound_pads_and_networks_are_partners_though_never_programmes(engine, matchmaker):
    pad = programme(id="pads", organisation="Pad Agency", country="AU", family="B", direction="out")
    network = programme(
        id="net", organisation="Net Agency", country="JP", family="F", org_type="network"
    )
    put(engine, pad, network)
    answer = programmes_of(matchmaker)
    assert refused(answer)["pads"] == "family"
    assert refused(answer)["net"] == "family"
    partners = ids(matchmaker.top_partners("vuon-uom-vi-du", ALL))
    assert {"org-pad-agency", "org-net-agency"} <= set(partners)


def test_a_visa_scheme_and_an_organisation_at_home_are_no_partners(engine, matchmaker):
    visa = programme(
        id="visa", organisation="Visa Office", country="JP", family="F", org_type="visa_programme"
    )
    home = programme(id="home", organisation="Home Hub", country="VN")
    put(engine, visa, home)
    answer = matchmaker.top_partners("vuon-uom-vi-du", ALL)
    assert refused(answer)["org-visa-office"] == "operator_kind"
    assert refused(answer)["org-home-hub"] == "abroad"
    assert refused(programmes_of(matchmaker))["visa"] == "family"


def test_an_organisation_of_several_programmes_is_one_partner_near_to_all_of_them(matchmaker):
    partners = matchmaker.top_partners("vuon-uom-vi-du", ALL)
    assert ids(partners).count("org-merlion-agency") == 1
    near = matchmaker.shortlist
    vector = near.mean_of_programmes(["merlion-landing", "merlion-growth", "closed-one"])
    kept = matchmaker.partners.indexes["text"].vector("org-merlion-agency")
    assert kept.tolist() == vector.tolist()


# -- an unknown that is filled -------------------------------------------------------------------


@pytest.mark.parametrize(
    "filled",
    [
        {"can_travel_weeks": 26.0},
        {"team_size": 8, "full_time_people": 6},
        {"founder_share_percent": 80.0},
        {"revenue_12m": Money(50_000, "USD", 50_000.0)},
        {"total_raised": Money(100_000, "USD", 100_000.0)},
        {"will_incorporate_abroad": True},
        {"grants_held": ()},
        {"conflicts": ()},
        {"size": "sme"},
    ],
    ids=lambda filled: "-".join(filled),
)
def test_filling_what_only_gates_read_never_reorders_what_stays_open(engine, matchmaker, filled):
    put(
        engine,
        programme(id="strict", min_team=3, min_full_time=2, incorporation_required=True),
        programme(id="on-site", on_site="full", on_site_weeks=8.0, min_founder_share=51.0),
        programme(
            id="small-only",
            max_revenue=Money(1e6, "USD", 1e6),
            max_raised=Money(5e5, "USD", 5e5),
            exclusive_with=("other-grant",),
        ),
    )
    before = programmes_of(matchmaker)
    put(engine, replace(STARTUPS[0], **filled))
    after = programmes_of(matchmaker)
    assert ids(after) == [i for i in ids(before) if i in ids(after)]
    scores = {match.id: match.score for match in before.ranking.matches}
    assert all(match.score == scores[match.id] for match in after.ranking.matches)
    open_questions = [sum(len(m.checks) for m in a.ranking.matches) for a in (before, after)]
    assert open_questions[1] < open_questions[0]


def test_an_unknown_fact_of_a_programme_moves_that_programme_alone(engine, matchmaker):
    before = programmes_of(matchmaker)
    put(engine, replace(PROGRAMMES[1], equity_percent=0.0, fee=Money(0, "USD", 0.0), rolling=True))
    after = programmes_of(matchmaker)
    kept = [[m for m in a.ranking.matches if m.id != "seoul-farm"] for a in (before, after)]
    assert [(m.id, m.score, m.parts) for m in kept[0]] == [
        (m.id, m.score, m.parts) for m in kept[1]
    ]


# -- all at once ---------------------------------------------------------------------------------


def test_a_batch_gives_every_startup_what_it_gets_alone(engine, matchmaker):
    put(
        engine,
        *(
            programme(id=f"p{i}", sectors=(sector,), description_en=f"For {sector} firms.")
            for i, sector in enumerate(("fintech", "agritech", "healthtech", "energy", "ai"))
        ),
        startup(id="english", languages=(LanguageSkill("en", "C1"),), target_markets=("KR", "SG")),
        startup(id="silent", **SILENT),
    )
    k = 20
    best = matchmaker.best_for_all(k)
    askers = matchmaker.startups.roster.profiles
    targets = matchmaker.programmes.roster.profiles
    assert best.places.shape == best.sums.shape == (len(askers), k)
    for row, asker in enumerate(askers):
        alone = programmes_of(matchmaker, asker.id, Wish(k=k)).ranking.matches
        found = [int(place) for place in best.places[row] if place >= 0]
        assert [targets[place].id for place in found] == [match.id for match in alone]
        sums = [int(total) for total in best.sums[row][: len(found)]]
        assert sums == [round(match.score * 100) for match in alone]


def test_searches_and_writes_at_the_same_time_never_meet_half_a_change(engine, url, matchmaker):
    """Two threads search while a third writes through another engine; all ends in one state."""
    programmes_of(matchmaker)
    names = [f"busy-{i}" for i in range(8)]
    errors, done = [], threading.Event()

    def search(ask):
        try:
            while not done.is_set():
                for match in ask().ranking.matches:
                    total = sum(round(part.points * 100) for part in match.parts)
                    assert total == round(match.score * 100)
        except (AssertionError, CauNoiError, LookupError, ValueError) as error:
            errors.append(error)

    def write():
        other = engine_of(url)
        try:
            for name in names:
                put(other, programme(id=name, name=name), startup(id=f"s-{name}", name=name))
            for name in names[::2]:
                delete(other, "programme", name)
        except CauNoiError as error:
            errors.append(error)
        finally:
            done.set()

    asks = (
        lambda: programmes_of(matchmaker),
        lambda: matchmaker.top_startups("merlion-landing", ALL),
    )
    threads = [threading.Thread(target=search, args=(ask,)) for ask in asks]
    threads.append(threading.Thread(target=write))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert set(names[1::2]) <= set(ids(programmes_of(matchmaker)))
    assert not set(names[::2]) & set(ids(programmes_of(matchmaker)))
    assert answers(matchmaker) == answers(matchmaker_on(engine_of(url)))


def test_a_change_of_the_model_encodes_anew_and_keeps_both(engine, matchmaker):
    """Vectors are kept by model: those of another never answer for this one."""
    programmes_of(matchmaker)
    store = DatabaseVectors(engine)
    assert store.fetch("another/model", ["0" * 64]) == {}
    with transaction(engine) as conn:
        counted = conn.exec_driver_sql("select model_id, count(*) from vectors group by 1").all()
    assert [model for model, _ in counted] == [real_encoder().model_id]
