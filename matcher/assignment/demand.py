"""What of a round decides whether its limits can be kept, exactly, in as few columns as it takes.

Whether limits can be kept does not depend on fits. Where a round can be kept at all (with some
limits relaxed or none), it can be kept by placements of which each is needed for some least: any
other is taken away without harm. So of the startups that nobody rules on (no forced pair, nothing
they must hold), those that count alike in every bound together need no more than D placements, D
being the sum of all leasts that they can serve. A programme that is open to D or more of a class
always finds one of them idle, whoever the others are: one column, from 0 to D, stands for all of
its pairs with the class. Only for a programme that is open to fewer do the pairs stand one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.assignment.instance import Bound, Instance, Ints
from matcher.assignment.linear import Floats

Mask = NDArray[np.bool_]

RICH = 1
"""A programme is rich in a class if it is open to so many times the startups that are needed."""


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """Columns that decide: a startup (one of its class where ``shared``), a programme, the most.

    Attributes
    ----------
    rows, cols, most
        Startup, programme, and the upper limit of each column, (k,).
    shared
        Whether a column stands for a whole class, (k,).
    member
        The class of each column, -1 for startups that are ruled on, (k,).
    needed
        The most placements that each class needs, (classes,).
    """

    rows: Ints
    cols: Ints
    most: Floats
    shared: Mask
    member: Ints
    needed: Floats


def demand_of(instance: Instance) -> Demand:
    """The columns of a round, classes in the order of their weights."""
    ruled = instance.must > 0
    ruled[instance.forced[:, 0]] = True
    free = np.flatnonzero(~ruled & (instance.offers > 0))
    parts = [_ruled(instance, np.flatnonzero(ruled))]
    needed: list[float] = []
    for members in _classes(instance, free):
        useful, most = _need(instance, members)
        if most > 0:
            parts.append(_class(instance, members, useful, most, len(needed)))
            needed.append(float(most))
    rows, cols, most_of, shared, member = (
        np.concatenate(each) for each in zip(*parts, strict=True)
    )
    return Demand(
        rows.astype(np.int32),
        cols.astype(np.int32),
        most_of,
        shared.astype(np.bool_),
        member.astype(np.int32),
        np.array(needed),
    )


Part = tuple[NDArray[np.int64], NDArray[np.int64], Floats, Mask, NDArray[np.int64]]


def _ruled(instance: Instance, startups: NDArray[np.intp]) -> Part:
    place, cols = np.nonzero(instance.open_[startups])
    size = len(cols)
    return startups[place], cols, np.ones(size), np.zeros(size, bool), np.full(size, -1)


def _classes(instance: Instance, free: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    bounds = [bound.weights[free] for bound in instance.bounds if bound.side == "startup"]
    if not len(free) or not bounds:
        return [free] if len(free) else []
    _, of = np.unique(np.array(bounds), axis=1, return_inverse=True)
    return [free[of.ravel() == one] for one in range(int(of.max()) + 1)]


def _need(instance: Instance, members: NDArray[np.intp]) -> tuple[Mask, int]:
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


def _placements(bound: Bound, weights: NDArray[np.int64]) -> int:
    """The most placements of these weights of which a least loses by each."""
    return -(-bound.at_least // int(weights.min())) if len(weights) else 0


def _class(
    instance: Instance, members: NDArray[np.intp], useful: Mask, most: int, place: int
) -> Part:
    open_ = instance.open_[members] & useful
    rich = open_.sum(axis=0) >= RICH * most
    alone, cols = np.nonzero(open_ & ~rich)
    together = np.flatnonzero(rich)
    size = len(cols) + len(together)
    return (
        np.concatenate([members[alone], np.full(len(together), members[0])]),
        np.concatenate([cols, together]),
        np.concatenate([np.ones(len(cols)), np.full(len(together), float(most))]),
        np.arange(size) >= len(cols),
        np.full(size, place),
    )
