"""A run done again: bit for bit from what was kept, its points from the profiles of then."""

import dataclasses

import pytest

from data import cohorts, consents, profiles, runs
from data.engines import reading, transaction
from matcher.profile import Founder
from matcher.rounds import run_round
from service.preparing import FEWEST, code_version
from service.replaying import replayed
from tests.cohort_house import COHORT, keep_cohort, run_cohort
from tests.service_fixtures import NOW, build


@pytest.fixture
def house(tmp_path):
    made = build(tmp_path)
    keep_cohort(made)
    return made


def again(house, run):
    return replayed(house.parts.matchmaker, run.id, run_round)


@pytest.mark.parametrize("mode", ["best", "fair", "stable"])
def test_a_run_repeats_bit_for_bit_and_its_points_come_out_the_same(house, mode):
    done = again(house, run_cohort(house, mode=mode))
    assert done.same
    assert done.points == "same"
    assert done.result_digest == done.again_digest == done.run.result_digest


def test_a_profile_that_changed_since_changes_no_run_of_before(house):
    run = run_cohort(house)
    with transaction(house.parts.engine) as conn:
        startup = profiles.get(conn, "startup", COHORT.startups[0])
        changed = dataclasses.replace(startup, stage="growth", description_en="Shoes.")
        profiles.put(conn, changed, who="test", at=NOW)
    done = again(house, run)
    assert (done.same, done.points) == (True, "same")


def test_a_run_of_other_code_is_done_with_its_kept_points_and_says_so(house):
    run = run_cohort(house)
    with transaction(house.parts.engine) as conn:
        kept = runs.round_of(conn, run.id)
        number = runs.queue(conn, run.order)
        claimed = runs.claim(conn, "test", NOW, number)
        grounds = dataclasses.replace(runs.grounds_of(run), code_version="0.0.1+old")
        runs.finish(conn, number, grounds, kept, run_round(kept, run.order.how), NOW)
    done = again(house, claimed)
    assert (done.same, done.points) == (True, "other_version")


def test_the_code_is_named_by_its_version_and_its_content():
    package, _, digest = code_version().partition("+")
    assert package
    assert len(digest) == 12
    assert code_version() == code_version()


def test_who_belongs_to_a_group_by_consent_is_told_in_sum_and_not_kept(house):
    engine = house.parts.engine
    names = [f"nu-sang-lap-{number}" for number in range(FEWEST)]
    with transaction(engine) as conn:
        model = profiles.get(conn, "startup", COHORT.startups[0])
        for name in names:
            founder = Founder(name="Nguyễn Thị Ví Dụ", sex="female")
            made = dataclasses.replace(model, id=name, name=name, founders=(founder,))
            profiles.put(conn, made, who="test", at=NOW)
            consents.give_consent(conn, name, "founders", "VN", given_on=NOW.date())
        wider = dataclasses.replace(COHORT, startups=(*COHORT.startups, *names))
        cohorts.replace(conn, wider, who="test", at=NOW, expected=None)
    run = run_cohort(house)
    with reading(engine) as conn:
        told = runs.outcome(conn, run.id).sheet.groups
        kept = runs.round_of(conn, run.id).groups
    assert [one.here.startups for one in told if one.attribute == "founder_sex"] == [FEWEST]
    assert "founder_sex" not in {attribute for attribute, _, _ in kept}
    assert again(house, run).same


def test_a_group_by_consent_of_a_few_is_not_told(house):
    engine, id = house.parts.engine, COHORT.startups[0]
    with transaction(engine) as conn:
        startup = profiles.get(conn, "startup", id)
        founder = Founder(name="Nguyễn Thị Ví Dụ", sex="female")
        profiles.put(conn, dataclasses.replace(startup, founders=(founder,)), who="test", at=NOW)
        consents.give_consent(conn, id, "founders", "VN", given_on=NOW.date())
    run = run_cohort(house)
    with reading(engine) as conn:
        told = runs.outcome(conn, run.id).sheet.groups
    assert "founder_sex" not in {one.attribute for one in told}
