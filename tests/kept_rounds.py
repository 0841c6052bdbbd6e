"""Cohorts and outcomes for the tests of what is kept of them."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from data import profiles
from matcher.cohort import Cohort, Intake
from matcher.outcome import (
    FairnessSheet,
    Group,
    Load,
    Measures,
    Missed,
    Move,
    Outcome,
    Place,
    Placement,
    Relaxation,
    Shortfall,
    Waiting,
    WayOut,
)
from matcher.profile import Programme, Startup
from matcher.rules.base import Coded, InLanguages, Reason, Sum
from tests.builders import NOW, programme, startup

STARTUPS = (
    startup(id="an-pay", name="An Pay", ward="Bến Nghé", phase="uom_tao"),
    startup(id="binh-agri", name="Bình Agri", sectors=("agritech",), stage="mvp"),
    startup(id="chi-med", name="Chi Med", sectors=("healthtech",), tax_code="0312345678"),
)
PROGRAMMES = (
    programme(id="k-lab", name="K Lab", organisation="K Lab Seoul", country="KR"),
    programme(id="merlion", capacity=2, capacity_basis="cohort"),
)


def cohort(**changes: Any) -> Cohort:
    """A round of three startups and two programmes, one of which has no known places."""
    values: dict[str, Any] = {
        "id": "dot-1-2026",
        "name": "Đợt 1 năm 2026",
        "startups": tuple(one.id for one in STARTUPS),
        "intakes": (Intake(programme_id="k-lab", places=2), Intake(programme_id="merlion")),
    }
    return Cohort(**(values | changes))


def by_id(profiles: tuple[Any, ...]) -> dict[str, Any]:
    return {one.id: one for one in profiles}


def keep_profiles(conn: Any, *more: Startup | Programme) -> None:
    profiles.put_all(conn, [*STARTUPS, *PROGRAMMES, *more], who="an", at=NOW)


def drawn_outcome(startups: int, seed: int = 0, programmes: int = 20) -> Outcome:
    """An outcome in which every value of the module stands, with facts of every kind."""
    draw = Random(seed)
    ids = [f"startup-{place:05}" for place in range(startups)]
    offers = [f"programme-{place:03}" for place in range(programmes)]
    placements = tuple(_placement(draw, id, offers) for id in ids)
    return Outcome(
        total=draw.randrange(10**9),
        bound=draw.randrange(10**9),
        proved=draw.random() < 0.5,
        placements=placements,
        loads=tuple(_load(draw, id, ids) for id in offers),
        sheet=_sheet(draw),
        moves=tuple(_move(draw, id, offers) for id in ids[:5]),
        least_moves=draw.choice((None, 0, 3)),
        notes=_reasons(draw),
    )


def drawn_shortfall(seed: int = 0) -> Shortfall:
    draw = Random(seed)
    ways = (tuple(Relaxation(f"Giới hạn {n}", n + 1) for n in range(draw.randrange(1, 3))),) * 2
    return Shortfall(tuple(WayOut(way, draw.randrange(10**6)) for way in ways))


def _placement(draw: Random, id: str, offers: list[str]) -> Placement:
    places = tuple(
        Place(draw.choice(offers), *_four(draw), draw.random() < 0.1, draw.random() < 0.1)
        for _ in range(draw.randrange(2))
    )
    missed = tuple(_missed(draw, offers) for _ in range(draw.randrange(4)))
    state: Any = "placed" if places else draw.choice(("reserve", "out"))
    return Placement(id, state, places, missed, draw.randrange(200), _reasons(draw))


def _missed(draw: Random, offers: list[str]) -> Missed:
    lowest = draw.choice((None, 0, 7_000))
    reserve, cost = draw.choice((None, 1)), draw.choice((None, -3, 12))
    return Missed(draw.choice(offers), *_four(draw), lowest, draw.randrange(9), reserve, cost)


def _load(draw: Random, id: str, ids: list[str]) -> Load:
    waiting = tuple(Waiting(one, draw.randrange(10_000)) for one in ids[:3])
    places, price = draw.choice((None, 0, 5)), draw.choice((None, 0, 70))
    return Load(id, places, 3, 0, None, 9_000, draw.random() < 0.5, price, waiting)


def _sheet(draw: Random) -> FairnessSheet:
    here, optimum = _measures(draw), _measures(draw)
    groups = tuple(Group("district", f"Phường {n}", here, optimum) for n in range(3))
    shares = (draw.random(), 0.0, 1.0)
    return FairnessSheet(here, optimum, 3, 4, 5, 6, *shares, price=-1, groups=groups)


def _measures(draw: Random) -> Measures:
    return Measures(9, 8, 7, (1, 2, 3, 1), None, 0, draw.choice((None, 5)), 6_000, 42_000)


def _move(draw: Random, id: str, offers: list[str]) -> Move:
    return Move(id, (), tuple(draw.sample(offers, 2)), draw.random() < 0.5, -5, _reasons(draw))


def _reasons(draw: Random) -> tuple[Reason, ...]:
    every = (
        Reason("bare"),
        Reason.of("plain", count=3, share=0.5, whole=1.0, name="Vườn ươm “Á”", absent=None),
        Reason.of("valued", day=date(2026, 3, 1), codes=Coded("country", ("KR", "SG"))),
        Reason.of("said", text=InLanguages("one", "một"), sum=Sum(2e9, "VND"), none=Coded("x", ())),
    )
    return tuple(draw.sample(every, draw.randrange(len(every) + 1)))


def _four(draw: Random) -> tuple[int, int, int, int]:
    return draw.randrange(10_000), draw.randrange(10_000), draw.randrange(10_000), draw.randrange(9)
