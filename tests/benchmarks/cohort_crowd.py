"""A city's round for benchmarks: 20,000 startups of real texts, and the shipped programmes.

The texts are those of ``../shared/eval/startup_pool.csv.gz``, all of them and then again from the
first; every other field is drawn as :mod:`tests.benchmarks.crowd` draws it. ``python -m
tests.benchmarks.cohort_crowd`` encodes the texts once (some twenty minutes on two cores) and keeps
the vectors in ``var/benchmarks.db``; without them, vectors are made up.
"""

from __future__ import annotations

import csv
import gzip
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.catalogue import shipped
from data.engines import engine_of, migrate
from data.vectors import DatabaseVectors
from matcher.assignment.building import Round, round_of
from matcher.cohort import Cohort, Intake
from matcher.mutual import TwoSided
from matcher.panel import Panel
from matcher.profile import Programme, Startup
from matcher.rounds import Pairs
from matcher.rules import RULES
from matcher.weights import PORTFOLIO, TEXT, Scale
from models.encoder import SentenceEncoder
from models.index import VectorIndex
from models.shortlist import Shortlist
from models.text import startup_texts
from models.vectors import MemoryVectors, RememberingEncoder, text_digest
from service.pool import Index, Pool
from service.scoreboard import Scoreboard
from service.settings import Settings
from service.wiring import wire_measuring
from tests.benchmarks import crowd
from tests.benchmarks.bench_search import SCALE

TEXTS = Path(__file__).resolve().parents[3] / "shared" / "eval" / "startup_pool.csv.gz"
KEPT = Path("var") / "benchmarks.db"
FEW, MANY = (5, 12), (50, 150)
"""Places of each programme: as rounds have them, and about as many as there are startups."""


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Everything that a round is prepared from; ``vectors`` says where these are from."""

    panel: Panel
    startups: Pool
    programmes: Pool
    lefts: tuple[Startup, ...]
    rights: tuple[Programme, ...]
    vectors: str


def world_of(count: int) -> World:
    """So many startups, and the programmes of the catalogue."""
    lefts = startups_of(count)
    rights = tuple(sorted(shipped("programme"), key=lambda one: one.id))
    found = _real(lefts, rights) or _made_up(lefts, rights)
    panel, startups, programmes, vectors = found
    startups.put(lefts)
    programmes.put(rights)
    return World(panel, startups, programmes, lefts, rights, vectors)


def cohort_of(world: World, places: tuple[int, int]) -> Cohort:
    """A round of everybody; the places of each programme are drawn between two numbers."""
    draw = random.Random(7)
    return Cohort(
        id="benchmark",
        name="Benchmark",
        startups=tuple(one.id for one in world.lefts),
        intakes=tuple(
            Intake(programme_id=one.id, places=draw.randint(*places)) for one in world.rights
        ),
    )


def points_of(board: Scoreboard, world: World) -> TwoSided:
    """The points of every pair of a world."""
    lefts, rights = ([one.id for one in side] for side in (world.lefts, world.rights))
    return board.points(world.panel, world.startups, world.programmes, lefts, rights)


def round_with(
    board: Scoreboard, world: World, places: tuple[int, int], before: Pairs = ()
) -> Round:
    """The round of a world, its points from the board."""
    points, cohort = points_of(board, world), cohort_of(world, places)
    return round_of(cohort, world.lefts, world.rights, points, world.panel, before=before)


def startups_of(count: int) -> tuple[Startup, ...]:
    """Drawn startups with the names and texts of real ones, by id."""
    with gzip.open(TEXTS, "rt", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    drawn = crowd.startups(count)
    return tuple(_written(one, rows[at % len(rows)]) for at, one in enumerate(drawn))


def _written(startup: Startup, row: dict[str, str]) -> Startup:
    others = dict.fromkeys(("description_vi", "product_en", "product_vi"))
    return replace(startup, name=row["name"], description_en=row["text"], **others)


Sides = tuple[Panel, Pool, Pool, str]


def _real(lefts: Sequence[Startup], rights: Sequence[Programme]) -> Sides | None:
    """Pools with the vectors of the texts themselves, None where not all of them are kept."""
    if not KEPT.exists():
        return None
    shortlist, scale = wire_measuring(Settings())
    store = DatabaseVectors(engine_of(f"sqlite:///{KEPT.as_posix()}"))
    wanted = {text_digest(text.text, "query") for one in lefts for text in startup_texts(one)}
    kept = store.fetch(shortlist.encoder.model_id, wanted)
    if len(kept) < len(wanted):
        return None
    shortlist.learn_programmes(rights)
    memory = MemoryVectors()
    memory.keep(shortlist.encoder.model_id, kept)
    near = Shortlist(RememberingEncoder(shortlist.encoder, memory), shortlist.centring)
    near.learn_startups(lefts)
    texts: dict[str, Index] = {TEXT: shortlist.programmes, PORTFOLIO: shortlist.portfolios}
    return (*_sides(scale, near.startups, texts), f"{len(kept):,} real texts, encoded")


def _made_up(lefts: Sequence[Startup], rights: Sequence[Programme]) -> Sides:
    indexes = [VectorIndex(crowd.DIMENSION, "made-up") for _ in range(2)]
    indexes[0].put([one.id for one in lefts], crowd.vectors(len(lefts), 3))
    indexes[1].put([one.id for one in rights], crowd.vectors(len(rights), 4))
    alumni = crowd.portfolios([one.id for one in rights if one.portfolio], 5)
    texts: dict[str, Index] = {TEXT: indexes[1], PORTFOLIO: alumni}
    return (*_sides(SCALE, indexes[0], texts), "made up")


def _sides(
    scale: Scale, startups: VectorIndex, texts: dict[str, Index]
) -> tuple[Panel, Pool, Pool]:
    return (
        Panel(RULES, scale),
        Pool(RULES, "left", crowd.TODAY, {TEXT: startups, PORTFOLIO: startups}),
        Pool(RULES, "right", crowd.TODAY, texts),
    )


def encode() -> None:
    """Encode every text of the pool and keep the vectors; goes on where it was interrupted."""
    KEPT.parent.mkdir(exist_ok=True)
    engine = engine_of(f"sqlite:///{KEPT.as_posix()}")
    migrate(engine)
    encoder = RememberingEncoder(SentenceEncoder(Settings().model_name), DatabaseVectors(engine))
    with gzip.open(TEXTS, "rt", encoding="utf-8", newline="") as lines:
        count = sum(1 for _ in csv.DictReader(lines))
    texts = [text.text for one in startups_of(count) for text in startup_texts(one)]
    vectors: NDArray[np.float32] = encoder.encode(
        texts, "query", progress=lambda done, all_: print(f"\r{done:,} of {all_:,}", end="")
    )
    print(f"\n{len(vectors):,} texts kept in {KEPT}")


if __name__ == "__main__":
    encode()
