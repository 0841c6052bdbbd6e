"""The mode ``stable``: no startup and programme would both rather have each other.

Deferred acceptance (Gale and Shapley 1962; Roth 1984 for programmes with several places), also
where a startup may hold several places and likes each of them for itself. A startup orders its open
programmes by what it gains, a programme its startups by what it looks for; equals by their mutual
fit, and what is then still equal by a draw: one permutation of each side, from the seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matcher.assignment.instance import (
    CLOSED,
    How,
    Instance,
    Ints,
    Longs,
    Solution,
    broken_limits,
    solution_of,
)
from matcher.errors import NotStable

BLOCK = 1 << 20
"""Pairs that are put into order at a time; bounds the memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """What both sides want, and how much of it is left beside the forced pairs.

    Attributes
    ----------
    likes, wants
        What a startup and a programme would have by each other, (n, m) int64, higher is better;
        :data:`CLOSED` where the pair cannot come together, the forced pairs included.
    startup_draw, programme_draw
        Of equals the one with the lower number is preferred, (n,) and (m,).
    offers, places
        How many more each may hold, (n,) and (m,).
    """

    likes: Longs
    wants: Longs
    startup_draw: Longs
    programme_draw: Longs
    offers: Longs
    places: Longs


def stable(instance: Instance, how: How) -> Solution:
    """The stable assignment that is best for everybody on the side ``how.proposing``.

    Forced pairs are placed before; closed pairs never are.

    Raises
    ------
    NotStable
        Where it breaks a limit. Every stable assignment gives each startup and each programme
        equally many places, and so breaks it as well (the rural hospitals theorem, Roth 1986).
    """
    rows, cols = PROPOSING[how.proposing](_market(instance, how))
    rows = np.concatenate((instance.forced[:, 0], rows))
    cols = np.concatenate((instance.forced[:, 1], cols))
    solution = solution_of(instance, rows, cols)
    broken = broken_limits(instance, solution)
    if broken:
        raise NotStable(limits=tuple(sorted({one.limit for one in broken})))
    return solution


def _market(instance: Instance, how: How) -> Market:
    n, m = instance.shape
    generator = np.random.Generator(np.random.PCG64(how.seed))
    startup_draw, programme_draw = generator.permutation(n), generator.permutation(m)
    likes, wants = (_joined(instance, of_side) for of_side in (instance.gain, instance.want))
    i, j = instance.forced[:, 0], instance.forced[:, 1]
    offers = np.maximum(instance.offers - np.bincount(i, minlength=n), 0)
    places = np.maximum(instance.places - np.bincount(j, minlength=m), 0)
    return Market(likes, wants, startup_draw, programme_draw, offers, places)


def _joined(instance: Instance, of_side: Ints) -> Longs:
    """The score of one side, then the mutual fit, as one number; both are below 2**31."""
    joined: Longs = of_side.astype(np.int64) << 31
    joined += instance.fit
    joined[instance.fit == CLOSED] = CLOSED
    joined[instance.forced[:, 0], instance.forced[:, 1]] = CLOSED
    return joined


def _startups_propose(market: Market) -> tuple[Ints, Ints]:
    proposers, receivers = _defer(
        _in_order(market.likes, market.programme_draw),
        market.wants,
        market.startup_draw,
        market.offers,
        market.places,
    )
    return proposers, receivers


def _programmes_propose(market: Market) -> tuple[Ints, Ints]:
    proposers, receivers = _defer(
        _in_order(market.wants.T, market.startup_draw),
        market.likes.T,
        market.programme_draw,
        market.places,
        market.offers,
    )
    return receivers, proposers


PROPOSING: dict[str, Callable[[Market], tuple[Ints, Ints]]] = {
    "startup": _startups_propose,
    "programme": _programmes_propose,
}


def _in_order(worth: Longs, draw: Longs) -> Ints:
    """The columns of each row, best first, then -1 for those that are closed."""
    drawn = np.argsort(draw)
    order = np.empty(worth.shape, np.int32)
    step = max(1, BLOCK // max(1, worth.shape[1]))
    for start in range(0, len(worth), step):
        block = -worth[start : start + step, drawn]
        best = np.argsort(block, axis=1, kind="stable")
        shut = np.take_along_axis(block, best, axis=1) == -CLOSED
        order[start : start + step] = np.where(shut, -1, drawn[best])
    return order


@njit(cache=True, nogil=True)
def _defer(
    order: Ints, worth: Longs, draw: Longs, most_proposed: Longs, most_held: Longs
) -> tuple[Ints, Ints]:
    """The proposers and receivers that come together.

    ``worth`` (proposers, receivers) and ``draw`` (proposers,) say whom a receiver prefers.
    """
    proposers, receivers = worth.shape
    starts = np.zeros(receivers + 1, np.int64)
    for r in range(receivers):
        starts[r + 1] = starts[r] + min(most_held[r], proposers)
    held = np.empty(starts[-1], np.int32)
    count = np.zeros(receivers, np.int64)
    following = np.zeros(proposers, np.int64)
    for first in range(proposers):
        for _ in range(most_proposed[first]):
            p = first
            while p >= 0 and following[p] < receivers and order[p, following[p]] >= 0:
                r = order[p, following[p]]
                following[p] += 1
                room = held[starts[r] : starts[r + 1]]
                refused = _take(room, count[r], p, worth[:, r], draw)
                if refused < 0:
                    count[r] += 1
                p = refused
            if p >= 0 and p == first:
                break
    rows = np.empty(count.sum(), np.int32)
    cols = np.empty(count.sum(), np.int32)
    at = 0
    for r in range(receivers):
        for p in held[starts[r] : starts[r] + count[r]]:
            rows[at], cols[at] = p, r
            at += 1
    return rows, cols


@njit(cache=True, nogil=True)
def _take(room: Ints, count: int, p: int, worth: Longs, draw: Longs) -> int:
    """Put p into the held ones, best first; who is refused for it, -1 for nobody."""
    refused = -1
    if count == len(room):
        if count == 0 or not _prefers(p, room[count - 1], worth, draw):
            return p
        refused = int(room[count - 1])
        count -= 1
    while count > 0 and _prefers(p, room[count - 1], worth, draw):
        room[count] = room[count - 1]
        count -= 1
    room[count] = p
    return refused


@njit(cache=True, nogil=True)
def _prefers(one: int, other: int, worth: Longs, draw: Longs) -> bool:
    if worth[one] != worth[other]:
        return bool(worth[one] > worth[other])
    return bool(draw[one] < draw[other])


def blocking_pairs(instance: Instance, solution: Solution, how: How) -> Ints:
    """The pairs (k, 2) of startup and programme that would both rather have each other, sorted.

    Each has a free place, or holds one that is not forced and that it likes less, the draw of
    ``how.seed`` included.
    """
    market = _market(instance, how)
    i, j = solution.rows, solution.cols
    placed = np.zeros(instance.shape, np.bool_)
    placed[i, j] = True
    worst_startup = _worst(market.likes, placed, market.programme_draw, market.offers)
    worst_programme = _worst(
        np.ascontiguousarray(market.wants.T),
        np.ascontiguousarray(placed.T),
        market.startup_draw,
        market.places,
    )
    return _blocking(
        (market.likes, market.programme_draw, worst_startup),
        (market.wants, market.startup_draw, worst_programme),
        placed,
    )


FREE, FULL = -1, -2
"""Instead of the worst partner: a place is free, or forced pairs hold all there are."""


@njit(cache=True, nogil=True)
def _worst(worth: Longs, placed: NDArray[np.bool_], draw: Longs, most: Longs) -> Longs:
    """Whom each row holds and likes least, or :data:`FREE`, or :data:`FULL`."""
    worst = np.full(len(worth), FREE, np.int64)
    for i in range(len(worth)):
        held, least = 0, FULL
        for j in range(worth.shape[1]):
            if placed[i, j] and worth[i, j] != CLOSED:
                held += 1
                if least == FULL or _prefers(least, j, worth[i], draw):
                    least = j
        if held >= most[i]:
            worst[i] = least
    return worst


@njit(cache=True, nogil=True)
def _blocking(
    startups: tuple[Longs, Longs, Longs],
    programmes: tuple[Longs, Longs, Longs],
    placed: NDArray[np.bool_],
) -> Ints:
    likes, programme_draw, worst_programme = startups
    wants, startup_draw, worst_startup = programmes
    found = []
    for i in range(likes.shape[0]):
        for j in range(likes.shape[1]):
            if placed[i, j] or likes[i, j] == CLOSED:
                continue
            other = worst_programme[i]
            if other == FULL or (other >= 0 and not _prefers(j, other, likes[i], programme_draw)):
                continue
            other = worst_startup[j]
            if other == FULL or (other >= 0 and not _prefers(i, other, wants[:, j], startup_draw)):
                continue
            found.append((i, j))
    pairs = np.empty((len(found), 2), np.int32)
    for at, (i, j) in enumerate(found):
        pairs[at, 0], pairs[at, 1] = i, j
    return pairs
