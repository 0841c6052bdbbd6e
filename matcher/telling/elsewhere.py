"""What it would cost a whole round to give one startup a place at one programme, solved again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from matcher.assignment.instance import CLOSED, How, Instance, Solution
from matcher.telling.what_if import keeping

Solve = Callable[[Instance], Solution | None]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A startup placed where the round did not place it.

    Attributes
    ----------
    is_open
        Whether the pair is open at all; a closed one is not tried.
    total_before, total
        Total fit of the round in hundredths, as it is and with the startup there; ``total`` None
        where no placing that keeps all limits has it there.
    others
        Other startups whose places would differ.
    """

    is_open: bool
    total_before: int
    total: int | None
    others: int

    @property
    def price(self) -> int | None:
        """What the whole round would lose, in hundredths; None where it cannot be."""
        return None if self.total is None else self.total_before - self.total


def elsewhere(
    instance: Instance,
    solution: Solution,
    startup: int,
    programme: int,
    solve: Solve,
    how: How,
) -> Elsewhere:
    """Solve a round again with one more pair that must be placed.

    Parameters
    ----------
    startup, programme
        The pair, as places in the round.
    solve
        Solves a round as ``solution`` was found; it is called once.
    how
        What was asked of it. Among equal solutions the one that keeps most of ``solution`` counts,
        unless ``how`` has something to keep already.
    """
    if instance.fit[startup, programme] == CLOSED:
        return Elsewhere(False, solution.total, None, 0)
    pair = np.array([[startup, programme]], np.int32)
    forced = np.unique(np.concatenate([instance.forced, pair]), axis=0).astype(np.int32)
    after = solve(replace(keeping(instance, solution, how), forced=forced))
    if after is None:
        return Elsewhere(True, solution.total, None, 0)
    return Elsewhere(True, solution.total, after.total, _others(instance, solution, after, startup))


def _others(instance: Instance, before: Solution, after: Solution, startup: int) -> int:
    _, m = instance.shape
    was, would = (s.rows.astype(np.int64) * m + s.cols for s in (before, after))
    differing = np.unique(np.setxor1d(was, would) // m)
    return int((differing != startup).sum())
