"""Reserve lists: who is called, and in which order, when a place becomes free."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.assignment.instance import CLOSED, Instance, Ints, Solution
from matcher.telling.choices import forced_placed, least_held, placed_mask

SPAN = 1 << 20
"""More than any score in hundredths, so that fit and want can be sorted as one number."""


@dataclass(frozen=True, slots=True, eq=False)
class Reserves:
    """The reserve lists of a round.

    Attributes
    ----------
    lists
        For each programme the places of the startups on its list, best first.
    positions
        Position from 1 of each pair on its list, 0 for one that is not on it, (n, m).
    """

    lists: tuple[Ints, ...]
    positions: Ints


def reserves(instance: Instance, solution: Solution, most: int) -> Reserves:
    """The reserve list of every programme, at most ``most`` startups long.

    On the list of a programme stands a startup that is open to it, is not placed there, and either
    may still take a place or would gain more there than by a place that it could give up for it;
    one that was forced cannot be given up. Best mutual fit first, then what the programme looks
    for, then id. A programme without places has no list.

    The lists stand side by side: a startup may wait on several, and the limits of the round beyond
    places and offers are not looked at. They are kept when a place is filled, not before.
    """
    n, m = instance.shape
    best = _sorted_keys(instance, solution)
    positions = np.zeros((m, n), np.int32)
    lists = []
    for j in range(m):
        waiting = _first(best[j], most)
        lists.append(waiting)
        positions[j, waiting] = np.arange(1, len(waiting) + 1)
    return Reserves(tuple(lists), np.ascontiguousarray(positions.T))


def _sorted_keys(instance: Instance, solution: Solution) -> NDArray[np.int64]:
    """What each startup is worth on each list, (m, n); negative for one that is not on it."""
    free = ~forced_placed(instance, solution)
    waits = instance.gain > least_held(instance, solution, instance.gain, free)[:, None]
    waits &= instance.fit != CLOSED
    waits &= ~placed_mask(instance, solution)
    waits &= (instance.places > 0)[None, :]
    keys = instance.fit * np.int64(SPAN) + instance.want
    keys[~waits] = -1
    return np.ascontiguousarray(keys.T)


def _first(keys: NDArray[np.int64], most: int) -> Ints:
    """The places of the highest keys, best first; of equal ones the first."""
    waiting = np.flatnonzero(keys >= 0)
    if len(waiting) > most > 0:
        bar = np.partition(keys[waiting], len(waiting) - most)[len(waiting) - most]
        waiting = waiting[keys[waiting] >= bar]
    order = np.argsort(-keys[waiting], kind="stable")[:most]
    return waiting[order].astype(np.int32)
