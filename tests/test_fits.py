"""Every fit over a startup and a programme: its notable shares; better facts never lower it."""

import dataclasses
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.profile import LanguageSkill, Money
from matcher.rules import FITS, RULES
from matcher.rules.base import Coded, Outcome, Sum
from matcher.taxonomy import BLOCS, LEVELS, SECTOR_PARENT, SERVICES, VOCABULARIES, expand
from tests.builders import programme, startup
from tests.strategies import DAY, NEAR_LANGUAGES, NEAR_MARKETS, examples, programmes, startups

RULE = {rule.name: rule for rule in RULES}


def judged(name, left, right):
    rule = RULE[name]
    return rule.judge(rule.left_key(left, DAY), rule.right_key(right, DAY))


def expected_share(name, left, right):
    """What a pair earns: the share, or the neutral one where a fact is missing."""
    verdict = judged(name, left, right)
    return verdict.share if verdict.outcome is Outcome.FIT else RULE[name].neutral


def usd(amount):
    return Money(amount, "USD", amount)


def skills(*pairs):
    return tuple(LanguageSkill(language, level) for language, level in pairs)


NO_RATE = Money(1_000_000, "CLP", None)

# Startup facts, programme facts, share (None: unknown), reason.
CASES = {
    "needs": [
        ({"needs": ("training",)}, {"services": ("training",)}, 1.0, "needs.all"),
        ({"needs": ("training",)}, {"services": ("mentoring",)}, 0.6, "needs.all"),  # stands in
        ({"needs": ("training",)}, {"services": ("workspace",)}, 0.0, "needs.none"),
        # met by half: a need of the call weighs 1, any other 0.6
        (
            {"needs": ("training", "workspace")},
            {"services": ("training",)},
            1 / 1.6,
            "needs.some",
        ),
        (
            {"needs": ("training", "workspace")},
            {"services": ("workspace",)},
            0.6 / 1.6,
            "needs.some",
        ),
        ({"needs": None}, {"services": ("training",)}, None, "needs.ask_startup"),
        ({"needs": ()}, {"services": ("training",)}, None, "needs.ask_startup"),
        ({"needs": ("training",)}, {"services": None}, None, "needs.ask_programme"),
    ],
    "sector": [
        ({"sectors": ("fintech",)}, {"sectors": ("fintech",)}, 1.0, "sector.same"),
        ({"sectors": ("ai",)}, {"sectors": ("ict",)}, 0.7, "sector.near"),
        ({"sectors": ("fintech",)}, {"sectors": ("agritech",)}, 0.0, "sector.far"),
        # a second sector counts less than the first
        ({"sectors": ("agritech", "fintech")}, {"sectors": ("fintech",)}, 0.8, "sector.same"),
        ({"sectors": ("fintech", "agritech")}, {"sectors": ("fintech",)}, 1.0, "sector.same"),
        # generalists lie between a specialist and a stranger
        ({"sectors": ("fintech",)}, {"sectors": ("all",)}, 0.55, "sector.generalist"),
        ({"sectors": ("fintech",)}, {"sectors": ("all", "agritech")}, 0.55, "sector.generalist"),
        # a generalist that names the sector as well is a specialist
        ({"sectors": ("fintech",)}, {"sectors": ("all", "fintech")}, 1.0, "sector.same"),
        ({"sectors": ()}, {"sectors": ("all",)}, None, "sector.ask_startup"),
        ({"sectors": ("ai",)}, {"sectors": None}, None, "sector.ask_programme"),
    ],
    "market": [
        ({"target_markets": ("SG",)}, {"markets": ("SG",)}, 1.0, "market.opened"),
        ({"target_markets": ("SG",)}, {"markets": ("ASEAN",)}, 1.0, "market.opened"),
        ({"target_markets": ("ASEAN",)}, {"markets": ("TH",)}, 1.0, "market.opened"),
        ({"target_markets": ("*",)}, {"markets": ("TH",)}, 1.0, "market.opened"),
        # being in the host country opens it, and the blocs that it is a member of
        ({"target_markets": ("SG",)}, {"markets": ("US",)}, 1.0, "market.opened"),
        ({"target_markets": ("ASEAN",)}, {"markets": ("US",)}, 1.0, "market.opened"),
        (
            {"target_markets": ("KR",)},
            {"host_country": "KR", "markets": ("US",)},
            1.0,
            "market.opened",
        ),
        # the organiser's home is opened only where the programme runs in it, or names it
        (
            {"target_markets": ("BR",)},
            {"country": "BR", "host_country": "SG", "markets": ("SG",)},
            0.0,
            "market.far",
        ),
        # a bloc is not reached by its member at home
        (
            {"target_markets": ("ASEAN",)},
            {"country": "KR", "markets": ("VN",)},
            0.0,
            "market.far",
        ),
        (
            {"target_markets": ("ASEAN",)},
            {"country": "KR", "markets": ("VN", "TH")},
            1.0,
            "market.opened",
        ),
        (
            {"target_markets": ("ASEAN",)},
            {"country": "KR", "markets": ("ASEAN",)},
            1.0,
            "market.opened",
        ),
        (
            {"target_markets": ("ASEAN",), "country": "TH"},
            {"country": "KR", "markets": ("VN",)},
            1.0,
            "market.opened",
        ),
        ({"target_markets": ("BR",)}, {"markets": ("*",)}, 1.0, "market.opened"),
        # the best target weighs 0.7, the mean of all 0.3
        ({"target_markets": ("SG", "BR")}, {"markets": ("SG",)}, 0.85, "market.opened"),
        # not opened, but in one community with the host
        ({"target_markets": ("ID",)}, {"markets": ("SG",)}, 0.5, "market.near"),
        (
            {"target_markets": ("FR",)},
            {"country": "LU", "markets": ("LU",)},
            0.6,
            "market.near",
        ),
        ({"target_markets": ("US",)}, {"markets": ("SG",)}, 0.15, "market.near"),  # a forum
        ({"target_markets": ("BR",)}, {"markets": ("SG",)}, 0.0, "market.far"),
        ({"target_markets": None}, {"markets": ("SG",)}, None, "market.ask_startup"),
        ({"target_markets": ("SG",)}, {"markets": ()}, None, "market.ask_programme"),
    ],
    "stage": [
        ({"stage": "seed"}, {"stages": ("seed",)}, 1.0, "stage.named"),
        ({"stage": "seed"}, {"stages": ("mvp", "series_a")}, 0.9, "stage.between"),
        ({"stage": "pre_seed"}, {"stages": ("seed",)}, 0.4, "stage.outside"),
        ({"stage": "mvp"}, {"stages": ("seed",)}, 0.0, "stage.outside"),
        ({"stage": "growth"}, {"stages": ("series_c",)}, 0.9, "stage.between"),  # level stages
        ({"stage": None}, {"stages": ("seed",)}, None, "stage.ask_startup"),
        ({"stage": "seed"}, {"stages": None}, None, "stage.ask_programme"),
    ],
    "goal": [
        # 0.8 for the service, 0.2 for the mix of the cohort
        ({"goal": "learn"}, {"services": ("training",)}, 0.9, "goal.served"),  # mix: no matter
        ({"goal": "first_customers"}, {"services": ("pilot_customers",)}, 1.0, "goal.served"),
        (
            {"goal": "first_customers"},
            {"services": ("pilot_customers",), "sectors": ("all",)},
            0.8,
            "goal.served",
        ),
        (
            {"goal": "raise_capital"},
            {"services": ("investor_access",), "sectors": ("all",)},
            1.0,
            "goal.served",
        ),
        ({"goal": "raise_capital"}, {"services": ("investor_access",)}, 0.8, "goal.served"),
        (
            {"goal": "raise_capital"},
            {"services": ("investor_access",), "sectors": None},
            0.9,
            "goal.served",
        ),
        ({"goal": "learn"}, {"services": ("workspace",)}, 0.1, "goal.unserved"),
        ({"goal": None}, {"services": ("training",)}, None, "goal.ask_startup"),
        ({"goal": "learn"}, {"services": ()}, None, "goal.ask_programme"),
    ],
    "language_level": [
        ({"languages": skills(("en", "A1"))}, {}, 0.1, "language_level.best"),
        ({"languages": skills(("en", "B2"))}, {}, 0.8, "language_level.best"),
        ({"languages": skills(("en", "native"))}, {}, 1.0, "language_level.best"),
        (
            {"languages": skills(("en", "B1"), ("ko", "C1"))},
            {"languages": ("ko", "en")},
            0.95,
            "language_level.best",
        ),
        ({"languages": skills(("vi", "native"))}, {}, 0.0, "language_level.none_shared"),
        ({"languages": ()}, {}, 0.0, "language_level.none_shared"),
        ({"languages": skills(("en", None))}, {}, None, "language_level.level.ask_startup"),
        # a beginner's second language does not hide that the level of the first is not known
        (
            {"languages": skills(("en", None), ("ko", "A1"))},
            {"languages": ("en", "ko")},
            None,
            "language_level.level.ask_startup",
        ),
        (
            {"languages": skills(("en", None), ("ko", "B2"))},
            {"languages": ("en", "ko")},
            0.8,
            "language_level.best",
        ),
        ({"languages": None}, {}, None, "language_level.ask_startup"),
        ({}, {"languages": None}, None, "language_level.ask_programme"),
    ],
    "timing": [
        # asked in March; an application and a visa take two months
        ({"available_from": DAY}, {"intake_months": (5,)}, 1.0, "timing.intake"),
        ({"available_from": DAY}, {"intake_months": (9,)}, 1.0, "timing.intake"),  # 6 months
        ({"available_from": DAY}, {"intake_months": (10,)}, 0.7, "timing.intake"),
        ({"available_from": DAY}, {"intake_months": (12,)}, 0.7, "timing.intake"),  # 9 months
        ({"available_from": DAY}, {"intake_months": (1,)}, 0.4, "timing.intake"),
        # too soon to prepare for: the intake of next year counts
        ({"available_from": DAY}, {"intake_months": (4,)}, 0.4, "timing.intake"),
        ({"available_from": DAY}, {"intake_months": (4, 6)}, 1.0, "timing.intake"),
        ({"available_from": date(2026, 9, 1)}, {"intake_months": (9,)}, 1.0, "timing.intake"),
        # the wait is counted from today, not from the day the team is free
        ({"available_from": date(2026, 12, 1)}, {"intake_months": (12,)}, 0.7, "timing.intake"),
        ({"available_from": date(2027, 1, 1)}, {"intake_months": (1,)}, 0.4, "timing.intake"),
        ({"available_from": date(2027, 5, 1)}, {"intake_months": (5,)}, 0.4, "timing.intake"),
        # beyond 14 months
        ({"available_from": date(2027, 6, 1)}, {"intake_months": (6,)}, 0.2, "timing.intake"),
        ({"available_from": date(2026, 9, 1)}, {"intake_months": (8,)}, 0.2, "timing.intake"),
        ({"available_from": date(2036, 1, 1)}, {"intake_months": (8,)}, 0.2, "timing.intake"),
        ({"available_from": date(2020, 1, 1)}, {"intake_months": (5,)}, 1.0, "timing.intake"),
        ({"available_from": DAY}, {"rolling": True}, 0.9, "timing.rolling"),
        ({"available_from": DAY}, {"rolling": True, "intake_months": ()}, 0.9, "timing.rolling"),
        # whoever may join at any time need not say when
        ({"available_from": None}, {"rolling": True}, 0.9, "timing.rolling"),
        (
            {"available_from": None},
            {"rolling": True, "intake_months": (5,)},
            None,
            "timing.ask_startup",
        ),
        ({"available_from": None}, {}, None, "timing.ask_programme"),
        ({"available_from": None}, {"intake_months": (5,)}, None, "timing.ask_startup"),
        ({"available_from": DAY}, {}, None, "timing.ask_programme"),
        ({"available_from": DAY}, {"rolling": False}, None, "timing.ask_programme"),
    ],
    "equity": [
        ({}, {"equity_percent": 0}, 1.0, "equity.none"),
        ({"max_equity_percent": 7}, {"equity_percent": 7}, 0.8, "equity.accepted"),
        ({"max_equity_percent": 6.9}, {"equity_percent": 7}, 0.0, "equity.too_much"),
        ({"max_equity_percent": 0}, {"equity_percent": 1}, 0.0, "equity.too_much"),
        ({"max_equity_percent": 0}, {"equity_percent": 0}, 1.0, "equity.none"),
        ({"max_equity_percent": None}, {"equity_percent": 7}, None, "equity.ask_startup"),
        ({"max_equity_percent": 7}, {"equity_percent": None}, None, "equity.ask_programme"),
    ],
    "fee": [
        ({}, {"fee": usd(0)}, 1.0, "fee.free"),
        ({}, {"fee": Money(0, "CLP", None)}, 1.0, "fee.free"),  # nothing is nothing at any rate
        ({"max_fee": usd(500)}, {"fee": usd(500)}, 0.6, "fee.payable"),
        ({"max_fee": usd(499)}, {"fee": usd(500)}, 0.0, "fee.too_high"),
        ({"max_fee": usd(0)}, {"fee": usd(500)}, 0.0, "fee.too_high"),
        ({"max_fee": NO_RATE}, {"fee": usd(500)}, None, "fee.ask_startup"),
        ({"max_fee": None}, {"fee": usd(500)}, None, "fee.ask_startup"),
        ({"max_fee": usd(500)}, {"fee": NO_RATE}, None, "fee.ask_programme"),
        ({"max_fee": usd(500)}, {"fee": None}, None, "fee.ask_programme"),
    ],
    "funding": [
        ({}, {"funding_kind": "grant"}, 1.0, "funding.given"),
        ({}, {"funding_kind": "prize"}, 0.8, "funding.given"),
        ({}, {"funding_kind": "safe"}, 0.7, "funding.given"),
        ({}, {"funding_kind": "equity"}, 0.7, "funding.given"),
        ({}, {"funding_kind": "credit"}, 0.4, "funding.given"),
        ({}, {"funding_kind": "grant", "funding": None}, 1.0, "funding.given"),
        ({}, {"funding_kind": None, "funding": None}, 0.2, "funding.none_listed"),
        # it pays, and in what way is not known
        ({}, {"funding_kind": None}, None, "funding.ask_programme"),
        (
            {},
            {"funding_kind": None, "funding": None, "services": ("grant",)},
            None,
            "funding.ask_programme",
        ),
        (
            {},
            {"funding_kind": None, "funding": None, "services": None},
            None,
            "funding.ask_programme",
        ),
    ],
}

ROWS = [(name, *row) for name, rows in CASES.items() for row in rows]


def test_every_fit_has_cases():
    assert set(CASES) == {rule.name for rule in FITS}


@pytest.mark.parametrize(("name", "own", "theirs", "share", "code"), ROWS)
def test_a_fit_earns_what_the_table_says(name, own, theirs, share, code):
    verdict = judged(name, startup(**own), programme(**theirs))
    assert verdict.reason.code == code
    assert verdict.outcome is (Outcome.UNKNOWN if share is None else Outcome.FIT)
    assert verdict.share == pytest.approx(share or 0.0)


def test_needs_name_what_is_met_and_what_is_not():
    left = startup(needs=("workspace", "training"))
    verdict = judged("needs", left, programme(services=("mentoring",)))
    assert dict(verdict.reason.facts) == {
        "met": Coded("service", ("training",)),
        "unmet": Coded("service", ("workspace",)),
    }


@pytest.mark.parametrize(
    ("sectors", "text"),
    [
        (("fintech",), "NQ 20/2023/NQ-HĐND"),
        (("semiconductor",), "Quỹ đầu tư mạo hiểm TP.HCM 2026"),
        (("gaming",), None),
        (("gaming", "fintech"), None),  # the primary sector decides
    ],
)
def test_a_priority_field_of_the_city_is_named_with_its_text_and_earns_nothing(sectors, text):
    right = programme(sectors=("all",))
    verdict = judged("sector", startup(sectors=sectors), right)
    assert dict(verdict.reason.facts)["priority"] == text
    assert verdict.share == 0.55


def test_a_grant_is_shown_with_its_sum():
    verdict = judged("funding", startup(), programme())
    assert dict(verdict.reason.facts)["sum"] == Sum(50_000, "SGD")


def test_the_order_in_which_codes_are_given_does_not_matter():
    one = startup(needs=("training", "grant"), target_markets=("SG", "US"))
    other = startup(needs=("grant", "training"), target_markets=("US", "SG"))
    for name in ("needs", "market", "language_level"):
        assert judged(name, one, programme()) == judged(name, other, programme())


def test_an_unrelated_specialist_a_generalist_a_neighbour_and_the_specialist_rise_in_this_order():
    taken = [("agritech",), ("all",), ("blockchain",), ("fintech",)]
    shares = [judged("sector", startup(), programme(sectors=t)).share for t in taken]
    assert all(lower < higher for lower, higher in pairwise(shares))


def _raise_level(left, right):
    for number, skill in enumerate(left.languages or ()):
        if skill.level not in (None, "native"):
            higher = LanguageSkill(skill.language, LEVELS[LEVELS.index(skill.level) + 1])
            changed = (*left.languages[:number], higher, *left.languages[number + 1 :])
            yield dataclasses.replace(left, languages=changed), right


def _add(side, field, codes):
    def better(left, right):
        profile = left if side == "left" else right
        present = getattr(profile, field)
        for code in codes if present else ():
            if code not in present:
                changed = dataclasses.replace(profile, **{field: (*present, code)})
                yield (changed, right) if side == "left" else (left, changed)

    return better


def _add_language(left, right):
    # one that the team has not got yet; a language already known cannot be worse by more
    for language in NEAR_LANGUAGES:
        if left.languages and language not in {s.language for s in left.languages}:
            for level in (None, "A1", "C1"):
                more = (*left.languages, LanguageSkill(language, level))
                yield dataclasses.replace(left, languages=more), right


def _aim_at_what_is_opened(left, right):
    for market in sorted((expand(right.markets or ()) & {"SG", "KR", "US", "BR"}) | {right.host}):
        if left.target_markets and market not in left.target_markets:
            targets = (*left.target_markets, market)
            yield dataclasses.replace(left, target_markets=targets), right


def _aim_at_a_bloc_of_the_host(left, right):
    for bloc, members in BLOCS.items():
        if right.host in members - {left.country} and bloc not in (left.target_markets or (bloc,)):
            targets = (*left.target_markets, bloc)
            yield dataclasses.replace(left, target_markets=targets), right


def _be_free_earlier(left, right):
    if left.available_from is not None:
        for days in (1, 31, 90, 400):
            earlier = left.available_from - timedelta(days)
            yield dataclasses.replace(left, available_from=earlier), right


def _accept_more_equity(left, right):
    if left.max_equity_percent is not None:
        for more in (1, 5, 60):
            accepted = min(100, left.max_equity_percent + more)
            yield dataclasses.replace(left, max_equity_percent=accepted), right


def _take_less_equity(left, right):
    if right.equity_percent:
        for factor in (0.9, 0.5, 0):
            taken = right.equity_percent * factor
            yield left, dataclasses.replace(right, equity_percent=taken)


def _pay_more(left, right):
    if left.max_fee and left.max_fee.usd is not None:
        for more in (1, 1_000, 1e6):
            yield dataclasses.replace(left, max_fee=usd(left.max_fee.usd + more)), right


def _ask_less(left, right):
    if right.fee and right.fee.usd:
        for factor in (0.9, 0.01, 0):
            yield left, dataclasses.replace(right, fee=usd(right.fee.usd * factor))


def _give_better_money(left, right):
    kinds = ["credit", "equity", "safe", "prize", "grant"]
    if right.funding_kind:
        for kind in kinds[kinds.index(right.funding_kind) :]:
            yield left, dataclasses.replace(right, funding_kind=kind)


def _name_the_stage(left, right):
    if left.stage and right.stages:
        yield left, dataclasses.replace(right, stages=(*right.stages, left.stage))


BETTER = [
    ("needs", _add("right", "services", SERVICES)),
    ("goal", _add("right", "services", SERVICES)),
    ("sector", _add("right", "sectors", SECTOR_PARENT)),
    ("sector", _add("left", "sectors", SECTOR_PARENT)),
    ("market", _add("right", "markets", NEAR_MARKETS)),
    ("market", _aim_at_what_is_opened),
    ("market", _aim_at_a_bloc_of_the_host),
    ("stage", _name_the_stage),
    ("stage", _add("right", "stages", VOCABULARIES["stage"])),
    ("language_level", _raise_level),
    ("language_level", _add_language),
    ("language_level", _add("right", "languages", NEAR_LANGUAGES)),
    ("timing", _add("right", "intake_months", range(1, 13))),
    ("timing", _be_free_earlier),
    ("equity", _accept_more_equity),
    ("equity", _take_less_equity),
    ("fee", _pay_more),
    ("fee", _ask_less),
    ("funding", _give_better_money),
]


def test_better_facts_never_lower_a_fit():
    tried = dict.fromkeys(range(len(BETTER)), 0)

    @examples(120)
    @given(startups(), programmes())
    def holds(left, right):
        for number, (name, better) in enumerate(BETTER):
            before = expected_share(name, left, right)
            for improved in better(left, right):
                tried[number] += 1
                after = expected_share(name, *improved)
                assert after >= before - 1e-12, (name, better, improved)

    holds()
    assert min(tried.values()) > 0, "some improvement was never tried"


def test_a_higher_level_of_a_language_never_earns_less():
    shares = [
        judged("language_level", startup(languages=skills(("en", level))), programme()).share
        for level in LEVELS
    ]
    assert shares == sorted(shares)
    assert len(set(shares)) == len(LEVELS) - 1  # C2 and mother tongue earn alike


@examples(100)
@given(st.dates(DAY, date(2027, 3, 1)), st.lists(st.integers(1, 12), min_size=1, max_size=3))
def test_an_intake_is_never_before_the_team_is_free_nor_before_it_could_prepare(free, months):
    left, right = startup(available_from=free), programme(intake_months=tuple(months))
    facts = dict(judged("timing", left, right).reason.facts)
    ahead = (free.year - DAY.year) * 12 + free.month - DAY.month
    assert facts["wait"] >= max(ahead, 2)
    assert (DAY.month + facts["wait"] - facts["month"]) % 12 == 0
    assert facts["month"] in months


@examples(150)
@given(
    st.dates(DAY, date(2029, 3, 1)),
    st.integers(0, 900),
    st.lists(st.integers(1, 12), min_size=1, max_size=3),
)
def test_whoever_is_free_earlier_joins_no_later_and_earns_no_less(free, days, months):
    right = programme(intake_months=tuple(months))
    later, sooner = (
        judged("timing", startup(available_from=day), right)
        for day in (free, free - timedelta(days))
    )
    assert dict(sooner.reason.facts)["wait"] <= dict(later.reason.facts)["wait"]
    assert sooner.share >= later.share


@examples(100)
@given(startups(country="VN"), programmes())
def test_markets_that_hold_nothing_but_the_own_country_reach_no_bloc(left, right):
    aim = dataclasses.replace(left, target_markets=("ASEAN",))
    stay = dataclasses.replace(right, country="KR", host_country="KR", markets=("VN",))
    more = dataclasses.replace(stay, markets=("VN", "SG"))
    assert judged("market", aim, stay).share < judged("market", aim, more).share == 1.0
