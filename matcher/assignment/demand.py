"""What of a round decides whether its limits can be kept, exactly, in as few columns as it takes.

Whether limits can be kept does not depend on fits, so startups that nobody rules on (no forced
pair, nothing they must hold) and that count alike in every bound stand together as one class: one
column says how many of the class a programme takes. Such numbers can be handed out to startups if
and only if no set of programmes takes more of a class than its startups can give to that set (Hall,
1935). :func:`overdrawn` finds the sets that do, by a maximum flow, and only these become rows.

A round that can be kept at all can be kept by placements of which each is needed for some least:
any other is taken away without harm. This bounds the columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from matcher.assignment.instance import Bound, Instance, Ints, Longs
from matcher.assignment.linear import Floats

Mask = NDArray[np.bool_]
Places = NDArray[np.intp]

ALONE = 1_000
"""Up to so many open pairs, those of a class stand one by one: few startups are soon overdrawn."""


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """Columns that decide: how many of a startup or of its whole class a programme takes.

    Attributes
    ----------
    rows, cols, most
        Startup (the first of its class), programme, and the upper limit of each column, (k,).
    member
        The class of each column, -1 for startups that stand alone, (k,).
    classes
        The startups of each class.
    needed
        The most placements that each class needs and can give, (classes,).
    """

    rows: Ints
    cols: Ints
    most: Floats
    member: Ints
    classes: tuple[Places, ...]
    needed: Floats


def demand_of(instance: Instance) -> Demand:
    """The columns of a round, classes in the order of their weights."""
    ruled = instance.must > 0
    ruled[instance.forced[:, 0]] = True
    place, cols = np.nonzero(instance.open_[ruled])
    rows = np.flatnonzero(ruled)[place]
    parts = [(rows, cols, np.ones(len(cols)), np.full(len(cols), -1))]
    classes: list[Places] = []
    needed: list[float] = []
    for members in _classes(instance, np.flatnonzero(~ruled & (instance.offers > 0))):
        useful, most = _need(instance, members)
        open_ = instance.open_[members] & useful
        degrees = open_.sum(axis=0)
        if degrees.sum() <= ALONE:
            place, cols = np.nonzero(open_)
            parts.append((members[place], cols, np.ones(len(cols)), np.full(len(cols), -1)))
            continue
        most = min(most, int(np.minimum(open_.sum(axis=1), instance.offers[members]).sum()))
        cols = np.flatnonzero(np.minimum(degrees, most) > 0)
        first, of = np.full(len(cols), members[0]), np.full(len(cols), len(classes))
        parts.append((first, cols, np.minimum(degrees[cols], most).astype(float), of))
        classes.append(members)
        needed.append(float(most))
    every = [np.concatenate(each) for each in zip(*parts, strict=True)]
    return Demand(
        every[0].astype(np.int32),
        every[1].astype(np.int32),
        every[2],
        every[3].astype(np.int32),
        tuple(classes),
        np.array(needed),
    )


def _classes(instance: Instance, free: Places) -> list[Places]:
    bounds = [bound.weights[free] for bound in instance.bounds if bound.side == "startup"]
    if not len(free) or not bounds:
        return [free] if len(free) else []
    _, of = np.unique(np.array(bounds), axis=1, return_inverse=True)
    return [free[of.ravel() == one] for one in range(int(of.max()) + 1)]


def _need(instance: Instance, members: Places) -> tuple[Mask, int]:
    """Which programmes a class can be needed for, (m,), and the most placements that it needs."""
    one, m = members[0], instance.shape[1]
    useful, most = instance.least > 0, int(instance.least.sum())
    for bound in instance.bounds:
        if bound.at_least <= 0:
            continue
        if bound.side == "programme":
            useful = useful | (bound.weights > 0)
            most += _placements(bound, bound.weights[bound.weights > 0])
        elif bound.weights[one] > 0:
            useful = np.ones(m, np.bool_)
            most += _placements(bound, bound.weights[[one]])
    return useful, most


def _placements(bound: Bound, weights: Longs) -> int:
    """The most placements of these weights each of which a least would miss."""
    return -(-bound.at_least // int(weights.min())) if len(weights) else 0


def overdrawn(instance: Instance, demand: Demand, placed: Longs) -> Iterator[tuple[Mask, int]]:
    """Columns of a class that together take more than its startups can give, and what they can.

    ``placed`` is the value of each column, (k,); nothing comes out if all can be handed out.
    """
    every = instance.open_
    for place, members in enumerate(demand.classes):
        columns = np.flatnonzero((demand.member == place) & (placed > 0))
        open_ = every[np.ix_(members, demand.cols[columns])]
        # open to as many as are taken in all: it finds an idle one whoever the others are
        scarce = open_.sum(axis=0) < placed[columns].sum()
        columns, open_ = columns[scarce], open_[:, scarce]
        offers = instance.offers[members].astype(np.int32)
        beyond = _beyond(open_, offers, placed[columns].astype(np.int32))
        if beyond.any():
            able = int(np.minimum(open_[:, beyond].sum(axis=1), offers).sum())
            taken = np.zeros(len(demand.cols), np.bool_)
            where = np.isin(demand.cols, demand.cols[columns[beyond]])
            taken[where & (demand.member == place)] = True
            yield taken, able


def _beyond(open_: Mask, offers: Ints, taken: Ints) -> Mask:
    """The programmes of a smallest cut, (programmes,); none where all that is taken can be given.

    ``open_`` is (startups, programmes).
    """
    startups, programmes = open_.shape
    none = np.zeros(programmes, np.bool_)
    if not programmes:
        return none
    who, what = np.nonzero(open_)
    source, sink = startups + programmes, startups + programmes + 1
    ends = (
        np.concatenate([np.full(programmes, source), startups + what, np.arange(startups)]),
        np.concatenate([startups + np.arange(programmes), who, np.full(startups, sink)]),
    )
    most = np.concatenate([taken, np.ones(len(who), np.int32), offers]).astype(np.int32)
    graph = sparse.csr_matrix((most, ends), (sink + 1, sink + 1))
    found = maximum_flow(graph, source, sink)
    if found.flow_value == int(taken.sum()):
        return none
    left = graph - found.flow
    left.data = np.maximum(left.data, 0)
    left.eliminate_zeros()
    reached = breadth_first_order(left, source, return_predecessors=False)
    none[reached[(reached >= startups) & (reached < source)] - startups] = True
    return none
