"""Stable rounds beside the package `matching`, which plays the game with objects.

Run as ``python -m tests.benchmarks.bench_stable``.
"""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.assignment.instance import How, Instance
from matcher.assignment.solving import solve
from tests.benchmarks.apart import LIMIT_SECONDS, apart
from tests.benchmarks.figures import Figure, seconds, show, timed
from tests.rounds import round_of

REPEATS = 5

MARKETS = ((400, 20), (2_000, 50), (4_500, 112))
"""Residents and hospitals. The last is the largest, in steps of 1.5 each, that `matching` builds
and solves within two minutes on the machine of the README."""

DEPTH, STACK_BYTES = 1_000_000, 1 << 29

Longs = NDArray[np.int64]


def market(residents: int, hospitals: int) -> tuple[Longs, Longs, int]:
    """Strict orders of both sides, best first, and the places of each hospital."""
    draw = np.random.default_rng(residents)
    likes = draw.permuted(np.tile(np.arange(hospitals), (residents, 1)), axis=1)
    wants = draw.permuted(np.tile(np.arange(residents), (hospitals, 1)), axis=1)
    return likes, wants, max(1, residents * 9 // (10 * hospitals))


def as_round(likes: Longs, wants: Longs, places: int) -> Instance:
    """The same market as a round: whoever stands first is worth most."""
    shape = len(likes), len(wants)
    gain = shape[1] - np.argsort(likes, axis=1)
    want = (shape[0] - np.argsort(wants, axis=1)).T
    return round_of(np.ones(shape), np.full(shape[1], places), gain=gain, want=want)


def by_matching(residents: int, hospitals: int, optimal: str) -> list[Any]:
    """The pairs by `matching`, and the seconds of building its game and of solving it.

    It copies its game by recursion, deeper than Python allows by default at the largest size.
    """
    sys.setrecursionlimit(DEPTH)
    threading.stack_size(STACK_BYTES)
    with ThreadPoolExecutor(1) as deep:
        return deep.submit(_played, residents, hospitals, optimal).result()


def _played(residents: int, hospitals: int, optimal: str) -> list[Any]:
    from matching.games import HospitalResident

    likes, wants, places = market(residents, hospitals)
    orders = (dict(enumerate(side.tolist())) for side in (likes, wants))
    room = dict.fromkeys(range(hospitals), places)
    game, building = timed(lambda: HospitalResident.create_from_dictionaries(*orders, room))
    found, solving = timed(lambda: game.solve(optimal=optimal))
    pairs = [(one.name, at.name) for at, held in found.items() for one in held]
    return [sorted(pairs), building, solving]


def stable_beside(residents: int, hospitals: int) -> list[Figure]:
    """Both optimal stable results of one market, beside `matching`."""
    instance = as_round(*market(residents, hospitals))
    figures = []
    for side, optimal in (("startup", "resident"), ("programme", "hospital")):
        how = How(mode="stable", proposing=side)
        solve(instance, how)
        spent = sorted(seconds(lambda how=how: solve(instance, how), REPEATS))[REPEATS // 2]
        found = solve(instance, how)
        pairs = list(zip(found.rows.tolist(), found.cols.tolist(), strict=True))
        theirs = apart(
            "tests.benchmarks.bench_stable", "by_matching", residents, hospitals, optimal
        )
        what = f"{residents:,} x {hospitals}, {optimal}-optimal"
        figures.append(
            Figure(what, f"{spent * 1000:.1f} ms", _beside_matching(theirs, pairs, spent))
        )
    return figures


def _beside_matching(theirs: Any, pairs: list[tuple[int, int]], spent: float) -> str:
    if theirs is None:
        return f"matching was stopped after {LIMIT_SECONDS} s"
    found, building, solving = theirs
    same = "same result" if [tuple(pair) for pair in found] == pairs else "ANOTHER RESULT"
    return (
        f"matching {solving / spent:,.0f} times as long to solve ({solving:.1f} s), "
        f"{(building + solving) / spent:,.0f} times with its game built ({building:.1f} s more), "
        f"{same}"
    )


if __name__ == "__main__":
    for size in MARKETS:
        show(f"Stable, {size[0]:,} residents x {size[1]} hospitals", stable_beside(*size))
