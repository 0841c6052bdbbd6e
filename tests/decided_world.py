"""A small made catalogue, kept in a real database, with decisions drawn from known true weights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from threadpoolctl import threadpool_limits

from data import decisions, profiles
from data.engines import transaction
from matcher.evidence import GRADES
from matcher.profile import Alumnus, Founder, LanguageSkill
from matcher.shares import shares_of
from service.wiring import Parts
from tests import builders
from tests.builders import NOW

SECTORS = ("fintech", "agritech", "healthtech", "edtech")
STAGES = ("idea", "mvp", "seed", "series_a")
MARKETS = ("SG", "KR", "JP", "DE")
SERVICES = ("market_access", "mentoring", "funding", "lab_access", "training")
GOALS = ("customers", "capital", "product", "research")
WARDS = ("Phường Sài Gòn", "Phường Tân Định", "Xã Bình Mỹ")
WHAT = {
    "fintech": ("Payment software for small shops.", "Phần mềm thanh toán cho cửa hàng nhỏ."),
    "agritech": ("Sensors for rice farms.", "Cảm biến cho ruộng lúa."),
    "healthtech": ("A clinic's appointments.", "Lịch hẹn cho phòng khám."),
    "edtech": ("Lessons for pupils at home.", "Bài học tại nhà cho học sinh."),
}
FIRST = datetime(2024, 1, 2, 9, 0, tzinfo=UTC)
QUARTERS = 8
TRUTH = {"market": 0.5, "stage": 0.4, "sector": 0.1}
"""What decides in truth: far from the expert's points, which hold ``needs`` the highest."""

GAIN = 16.0
REACHED = (0.6, 0.4, 0.25, 0.1, 0.03)
"""Share of all pairs that reach each grade from ``met`` on."""


@dataclass(frozen=True)
class Drawn:
    """A decision of the world, as it was kept."""

    startup: str
    programme: str
    decision: str


def some_startups(count: int = 60):
    """Startups that differ in all that a fit looks at; a third writes in each language or both."""
    draw = np.random.default_rng(1)
    return [_startup(number, draw) for number in range(count)]


def _startup(number: int, draw: np.random.Generator):
    sector = SECTORS[number % len(SECTORS)]
    english, vietnamese = WHAT[sector]
    sex = "female" if draw.random() < 0.5 else "male"
    return builders.startup(
        id=f"s{number:03d}",
        name=f"Startup {number}",
        sectors=(sector,),
        stage=str(draw.choice(STAGES)),
        ward=str(draw.choice(WARDS)),
        product_en=None,
        product_vi=None,
        description_en=english if number % 3 != 1 else None,
        description_vi=vietnamese if number % 3 != 2 else None,
        target_markets=(str(draw.choice(MARKETS)),),
        needs=tuple(draw.permutation(SERVICES)[:2].tolist()),
        languages=(LanguageSkill("en", str(draw.choice(("A2", "B2", "C1")))),),
        founders=(Founder(name=f"Founder {number}", sex=sex),),
    )


def some_programmes(count: int = 20):
    """Programmes that differ likewise; those of even number have a past portfolio."""
    draw = np.random.default_rng(2)
    return [_programme(number, draw) for number in range(count)]


def _programme(number: int, draw: np.random.Generator):
    sector = SECTORS[number % len(SECTORS)]
    english, vietnamese = WHAT[sector]
    market = str(draw.choice(MARKETS))
    first = int(draw.integers(0, 3))
    past = (Alumnus(company=f"Alumnus {number}", what_en=WHAT[SECTORS[number % 3]][0]),)
    return builders.programme(
        id=f"p{number:03d}",
        name=f"Programme {number}",
        organisation=f"Organisation {number}",
        country=market,
        city=None,
        sectors=(sector,),
        stages=STAGES[first : first + 2],
        markets=(market,),
        services=tuple(draw.permutation(SERVICES)[:2].tolist()),
        min_language_level=str(draw.choice(("A2", "B1", "B2"))),
        portfolio=past if number % 2 == 0 else None,
        description_en=f"For founders. {english}",
        description_vi=f"Cho nhà sáng lập. {vietnamese}",
    )


def keep_world(parts: Parts, count: int, seed: int = 7) -> list[Drawn]:
    """Keep the catalogue and so many decisions over eight quarters; return these."""
    threadpool_limits(1, "blas")  # as the product is wired: threads would wait for each other
    startups, programmes = some_startups(), some_programmes()
    with transaction(parts.engine) as conn:
        profiles.put_all(conn, (*startups, *programmes), who="test", at=NOW)
    parts.matchmaker.catch_up()
    drawn = _drawn(parts, [s.id for s in startups], [p.id for p in programmes], count, seed)
    step = timedelta(days=QUARTERS * 91 / max(count, 1))
    with transaction(parts.engine) as conn:
        for number, one in enumerate(drawn):
            decide(conn, one.startup, one.programme, one.decision, at=FIRST + number * step)
    return drawn


def decide(conn, startup: str, programme: str, decision: str, at: datetime = NOW) -> None:
    """Keep a decision about a pair."""
    decisions.decide(conn, startup, "programme", programme, decision, who="an", at=at)


def _drawn(parts: Parts, startups, programmes, count: int, seed: int) -> list[Drawn]:
    matchmaker, draw = parts.matchmaker, np.random.default_rng(seed)
    names = list(matchmaker.own_scale.points)
    truth = np.array([TRUTH.get(name, 0.0) for name in names])
    roster = matchmaker.programmes.roster
    places = np.array([roster.place(one) for one in programmes])
    shares = [
        shares_of(matchmaker.panel, roster, matchmaker.asker_of(one), places) for one in startups
    ]
    worth = GAIN * (np.stack(shares) @ truth)
    latent = worth + draw.logistic(0, 1, worth.shape)
    bars = np.quantile(latent, 1 - np.array(REACHED))
    grades = (latent[:, :, None] >= bars).sum(axis=2)
    chosen = draw.permutation(worth.size)[:count]
    pairs = (np.unravel_index(one, worth.shape) for one in chosen)
    return [Drawn(startups[i], programmes[j], GRADES[grades[i, j]]) for i, j in pairs]
