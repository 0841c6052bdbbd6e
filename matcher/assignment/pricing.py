"""The linear programme over millions of pairs, solved on the few that its prices let in.

Every limit is a sum of what the startup adds and what the programme adds, so the duals of the rows
price any pair as ``worth - startup's price - programme's price`` without a column of its own
(column generation; Desaulniers, Desrosiers and Solomon, Column Generation, 2005).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.assignment.instance import Instance
from matcher.assignment.linear import Deadline, Floats, Relaxed, Rows, solve_relaxed

Mask = NDArray[np.bool_]

NOTHING = 1e-6
"""Below this a reduced worth is no gain."""

ENOUGH = 1.0
"""Once all other pairs together could add no more than so many hundredths, the prices will do."""


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """A round with what each pair is worth, (n, m), and which pairs are held and forced."""

    instance: Instance
    rows: Rows
    worth: Floats
    open_: Mask
    kept: Mask
    forced: Mask

    def relaxed(self, chosen: Mask, deadline: Deadline, *, elastic: bool) -> Relaxed | None:
        """The linear programme over the chosen pairs; ``elastic`` only counts what is broken."""
        rows, cols = (places.astype(np.int32) for places in np.nonzero(chosen))
        matrix = self.rows.of(rows, cols, self.kept[rows, cols])
        worth = np.zeros(len(rows)) if elastic else self.worth[rows, cols]
        forced = self.forced[rows, cols]
        return solve_relaxed(matrix, self.rows, worth, forced, deadline, elastic=elastic)

    def reduced(self, duals: Floats, *, elastic: bool) -> Floats:
        """What each pair would add beyond its price, (n, m); minus infinity where not open."""
        startup, programme = self.rows.prices(duals)
        worth = -startup[:, None] - programme[None, :]
        worth -= duals[-1] * self.kept
        if not elastic:
            worth += self.worth
        worth[~self.open_] = -np.inf
        return worth


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """No solution is worth more than ``bound``; one with a pair of a loss is worth that much less.

    ``reduced`` (n, m) is what each pair adds beyond its price: a loss where it is below 0.
    """

    bound: float
    reduced: Floats


def price(search: Search, deadline: Deadline) -> Priced | None:
    """Solve the linear programme over all open pairs; None where even that is infeasible.

    When the time is up the latest prices come back: any prices give a valid bound (Lagrange).
    Raises TimeoutError where there are none yet.
    """
    chosen = _first(search)
    best: Priced | None = None
    try:
        while True:
            found = search.relaxed(chosen, deadline, elastic=False)
            if found is None:
                if not _made_feasible(search, chosen, deadline):
                    return None
                continue
            reduced = search.reduced(found.duals, elastic=False)
            gains = np.where(chosen, 0.0, np.maximum(reduced, 0.0))
            bound = found.value + float(gains.sum())
            if best is None or bound < best.bound:
                best = Priced(bound, reduced)
            if gains.sum() <= ENOUGH or not _let_in(search, chosen, gains):
                return best
    except TimeoutError:
        if best is None:
            raise
        return best


def _made_feasible(search: Search, chosen: Mask, deadline: Deadline) -> bool:
    """Let in pairs until the limits can be kept; False where they never can."""
    before = chosen.sum()
    while True:
        found = search.relaxed(chosen, deadline, elastic=True)
        if found is None:
            raise RuntimeError("HiGHS calls a programme infeasible in which all may be broken")
        if found.value > -NOTHING:
            if chosen.sum() == before:
                raise RuntimeError("HiGHS calls a programme infeasible, and then feasible")
            return True
        reduced = search.reduced(found.duals, elastic=True)
        gains = np.where(chosen, 0.0, np.maximum(reduced, 0.0))
        # among pairs that mend the same, the better fit comes first
        gains += np.where(gains > NOTHING, search.worth * 1e-12, 0.0)
        if not _let_in(search, chosen, gains):
            return False


def _first(search: Search) -> Mask:
    """The best pairs of each programme and of whoever must be placed; all held and forced ones."""
    chosen = search.kept | search.forced
    worth = np.where(search.open_, search.worth, -np.inf)
    _take_best(chosen, worth, search.instance)
    for i in np.flatnonzero(search.instance.must > 0):
        chosen[i, np.argsort(-worth[i], kind="stable")[: max(30, search.instance.must[i])]] = True
    return chosen & search.open_


def _let_in(search: Search, chosen: Mask, gains: Floats) -> bool:
    """Choose the pairs that gain most, of each programme and each startup; False if none gains."""
    waiting = gains > NOTHING
    if not waiting.any():
        return False
    worth = np.where(waiting, gains, -np.inf)
    fresh = np.zeros_like(chosen)
    _take_best(fresh, worth, search.instance)
    busy = np.flatnonzero(waiting.any(axis=1))
    fresh[busy, worth[busy].argmax(axis=1)] = True
    chosen |= fresh & waiting
    return True


def _take_best(chosen: Mask, worth: Floats, instance: Instance) -> None:
    most = 3 * instance.places.astype(np.int64) + 10
    for j in range(worth.shape[1]):
        chosen[np.argsort(-worth[:, j], kind="stable")[: most[j]], j] = True
