"""All pairs by every rule, the top 20 kept, beside a bare matrix product and argpartition.

Run as ``python -m tests.benchmarks.bench_batch``.
"""

from __future__ import annotations

import resource

import numpy as np

from matcher.batch import best_of_all
from matcher.nearness import Likenesses, gallery_of
from matcher.panel import Panel
from matcher.roster import Roster
from matcher.rules import RULES
from matcher.weights import PORTFOLIO, TEXT
from tests.benchmarks import crowd
from tests.benchmarks.bench_search import SCALE
from tests.benchmarks.figures import Figure, seconds, show

TOP = 20
REPEATS = 5


def run(count: int) -> list[Figure]:
    """Measure count x count pairs."""
    left = Roster(RULES, "left", crowd.TODAY)
    right = Roster(RULES, "right", crowd.TODAY)
    left.put(crowd.startups(count))
    right.put(crowd.programmes(count))
    texts, targets = crowd.vectors(count, 3), crowd.vectors(count, 4)
    ids = [one.id for one in right.profiles]
    portfolios = crowd.portfolios(ids[::4], 5)
    everybody = np.arange(count)
    some = np.where(everybody % 4 == 0, everybody // 4, -1)
    likenesses = [
        Likenesses(TEXT, gallery_of(targets), everybody, texts, everybody),
        Likenesses(PORTFOLIO, portfolios.gallery, some, texts, everybody),
    ]
    panel = Panel(RULES, SCALE)

    def ours() -> None:
        best_of_all(panel, left, right, likenesses, TOP)

    def bare() -> None:
        np.argpartition(texts @ targets.T, -TOP, axis=1)[:, -TOP:]

    first = seconds(ours, 1)[0]
    pairs = [(seconds(ours, 1)[0], seconds(bare, 1)[0]) for _ in range(REPEATS)]
    mine, base = (sorted(times)[REPEATS // 2] for times in zip(*pairs, strict=True))
    keys = sum(len(k) for k in left.keys), sum(len(k) for k in right.keys)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return [
        Figure(
            f"{count:,} x {count:,}, {len(RULES)} rules and 2 likenesses, top {TOP}",
            f"{mine:.2f} s",
            f"{mine / base:.2f} times the bare float32 product and argpartition ({base:.2f} s)",
        ),
        Figure(
            "  the first time, every rule judged anew",
            f"{first:.2f} s",
            f"{keys[0]:,} x {keys[1]:,} distinct keys; peak {peak:.1f} GB with the baseline's",
        ),
    ]


if __name__ == "__main__":
    show("Batch", run(2_000) + run(10_000))
