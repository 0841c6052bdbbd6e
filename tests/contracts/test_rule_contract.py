"""What every rule keeps, over startups and programmes as over home and foreign incubators."""

import dataclasses
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import partner_rules, rules
from matcher.partner_rules import PARTNER_RULES
from matcher.profile import Incubator, Programme, Startup, check, forms
from matcher.rules import RULES
from matcher.rules.base import Kind, Outcome, Verdict, fit
from matcher.weights import DEFAULT_POINTS, LIKENESSES, PARTNER_POINTS
from tests.strategies import DAY, examples, incubators, programmes, startups

EVERY = [
    *(pytest.param(rule, startups, programmes, id=rule.name) for rule in RULES),
    *(pytest.param(rule, incubators, incubators, id=rule.name) for rule in PARTNER_RULES),
]
SETS = [(RULES, DEFAULT_POINTS, rules), (PARTNER_RULES, PARTNER_POINTS, partner_rules)]

OF_THE_PROGRAMME_ALONE = {"status", "family", "window", "activity", "operator_kind"}
OF_THE_STARTUP_ALONE = {"size", "stage_range", "status"}  # status: either side may have ended
OF_COUNTRIES_ALWAYS_KNOWN = {"abroad"}
OF_A_HOST_ALWAYS_KNOWN = {"host"}

SILENT_STARTUP = Startup(id="s", name="S")
SILENT_PROGRAMME = Programme(id="p", name="P", organisation="O", country="SG")
SILENT_HOME = Incubator(id="h", name="H", country="VN")
SILENT_PARTNER = Incubator(id="f", name="F", country="KR")


def asked(rule, left, right) -> Verdict:
    return rule.judge(rule.left_key(left, DAY), rule.right_key(right, DAY))


def silent(rule):
    if rule in RULES:
        return SILENT_STARTUP, SILENT_PROGRAMME
    return SILENT_HOME, SILENT_PARTNER


@pytest.mark.parametrize(("registry", "points", "package"), SETS)
def test_names_are_unique_and_are_those_of_the_files(registry, points, package):
    names = [rule.name for rule in registry]
    assert len(set(names)) == len(names)
    for rule in registry:
        module = sys.modules[f"{package.__name__}.{rule.name}"]
        assert module.RULE is rule
        assert module.__doc__.startswith("Gate:" if rule.kind is Kind.GATE else "Fit:")


@pytest.mark.parametrize(("registry", "points", "package"), SETS)
def test_every_rule_file_is_in_the_registry(registry, points, package):
    files = {path.stem for path in Path(package.__file__).parent.glob("*.py")}
    assert files - {"__init__", "base"} == {rule.name for rule in registry}


@pytest.mark.parametrize(("registry", "points", "package"), SETS)
def test_gates_stand_before_fits(registry, points, package):
    kinds = [rule.kind for rule in registry]
    assert kinds == sorted(kinds, key=[Kind.GATE, Kind.FIT].index)


@pytest.mark.parametrize(("registry", "points", "package"), SETS)
def test_fits_and_the_likenesses_they_do_not_replace_have_points_that_sum_to_100(
    registry, points, package
):
    fits = {rule.name for rule in registry if rule.kind is Kind.FIT}
    assert fits <= set(points)
    assert set(points) - fits <= set(LIKENESSES)
    assert sum(points.values()) == 100.0
    assert min(points.values()) > 0


def test_names_of_rules_and_likenesses_do_not_meet():
    names = [rule.name for rule in (*RULES, *PARTNER_RULES)] + list(LIKENESSES)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("rule", "left", "right"), EVERY)
def test_a_neutral_share_is_a_share(rule, left, right):
    assert 0.0 <= rule.neutral <= 1.0


@pytest.mark.parametrize(("registry", "points", "package"), SETS)
def test_whatever_the_profiles_a_rule_answers_within_its_kind(registry, points, package):
    left, right = (startups, programmes) if registry is RULES else (incubators, incubators)

    @examples(100)
    @given(st.lists(left(), max_size=3), st.lists(right(), max_size=3))
    def answers(own, others):
        for one in own:
            for other in others:
                for rule in registry:
                    holds(rule, one, other)

    answers()


def holds(rule, one, other):
    keys = rule.left_key(one, DAY), rule.right_key(other, DAY)
    assert hash(keys) == hash((rule.left_key(one, DAY), rule.right_key(other, DAY))), rule.name
    verdict = rule.judge(*keys)
    assert verdict == rule.judge(*keys), rule.name
    assert hash(verdict) is not None
    allowed = {
        Kind.GATE: {Outcome.PASSED, Outcome.BLOCKED, Outcome.UNKNOWN},
        Kind.FIT: {Outcome.FIT, Outcome.UNKNOWN},
    }
    assert verdict.outcome in allowed[rule.kind], rule.name
    assert 0.0 <= verdict.share <= 1.0, rule.name
    assert verdict.share == 0.0 or verdict.outcome is Outcome.FIT
    code = verdict.reason.code
    assert re.fullmatch(rf"{rule.name}(\.[a-z_]+)+", code), code
    is_question = code.endswith((".ask_startup", ".ask_programme"))
    assert is_question is (verdict.outcome is Outcome.UNKNOWN), code
    names = [name for name, _ in verdict.reason.facts]
    assert len(set(names)) == len(names), code


@pytest.mark.parametrize(("rule", "left", "right"), EVERY)
def test_silence_on_both_sides_is_a_question_or_no_obstacle_and_never_a_refusal(rule, left, right):
    verdict = asked(rule, *silent(rule))
    assert verdict.outcome in (Outcome.UNKNOWN, Outcome.PASSED)


@pytest.mark.parametrize(
    ("registry", "left", "right"),
    [(RULES, startups, programmes), (PARTNER_RULES, incubators, incubators)],
)
def test_a_refusal_needs_facts_of_every_side_that_its_rule_reads(registry, left, right):
    @examples(150)
    @given(left(), right())
    def refuses(one, other):
        for rule in registry:
            quiet_left, quiet_right = silent(rule)
            if rule.name not in OF_THE_PROGRAMME_ALONE | OF_COUNTRIES_ALWAYS_KNOWN:
                assert asked(rule, quiet_left, other).outcome is not Outcome.BLOCKED, rule.name
            always = OF_COUNTRIES_ALWAYS_KNOWN | OF_A_HOST_ALWAYS_KNOWN
            if rule.name not in OF_THE_STARTUP_ALONE | always:
                quiet = dataclasses.replace(quiet_right, country=other.country)
                assert asked(rule, one, quiet).outcome is not Outcome.BLOCKED, rule.name

    refuses()


# Fields that, once unknown, leave another fact of the same side that answers alone.
ANSWERED_BY_ANOTHER = {
    ("size", "size"),  # by the number of employees
    ("status", "status"),  # a startup that nobody has marked is taken as running
    ("age", "founded_on"),  # by the year, or by there being no company
    ("age", "founded_year"),  # by there being no company
    ("window", "application_close"),  # by a rolling intake, or by an opening to come
    ("presence", "on_site_weeks"),  # by the length of the programme
    ("host", "host_country"),  # by the organiser's home
    ("incorporation", "host_country"),  # by the organiser's home
    # of two limits one is known and kept, and the other counts as none
    ("age", "min_age_years"),
    ("age", "max_age_years"),
    ("team", "min_team"),
    ("team", "min_full_time"),
    ("revenue", "min_revenue"),
    ("revenue", "max_revenue"),
    # a shared language counts where no level is stated
    ("working_language", "min_language_level"),
}


def test_a_refusal_never_becomes_a_pass_because_a_fact_is_forgotten():
    required = {"id", "name", "organisation", "country", "status", "fact_sources"}
    gates = [rule for rule in RULES if rule.kind is Kind.GATE]

    @examples(80)
    @given(startups(), programmes())
    def forgets(one, other):
        for rule in gates:
            if asked(rule, one, other).outcome is Outcome.BLOCKED:
                for changed_left, changed_right, field in less_known(one, other):
                    after = asked(rule, changed_left, changed_right).outcome
                    if (rule.name, field) not in ANSWERED_BY_ANOTHER:
                        assert after is not Outcome.PASSED, (rule.name, field)

    def less_known(one, other):
        for field in forms(Startup):
            if getattr(one, field) is not None and field not in ("id", "name", "fact_sources"):
                yield dataclasses.replace(one, **{field: None}), other, field
        for field in forms(Programme):
            if getattr(other, field) is not None and field not in required:
                yield one, dataclasses.replace(other, **{field: None}), field

    forgets()


@examples(200)
@given(startups(), programmes())
def test_remedies_name_real_fields_with_values_that_they_can_hold_and_change_something(one, other):
    for rule in RULES:
        for change in rule.remedies(one, other, DAY):
            assert change.field in forms(Startup), rule.name
            changed = dataclasses.replace(one, **{change.field: change.value})
            check(changed)
            assert changed != one, rule.name


def test_remedies_never_touch_what_a_startup_cannot_truthfully_choose():
    # where it is from, how old it is, what it has earned, raised, holds, and whom it is tied to
    given_by_life = {
        *"id name country parent_country founded_on founded_year size stage employees".split(),
        *"revenue_12m total_raised grants_held conflicts sectors legal_status".split(),
    }
    offered = set()

    @examples(200)
    @given(startups(), programmes())
    def collects(one, other):
        offered.update(c.field for rule in RULES for c in rule.remedies(one, other, DAY))

    collects()
    assert offered
    assert not offered & given_by_life


@pytest.mark.parametrize("share", [-0.001, 1.001, float("nan")])
def test_a_share_outside_0_to_1_is_refused_where_it_is_made(share):
    with pytest.raises(ValueError, match="share"):
        fit(share, "x.y")
