"""Hypothesis strategies of whole profiles and scales, in which much is unknown.

Values are few and near each other on purpose: pairs that meet at an edge are then common.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from matcher.profile import Alumnus, Founder, Incubator, LanguageSkill, Money, Programme, Startup
from matcher.ranking import Asker
from matcher.roster import Roster
from matcher.rules import RULES
from matcher.rules.base import Rule
from matcher.scoring import Likeness
from matcher.taxonomy import BLOCS, LEVELS, SECTOR_PARENT, SERVICES, VOCABULARIES
from matcher.weights import DEFAULT_POINTS, LIKENESSES, PARTNER_POINTS, Calibration, Scale

DAY = date(2026, 3, 1)
"""The day on which the tests read ages, windows and intakes."""

Value = TypeVar("Value")


def examples(most: int) -> settings:
    """Repeatable runs of at most this many examples, however long numba compiles before them."""
    return settings(
        max_examples=most,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def maybe(known: st.SearchStrategy[Value]) -> st.SearchStrategy[Value | None]:
    """The value, or unknown."""
    return st.one_of(st.none(), known)


def code(vocabulary: str) -> st.SearchStrategy[str]:
    """One code of a vocabulary."""
    return st.sampled_from(sorted(VOCABULARIES[vocabulary]))


def some(codes: Sequence[str], most: int = 4) -> st.SearchStrategy[tuple[str, ...]]:
    """Up to so many different codes, none among them as well."""
    return st.lists(st.sampled_from(codes), max_size=most, unique=True).map(tuple)


NEAR_COUNTRIES = ("VN", "SG", "KR", "JP", "LU", "DE", "US", "AE")
NEAR_MARKETS = (*NEAR_COUNTRIES, *BLOCS, "*")
NEAR_LANGUAGES = ("en", "vi", "ko", "ja")
NEAR_SECTORS = ("fintech", "blockchain", "ecommerce", "logistics", "agritech", "ai", "deeptech")
ORGANISATIONS = ("Merlion Agency", "Vườn ươm Đà Nẵng", "K Lab", "Station Nord")
GRANTS = ("cip", "incu-tech", "kgc")

sectors = some((*SECTOR_PARENT, *NEAR_SECTORS), 3)
services = some(SERVICES)
markets = some(NEAR_MARKETS)
country = st.sampled_from(NEAR_COUNTRIES)
stages = some(VOCABULARIES["stage"])
few = st.integers(0, 5)
years = st.sampled_from((0.0, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0))
weeks = st.sampled_from((0.0, 1.0, 4.0, 12.0, 12.5, 26.0))
percent = st.sampled_from((0.0, 4.0, 5.0, 7.5, 10.0, 50.0, 51.0, 100.0))
days = st.dates(date(2025, 9, 1), date(2027, 3, 1))
skills = st.builds(LanguageSkill, st.sampled_from(NEAR_LANGUAGES), maybe(st.sampled_from(LEVELS)))


@st.composite
def sums(draw: Any) -> Money:
    """A sum of money, with or without a known rate."""
    amount = draw(st.sampled_from((0.0, 1_000.0, 50_000.0, 1_000_000.0, 2_000_000.0)))
    currency, rate = draw(st.sampled_from((("USD", 1.0), ("SGD", 0.75), ("CLP", None))))
    return Money(amount, currency, None if rate is None else amount * rate)


STARTUP_FACTS: dict[str, st.SearchStrategy[Any]] = {
    "legal_status": code("legal_status"),
    "size": code("size"),
    "country": country,
    "parent_country": country,
    "founded_on": st.dates(date(2014, 1, 1), date(2026, 12, 31)),
    "founded_year": st.integers(2014, 2026),
    "sectors": sectors,
    "stage": code("stage"),
    "target_markets": markets,
    "needs": services,
    "goal": code("goal"),
    "revenue_12m": sums(),
    "total_raised": sums(),
    "max_equity_percent": percent,
    "max_fee": sums(),
    "employees": st.sampled_from((0, 3, 200, 201, 5_000)),
    "team_size": few,
    "full_time_people": few,
    "founder_share_percent": percent,
    "languages": st.lists(skills, max_size=3).map(tuple),
    "can_travel_weeks": weeks,
    "available_from": days,
    "will_incorporate_abroad": st.booleans(),
    "grants_held": some(GRANTS, 2),
    "conflicts": some(ORGANISATIONS, 2),
    "founders": st.just((Founder("Nguyễn Văn A"),)),
}
"""Every field of a startup that a rule reads, and one that none reads."""

PROGRAMME_FACTS: dict[str, st.SearchStrategy[Any]] = {
    "host_country": country,
    "org_type": code("org_type"),
    "family": code("family"),
    "direction": code("direction"),
    "home_country_only": st.booleans(),
    "allowed_countries": markets,
    "sectors": sectors,
    "stages": stages,
    "markets": markets,
    "services": services,
    "languages": some(NEAR_LANGUAGES, 3),
    "min_language_level": st.sampled_from(LEVELS),
    "min_age_years": years,
    "max_age_years": years,
    "min_revenue": sums(),
    "max_revenue": sums(),
    "max_raised": sums(),
    "min_team": few,
    "min_full_time": few,
    "min_founder_share": percent,
    "other_conditions_en": st.just("A founder must attend the opening day."),
    "other_conditions_vi": st.just("Nhà sáng lập phải dự ngày khai mạc."),
    "incorporation_required": st.booleans(),
    "on_site": code("on_site"),
    "on_site_weeks": weeks,
    "duration_weeks": weeks,
    "funding": sums(),
    "funding_kind": code("funding_kind"),
    "equity_percent": percent,
    "fee": sums(),
    "intake_months": st.lists(st.integers(1, 12), max_size=3, unique=True).map(tuple),
    "rolling": st.booleans(),
    "application_open": days,
    "application_close": days,
    "exclusive_with": some(GRANTS, 2),
    "portfolio": st.just((Alumnus("Ví Điện Tử A"),)),
}
"""Every field of a programme that a rule reads, and one that none reads."""

INCUBATOR_FACTS: dict[str, st.SearchStrategy[Any]] = {
    "org_type": code("org_type"),
    "families": some(VOCABULARIES["family"]),
    "direction": code("direction"),
    "sectors": sectors,
    "services": services,
    "wants": services,
    "languages": some(NEAR_LANGUAGES, 3),
    "markets": markets,
    "linked_countries": some(NEAR_COUNTRIES),
    "linked_organisations": some(ORGANISATIONS, 2),
    "conflicts": some(ORGANISATIONS, 2),
}

ids = st.text("abcdexyz019-", min_size=1, max_size=6)


def _facts(known: dict[str, st.SearchStrategy[Any]], fixed: dict[str, Any]) -> dict[str, Any]:
    kept = {name: maybe(strategy) for name, strategy in known.items() if name not in fixed}
    return kept | {
        name: value if isinstance(value, st.SearchStrategy) else st.just(value)
        for name, value in fixed.items()
    }


def startups(**fixed: Any) -> st.SearchStrategy[Startup]:
    """Startups of any kind; the named fields as given (values, or strategies of them)."""
    fixed = {"id": "asker", "name": "Asker"} | fixed
    return st.builds(Startup, **_facts(STARTUP_FACTS, fixed))


def programmes(**fixed: Any) -> st.SearchStrategy[Programme]:
    """Programmes of any kind; the named fields as given (values, or strategies of them)."""
    required = {
        "id": ids,
        "name": st.just("Programme"),
        "organisation": st.sampled_from(ORGANISATIONS),
        "country": country,
        "status": code("status"),
    }
    required = {name: strategy for name, strategy in required.items() if name not in fixed}
    return st.builds(Programme, **required, **_facts(PROGRAMME_FACTS, fixed))


OPEN_TO_ALL: dict[str, Any] = {
    "status": "open",
    "family": "A",
    "direction": "in",
    "home_country_only": False,
    "allowed_countries": ("*",),
    "stages": None,
    "min_age_years": None,
    "max_age_years": None,
    "min_team": None,
    "min_full_time": None,
    "min_founder_share": None,
    "min_revenue": None,
    "max_revenue": None,
    "max_raised": None,
    "incorporation_required": False,
    "on_site": "remote",
    "languages": None,
    "application_close": None,
    "exclusive_with": (),
    "organisation": "Open House",
}
"""Facts with which no gate refuses a startup that is neither large nor acquired."""


def open_programmes(**fixed: Any) -> st.SearchStrategy[Programme]:
    """Programmes that refuse no ordinary startup, with fits of any kind."""
    return programmes(**(OPEN_TO_ALL | fixed))


def ordinary_startups(**fixed: Any) -> st.SearchStrategy[Startup]:
    """Startups that are small and not sold, of any kind otherwise."""
    stage = st.none() | st.sampled_from(("idea", "mvp", "seed", "series_a", "growth"))
    return stage.flatmap(lambda s: startups(**({"size": "sme", "stage": s} | fixed)))


def incubators(**fixed: Any) -> st.SearchStrategy[Incubator]:
    """Incubators and partners of any kind; the named fields as given, as above."""
    required = {
        "id": ids,
        "name": st.sampled_from(ORGANISATIONS),
        "country": country,
        "status": code("status"),
    }
    required = {name: strategy for name, strategy in required.items() if name not in fixed}
    return st.builds(Incubator, **required, **_facts(INCUBATOR_FACTS, fixed))


def many(
    one: st.SearchStrategy[Value], least: int = 0, most: int = 6
) -> st.SearchStrategy[list[Value]]:
    """Profiles with different ids."""
    return st.lists(one, min_size=least, max_size=most, unique_by=lambda p: p.id)


@st.composite
def scales(draw: Any, names: Sequence[str] = tuple(DEFAULT_POINTS)) -> Scale:
    """Scales of whole hundredths that sum to 100, some parts worth nothing."""
    between = len(names) - 1
    cuts = sorted(draw(st.lists(st.integers(0, 10_000), min_size=between, max_size=between)))
    steps = [b - a for a, b in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    calibrations = {name: draw(calibrations_of()) for name in LIKENESSES}
    points = {name: step / 100 for name, step in zip(names, steps, strict=True)}
    return Scale(points, calibrations, draw(st.sampled_from((0.0, 0.5, 1.0, 5.0))))


def partner_scales() -> st.SearchStrategy[Scale]:
    """Scales of the rules over partners."""
    return scales(tuple(PARTNER_POINTS))


def calibrations_of() -> st.SearchStrategy[Calibration]:
    """Calibrations as they are measured on encoders, and the plain one."""
    return st.sampled_from((Calibration(0.0, 1.0), Calibration(0.75, 0.9, 0.4)))


def cosines(count: int) -> st.SearchStrategy[np.ndarray]:
    """Raw cosines of one asker, some unknown."""
    one = st.sampled_from((np.nan, -1.0, 0.0, 0.7, 0.75, 0.8, 0.8251, 0.9, 0.95, 1.0))
    return st.lists(one, min_size=count, max_size=count).map(lambda c: np.array(c, np.float32))


def likenesses(count: int) -> st.SearchStrategy[tuple[Likeness, ...]]:
    """Both likenesses of one asker, or none."""
    both = st.tuples(*(cosines(count).map(lambda c, n=n: Likeness(n, c)) for n in LIKENESSES))
    return st.one_of(st.just(()), both)


def roster_of(
    profiles: Sequence[Any], rules: Sequence[Rule] = RULES, side: Any = "right"
) -> Roster:
    """The profiles on a roster of the day of the tests."""
    roster = Roster(rules, side, DAY)
    roster.put(profiles)
    return roster


def asker_of(profile: Any, count: int, **cosines: float | Sequence[float]) -> Asker:
    """An asker with the given cosines (one for all, or one each), unknown where not given."""
    filled = {name: cosines.get(name, np.nan) for name in LIKENESSES}
    arrays = {n: np.full(count, c, np.float32) for n, c in filled.items()}
    return Asker(profile, tuple(Likeness(name, array) for name, array in arrays.items()))
