"""How one solution turns into another: exchanges of places, each of which can be made alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from matcher.assignment.instance import Instance, Ints, Solution
from matcher.assignment.network import Network

Pair = tuple[int, int]
Step = tuple[int, Pair | None]
"""The node to which an arc leads, and the pair that it places or gives up, if it is one."""


def exchanges_between(
    instance: Instance, network: Network, start: Solution, end: Solution
) -> list[frozenset[Pair]]:
    """Exchanges that together turn one lawful solution into another.

    Each is the set of pairs that are placed where they were not, or given up. Any choice of the
    exchanges leads to a lawful solution: the difference of two flows is a sum of cycles that run
    along it (Ahuja, Magnanti and Orlin, Network Flows, 1993, theorem 3.5).
    """
    arcs = _difference(instance, network, start, end)
    return [frozenset(pair for _, pair in cycle if pair) for cycle in _cycles(arcs)]


def pairs_of(solution: Solution) -> set[Pair]:
    """The placed pairs."""
    return set(zip(solution.rows.tolist(), solution.cols.tolist(), strict=True))


def kept_by(instance: Instance, solution: Solution) -> int:
    """How many pairs of the round before a solution keeps."""
    return len(kept_pairs(instance, solution))


def kept_pairs(instance: Instance, solution: Solution) -> Ints:
    """The pairs of the round before that a solution keeps, (k, 2), sorted as they were."""
    m = len(instance.programmes)
    held, placed = instance.held.astype(np.int64), solution.rows.astype(np.int64) * m
    kept: Ints = instance.held[np.isin(held[:, 0] * m + held[:, 1], placed + solution.cols)]
    return kept


def _difference(
    instance: Instance, network: Network, start: Solution, end: Solution
) -> dict[int, list[Step]]:
    """Arcs by the node that they leave; startup i is node ``network.nodes + i``."""
    n, first = len(instance.startups), network.nodes
    arcs: dict[int, list[Step]] = defaultdict(list)
    before, after = pairs_of(start), pairs_of(end)
    for i, j in sorted(after - before):
        arcs[first + i].append((j, (i, j)))
    for i, j in sorted(before - after):
        arcs[j].append((first + i, (i, j)))
    loads = [np.concatenate([network.loads(s.rows, s.cols), s.held_by(n)]) for s in (start, end)]
    tails = np.concatenate([network.tails, network.over_startups])
    heads = np.concatenate([network.heads, np.arange(first, first + n)])
    change = loads[1] - loads[0]
    for link in np.flatnonzero(change).tolist():
        tail, head = int(tails[link]), int(heads[link])
        if change[link] < 0:
            tail, head = head, tail
        arcs[tail].extend([(head, None)] * abs(int(change[link])))
    return arcs


def _cycles(arcs: dict[int, list[Step]]) -> Iterator[list[Step]]:
    """Cycles that use up all arcs, of which as many enter each node as leave it."""
    for start in sorted(arcs):
        while arcs[start]:
            yield from _walked(arcs, start)


def _walked(arcs: dict[int, list[Step]], start: int) -> Iterator[list[Step]]:
    """The cycles of one walk back to its start."""
    nodes, steps, at = [start], [], {start: 0}
    while nodes:
        if not arcs[nodes[-1]]:
            break
        step = arcs[nodes[-1]].pop()
        steps.append(step)
        if step[0] not in at:
            at[step[0]] = len(nodes)
            nodes.append(step[0])
            continue
        cut = at[step[0]]
        yield steps[cut:]
        for node in nodes[cut + 1 :]:
            del at[node]
        del steps[cut:], nodes[cut + 1 :]
