"""Sums of hundredths over all pairs of two rosters, the best of each kept: the compiled batch.

Every sum is of whole numbers, so it is exact and does not depend on order, block size or threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from matcher.panel import BLOCK, Panel
from matcher.roster import Roster
from matcher.scoring import Floats, Ints, line_of
from matcher.weights import LIKENESSES, Scale

JointKeys = NDArray[np.uint16] | NDArray[np.uint32]

BLOCK_ROWS = 128
"""Askers scored at a time in a batch; bounds the memory of the likeness to rows x profiles."""

FUSED_KEYS = 1024
"""Most distinct joint keys of rules that are summed as one table."""

FUSED_SHARE = 8
"""A joint table must be at least this many times shorter than the roster to be worth building."""


@dataclass(frozen=True, slots=True)
class Best:
    """The best of a batch: for asker i, ``places[i]`` on the roster with ``sums[i]``, best first.

    Both (askers, k); places are -1 and sums :data:`BLOCK` past the last eligible profile.
    """

    places: Ints
    sums: Ints


@dataclass(frozen=True, slots=True)
class Known:
    """Who has a likeness at all: askers (left) and profiles of the roster (right), booleans."""

    left: NDArray[np.bool_]
    right: NDArray[np.bool_]


CosineBlock = Callable[[slice], Sequence[Floats]]
"""For a slice of askers, the raw cosines of each likeness against the roster: (rows, profiles)."""


def best_of_all(
    panel: Panel,
    askers: Roster,
    roster: Roster,
    cosines: CosineBlock,
    known: Sequence[Known],
    k: int,
    workers: int | None = None,
) -> Best:
    """Score every asker against every profile by every rule; keep the k best of each.

    Parameters
    ----------
    askers, roster
        The two sides. Ties go to the profile that sorts first by id, so the result does not
        depend on the order in which either side was filled.
    cosines
        Gives the likenesses of a block of askers, in the order of ``LIKENESSES``. Called from
        several threads at once, each with BLAS held to one thread: two cores then never wait for
        each other.
    known
        For each likeness, who on either side has it.
    k
        How many to keep for each asker.
    workers
        Threads; all cores where not given.

    Memory grows with ``BLOCK_ROWS`` x profiles x workers, never with askers x profiles.
    """
    shape = (len(askers), k)
    best = Best(np.full(shape, -1, np.int32), np.full(shape, BLOCK, np.int32))
    if not (len(askers) and len(roster) and k > 0):
        return best
    order = np.argsort(roster.id_ranks)
    tables, fusion = verdict_tables(panel, askers, roster), _fuse(roster, order)
    lines = _lines(panel.scale)
    missing = [np.flatnonzero(~side.right[order]) for side in known]
    in_order = bool((order == np.arange(len(order))).all())

    def score(rows: slice) -> None:
        blocks = cosines(rows)
        text, portfolio = blocks if in_order else (block[:, order] for block in blocks)
        _score_block(
            np.ascontiguousarray(askers.codes[:, rows]),
            tables.flat,
            tables.offsets,
            tables.widths,
            fusion.joint,
            fusion.members,
            fusion.member_of,
            fusion.starts,
            text,
            portfolio,
            known[0].left[rows],
            known[1].left[rows],
            missing[0],
            missing[1],
            lines,
            best.places[rows],
            best.sums[rows],
        )

    with threadpool_limits(1, "blas"), ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        list(pool.map(score, _blocks(len(askers))))
    in_place = np.where(best.places >= 0, order[best.places], -1).astype(np.int32)
    return Best(in_place, best.sums)


def _lines(scale: Scale) -> NDArray[np.float32]:
    """For each likeness: lowest cosine, hundredths per cosine, neutral, most; (2, 4)."""
    return np.array(
        [
            (*line_of(scale.calibrations[name], scale.hundredths(name)), scale.hundredths(name))
            for name in LIKENESSES
        ],
        np.float32,
    )


def _blocks(count: int) -> Iterator[slice]:
    for start in range(0, count, BLOCK_ROWS):
        yield slice(start, min(start + BLOCK_ROWS, count))


@dataclass(frozen=True, slots=True)
class VerdictTables:
    """All verdict tables end to end: rule r stands at offsets[r], (asker keys x widths[r])."""

    flat: Ints
    offsets: NDArray[np.int64]
    widths: NDArray[np.int64]


def verdict_tables(panel: Panel, askers: Roster, roster: Roster) -> VerdictTables:
    """Hundredths of every rule for every key of the askers against every key of a roster."""
    blocks = [
        np.concatenate([panel.row(number, key, roster) for key in askers.keys[number]])
        for number in range(len(panel.rules))
    ]
    widths = np.array([len(keys) for keys in roster.keys], np.int64)
    sizes = np.array([0] + [len(block) for block in blocks[:-1]], np.int64)
    return VerdictTables(np.concatenate(blocks), np.cumsum(sizes), widths)


@dataclass(frozen=True, slots=True)
class _Fusion:
    """Rules summed in groups, so that the long loop gathers from few tables.

    Group g covers the joint keys starts[g]..starts[g+1] of ``members``; members[r, m] is rule r's
    code of joint key m, and member_of[r] the group of rule r; joint[g, j] is the joint key of
    profile j in group g.
    """

    joint: JointKeys
    members: Ints
    member_of: Ints
    starts: NDArray[np.int64]


def _fuse(roster: Roster, order: NDArray[np.int64]) -> _Fusion:
    """Group neighbouring rules greedily while their joint keys stay few."""
    codes = roster.codes[:, order]
    limit = min(FUSED_KEYS, max(1, len(roster) // FUSED_SHARE))
    groups: list[tuple[list[int], NDArray[np.int64], NDArray[np.int64]]] = []
    for number in np.argsort([len(keys) for keys in roster.keys], kind="stable"):
        if groups:
            rules, joint, _ = groups[-1]
            mixed = joint * len(roster.keys[number]) + codes[number]
            _, first, inverse = np.unique(mixed, return_index=True, return_inverse=True)
            if len(first) <= limit:
                groups[-1] = ([*rules, int(number)], inverse.reshape(-1), first)
                continue
        _, first, inverse = np.unique(codes[number], return_index=True, return_inverse=True)
        groups.append(([int(number)], inverse.reshape(-1), first))
    return _laid_out(groups, codes)


def _laid_out(
    groups: list[tuple[list[int], NDArray[np.int64], NDArray[np.int64]]], codes: Ints
) -> _Fusion:
    starts = np.cumsum([0] + [len(first) for _, _, first in groups])
    members = np.zeros((codes.shape[0], starts[-1]), np.int32)
    member_of = np.zeros(codes.shape[0], np.int32)
    for group, (rules, _, first) in enumerate(groups):
        for rule in rules:
            members[rule, starts[group] : starts[group + 1]] = codes[rule, first]
            member_of[rule] = group
    joint: JointKeys = np.array([inverse for _, inverse, _ in groups], np.uint32)
    if max(len(first) for _, _, first in groups) <= 1 << 16:
        joint = joint.astype(np.uint16)
    return _Fusion(joint, members, member_of, starts.astype(np.int64))


@njit(cache=True, nogil=True)
def _score_block(
    asker_codes: Ints,
    flat: Ints,
    offsets: NDArray[np.int64],
    widths: NDArray[np.int64],
    joint: JointKeys,
    members: Ints,
    member_of: Ints,
    starts: NDArray[np.int64],
    text: Floats,
    portfolio: Floats,
    has_text: NDArray[np.bool_],
    has_portfolio: NDArray[np.bool_],
    no_text: NDArray[np.int64],
    no_portfolio: NDArray[np.int64],
    lines: Floats,
    places: Ints,
    sums: Ints,
) -> None:
    fused = np.empty(starts[-1], np.int32)
    line = np.empty(joint.shape[1], np.int32)
    for i in range(asker_codes.shape[1]):
        fused[:] = 0
        for r in range(asker_codes.shape[0]):
            base = offsets[r] + asker_codes[r, i] * widths[r]
            for m in range(starts[member_of[r]], starts[member_of[r] + 1]):
                fused[m] += flat[base + members[r, m]]
        line[:] = 0
        for g in range(joint.shape[0]):
            row = fused[starts[g] : starts[g + 1]]
            keys = joint[g]
            for j in range(len(line)):
                line[j] += row[keys[j]]
        _add_likeness(line, text[i], has_text[i], no_text, lines[0])
        _add_likeness(line, portfolio[i], has_portfolio[i], no_portfolio, lines[1])
        _keep_best(line, places[i], sums[i])


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
