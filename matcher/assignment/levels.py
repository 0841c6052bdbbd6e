"""The levels of a leximin, each as empty as those below allow: flows on a small graph, compiled."""

from __future__ import annotations

import numpy as np
from numba import njit

from matcher.assignment.steps import (
    NOWHERE,
    Graph,
    Ints,
    Longs,
    close,
    down_cost,
    forbid,
    mark,
    spent,
    step_cost,
    unmark,
    up_cost,
    walk,
)


@njit(cache=True, nogil=True)
def descend(graph: Graph, elastic: bool) -> Longs:
    """Lower the cost to its minimum by cancelling negative cycles; the potentials that prove it.

    ``elastic``: a bound may be missed at a cost of 1 for each startup; else all are kept.
    """
    nodes = len(graph.parent) + 1
    potential = np.zeros(nodes, np.int64)
    before = np.full(nodes, NOWHERE, np.int32)
    while _relax(graph, elastic, potential, before):
        _cancel(graph, before)
        potential[:] = 0
        before[:] = NOWHERE
    return potential


@njit(cache=True, nogil=True)
def _relax(graph: Graph, elastic: bool, potential: Longs, before: Ints) -> bool:
    """Bellman-Ford from all nodes at once; whether the chain of predecessors closes somewhere."""
    v, root = graph.allowed.shape[1], len(graph.parent)
    fresh = np.ones(root + 1, np.bool_)
    moved = True
    while moved:
        moved = False
        for node in range(root + 1):
            if not fresh[node]:
                continue
            fresh[node] = False
            here = potential[node]
            if node < v:
                for q in range(v):
                    cost = step_cost(graph.steps[node, q])
                    if here + cost < potential[q]:
                        potential[q], before[q], fresh[q], moved = here + cost, node, True, True
            if node < root:
                cost = up_cost(graph, node, elastic)
                q = graph.parent[node]
                if here + cost < potential[q]:
                    potential[q], before[q], fresh[q], moved = here + cost, node, True, True
            for q in graph.children[graph.first[node] : graph.first[node + 1]]:
                cost = down_cost(graph, q, elastic)
                if here + cost < potential[q]:
                    potential[q], before[q], fresh[q], moved = here + cost, node, True, True
        if moved and _closes(before):
            return True
    return False


@njit(cache=True, nogil=True)
def _closes(before: Ints) -> bool:
    seen = np.zeros(len(before), np.int32)
    for start in range(len(before)):
        node = start
        while node != NOWHERE and seen[node] == 0:
            seen[node] = start + 1
            node = before[node]
        if node != NOWHERE and seen[node] == start + 1:
            return True
    return False


@njit(cache=True, nogil=True)
def _cancel(graph: Graph, before: Ints) -> None:
    """Walk every cycle of predecessors once; they share no node, so none spoils another."""
    seen = np.zeros(len(before), np.int32)
    for start in range(len(before)):
        node = start
        while node != NOWHERE and seen[node] == 0:
            seen[node] = start + 1
            node = before[node]
        if node == NOWHERE or seen[node] != start + 1:
            continue
        last = node
        while True:
            walk(graph, before[node], node)
            node = before[node]
            if node == last:
                break


@njit(cache=True, nogil=True)
def _settle(graph: Graph, potential: Longs, arcs: Longs) -> None:
    """Leave only what keeps the round's minimum: by complementary slackness, exactly that.

    A startup keeps its options of least cost below the potentials, and a node whose count has a
    price keeps its count. Where all potentials are equal only the marked options can close.
    """
    v = graph.allowed.shape[1]
    if potential.max() == potential.min():
        for arc in arcs:
            i, q = arc // v, arc % v
            if graph.allowed[i, q] and graph.cost[i, q] > graph.cost[i, graph.at[i]]:
                close(graph, i, q)
        return
    for node in range(len(graph.parent)):
        if potential[node] != potential[graph.parent[node]]:
            graph.low[node] = graph.high[node] = graph.flow[node]
    for i in range(len(graph.at)):
        if graph.choices[i] < 2:
            continue
        p = graph.at[i]
        least = graph.cost[i, p] - potential[p]
        for q in range(v):
            if graph.allowed[i, q] and graph.cost[i, q] - potential[q] > least:
                close(graph, i, q)


@njit(cache=True, nogil=True)
def minimise(graph: Graph, arcs: Longs, cost: int) -> None:
    """One round: the least possible cost of these options, and nothing left that exceeds it."""
    mark(graph, arcs, cost)
    _settle(graph, descend(graph, False), arcs)
    unmark(graph, arcs)


@njit(cache=True, nogil=True)
def avoid_lowest(graph: Graph, arcs: Longs, starts: Longs) -> int:
    """How many of the lowest levels nobody needs, by bisection; they are closed.

    Level k is ``arcs[starts[k]:starts[k + 1]]``.
    """
    free, needed = 0, len(starts)
    while needed - free > 1:
        middle = (free + needed) // 2
        lowest = arcs[: starts[middle]]
        mark(graph, lowest, 1)
        descend(graph, False)
        unmark(graph, lowest)
        if spent(graph, lowest) == 0:
            forbid(graph, lowest)
            free = middle
        else:
            needed = middle
    return free


@njit(cache=True, nogil=True)
def raise_levels(graph: Graph, arcs: Longs, starts: Longs) -> None:
    """Level by level from the lowest, as few startups there as those below allow."""
    for level in range(avoid_lowest(graph, arcs, starts), len(starts) - 1):
        here = arcs[starts[level] : starts[level + 1]]
        if spent(graph, here) == 0:
            forbid(graph, here)
        else:
            minimise(graph, here, 1)
