"""Vocabularies, nearness, blocs and levels."""

from itertools import product

import pytest

from matcher import taxonomy
from matcher.rules.goal import SERVING
from matcher.taxonomy import (
    BLOCS,
    CALL_NEEDS,
    COUNTRIES,
    LEVELS,
    SECTOR_PARENT,
    SERVICES,
    STAGE_RANK,
    TEST_SCORES_TO_LEVEL,
    expand,
    knows,
    level_of_score,
    level_rank,
    sector_nearness,
    service_nearness,
    share_bloc,
)

SECTORS = [s for s in SECTOR_PARENT if s != "all"]


@pytest.mark.parametrize(
    ("codes", "nearness"), [(SECTORS, sector_nearness), (SERVICES, service_nearness)]
)
def test_nearness_is_symmetric_within_bounds_and_one_only_for_the_same(codes, nearness):
    for one, other in product(codes, repeat=2):
        assert nearness(one, other) == nearness(other, one)
        assert 0.0 <= nearness(one, other) <= 1.0
        assert (nearness(one, other) == 1.0) is (one == other)


@pytest.mark.parametrize("sector", [*SECTORS, "all"])
def test_all_is_near_to_no_sector_not_even_itself(sector):
    assert sector_nearness("all", sector) == 0.0
    assert sector_nearness(sector, "all") == 0.0


@pytest.mark.parametrize(
    ("one", "other", "nearness"),
    [
        ("ai", "ict", 0.7),  # a child and its parent
        ("ai", "cybersecurity", 0.4),  # two children of one parent
        ("blockchain", "fintech", 0.7),
        ("hrtech", "ict", 0.0),  # a grandchild is not counted as near
        ("fintech", "agritech", 0.0),
        ("deeptech", "biotech", 0.8),  # the tag covers it
        ("deeptech", "fintech", 0.0),  # the tag does not
        ("healthtech", "biotech", 0.6),  # listed
        ("manufacturing", "robotics", 0.7),  # the highest of the ways to be near counts
    ],
)
def test_notable_sectors_are_as_near_as_argued(one, other, nearness):
    assert sector_nearness(one, other) == nearness


@pytest.mark.parametrize(
    ("table", "known"),
    [
        (taxonomy.SECTOR_NEARNESS, SECTOR_PARENT),
        (taxonomy.SERVICE_NEARNESS, SERVICES),
        ({frozenset(v): 1.0 for v in SERVING.values()}, SERVICES),
        ({taxonomy.DEEPTECH: 1.0, frozenset(taxonomy.PRIORITY_FIELDS): 1.0}, SECTOR_PARENT),
    ],
)
def test_tables_name_known_codes_only(table, known):
    assert set().union(*table) <= set(known)
    assert all(0.0 < share <= 1.0 for share in table.values())


def test_listed_pairs_are_pairs_of_two():
    # "a/a" would fold into a set of one and silently never be found
    for table in (taxonomy.SECTOR_NEARNESS, taxonomy.SERVICE_NEARNESS):
        assert all(len(pair) == 2 for pair in table)


def test_every_parent_is_a_sector_that_has_no_way_back_to_its_child():
    for sector in SECTOR_PARENT:
        above, parent = [sector], SECTOR_PARENT[sector]
        while parent is not None:
            assert parent in SECTOR_PARENT
            assert parent not in above
            above.append(parent)
            parent = SECTOR_PARENT[parent]


def test_the_call_s_four_needs_come_first():
    assert CALL_NEEDS == ("training", "product_dev", "market_access", "expansion")


def test_every_goal_has_services_that_serve_it():
    assert set(SERVING) == set(taxonomy.VOCABULARIES["goal"])


@pytest.mark.parametrize(("bloc", "members"), BLOCS.items())
def test_blocs_hold_countries_and_expand_to_them(bloc, members):
    assert members <= COUNTRIES
    assert expand((bloc,)) == members


@pytest.mark.parametrize(
    ("bloc", "size"),
    [
        ("ASEAN", 11),  # with Timor-Leste, since October 2025
        ("EU", 27),
        ("APEC", 21),
        ("CPTPP", 12),  # with the United Kingdom, since December 2024
        ("RCEP", 15),
        ("GCC", 6),
    ],
)
def test_blocs_have_as_many_members_as_in_life(bloc, size):
    assert len(BLOCS[bloc]) == size


def test_vietnam_is_a_member_of_its_four_blocs_and_hong_kong_and_taiwan_of_apec():
    assert {b for b, members in BLOCS.items() if "VN" in members} == {
        "ASEAN",
        "APEC",
        "CPTPP",
        "RCEP",
    }
    assert {"HK", "TW"} <= BLOCS["APEC"]


@pytest.mark.parametrize(
    ("markets", "countries"),
    [
        ((), frozenset()),
        (("KR",), {"KR"}),
        (("KR", "GCC"), {"KR", "AE", "BH", "KW", "OM", "QA", "SA"}),
        (("KR", "*"), COUNTRIES),
    ],
)
def test_markets_expand_to_countries(markets, countries):
    assert expand(markets) == countries


def test_blocs_shared_are_those_of_both_countries_in_order():
    assert share_bloc("VN", "SG") == ("ASEAN", "APEC", "CPTPP", "RCEP")
    assert share_bloc("VN", "DE") == ()
    assert share_bloc("SG", "VN") == share_bloc("VN", "SG")


def test_bloc_names_are_no_country_codes():
    assert not set(BLOCS) & COUNTRIES


def test_stages_stand_in_order_and_some_beside_each_other():
    ranks = list(STAGE_RANK.values())
    assert ranks == sorted(ranks)
    assert STAGE_RANK["series_c"] == STAGE_RANK["growth"]


def test_acquired_is_more_than_one_step_beyond_every_other_stage():
    others = (rank for stage, rank in STAGE_RANK.items() if stage != "acquired")
    assert STAGE_RANK["acquired"] - max(others) > 1


def test_levels_rise_from_a1_to_mother_tongue():
    assert [level_rank(level) for level in LEVELS] == list(range(len(LEVELS)))


@pytest.mark.parametrize("test", TEST_SCORES_TO_LEVEL)
def test_a_higher_score_never_means_a_lower_level(test):
    scores = [score / 2 for score in range(2000)]
    levels = [level_of_score(test, score) for score in scores]
    ranks = [-1 if level is None else level_rank(level) for level in levels]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize(
    ("test", "score", "level"),
    [
        ("IELTS", 5.5, "B2"),
        ("IELTS", 5.4, "B1"),
        ("IELTS", 3.5, None),  # below the table: no level rather than a guess
        ("TOPIK", 4, "B2"),
        ("TOEIC", 784, "B1"),
        ("CLB", 5, "B1"),  # the CLB 5 of the Canadian start-up visa
    ],
)
def test_scores_of_language_tests_stand_for_levels(test, score, level):
    assert level_of_score(test, score) == level


def test_every_vocabulary_lists_each_code_once():
    for name, codes in taxonomy.VOCABULARIES.items():
        assert len(set(codes)) == len(codes), name


def test_markets_are_countries_blocs_and_any():
    assert knows("market", "VN")
    assert knows("market", "ASEAN")
    assert knows("market", "*")
    assert not knows("country", "ASEAN")


def test_a_vocabulary_that_does_not_exist_is_an_error_and_not_a_no():
    with pytest.raises(KeyError):
        knows("colour", "red")
