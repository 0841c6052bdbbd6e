"""New weights with their evidence: learned from earlier rounds, measured on the latest ones."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.evidence import Compared, Evidence, Interval, Verdict
from models.tuning import Fitted, Judged, fit, fit_fixed, points_of

Floats = NDArray[np.float64]

LEAST_DECISIONS = 60
"""Decisions below which nothing is proposed: the prior alone would speak."""

LEAST_HELD_OUT = 20
"""Decisions that the held-out rounds must have, and as many chosen or shortlisted ones as
:data:`LEAST_LISTS` lists that tell better from worse."""

LEAST_LISTS = 5
HELD_OUT = 0.25
"""Share of all decisions that the held-out rounds, the latest, have at least."""

RESAMPLES = 1000
SEED = 20261124


@dataclass(frozen=True, slots=True)
class Proposed:
    """Points as they were measured, and the evidence; adopted by nobody but an officer."""

    points: dict[str, float]
    evidence: Evidence


def propose(judged: Judged, present: Mapping[str, float], expert: Mapping[str, float]) -> Proposed:
    """Learn points from all but the latest rounds, and measure them there beside the present.

    The points returned are the very ones that were measured. They are the present ones where the
    verdict is not ``better``: that takes a lower log loss with its whole 95 % interval, and an
    nDCG that is not lower.

    Parameters
    ----------
    judged
        Decided pairs; rounds are held out whole, the latest first.
    expert
        The prior, and the answer without decisions.
    """
    late, names = latest_rounds(judged)
    earlier, later = judged.only(~late), judged.only(late)
    lists = _lists(later)
    too_few = (
        len(judged) < LEAST_DECISIONS
        or len(later) < LEAST_HELD_OUT
        or len(lists) < LEAST_LISTS
        or len(np.unique(earlier.grades)) < 2
    )
    if too_few:
        return Proposed(dict(present), _evidence("too_few", judged, len(later), names, len(lists)))
    fitted = fit(earlier, expert)
    slopes = dict(zip(judged.names, fitted.slopes.tolist(), strict=True))
    points = points_of(slopes, expert)
    measured = fit_fixed(earlier, points)
    compared = _compared(later, lists, fit_fixed(earlier, present), measured, present, points)
    by_name = {one.measure: one.difference for one in compared}
    better = by_name["log_loss"].high < 0 <= by_name["ndcg"].value
    evidence = _evidence(
        "better" if better else "not_shown", judged, len(later), names, len(lists),
        compared, measured,
    )  # fmt: skip
    return Proposed(points if better else dict(present), evidence)


def _evidence(
    verdict: Verdict,
    judged: Judged,
    held_out: int,
    names: tuple[str, ...],
    lists: int,
    compared: tuple[Compared, ...] = (),
    measured: Fitted | None = None,
) -> Evidence:
    return Evidence(
        verdict,
        len(judged),
        len(np.unique(judged.startups)),
        len(np.unique(judged.rounds)),
        held_out,
        names,
        lists,
        compared,
        () if measured is None else measured.strictness,
    )


def latest_rounds(judged: Judged) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """The latest whole rounds with a quarter of the decisions, at most all but the first round."""
    names, counts = np.unique(judged.rounds, return_counts=True)
    wanted, late = HELD_OUT * len(judged), 0
    while late < len(names) - 1 and counts[len(names) - late :].sum() < wanted:
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
    fitted_present: Fitted,
    fitted_new: Fitted,
    present: Mapping[str, float],
    points: Mapping[str, float],
) -> tuple[Compared, ...]:
    _, owner = np.unique(later.startups, return_inverse=True)
    losses = fitted_present.losses(later), fitted_new.losses(later)
    found = [_paired("log_loss", *losses, owner)]
    scores = later.scores(present), later.scores(points)
    each = np.arange(len(lists))
    for name, measure in (("ndcg", _ndcg), ("mrr", _mrr)):
        old, new = (
            np.array([measure(one[rows], later.grades[rows]) for rows in lists]) for one in scores
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
