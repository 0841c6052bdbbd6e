"""Both sides of every pair of a round: what the startup gains, and what the programme looks for.

Each part of the score serves one side. The parts of a side, scaled to 100, are its one-way score;
the mutual fit joins the two. Everything is whole hundredths, and a pair comes out the same whether
it is scored alone, in a block, or in a whole round.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matcher.errors import WeightsInvalid
from matcher.fusing import verdict_tables
from matcher.nearness import Likenesses, Places
from matcher.panel import BLOCK, Panel
from matcher.roster import Roster
from matcher.scoring import Ints, add_likenesses, line_of_likeness

STARTUP, PROGRAMME, GATE = 0, 1, 2

SIDES: Mapping[str, int] = MappingProxyType(
    {
        "needs": STARTUP,
        "market": STARTUP,
        "goal": STARTUP,
        "equity": STARTUP,
        "funding": STARTUP,
        "fee": STARTUP,
        "timing": STARTUP,
        "sector": PROGRAMME,
        "stage": PROGRAMME,
        "language_level": PROGRAMME,
        "text": PROGRAMME,
        "portfolio": PROGRAMME,
    }
)
"""Whose interest each part serves: what a startup gets out of a programme, or whom a programme
looks for (fields, stages, language, and firms like those that it describes and has taken)."""

FULL = 10_000
"""Hundredths of a whole one-way score."""

BLOCK_ROWS = 512


@dataclass(frozen=True, slots=True, eq=False)
class TwoSided:
    """Points of both sides for a block of pairs, (startups, programmes) int32 hundredths each.

    ``startup`` and ``programme`` are sums of parts, so that together they are the score of the
    lists; ``refusals`` counts the gates that refuse the pair.
    """

    startup: Ints
    programme: Ints
    refusals: Ints

    def score(self) -> Ints:
        """The score of the lists, also where a gate refuses."""
        return self.startup + self.programme


def two_sided(
    panel: Panel,
    startups: Roster,
    lefts: Places,
    programmes: Roster,
    rights: Places,
    likenesses: Sequence[Likenesses],
    workers: int | None = None,
) -> TwoSided:
    """Score some startups against some programmes, the two sides apart.

    ``lefts`` and ``rights`` are places on the two rosters. Memory: three int32 arrays of
    (lefts, rights). The result does not depend on which other pairs are scored with them.
    """
    shape = (len(lefts), len(rights))
    sums = np.zeros((3, *shape), np.int32)
    if 0 in shape:
        return TwoSided(*sums)
    tables = verdict_tables(panel, startups, programmes)
    sides = sides_of(panel)
    codes_right = np.ascontiguousarray(programmes.codes[:, rights])
    codes_left = np.ascontiguousarray(startups.codes[:, lefts])
    lines = {one.name: line_of_likeness(one.name, panel.scale) for one in likenesses}

    def score(block: slice) -> None:
        _add_rules(codes_left[:, block], codes_right, *tables.arrays, sides, sums[:, block])
        for one in likenesses:
            add_likenesses(
                one.vectors,
                one.vector_rows[block],
                one.vectors[:0],
                *one.gallery.arrays,
                one.rows,
                lines[one.name],
                sums[SIDES[one.name], block],
            )

    blocks = [slice(at, min(at + BLOCK_ROWS, shape[0])) for at in range(0, shape[0], BLOCK_ROWS)]
    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        list(pool.map(score, blocks))
    return TwoSided(sums[STARTUP], sums[PROGRAMME], sums[GATE] // BLOCK)


def one_way(points: Ints, most: int) -> Ints:
    """Points of one side out of ``most`` as a score of 0 to 10,000, rounded half up."""
    if most == 0:
        return np.zeros_like(points)
    scaled = (points.astype(np.int64) * (2 * FULL) + most) // (2 * most)
    return scaled.astype(np.int32)


def mutual(both: TwoSided, panel: Panel, startup_side: float | None = None) -> Ints:
    """The mutual fit in hundredths.

    With ``startup_side`` None both sides weigh as their points do, and the mutual fit is the very
    score of the lists. Else it is that percentage of the startup's one-way score and the rest of
    the programme's, rounded half up to a hundredth.
    """
    if startup_side is None:
        return both.score()
    gain = one_way(both.startup, most_of(panel, STARTUP)).astype(np.int64)
    want = one_way(both.programme, most_of(panel, PROGRAMME)).astype(np.int64)
    share = round(startup_side * 100)
    joined = (gain * share + want * (FULL - share) + FULL // 2) // FULL
    return joined.astype(np.int32)


def most_of(panel: Panel, side: int) -> int:
    """Most hundredths that the parts of one side can give together."""
    points = panel.scale.points
    return sum(panel.scale.hundredths(name) for name in points if SIDES[name] == side)


def sides_of(panel: Panel) -> NDArray[np.int64]:
    """Side of every rule of a panel, gates apart; raises WeightsInvalid for a part without one."""
    strange = sorted(set(panel.scale.points) - set(SIDES))
    if strange:
        raise WeightsInvalid(cause=f"no side: {', '.join(strange)}")
    return np.array([SIDES.get(rule.name, GATE) for rule in panel.rules], np.int64)


@njit(cache=True, nogil=True)
def _add_rules(
    lefts: Ints,
    rights: Ints,
    flat: Ints,
    offsets: NDArray[np.int64],
    widths: NDArray[np.int64],
    sides: NDArray[np.int64],
    sums: Ints,
) -> None:
    for i in range(lefts.shape[1]):
        for r in range(lefts.shape[0]):
            start = offsets[r] + lefts[r, i] * widths[r]
            row = flat[start : start + widths[r]]
            line = sums[sides[r], i]
            for j in range(rights.shape[1]):
                line[j] += row[rights[r, j]]
