"""One startup against many programmes, in process: all rules, reasons for the top 10 made.

And the other way: one programme with 30 alumni against many startups.

Run as ``python -m tests.benchmarks.bench_search``.
"""

from __future__ import annotations

import gc

import numpy as np

from data.catalogue import shipped
from data.texts import Texts
from matcher.panel import Panel
from matcher.ranking import Asker, Ranking, rank
from matcher.roster import Roster, Side
from matcher.rules import RULES
from matcher.scoring import total
from matcher.weights import PORTFOLIO, TEXT, Calibration, Scale
from models.index import VectorIndex
from service.pool import Index, Pool, Seen
from tests.benchmarks import crowd
from tests.benchmarks.figures import Figure, milliseconds, seconds, show

TOP = 10
SCALE = Scale(
    calibrations={TEXT: Calibration(-0.05, 0.4, 0.3), PORTFOLIO: Calibration(-0.14, 0.54, 0.2)}
)


def pool_of(programmes: list, seed: int = 5) -> Pool:
    """A pool of programmes with a vector each, and a portfolio of 1 to 30 for every fourth."""
    ids = [p.id for p in programmes]
    texts = VectorIndex(crowd.DIMENSION, "made-up")
    texts.put(ids, crowd.vectors(len(ids), seed))
    return _filled("right", {TEXT: texts, PORTFOLIO: crowd.portfolios(ids[::4], seed)}, programmes)


def pool_of_startups(startups: list, seed: int = 3) -> Pool:
    """A pool of startups with a vector each."""
    texts = VectorIndex(crowd.DIMENSION, "made-up")
    texts.put([one.id for one in startups], crowd.vectors(len(startups), seed))
    return _filled("left", {TEXT: texts, PORTFOLIO: texts}, startups)


def _filled(side: Side, indexes: dict[str, Index], profiles: list) -> Pool:
    pool = Pool(RULES, side, crowd.TODAY, indexes)
    pool.put(profiles)
    gc.freeze()  # as the service does once its pools are filled
    return pool


def search(
    panel: Panel, pool: Pool, profile: object, seen: dict[str, Seen], texts: Texts
) -> Ranking:
    """One search with the sentences of its reasons written."""
    asker = Asker(profile, pool.likenesses(seen))
    ranking = rank(panel, pool.roster, asker, TOP, refusals=0)
    for match in ranking.matches:
        for part in match.parts:
            texts.reason(part.verdict.reason)
        for check in match.checks:
            texts.reason(check.reason)
    return ranking


def recall(panel: Panel, pool: Pool, profile: object, seen: dict[str, Seen], texts: Texts) -> float:
    """Share of the top 10 of scoring every pair that the search returned."""
    found = {match.id for match in search(panel, pool, profile, seen, texts).matches}
    roster: Roster = pool.roster
    sums = total(panel, roster, panel.asker_keys(profile, roster), pool.likenesses(seen))
    order = np.lexsort((roster.id_ranks, -sums))[:TOP]
    wanted = {roster.profiles[place].id for place in order if sums[place] >= 0}
    return len(found & wanted) / len(wanted) if wanted else float(not found)


def run(count: int | None, askers: int) -> list[Figure]:
    """Measure one startup against so many programmes; ``None`` is the shipped catalogue."""
    programmes = list(shipped("programme")) if count is None else crowd.programmes(count)
    seen = [{TEXT: one, PORTFOLIO: one} for one in crowd.vectors(askers, 7)]
    pairs = list(zip(crowd.startups(askers), seen, strict=True))
    what = f"one startup x {len(programmes):,} programmes, reasons of the top {TOP}"
    return [_measured(what, pool_of(programmes), pairs)]


def run_programmes(count: int, askers: int) -> list[Figure]:
    """Measure one programme with 30 alumni against so many startups."""
    programmes = crowd.programmes(askers)
    alumni = crowd.portfolios([one.id for one in programmes], 6, least=crowd.MOST_ALUMNI)
    texts = crowd.vectors(askers, 8)
    seen = [
        {TEXT: text, PORTFOLIO: alumni.portrait(one.id)}
        for one, text in zip(programmes, texts, strict=True)
    ]
    pairs = list(zip(programmes, seen, strict=True))
    what = f"one programme with {crowd.MOST_ALUMNI} alumni x {count:,} startups, likewise"
    return [_measured(what, pool_of_startups(crowd.startups(count)), pairs)]


def _measured(what: str, pool: Pool, pairs: list[tuple[object, dict[str, Seen]]]) -> Figure:
    panel, texts = Panel(RULES, SCALE), Texts("vi")
    for pair in pairs[:20]:
        search(panel, pool, *pair, texts)
    todo = iter(pairs[20:])
    times = seconds(lambda: search(panel, pool, *next(todo), texts), len(pairs) - 20)
    exact = min(recall(panel, pool, *pair, texts) for pair in pairs[:10])
    return Figure(what, milliseconds(times), f"recall {exact:.2f} against scoring every pair")


if __name__ == "__main__":
    show("Search", run(None, 320) + run(100_000, 220) + run_programmes(100_000, 220))
