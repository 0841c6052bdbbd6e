"""How near two profiles are by their vectors: the one place where a likeness is worked out.

A profile is seen as a portrait: one vector and, for a portfolio, those of its alumni beside it. The
likeness of a pair is summed on its own in one fixed order, and is the same number to the bit
whichever side asks and whoever else is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Places = NDArray[np.intp]

TRUSTED_BY_HALF = 10
"""Alumni at which their mean is trusted by half: a mean of few says as much of them as of what the
programme takes. With none it is not trusted at all, as where the portfolio is unknown."""

NEAREST = 5
"""Nearest alumni that count: a broad portfolio is near to everybody whom some of it are near to,
and the mean over a few leaves less to the luck of one."""

MEAN_SHARE = 0.5
"""What the trusted mean counts of a portfolio's likeness; the nearest alumni count the rest."""

_OF_NEAREST = np.float32((1 - MEAN_SHARE) / NEAREST)


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """One profile as likeness sees it.

    Attributes
    ----------
    centre
        A text's unit vector, or a portfolio's mean scaled by what it counts, (dimension,).
    members
        Unit vectors of which the nearest count, (members, dimension); none for a text.
    """

    centre: Floats
    members: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """Portraits of many profiles, a row each.

    Attributes
    ----------
    centres
        (rows, dimension).
    members
        All members, end to end, with gaps; (any, dimension).
    spans
        Where in ``members`` those of each row begin and end, (rows, 2).
    """

    centres: Floats
    members: Floats
    spans: Places

    @property
    def arrays(self) -> tuple[Floats, Floats, Places]:
        """What the loops read: centres, members and spans."""
        return self.centres, self.members, self.spans

    def portrait(self, row: int) -> Portrait:
        """The portrait of one row, copied."""
        start, end = self.spans[row]
        return Portrait(self.centres[row].copy(), self.members[start:end].copy())


@dataclass(frozen=True, slots=True, eq=False)
class Likenesses:
    """One likeness between many startups and many programmes.

    ``gallery`` and ``rows`` are of the programmes, ``vectors`` and ``vector_rows`` of the startups;
    a row is -1 where a profile has no vector. Rows stand in the order of the scored places.
    """

    name: str
    gallery: Gallery
    rows: Places
    vectors: Floats
    vector_rows: Places


def gallery_of(texts: Floats) -> Gallery:
    """Texts by their vectors, (rows, dimension), side by side."""
    return Gallery(texts, texts[:0], np.zeros((len(texts), 2), np.intp))


def of_text(vector: Floats) -> Portrait:
    """The portrait of a text: its vector alone."""
    return Portrait(vector, np.empty((0, len(vector)), np.float32))


def of_portfolio(vectors: Floats) -> Portrait:
    """The portrait of a portfolio from its alumni's unit vectors, (n, dimension), n at least 1.

    With n alumni, the likeness of x to it is

        1/2 n / (n + 10) cos(x, mean of all) + 1/2 (sum of the 5 largest cos(x, alumnus)) / 5

    where alumni missing from five count as strangers, whose cosine is 0 since vectors are centred.
    So it grows from 0, the likeness of an unknown portfolio, as alumni become known. Their order
    leaves no trace.
    """
    count = len(vectors)
    mean = np.sort(vectors, axis=0).mean(axis=0, dtype=np.float64)
    counts = MEAN_SHARE * count / (count + TRUSTED_BY_HALF)
    length = max(float(np.linalg.norm(mean)), 1e-12)
    return Portrait((mean * (counts / length)).astype(np.float32), vectors.astype(np.float32))


def likeness_to(asker: Portrait, gallery: Gallery, rows: Places) -> Floats:
    """Likeness of a portrait to some rows of a gallery, (rows,) float32, NaN for row -1.

    The members of either side are held against the centre of the other; no likeness that is
    measured has members on both.
    """
    out = np.empty(len(rows), np.float32)
    near(asker.centre, asker.members, *gallery.arrays, rows, out)
    return out


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def product(one: Floats, other: Floats) -> np.float32:
    """Inner product of two vectors, summed in an order that depends on their length alone."""
    found = np.float32(0.0)
    for d in range(len(one)):
        found += one[d] * other[d]
    return found


@njit(cache=True, nogil=True)
def _nearest(members: Floats, start: int, end: int, vector: Floats, best: Floats) -> np.float32:
    """Sum of the :data:`NEAREST` largest products of some members with a vector, largest first.

    ``best`` is room for so many.
    """
    held = 0
    for member in range(start, end):
        value = product(members[member], vector)
        if held < NEAREST:
            held += 1
        elif value <= best[NEAREST - 1]:
            continue
        at = held - 1
        while at > 0 and best[at - 1] < value:
            best[at] = best[at - 1]
            at -= 1
        best[at] = value
    found = np.float32(0.0)
    for at in range(held):
        found += best[at]
    return found


@njit(cache=True, nogil=True)
def near(
    centre: Floats,
    own: Floats,
    centres: Floats,
    members: Floats,
    spans: Places,
    rows: Places,
    out: Floats,
) -> None:
    """The loop of :func:`likeness_to`: a portrait (``centre``, ``own``) against rows, into out."""
    best = np.empty(NEAREST, np.float32)
    for i in range(len(rows)):
        row = rows[i]
        if row < 0:
            out[i] = np.float32(np.nan)
            continue
        found = product(centres[row], centre)
        if len(own) > 0:
            found += _OF_NEAREST * _nearest(own, 0, len(own), centres[row], best)
        if spans[row, 1] > spans[row, 0]:
            found += _OF_NEAREST * _nearest(members, spans[row, 0], spans[row, 1], centre, best)
        out[i] = found
