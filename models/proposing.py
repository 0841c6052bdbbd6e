"""New weights with their evidence: each of the latest rounds foretold from those before it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matcher.evidence import Compared, Evidence, Interval, Verdict
from models.steps import step
from models.tuning import Judged, fit, fit_fixed, points_of

Floats = NDArray[np.float64]

LEAST_DECISIONS = 60
"""Decisions below which nothing is proposed: the prior alone would speak."""

LEAST_HELD_OUT = 20
"""Decisions that the held-out rounds must have."""

LEAST_LISTS = 5
"""Startups of the held-out rounds with a better and a worse pair that it takes."""

HELD_OUT = 0.5
"""Share of all decisions that the held-out rounds, the latest, have at least, where there are as
many rounds."""

FORETOLD = 0.7
"""The same share where points are measured: each round is foretold from all before it, so that
little is lost by holding out more."""

NDCG_MARGIN = 0.03
"""Fall of nDCG that its interval must shut out."""

RESAMPLES = 1000
SEED = 20261124


@dataclass(frozen=True, slots=True)
class Proposed:
    """Points as they were measured, and the evidence; adopted by nobody but an officer."""

    points: dict[str, float]
    evidence: Evidence


def propose(
    judged: Judged,
    present: Mapping[str, float],
    expert: Mapping[str, float],
    seen_until: str | None = None,
) -> Proposed:
    """Learn points, and measure the learning on the latest rounds beside the present points.

    Each held-out round is foretold from the rounds before it only, by points learned from these;
    the points that are proposed are learned in the same way from all rounds. They are the present
    ones where the verdict is not ``better``. That takes three things of the held-out rounds:

    - they want a part of the step from the present points to the learned ones, at 5 % (``step``,
      see :mod:`models.steps`);
    - the learned points foretold them better (``log_loss``, without regard to its interval, which
      is far too wide for points learned from fewer decisions than those that are proposed);
    - the order of startups' lists did not become worse (``ndcg``): a fall of
      :data:`NDCG_MARGIN` lies outside its interval.

    Parameters
    ----------
    judged
        Decided pairs; rounds are held out whole, the latest first.
    expert
        The prior, and the answer without decisions.
    seen_until
        The last round that the present points were learned from: none up to it is held out, for
        there they have the answers already. None where they were not learned.
    """
    late, names = latest_rounds(judged, FORETOLD, seen_until)
    later = judged.only(late)
    lists = _lists(later)
    evidence = _evidence(judged, later, names, lists, seen_until)
    lacking = _lacking(judged, late, lists, seen_until)
    if lacking is not None:
        return Proposed(dict(present), replace(evidence, verdict=lacking))
    compared = _compared(later, lists, _foretold(judged, names, present, expert), present)
    evidence = replace(evidence, compared=compared)
    if not _borne_out(compared):
        return Proposed(dict(present), evidence)
    fitted = fit(judged, expert)
    points = points_of(dict(zip(judged.names, fitted.slopes.tolist(), strict=True)), expert)
    return Proposed(points, replace(evidence, verdict="better", strictness=fitted.strictness))


def _lacking(
    judged: Judged, late: NDArray[np.bool_], lists: list[NDArray[np.intp]], seen_until: str | None
) -> Verdict | None:
    """Why nothing can be measured, None where it can."""
    if seen_until is not None and not (judged.rounds > seen_until).any():
        return "all_seen"
    too_few = (
        len(judged) < LEAST_DECISIONS
        or late.sum() < LEAST_HELD_OUT
        or len(lists) < LEAST_LISTS
        or len(np.unique(judged.grades[~late])) < 2
    )
    return "too_few" if too_few else None


def _borne_out(compared: tuple[Compared, ...]) -> bool:
    found = {one.measure: one.difference for one in compared}
    wanted, foretold = found["step"].low > 0, found["log_loss"].value < 0
    return wanted and foretold and found["ndcg"].low > -NDCG_MARGIN


@dataclass(frozen=True, slots=True, eq=False)
class _Foretold:
    """Losses and scores of held-out pairs, by present points and by learned ones, (pairs,).

    ``moved`` is how many logits the learned points lift each pair beside the present ones.
    """

    losses: tuple[Floats, Floats]
    scores: tuple[Floats, Floats]
    moved: Floats


def _foretold(
    judged: Judged,
    names: tuple[str, ...],
    present: Mapping[str, float],
    expert: Mapping[str, float],
) -> _Foretold:
    """Learn before each held-out round, and look at what came in it."""
    late = np.isin(judged.rounds, names)
    losses, scores, logits = np.zeros((3, 2, len(judged)))
    for name in names:
        earlier, now = judged.only(judged.rounds < name), judged.rounds == name
        slopes = fit(earlier, expert).slopes
        learned = points_of(dict(zip(judged.names, slopes.tolist(), strict=True)), expert)
        this = judged.only(now)
        for side, points in enumerate((present, learned)):
            held = fit_fixed(earlier, points)
            losses[side, now] = held.losses(this)
            scores[side, now] = this.scores(points)
            logits[side, now] = this.shares @ held.slopes
    old, new = losses[:, late]
    moved = (logits[1] - logits[0])[late]
    return _Foretold((old, new), (scores[0, late], scores[1, late]), moved)


def _evidence(
    judged: Judged,
    later: Judged,
    names: tuple[str, ...],
    lists: list[NDArray[np.intp]],
    seen_until: str | None,
) -> Evidence:
    """What was learned from and held out, before anything is measured on it."""
    return Evidence(
        "not_shown",
        len(judged),
        len(np.unique(judged.startups)),
        len(np.unique(judged.rounds)),
        len(later),
        names,
        len(lists),
        seen_until=seen_until,
    )


def latest_rounds(
    judged: Judged, share: float = HELD_OUT, after: str | None = None
) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """The latest whole rounds with a share of the decisions, at most all but the first round.

    With ``after`` only rounds later than this one, by name.
    """
    names, counts = np.unique(judged.rounds, return_counts=True)
    most = len(names) - 1 if after is None else min(len(names) - 1, int((names > after).sum()))
    wanted, late = share * len(judged), 0
    while late < most and counts[len(names) - late :].sum() < wanted:
        late += 1
    chosen = names[len(names) - late :]
    return np.isin(judged.rounds, chosen), tuple(chosen.tolist())


def _lists(judged: Judged) -> list[NDArray[np.intp]]:
    """Rows of each startup's pairs, where some did better than others."""
    _, places = np.unique(judged.startups, return_inverse=True)
    order = np.argsort(places, kind="stable")
    starts = np.flatnonzero(np.diff(places[order])) + 1
    rows = np.split(order, starts) if len(order) else []
    return [one for one in rows if len(np.unique(judged.grades[one])) > 1]


def _compared(
    later: Judged,
    lists: list[NDArray[np.intp]],
    foretold: _Foretold,
    present: Mapping[str, float],
) -> tuple[Compared, ...]:
    _, owner = np.unique(later.startups, return_inverse=True)
    wanted = step(later, present, foretold.moved)
    found = [
        Compared("step", 0.0, wanted.value, wanted),
        _paired("log_loss", *foretold.losses, owner),
    ]
    each = np.arange(len(lists))
    for name, measure in (("ndcg", _ndcg), ("mrr", _mrr)):
        old, new = (
            np.array([measure(one[rows], later.grades[rows]) for rows in lists])
            for one in foretold.scores
        )
        found.append(_paired(name, old, new, each))
    return tuple(found)


def _ndcg(scores: Floats, grades: NDArray[np.int64]) -> float:
    """nDCG of one list; pairs of equal score share their places' discounts."""
    discounts = _shared(scores, 1 / np.log2(np.arange(len(scores)) + 2))
    best = np.sort(grades)[::-1] @ (1 / np.log2(np.arange(len(grades)) + 2))
    return float(grades @ discounts / best)


def _mrr(scores: Floats, grades: NDArray[np.int64]) -> float:
    """One over the mean place of the best pair; pairs of equal score share their places."""
    places = _shared(scores, np.arange(1.0, len(scores) + 1))
    return float(1 / places[grades == grades.max()].min())


def _shared(scores: Floats, by_place: Floats) -> Floats:
    """Value of each pair's place, highest score first; ties have the mean of theirs."""
    _, group = np.unique(-scores, return_inverse=True)
    means = np.bincount(group, minlength=len(scores)).astype(np.float64)
    sums = np.bincount(np.sort(group), by_place)
    shared: Floats = (sums / means[: len(sums)])[group]
    return shared


def _paired(measure: str, old: Floats, new: Floats, owner: NDArray[np.int64]) -> Compared:
    difference = mean_interval(new - old, owner)
    return Compared(measure, float(old.mean()), float(new.mean()), difference)


def mean_interval(values: Floats, owner: NDArray[np.int64]) -> Interval:
    """A mean with its 95 % interval by bootstrap over owners (0, 1, ...), whole and with all."""
    count = int(owner.max()) + 1
    sums = np.bincount(owner, values, count)
    sizes = np.bincount(owner, minlength=count)
    drawn = np.random.default_rng(SEED).integers(0, count, (RESAMPLES, count))
    means = sums[drawn].sum(axis=1) / np.maximum(sizes[drawn].sum(axis=1), 1)
    low, high = np.quantile(means, (0.025, 0.975)).tolist()
    return Interval(math.fsum(values) / len(values), low, high)
