"""Profiles: their forms, their check, and unknown that stays unknown."""

import dataclasses
from datetime import UTC, date, datetime

import pytest
from hypothesis import given

from matcher.errors import InvalidField, TextTooLong, UnknownCode, UnknownField
from matcher.profile import (
    KINDS,
    Founder,
    Incubator,
    LanguageSkill,
    Money,
    Programme,
    Startup,
    check,
    form_of,
    forms,
)
from matcher.taxonomy import VOCABULARIES
from tests.builders import incubator, programme, startup
from tests.strategies import examples, incubators, programmes, startups


@pytest.mark.parametrize("build", [startup, programme, incubator])
def test_the_examples_hold(build):
    check(build())


@examples(60)
@given(startups(), programmes(), incubators())
def test_generated_profiles_hold(one, other, third):
    for profile in (one, other, third):
        check(profile)


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        (Startup, {"id": "a", "name": "A"}),
        (Programme, {"id": "a", "name": "A", "organisation": "O", "country": "SG"}),
        (Incubator, {"id": "a", "name": "A", "country": "VN"}),
    ],
)
def test_what_is_not_given_is_unknown_and_never_no(kind, least):
    profile = kind(**least)
    check(profile)
    silent = {f: getattr(profile, f) for f in forms(kind) if f not in least}
    assert silent.pop("fact_sources") == ()
    if kind is not Startup:
        assert silent.pop("status") == "unknown"
    assert set(silent.values()) == {None}


def test_none_and_empty_are_different_answers():
    assert startup(needs=None) != startup(needs=())


def test_profiles_are_frozen_and_hashable():
    profile = startup()
    with pytest.raises(dataclasses.FrozenInstanceError):
        profile.name = "Other"
    assert len({profile, startup()}) == 1


@pytest.mark.parametrize("kind", KINDS.values())
def test_every_vocabulary_named_by_a_field_exists(kind):
    named = {form.vocabulary for form in forms(kind).values()} - {None}
    assert named <= set(VOCABULARIES)


@pytest.mark.parametrize("kind", [*KINDS.values(), Money, Founder, LanguageSkill])
def test_every_number_has_bounds_and_every_text_a_limit(kind):
    for form in forms(kind).values():
        if form.type is str:
            assert form.longest or form.vocabulary, form.name
        elif form.type in (int, float) and form.name != "usd":
            assert form.interval is not None, form.name


@pytest.mark.parametrize(
    ("kind", "personal"),
    [
        ("startup", {"founders", "contact_name", "contact_email", "contact_phone"}),
        ("programme", {"contact_name", "contact_email"}),
        ("incubator", {"contact_name", "contact_email"}),
    ],
)
def test_personal_fields_are_marked(kind, personal):
    marked = {form.name for form in forms(KINDS[kind]).values() if form.personal}
    assert marked == personal


def test_a_form_tells_what_a_field_may_hold():
    form = form_of(Programme, "intake_months")
    assert (form.type, form.many, form.required) == (int, True, False)
    assert (form.interval.ge, form.interval.le) == (1, 12)
    assert form_of(Startup, "name").required
    assert form_of(Startup, "name").longest == 300
    assert form_of(Startup, "languages").type is LanguageSkill
    assert form_of(Startup, "founded_on").type is date
    assert not form_of(Programme, "status").required
    assert form_of(Startup, "founders").many


def test_an_unknown_field_is_refused_with_the_known_ones():
    with pytest.raises(UnknownField) as raised:
        form_of(Startup, "colour")
    assert raised.value.facts["field"] == "colour"
    assert raised.value.facts["known"] == tuple(forms(Startup))


@pytest.mark.parametrize(
    ("profile", "error", "field"),
    [
        (startup(name="  "), InvalidField, "name"),
        (startup(name=None), InvalidField, "name"),
        (programme(country=None), InvalidField, "country"),
        (startup(stage="sapling"), UnknownCode, "stage"),
        (startup(sectors=("fintech", "finance")), UnknownCode, "sectors"),
        (startup(country="ASEAN"), UnknownCode, "country"),  # a bloc is a market, not a home
        (startup(target_markets=("ASEAN", "XX")), UnknownCode, "target_markets"),
        (startup(max_equity_percent=100.5), InvalidField, "max_equity_percent"),
        (startup(max_equity_percent=-0.1), InvalidField, "max_equity_percent"),
        (startup(max_equity_percent=float("nan")), InvalidField, "max_equity_percent"),
        (startup(team_size=2.5), InvalidField, "team_size"),
        (startup(team_size=-1), InvalidField, "team_size"),
        # true is no count and no measure, and one is no truth
        (startup(team_size=True), InvalidField, "team_size"),
        (startup(employees=False), InvalidField, "employees"),
        (startup(can_travel_weeks=True), InvalidField, "can_travel_weeks"),
        (startup(revenue_12m=Money(True, "USD")), InvalidField, "revenue_12m.amount"),
        (startup(will_incorporate_abroad=1), InvalidField, "will_incorporate_abroad"),
        (programme(intake_months=(True,)), InvalidField, "intake_months"),
        (programme(equity_percent="7"), InvalidField, "equity_percent"),
        # a moment is no day
        (startup(founded_on=datetime(2020, 1, 1)), InvalidField, "founded_on"),
        (programme(as_of=datetime(2020, 1, 1, tzinfo=UTC)), InvalidField, "as_of"),
        (startup(founded_on="2020-01-01"), InvalidField, "founded_on"),
        (startup(founded_year=1066), InvalidField, "founded_year"),
        (startup(will_incorporate_abroad="yes"), InvalidField, "will_incorporate_abroad"),
        (startup(revenue_12m=Money(-1, "USD")), InvalidField, "revenue_12m.amount"),
        (startup(revenue_12m=Money(float("inf"), "USD")), InvalidField, "revenue_12m.amount"),
        (startup(revenue_12m=Money(1, "BTC")), UnknownCode, "revenue_12m.currency"),
        (startup(languages=(LanguageSkill("en", "B9"),)), UnknownCode, "languages.level"),
        (startup(founders=(Founder("A", sex="x"),)), UnknownCode, "founders.sex"),
        (startup(founders=(Founder(" "),)), InvalidField, "founders.name"),
        (programme(intake_months=(0,)), InvalidField, "intake_months"),
        (programme(intake_months=(13,)), InvalidField, "intake_months"),
        (programme(on_site_weeks=521), InvalidField, "on_site_weeks"),
        (programme(status="paused"), UnknownCode, "status"),
        (programme(family="G"), UnknownCode, "family"),
        (startup(name="x" * 301), TextTooLong, "name"),
        (startup(id="x" * 81), TextTooLong, "id"),
        (programme(description_vi="ư" * 8001), TextTooLong, "description_vi"),
        (incubator(wants=("money",)), UnknownCode, "wants"),
    ],
)
def test_a_value_that_a_field_cannot_hold_is_refused_by_the_name_of_the_field(
    profile, error, field
):
    with pytest.raises(error) as raised:
        check(profile)
    assert raised.value.facts["field"] == field


@pytest.mark.parametrize(
    "profile",
    [
        startup(name="x" * 300, max_equity_percent=0, can_travel_weeks=520),
        startup(max_equity_percent=100.0, team_size=0, founded_year=1800),
        startup(sectors=(), needs=(), grants_held=(), languages=()),
        programme(intake_months=(1, 12), allowed_countries=("*", "ASEAN", "VN")),
        programme(duration_weeks=12, equity_percent=7),  # whole numbers where decimals may stand
    ],
)
def test_values_at_the_bounds_hold(profile):
    check(profile)


def test_an_error_of_a_code_lists_the_known_ones_and_cuts_long_values():
    with pytest.raises(UnknownCode) as raised:
        check(startup(stage="s" * 500))
    assert raised.value.facts["known"] == tuple(VOCABULARIES["stage"])
    assert len(raised.value.facts["value"]) == 80


def test_a_programme_runs_in_its_host_country_where_that_is_another():
    assert programme(country="KR", host_country=None).host == "KR"
    assert programme(country="KR", host_country="VN").host == "VN"
