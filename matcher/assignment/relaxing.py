"""Ways out of a round that nobody can solve: the fewest limits that must give way, and how far."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from matcher.assignment.giving import Model, model_of
from matcher.assignment.instance import Bound, How, Instance, Ints, Solution
from matcher.assignment.linear import Deadline
from matcher.errors import OutOfTime, UnknownName
from matcher.outcome import Relaxation, Shortfall, WayOut

MOST_WAYS = 5
"""How many ways out are shown at most."""

KINDS = ("places", "min_intake", "must", "offers", "forced")
"""The limits of a round beside its bounds, by the first word of their names."""


def ways_out(
    instance: Instance, how: How, solve: Callable[[Instance], Solution | None]
) -> Shortfall:
    """The smallest sets of limits whose giving way makes a round possible, at most five.

    Of one size are all of them; the sum of what they give, relative to each limit, is the least
    for each set. ``solve`` gives the best solution of a round, whose total is told. Closed pairs
    never open. More offers are a way only for startups with a forced pair: to place others twice
    so that a quota is met is none. How few columns decide is told in
    :mod:`matcher.assignment.demand`. A round that can be solved has one way out, of no limit.

    Raises
    ------
    OutOfTime
        Where the sets were not proved to be smallest within ``how.seconds``, without the time of
        ``solve``, which may raise it too.
    """
    try:
        sets = _smallest(model_of(instance), Deadline(how.seconds))
    except TimeoutError:
        raise OutOfTime(seconds=how.seconds) from None
    ways = [WayOut(one, _total(instance, one, solve)) for one in sets]
    return Shortfall(tuple(sorted(ways, key=_order)))


def _order(way: WayOut) -> tuple[int, int, tuple[tuple[str, bool], ...]]:
    return len(way.relaxed), -way.total, tuple((one.limit, one.lowers) for one in way.relaxed)


def _total(
    instance: Instance,
    relaxations: tuple[Relaxation, ...],
    solve: Callable[[Instance], Solution | None],
) -> int:
    solution = solve(relaxed(instance, relaxations))
    if solution is None:
        names = ", ".join(one.limit for one in relaxations)
        raise RuntimeError(f"a round is still called infeasible without {names}")
    return solution.total


def _smallest(model: Model, deadline: Deadline) -> list[tuple[Relaxation, ...]]:
    """Up to :data:`MOST_WAYS` smallest sets, the least slack first; each set is proved to do."""
    found: list[tuple[Relaxation, ...]] = []
    size = None
    while len(found) < MOST_WAYS:
        switched = model.fewest(deadline, size)
        if switched is None:
            break
        slacks = model.slacks(switched, deadline)
        if slacks is None:  # HiGHS saw a slack as none; one of the other limits must give way too
            model.cuts.append((~switched, 1.0, np.inf))
        elif size is None and switched.any():
            size = int(switched.sum())  # now the least slack of this size comes first
        else:
            found.append(_named(model, slacks))
            if not switched.any():
                break
            model.cuts.append((switched, -np.inf, switched.sum() - 1.0))
    return found


def _named(model: Model, slacks: dict[int, int]) -> tuple[Relaxation, ...]:
    limits = model.limits
    return tuple(
        Relaxation(limits.names[k], by, bool(limits.lowers[k])) for k, by in slacks.items()
    )


def relaxed(instance: Instance, relaxations: Sequence[Relaxation]) -> Instance:
    """The round with limits relaxed by their names: a most raised, a least lowered, not below 0.

    A bound that has only a most, or only a least, needs no ``lowers``. A forced pair that gives
    way stays open.

    Raises
    ------
    UnknownName
        For a name that is no limit of the round.
    """
    for one in relaxations:
        instance = _relaxed(instance, one)
    return instance


def _relaxed(instance: Instance, one: Relaxation) -> Instance:
    if any(bound.name == one.limit for bound in instance.bounds):
        bounds = tuple(
            _wider(bound, one) if bound.name == one.limit else bound for bound in instance.bounds
        )
        return replace(instance, bounds=bounds)
    kind, _, name = one.limit.partition(":")
    match kind:
        case "places":
            place = _place(instance.programmes, name, one)
            return replace(instance, places=_moved(instance.places, place, one.by))
        case "min_intake":
            place = _place(instance.programmes, name, one)
            return replace(instance, least=_moved(instance.least, place, -one.by))
        case "must":
            place = _place(instance.startups, name, one)
            return replace(instance, must=_moved(instance.must, place, -one.by))
        case "offers":
            place = _place(instance.startups, name, one)
            return replace(instance, offers=_moved(instance.offers, place, one.by))
        case "forced":
            return replace(instance, forced=_freed(instance, name, one))
    raise _unknown(one, (*KINDS, *(bound.name for bound in instance.bounds)))


def _wider(bound: Bound, one: Relaxation) -> Bound:
    if bound.at_most is None or (one.lowers and bound.at_least > 0):
        return replace(bound, at_least=max(bound.at_least - one.by, 0))
    return replace(bound, at_most=bound.at_most + one.by)


def _place(ids: tuple[str, ...], name: str, one: Relaxation) -> int:
    if name not in ids:
        raise _unknown(one, ids)
    return ids.index(name)


def _moved(values: Ints, place: int, by: int) -> Ints:
    moved = values.copy()
    moved[place] = max(values[place] + by, 0)
    return moved


def _freed(instance: Instance, name: str, one: Relaxation) -> Ints:
    pairs = [f"{instance.startups[i]}:{instance.programmes[j]}" for i, j in instance.forced]
    if name not in pairs:
        raise _unknown(one, tuple(pairs))
    return np.delete(instance.forced, pairs.index(name), axis=0) if one.by else instance.forced


def _unknown(one: Relaxation, known: tuple[str, ...]) -> UnknownName:
    return UnknownName(what="limit", value=one.limit, known=known[:20])
