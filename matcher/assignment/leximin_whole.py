"""Leximin of a round that no flow can keep, level by level as long as time allows, by HiGHS."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from matcher.assignment.budgeted import (
    Within,
    budgeted_of,
    improve,
    lowest_free,
    most_within,
)
from matcher.assignment.instance import (
    CLOSED,
    Bound,
    How,
    Instance,
    Solution,
    broken_limits,
    solution_of,
)
from matcher.assignment.integer import best_integer
from matcher.assignment.leximin import forest_of, leximin, refilled
from matcher.assignment.linear import Deadline
from matcher.assignment.network import is_flow_shaped
from matcher.assignment.stages import Flags, Stage, most, stage_of
from matcher.assignment.turns import outcomes
from matcher.errors import OutOfTime

LEVELLING = 0.8
"""The share of the time after which only the total of what is left is raised."""

COUNTING = 0.75
"""The share of the time in which a large round is searched for many placements."""

LEANING = 9
"""How many times the highest fit a placement more counts in a large round, to place many."""

MOST = 2**31 - 1
"""The highest fit that an instance can hold."""

LEVELLED = 60_000
"""Up to so many open pairs are levelled in whole numbers."""


def leximin_whole(instance: Instance, how: How) -> Solution | None:
    """The leximin placement of at most one place for each startup; None where none is lawful.

    Proved where every level was; else the levels up to some fit are as good as can be, and the
    total above as high as the time allowed. Raises OutOfTime where nothing was found.
    """
    deadline = Deadline(how.seconds)
    instance = _trimmed(instance)
    eased = _eased(instance)
    forest = forest_of(eased)
    relaxed = None if forest is None else leximin(eased, forest)
    if relaxed is None or not broken_limits(instance, relaxed):
        return relaxed
    round_ = budgeted_of(instance, eased)
    within = None
    if round_ is not None:
        early = Deadline(deadline.seconds * LEVELLING, deadline.start)
        within = most_within(round_, len(relaxed.rows), early)
    small = instance.open_.sum() <= LEVELLED
    if small:
        found = _searched(instance, within, deadline)
    elif within is None:
        found = _climbed(instance, how, deadline)
    else:
        found = replace(within.solution, proved=False)
    if found is None or (small and found.proved):
        return found
    either = [refilled(instance, found)]
    if round_ is not None and within is not None:
        either.append(refilled(instance, improve(round_, within, deadline)))
    fairest = max(either, key=lambda one: np.sort(outcomes(instance, one)).tolist())
    return solution_of(instance, fairest.rows, fairest.cols, proved=False)


def _climbed(instance: Instance, how: How, deadline: Deadline) -> Solution | None:
    """As many placed as a search for many finds, then the lowest fit raised while time allows."""
    leaning = np.minimum(instance.fit.astype(np.int64) + LEANING * int(instance.fit.max()), MOST)
    numbers = np.where(instance.open_, leaning, CLOSED).astype(np.int32)
    best = best_integer(
        replace(instance, fit=numbers), replace(how, seconds=how.seconds * COUNTING)
    )
    if best is None:
        return None
    everybody = np.ones(len(instance.startups), np.int64)
    as_many = Bound("", "startup", everybody, len(best.rows))
    while not deadline.passed:
        best = refilled(instance, best)
        lowest = lowest_free(instance, best)
        if lowest is None:
            break
        shut = instance.fit <= lowest
        shut[instance.forced[:, 0], instance.forced[:, 1]] = False
        higher = np.where(shut, np.int32(CLOSED), instance.fit)
        above = replace(instance, fit=higher, bounds=(*instance.bounds, as_many))
        try:
            found = best_integer(above, replace(how, seconds=deadline.left))
        except OutOfTime:
            break
        if found is None:
            break
        best = found
    return best


def _searched(instance: Instance, within: Within | None, deadline: Deadline) -> Solution | None:
    everything = stage_of(instance)
    all_ = np.ones(len(everything.rows), np.bool_)
    if within is not None and within.proved:
        placed = everything.at_least(all_, len(within.solution.rows))
        if within.lowest is not None:
            placed = placed.without(~placed.least & (placed.fits < within.lowest))
        return _levelled(placed, within.solution, True, deadline)
    found = most(everything, all_.astype(float), deadline)
    if found.solution is None:
        if found.done:
            return None
        raise OutOfTime(seconds=deadline.seconds)
    placed = everything.at_least(all_, len(found.solution.rows))
    early = Deadline(deadline.seconds * LEVELLING, deadline.start)
    placed, best, sure = _above_lowest(placed, found.solution, ~placed.least, early)
    return _levelled(placed, best, sure and found.done, deadline)


def _trimmed(instance: Instance) -> Instance:
    """Without pairs that nobody needs: those below as many startups as there are places in all.

    Of so many one is always without a place, and could take that of a startup below them, unless
    something tells one startup from another but its fit.
    """
    places = int(instance.places.sum(dtype=np.int64))
    if (instance.must > 0).any() or any(bound.side == "startup" for bound in instance.bounds):
        return instance
    if places >= len(instance.startups):
        return instance
    fit = np.where(instance.offers[:, None] > 0, instance.fit, np.int32(CLOSED))
    needed = np.zeros(fit.shape, np.bool_)
    for j in range(fit.shape[1]):
        needed[np.argsort(-fit[:, j], kind="stable")[:places], j] = True
    for pairs in (instance.forced, instance.held):
        needed[pairs[:, 0], pairs[:, 1]] = True
    return replace(instance, fit=np.where(needed, instance.fit, np.int32(CLOSED)))


def _eased(instance: Instance) -> Instance:
    """The round with only those bounds that a flow can keep together, in their order."""
    kept = replace(instance, bounds=())
    for bound in instance.bounds:
        more = replace(kept, bounds=(*kept.bounds, bound))
        kept = more if is_flow_shaped(more) else kept
    return kept


def _levelled(stage: Stage, best: Solution, sure: bool, deadline: Deadline) -> Solution:
    """Level by level from the lowest, as few there as those below allow."""
    early = Deadline(deadline.seconds * LEVELLING, deadline.start)
    free = ~stage.least
    level = -1
    while (above := _lowest(stage, best, free, level)) is not None:
        stage = stage.without(free & (stage.fits > level) & (stage.fits < above))
        level = above
        here = free & (stage.fits == level)
        fewer = most(stage, -here.astype(float), early)
        best, sure = fewer.solution or best, sure and fewer.done
        stage = stage.at_most(here, _count(stage, best, here))
        if early.passed:
            sure = sure and _lowest(stage, best, free, level) is None
            break
    return _finished(stage, best, sure, deadline)


def _above_lowest(
    stage: Stage, best: Solution, free: Flags, deadline: Deadline
) -> tuple[Stage, Solution, bool]:
    """Without the levels that nobody needs, by bisection over the fits."""
    levels = np.unique(stage.fits[free])
    needless, needed = 0, len(levels)
    lowest = _lowest(stage, best, free, -1)
    if lowest is not None:
        needless = int(np.searchsorted(levels, lowest))
    while needed - needless > 1:
        middle = (needless + needed) // 2
        tried = stage.without(free & (stage.fits < levels[middle]))
        found = most(tried, np.zeros(len(stage.rows)), deadline)
        if found.solution is None:
            if not found.done:
                return stage, best, False
            needed = middle
        else:
            best = found.solution
            reached = _lowest(stage, best, free, -1)
            needless = middle if reached is None else int(np.searchsorted(levels, reached))
    if len(levels):
        stage = stage.without(free & (stage.fits < levels[needless]))
    return stage, best, True


def _lowest(stage: Stage, best: Solution, free: Flags, above: int) -> int | None:
    """The lowest fit above a level at which somebody is placed who is not forced."""
    fits = stage.fits[_taken(stage, best) & free]
    higher = fits[fits > above]
    return int(higher.min()) if len(higher) else None


def _count(stage: Stage, best: Solution, pairs: Flags) -> int:
    return int((_taken(stage, best) & pairs).sum())


def _taken(stage: Stage, best: Solution) -> Flags:
    placed = np.zeros(stage.instance.shape, np.bool_)
    placed[best.rows, best.cols] = True
    taken: NDArray[np.bool_] = placed[stage.rows, stage.cols]
    return taken


def _finished(stage: Stage, best: Solution, sure: bool, deadline: Deadline) -> Solution:
    """The most kept pairs where all levels stand, else the highest total of what is left."""
    instance = stage.instance
    held = np.zeros(instance.shape, np.bool_)
    held[instance.held[:, 0], instance.held[:, 1]] = True
    kept = held[stage.rows, stage.cols].astype(float)
    if not sure or kept.any():
        last = most(stage, kept if sure else stage.fits.astype(float), deadline)
        better = last.solution
        if better is not None and (sure or better.total > best.total):
            best = better
    return solution_of(instance, best.rows, best.cols, proved=sure)
