"""The best total of a round whose limits a flow can keep: exact, and proved over all open pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from matcher.assignment.instance import Instance, Ints, Longs, Solution, solution_of
from matcher.assignment.network import Network, network_of
from matcher.assignment.network import is_flow_shaped as is_flow_shaped
from matcher.assignment.residual import FAR, Pairs, overlooked, residual_of, settle
from matcher.assignment.worth import Worth, worth_of

WHOLE = 300_000
"""Rounds of at most so many open pairs are given to the solver whole."""

PER_STARTUP = 40
"""Pairs of each startup that the solver sees first, and that join them at a time."""

ROWS_AT_ONCE = 2048


def best_flow(instance: Instance, bonus: Longs | None = None, scale: int = 1) -> Solution | None:
    """The highest total that the limits allow, None where they allow nothing.

    The solution maximises ``scale`` times the fits, and ``bonus`` (h,) for each pair of
    ``instance.held`` that is kept; with equal worth it keeps the most held pairs. The total of the
    solution is of the fits alone, and no bound of all totals where there is a bonus.

    Raises ValueError where the limits are not those of a flow, or fits and bonus are too large to
    be summed over a round of this size.
    """
    network = network_of(instance)
    if network is None:
        raise ValueError("the limits of this round are not those of a flow")
    if (network.high < network.low).any() or (instance.offers < instance.must).any():
        return None
    found = _found(instance, network, _with_ties(instance, network, bonus, scale))
    return None if found is None else solution_of(instance, *found)


def _with_ties(instance: Instance, network: Network, bonus: Longs | None, scale: int) -> Worth:
    """Worth in which keeping a held pair counts less than any difference of fit.

    Where that makes the numbers too large, ties are left to the solver.
    """
    held = len(instance.held)
    given = np.zeros(held, np.int64) if bonus is None else np.asarray(bonus, np.int64)
    nodes = network.nodes + len(instance.startups)
    for step in (held + 1, 1):
        largest = int(instance.fit.max(initial=0)) * scale + int(np.abs(given).max(initial=0))
        # Lengths of paths must stay below FAR, and the solver multiplies costs by its nodes.
        if (largest * step + 1) * 2 * (nodes + 2) < FAR:
            return worth_of(instance, given * step + (step > 1), scale * step)
    raise ValueError(
        f"fits and bonus up to {largest} are too large to be summed over {nodes} startups, "
        "programmes and groups"
    )


def _found(instance: Instance, network: Network, worth: Worth) -> tuple[Ints, Ints] | None:
    """Solve over the promising pairs, and add what they lack until nothing is lacking."""
    open_ = instance.open_
    pairs = open_ if int(open_.sum()) <= WHOLE else _promising(instance, open_)
    while True:
        found = _solved(instance, network, worth, pairs)
        if found is None and pairs is open_:
            return None
        if found is None:
            pairs = open_
            continue
        missing = _missing(instance, network, worth, found, pairs)
        if not missing.any():
            return found
        pairs = pairs | missing


def _missing(
    instance: Instance, network: Network, worth: Worth, found: tuple[Ints, Ints], pairs: Pairs
) -> Pairs:
    """Open pairs that the proof over the given ones does not cover, the most promising first.

    Prices that rest on few pairs let very many others seem worth it: all of them at once would
    make the next answer far dearer than a further turn does.
    """
    potentials = _potentials(instance, network, worth, found, pairs)
    return overlooked(instance, network, worth, *found, potentials, pairs, most=PER_STARTUP)


def _potentials(
    instance: Instance, network: Network, worth: Worth, found: tuple[Ints, Ints], pairs: Pairs
) -> Longs:
    """Potentials that prove a solution best over some pairs.

    They are taken from the ways to the outside, so that places are as dear as can be, and the
    fewest other pairs look worth their price.
    """
    residual = residual_of(instance, network, worth, *found, pairs)
    lengths = np.full(network.nodes, 2 * (worth.largest + 1) * network.nodes, np.int64)
    lengths[network.outside] = 0
    backwards = np.ascontiguousarray(residual.loss.T)
    if settle(backwards, lengths, np.full(network.nodes, -1, np.int32)) >= 0:
        raise RuntimeError("the flow solver gave an answer that an exchange of places improves")
    return -lengths


def pairs_near_best(
    instance: Instance, solution: Solution, bonus: Longs, scale: int, slack: int
) -> Pairs:
    """Pairs (n, m) that a solution may use whose worth is at most ``slack`` below the best.

    ``solution`` is a best one with this bonus and scale.
    """
    network = network_of(instance)
    if network is None:
        raise ValueError("the limits of this round are not those of a flow")
    worth, found = worth_of(instance, bonus, scale), (solution.rows, solution.cols)
    potentials = _potentials(instance, network, worth, found, instance.open_)
    near = np.zeros(instance.shape, np.bool_)
    near[found] = True
    return near | overlooked(instance, network, worth, *found, potentials, near, slack + 1)


def _promising(instance: Instance, open_: Pairs) -> Pairs:
    """The best pairs of each startup and each programme, and all that are forced or held.

    To a startup a programme is as good as the fit is above what its last place would go for if
    everybody came: so a few that all fit well do not crowd out the places that most will be given.
    """
    n, m = instance.shape
    pairs = np.zeros((n, m), np.bool_)
    last = np.zeros(m, np.int64)
    for j, places in enumerate(instance.places.tolist()):
        column, some = np.ascontiguousarray(instance.fit[:, j]), min(3 * places + 10, n)
        pairs[np.argpartition(column, n - some)[n - some :], j] = True
        place = n - min(max(places, 1), n)
        last[j] = max(np.partition(column, place)[place], 0)
    most = min(PER_STARTUP, m)
    for first in range(0, n, ROWS_AT_ONCE):
        block = slice(first, first + ROWS_AT_ONCE)
        above = np.where(open_[block], instance.fit[block] - last, -FAR)
        best = np.argpartition(above, m - most, axis=1)[:, m - most :]
        np.put_along_axis(pairs[block], best, True, axis=1)
    for given in (instance.forced, instance.held):
        pairs[given[:, 0], given[:, 1]] = True
    return pairs & open_


@dataclass(frozen=True, slots=True, eq=False)
class _Arcs:
    tails: Ints
    heads: Ints
    low: Longs
    high: Longs


def _links(instance: Instance, network: Network) -> _Arcs:
    """All arcs that are no pairs; startup i is node ``network.nodes + i``."""
    startups = np.arange(network.nodes, network.nodes + len(instance.startups), dtype=np.int32)
    most = int(instance.offers.sum(dtype=np.int64))
    return _Arcs(
        np.concatenate([network.tails, network.over_startups]),
        np.concatenate([network.heads, startups]),
        np.concatenate([network.low, instance.must]),
        np.minimum(np.concatenate([network.high, instance.offers]), most),
    )


def _solved(
    instance: Instance, network: Network, worth: Worth, pairs: Pairs
) -> tuple[Ints, Ints] | None:
    """Sorted pairs of a best circulation over some of the pairs, None where there is none."""
    forced, links = instance.forced, _links(instance, network)
    if (links.high < links.low).any():
        return None
    free = pairs.copy()
    free[forced[:, 0], forced[:, 1]] = False
    rows, cols = (places.astype(np.int32) for places in np.nonzero(free))
    del free
    supplies = np.zeros(network.nodes + len(instance.startups), np.int64)
    # A least flow is sent beforehand: it is lacking where it starts, and at hand where it ends.
    np.subtract.at(supplies, links.tails, links.low)
    np.add.at(supplies, links.heads, links.low)
    np.subtract.at(supplies, forced[:, 0] + network.nodes, 1)
    np.add.at(supplies, forced[:, 1], 1)
    solver = SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        rows + np.int32(network.nodes), cols, np.ones(len(rows), np.int64), -worth.of(rows, cols)
    )
    solver.add_arcs_with_capacity_and_unit_cost(
        links.tails, links.heads, links.high - links.low, np.zeros(len(links.low), np.int64)
    )
    solver.set_nodes_supplies(np.arange(len(supplies), dtype=np.int32), supplies)
    if not _answered(solver):
        return None
    used = np.flatnonzero(solver.flows(arcs))
    rows = np.concatenate([rows[used], forced[:, 0]])
    cols = np.concatenate([cols[used], forced[:, 1]])
    order = np.lexsort((cols, rows))
    return rows[order].astype(np.int32), cols[order].astype(np.int32)


def _answered(solver: SimpleMinCostFlow) -> bool:
    status = solver.solve()
    if status in (SimpleMinCostFlow.Status.INFEASIBLE, SimpleMinCostFlow.Status.OPTIMAL):
        return bool(status == SimpleMinCostFlow.Status.OPTIMAL)
    raise ValueError(f"the flow solver refused this round: {status.name}")
