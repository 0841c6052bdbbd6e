"""The list of a kept startup if some of its facts, or the weights, were others; nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matcher.errors import WeightsInvalid
from matcher.panel import Panel
from matcher.profile import Programme, Startup
from matcher.ranking import Asker, Match, Refusal, judge_pair
from matcher.roster import Roster
from matcher.rules import RULES
from matcher.scoring import total
from matcher.weights import TOTAL_POINTS
from service.comparing import FellOut, Standing, standing
from service.matchmaking import EXCLUDING, Matchmaker

WHOLE = round(TOTAL_POINTS * 100)
"""Hundredths of a whole scale."""


@dataclass(frozen=True, slots=True)
class Moves:
    """What would change.

    Attributes
    ----------
    best
        The first programmes of the new list, best first.
    opened, closed
        Programmes that become open (best first) or refused (those that stood best first).
    rising, falling
        How many programmes of the whole list move up or down.
    open_before, open_after
        How many programmes are open.
    programmes
        Those that are named, by id.
    """

    best: tuple[Standing, ...]
    opened: tuple[Standing, ...]
    closed: tuple[FellOut, ...]
    rising: int
    falling: int
    open_before: int
    open_after: int
    programmes: Mapping[str, Programme]


@dataclass(frozen=True, slots=True)
class _List:
    """One of the two lists: its panel, its asker, and the rank of every place, 0 where refused."""

    panel: Panel
    asker: Asker
    ranks: NDArray[np.int64]

    def verdict(self, roster: Roster, place: int) -> Match | Refusal:
        return judge_pair(self.panel, roster, self.asker, roster.profiles[place].id)


def compare(
    matchmaker: Matchmaker,
    changed: Startup,
    points: Mapping[str, float],
    declined: frozenset[str],
    most: int,
) -> Moves:
    """Rank every programme for a kept startup as it stands and as it is ``changed``.

    Texts are those that are kept: what they are like to does not change.

    Parameters
    ----------
    points
        The weights to rank by afterwards, summing to 100.
    declined
        Programmes that are in neither list.
    most
        How many of the new list are told.

    Raises
    ------
    ProfileNotFound
        For a startup that is not kept.
    WeightsInvalid
        For points that are no scale.
    """
    with matchmaker.still():
        asker, panel = matchmaker.asker_of(changed.id), matchmaker.panel
        roster = matchmaker.programmes.roster
        if dict(points) == dict(panel.scale.points):
            other = panel
        else:
            other = Panel(RULES, replace(panel.scale, points=dict(points)))
        out = np.array([profile.id in declined for profile in roster.profiles], np.bool_)
        before = _listed(panel, asker, roster, out)
        after = _listed(other, replace(asker, profile=changed), roster, out)
        return _moves(roster, before, after, most)


def _listed(panel: Panel, asker: Asker, roster: Roster, out: NDArray[np.bool_]) -> _List:
    sums = total(panel, roster, panel.asker_keys(asker.profile, roster), asker.likenesses)
    places = np.flatnonzero((sums >= 0) & ~out)
    order = places[np.lexsort((roster.id_ranks[places], -sums[places]))]
    ranks = np.zeros(len(roster), np.int64)
    ranks[order] = np.arange(1, len(order) + 1)
    return _List(panel, asker, ranks)


def _moves(roster: Roster, before: _List, after: _List, most: int) -> Moves:
    old, new = before.ranks, after.ranks
    both = (old > 0) & (new > 0)

    def standings(where: NDArray[np.bool_]) -> tuple[Standing, ...]:
        return tuple(_standing(roster, place, before, after) for place in _by_rank(where, new))

    best, opened = standings((new > 0) & (new <= most)), standings((old == 0) & (new > 0))
    places = _by_rank((old > 0) & (new == 0), old)
    closed = tuple(_fallen(roster, place, before, after) for place in places)
    told: tuple[Standing | FellOut, ...] = (*best, *opened, *closed)
    return Moves(
        best,
        opened,
        closed,
        int((both & (new < old)).sum()),
        int((both & (new > old)).sum()),
        int((old > 0).sum()),
        int((new > 0).sum()),
        {one.match.id: roster.profiles[roster.place(one.match.id)] for one in told},
    )


def _by_rank(where: NDArray[np.bool_], ranks: NDArray[np.int64]) -> list[int]:
    places = np.flatnonzero(where)
    found: list[int] = places[np.argsort(ranks[places])].tolist()
    return found


def _standing(roster: Roster, place: int, before: _List, after: _List) -> Standing:
    was, now = before.verdict(roster, place), after.verdict(roster, place)
    assert isinstance(now, Match)  # noqa: S101 - narrows a type
    rank = int(after.ranks[place])
    if isinstance(was, Refusal):
        return standing(rank, now, None, was)
    return standing(rank, now, (int(before.ranks[place]), was), None)


def _fallen(roster: Roster, place: int, before: _List, after: _List) -> FellOut:
    was, now = before.verdict(roster, place), after.verdict(roster, place)
    assert isinstance(was, Match) and isinstance(now, Refusal)  # noqa: S101, PT018 - narrows types
    return FellOut(int(before.ranks[place]), was, now)


def declined_of(decided: Mapping[str, str]) -> frozenset[str]:
    """Programmes that decisions take out of a list, of the decision by programme."""
    return frozenset(id for id, decision in decided.items() if decision in EXCLUDING)


def normalised(weights: Mapping[str, float]) -> dict[str, float]:
    """Weights of any size as points in whole hundredths that sum to 100, by largest remainder.

    Raises WeightsInvalid for a negative or infinite weight, and where none is above 0.
    """
    if not all(np.isfinite(one) and one >= 0 for one in weights.values()):
        raise WeightsInvalid(cause=", ".join(n for n, w in weights.items() if not w >= 0))
    whole = sum(weights.values())
    if whole <= 0:
        raise WeightsInvalid(cause="sum 0")
    exact = {name: weight / whole * WHOLE for name, weight in weights.items()}
    kept = {name: int(share) for name, share in exact.items()}
    rest = sorted(exact, key=lambda name: (kept[name] - exact[name], name))
    for name in rest[: WHOLE - sum(kept.values())]:
        kept[name] += 1
    return {name: hundredths / 100 for name, hundredths in kept.items()}
