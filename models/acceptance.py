"""A chance of acceptance that decisions bear out: calibrated, measured, and compared by group.

Platt's logistic line over the score, with a prior for its height: F6S counts some 4 % of
applications accepted, 5 % in Asia, so a chance starts from :data:`BASE_RATE`. With very many
decisions an isotonic curve takes its place (Niculescu-Mizil and Caruana 2005: from about a thousand
on). Only pairs that have come to an end count: accepted or better, and declined.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit

from matcher.evidence import CHOSEN, Bin, Gap, Hidden, Interval, Reliability
from models.proposing import LEAST_HELD_OUT, RESAMPLES, SEED, latest_rounds
from models.tuning import Judged

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

BASE_RATE = 0.045
PRIOR_DECISIONS = 20.0
"""Decisions that the base rate is worth."""

SLOPE, SLOPE_SPREAD = 0.8, 0.8
"""Expected logits per 10 points, and their standard deviation."""

LEAST_DECISIONS, LEAST_EACH = 50, 10
"""Decisions, and those of each kind, from which on a chance may be shown."""

ISOTONIC_DECISIONS, ISOTONIC_EACH = 1000, 100
MOST_BINS = 10
LEAST_IN_BIN = 10
LEAST_STARTUPS = 5
"""Startups of a group, and of the others, below which no gap is told."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Chance by score: a logistic line, or steps between knots."""

    height: float
    slope: float
    knots: Floats | None = None
    levels: Floats | None = None

    @property
    def method(self) -> Literal["platt", "isotonic"]:
        """How the curve was made."""
        return "platt" if self.knots is None else "isotonic"

    def chances(self, scores: Floats) -> Floats:
        """Chances (0 to 1) of scores (0 to 100); a higher score never has a lower one."""
        line: Floats = expit(self.height + self.slope * (scores - 50) / 10)
        if self.knots is None or self.levels is None:
            return line
        steps: Floats = np.interp(scores, self.knots, self.levels)
        return steps


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Pairs of one group, such as a sector.

    ``mask`` says which of the judged pairs belong to it, ``known`` of which it is known whether
    they do; by default of all.
    """

    attribute: str
    value: str
    mask: Mask
    known: Mask | None = None


def ended(judged: Judged) -> Mask:
    """Pairs that came to an end: taken, or declined; not those still shortlisted or met."""
    mask: Mask = (judged.grades >= CHOSEN) | (judged.grades == 0)
    return mask


def curve_of(scores: Floats, accepted: Mask) -> Curve:
    """The curve that decisions give together with the prior; with none it is the base rate's."""
    line = _platt(scores, accepted)
    each = min(int(accepted.sum()), int((~accepted).sum()))
    if len(scores) < ISOTONIC_DECISIONS or each < ISOTONIC_EACH:
        return line
    from sklearn.isotonic import IsotonicRegression  # long to import, and seldom needed

    steps = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(scores, accepted)
    return Curve(line.height, line.slope, steps.X_thresholds_, steps.y_thresholds_)


def curve_of_ended(judged: Judged, scores: Floats) -> Curve:
    """The curve of those judged pairs that came to an end, with their scores, (pairs,)."""
    over = ended(judged)
    return curve_of(scores[over], judged.grades[over] >= CHOSEN)


def _platt(scores: Floats, accepted: Mask) -> Curve:
    """Height at the middle of the scores and slope, most likely with their priors."""
    middle = float(scores.mean()) if len(scores) else 50.0
    x = (scores - middle) / 10

    def loss(line: Floats) -> tuple[float, Floats]:
        eta = line[0] + line[1] * x
        chance, prior = expit(eta), expit(line[0])
        off = (line[1] - SLOPE) / SLOPE_SPREAD
        value = np.logaddexp(0, eta).sum() - eta[accepted].sum() + 0.5 * off * off
        value += PRIOR_DECISIONS * (np.logaddexp(0, line[0]) - BASE_RATE * line[0])
        miss = chance - accepted
        at_height = miss.sum() + PRIOR_DECISIONS * (prior - BASE_RATE)
        return float(value), np.array([at_height, miss @ x + off / SLOPE_SPREAD])

    start = np.array([logit(BASE_RATE), SLOPE])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(None, None), (0, None)])
    height, slope = found.x.tolist()
    return Curve(height + slope * (50 - middle) / 10, slope)


def reliability(judged: Judged, scores: Floats, groups: Sequence[Group] = ()) -> Reliability:
    """Whether a chance may be shown, how it does on the latest rounds, and the gaps by group.

    It may where there are decisions enough, and on the latest rounds, by the curve of those before,
    it came closer to what happened than the base rate: else it would say nothing.

    Parameters
    ----------
    scores
        Present scores of the judged pairs, 0 to 100, (pairs,).
    groups
        Masks over the judged pairs.
    """
    over = ended(judged)
    judged, scores = judged.only(over), scores[over]
    accepted = judged.grades >= CHOSEN
    taken = int(accepted.sum())
    counts = (len(judged), taken, LEAST_DECISIONS, LEAST_EACH)
    if len(judged) < LEAST_DECISIONS or min(taken, len(judged) - taken) < LEAST_EACH:
        return Reliability("too_few", None, *counts)
    curve = curve_of(scores, accepted)
    late = latest_rounds(judged)[0]
    gaps = [_gap(one, over, judged, accepted, curve.chances(scores)) for one in groups]
    told = tuple(gap for gap in gaps if gap is not None)
    unchecked = Reliability("unchecked", curve.method, *counts, gaps=told)
    return _measured(unchecked, scores, accepted, late) if late.any() else unchecked


def _measured(unchecked: Reliability, scores: Floats, accepted: Mask, late: Mask) -> Reliability:
    """Add what the curve of the earlier rounds does on the latest ones, and so whether it shows."""
    said = curve_of(scores[~late], accepted[~late]).chances(scores[late])
    came = accepted[late]
    prior = BASE_RATE * PRIOR_DECISIONS
    base = (accepted[~late].sum() + prior) / ((~late).sum() + PRIOR_DECISIONS)
    brier, brier_base = (float(np.mean((one - came) ** 2)) for one in (said, base))
    return replace(
        unchecked,
        hidden=_hidden(len(came), brier, brier_base),
        held_out=len(came),
        brier=brier,
        brier_base=brier_base,
        bins=_bins(said, came),
    )


def _hidden(held_out: int, brier: float, brier_base: float) -> Hidden | None:
    """Why a chance of decisions enough is not shown; None where it is."""
    if held_out < LEAST_HELD_OUT:
        return "unchecked"
    return None if brier < brier_base else "no_closer"


def _bins(said: Floats, came: Mask) -> tuple[Bin, ...]:
    """Bins of about as many decisions each, lowest chance first."""
    order = np.argsort(said, kind="stable")
    count = min(MOST_BINS, max(1, len(said) // LEAST_IN_BIN))
    found = []
    for rows in np.array_split(order, count):
        observed = _rate(came[rows])
        ends = float(said[rows].min()), float(said[rows].max())
        found.append(Bin(*ends, len(rows), float(said[rows].mean()), observed))
    return tuple(found)


def _rate(came: Mask) -> Interval:
    """A share with Wilson's interval at 95 %, which holds for none and for all as well."""
    n, p, z = len(came), float(came.mean()), 1.96
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * float(np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)
    return Interval(p, max(0.0, middle - half), min(1.0, middle + half))


def _gap(group: Group, over: Mask, judged: Judged, accepted: Mask, expected: Floats) -> Gap | None:
    """What a group gets beyond its expected chance, less what the others get; None for too few."""
    inside = group.mask[over]
    outside = ~inside if group.known is None else group.known[over] & ~inside
    startups, others = (len(np.unique(judged.startups[one])) for one in (inside, outside))
    if startups < LEAST_STARTUPS or others < LEAST_STARTUPS:
        return None
    _, owner = np.unique(judged.startups, return_inverse=True)
    return Gap(
        group.attribute,
        group.value,
        startups,
        int(inside.sum()),
        float(expected[inside].mean()),
        float(accepted[inside].mean()),
        _difference(accepted - expected, (inside, outside), owner),
    )


def _difference(rest: Floats, parts: tuple[Mask, Mask], owner: NDArray[np.int64]) -> Interval:
    """Mean of a part less that of another, 95 % by bootstrap over startups."""
    count = int(owner.max()) + 1
    drawn = np.random.default_rng(SEED).integers(0, count, (RESAMPLES, count))
    means = []
    for part in parts:
        sums = np.bincount(owner[part], rest[part], count)[drawn].sum(axis=1)
        sizes = np.bincount(owner[part], minlength=count)[drawn].sum(axis=1)
        means.append(np.where(sizes > 0, sums / np.maximum(sizes, 1), np.nan))
    low, high = np.nanquantile(means[0] - means[1], (0.025, 0.975)).tolist()
    return Interval(float(rest[parts[0]].mean() - rest[parts[1]].mean()), low, high)
