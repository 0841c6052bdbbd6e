"""Leximin of a round that a flow can keep: the worst off as well off as can be, then the next.

A lexicographic bottleneck assignment (Burkard and Rendl 1991): the fits are levels, and from the
lowest level up as few startups as possible are left at each, given the fewest at all levels below.
Each level is a minimum-cost flow, whose dual prices say what later levels must leave as it is
(Sokkalingam and Aneja 1998). To be without a place is the lowest level of all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matcher.assignment.instance import CLOSED, Bound, Instance, Solution, solution_of
from matcher.assignment.levels import descend, minimise, raise_levels
from matcher.assignment.network import network_of
from matcher.assignment.steps import (
    Graph,
    Ints,
    Longs,
    count_all,
    forbid,
    mark,
    place_greedily,
    spent,
    strayed,
    unmark,
)

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """What a startup can be at, and the groups above, as nodes of a tree below a root.

    The programmes are the first m nodes, then come the ``outside`` options: one for each innermost
    group of startups, so that who is left without a place is counted there. ``parent``, ``low``
    and ``high`` have one entry a node, the root being the one after the last; ``outside`` is the
    node of each startup, (n,).
    """

    options: int
    parent: Ints
    low: Longs
    high: Longs
    outside: Ints


def forest_of(instance: Instance) -> Forest | None:
    """The limits of a round as a tree, or None where a flow cannot keep them."""
    network = network_of(instance)
    if network is None:
        return None
    n, m = instance.shape
    sizes = np.array([group.weights.sum() for group in network.groups], np.int64)
    down = np.array([group.side == "startup" for group in network.groups], np.bool_)
    over = np.where(down, network.tails[m:], network.heads[m:])
    # The groups of programmes come first; each of startups has an option of its own for outside.
    added = 1 + int(down.sum())
    lonely = m + len(down) - int(down.sum()) - 1
    outside = np.where(network.over_startups == network.outside, lonely, network.over_startups)
    low, high = network.low[m:], network.high[m:]
    return Forest(
        m + added,
        np.concatenate(
            (network.over_programmes, [network.outside], m + np.flatnonzero(down), over)
        ).astype(np.int32)
        + np.int32(added),
        np.concatenate(
            (network.low[:m], np.zeros(added), np.where(down, np.maximum(sizes - high, 0), low))
        ).astype(np.int64),
        np.concatenate(
            (network.high[:m], np.full(added, n), np.where(down, sizes - low, high))
        ).astype(np.int64),
        (outside - lonely + m).astype(np.int32),
    )


def leximin(instance: Instance, forest: Forest, before: Longs | None = None) -> Solution | None:
    """The leximin placement of at most one place for each startup; None where none is lawful.

    Among equals the one that keeps most pairs of the round before. ``before`` (n,) is what each
    startup has already, to which its place adds; -1 (everybody, by default) for nothing at all,
    which counts below any fit. The total is of the new places alone.
    """
    n, m = instance.shape
    allowed = _allowed(instance, forest)
    if allowed is None or (forest.low > forest.high).any():
        return None
    graph = _graph(forest, allowed)
    has = np.full(n, -1, np.int64) if before is None else before
    arcs, starts = _levels(instance, forest, allowed, has)
    place_greedily(graph, arcs, forest.outside)
    count_all(graph)
    out = np.arange(n) * forest.options + forest.outside
    if not _reach_lawful(graph, np.ascontiguousarray(out[instance.must > 0])):
        return None
    minimise(graph, np.ascontiguousarray(out[has < 0]), 1)
    raise_levels(graph, arcs, starts)
    held = instance.held.astype(np.int64)
    minimise(graph, np.ascontiguousarray(held[:, 0] * forest.options + held[:, 1]), -1)
    rows = np.flatnonzero(graph.at < m).astype(np.int32)
    return solution_of(instance, rows, graph.at[rows])


def _allowed(instance: Instance, forest: Forest) -> Flags | None:
    """The options of each startup, (n, options); None where the forced pairs contradict."""
    n, m = instance.shape
    allowed = np.zeros((n, forest.options), np.bool_)
    allowed[:, :m] = (instance.fit != CLOSED) & (instance.offers > 0)[:, None]
    forced = instance.forced
    allowed[forced[:, 0], :m] = False
    allowed[forced[:, 0], forced[:, 1]] = True
    free = np.ones(n, np.bool_)
    free[forced[:, 0]] = False
    allowed[np.flatnonzero(free), forest.outside[free]] = True
    twice = len(np.unique(forced[:, 0])) < len(forced)
    shut = (instance.offers[forced[:, 0]] < 1).any() or (instance.must > instance.offers).any()
    return None if twice or shut else allowed


def _graph(forest: Forest, allowed: Flags) -> Graph:
    """Everybody outside, but for the forced."""
    nodes, options = len(forest.parent), forest.options
    at = np.where(
        allowed[np.arange(len(allowed)), forest.outside], forest.outside, allowed.argmax(axis=1)
    ).astype(np.int32)
    flow = np.zeros(nodes + 1, np.int64)
    for option, count in enumerate(np.bincount(at, minlength=options).tolist()):
        node = option
        while node < nodes:
            flow[node] += count
            node = int(forest.parent[node])
    children = np.argsort(forest.parent, kind="stable").astype(np.int32)
    first = np.searchsorted(forest.parent[children], np.arange(nodes + 2)).astype(np.int32)
    return Graph(
        allowed,
        np.zeros(allowed.shape, np.int8),
        at,
        allowed.sum(axis=1, dtype=np.int32),
        forest.parent,
        children,
        first,
        flow[:nodes],
        forest.low.copy(),
        forest.high.copy(),
        np.zeros((options, options, 3), np.int32),
    )


def _levels(instance: Instance, forest: Forest, allowed: Flags, has: Longs) -> tuple[Longs, Longs]:
    """All options but to have nothing, by what a startup then has, and where each level starts."""
    rows, cols = np.nonzero(allowed[:, : len(instance.programmes)])
    reached = instance.fit[rows, cols] + np.maximum(has, 0)[rows]
    arcs = rows * forest.options
    arcs += cols
    del rows, cols
    stay = np.flatnonzero(has >= 0)
    if len(stay):
        reached = np.concatenate((reached, has[stay]))
        arcs = np.concatenate((arcs, stay * forest.options + forest.outside[stay]))
    order = np.argsort(reached, kind="stable")
    starts = np.flatnonzero(np.diff(reached[order], prepend=-1))
    return arcs[order], np.append(starts, len(arcs))


def _reach_lawful(graph: Graph, bound_to: Longs) -> bool:
    """Move until every limit is kept, those who must be placed included; False where none can."""
    mark(graph, bound_to, 1)
    descend(graph, True)
    unmark(graph, bound_to)
    if strayed(graph) or spent(graph, bound_to):
        return False
    forbid(graph, bound_to)
    return True


def refilled(instance: Instance, solution: Solution) -> Solution:
    """The fairest of all solutions that count as a lawful one does, whatever the limits are.

    Each programme takes as many, and as many startups of each kind are placed; startups are of one
    kind that no bound tells apart. So all limits hold that hold now, and what is left is a flow.
    """
    n, m = instance.shape
    taken, placed = solution.taken(m), solution.held_by(n)
    weights = [bound.weights for bound in instance.bounds if bound.side == "startup"]
    bounds = []
    if weights:
        kinds, kind = np.unique(np.array(weights), axis=1, return_inverse=True)
        counts = np.bincount(kind.ravel(), placed, kinds.shape[1]).astype(int).tolist()
        for number, count in enumerate(counts):
            members = (kind.ravel() == number).astype(np.int64)
            bounds.append(Bound("", "startup", members, count, count))
    counted = replace(instance, places=taken, least=taken, bounds=tuple(bounds))
    forest = forest_of(counted)
    found = None if forest is None else leximin(counted, forest)
    if found is None:
        raise ValueError("only a lawful solution can be refilled")
    return found
