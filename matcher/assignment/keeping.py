"""The officer's dial when a round is matched again: what a kept pair is worth, how many may go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from matcher.assignment.capping import best_keeping
from matcher.assignment.flow import best_flow, is_flow_shaped
from matcher.assignment.instance import CLOSED, How, Instance, Ints, Solution, solution_of
from matcher.assignment.integer import best_integer
from matcher.errors import MovesTooFew

Solve = Callable[[Instance], Solution | None]
"""An exact solver of the total."""


def least_moves(instance: Instance, solve: Solve) -> int | None:
    """The least number of held pairs that the limits force to be given up; None if infeasible.

    Closed pairs count among them. Where ``solve`` ran out of time, it is the number that is
    proved.
    """
    fit = np.where(instance.open_, 0, CLOSED).astype(np.int32)
    open_held = _open_held(instance)
    fit[open_held[:, 0], open_held[:, 1]] = 1
    found = solve(replace(instance, fit=fit))
    return None if found is None else len(instance.held) - min(found.bound, len(open_held))


def _open_held(instance: Instance) -> Ints:
    held: Ints = instance.held[instance.fit[instance.held[:, 0], instance.held[:, 1]] != CLOSED]
    return held


def with_keep_value(instance: Instance, value: int) -> Instance:
    """The round in which each held open pair is worth ``value`` hundredths more on all sides.

    Raises ValueError where that is more than an int32 holds.
    """
    held = _open_held(instance)
    rows, cols = held[:, 0], held[:, 1]
    sides = {"fit": instance.fit, "gain": instance.gain, "want": instance.want}
    for name, side in sides.items():
        raised = side.astype(np.int64)
        raised[rows, cols] += value
        if raised.max(initial=0) > np.iinfo(np.int32).max or raised[rows, cols].min(initial=0) < 0:
            raise ValueError(f"a keep value of {value} leads outside of the numbers for {name}")
        sides[name] = raised.astype(np.int32)
    return replace(instance, fit=sides["fit"], gain=sides["gain"], want=sides["want"])


def within_moves(instance: Instance, how: How) -> Solution | None:
    """The best total that gives up at most ``how.max_moves`` pairs of the round before.

    ``how.keep_value`` counts for each kept pair, as in :func:`with_keep_value`. The total and its
    bound are of the fits alone; with a keep value the bound is as far above the total as the proof
    leaves open. None where the limits allow no solution at all.

    Raises
    ------
    MovesTooFew
        Where the limits force more moves than that.
    OutOfTime
        Where limits that are no flow leave nothing found in ``how.seconds``.
    """
    flows = is_flow_shaped(instance)
    plain = replace(how, mode="best", keep_value=0, max_moves=None)
    least = least_moves(instance, best_flow if flows else lambda i: best_integer(i, plain))
    if least is None:
        return None
    asked = len(instance.held) if how.max_moves is None else how.max_moves
    if asked < least:
        raise MovesTooFew(asked=asked, least=least)
    valued = with_keep_value(instance, how.keep_value)
    keep = max(0, len(instance.held) - asked)
    found = best_keeping(valued, plain, keep) if flows else best_integer(valued, plain, keep)
    if found is None:  # the least moves were not proved in time, and there are more of them
        raise MovesTooFew(asked=asked, least=asked + 1)
    return _restated(instance, found)


def _restated(instance: Instance, found: Solution) -> Solution:
    """The same pairs with their total by the fits of this round."""
    plain = solution_of(instance, found.rows, found.cols)
    bound = plain.total + found.bound - found.total
    return replace(plain, bound=bound, proved=found.proved)
