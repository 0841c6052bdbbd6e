"""Sums of hundredths of a point over many pairs: the compiled loops, and nothing of meaning.

Every sum is of whole numbers, so it is exact and does not depend on order, block size or threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numba import njit
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from matcher.panel import BLOCK, Panel
from matcher.roster import Roster
from matcher.weights import LIKENESSES, Calibration, Scale, hundredths_of

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]
Places = NDArray[np.intp]
JointKeys = NDArray[np.uint16] | NDArray[np.uint32]

FIRST_LOOK = 1024
"""Open places summed exactly before anything is passed over."""

BLOCK_ROWS = 128
"""Askers scored at a time in a batch; bounds the memory of the likeness to rows x profiles."""

FUSED_KEYS = 1024
"""Most distinct joint keys of rules that are summed as one table."""

FUSED_SHARE = 8
"""A joint table must be at least this many times shorter than the roster to be worth building."""


class HasCosines(Protocol):
    """Raw cosines of one likeness of one asker against a roster, read where they are wanted."""

    @property
    def name(self) -> str:
        """Name of the likeness."""

    @property
    def asker_known(self) -> bool:
        """Whether the asker has a vector at all."""

    def at(self, places: Places) -> Floats:
        """Cosines at these places, (places,) float32, NaN where unknown.

        A place's cosine must not depend on which others are asked for.
        """

    def known(self, places: Places) -> NDArray[np.bool_]:
        """Whether there is a cosine at these places, (places,)."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Raw cosines that are all at hand, (profiles,) float32, NaN where unknown."""

    name: str
    cosines: Floats

    @property
    def asker_known(self) -> bool:
        """An asker without a vector is near to nobody."""
        return not bool(np.isnan(self.cosines).all())

    def at(self, places: Places) -> Floats:
        """Cosines at these places."""
        return self.cosines[places]

    def known(self, places: Places) -> NDArray[np.bool_]:
        """Whether there is a cosine at these places."""
        return ~np.isnan(self.cosines[places])


def rules_total(panel: Panel, roster: Roster, keys: Sequence[Hashable]) -> Ints:
    """Sum of the parts of all rules for one asker, (profiles,) hundredths.

    Blocked pairs come out below zero, by :data:`BLOCK` for each refusal.
    """
    sums = np.zeros(len(roster), np.int32)
    for number, codes in enumerate(roster.codes):
        row = panel.row(number, keys[number], roster)
        if len(row) and (row == row[0]).all():
            sums += row[0]
        elif len(row):
            _gather(sums, row, codes)
    return sums


def total(
    panel: Panel, roster: Roster, keys: Sequence[Hashable], likenesses: Sequence[HasCosines]
) -> Ints:
    """Sum of all parts of one asker against every profile of a roster, (profiles,) hundredths."""
    everywhere = np.arange(len(roster))
    sums = rules_total(panel, roster, keys)
    for likeness in likenesses:
        sums += calibrated(likeness.name, likeness.at(everywhere), panel.scale)
    return sums


def calibrated(name: str, cosines: Floats, scale: Scale) -> Ints:
    """Hundredths that raw cosines earn; unknown ones (NaN) earn the neutral share."""
    most = scale.hundredths(name)
    out = np.empty(len(cosines), np.int32)
    lowest, factor, neutral = _line(scale.calibrations[name], most)
    _calibrate(cosines, lowest, factor, np.float32(most), neutral, out)
    return out


def best_sums(
    panel: Panel,
    roster: Roster,
    keys: Sequence[Hashable],
    likenesses: Sequence[HasCosines],
    open_: NDArray[np.bool_],
    k: int,
) -> Ints:
    """The same sums as :func:`total`, exact wherever a place could be among the k best.

    Elsewhere they are lower than the k-th best. Branch and bound: a likeness adds between 0 and
    its most, or its neutral points where it is unknown, so the rules alone bound the whole. The
    most promising places are summed exactly, and then only those that could still overtake the
    k-th of them. Equal to scoring every pair, at the cost of a few.

    Parameters
    ----------
    open_
        Places that count, (profiles,); those that a gate refuses are struck out here.
    """
    sums = rules_total(panel, roster, keys)
    open_ &= sums >= 0
    places = np.flatnonzero(open_)
    first = max(FIRST_LOOK, 4 * k)
    if len(places) <= first:
        return _with_likenesses(panel, sums, places, likenesses, BLOCK)
    at_most = sums[places] + sum(_most(panel, likeness, places) for likeness in likenesses)
    promising = places[np.argpartition(at_most, -first)[-first:]]
    exact = _with_likenesses(panel, sums.copy(), promising, likenesses, BLOCK)
    kth = int(np.partition(exact[promising], -k)[-k])
    return _with_likenesses(panel, sums, places[at_most >= kth], likenesses, kth)


def _most(panel: Panel, likeness: HasCosines, places: Places) -> Ints:
    """The most hundredths that a likeness can add at these places."""
    scale = panel.scale
    most = scale.hundredths(likeness.name)
    neutral = hundredths_of(scale.calibrations[likeness.name].neutral, most)
    return np.where(likeness.known(places), most, neutral).astype(np.int32)


def _with_likenesses(
    panel: Panel, sums: Ints, places: Places, likenesses: Sequence[HasCosines], kth: int
) -> Ints:
    """Add the likenesses at these places, leaving those that can no longer reach ``kth``."""
    for number, likeness in enumerate(likenesses):
        sums[places] += calibrated(likeness.name, likeness.at(places), panel.scale)
        still = sum(_most(panel, later, places) for later in likenesses[number + 1 :])
        places = places[sums[places] + still >= kth]
    return sums


@njit(cache=True, nogil=True)
def _gather(sums: Ints, row: Ints, codes: Ints) -> None:
    for j in range(len(sums)):
        sums[j] += row[codes[j]]


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def dots(matrix: Floats, rows: Places, vector: Floats) -> Floats:
    """Inner products of a vector with some rows of a matrix, (rows,) float32; NaN for row -1.

    Each row is summed on its own in one fixed order, so a product does not depend on which other
    rows are asked for, as it may with a matrix product of a library.
    """
    out = np.empty(len(rows), np.float32)
    for i in range(len(rows)):
        if rows[i] < 0:
            out[i] = np.float32(np.nan)
            continue
        row = matrix[rows[i]]
        product = np.float32(0.0)
        for d in range(len(vector)):
            product += row[d] * vector[d]
        out[i] = product
    return out


def _line(calibration: Calibration, most: int) -> tuple[np.float32, np.float32, int]:
    factor = np.float32(most / (calibration.highest - calibration.lowest))
    return np.float32(calibration.lowest), factor, hundredths_of(calibration.neutral, most)


@njit(cache=True, nogil=True)
def _calibrate(
    cosines: Floats,
    lowest: np.float32,
    factor: np.float32,
    most: np.float32,
    neutral: int,
    out: Ints,
) -> None:
    for j in range(len(cosines)):
        cosine = cosines[j]
        points = min(max((cosine - lowest) * factor, np.float32(0.0)), most)
        out[j] = neutral if np.isnan(cosine) else np.int32(points + np.float32(0.5))


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
    tables, fusion = _tables(panel, askers, roster), _fuse(roster, order)
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
            (*_line(scale.calibrations[name], scale.hundredths(name)), scale.hundredths(name))
            for name in LIKENESSES
        ],
        np.float32,
    )


def _blocks(count: int) -> Iterator[slice]:
    for start in range(0, count, BLOCK_ROWS):
        yield slice(start, min(start + BLOCK_ROWS, count))


@dataclass(frozen=True, slots=True)
class _Tables:
    """All verdict tables end to end: rule r stands at offsets[r], (asker keys x widths[r])."""

    flat: Ints
    offsets: NDArray[np.int64]
    widths: NDArray[np.int64]


def _tables(panel: Panel, askers: Roster, roster: Roster) -> _Tables:
    blocks = [
        np.concatenate([panel.row(number, key, roster) for key in askers.keys[number]])
        for number in range(len(panel.rules))
    ]
    widths = np.array([len(keys) for keys in roster.keys], np.int64)
    sizes = np.array([0] + [len(block) for block in blocks[:-1]], np.int64)
    return _Tables(np.concatenate(blocks), np.cumsum(sizes), widths)


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
