"""Sums of hundredths of a point of one asker over a roster: loops, and nothing of meaning.

Every sum is of whole numbers, so it is exact and does not depend on order, block size or threads.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matcher.nearness import Floats, Places, near
from matcher.panel import BLOCK, Panel
from matcher.roster import Roster
from matcher.weights import Calibration, Scale, hundredths_of

Ints = NDArray[np.int32]

FIRST_LOOKS = (512, 64)
"""Most promising places that are looked at before others are passed over: for the first likeness,
and for the later ones, of which a portfolio costs as much as all its alumni."""


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
    lowest, factor, neutral = line_of(scale.calibrations[name], most)
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
    k-th of them; so with each likeness in turn. Equal to scoring every pair, at the cost of a few.

    Parameters
    ----------
    open_
        Places that count, (profiles,); those that a gate refuses are struck out here.
    """
    sums = rules_total(panel, roster, keys)
    open_ &= sums >= 0
    _add_within_reach(panel, sums, np.flatnonzero(open_), likenesses, k, FIRST_LOOKS)
    return sums


def _add_within_reach(
    panel: Panel,
    sums: Ints,
    places: Places,
    likenesses: Sequence[HasCosines],
    k: int,
    looks: Sequence[int],
) -> int:
    """Add likenesses where a place could still be among the k best; return the k-th best sum."""
    if not likenesses:
        return int(np.partition(sums[places], -k)[-k]) if 0 < k <= len(places) else BLOCK
    first = max(looks[0], 4 * k)
    if len(places) > first:
        at_most = sums[places] + sum(_most(panel, likeness, places) for likeness in likenesses)
        promising = places[np.argpartition(at_most, -first)[-first:]]
        kth = _add_within_reach(panel, sums.copy(), promising, likenesses, k, looks)
        places = places[at_most >= kth]
    now, *later = likenesses
    sums[places] += calibrated(now.name, now.at(places), panel.scale)
    return _add_within_reach(panel, sums, places, later, k, looks[1:] or looks)


def _most(panel: Panel, likeness: HasCosines, places: Places) -> Ints:
    """The most hundredths that a likeness can add at these places."""
    scale = panel.scale
    most = scale.hundredths(likeness.name)
    neutral = hundredths_of(scale.calibrations[likeness.name].neutral, most)
    return np.where(likeness.known(places), most, neutral).astype(np.int32)


@njit(cache=True, nogil=True)
def _gather(sums: Ints, row: Ints, codes: Ints) -> None:
    for j in range(len(sums)):
        sums[j] += row[codes[j]]


def line_of(calibration: Calibration, most: int) -> tuple[np.float32, np.float32, int]:
    """Lowest cosine, hundredths per cosine, and the neutral hundredths of a likeness."""
    factor = np.float32(most / (calibration.highest - calibration.lowest))
    return np.float32(calibration.lowest), factor, hundredths_of(calibration.neutral, most)


def line_of_likeness(name: str, scale: Scale) -> Floats:
    """Lowest cosine, hundredths per cosine, neutral and most hundredths of a likeness, (4,)."""
    most = scale.hundredths(name)
    return np.array([*line_of(scale.calibrations[name], most), most], np.float32)


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


@njit(cache=True, nogil=True)
def add_likenesses(
    vectors: Floats,
    vector_rows: Places,
    none: Floats,
    centres: Floats,
    members: Floats,
    spans: Places,
    rows: Places,
    line: Floats,
    out: Ints,
) -> None:
    """Add the hundredths of one likeness to a block of pairs, the same as one by one.

    Parameters
    ----------
    vectors, vector_rows
        Vectors of the startups and the row of each of a askers, -1 where it has none.
    none
        No members, (0, dimension): what a startup is seen as is its vector alone.
    centres, members, spans, rows
        The gallery of the programmes, and the row of each of b.
    line
        Lowest cosine, hundredths per cosine, neutral and most hundredths, as :func:`line_of` says.
    out
        Sums, (a, b).
    """
    lowest, factor, neutral, most = line[0], line[1], int(line[2]), line[3]
    points = np.empty(len(rows), np.int32)
    cosines = np.empty(len(rows), np.float32)
    for i in range(len(vector_rows)):
        if vector_rows[i] < 0:
            for j in range(len(rows)):
                out[i, j] += neutral
            continue
        near(vectors[vector_rows[i]], none, centres, members, spans, rows, cosines)
        _calibrate(cosines, lowest, factor, most, neutral, points)
        for j in range(len(rows)):
            out[i, j] += points[j]
