"""Sums of hundredths over all pairs of two rosters, the best of each kept: the compiled batch.

Every sum is of whole numbers, so it is exact and does not depend on order, block size or threads.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numba import njit
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from matcher.fusing import FusionArrays, TableArrays, fused, verdict_tables
from matcher.nearness import Floats, Likenesses, Places
from matcher.panel import BLOCK, Panel
from matcher.roster import Roster
from matcher.scoring import Ints, add_likenesses, line_of_likeness
from matcher.weights import LIKENESSES

BLOCK_ROWS = 128
"""Askers scored at a time in a batch; bounds the memory of the likeness to rows x profiles."""


@dataclass(frozen=True, slots=True)
class Best:
    """The best of a batch: for asker i, ``places[i]`` on the roster with ``sums[i]``, best first.

    Both (askers, k); places are -1 and sums :data:`BLOCK` past the last eligible profile.
    """

    places: Ints
    sums: Ints


def best_of_all(
    panel: Panel,
    askers: Roster,
    roster: Roster,
    likenesses: Sequence[Likenesses],
    k: int,
    workers: int | None = None,
) -> Best:
    """Score every asker against every profile by every rule; keep the k best of each.

    A library's matrix product says roughly how near the texts are; with the most that portfolios
    can add it bounds each sum, and what could be among the k best is summed exactly. So the result
    is that of asking one by one.

    Parameters
    ----------
    askers, roster
        The two sides. Ties go to the profile that sorts first by id, so the result does not
        depend on the order in which either side was filled.
    likenesses
        Between all askers and all of the roster by place, in the order of ``LIKENESSES``.
    k
        How many to keep for each asker.
    workers
        Threads; all cores where not given. Each has BLAS held to one thread: two cores then never
        wait for each other.

    Memory grows with ``BLOCK_ROWS`` x profiles x workers, never with askers x profiles.
    """
    shape = (len(askers), k)
    best = Best(np.full(shape, -1, np.int32), np.full(shape, BLOCK, np.int32))
    if not (len(askers) and len(roster) and k > 0):
        return best
    order = np.argsort(roster.id_ranks)
    tables, fusion = verdict_tables(panel, askers, roster), fused(roster, order)
    lines = np.array([line_of_likeness(name, panel.scale) for name in LIKENESSES])
    text, portfolio = (replace(one, rows=one.rows[order]) for one in likenesses)
    matrix, bounds = _matrix(text), _bounds(text, portfolio, lines)

    def score(block: slice) -> None:
        _score_block(
            np.ascontiguousarray(askers.codes[:, block]),
            tables.arrays,
            fusion.arrays,
            _rough(text, block, matrix),
            np.flatnonzero(text.rows < 0),
            bounds,
            (text.vectors, text.vector_rows[block], text.vectors[:0]),
            (*text.gallery.arrays, text.rows),
            (portfolio.vectors, portfolio.vector_rows[block], portfolio.vectors[:0]),
            (*portfolio.gallery.arrays, portfolio.rows),
            lines,
            best.places[block],
            best.sums[block],
        )

    with threadpool_limits(1, "blas"), ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        list(pool.map(score, _blocks(len(askers))))
    in_place = np.where(best.places >= 0, order[best.places], -1).astype(np.int32)
    return Best(in_place, best.sums)


def _matrix(text: Likenesses) -> Floats:
    """Vectors of the roster's texts, (profiles, dimension), zeros where there is none."""
    found = np.zeros((len(text.rows), text.vectors.shape[1]), np.float32)
    known = text.rows >= 0
    found[known] = text.gallery.centres[text.rows[known]]
    return found


def _rough(text: Likenesses, block: slice, matrix: Floats) -> Floats:
    """Likeness of texts by a library's product, (askers, profiles); anything where unknown."""
    rows = text.vector_rows[block]
    if not len(text.vectors):
        return np.zeros((len(rows), len(matrix)), np.float32)
    found: Floats = text.vectors[rows] @ matrix.T
    return found


def _bounds(text: Likenesses, portfolio: Likenesses, lines: Floats) -> Ints:
    """Least and most hundredths that the exact sum has beyond the rules and the rough text.

    (2, 2, profiles): for an asker without and with a vector; least, most. Two products of unit
    vectors differ by at most twice their length times the float's precision, and what is rounded
    by a hundredth more.
    """
    _, _, neutral, most = lines[1]
    error = 2 * text.vectors.shape[1] * np.finfo(np.float32).eps
    slack = 1 + int(np.ceil(lines[0][1] * error))
    known = portfolio.rows >= 0
    without = np.full(len(known), neutral)
    least, highest = np.where(known, 0, neutral), np.where(known, most, neutral)
    sums = np.array([[without, without], [least, highest]])
    sums[:, 0] -= slack
    sums[:, 1] += slack
    return sums.astype(np.int32)


def _blocks(count: int) -> Iterator[slice]:
    for start in range(0, count, BLOCK_ROWS):
        yield slice(start, min(start + BLOCK_ROWS, count))


@njit(cache=True, nogil=True)
def _score_block(
    asker_codes: Ints,
    tables: TableArrays,
    fusion: FusionArrays,
    texts: Floats,
    no_text: NDArray[np.int64],
    bounds: Ints,
    text_askers: tuple[Floats, Places, Floats],
    text: tuple[Floats, Floats, Places, Places],
    portfolio_askers: tuple[Floats, Places, Floats],
    portfolio: tuple[Floats, Floats, Places, Places],
    lines: Floats,
    places: Ints,
    sums: Ints,
) -> None:
    line = np.empty(len(text[3]), np.int32)
    rough = np.empty_like(line)
    for i in range(asker_codes.shape[1]):
        _sum_rules(line, asker_codes[:, i], tables, fusion)
        rough[:] = line
        _add_likeness(rough, texts[i], text_askers[1][i] >= 0, no_text, lines[0])
        bound = bounds[1 if portfolio_askers[1][i] >= 0 else 0]
        picked = _within_reach(rough, bound, places[i], sums[i])
        exact = line[picked]
        _add_exact(exact, picked, text_askers, i, text, lines[0])
        _add_exact(exact, picked, portfolio_askers, i, portfolio, lines[1])
        _keep_best(exact, places[i], sums[i])
        for place in range(len(places[i])):
            if places[i, place] >= 0:
                places[i, place] = picked[places[i, place]]


@njit(cache=True, nogil=True)
def _sum_rules(
    line: Ints,
    asker_codes: Ints,
    tables: TableArrays,
    fusion: FusionArrays,
) -> None:
    """The parts of all rules for one asker, into a line over the profiles."""
    flat, offsets, widths = tables
    joint, members, member_of, starts = fusion
    fused = np.zeros(starts[-1], np.int32)
    for r in range(len(asker_codes)):
        base = offsets[r] + asker_codes[r] * widths[r]
        for m in range(starts[member_of[r]], starts[member_of[r] + 1]):
            fused[m] += flat[base + members[r, m]]
    line[:] = 0
    for g in range(joint.shape[0]):
        row = fused[starts[g] : starts[g + 1]]
        keys = joint[g]
        for j in range(len(line)):
            line[j] += row[keys[j]]


@njit(cache=True, nogil=True)
def _within_reach(rough: Ints, bound: Ints, places: Ints, sums: Ints) -> Places:
    """Places whose exact sum could be among the best; the last two arguments are room."""
    least, most = bound[0], bound[1]
    _keep_best(rough + least, places, sums)
    floor = max(sums[-1], 0)
    count = 0
    for j in range(len(rough)):
        count += rough[j] + most[j] >= floor
    picked = np.empty(count, np.intp)
    count = 0
    for j in range(len(rough)):
        if rough[j] + most[j] >= floor:
            picked[count] = j
            count += 1
    return picked


@njit(cache=True, nogil=True)
def _add_exact(
    exact: Ints,
    picked: Places,
    askers: tuple[Floats, Places, Floats],
    asker: int,
    gallery: tuple[Floats, Floats, Places, Places],
    line: Floats,
) -> None:
    """Add what one likeness of one asker earns at some places, as one by one."""
    vectors, vector_rows, none = askers
    centres, members, spans, rows = gallery
    add_likenesses(
        vectors,
        vector_rows[asker : asker + 1],
        none,
        centres,
        members,
        spans,
        rows[picked],
        line,
        exact.reshape(1, len(exact)),
    )


@njit(cache=True, nogil=True)
def _add_likeness(
    line: Ints, cosines: Floats, known: bool, missing: NDArray[np.int64], scale: Floats
) -> None:
    lowest, factor, neutral, most = scale[0], scale[1], np.int32(scale[2]), scale[3]
    half, zero = np.float32(0.5), np.float32(0.0)
    if not known:
        for j in range(len(line)):
            line[j] += neutral
        return
    for j in range(len(line)):
        points = (cosines[j] - lowest) * factor
        points = zero if points < zero else points
        points = most if points > most else points
        line[j] += np.int32(points + half)
    for j in missing:
        points = (cosines[j] - lowest) * factor
        points = zero if points < zero else points
        points = most if points > most else points
        line[j] += neutral - np.int32(points + half)


@njit(cache=True, nogil=True)
def _keep_best(line: Ints, places: Ints, sums: Ints) -> None:
    k = len(places)
    places[:] = -1
    sums[:] = BLOCK
    held = 0
    least = np.int32(-1)
    for j in range(len(line)):
        score = line[j]
        if score <= least:
            continue
        at = held if held < k else k - 1
        while at > 0 and sums[at - 1] < score:
            sums[at] = sums[at - 1]
            places[at] = places[at - 1]
            at -= 1
        sums[at] = score
        places[at] = j
        if held < k:
            held += 1
        if held == k:
            least = sums[k - 1]
