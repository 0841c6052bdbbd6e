"""A roster and its vectors side by side: rows, likenesses, and what changes them."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from matcher.nearness import likeness_to, of_text
from matcher.profile import Alumnus
from matcher.rules import RULES
from matcher.weights import LIKENESSES, PORTFOLIO, TEXT
from models.shortlist import Shortlist
from service.pool import Pool, both_sides
from tests.builders import programme, startup
from tests.service_fixtures import centring
from tests.service_fixtures import encoder as real_encoder

DAY = date(2026, 3, 1)
ALUMNI = (Alumnus("Shop Ltd", "payments for small shops"), Alumnus("Farm Ltd", "rice sensors"))
PROGRAMMES = [
    programme(id="pay", portfolio=ALUMNI),
    programme(id="farm", name="Farm", description_en="Farm technology.", description_vi=None),
    programme(id="scan", name="Scan", description_en="Hospitals.", portfolio=ALUMNI[1:]),
    programme(id="boat", name="Boat", description_en="River boats.", portfolio=(Alumnus("X"),)),
]
SILENT = startup(
    id="silent", product_en=None, product_vi=None, description_en=None, description_vi=None
)
STARTUPS = [
    startup(),
    SILENT,
    startup(id="farmer", product_en=None, product_vi=None, description_en="Rice sensors."),
]


@pytest.fixture
def near():
    real_encoder()
    near = Shortlist(real_encoder(), centring())
    near.learn_programmes(PROGRAMMES)
    near.learn_startups(STARTUPS)
    return near


@pytest.fixture
def pool(near):
    pool = Pool(RULES, "right", DAY, {TEXT: near.programmes, PORTFOLIO: near.portfolios})
    pool.put(PROGRAMMES)
    return pool


def asked(pool, vector):
    return pool.likenesses({TEXT: vector, PORTFOLIO: vector})


def everywhere(pool):
    return np.arange(len(pool.roster))


def test_likenesses_are_those_to_the_portraits_of_each_profile(near, pool):
    vector = near.startup_vector(startup())
    text, portfolio = asked(pool, vector)
    for place, one in enumerate(PROGRAMMES):
        seen = near.portfolio(one.id)
        expected = pytest.approx(near.programme_vector(one.id) @ vector, abs=1e-6)
        assert text.at(everywhere(pool))[place] == expected
        cosines = [0.0] * 5 if seen is None else seen.members @ vector
        expected = np.nan if seen is None else seen.centre @ vector + 0.1 * sum(cosines)
        found = portfolio.at(everywhere(pool))[place]
        assert found == pytest.approx(expected, abs=1e-6, nan_ok=True)
        assert portfolio.known(np.array([place]))[0] == (seen is not None)


def test_likenesses_come_in_their_fixed_order_and_only_those_that_are_asked(near, pool):
    vector = near.startup_vector(startup())
    both = pool.likenesses({PORTFOLIO: vector, TEXT: vector})
    assert [likeness.name for likeness in both] == list(LIKENESSES)
    assert [likeness.name for likeness in pool.likenesses({TEXT: vector})] == [TEXT]


def test_a_programme_without_a_portfolio_is_unknown_and_not_far(near, pool):
    portfolio = asked(pool, near.startup_vector(startup()))[1]
    cosines = dict(
        zip(("pay", "farm", "scan", "boat"), portfolio.at(everywhere(pool)), strict=True)
    )
    assert np.isnan(cosines["farm"])
    assert np.isnan(cosines["boat"])
    assert cosines["pay"] > cosines["scan"]


def test_an_asker_without_a_text_is_unknown_to_everybody(near, pool):
    for likeness in asked(pool, near.startup_vector(SILENT)):
        assert not likeness.asker_known
        assert np.isnan(likeness.at(everywhere(pool))).all()
        assert not likeness.known(everywhere(pool)).any()


def test_a_likeness_does_not_depend_on_which_others_are_looked_at(near, pool):
    text = asked(pool, near.startup_vector(startup()))[0]
    whole = text.at(everywhere(pool))
    for place in everywhere(pool):
        assert text.at(np.array([place]))[0] == whole[place]
    assert text.at(np.array([2, 0])).tolist() == whole[[2, 0]].tolist()


def test_rows_follow_what_is_put_and_removed(near, pool):
    assert pool.rows(TEXT).tolist() == [near.programmes.ids.index(p.id) for p in PROGRAMMES]
    near.forget("programme", "pay")
    pool.remove("pay")
    ids = [profile.id for profile in pool.roster.profiles]
    assert sorted(ids) == ["boat", "farm", "scan"]
    assert pool.rows(TEXT).tolist() == [near.programmes.ids.index(i) for i in ids]
    new = programme(id="new", description_en="Payments again.", portfolio=ALUMNI)
    near.learn_programmes([new])
    pool.put([new])
    vector = near.startup_vector(startup())
    for likeness in asked(pool, vector):
        for place, profile in enumerate(pool.roster.profiles):
            index = pool.indexes[likeness.name]
            found = likeness.at(np.array([place]))[0]
            expected = np.nan
            if profile.id in index:
                row = np.array([index.ids.index(profile.id)])
                expected = likeness_to(of_text(vector), index.gallery, row)[0]
            assert np.array_equal(found, expected, equal_nan=True)


def test_a_profile_put_again_keeps_its_place_and_takes_its_new_vector(near, pool):
    vector = near.startup_vector(startup())
    before = asked(pool, vector)[0].at(everywhere(pool))
    changed = replace(PROGRAMMES[3], description_en=startup().description_en, name="Payments")
    near.learn_programmes([changed])
    pool.put([changed])
    after = asked(pool, vector)[0].at(everywhere(pool))
    assert after[3] > before[3]
    assert after[:3].tolist() == before[:3].tolist()


def test_an_empty_pool_answers_with_nothing(near):
    index = Shortlist(real_encoder(), centring()).programmes
    pool = Pool(RULES, "right", DAY, {TEXT: index})
    (likeness,) = pool.likenesses({TEXT: near.startup_vector(startup())})
    assert likeness.at(everywhere(pool)).shape == (0,)


def test_profiles_without_any_vector_have_zeros_and_are_unknown(near):
    index = Shortlist(real_encoder(), centring()).programmes
    pool = Pool(RULES, "right", DAY, {TEXT: index})
    pool.put(PROGRAMMES)
    (likeness,) = pool.likenesses({TEXT: near.startup_vector(startup())})
    assert np.isnan(likeness.at(everywhere(pool))).all()


def test_another_day_reads_the_same_profiles_anew(near):
    closing = programme(application_close=date(2026, 3, 15))
    pool = Pool(RULES, "right", DAY, {TEXT: near.programmes})
    pool.put([closing])
    later = pool.on(date(2026, 3, 16))
    assert later.roster.profiles == pool.roster.profiles
    assert pool.roster.on == DAY
    assert not all(
        one == other for one, other in zip(pool.roster.keys, later.roster.keys, strict=True)
    )


def test_what_is_between_two_pools_is_what_every_asker_sees(near, pool):
    startups = Pool(RULES, "left", DAY, {TEXT: near.startups, PORTFOLIO: near.startups})
    startups.put(STARTUPS)
    lefts, rights = np.array([2, 0]), np.array([3, 1, 0])
    between = both_sides(startups, lefts, pool, rights)
    assert [one.name for one in between] == list(LIKENESSES)
    for at, left in enumerate(lefts):
        vector = near.startup_vector(STARTUPS[left])
        for one, likeness in zip(between, asked(pool, vector), strict=True):
            seen = of_text(one.vectors[one.vector_rows[at]])
            found = likeness_to(seen, one.gallery, one.rows)
            assert np.array_equal(found, likeness.at(rights), equal_nan=True)
