"""Limits that cannot hold, each refused by its name and its cause."""

import inspect
import re
from datetime import date

import pytest

from data.currencies import in_usd
from data.texts import LANGUAGES, Texts
from matcher import limits
from matcher.cohort import Intake, PairRule, Quota
from matcher.errors import LimitInvalid
from matcher.limits import VOCABULARY_OF, checked, needs_profiles
from matcher.profile import Money
from matcher.taxonomy import VOCABULARIES
from tests.builders import programme, startup
from tests.kept_rounds import PROGRAMMES, STARTUPS, by_id, cohort


def money(amount, currency="VND"):
    return in_usd(Money(amount, currency))


def quota(**changes):
    values = {"name": "Hàn Quốc", "attribute": "country", "value": "KR", "at_most": 1}
    return Quota(**(values | changes))


def forced(startup="an-pay", programme="k-lab", why="Quyết định 12/QĐ-SKHCN"):
    return PairRule(startup_id=startup, programme_id=programme, ruling="forced", why=why)


def closed(startup="an-pay", programme="k-lab", ruling="forbidden"):
    return PairRule(startup_id=startup, programme_id=programme, ruling=ruling)


def intakes(**changes):
    """K Lab with these changes, and Merlion as it is."""
    k_lab = Intake(**({"programme_id": "k-lab", "places": 2} | changes))
    return k_lab, Intake(programme_id="merlion")


def check(one):
    checked(one, by_id(STARTUPS), by_id(PROGRAMMES))


def refused(**changes):
    """The facts of the refusal of a cohort, those that are unknown left out."""
    with pytest.raises(LimitInvalid) as error:
        check(cohort(**changes))
    for lang in LANGUAGES:
        text = Texts(lang).error(error.value)
        assert error.value.facts["cause"] not in text.detail
    return {name: fact for name, fact in error.value.facts.items() if fact is not None}


def test_a_cohort_without_limits_passes():
    check(cohort())
    checked(cohort())


def test_every_limit_that_can_hold_passes_together():
    check(
        cohort(
            budget=money(2e9),
            offers=2,
            intakes=intakes(min_intake=2, cost_per_place=money(20_000, "USD")),
            pair_rules=(forced(), closed("binh-agri"), closed("chi-med", "merlion", "conflict")),
            quotas=(
                quota(at_least=1, at_most=2),
                quota(name="Tổ chức", attribute="organisation", value="k lab SEOUL", at_most=2),
                quota(
                    name="Nông nghiệp",
                    attribute="sector",
                    value="agritech",
                    at_least=2,
                    at_most=None,
                ),
                quota(name="Bến Nghé", attribute="district", value="Bến Nghé", at_most=1),
                quota(name="Giai đoạn", attribute="stage", value="mvp", at_most=0),
            ),
        )
    )


def test_the_window_ends_after_it_opens():
    facts = refused(opens_on=date(2026, 5, 2), closes_on=date(2026, 5, 1))
    assert facts == {"limit": "window", "cause": "ends_before_it_opens"}
    check(cohort(opens_on=date(2026, 5, 2), closes_on=date(2026, 5, 2)))


def test_nobody_is_listed_twice():
    facts = refused(startups=("an-pay", "chi-med", "an-pay"))
    assert facts == {"limit": "startups", "cause": "listed_twice", "about": "an-pay"}
    facts = refused(intakes=(*intakes(), Intake(programme_id="k-lab")))
    assert facts == {"limit": "intakes", "cause": "listed_twice", "about": "k-lab"}


def test_a_budget_needs_a_cost_that_is_known():
    assert refused(budget=money(1e9)) == {"limit": "budget", "cause": "no_cost_known"}


def test_a_cost_that_cannot_be_compared_with_the_budget_is_refused():
    priced = intakes(cost_per_place=Money(5.0, "CLP"))
    facts = refused(budget=money(1e9), intakes=priced)
    assert facts == {"limit": "budget", "cause": "no_rate", "about": "k-lab"}
    check(cohort(budget=Money(9.0, "CLP"), intakes=priced))


def test_what_is_forced_costs_no_more_than_the_budget():
    priced = intakes(cost_per_place=money(600))
    rules = (forced(), forced("chi-med"))
    facts = refused(budget=money(1_199), intakes=priced, pair_rules=rules)
    assert (facts["limit"], facts["cause"]) == ("budget", "forced_above_most")
    assert (facts["asked"].amount, facts["found"].amount) == (1_200, 1_199)
    check(cohort(budget=money(1_200), intakes=priced, pair_rules=rules))


def test_least_intakes_cost_no_more_than_the_budget():
    priced = intakes(cost_per_place=money(600), min_intake=2)
    facts = refused(budget=money(1_199), intakes=priced)
    assert (facts["limit"], facts["cause"]) == ("budget", "least_intakes_above_most")
    check(cohort(budget=money(1_200), intakes=priced))


@pytest.mark.parametrize("ruled", [forced("nobody"), closed("nobody"), closed("an-pay", "nobody")])
def test_pair_rules_are_about_what_is_in_the_round(ruled):
    facts = refused(pair_rules=(ruled,))
    assert facts == {"limit": "pair_rules", "cause": "not_in_the_round", "about": "nobody"}


def test_a_pair_is_ruled_once():
    for rules, cause in (
        ((closed(), closed()), "ruled_twice"),
        ((closed(), closed(ruling="conflict")), "ruled_twice"),
        ((forced(), forced()), "ruled_twice"),
        ((forced(), closed()), "forced_and_closed"),
        ((closed(ruling="conflict"), forced()), "forced_and_closed"),
    ):
        facts = refused(pair_rules=rules)
        assert facts == {"limit": "pair_rules", "cause": cause, "about": "an-pay → k-lab"}


@pytest.mark.parametrize("why", [None, "", "  "])
def test_what_is_forced_has_its_reason(why):
    assert refused(pair_rules=(forced(why=why),))["cause"] == "forced_without_why"


def test_a_least_intake_is_no_more_than_the_places():
    facts = refused(intakes=intakes(min_intake=3))
    assert facts == {
        "limit": "min_intake", "cause": "above_places", "about": "k-lab", "asked": 3, "found": 2
    }  # fmt: skip
    merlion = Intake(programme_id="merlion", min_intake=3)
    assert refused(intakes=(merlion,))["found"] == 2, "as many as the catalogue knows"


def test_a_least_intake_needs_places_that_are_known():
    facts = refused(intakes=intakes(places=None, min_intake=1))
    assert facts == {"limit": "min_intake", "cause": "places_unknown", "about": "k-lab"}
    check(cohort(assumed_places=1, intakes=intakes(places=None, min_intake=1)))
    checked(cohort(intakes=intakes(places=None, min_intake=1)))


def test_least_intakes_together_are_no_more_than_the_round_can_fill():
    many = (Intake(programme_id="k-lab", places=9, min_intake=4),)
    facts = refused(intakes=many)
    assert facts == {"limit": "min_intake", "cause": "above_the_round", "asked": 4, "found": 3}
    check(cohort(intakes=many, offers=2))


def test_forced_pairs_fit_into_the_places():
    rules = (forced(), forced("chi-med"), forced("binh-agri"))
    facts = refused(pair_rules=rules)
    assert facts == {
        "limit": "places", "cause": "forced_above_places", "about": "k-lab", "asked": 3, "found": 2
    }  # fmt: skip
    facts = refused(intakes=intakes(places=None), pair_rules=(forced(),))
    assert facts == {"limit": "places", "cause": "places_unknown", "about": "k-lab"}
    facts = refused(intakes=intakes(places=0), pair_rules=(forced(),))
    assert (facts["asked"], facts["found"]) == (1, 0)


def test_forced_pairs_fit_into_the_offers():
    rules = (forced(), forced(programme="merlion"))
    facts = refused(pair_rules=rules)
    assert (facts["limit"], facts["cause"]) == ("offers", "forced_above_offers")
    assert (facts["about"], facts["asked"], facts["found"]) == ("an-pay", 2, 1)
    check(cohort(pair_rules=rules, offers=2))


def test_a_quota_has_bounds_in_order():
    assert refused(quotas=(quota(at_most=None),)) == {"limit": "Hàn Quốc", "cause": "no_bounds"}
    facts = refused(quotas=(quota(at_least=2, at_most=1),))
    assert facts == {"limit": "Hàn Quốc", "cause": "least_above_most", "asked": 2, "found": 1}


def test_quotas_are_told_apart_by_their_names():
    facts = refused(quotas=(quota(), quota(name="hàn quốc", value="SG")))
    assert facts == {"limit": "Hàn Quốc", "cause": "named_twice"}


@pytest.mark.parametrize("name", ["budget", "places:k-lab", "min_intake : x"])
def test_a_quota_has_no_name_of_the_limits_that_are_built_in(name):
    assert refused(quotas=(quota(name=name),)) == {"limit": name, "cause": "name_reserved"}


@pytest.mark.parametrize("attribute", ["country", "sector", "stage", "phase"])
def test_a_value_is_one_of_its_vocabulary(attribute):
    facts = refused(quotas=(quota(attribute=attribute, value="nowhere"),))
    assert facts == {"limit": "Hàn Quốc", "cause": "unknown_value", "about": "nowhere"}


def test_every_attribute_says_whether_its_values_are_free():
    assert set(VOCABULARY_OF) == set(VOCABULARIES["attribute"])


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"attribute": "country", "value": "KR"}, 2),
        ({"attribute": "organisation", "value": "K Lab Seoul"}, 2),
        ({"attribute": "sector", "value": "agritech"}, 1),
        ({"attribute": "stage", "value": "seed"}, 2),
        ({"attribute": "phase", "value": "uom_tao"}, 1),
        ({"attribute": "district", "value": "bến nghé"}, 1),
    ],
)
def test_a_quota_asks_for_no_more_than_the_round_has_at_all(changes, found):
    facts = refused(quotas=(quota(at_least=found + 1, at_most=None, **changes),))
    assert (facts["cause"], facts["asked"]) == ("above_the_round", found + 1)
    assert (facts["about"], facts["found"]) == (changes["value"], found)
    check(cohort(quotas=(quota(at_least=found, at_most=None, **changes),)))


def test_a_startup_counts_once_for_each_place_that_it_may_hold():
    asked = quota(attribute="sector", value="agritech", at_least=2, at_most=None)
    check(cohort(quotas=(asked,), offers=2))
    facts = refused(quotas=(asked,), offers=2, intakes=intakes()[:1])
    assert facts["found"] == 1, "there is one programme only"


def test_a_value_that_nobody_in_the_round_has_is_told_apart():
    facts = refused(quotas=(quota(value="JP", at_least=1),))
    assert facts["cause"] == "none_in_the_round"


def test_forced_pairs_break_no_quota():
    rules = (forced(), forced("chi-med"))
    facts = refused(pair_rules=rules, quotas=(quota(at_most=1),))
    assert facts == {
        "limit": "Hàn Quốc", "cause": "forced_above_most", "about": "KR", "asked": 2, "found": 1
    }  # fmt: skip
    of_sector = quota(attribute="sector", value="fintech", at_most=0)
    assert refused(pair_rules=rules, quotas=(of_sector,))["asked"] == 1
    check(cohort(pair_rules=rules, quotas=(quota(at_most=2),)))


def test_least_intakes_break_no_quota():
    facts = refused(intakes=intakes(min_intake=2), quotas=(quota(at_most=1),))
    assert facts == {
        "limit": "Hàn Quốc", "cause": "least_intakes_above_most", "about": "KR", "asked": 2,
        "found": 1
    }  # fmt: skip
    check(cohort(intakes=intakes(min_intake=2), quotas=(quota(value="SG", at_most=1),)))


def test_every_cause_is_written_in_every_language():
    source = inspect.getsource(limits)
    causes = set(re.findall(r'"([a-z]+(?:_[a-z]+)+)"', source)) - {"pair_rules", "min_intake"}
    assert len(causes) > 15
    for lang in LANGUAGES:
        written = {k.rpartition(".")[2] for k in Texts(lang).keys if k.startswith("words.cause.")}
        assert causes <= written


def test_without_the_profiles_only_the_cohort_itself_is_checked():
    checked(cohort(quotas=(quota(value="JP", at_least=1),)))
    with pytest.raises(LimitInvalid):
        checked(cohort(quotas=(quota(at_most=None),)))


def test_profiles_that_are_missing_count_nowhere():
    some = by_id(STARTUPS[:1])
    wanted = quota(attribute="sector", value="agritech", at_least=1, at_most=None)
    with pytest.raises(LimitInvalid) as error:
        checked(cohort(quotas=(wanted,)), some, by_id(PROGRAMMES))
    assert error.value.facts["cause"] == "none_in_the_round"


def test_startups_are_read_only_where_a_quota_asks_what_they_are():
    assert not needs_profiles(cohort(quotas=(quota(),)))
    assert needs_profiles(cohort(quotas=(quota(attribute="sector", value="ai"),)))


def test_unknown_is_not_counted_as_a_value():
    silent = (startup(id="an-pay", sectors=None), *STARTUPS[1:])
    asked = quota(attribute="sector", value="fintech", at_least=1, at_most=None)
    with pytest.raises(LimitInvalid):
        checked(cohort(quotas=(asked,)), by_id(silent), by_id(PROGRAMMES))


def test_a_programme_that_runs_abroad_counts_where_it_runs():
    hosted = (PROGRAMMES[0], programme(id="merlion", country="SG", host_country="KR", capacity=2,
                                       capacity_basis="cohort"))  # fmt: skip
    asked = quota(at_least=3, at_most=None)
    checked(cohort(quotas=(asked,)), by_id(STARTUPS), by_id(hosted))
