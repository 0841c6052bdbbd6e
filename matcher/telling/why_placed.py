"""Why a startup has the place that it has, and why not a better one: reasons with their facts.

Each sentence claims only what its facts show. Which one is chosen depends on what the mode aims
at: where the round as a whole counts, a place may be held by a startup that fits it less.
"""

from __future__ import annotations

from dataclasses import dataclass

from matcher.assignment.instance import Bound, How, Instance, Solution
from matcher.outcome import Missed, Place
from matcher.rules.base import Fact, Reason

OF_THE_WHOLE = {
    "best": "placing.whole",
    "fair": "placing.fair",
    "stable": "placing.bounded",
}
"""What decided over a place that no single startup's claim explains, by mode."""


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What the reasons of all startups draw from, by place of startup or programme.

    ``best`` is the highest fit open to each startup (-1 where none), ``refused`` how many
    programmes refuse it by a gate, ``forced`` the forced placements of each programme,
    ``lowest_free`` the lowest fit among its others, ``sums`` what each bound counts to.
    """

    instance: Instance
    solution: Solution
    how: How
    open_: list[int]
    best: list[int]
    offers: list[int]
    refused: list[int] | None
    places: list[int]
    taken: list[int]
    forced: list[int]
    lowest: list[int | None]
    lowest_free: list[int | None]
    unknown: list[bool]
    sums: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Miss:
    """A missed programme with its column, how many stand behind the startup there, and the cost.

    ``cost`` is -1 where no lawful placing has the pair, None where it was not worked out.
    """

    told: Missed
    j: int
    behind: int
    cost: int | None


@dataclass(frozen=True, slots=True)
class Case:
    """One startup: its place in the round, what it has, what it missed, and its reserve lists."""

    i: int
    held: tuple[Place, ...]
    missed: tuple[Miss, ...]
    lists: int


def points(hundredths: int) -> int | float:
    """Hundredths as points, whole where they are."""
    whole, rest = divmod(hundredths, 100)
    return hundredths / 100 if rest else whole


def reasons_of(facts: Facts, case: Case) -> tuple[Reason, ...]:
    """The reasons of one startup in reading order: what it has, then what it missed."""
    if not case.held:
        return (_unplaced(facts, case), *_missed(facts, case))
    has = tuple(_has(facts, case, place) for place in case.held)
    if all(p.forced for p in case.held) and len(case.held) >= facts.offers[case.i]:
        return has
    return (*has, *_missed(facts, case))


def _has(facts: Facts, case: Case, place: Place) -> Reason:
    programme, fit = place.programme_id, points(place.fit)
    if place.forced:
        return Reason.of("placing.forced", programme=programme, points=fit)
    if place.kept:
        return Reason.of("placing.kept", programme=programme, points=fit)
    open_ = facts.open_[case.i]
    if facts.how.mode != "stable" and place.fit == facts.best[case.i]:
        return Reason.of("placing.best", programme=programme, points=fit, open=open_)
    choice = place.choice
    return Reason.of("placing.placed", programme=programme, points=fit, choice=choice, open=open_)


def _unplaced(facts: Facts, case: Case) -> Reason:
    open_ = facts.open_[case.i]
    if not facts.offers[case.i]:
        return Reason.of("placing.no_offers")
    if not open_:
        refused = None if facts.refused is None else facts.refused[case.i]
        others = None if refused is None else len(facts.places) - refused
        return Reason.of("placing.refused", refused=refused, others=others)
    if case.lists:
        return Reason.of("placing.waiting", lists=case.lists)
    return Reason.of("placing.out", open=open_)


def _missed(facts: Facts, case: Case) -> tuple[Reason, ...]:
    return tuple(_why_not(facts, case, miss) for miss in case.missed if facts.offers[case.i])


def _why_not(facts: Facts, case: Case, miss: Miss) -> Reason:
    told, j = miss.told, miss.j
    programme, fit, places = told.programme_id, points(told.fit), told.places
    if facts.unknown[j]:
        return Reason.of("placing.places_unknown", programme=programme, points=fit)
    if not places:
        return Reason.of("placing.no_places", programme=programme, points=fit)
    if told.taken < places:
        return _limit(facts, case, miss) or _traded(facts, miss)
    if facts.forced[j] == told.taken:
        return Reason.of("placing.ruled", programme=programme, points=fit, places=places)
    return _traded(facts, miss) if miss.behind else _full(facts, miss)


def _full(facts: Facts, miss: Miss) -> Reason:
    """Every place, save forced ones, went to a startup that comes first there."""
    told = miss.told
    shared: dict[str, Fact] = {
        "programme": told.programme_id,
        "points": points(told.fit),
        "places": told.places,
        "forced": facts.forced[miss.j],
        "reserve": told.reserve,
    }
    if facts.how.mode == "stable":
        return Reason.of("placing.wanted", **shared)
    return Reason.of("placing.ahead", lowest=points(facts.lowest_free[miss.j] or 0), **shared)


def _traded(facts: Facts, miss: Miss) -> Reason:
    """A place there is free or held by one that comes after: the round as a whole decided."""
    told = miss.told
    cost = miss.cost if facts.how.mode == "best" else None
    shared: dict[str, Fact] = {
        "programme": told.programme_id,
        "points": points(told.fit),
        "free": max(told.places - told.taken, 0),
        "behind": miss.behind,
        "reserve": told.reserve,
    }
    if cost is not None and cost > 0:
        return Reason.of("placing.cost", cost=points(cost), **shared)
    if cost is not None:
        return Reason.of("placing.impossible" if cost else "placing.tie", **shared)
    return Reason.of(OF_THE_WHOLE[facts.how.mode], **shared)


def _limit(facts: Facts, case: Case, miss: Miss) -> Reason | None:
    """The first limit that placing the startup there alone would break."""
    programme, fit = miss.told.programme_id, points(miss.told.fit)
    given_up = _given_up(facts, case)
    if given_up is not None and facts.taken[given_up] <= facts.instance.least[given_up]:
        other, least = facts.instance.programmes[given_up], int(facts.instance.least[given_up])
        return Reason.of(
            "placing.intake", programme=programme, points=fit, other=other, least=least
        )
    for bound, found in zip(facts.instance.bounds, facts.sums, strict=True):
        if _breaks(bound, found, case.i, miss.j, given_up):
            return Reason.of("placing.limit", programme=programme, points=fit, limit=bound.name)
    return None


def _given_up(facts: Facts, case: Case) -> int | None:
    """The programme whose place the startup would give up for another; None while it has room."""
    if len(case.held) < facts.offers[case.i]:
        return None
    stable = facts.how.mode == "stable"
    free = (place for place in case.held if not place.forced)
    least = min(free, key=lambda p: (p.gain if stable else p.fit, p.programme_id))
    return facts.instance.programmes.index(least.programme_id)


def _breaks(bound: Bound, found: int, i: int, j: int, given_up: int | None) -> bool:
    if bound.side == "startup":
        after = found + (int(bound.weights[i]) if given_up is None else 0)
    else:
        lost = 0 if given_up is None else int(bound.weights[given_up])
        after = found + int(bound.weights[j]) - lost
    return after < bound.at_least or (bound.at_most is not None and after > bound.at_most)
