"""The limits of a round as a network, where their shape lets a flow keep all of them.

Programme j is node j; then come the groups that share a limit, then the outside. A placement runs
from the outside through the groups over its startup, the startup itself, its programme and the
groups over that back to the outside. Startups are passed through, and are no nodes here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.assignment.instance import Bound, Instance, Ints, Longs


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Who stands under which group, and how much each link may carry.

    Attributes
    ----------
    over_startups, over_programmes
        The innermost group of each startup (n,) and programme (m,), as a node; else the outside.
    tails, heads, low, high
        Links: first that of each programme to what is over it, then that of each group, all in
        the direction in which placements run.
    groups
        The bounds that became groups, in the order of their nodes.
    outside
        The last node.
    """

    over_startups: Ints
    over_programmes: Ints
    tails: Ints
    heads: Ints
    low: Longs
    high: Longs
    groups: tuple[Bound, ...]
    outside: int

    @property
    def nodes(self) -> int:
        """How many nodes there are, startups apart."""
        return self.outside + 1

    def loads(self, rows: Ints, cols: Ints) -> Longs:
        """What each link carries when these pairs are placed."""
        programmes = len(self.over_programmes)
        taken = np.bincount(cols, minlength=programmes)
        shared = [g.weights[rows if g.side == "startup" else cols].sum() for g in self.groups]
        return np.concatenate([taken, np.array(shared, np.int64)]).astype(np.int64)


def is_flow_shaped(instance: Instance) -> bool:
    """Whether a flow can keep every limit of a round.

    All bounds must count placements, and two groups of one side must be nested, equal or disjoint.
    """
    return all(bound.counts for bound in instance.bounds) and all(
        _laminar(_members([b for b in instance.bounds if b.side == side]))
        for side in ("startup", "programme")
    )


def _members(bounds: Sequence[Bound]) -> NDArray[np.bool_]:
    return np.array([bound.weights == 1 for bound in bounds], np.bool_)


def _laminar(members: NDArray[np.bool_]) -> bool:
    if len(members) < 2:
        return True
    counted = members.astype(np.int64)
    shared = counted @ counted.T
    sizes = counted.sum(axis=1)
    nested = (shared == sizes[:, None]) | (shared == sizes[None, :])
    return bool((nested | (shared == 0)).all())


def network_of(instance: Instance) -> Network | None:
    """The network of a round, None where a flow cannot keep its limits."""
    if not is_flow_shaped(instance):
        return None
    n, m = instance.shape
    groups = sorted(instance.bounds, key=lambda bound: (bound.side, -int(bound.weights.sum())))
    outside = m + len(groups)
    over = {"startup": np.full(n, outside, np.int32), "programme": np.full(m, outside, np.int32)}
    parents = []
    for node, group in enumerate(groups, start=m):
        inside = group.weights == 1
        # The larger groups come first, so all members still share one innermost group.
        parents.append(int(over[group.side][inside][0]) if inside.any() else outside)
        over[group.side][inside] = node
    return _linked(instance, tuple(groups), parents, over["startup"], over["programme"])


def _linked(
    instance: Instance,
    groups: tuple[Bound, ...],
    parents: Sequence[int],
    over_startups: Ints,
    over_programmes: Ints,
) -> Network:
    m = len(instance.programmes)
    most = int(instance.offers.sum(dtype=np.int64))
    down = np.array([group.side == "startup" for group in groups], np.bool_)
    nodes, tops = np.arange(m, m + len(groups)), np.array(parents, np.int64)
    caps = [most if group.at_most is None else group.at_most for group in groups]
    floors = [group.at_least for group in groups]
    return Network(
        over_startups,
        over_programmes,
        np.concatenate([np.arange(m), np.where(down, tops, nodes)]).astype(np.int32),
        np.concatenate([over_programmes, np.where(down, nodes, tops)]).astype(np.int32),
        np.concatenate([instance.least, np.array(floors, np.int64)]).astype(np.int64),
        np.concatenate([instance.places, np.array(caps, np.int64)]).astype(np.int64),
        groups,
        m + len(groups),
    )
