"""What can still be moved in a solved round, and at what loss: a small dense graph.

A startup only passes placements on, so every way through one is an arc between two nodes of the
:class:`~matcher.assignment.network.Network`: from a programme to another, from a programme to what
is over the startup (it leaves), or the other way (it uses a free offer). The graph is the residual
graph of Ahuja, Magnanti and Orlin, Network Flows (1993), section 2.4, with the startups contracted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matcher.assignment.instance import Instance, Ints, Longs
from matcher.assignment.network import Network
from matcher.assignment.worth import Worth

FAR = 1 << 60
"""Length of an arc that is not there."""

Pairs = NDArray[np.bool_]
"""Which pairs are looked at, (n, m)."""


class Placed(NamedTuple):
    """Placements by startup: those of i stand from ``starts[i]`` up to ``starts[i + 1]``.

    ``fixed`` marks those that are forced.
    """

    starts: Longs
    cols: Ints
    fixed: NDArray[np.bool_]


def placed_of(instance: Instance, rows: Ints, cols: Ints) -> Placed:
    """Placements of a solution, whose pairs are sorted."""
    n, m = instance.shape
    starts = np.searchsorted(rows, np.arange(n + 1)).astype(np.int64)
    forced = instance.forced.astype(np.int64)
    fixed = np.isin(rows.astype(np.int64) * m + cols, forced[:, 0] * m + forced[:, 1])
    return Placed(starts, np.ascontiguousarray(cols, np.int32), fixed)


@dataclass(frozen=True, slots=True, eq=False)
class Residual:
    """Loss of the cheapest way along each arc (nodes, nodes) int64, and which startup takes it.

    ``movers`` is -1 where the arc is a link and nobody moves.
    """

    loss: Longs
    movers: Ints


def residual_of(
    instance: Instance, network: Network, worth: Worth, rows: Ints, cols: Ints, pairs: Pairs
) -> Residual:
    """The graph of a lawful solution over some pairs, which must contain the placed ones.

    Takes one pass over the pairs for the startups without a place, and one for each placement.
    """
    size = network.nodes
    loss = np.full((size, size), FAR, np.int64)
    movers = np.full((size, size), -1, np.int32)
    placed = placed_of(instance, rows, cols)
    limits = (network.over_startups, instance.offers, instance.must)
    _weigh(worth, pairs, placed, *limits, loss, movers)
    loads = network.loads(rows, cols)
    for tails, heads, free in (
        (network.tails, network.heads, loads < network.high),
        (network.heads, network.tails, loads > network.low),
    ):
        free &= loss[tails, heads] > 0
        loss[tails[free], heads[free]] = 0
        movers[tails[free], heads[free]] = -1
    return Residual(loss, movers)


@njit(cache=True, nogil=True)
def _read(i: int, worth: Worth, pairs: Pairs, row: Longs) -> None:
    """Worth of the pairs of one startup, -FAR where a pair is not looked at."""
    for j in range(len(row)):
        row[j] = np.int64(worth.fit[i, j]) * worth.scale if pairs[i, j] else -FAR
    for k in range(worth.starts[i], worth.starts[i + 1]):
        if pairs[i, worth.cols[k]]:
            row[worth.cols[k]] += worth.extra[k]


@njit(cache=True, nogil=True)
def _weigh(
    worth: Worth,
    pairs: Pairs,
    placed: Placed,
    over: Ints,
    offers: Ints,
    must: Ints,
    loss: Longs,
    movers: Ints,
) -> None:
    n, m = pairs.shape
    cols, row, own = placed.cols, np.empty(m, np.int64), np.empty(m, np.int64)
    for i in range(n):
        first, last = placed.starts[i], placed.starts[i + 1]
        _read(i, worth, pairs, row)
        for k in range(first, last):
            own[k - first] = row[cols[k]]
        for k in range(first, last):
            row[cols[k]] = -FAR
        for k in range(first, last):
            if not placed.fixed[k]:
                _leave(i, cols[k], own[k - first], row, loss, movers)
                if last - first > must[i] and own[k - first] < loss[cols[k], over[i]]:
                    loss[cols[k], over[i]] = own[k - first]
                    movers[cols[k], over[i]] = i
        if last - first < offers[i]:
            _leave(i, over[i], 0, row, loss, movers)


@njit(cache=True, nogil=True)
def _leave(i: int, start: int, own: int, row: Longs, loss: Longs, movers: Ints) -> None:
    for q in range(len(row)):
        if row[q] > -FAR and own - row[q] < loss[start, q]:
            loss[start, q] = own - row[q]
            movers[start, q] = i


@njit(cache=True, nogil=True)
def settle(loss: Longs, distances: Longs, before: Ints) -> int:
    """Shorten distances (nodes,) along all arcs until they hold (Bellman and Ford).

    ``before`` receives the node before each on its shortest path. Gives -1, or a node from which
    ``before`` leads into a cycle of negative length where there is one.
    """
    size = len(distances)
    for _ in range(size + 1):
        changed = -1
        for u in range(size):
            reach = distances[u]
            if reach >= FAR:
                continue
            for v in range(size):
                if loss[u, v] < FAR and reach + loss[u, v] < distances[v]:
                    distances[v] = reach + loss[u, v]
                    before[v] = u
                    changed = v
        if changed < 0:
            return -1
    return changed


@njit(cache=True, nogil=True)
def close(lengths: Longs) -> None:
    """Make arcs (nodes, nodes) without negative cycles into shortest paths (Floyd and Warshall).

    What cannot be reached comes out at FAR / 2 or more.
    """
    size = len(lengths)
    for v in range(size):
        lengths[v, v] = min(lengths[v, v], 0)
    for k in range(size):
        for u in range(size):
            reach = lengths[u, k]
            if reach < FAR // 2:
                for v in range(size):
                    lengths[u, v] = min(lengths[u, v], reach + lengths[k, v])


def overlooked(
    instance: Instance,
    network: Network,
    worth: Worth,
    rows: Ints,
    cols: Ints,
    potentials: Longs,
    pairs: Pairs,
    slack: int = 0,
    most: int | None = None,
) -> Pairs:
    """Open pairs (n, m) besides the given ones of which a placement loses less than ``slack``.

    The loss is what potentials of the given pairs prove. Where no pair loses less than 0, they
    hold for all open pairs and prove the solution optimal over them. With ``most`` only so many
    of each startup are told, those that lose least, and their equals.
    """
    placed = placed_of(instance, rows, cols)
    missing = np.zeros(pairs.shape, np.bool_)
    limits = (network.over_startups, instance.offers)
    some = max(1, pairs.shape[1] if most is None else most)
    _price(worth, instance.open_, placed, *limits, potentials, pairs, slack, some, missing)
    return missing


@njit(cache=True, nogil=True)
def _price(
    worth: Worth,
    open_: Pairs,
    placed: Placed,
    over: Ints,
    offers: Ints,
    potentials: Longs,
    pairs: Pairs,
    slack: int,
    most: int,
    missing: Pairs,
) -> None:
    n, m = pairs.shape
    cols, row, losses = placed.cols, np.empty(m, np.int64), np.empty(m, np.int64)
    for i in range(n):
        first, last = placed.starts[i], placed.starts[i + 1]
        _read(i, worth, open_, row)
        reach = potentials[over[i]] if last - first < offers[i] else FAR
        for k in range(first, last):
            if not placed.fixed[k]:
                reach = min(reach, potentials[cols[k]] + row[cols[k]])
        if reach == FAR:
            continue
        found = 0
        for q in range(m):
            row[q] = FAR if row[q] == -FAR or pairs[i, q] else reach - row[q] - potentials[q]
            if row[q] < slack:
                losses[found] = row[q]
                found += 1
        bar = slack - 1 if found <= most else np.partition(losses[:found], most - 1)[most - 1]
        for q in range(m):
            missing[i, q] = row[q] <= bar
