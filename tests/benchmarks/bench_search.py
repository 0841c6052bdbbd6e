"""One startup against many programmes, in process: all rules, reasons for the top 10 made.

Run as ``python -m tests.benchmarks.bench_search``.
"""

from __future__ import annotations

import gc

import numpy as np

from data.catalogue import shipped
from data.texts import Texts
from matcher.panel import Panel
from matcher.ranking import Asker, Ranking, rank
from matcher.roster import Roster
from matcher.rules import RULES
from matcher.scoring import total
from matcher.weights import PORTFOLIO, TEXT, Calibration, Scale
from models.index import VectorIndex
from service.pool import Pool
from tests.benchmarks import crowd
from tests.benchmarks.figures import Figure, milliseconds, seconds, show

TOP = 10
SCALE = Scale(
    calibrations={TEXT: Calibration(-0.05, 0.4, 0.3), PORTFOLIO: Calibration(-0.05, 0.4, 0.3)}
)


def pool_of(programmes: list, seed: int = 5) -> Pool:
    """A pool of programmes with a vector each, and a portfolio for every fourth."""
    indexes = {TEXT: VectorIndex(crowd.DIMENSION, "made-up")}
    indexes[PORTFOLIO] = VectorIndex(crowd.DIMENSION, "made-up")
    ids = [p.id for p in programmes]
    made = crowd.vectors(len(ids), seed)
    indexes[TEXT].put(ids, made)
    indexes[PORTFOLIO].put(ids[::4], made[::-4][: len(ids[::4])])
    pool = Pool(RULES, "right", crowd.TODAY, indexes)
    pool.put(programmes)
    gc.freeze()  # as the service does once its pools are filled
    return pool


def search(panel: Panel, pool: Pool, startup: object, vector: np.ndarray, texts: Texts) -> Ranking:
    """One search with the sentences of its reasons written."""
    asker = Asker(startup, pool.likenesses({TEXT: vector, PORTFOLIO: vector}))
    ranking = rank(panel, pool.roster, asker, TOP, refusals=0)
    for match in ranking.matches:
        for part in match.parts:
            texts.reason(part.verdict.reason)
        for check in match.checks:
            texts.reason(check.reason)
    return ranking


def recall(panel: Panel, pool: Pool, startup: object, vector: np.ndarray, texts: Texts) -> float:
    """Share of the top 10 of scoring every pair that the search returned."""
    found = {match.id for match in search(panel, pool, startup, vector, texts).matches}
    likenesses = pool.likenesses({TEXT: vector, PORTFOLIO: vector})
    roster: Roster = pool.roster
    sums = total(panel, roster, panel.asker_keys(startup, roster), likenesses)
    order = np.lexsort((roster.id_ranks, -sums))[:TOP]
    wanted = {roster.profiles[place].id for place in order if sums[place] >= 0}
    return len(found & wanted) / len(wanted) if wanted else float(not found)


def run(count: int | None, askers: int) -> list[Figure]:
    """Measure one size; ``None`` is the shipped catalogue."""
    programmes = list(shipped("programme")) if count is None else crowd.programmes(count)
    pool, panel, texts = pool_of(programmes), Panel(RULES, SCALE), Texts("vi")
    startups, made = crowd.startups(askers), crowd.vectors(askers, 7)
    pairs = list(zip(startups, made, strict=True))
    for startup, vector in pairs[:20]:
        search(panel, pool, startup, vector, texts)
    todo = iter(pairs[20:])
    times = seconds(lambda: search(panel, pool, *next(todo), texts), askers - 20)
    exact = min(recall(panel, pool, *pair, texts) for pair in pairs[:10])
    what = f"one startup x {len(programmes):,} programmes, reasons of the top {TOP}"
    return [Figure(what, milliseconds(times), f"recall {exact:.2f} against scoring every pair")]


if __name__ == "__main__":
    show("Search", run(None, 320) + run(100_000, 220))
