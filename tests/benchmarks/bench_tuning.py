"""How often learned points are proposed in made worlds, rightly and wrongly, and how near they are.

Run as ``python -m tests.benchmarks.bench_tuning``; with a number, that many times as many worlds.
Every world is drawn from its own seed, so the table is the same on every machine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from matcher.weights import DEFAULT_POINTS
from models.proposing import propose
from models.tuning import Judged, tuned_points
from tests.benchmarks.figures import Figure, show
from tests.tuning_world import EXPERT, NAMES, World, other_weights, quality, world

OWN = dict(DEFAULT_POINTS)
LABELS = (200, 500, 1000, 2000, 5000)


@dataclass(frozen=True, slots=True)
class Kind:
    """Worlds of one kind; ``worlds`` at each count of decisions, half of them at 5,000."""

    what: str
    make: Callable[[int, int], World]
    worlds: int
    labels: tuple[int, ...] = LABELS


def between(seed: int, share: float) -> NDArray[np.float64]:
    """Truth that lies a share of the way from the expert's weights to others."""
    return (1 - share) * EXPERT + share * other_weights(seed + 100)


def drifting(seed: int, decisions: int) -> World:
    """The truth changes for good half-way through the rounds."""
    return world(seed, decisions, other_weights(seed + 300), then=other_weights(seed + 100))


def noise(seed: int, decisions: int) -> World:
    """Grades that have nothing to do with the pair."""
    made = world(seed, decisions, EXPERT)
    told, draw = made.judged, np.random.default_rng(seed)
    judged = Judged(
        told.names,
        told.shares,
        draw.permutation(told.grades),
        told.startups,
        told.programmes,
        told.rounds,
    )
    return World(made.weights, judged, made.later, made.later_utility)


IMPROVABLE = (
    Kind("small", lambda seed, n: world(seed, n, between(seed, 0.5)), 12),
    Kind("middle", lambda seed, n: world(seed, n, between(seed, 1.0)), 12),
    Kind("large", lambda seed, n: world(seed, n, other_weights(seed + 100, 2.0)), 12),
    Kind("drift", drifting, 12),
)
RIGHT = (
    Kind("expert right", lambda seed, n: world(seed, n, EXPERT), 40, (20, *LABELS)),
    Kind("only noise", noise, 40, (500,)),
)


def off(made: World, points: dict[str, float]) -> float:
    """Mean absolute difference from the true points."""
    return float(np.abs([points[name] for name in NAMES] - 100 * made.weights).mean())


def line(kind: Kind, decisions: int, times: int) -> Figure:
    """Share proposed, and where points stand before and after learning."""
    count = kind.worlds * times // (2 if decisions > LABELS[-2] else 1)
    proposed, before, after, old, new = 0, [], [], [], []
    for seed in range(count):
        made = kind.make(seed, decisions)
        found, learned = propose(made.judged, OWN, OWN), tuned_points(made.judged, OWN)
        proposed += found.evidence.verdict == "better"
        before.append(off(made, OWN))
        after.append(off(made, learned))
        old.append(quality(made, OWN))
        new.append(quality(made, learned))
    told = [float(np.mean(one)) for one in (before, after, old, new)]
    beside = "points off by {:.1f}, learned {:.1f}; true nDCG {:.3f}, learned {:.3f}".format(*told)
    what = f"{kind.what}, {decisions:,} decisions"
    return Figure(what, f"{proposed} of {count} proposed", beside)


def table(kinds: tuple[Kind, ...], times: int) -> list[Figure]:
    return [line(kind, decisions, times) for kind in kinds for decisions in kind.labels]


def main(times: int) -> None:
    """Print both tables; small worlds are slower on several threads than on one."""
    with threadpool_limits(1):
        show("A real improvement is proposed", table(IMPROVABLE, times))
        show("None is there, and none may be proposed", table(RIGHT, times))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
