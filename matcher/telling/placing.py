"""What a run says of every startup and programme: places, what was missed, reserves, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matcher.assignment.instance import How, Instance, Ints, Longs, Solution
from matcher.outcome import Load, Missed, Place, Placement, State, Waiting
from matcher.telling.choices import choice_ranks, forced_placed, mask_of
from matcher.telling.missing import CostsOf, Gaps, gaps
from matcher.telling.reserves import Reserves
from matcher.telling.why_placed import Case, Facts, Miss, reasons_of


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Known:
    """What is known of a round beside its numbers.

    Attributes
    ----------
    how
        How it was solved.
    unknown, assumed
        Programmes whose places nobody knows (they have none here), and whose places are a planning
        assumption, (m,); None for no such programme.
    refusals
        How many gates refuse each pair, (n, m); None where it is not at hand.
    costs_of
        What the round loses if a pair had to be placed.
    prices
        What one more place at each programme adds to the total, (m,).
    """

    how: How = field(default_factory=How)
    unknown: NDArray[np.bool_] | None = None
    assumed: NDArray[np.bool_] | None = None
    refusals: Ints | None = None
    costs_of: CostsOf | None = None
    prices: Longs | None = None


def placements(
    instance: Instance, solution: Solution, waiting: Reserves, known: Known
) -> tuple[Placement, ...]:
    """What the run says of each startup, in the order of the instance, with its reasons.

    Reasons have codes ``placing.*``; programmes stand in them by id, points as points.
    """
    missed = gaps(instance, solution, waiting, known.how, known.costs_of)
    facts = _facts(instance, solution, known)
    held = _places(instance, solution)
    misses = _misses(instance, missed, facts)
    lists = np.count_nonzero(waiting.positions, axis=1).tolist()
    return tuple(
        _placement(instance, facts, i, held[i], misses[i], lists[i])
        for i in range(instance.shape[0])
    )


def _placement(
    instance: Instance,
    facts: Facts,
    i: int,
    held: tuple[Place, ...],
    misses: list[Miss],
    lists: int,
) -> Placement:
    state: State = "placed" if held else "reserve" if lists else "out"
    case = Case(i, held, tuple(misses), lists)
    return Placement(
        startup_id=instance.startups[i],
        state=state,
        places=held,
        missed=tuple(miss.told for miss in misses),
        open_programmes=facts.open_[i],
        reasons=reasons_of(facts, case),
    )


def _places(instance: Instance, solution: Solution) -> list[tuple[Place, ...]]:
    """The places of each startup, best fit first."""
    rows, cols = solution.rows, solution.cols
    held = mask_of(instance, *instance.held.T)
    parts = (
        [instance.programmes[j] for j in cols.tolist()],
        instance.fit[rows, cols].tolist(),
        instance.gain[rows, cols].tolist(),
        instance.want[rows, cols].tolist(),
        choice_ranks(instance, rows, cols).tolist(),
        forced_placed(instance, solution).tolist(),
        held[rows, cols].tolist(),
    )
    found: list[list[Place]] = [[] for _ in instance.startups]
    for i, values in zip(rows.tolist(), zip(*parts, strict=True), strict=True):
        found[i].append(Place(*values))
    return [tuple(sorted(some, key=lambda p: (-p.fit, p.programme_id))) for some in found]


def _misses(instance: Instance, missed: Gaps, facts: Facts) -> list[list[Miss]]:
    """The missed programmes of each startup."""
    found: list[list[Miss]] = [[] for _ in instance.startups]
    for i, miss in _each_miss(instance, missed, facts):
        found[i].append(miss)
    return found


def _each_miss(instance: Instance, missed: Gaps, facts: Facts) -> Iterator[tuple[int, Miss]]:
    rows, cols = missed.rows, missed.cols
    costs: list[int | None] = [None] * len(rows) if missed.costs is None else missed.costs.tolist()
    fits = instance.fit[rows, cols].tolist()
    ahead, behind = missed.ahead.tolist(), missed.behind.tolist()
    choices, reserve = missed.choices.tolist(), missed.reserve.tolist()
    for pair, (i, j) in enumerate(zip(rows.tolist(), cols.tolist(), strict=True)):
        cost = costs[pair]
        told = Missed(
            programme_id=instance.programmes[j],
            fit=fits[pair],
            choice=choices[pair],
            places=facts.places[j],
            taken=facts.taken[j],
            lowest=facts.lowest[j],
            ahead=ahead[pair],
            reserve=reserve[pair] or None,
            cost=None if cost == -1 else cost,
        )
        yield i, Miss(told, j, behind[pair], cost)


def _facts(instance: Instance, solution: Solution, known: Known) -> Facts:
    """What the reasons of all startups draw from, as plain values."""
    _, m = instance.shape
    free = ~forced_placed(instance, solution)
    lowest_free = _extremes(instance, solution, free)[0]
    unknown = np.zeros(m, np.bool_) if known.unknown is None else known.unknown
    refused = None if known.refusals is None else (known.refusals > 0).sum(axis=1).tolist()
    return Facts(
        instance=instance,
        solution=solution,
        how=known.how,
        open_=np.count_nonzero(instance.open_, axis=1).tolist(),
        best=instance.fit.max(axis=1, initial=-1).tolist(),
        offers=instance.offers.tolist(),
        refused=refused,
        places=instance.places.tolist(),
        taken=solution.taken(m).tolist(),
        forced=np.bincount(solution.cols[~free], minlength=m).tolist(),
        lowest=_extremes(instance, solution)[0],
        lowest_free=lowest_free,
        unknown=unknown.tolist(),
        sums=tuple(
            int(b.weights[solution.rows if b.side == "startup" else solution.cols].sum())
            for b in instance.bounds
        ),
    )


def _extremes(
    instance: Instance, solution: Solution, counted: NDArray[np.bool_] | None = None
) -> tuple[list[int | None], list[int | None]]:
    """Lowest and highest fit placed at each programme, None where nobody is."""
    _, m = instance.shape
    keep = slice(None) if counted is None else counted
    rows, cols = solution.rows[keep], solution.cols[keep]
    low, high = np.full(m, np.iinfo(np.int32).max), np.full(m, -1)
    np.minimum.at(low, cols, instance.fit[rows, cols])
    np.maximum.at(high, cols, instance.fit[rows, cols])
    found = (high >= 0).tolist()
    lows, highs = (
        [value if there else None for value, there in zip(part.tolist(), found, strict=True)]
        for part in (low, high)
    )
    return lows, highs


def loads(
    instance: Instance, solution: Solution, waiting: Reserves, known: Known
) -> tuple[Load, ...]:
    """How each programme is filled, in the order of the instance, with its reserve list."""
    _, m = instance.shape
    low, high = _extremes(instance, solution)
    taken = solution.taken(m).tolist()
    nothing = np.zeros(m, np.bool_)
    unknown = nothing if known.unknown is None else known.unknown
    assumed = nothing if known.assumed is None else known.assumed
    return tuple(
        Load(
            programme_id=programme,
            places=None if unknown[j] else int(instance.places[j]),
            taken=taken[j],
            min_intake=int(instance.least[j]),
            lowest=low[j],
            highest=high[j],
            assumed=bool(assumed[j]),
            price=None if known.prices is None else int(known.prices[j]),
            reserves=tuple(
                Waiting(instance.startups[i], int(instance.fit[i, j]))
                for i in waiting.lists[j].tolist()
            ),
        )
        for j, programme in enumerate(instance.programmes)
    )
