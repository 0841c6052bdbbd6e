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
from service.matchmaking import EXCLUDING, Matchmaker

WHOLE = round(TOTAL_POINTS * 100)
"""Hundredths of a whole scale."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A programme before and after: its rank from 1 (None where refused) and the verdict."""

    programme: Programme
    rank_before: int | None
    rank_after: int | None
    before: Match | Refusal
    after: Match | Refusal

    @property
    def rise(self) -> int:
        """Ranks gained; 0 where it was or is refused."""
        if self.rank_before is None or self.rank_after is None:
            return 0
        return self.rank_before - self.rank_after

    @property
    def gain(self) -> float | None:
        """Points gained; None where it was or is refused."""
        if isinstance(self.before, Refusal) or isinstance(self.after, Refusal):
            return None
        return round(self.after.score - self.before.score, 2)


@dataclass(frozen=True, slots=True)
class Compared:
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
    """

    best: tuple[Placed, ...]
    opened: tuple[Placed, ...]
    closed: tuple[Placed, ...]
    rising: int
    falling: int
    open_before: int
    open_after: int


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
) -> Compared:
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
        asker, roster, panel = matchmaker.asker_of(changed.id), matchmaker.programmes.roster, (
            matchmaker.panel
        )  # fmt: skip
        if dict(points) == dict(panel.scale.points):
            other = panel
        else:
            other = Panel(RULES, replace(panel.scale, points=dict(points)))
        out = np.array([profile.id in declined for profile in roster.profiles], np.bool_)
        before = _listed(panel, asker, roster, out)
        after = _listed(other, replace(asker, profile=changed), roster, out)
        return _compared(roster, before, after, most)


def _listed(panel: Panel, asker: Asker, roster: Roster, out: NDArray[np.bool_]) -> _List:
    sums = total(panel, roster, panel.asker_keys(asker.profile, roster), asker.likenesses)
    places = np.flatnonzero((sums >= 0) & ~out)
    order = places[np.lexsort((roster.id_ranks[places], -sums[places]))]
    ranks = np.zeros(len(roster), np.int64)
    ranks[order] = np.arange(1, len(order) + 1)
    return _List(panel, asker, ranks)


def _compared(roster: Roster, before: _List, after: _List, most: int) -> Compared:
    old, new = before.ranks, after.ranks
    both = (old > 0) & (new > 0)

    def placed(where: NDArray[np.bool_], by: NDArray[np.int64]) -> tuple[Placed, ...]:
        places = np.flatnonzero(where)
        return tuple(
            _placed(roster, place, before, after)
            for place in places[np.argsort(by[places])].tolist()
        )

    return Compared(
        placed((new > 0) & (new <= most), new),
        placed((old == 0) & (new > 0), new),
        placed((old > 0) & (new == 0), old),
        int((both & (new < old)).sum()),
        int((both & (new > old)).sum()),
        int((old > 0).sum()),
        int((new > 0).sum()),
    )


def _placed(roster: Roster, place: int, before: _List, after: _List) -> Placed:
    return Placed(
        roster.profiles[place],
        int(before.ranks[place]) or None,
        int(after.ranks[place]) or None,
        before.verdict(roster, place),
        after.verdict(roster, place),
    )


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
