"""Blends likeness and verdicts into matches that carry their reasons, best first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.panel import Panel
from matcher.roster import Roster
from matcher.rules.base import Kind, Outcome, Reason, Verdict, fit, unknown
from matcher.scoring import HasCosines, best_sums, calibrated
from matcher.weights import PORTFOLIO

LIKENESS_LEVELS = ((0.75, "very_close"), (0.5, "close"), (0.25, "some"), (0.0, "far"))
"""Words for a likeness by its calibrated share, highest first."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score: what it earned of what it could, and why."""

    rule: str
    points: float
    max_points: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Check:
    """A question that is open for a pair, and whom to ask: ``startup`` or ``programme``."""

    rule: str
    ask: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Match:
    """An open pair. ``score`` is the exact sum of the points of ``parts`` (0 to 100).

    ``gates`` are the gates that passed, ``checks`` what a person still has to find out, and
    ``near_ties`` the ids of neighbours in the list that are closer than the noise of the scale.
    """

    id: str
    name: str
    score: float
    parts: tuple[Part, ...]
    gates: tuple[Part, ...]
    checks: tuple[Check, ...]
    near_ties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A pair that is not open: the first rule that refuses, its reason, and all that refuse."""

    id: str
    name: str
    rule: str
    reason: Reason
    others: tuple[tuple[str, Reason], ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` matches that share the same value, as ``value_of`` reads it."""

    value_of: Callable[[Any], Hashable]
    most: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """What one asker gets: matches best first, refusals by id, and how many of each there are."""

    matches: tuple[Match, ...]
    refusals: tuple[Refusal, ...]
    eligible: int
    refused: int


@dataclass(frozen=True, slots=True)
class Asker:
    """The profile that asks, with what it brings beside its own fields.

    Attributes
    ----------
    profile
        Startup, programme or incubator.
    likenesses
        Raw cosines against the roster, one for each of ``LIKENESSES`` that the scale has.
    nearest
        Names the alumni nearest to the asker for a profile on the roster, or None.
    """

    profile: Any
    likenesses: Sequence[HasCosines]
    nearest: Callable[[Any], str | None] = lambda _: None


def rank(
    panel: Panel,
    roster: Roster,
    asker: Asker,
    k: int,
    *,
    without: Collection[str] = (),
    limits: Sequence[Limit] = (),
    refusals: int = 0,
) -> Ranking:
    """Rank a roster for one asker.

    Parameters
    ----------
    k
        How many matches to return; fewer only where fewer are open (or the limits allow no more).
    without
        Ids to leave out altogether, such as pairs that were declined.
    limits
        Diversity by limit: the best list that keeps them, taken greedily in order of score.
    refusals
        How many refusals to explain, in order of id.

    Ties go to the id that sorts first.
    """
    keys = panel.asker_keys(asker.profile, roster)
    kept = np.ones(len(roster), np.bool_)
    kept[[roster.place(i) for i in without if i in roster]] = False
    open_ = kept.copy()
    wanted = len(roster) if limits else k + 1
    sums = best_sums(panel, roster, keys, asker.likenesses, open_, wanted)
    order = _best_first(roster, sums, open_, wanted)
    chosen = _within_limits(roster, order, limits, k) if limits else order[:k]
    blocked = np.flatnonzero(kept & (sums < 0))
    judged = _Judged(panel, roster, asker, keys)
    matches = tuple(judged.match(place) for place in chosen)
    return Ranking(
        _with_near_ties(panel, roster, sums, order, chosen, matches),
        tuple(judged.refusal(place) for place in _first_by_id(roster, blocked, refusals)),
        int(open_.sum()),
        len(blocked),
    )


def judge_pair(panel: Panel, roster: Roster, asker: Asker, profile_id: str) -> Match | Refusal:
    """The match or the refusal of one pair, whatever its rank; KeyError for an unknown id."""
    keys = panel.asker_keys(asker.profile, roster)
    judged = _Judged(panel, roster, asker, keys)
    place = roster.place(profile_id)
    refusal = judged.refusal(place)
    return refusal if refusal.others else judged.match(place)


def _best_first(
    roster: Roster, sums: NDArray[np.int32], open_: NDArray[np.bool_], k: int
) -> list[int]:
    """The k best open places, by score, then id."""
    places = np.flatnonzero(open_)
    if len(places) > k > 0:
        least = np.partition(sums[places], -k)[-k]
        places = places[sums[places] >= least]
    order = np.lexsort((roster.id_ranks[places], -sums[places]))
    return [int(place) for place in places[order[:k]]]


def _first_by_id(roster: Roster, places: NDArray[np.intp], most: int) -> list[int]:
    order = np.argsort(roster.id_ranks[places])
    return [int(place) for place in places[order[: max(0, most)]]]


def _within_limits(
    roster: Roster, order: Sequence[int], limits: Sequence[Limit], k: int
) -> list[int]:
    chosen: list[int] = []
    taken: list[Counter[Hashable]] = [Counter() for _ in limits]
    for place in order:
        if len(chosen) >= k:
            break
        values = [limit.value_of(roster.profiles[place]) for limit in limits]
        if any(t[v] >= lim.most for t, v, lim in zip(taken, values, limits, strict=True)):
            continue
        chosen.append(place)
        for counter, value in zip(taken, values, strict=True):
            counter[value] += 1
    return chosen


def _with_near_ties(
    panel: Panel,
    roster: Roster,
    sums: NDArray[np.int32],
    order: Sequence[int],
    chosen: Sequence[int],
    matches: Sequence[Match],
) -> tuple[Match, ...]:
    """Flag each match with its neighbours in the whole order that the noise cannot tell apart."""
    noise = round(panel.scale.noise * 100)
    where = {place: rank for rank, place in enumerate(order)}
    flagged = []
    for place, match in zip(chosen, matches, strict=True):
        rank_ = where[place]
        beside = [order[r] for r in (rank_ - 1, rank_ + 1) if 0 <= r < len(order)]
        close = [p for p in beside if abs(int(sums[p]) - int(sums[place])) < noise]
        ids = tuple(roster.profiles[p].id for p in close)
        flagged.append(replace(match, near_ties=ids))
    return tuple(flagged)


class _Judged:
    """The verdicts of one asker on a roster, made into matches and refusals on demand."""

    def __init__(
        self, panel: Panel, roster: Roster, asker: Asker, keys: tuple[Hashable, ...]
    ) -> None:
        self.panel, self.roster, self.asker, self.keys = panel, roster, asker, keys

    def verdict(self, number: int, place: int) -> Verdict:
        key = self.roster.keys[number][self.roster.codes[number, place]]
        return self.panel.judged(number, self.keys[number], key, self.roster)

    def match(self, place: int) -> Match:
        parts, gates, checks = self._rules(place)
        parts += [self._likeness(likeness, place) for likeness in self.asker.likenesses]
        parts.sort(key=lambda part: (-part.max_points, part.rule))
        checks += [
            _check(p.rule, p.verdict.reason) for p in parts if p.verdict.outcome is Outcome.UNKNOWN
        ]
        profile = self.roster.profiles[place]
        score = round(sum(round(part.points * 100) for part in parts)) / 100
        return Match(profile.id, profile.name, score, tuple(parts), tuple(gates), tuple(checks))

    def _rules(self, place: int) -> tuple[list[Part], list[Part], list[Check]]:
        parts: list[Part] = []
        gates: list[Part] = []
        checks: list[Check] = []
        for number, rule in enumerate(self.panel.rules):
            verdict = self.verdict(number, place)
            points = self.panel.hundredths(number, verdict) / 100
            part = Part(rule.name, points, self.panel.most(number) / 100, verdict)
            if rule.kind is Kind.FIT:
                parts.append(part)
            elif verdict.outcome is Outcome.UNKNOWN:
                checks.append(_check(rule.name, verdict.reason))
            else:
                gates.append(part)
        return parts, gates, checks

    def _likeness(self, likeness: HasCosines, place: int) -> Part:
        cosine = likeness.at(np.array([place]))
        most = self.panel.scale.hundredths(likeness.name)
        points = int(calibrated(likeness.name, cosine, self.panel.scale)[0])
        if np.isnan(cosine[0]):
            verdict = unknown(f"{likeness.name}.ask_{self._silent(likeness)}")
        else:
            verdict = self._likeness_verdict(likeness.name, place, points / most if most else 0.0)
        return Part(likeness.name, points / 100, most / 100, verdict)

    def _silent(self, likeness: HasCosines) -> str:
        """Who has no text: the asker, or else the profile of the roster."""
        asker_is_startup = self.roster.side == "right"
        return "programme" if likeness.asker_known is asker_is_startup else "startup"

    def _likeness_verdict(self, name: str, place: int, share: float) -> Verdict:
        level = next(word for least, word in LIKENESS_LEVELS if share >= least)
        profile = self.roster.profiles[place]
        nearest = self.asker.nearest(profile) if name == PORTFOLIO else None
        return fit(min(1.0, share), f"{name}.likeness", level=level, nearest=nearest)

    def refusal(self, place: int) -> Refusal:
        refusing = [
            (self.panel.rules[number].name, verdict.reason)
            for number in self.panel.gates
            if (verdict := self.verdict(number, place)).outcome is Outcome.BLOCKED
        ]
        profile = self.roster.profiles[place]
        rule, reason = refusing[0] if refusing else ("", Reason(""))
        return Refusal(profile.id, profile.name, rule, reason, tuple(refusing))


def _check(rule: str, reason: Reason) -> Check:
    ask = "startup" if reason.code.endswith("ask_startup") else "programme"
    return Check(rule, ask, reason)
