"""The points of every pair of a round, kept: only what changed since is scored again.

A startup has changed when what it shows to any rule has, or its vector; a programme likewise. With
1 % of the profiles changed, 1 % of the rows and columns are scored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from matcher.mutual import TwoSided, two_sided
from matcher.nearness import Gallery
from matcher.panel import Panel
from matcher.roster import Roster
from matcher.weights import LIKENESSES
from service.pool import Pool, both_sides

Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """One side of a round: its roster, ids, places on it, and a sign of each profile's content."""

    roster: Roster
    ids: tuple[str, ...]
    places: Places
    signs: tuple[bytes, ...]

    def stays(self, before: _Side) -> tuple[Places, Places]:
        """Places here, and there, of the profiles that are the same in both."""
        there = {key: at for at, key in enumerate(zip(before.ids, before.signs, strict=True))}
        here = zip(self.ids, self.signs, strict=True)
        pairs = [(at, there[key]) for at, key in enumerate(here) if key in there]
        both = np.array(pairs, np.intp).reshape(-1, 2)
        return both[:, 0], both[:, 1]


class Scoreboard:
    """The points of the last round that was asked for.

    ``scored`` counts the pairs that were scored for it: all of them the first time, later those
    of changed profiles.
    """

    def __init__(self) -> None:
        self.scored = 0
        self._panel: Panel | None = None
        self._sides: tuple[_Side, _Side] | None = None
        self._points: TwoSided | None = None

    def points(
        self,
        panel: Panel,
        startups: Pool,
        programmes: Pool,
        lefts: Sequence[str],
        rights: Sequence[str],
    ) -> TwoSided:
        """Points of every pair of two lists of ids, (lefts, rights); the ids are in the pools."""
        if panel is not self._panel:  # other weights: nothing holds any more
            self._panel, self._sides, self._points = panel, None, None
        left, right = _side(startups, lefts), _side(programmes, rights)
        shape = (len(lefts), len(rights))
        points = TwoSided(*(np.zeros(shape, np.int32) for _ in range(3)))
        fresh_rows, fresh_cols = self._carry_over(points, left, right)
        self.scored = 0
        everything = np.arange(shape[1])
        others = np.setdiff1d(np.arange(shape[0]), fresh_rows)
        for rows, cols in ((fresh_rows, everything), (others, fresh_cols)):
            self.scored += len(rows) * len(cols)
            _score(panel, startups, programmes, left, right, rows, cols, points)
        self._sides, self._points = (left, right), points
        return points

    def _carry_over(self, points: TwoSided, left: _Side, right: _Side) -> tuple[Places, Places]:
        """Copy what still holds; return the rows and the columns that have to be scored."""
        rows, cols = np.arange(len(left.ids)), np.arange(len(right.ids))
        if self._sides is None or self._points is None:
            return rows, cols
        before_left, before_right = self._sides
        if before_left.roster is not left.roster or before_right.roster is not right.roster:
            return rows, cols
        (kept_rows, old_rows), (kept_cols, old_cols) = (
            left.stays(before_left),
            right.stays(before_right),
        )
        for name in ("startup", "programme", "refusals"):
            old = getattr(self._points, name)[np.ix_(old_rows, old_cols)]
            getattr(points, name)[np.ix_(kept_rows, kept_cols)] = old
        return np.setdiff1d(rows, kept_rows), np.setdiff1d(cols, kept_cols)


def _side(pool: Pool, ids: Sequence[str]) -> _Side:
    roster = pool.roster
    places = np.array([roster.place(i) for i in ids], np.intp)
    if not ids:
        return _Side(roster, (), places, ())
    codes = np.ascontiguousarray(roster.codes[:, places].T)
    seen = [blake2b(row.tobytes(), digest_size=16) for row in codes]
    distinct = {id(pool.indexes[name]): name for name in LIKENESSES}
    for name in distinct.values():
        _see(seen, pool.indexes[name].gallery, pool.rows(name)[places])
    return _Side(roster, tuple(ids), places, tuple(one.digest() for one in seen))


def _see(signs: Sequence[blake2b], gallery: Gallery, rows: Places) -> None:
    """Take into each sign the vector of a profile, and those of its alumni."""
    for sign, row in zip(signs, rows.tolist(), strict=True):
        if row < 0:
            sign.update(b"unknown")
            continue
        start, end = gallery.spans[row]
        sign.update(b"%d members" % (end - start))
        sign.update(gallery.centres[row].tobytes() + gallery.members[start:end].tobytes())


def _score(
    panel: Panel,
    startups: Pool,
    programmes: Pool,
    left: _Side,
    right: _Side,
    rows: Places,
    cols: Places,
    points: TwoSided,
) -> None:
    """Score some rows against some columns, into the whole."""
    if not (len(rows) and len(cols)):
        return
    lefts, rights = left.places[rows], right.places[cols]
    likenesses = both_sides(startups, lefts, programmes, rights)
    fresh = two_sided(panel, left.roster, lefts, right.roster, rights, likenesses)
    for name in ("startup", "programme", "refusals"):
        getattr(points, name)[np.ix_(rows, cols)] = getattr(fresh, name)
