"""Foreign organisations as partners, gathered from their programmes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.partners import partner_id, partner_ids, partners_of
from matcher.profile import check
from tests.builders import programme
from tests.strategies import examples, many, programmes


def only(*given_programmes):
    (partner,) = partners_of(given_programmes)
    return partner


def test_one_partner_stands_for_all_programmes_of_an_organisation():
    partner = only(
        programme(id="a", sectors=("ai",), services=("training",), languages=("en",)),
        programme(id="b", sectors=("ai", "space"), services=None, languages=("ko", "en")),
    )
    assert partner.id == "org-merlion-agency"
    assert partner.name == "Merlion Agency"
    assert partner.sectors == ("ai", "space")
    assert partner.services == ("training",)
    assert partner.languages == ("en", "ko")


def test_what_no_programme_states_stays_unknown():
    silent = programme(
        **dict.fromkeys(
            "sectors services languages markets family direction org_type visa_route "
            "description_en description_vi as_of verified city".split()
        ),
        status="unknown",
    )
    partner = only(silent)
    for field in (
        "sectors services languages markets families direction org_type visa_help description_en "
        "description_vi as_of city linked_countries conflicts"
    ).split():
        assert getattr(partner, field) is None, field
    assert partner.status == "unknown"


def test_a_programme_known_to_give_none_is_not_silent():
    assert only(programme(services=())).services == ()
    assert only(programme(markets=())).markets == ()
    assert only(programme(id="a", markets=()), programme(id="b", markets=None)).markets == ()


def test_an_organisation_in_two_countries_is_a_partner_in_each():
    partners = partners_of(
        [
            programme(id="a", organisation="K Lab", country="KR", sectors=("ai",)),
            programme(id="b", organisation="k lab", country="SG", sectors=("space",)),
            programme(id="c", organisation="K Lab", country="KR", sectors=("travel",)),
            programme(id="d", organisation="Station Nord", country="KR"),
        ]
    )
    assert [(p.id, p.country, p.sectors) for p in partners] == [
        ("org-k-lab--kr", "KR", ("ai", "travel")),
        ("org-k-lab--sg", "SG", ("space",)),
        ("org-station-nord", "KR", ("fintech",)),
    ]


def test_a_programme_run_abroad_makes_no_second_home():
    partner = only(
        programme(id="a", country="KR", markets=("KR",)),
        programme(id="b", country="KR", host_country="VN", markets=None),
    )
    assert (partner.id, partner.country) == ("org-merlion-agency", "KR")
    assert set(partner.markets) == {"KR", "VN"}


@pytest.mark.parametrize(
    ("theirs", "markets"),
    [
        ({"markets": ("US",)}, {"US"}),  # the own country is not added
        ({"markets": ("US",), "host_country": "SG"}, {"US"}),
        ({"markets": ("US",), "host_country": "VN"}, {"US", "VN"}),
        ({"markets": ("VN",), "host_country": "VN"}, {"VN"}),
        ({"markets": (), "host_country": "VN"}, {"VN"}),
        ({"markets": None, "host_country": "VN"}, {"VN"}),
    ],
)
def test_the_country_of_a_programme_abroad_is_a_market_of_the_partner(theirs, markets):
    partner = only(programme(**theirs))
    assert set(partner.markets) == markets
    assert len(partner.markets) == len(markets)


def test_the_country_in_an_id_makes_no_other_organisation():
    ids = partner_ids(
        [
            programme(id="a", organisation="K Lab", country="KR"),
            programme(id="b", organisation="K Lab", country="SG"),
            programme(id="c", organisation="K Lab KR", country="KR"),
            programme(id="d", organisation="K Lab - SG", country="SG"),
        ]
    )
    assert len(set(ids.values())) == 4


def test_wants_are_never_derived():
    assert only(programme(services=("training",))).wants is None


@pytest.mark.parametrize(
    ("directions", "direction"),
    [
        (("in",), "in"),
        (("out", None), "out"),
        (("in", "out"), "both"),  # one programme each way is an exchange
        (("in", "both"), "both"),
        ((None, None), None),
    ],
)
def test_directions_of_the_programmes_add_up(directions, direction):
    given_programmes = [programme(id=str(n), direction=d) for n, d in enumerate(directions)]
    assert only(*given_programmes).direction == direction


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        (("closed", "open"), "open"),
        (("closed", "closed"), "closed"),
        (("closed", "unknown"), "unknown"),  # the other may go on
        (("unknown",), "unknown"),
    ],
)
def test_an_organisation_has_ended_only_when_all_its_programmes_have(statuses, status):
    given_programmes = [programme(id=str(n), status=s) for n, s in enumerate(statuses)]
    assert only(*given_programmes).status == status


def test_families_b_and_f_count():
    partner = only(programme(id="a", family="B"), programme(id="b", family="F"))
    assert partner.families == ("B", "F")


def test_an_organisation_is_a_visa_authority_only_when_it_does_nothing_else():
    visa = programme(id="a", org_type="visa_programme", visa_route=True)
    assert only(visa).org_type == "visa_programme"
    partner = only(visa, programme(id="b", org_type="accelerator"))
    assert partner.org_type == "accelerator"
    assert partner.visa_help is True


def test_a_partner_is_as_old_as_its_oldest_fact_and_verified_only_when_all_are():
    old = programme(id="a", as_of=date(2024, 5, 1), verified=True)
    assert only(old).verified is True
    partner = only(old, programme(id="b", as_of=date(2026, 1, 1), verified=None))
    assert partner.as_of == date(2024, 5, 1)
    assert not partner.verified


def test_a_city_is_named_only_where_all_programmes_run_in_it():
    assert only(programme(id="a"), programme(id="b")).city == "Singapore"
    assert only(programme(id="a"), programme(id="b", city="Jurong")).city is None


def test_descriptions_are_joined_and_cut_at_what_a_text_may_hold():
    partner = only(
        programme(id="a", description_en="A."),
        programme(id="b", description_en=None),
        programme(id="c", description_en="B" * 8000),
    )
    assert partner.description_en.startswith("A.\nB")
    assert len(partner.description_en) == 8000


@pytest.mark.parametrize(
    ("organisation", "expected"),
    [
        ("T-Hub", "org-t-hub"),
        ("Sở KH&CN Đà Nẵng", "org-so-kh-cn-da-nang"),
        ("Région Île-de-France", "org-region-ile-de-france"),
        ("  K   LAB ", "org-k-lab"),
    ],
)
def test_the_id_of_an_organisation_is_its_name_in_plain_letters(organisation, expected):
    assert partner_id(organisation) == expected


def test_organisations_whose_names_have_no_latin_letter_stay_apart():
    # 한국 and 日本 leave nothing in plain letters; they must not become one partner
    assert partner_id("창업진흥원") != partner_id("中小企业局")
    assert partner_id("창업진흥원") == partner_id("창업진흥원")


def test_long_names_that_differ_only_at_their_end_stay_apart():
    assert partner_id("Agency " * 12 + "North") != partner_id("Agency " * 12 + "South")


@examples(100)
@given(many(programmes(), most=8), st.randoms(use_true_random=False))
def test_every_organisation_is_one_valid_partner_in_each_country_whatever_the_order(
    given_programmes, random
):
    partners = partners_of(given_programmes)
    for partner in partners:
        check(partner)
    homes = [(p.name, p.country) for p in partners]
    assert len(homes) == len(set(homes))
    assert set(homes) == {(p.organisation, p.country) for p in given_programmes}
    assert [p.id for p in partners] == sorted({p.id for p in partners})
    ids = partner_ids(given_programmes)
    assert ids.keys() == {p.id for p in given_programmes}
    run_by = {p.id: (p.name, p.country) for p in partners}
    assert all(run_by[ids[p.id]] == (p.organisation, p.country) for p in given_programmes)
    random.shuffle(given_programmes)
    assert partners_of(given_programmes) == partners
    assert partner_ids(given_programmes) == ids


@pytest.mark.parametrize("first", [0, 1])
def test_an_organisation_that_is_in_one_country_keeps_its_plain_id(first):
    runs = [programme(id="a", country="KR"), programme(id="b", country="KR", host_country="VN")]
    assert set(partner_ids([runs[first], runs[1 - first]]).values()) == {"org-merlion-agency"}
    assert partner_ids([]) == {}
