"""Every rule over a home incubator and an organisation abroad."""

import dataclasses

import pytest
from hypothesis import given

from matcher.partner_rules import PARTNER_RULES
from matcher.rules.base import Coded, Outcome
from matcher.taxonomy import SERVICES
from tests.builders import incubator
from tests.strategies import DAY, ORGANISATIONS, examples, incubators

RULE = {rule.name: rule for rule in PARTNER_RULES}
PASSED, BLOCKED, UNKNOWN, FIT = Outcome.PASSED, Outcome.BLOCKED, Outcome.UNKNOWN, Outcome.FIT


def partner(**changes):
    """A soft landing of Korea that takes startups in and sends none."""
    values = {
        "id": "org-k-lab",
        "name": "K Lab",
        "name_vi": None,
        "country": "KR",
        "org_type": "soft_landing",
        "direction": "in",
        "services": ("market_access", "workspace"),
        "wants": None,
        "languages": ("en", "ko"),
        "markets": ("KR",),
        "linked_countries": None,
    }
    return incubator(**(values | changes))


def judged(name, home, other):
    rule = RULE[name]
    return rule.judge(rule.left_key(home, DAY), rule.right_key(other, DAY))


# Facts of the home incubator, facts of the partner, outcome, share, reason.
CASES = {
    "abroad": [
        ({}, {}, PASSED, 0, "abroad.other_country"),
        ({}, {"country": "VN"}, BLOCKED, 0, "abroad.same_country"),
        ({"country": "KR"}, {}, BLOCKED, 0, "abroad.same_country"),
    ],
    "operator_kind": [
        ({}, {"org_type": "visa_programme"}, BLOCKED, 0, "operator_kind.visa_only"),
        # what is never a startup's target is a partner here
        ({}, {"org_type": "landing_pad"}, PASSED, 0, "operator_kind.partner"),
        ({}, {"org_type": "network"}, PASSED, 0, "operator_kind.partner"),
        ({}, {"families": ("B", "F")}, PASSED, 0, "operator_kind.partner"),
        ({}, {"org_type": None}, UNKNOWN, 0, "operator_kind.ask_programme"),
    ],
    "activity": [
        ({}, {"status": "open"}, PASSED, 0, "activity.open"),
        ({}, {"status": "closed"}, BLOCKED, 0, "activity.closed"),
        ({}, {"status": "unknown"}, UNKNOWN, 0, "activity.ask_programme"),
    ],
    "shared_interest": [
        ({"conflicts": ("k  LAB",)}, {}, BLOCKED, 0, "shared_interest.declared"),
        ({"conflicts": ("Other",)}, {}, PASSED, 0, "shared_interest.none"),
        ({"conflicts": ()}, {}, PASSED, 0, "shared_interest.none"),
        ({"conflicts": None}, {}, UNKNOWN, 0, "shared_interest.ask_startup"),
    ],
    "shared_sectors": [
        ({"sectors": ("ai",)}, {"sectors": ("ai", "space")}, FIT, 1.0, "shared_sectors.shared"),
        # each sector of the home counts alike
        ({"sectors": ("ai", "travel")}, {"sectors": ("ai",)}, FIT, 0.5, "shared_sectors.shared"),
        ({"sectors": ("ai",)}, {"sectors": ("travel",)}, FIT, 0.0, "shared_sectors.few"),
        ({"sectors": ("ai",)}, {"sectors": ("all",)}, FIT, 0.55, "shared_sectors.few"),
        ({"sectors": ("ai",)}, {"sectors": ("all", "ai")}, FIT, 1.0, "shared_sectors.shared"),
        ({"sectors": ("all",)}, {"sectors": ("all",)}, FIT, 0.7, "shared_sectors.general"),
        ({"sectors": ("all",)}, {"sectors": ("ai",)}, FIT, 0.55, "shared_sectors.general"),
        ({"sectors": ("all", "ai")}, {"sectors": ("ai",)}, FIT, 1.0, "shared_sectors.shared"),
        ({"sectors": None}, {}, UNKNOWN, 0, "shared_sectors.ask_startup"),
        ({}, {"sectors": ()}, UNKNOWN, 0, "shared_sectors.ask_programme"),
    ],
    "offers": [
        ({"wants": ("market_access",)}, {}, FIT, 1.0, "offers.all"),
        ({"wants": ("expansion", "grant")}, {}, FIT, 0.7 / 1.6, "offers.some"),
        ({"wants": ("ip_support",)}, {}, FIT, 0.0, "offers.none"),
        ({"wants": None}, {}, UNKNOWN, 0, "offers.ask_startup"),
        ({}, {"services": None}, UNKNOWN, 0, "offers.ask_programme"),
    ],
    "wants": [
        ({"services": ("training",)}, {"wants": ("training",)}, FIT, 1.0, "wants.all"),
        ({"services": ("training",)}, {"wants": ("grant",)}, FIT, 0.0, "wants.none"),
        # who is silent is asked: the partner about its wants, the home about its services
        ({}, {"wants": None}, UNKNOWN, 0, "wants.ask_programme"),
        ({"services": None}, {"wants": ("training",)}, UNKNOWN, 0, "wants.ask_startup"),
    ],
    "complement": [
        (
            {"services": ("training",)},
            {"services": ("training",)},
            FIT,
            0,
            "complement.nothing_new",
        ),
        ({"services": ("training",)}, {"services": ("expansion",)}, FIT, 0.25, "complement.new"),
        ({"services": ("training",)}, {"services": ("grant",)}, FIT, 0.15, "complement.new"),
        ({"services": ("training",)}, {"services": SERVICES}, FIT, 1.0, "complement.new"),
        ({"services": ()}, {}, UNKNOWN, 0, "complement.ask_startup"),
        ({}, {"services": None}, UNKNOWN, 0, "complement.ask_programme"),
    ],
    "reciprocity": [
        ({}, {"direction": "both"}, FIT, 1.0, "reciprocity.both"),
        ({}, {"direction": "in"}, FIT, 0.6, "reciprocity.in"),
        ({}, {"direction": "out", "markets": ("US",)}, FIT, 0.5, "reciprocity.out"),
        ({}, {"direction": "out", "markets": ("VN",)}, FIT, 0.8, "reciprocity.out_here"),
        ({}, {"direction": "out", "markets": ("ASEAN",)}, FIT, 0.8, "reciprocity.out_here"),
        ({}, {"direction": "out", "markets": None}, FIT, 0.5, "reciprocity.out"),
        ({}, {"direction": None}, UNKNOWN, 0, "reciprocity.ask_programme"),
    ],
    "links": [
        ({"linked_organisations": ("k lab",)}, {}, FIT, 1.0, "links.organisation"),
        ({"linked_organisations": ("K Lab Seoul",)}, {}, FIT, 1.0, "links.organisation"),
        ({"linked_organisations": ("Seoul (K-Lab)",)}, {}, FIT, 1.0, "links.organisation"),
        # a part of a word is another organisation
        ({"linked_organisations": ("K Labour Union",)}, {}, FIT, 0.8, "links.country"),
        ({"linked_organisations": ("Lab",)}, {}, FIT, 0.8, "links.country"),  # too short for itself
        ({"linked_organisations": ("", "-")}, {}, FIT, 0.8, "links.country"),
        # as short as it may be where it is the whole name
        ({"linked_organisations": ("sba",)}, {"name": "SBA"}, FIT, 1.0, "links.organisation"),
        ({"linked_organisations": ("sba",)}, {"name": "SBA Seoul"}, FIT, 0.8, "links.country"),
        ({"linked_countries": ("KR",)}, {}, FIT, 0.8, "links.country"),
        ({"linked_countries": ("JP",)}, {}, FIT, 0.4, "links.new"),
        ({"linked_countries": ()}, {}, FIT, 0.4, "links.new"),
        ({"linked_countries": None}, {}, UNKNOWN, 0, "links.ask_startup"),
    ],
    "shared_language": [
        ({"languages": ("vi", "en")}, {}, FIT, 1.0, "shared_language.common"),
        ({"languages": ("vi",)}, {}, FIT, 0.2, "shared_language.none"),
        ({"languages": None}, {}, UNKNOWN, 0, "shared_language.ask_startup"),
        ({}, {"languages": ()}, UNKNOWN, 0, "shared_language.ask_programme"),
    ],
}

ROWS = [(name, *row) for name, rows in CASES.items() for row in rows]


def test_every_partner_rule_has_cases():
    assert set(CASES) == set(RULE)


@pytest.mark.parametrize(("name", "own", "theirs", "outcome", "share", "code"), ROWS)
def test_a_partner_rule_answers_as_the_table_says(name, own, theirs, outcome, share, code):
    verdict = judged(name, incubator(**own), partner(**theirs))
    assert (verdict.outcome, verdict.reason.code) == (outcome, code)
    assert verdict.share == pytest.approx(share)


def test_what_the_partner_adds_is_named():
    verdict = judged("complement", incubator(services=("workspace",)), partner())
    assert dict(verdict.reason.facts) == {"services": Coded("service", ("market_access",))}


@examples(100)
@given(incubators(), incubators())
def test_more_offered_or_more_in_common_never_lowers_a_partner_s_fit(home, other):
    def share(name, one, two):
        verdict = judged(name, one, two)
        return verdict.share if verdict.outcome is FIT else RULE[name].neutral

    improved = []
    for service in set(SERVICES) - set(other.services or SERVICES):
        more = dataclasses.replace(other, services=(*other.services, service))
        improved += [("offers", home, more), ("complement", home, more)]
    for service in set(SERVICES) - set(home.services or SERVICES):
        more = dataclasses.replace(home, services=(*home.services, service))
        improved.append(("wants", more, other))
    for sector in ("ai", "fintech", "all") if other.sectors else ():
        more = dataclasses.replace(other, sectors=(*other.sectors, sector))
        improved.append(("shared_sectors", home, more))
    if home.linked_countries is not None:
        more = dataclasses.replace(home, linked_countries=(*home.linked_countries, other.country))
        improved.append(("links", more, other))
    if home.linked_organisations is not None:
        more = dataclasses.replace(home, linked_organisations=ORGANISATIONS)
        improved.append(("links", more, other))
    if home.languages and other.languages:
        more = dataclasses.replace(home, languages=(*home.languages, *other.languages))
        improved.append(("shared_language", more, other))
    if other.direction:
        improved.append(("reciprocity", home, dataclasses.replace(other, direction="both")))
    for name, one, two in improved:
        assert share(name, one, two) >= share(name, home, other) - 1e-12, name
