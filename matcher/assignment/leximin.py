"""Leximin of a round that a flow can keep: the worst off as well off as can be, then the next.

A lexicographic bottleneck assignment (Burkard and Rendl 1991): the fits are levels, and from the
lowest level up as few startups as possible are left at each, given the fewest at all levels below.
Each level is a minimum-cost flow, whose dual prices say what later levels must leave as it is
(Sokkalingam and Aneja 1998). To be without a place is the lowest level of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.assignment.instance import CLOSED, Bound, Instance, Side, Solution, solution_of
from matcher.assignment.levels import (
    Graph,
    Ints,
    Longs,
    count_all,
    descend,
    forbid,
    mark,
    minimise,
    place_greedily,
    raise_levels,
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
    """The limits of a round as a tree, or None where they are none.

    Every bound must count placements, and of two groups of one side one must hold the other or
    both be apart.
    """
    n, m = instance.shape
    if not all(bound.counts for bound in instance.bounds):
        return None
    of_startups, of_programmes = _inwards(instance, "startup"), _inwards(instance, "programme")
    outside = _innermost(of_startups, n)
    inside = _innermost(of_programmes, m)
    if outside is None or inside is None:
        return None
    options = m + 1 + len(of_startups)
    groups = options + np.arange(len(of_startups))
    root = options + len(of_startups) + len(of_programmes)
    above_startups = np.append(groups, root)
    above_programmes = np.append(options + len(of_startups) + np.arange(len(of_programmes)), root)
    parent = np.concatenate(
        (
            above_programmes[inside],
            [root],
            groups,
            above_startups[_above(of_startups)],
            above_programmes[_above(of_programmes)],
        )
    )
    low, high = _range(instance, of_startups, of_programmes)
    return Forest(options, parent.astype(np.int32), low, high, (m + 1 + outside).astype(np.int32))


def _inwards(instance: Instance, side: Side) -> list[Bound]:
    """The bounds of one side that hold anybody, larger groups first."""
    found = [bound for bound in instance.bounds if bound.side == side]
    return sorted(found, key=lambda bound: -int(bound.weights.sum()))


def _innermost(bounds: Sequence[Bound], count: int) -> Longs | None:
    """The innermost group of each member, -1 for none; None where two groups overlap."""
    innermost = np.full(count, -1, np.int64)
    for group, bound in enumerate(bounds):
        members = bound.weights == 1
        if len(np.unique(innermost[members])) > 1:
            return None
        innermost[members] = group
    return innermost


def _above(bounds: Sequence[Bound]) -> Longs:
    """The group around each group, -1 for none."""
    above = np.full(len(bounds), -1, np.int64)
    for group, bound in enumerate(bounds):
        for around in range(group):
            if (bounds[around].weights >= bound.weights).all() and bound.weights.any():
                above[group] = around
    return above


def _range(
    instance: Instance, of_startups: Sequence[Bound], of_programmes: Sequence[Bound]
) -> tuple[Longs, Longs]:
    """Bounds of each node; those of startups are turned into bounds of who is left outside."""
    n, _ = instance.shape
    low, high = [instance.least.tolist()], [instance.places.tolist()]
    low.append([0] * (1 + len(of_startups)))
    high.append([n] * (1 + len(of_startups)))
    for bound in of_startups:
        size = int(bound.weights.sum())
        low.append([0 if bound.at_most is None else max(0, size - bound.at_most)])
        high.append([size - bound.at_least])
    for bound in of_programmes:
        low.append([bound.at_least])
        high.append([n if bound.at_most is None else bound.at_most])
    return np.array(sum(low, []), np.int64), np.array(sum(high, []), np.int64)


def leximin(instance: Instance, forest: Forest) -> Solution | None:
    """The leximin placement where nobody may hold more than one place; None where none is lawful.

    Among equals the one that keeps most pairs of the round before.
    """
    n, m = instance.shape
    allowed = _allowed(instance, forest)
    if allowed is None or (forest.low > forest.high).any():
        return None
    graph = _graph(forest, allowed)
    everyone = np.arange(n)
    out = everyone * forest.options + forest.outside
    arcs, starts = _levels(instance, allowed[:, :m], forest.options)
    place_greedily(graph, arcs, forest.outside)
    count_all(graph)
    bound_to = np.ascontiguousarray(out[instance.must > 0])
    if not _reach_lawful(graph, bound_to):
        return None
    minimise(graph, out, 1)
    raise_levels(graph, arcs, starts)
    held = instance.held.astype(np.int64)
    minimise(graph, np.ascontiguousarray(held[:, 0] * forest.options + held[:, 1]), -1)
    placed = graph.at < m
    rows = everyone[placed].astype(np.int32)
    return solution_of(instance, rows, graph.at[placed])


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


def _levels(instance: Instance, allowed: Flags, options: int) -> tuple[Longs, Longs]:
    """All places by ascending fit as row * options + column, and where each level starts."""
    rows, cols = np.nonzero(allowed)
    fits = instance.fit[rows, cols]
    order = np.argsort(fits, kind="stable")
    arcs = rows * options
    arcs += cols
    fits = fits[order]
    starts = np.append(0, np.flatnonzero(np.diff(fits)) + 1) if len(fits) else np.zeros(0, np.int64)
    return arcs[order], np.append(starts, len(fits))


def _reach_lawful(graph: Graph, bound_to: Longs) -> bool:
    """Move until every limit is kept, those who must be placed included; False where none can."""
    mark(graph, bound_to, 1)
    descend(graph, True)
    unmark(graph, bound_to)
    if strayed(graph) or spent(graph, bound_to):
        return False
    forbid(graph, bound_to)
    return True
