"""Cohorts kept: versions, conflicts between officers, and what is refused."""

import unicodedata
from dataclasses import replace
from datetime import date, timedelta

import pytest

from data import cohorts, profiles, publications
from data.cohorts import body_of, cohort_of, digest_of
from data.engines import engine_of, migrate, transaction
from matcher.cohort import Intake, PairRule, Quota
from matcher.errors import (
    CohortExists,
    CohortMemberUnknown,
    CohortNotFound,
    CohortPublished,
    CohortStale,
    InvalidField,
    LimitInvalid,
    Stale,
)
from matcher.profile import Money
from tests.builders import NOW
from tests.kept_rounds import cohort, keep_profiles

LATER = NOW + timedelta(days=1)


@pytest.fixture
def conn(tmp_path):
    engine = engine_of(f"sqlite:///{tmp_path}/caunoi.db")
    migrate(engine)
    with transaction(engine) as conn:
        keep_profiles(conn)
        yield conn


def add(conn, one=None):
    return cohorts.add(conn, one or cohort(), who="an", at=NOW)


def replaced(conn, one, expected=1):
    return cohorts.replace(conn, one, who="bình", at=LATER, expected=expected)


def full():
    """A cohort of which every field is filled."""
    return cohort(
        opens_on=date(2026, 3, 1),
        closes_on=date(2026, 4, 30),
        budget_year=2026,
        budget=Money(2e9, "VND"),
        offers=2,
        assumed_places=3,
        least_points=40,
        startup_side=60,
        intakes=(
            Intake(programme_id="k-lab", places=2, min_intake=1, cost_per_place=Money(9e3, "USD")),
            Intake(programme_id="merlion"),
        ),
        pair_rules=(
            PairRule(startup_id="an-pay", programme_id="k-lab", ruling="forced", why="Đã ký"),
            PairRule(startup_id="chi-med", programme_id="merlion", ruling="conflict"),
        ),
        quotas=(Quota(name="Hàn", attribute="country", value="KR", at_least=1, at_most=2),),
        note="Đợt thử nghiệm",
    )


def test_a_cohort_is_found_as_it_was_added(conn):
    kept = add(conn, full())
    assert (kept.version, kept.changed_at, kept.changed_by) == (1, NOW, "an")
    assert cohorts.get(conn, "dot-1-2026") == kept
    assert kept.cohort.budget.usd is not None
    assert replace(kept.cohort, budget=full().budget, intakes=full().intakes) == full()


def test_every_field_of_a_cohort_survives_its_body():
    assert replace(cohort_of(body_of(full())), budget=full().budget).note == full().note
    assert body_of(cohort_of(body_of(full()))) == body_of(full())


def test_texts_are_kept_composed(conn):
    name = unicodedata.normalize("NFD", "Đợt Hội Nhập")
    assert add(conn, cohort(name=name)).cohort.name == unicodedata.normalize("NFC", name)


def test_a_cohort_is_added_once(conn):
    add(conn)
    with pytest.raises(CohortExists):
        add(conn)


def test_every_version_is_kept(conn):
    first = add(conn)
    second = replaced(conn, cohort(name="Đợt 1 (sửa)"))
    assert (second.version, second.changed_by) == (2, "bình")
    assert cohorts.get(conn, "dot-1-2026") == second
    assert cohorts.get(conn, "dot-1-2026", 1) == first
    assert cohorts.versions(conn, "dot-1-2026") == (second, first)
    assert cohorts.version_of(conn, "dot-1-2026") == 2


def test_equal_content_makes_no_version(conn):
    kept = add(conn, full())
    assert replaced(conn, full()) == kept
    assert cohorts.versions(conn, "dot-1-2026") == (kept,)


def test_an_edit_of_a_version_that_is_gone_is_refused(conn):
    add(conn)
    replaced(conn, cohort(offers=2))
    with pytest.raises(CohortStale) as refused:
        replaced(conn, cohort(offers=3), expected=1)
    assert isinstance(refused.value, Stale)
    assert refused.value.facts == {"id": "dot-1-2026", "version": 2}
    assert replaced(conn, cohort(offers=3), expected=None).version == 3


def test_a_cohort_that_is_not_there_is_refused_with_ids_that_are_spelt_alike(conn):
    add(conn)
    for ask in (
        lambda: cohorts.get(conn, "dot-1-2027"),
        lambda: cohorts.version_of(conn, "dot-1-2027"),
        lambda: cohorts.versions(conn, "dot-1-2027"),
        lambda: replaced(conn, cohort(id="dot-1-2027")),
        lambda: cohorts.delete(conn, "dot-1-2027", None, who="an", at=NOW),
    ):
        with pytest.raises(CohortNotFound) as refused:
            ask()
        assert refused.value.facts["nearest"] == ("dot-1-2026",)
    with pytest.raises(CohortNotFound):
        cohorts.get(conn, "dot-1-2026", 2)


def test_all_cohorts_are_listed_by_id(conn):
    second, first = add(conn, cohort(id="dot-2")), add(conn)
    assert cohorts.all_cohorts(conn) == (first, second)


def test_a_deleted_cohort_is_hidden_and_its_versions_stay(conn):
    kept = add(conn)
    with pytest.raises(CohortStale):
        cohorts.delete(conn, "dot-1-2026", 2, who="an", at=NOW)
    assert cohorts.delete(conn, "dot-1-2026", 1, who="an", at=LATER) == 2
    assert cohorts.all_cohorts(conn) == ()
    assert cohorts.get(conn, "dot-1-2026", 1) == kept
    with pytest.raises(CohortNotFound):
        cohorts.get(conn, "dot-1-2026")
    assert add(conn).version == 3


def test_a_cohort_whose_list_is_published_is_not_deleted(conn):
    add(conn)
    act = publications.publish(
        conn, "dot-1-2026", None, [("an-pay", "k-lab")], expected=None, who="an", at=NOW
    )
    with pytest.raises(CohortPublished):
        cohorts.delete(conn, "dot-1-2026", None, who="an", at=NOW)
    publications.undo(conn, "dot-1-2026", expected=act.id, who="an", at=NOW)
    cohorts.delete(conn, "dot-1-2026", None, who="an", at=NOW)


def test_ids_without_a_living_profile_are_refused_with_the_nearest(conn):
    for changes, kind, id, nearest in (
        ({"startups": ("an-pai",)}, "startup", "an-pai", ("an-pay",)),
        ({"intakes": (Intake(programme_id="k-labs"),)}, "programme", "k-labs", ("k-lab",)),
    ):
        with pytest.raises(CohortMemberUnknown) as refused:
            add(conn, cohort(**changes))
        assert refused.value.facts == {"kind": kind, "id": id, "nearest": nearest}
    profiles.delete(conn, "startup", "chi-med", who="an", at=NOW)
    with pytest.raises(CohortMemberUnknown):
        add(conn)


def test_limits_are_held_against_the_profiles_that_are_kept(conn):
    asked = Quota(name="Y tế", attribute="sector", value="healthtech", at_least=2)
    with pytest.raises(LimitInvalid) as refused:
        add(conn, cohort(quotas=(asked,)))
    assert refused.value.facts["found"] == 1
    too_many = (Intake(programme_id="merlion", min_intake=3),)
    with pytest.raises(LimitInvalid):
        add(conn, cohort(intakes=too_many))


def test_a_field_that_does_not_hold_is_refused(conn):
    with pytest.raises(InvalidField) as refused:
        add(conn, cohort(offers=0))
    assert refused.value.facts["field"] == "offers"
    with pytest.raises(InvalidField):
        add(conn, cohort(name=" "))


def test_a_cohort_without_anybody_is_kept_to_be_filled_later(conn):
    empty = cohort(startups=(), intakes=())
    assert add(conn, empty).cohort == empty


def test_the_digest_tells_contents_apart_and_not_how_they_are_composed():
    name = unicodedata.normalize("NFD", cohort().name)
    assert digest_of(cohort()) == digest_of(cohort(name=name))
    assert digest_of(cohort()) != digest_of(cohort(offers=2))
