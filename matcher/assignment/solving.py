"""The modes of solving a round, and the officer's dial around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from matcher.assignment.crossing import kept_pairs
from matcher.assignment.fair import fair
from matcher.assignment.flow import best_flow, is_flow_shaped
from matcher.assignment.instance import How, Instance, Solution, solution_of
from matcher.assignment.integer import best_integer
from matcher.assignment.keeping import with_keep_value, within_moves
from matcher.assignment.stable import stable
from matcher.errors import UnknownName


def best(instance: Instance, how: How) -> Solution | None:
    """The highest total fit: by a flow where the limits are of its shape, else by a MIP."""
    return best_flow(instance) if is_flow_shaped(instance) else best_integer(instance, how)


MODES: Mapping[str, Callable[[Instance, How], Solution | None]] = MappingProxyType(
    {"best": best, "fair": fair, "stable": stable}
)


def solve(instance: Instance, how: How) -> Solution | None:
    """Solve a round as asked; None where no assignment keeps all limits.

    The total and its bound are of the fits alone, without what a kept pair is worth beside.

    Raises
    ------
    UnknownName
        For a mode that :data:`MODES` does not list.
    MovesTooFew
        If the changes since the round before force more moves than are allowed.
    NotStable
        If every stable assignment breaks a limit.
    OutOfTime
        If the time limit passed before anything was found.
    """
    if how.mode not in MODES:
        raise UnknownName(what="mode", value=how.mode, known=tuple(MODES))
    if how.max_moves is not None and len(instance.held):
        return _within_cap(instance, how)
    return _dialled(instance, how)


def _dialled(instance: Instance, how: How) -> Solution | None:
    """Solve with every kept pair worth more, and count the fits alone."""
    if not (how.keep_value and len(instance.held)):
        return MODES[how.mode](instance, how)
    found = MODES[how.mode](with_keep_value(instance, how.keep_value), how)
    if found is None:
        return None
    return solution_of(instance, found.rows, found.cols, proved=found.proved)


def _within_cap(instance: Instance, how: How) -> Solution | None:
    """Keep the cap on moves: exactly for ``best``.

    The other modes arrange the rest around the pairs that the best round within the cap keeps.
    """
    within = within_moves(instance, how)
    if within is None or how.mode == "best":
        return within
    pinned = np.concatenate([instance.forced, kept_pairs(instance, within)])
    pinned = np.unique(pinned, axis=0).astype(np.int32)
    return _dialled(replace(instance, forced=pinned), how)
