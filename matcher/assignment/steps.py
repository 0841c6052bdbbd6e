"""Who may step aside for whom: a small residual graph of a round, compiled.

Its nodes are what a startup can be at - a programme, or outside - and the groups that limits are
set on; a step from p to q is open where some startup at p may go to q. The many startups are only
looked through when one has to be found for a step.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bytes = NDArray[np.int8]

NOWHERE = -1
"""No node."""


class Graph(NamedTuple):
    """The state of a search: n startups, v options, u options and groups; node u is the root.

    Attributes
    ----------
    allowed, cost
        Which options a startup may still take, and what they cost in this round, -1, 0 or 1;
        both (n, v). The costs of one round are never of both signs.
    at, choices
        Option of each startup, and how many it may still take, (n,).
    parent, children, first
        The group above each option and group, (u,); the nodes right below node k are
        ``children[first[k]:first[k + 1]]``.
    flow, low, high
        How many startups are at or below each node, and its bounds, (u,).
    steps
        How many startups at p may step to q at a cost of -1, 0, 1, (v, v, 3).
    """

    allowed: NDArray[np.bool_]
    cost: Bytes
    at: Ints
    choices: Ints
    parent: Ints
    children: Ints
    first: Ints
    flow: Longs
    low: Longs
    high: Longs
    steps: NDArray[np.int32]


@njit(cache=True, nogil=True)
def _count(graph: Graph, i: int, sign: int) -> None:
    """Count, or discount, the steps of one startup."""
    p = graph.at[i]
    base = graph.cost[i, p] - 1
    for q in range(graph.allowed.shape[1]):
        if graph.allowed[i, q] and q != p:
            graph.steps[p, q, graph.cost[i, q] - base] += sign


@njit(cache=True, nogil=True)
def count_all(graph: Graph) -> None:
    """Count the steps of all startups from nothing."""
    graph.steps[:] = 0
    for i in range(len(graph.at)):
        _count(graph, i, 1)


@njit(cache=True, nogil=True)
def place_greedily(graph: Graph, arcs: Longs, outside: Ints) -> None:
    """Place by descending fit whoever finds room; ``arcs`` are i * v + q by ascending fit."""
    v = graph.allowed.shape[1]
    for arc in arcs[::-1]:
        i, q = arc // v, arc % v
        p = outside[i]
        if graph.at[i] != p or not graph.allowed[i, q] or not graph.allowed[i, p]:
            continue
        if _may(graph, q, 1) and _may(graph, p, -1):
            graph.at[i] = q
            _add(graph, q, 1)
            _add(graph, p, -1)


@njit(cache=True, nogil=True)
def _may(graph: Graph, node: int, by: int) -> bool:
    while node < len(graph.parent):
        if by > 0 and graph.flow[node] >= graph.high[node]:
            return False
        if by < 0 and graph.flow[node] <= graph.low[node]:
            return False
        node = graph.parent[node]
    return True


@njit(cache=True, nogil=True)
def _add(graph: Graph, node: int, by: int) -> None:
    while node < len(graph.parent):
        graph.flow[node] += by
        node = graph.parent[node]


@njit(cache=True, nogil=True)
def mark(graph: Graph, arcs: Longs, cost: int) -> None:
    """Set the cost of these options, all others being 0."""
    v = graph.allowed.shape[1]
    for arc in arcs:
        i, q = arc // v, arc % v
        if not graph.allowed[i, q]:
            continue
        p = graph.at[i]
        if q == p:
            _count(graph, i, -1)
            graph.cost[i, q] = cost
            _count(graph, i, 1)
        else:
            base = graph.cost[i, p] - 1
            graph.steps[p, q, graph.cost[i, q] - base] -= 1
            graph.cost[i, q] = cost
            graph.steps[p, q, cost - base] += 1


@njit(cache=True, nogil=True)
def unmark(graph: Graph, arcs: Longs) -> None:
    """Set the cost of these options, and so of all, to 0."""
    v = graph.allowed.shape[1]
    for arc in arcs:
        graph.cost[arc // v, arc % v] = 0
    for p in range(v):
        for q in range(v):
            steps = graph.steps[p, q]
            steps[1] += steps[0] + steps[2]
            steps[0] = steps[2] = 0


@njit(cache=True, nogil=True)
def spent(graph: Graph, arcs: Longs) -> int:
    """How many startups are at these options."""
    v = graph.allowed.shape[1]
    found = 0
    for arc in arcs:
        found += graph.at[arc // v] == arc % v
    return found


@njit(cache=True, nogil=True)
def strayed(graph: Graph) -> int:
    """By how much the bounds are missed, summed over all nodes."""
    found = 0
    for node in range(len(graph.flow)):
        found += max(0, graph.low[node] - graph.flow[node])
        found += max(0, graph.flow[node] - graph.high[node])
    return found


SHUT = 1 << 30
"""More than any chain of steps costs."""


@njit(cache=True, nogil=True)
def step_cost(steps: Ints) -> int:
    """The least that a step costs, :data:`SHUT` where nobody can take it."""
    if steps[0] > 0:
        return -1
    if steps[1] > 0:
        return 0
    return 1 if steps[2] > 0 else SHUT


@njit(cache=True, nogil=True)
def up_cost(graph: Graph, node: int, elastic: bool) -> int:
    """What one startup more at a node costs."""
    flow = graph.flow[node]
    if flow < graph.high[node]:
        return -1 if elastic and flow < graph.low[node] else 0
    return 1 if elastic else SHUT


@njit(cache=True, nogil=True)
def down_cost(graph: Graph, node: int, elastic: bool) -> int:
    """What one startup less at a node costs."""
    flow = graph.flow[node]
    if flow > graph.low[node]:
        return -1 if elastic and flow > graph.high[node] else 0
    return 1 if elastic and flow > 0 else SHUT


@njit(cache=True, nogil=True)
def walk(graph: Graph, p: int, q: int) -> None:
    """Take one step of a cycle: somebody moves, or a group has one more or less."""
    v = graph.allowed.shape[1]
    if p < v and q < v:
        _step(graph, p, q)
    elif p < len(graph.parent) and graph.parent[p] == q:
        graph.flow[p] += 1
    else:
        graph.flow[q] -= 1


@njit(cache=True, nogil=True)
def _step(graph: Graph, p: int, q: int) -> None:
    """Move the first startup that can go from p to q at the least cost."""
    least = step_cost(graph.steps[p, q])
    for i in range(len(graph.at)):
        if graph.at[i] != p or not graph.allowed[i, q]:
            continue
        if graph.cost[i, q] - graph.cost[i, p] == least:
            _count(graph, i, -1)
            graph.at[i] = q
            _count(graph, i, 1)
            return


@njit(cache=True, nogil=True)
def close(graph: Graph, i: int, q: int) -> None:
    """Close one option, at which its startup is not."""
    graph.allowed[i, q] = False
    graph.choices[i] -= 1
    p = graph.at[i]
    graph.steps[p, q, graph.cost[i, q] - graph.cost[i, p] + 1] -= 1


@njit(cache=True, nogil=True)
def forbid(graph: Graph, arcs: Longs) -> None:
    """Close these options, at which nobody is."""
    v = graph.allowed.shape[1]
    for arc in arcs:
        if graph.allowed[arc // v, arc % v]:
            close(graph, arc // v, arc % v)
