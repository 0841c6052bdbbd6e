"""Big made-up crowds for benchmarks: profiles varied from the shipped catalogue, and vectors.

Every field of a made-up profile is drawn from the values that the catalogue's profiles have for
it, each field on its own, so that the number of distinct keys of every rule is that of real data
and their combinations are far more. What real profiles leave unknown, answers of a startup's form,
is drawn from plain lists. Everything is seeded.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from data.catalogue import shipped
from matcher.profile import LanguageSkill, Money, Programme, Startup
from matcher.taxonomy import SERVICES
from models.portfolios import Portfolios

TODAY = date(2026, 11, 24)
DIMENSION = 384
MOST_ALUMNI = 30

DRAWN = (
    "family direction home_country_only allowed_countries sectors stages markets services "
    "languages min_language_level max_age_years max_raised min_team min_founder_share "
    "incorporation_required on_site duration_weeks equity_percent funding_kind fee rolling "
    "intake_months status country"
).split()


def programmes(count: int, seed: int = 1) -> list[Programme]:
    """Programmes whose fields are drawn one by one from those that startups can apply to."""
    rng = random.Random(seed)
    real = [p for p in shipped("programme") if p.family in ("A", "C", "D", "E")]
    pools = {name: [getattr(p, name) for p in real] for name in DRAWN}
    made = []
    for number in range(count):
        fields = {name: rng.choice(values) for name, values in pools.items()}
        base = rng.choice(real)
        made.append(replace(base, id=f"p{number:06d}", **fields))
    return made


def startups(count: int, seed: int = 2) -> list[Startup]:
    """Startups with the sectors and stages of real ones, and answers to every question."""
    rng = random.Random(seed)
    kept = (s for s in shipped("startup") if s.size != "large" and s.status != "closed")
    real = [s for s in kept if s.stage != "acquired"]
    money = [Money(usd, "USD", usd) for usd in (0.0, 5e4, 3e5, 2e6, 1e7)] + [None]
    made = []
    for number in range(count):
        base, needs = rng.choice(real), rng.sample(SERVICES[:10], rng.randint(1, 4))
        level = rng.choice(("B1", "B2", "C1", None))
        made.append(
            replace(
                base,
                id=f"s{number:06d}",
                size="sme",
                sectors=rng.choice(real).sectors,
                stage=rng.choice(real).stage or "seed",
                needs=tuple(needs),
                goal=rng.choice((None, "learn", "raise_capital", "first_customers")),
                target_markets=tuple(rng.sample(("US", "JP", "KR", "SG", "EU", "ASEAN"), 2)),
                languages=(LanguageSkill("en", level), LanguageSkill("vi", "native")),
                founded_year=rng.randint(2016, 2026),
                can_travel_weeks=rng.choice((None, 2.0, 4.0, 12.0, 26.0, 52.0)),
                max_equity_percent=rng.choice((None, 0.0, 5.0, 8.0)),
                total_raised=rng.choice(money),
                revenue_12m=rng.choice(money),
                team_size=rng.choice((None, 2, 4, 10)),
                will_incorporate_abroad=rng.choice((None, True, False)),
                available_from=rng.choice((None, date(2027, 1, 1), date(2027, 6, 1))),
                grants_held=(),
                conflicts=(),
            )
        )
    return made


def vectors(count: int, seed: int) -> NDArray[np.float32]:
    """Unit vectors spread like those of real texts: topics in a cloud, (count, 384) float32."""
    rng = np.random.default_rng(seed)
    topics = np.random.default_rng(99).standard_normal((40, DIMENSION))
    mixed = topics[rng.integers(0, 40, count)] + 2.0 * rng.standard_normal((count, DIMENSION))
    unit: NDArray[np.float32] = mixed.astype(np.float32)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    return unit


def portfolios(ids: Sequence[str], seed: int, least: int = 1) -> Portfolios:
    """Portfolios of these programmes, ``least`` to 30 alumni each."""
    sizes = np.random.default_rng(seed).integers(least, MOST_ALUMNI + 1, len(ids))
    made = Portfolios(DIMENSION, "made-up")
    for at in range(0, len(ids), 1000):  # so that not all vectors are held twice
        ends = np.cumsum(sizes[at : at + 1000])
        alumni = np.split(vectors(int(ends[-1]), seed + at), ends[:-1])
        for one, rows in zip(ids[at : at + 1000], alumni, strict=True):
            made.put(one, rows)
    return made
