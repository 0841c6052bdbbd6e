"""Hypothesis strategies of whole profiles and scales, in which much is unknown.

Values are few and near each other on purpose: pairs that meet at an edge are then common.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, TypeVar

import numpy as np
from hypothesis import HealthCheck, Phase, settings
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

seeds = st.integers(0, 2**32 - 1)


def examples(most: int) -> settings:
    """Repeatable runs of at most this many examples, however long numba compiles before them.

    What fails is shown as it is: a profile is made from one number, and a smaller number makes no
    simpler profile.
    """
    return settings(
        max_examples=most,
        deadline=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


Draw = Callable[[Random], Any]
"""Makes one known value of a field."""


def one(codes: Iterable[Any]) -> Draw:
    """One of these."""
    listed = sorted(codes)
    return lambda random: random.choice(listed)


def perhaps(draw: Draw) -> Draw:
    """What another draws, or nothing known."""
    return lambda random: random.choice((None, draw(random)))


def code(vocabulary: str) -> Draw:
    """One code of a vocabulary."""
    return one(VOCABULARIES[vocabulary])


def some(codes: Iterable[Any], most: int = 4) -> Draw:
    """Up to so many different ones, none among them as well."""
    listed = tuple(codes)
    return lambda random: tuple(random.sample(listed, random.randint(0, min(most, len(listed)))))


def just(value: Any) -> Draw:
    """This and no other."""
    return lambda _: value


def day(first: date, last: date) -> Draw:
    """A day between two, both included."""
    return lambda random: first + timedelta(days=random.randint(0, (last - first).days))


NEAR_COUNTRIES = ("VN", "SG", "KR", "JP", "LU", "DE", "US", "AE")
NEAR_MARKETS = (*NEAR_COUNTRIES, *BLOCS, "*")
NEAR_LANGUAGES = ("en", "vi", "ko", "ja")
NEAR_SECTORS = ("fintech", "blockchain", "ecommerce", "logistics", "agritech", "ai", "deeptech")
ABROAD = tuple(code for code in NEAR_COUNTRIES if code != "VN")
ORGANISATIONS = ("Merlion Agency", "Vườn ươm Đà Nẵng", "K Lab", "K Lab Seoul", "Station Nord")
GRANTS = ("cip", "incu-tech", "kgc")

sectors = some((*SECTOR_PARENT, *NEAR_SECTORS), 3)
services = some(SERVICES)
markets = some(NEAR_MARKETS)
country = one(NEAR_COUNTRIES)
few = one(range(6))
yes_or_no = one((False, True))
years = one((0.0, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0))
weeks = one((0.0, 1.0, 4.0, 12.0, 12.5, 26.0))
percent = one((0.0, 4.0, 5.0, 7.5, 10.0, 50.0, 51.0, 100.0))
days = day(date(2025, 9, 1), date(2027, 6, 1))
call_days = day(date(2024, 9, 1), date(2026, 12, 1))


def ids(random: Random) -> str:
    """A short id; two of them are sometimes the same, or begin alike."""
    return "".join(random.choices("abcxyz019-", k=random.randint(1, 4)))


def sums(random: Random) -> Money:
    """A sum of money, with or without a known rate."""
    amount = random.choice((0.0, 1_000.0, 50_000.0, 1_000_000.0, 2_000_000.0))
    currency, rate = random.choice((("USD", 1.0), ("SGD", 0.75), ("CLP", None)))
    return Money(amount, currency, None if rate is None else amount * rate)


def skills(random: Random) -> tuple[LanguageSkill, ...]:
    """Languages of a team, some at an unknown level, one perhaps listed twice."""
    spoken = random.choices(NEAR_LANGUAGES, k=random.randint(0, 3))
    return tuple(LanguageSkill(one_, random.choice((None, *LEVELS))) for one_ in spoken)


STARTUP_FACTS: dict[str, Draw] = {
    "legal_status": code("legal_status"),
    "status": code("status"),
    "size": code("size"),
    "country": country,
    "parent_country": country,
    "founded_on": day(date(2014, 1, 1), date(2026, 12, 31)),
    "founded_year": one(range(2014, 2027)),
    "sectors": sectors,
    "stage": code("stage"),
    "target_markets": markets,
    "needs": services,
    "goal": code("goal"),
    "revenue_12m": sums,
    "total_raised": sums,
    "max_equity_percent": percent,
    "max_fee": sums,
    "employees": one((0, 3, 200, 201, 5_000)),
    "team_size": few,
    "full_time_people": few,
    "founder_share_percent": percent,
    "languages": skills,
    "can_travel_weeks": weeks,
    "available_from": days,
    "will_incorporate_abroad": yes_or_no,
    "grants_held": some(GRANTS, 2),
    "conflicts": some(ORGANISATIONS, 2),
    "founders": just((Founder("Nguyễn Văn A"),)),
}
"""Every field of a startup that a rule reads, and one that none reads."""

PROGRAMME_FACTS: dict[str, Draw] = {
    "host_country": country,
    "org_type": code("org_type"),
    "family": code("family"),
    "direction": code("direction"),
    "home_country_only": yes_or_no,
    "allowed_countries": markets,
    "sectors": sectors,
    "stages": some(VOCABULARIES["stage"]),
    "markets": markets,
    "services": services,
    "languages": some(NEAR_LANGUAGES, 3),
    "min_language_level": one(LEVELS),
    "min_age_years": years,
    "max_age_years": years,
    "min_revenue": sums,
    "max_revenue": sums,
    "max_raised": sums,
    "min_team": few,
    "min_full_time": few,
    "min_founder_share": percent,
    "other_conditions_en": just("A founder must attend the opening day."),
    "other_conditions_vi": just("Nhà sáng lập phải dự ngày khai mạc."),
    "incorporation_required": yes_or_no,
    "on_site": code("on_site"),
    "on_site_weeks": weeks,
    "duration_weeks": weeks,
    "funding": sums,
    "funding_kind": code("funding_kind"),
    "equity_percent": percent,
    "fee": sums,
    "intake_months": some(range(1, 13), 3),
    "rolling": yes_or_no,
    "application_open": call_days,
    "application_close": call_days,
    "exclusive_with": some(GRANTS, 2),
    "portfolio": just((Alumnus("Ví Điện Tử A"),)),
}
"""Every field of a programme that a rule reads, and one that none reads."""

INCUBATOR_FACTS: dict[str, Draw] = {
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


def fact(table: dict[str, Draw], field: str) -> st.SearchStrategy[Any]:
    """A known value of one field."""
    return seeds.map(lambda seed: table[field](Random(seed)))


def made(
    kind: type[Value], table: dict[str, Draw], always: dict[str, Any]
) -> st.SearchStrategy[Value]:
    """Profiles made each from one number, which is much quicker than a draw for each field.

    Some know nearly everything and some hardly anything. What is in ``always`` is known always.
    """

    def make(seed: int) -> Value:
        random = Random(seed)
        ignorance = random.choice((0.05, 0.3, 0.7))
        values = {
            name: draw(random)
            for name, draw in table.items()
            if name not in always and random.random() >= ignorance
        }
        for name, value in always.items():
            values[name] = value(random) if callable(value) else value
        return kind(**values)

    return seeds.map(make)


def startups(**fixed: Any) -> st.SearchStrategy[Startup]:
    """Startups of any kind; the named fields as given (values, or ways to draw them)."""
    return made(Startup, STARTUP_FACTS, {"id": "asker", "name": "Asker"} | fixed)


def programmes(**fixed: Any) -> st.SearchStrategy[Programme]:
    """Programmes of any kind; the named fields as given (values, or ways to draw them)."""
    always = {
        "id": ids,
        "name": "Programme",
        "organisation": one(ORGANISATIONS),
        "country": country,
        "status": code("status"),
    }
    return made(Programme, PROGRAMME_FACTS, always | fixed)


OPEN_TO_ALL: dict[str, Any] = {
    "status": "open",
    "country": one(ABROAD),
    "host_country": perhaps(one(ABROAD)),
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
"""Facts with which no gate refuses a startup of Vietnam that is neither large nor acquired."""


def open_programmes(**fixed: Any) -> st.SearchStrategy[Programme]:
    """Programmes that refuse no ordinary startup, with fits of any kind."""
    return programmes(**(OPEN_TO_ALL | fixed))


def ordinary_startups(**fixed: Any) -> st.SearchStrategy[Startup]:
    """Startups of Vietnam that are small and not sold, of any kind otherwise."""
    usual = {
        "size": "sme",
        "country": perhaps(just("VN")),
        "stage": perhaps(one(("idea", "mvp", "seed", "series_a", "growth"))),
    }
    return startups(**(usual | fixed))


def incubators(**fixed: Any) -> st.SearchStrategy[Incubator]:
    """Incubators and partners of any kind; the named fields as given, as above."""
    always = {
        "id": ids,
        "name": one(ORGANISATIONS),
        "country": country,
        "status": code("status"),
    }
    return made(Incubator, INCUBATOR_FACTS, always | fixed)


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
