"""Weights learned from decisions: the expert's points where nothing is known, the data's in time.

The model is the score itself. A decision on a pair has a grade (declined < met < shortlisted <
accepted < completed < succeeded), and the grade follows an ordered logit (McCullagh 1980)

    logit P(grade >= k) = sum_i b_i share_i - bar_k - strictness(programme) + standing(startup)

over the same shares (0 to 1) of the same parts that explain the score. ``b_i >= 0``, so a higher
share never lowers a score; points are b scaled to 100. The programme's strictness and the
startup's own standing are shrunken offsets (random effects) estimated beside the weights: a strict
programme pushes its own bar, not the weights, and a startup's pairs are told apart within its list.
The prior pulls b toward ``gain`` times the expert's points, as strongly as
:data:`PRIOR_DECISIONS` decisions would.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit

from matcher.evidence import Strictness
from matcher.weights import TOTAL_POINTS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PRIOR_DECISIONS = 200.0
"""Decisions that the expert's points are worth."""

INFORMATION = 0.25 * 0.3**2
"""What one decision tells of one weight at best: the variance of an even chance, times that of
shares with a standard deviation of 0.3."""

GAIN, GAIN_SPREAD = 8.0, 3.0
"""Expected logits between a score of 0 and one of 100, and its standard deviation: 10 points more
raise a chance of 5 % to about 10 %."""

STRICTNESS_SPREAD, STANDING_SPREAD = 1.0, 0.7
"""Standard deviations, in logits, of what programmes and startups differ by beyond their score."""

HALF_LIFE = 6.0
"""Rounds after which a decision weighs half: what is looked for drifts, and the latest count."""

LEAST_STEP = 1e-3
"""Least distance of two bars, in logits."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Decided pairs, one a row.

    Attributes
    ----------
    names
        Parts of the score, (parts,).
    shares
        Share of its points that each part earns, 0 to 1, (pairs, parts).
    grades
        Places in ``matcher.evidence.GRADES``, (pairs,).
    startups, programmes
        Ids, (pairs,).
    rounds
        Names of rounds that sort in the order of time, (pairs,).
    """

    names: tuple[str, ...]
    shares: Floats
    grades: Ints
    startups: NDArray[np.str_]
    programmes: NDArray[np.str_]
    rounds: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.grades)

    def only(self, kept: NDArray[np.bool_]) -> Judged:
        """The pairs of a mask, (pairs,)."""
        ids = (one[kept] for one in (self.startups, self.programmes, self.rounds))
        return Judged(self.names, self.shares[kept], self.grades[kept], *ids)

    def scores(self, points: Mapping[str, float]) -> Floats:
        """Scores by some points, 0 to 100, (pairs,)."""
        scores: Floats = self.shares @ np.array([points[name] for name in self.names])
        return scores


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """What decisions say.

    Attributes
    ----------
    slopes
        Logits per share, not negative, (parts,) in the order of the names of the judged pairs.
    grades
        Grades that occurred, rising; ``bars`` are the logits to reach each but the first.
    strictness
        Offsets of programmes by id; a programme that is not there has none.
    """

    slopes: Floats
    grades: Ints
    bars: Floats
    strictness: tuple[Strictness, ...]

    def losses(self, judged: Judged) -> Floats:
        """Minus log of the chance of each pair's grade, (pairs,); startups count as unknown.

        A grade that did not occur counts as the highest below it that did, or the lowest.
        """
        offsets = {one.programme_id: one.offset for one in self.strictness}
        known = np.array([offsets.get(one, 0.0) for one in judged.programmes.tolist()])
        levels = np.maximum(np.searchsorted(self.grades, judged.grades, side="right") - 1, 0)
        chances = _chances(judged.shares @ self.slopes - known, self.bars, levels)[0]
        return -np.log(chances)


def tuned_points(judged: Judged, expert: Mapping[str, float]) -> dict[str, float]:
    """Points learned from decisions: whole hundredths, not negative, summing to 100.

    Without decisions, or with all of one grade, they are the expert's, bit for bit.
    """
    if len(np.unique(judged.grades)) < 2:
        return dict(expert)
    slopes = fit(judged, expert).slopes
    return points_of(dict(zip(judged.names, slopes.tolist(), strict=True)), expert)


def points_of(slopes: Mapping[str, float], expert: Mapping[str, float]) -> dict[str, float]:
    """Scale slopes to points by largest remainder, ties by name, in the order of the expert's."""
    total = sum(slopes.values())
    if not total > 0:
        return dict(expert)
    whole = round(TOTAL_POINTS * 100)
    exact = {name: slopes[name] / total * whole for name in expert}
    down = {name: int(value + 1e-9) for name, value in exact.items()}
    left = whole - sum(down.values())
    order = sorted(expert, key=lambda name: (down[name] - exact[name], name))
    up = set(order[:left])
    return {name: (down[name] + (name in up)) / 100 for name in expert}


def fit(judged: Judged, expert: Mapping[str, float], prior: float = PRIOR_DECISIONS) -> Fitted:
    """The most likely slopes given decisions of at least two grades and the expert's points."""
    direction = np.array([expert[name] for name in judged.names]) / TOTAL_POINTS
    return _Likelihood(judged, judged.shares, direction, prior).fitted()


def fit_fixed(judged: Judged, points: Mapping[str, float]) -> Fitted:
    """The same model held to given points: only gain, bars and offsets are learned."""
    direction = np.array([points[name] for name in judged.names]) / TOTAL_POINTS
    fitted = _Likelihood(judged, (judged.shares @ direction)[:, None], np.ones(1), 0.0).fitted()
    return Fitted(fitted.slopes[0] * direction, fitted.grades, fitted.bars, fitted.strictness)


def residuals(judged: Judged, points: Mapping[str, float]) -> tuple[Floats, Floats]:
    """Slope and (negative) curvature of each decision's log chance by its logit, (pairs,).

    All but the points is fitted, startups' standing too; both are weighted by :func:`recency`.
    """
    direction = np.array([points[name] for name in judged.names]) / TOTAL_POINTS
    return _Likelihood(judged, (judged.shares @ direction)[:, None], np.ones(1), 0.0).residuals()


def recency(rounds: NDArray[np.str_]) -> Floats:
    """Weight of each decision by the age of its round, 1 for the latest, (pairs,)."""
    names, places = np.unique(rounds, return_inverse=True)
    weights: Floats = 0.5 ** ((len(names) - 1 - places) / HALF_LIFE)
    return weights


class _Likelihood:
    """Penalised likelihood of the grades, over one flat vector of unknowns.

    The unknowns are: gain, lowest bar, steps between bars, slopes, offsets of programmes, of
    startups. With ``prior`` 0 the slopes are gain times the direction.
    """

    def __init__(self, judged: Judged, shares: Floats, direction: Floats, prior: float) -> None:
        self.shares, self.direction = shares, direction
        self.grades, self.levels = np.unique(judged.grades, return_inverse=True)
        self.programmes, self.of_programme = np.unique(judged.programmes, return_inverse=True)
        _, self.of_startup = np.unique(judged.startups, return_inverse=True)
        self.weights = recency(judged.rounds)
        self.pull = prior * INFORMATION
        sizes = (
            1,
            1,
            len(self.grades) - 2,
            shares.shape[1] if prior else 0,
            len(self.programmes),
            int(self.of_startup.max()) + 1,
        )
        self.ends = np.cumsum(sizes)[:-1]

    def best(self) -> Floats:
        """The most likely unknowns."""
        start = self._start()
        _, _, steps, slopes, _, _ = np.split(start, self.ends)
        bounds = [(0.0, None), (None, None)]
        bounds += [(LEAST_STEP, None)] * len(steps) + [(0.0, None)] * len(slopes)
        bounds += [(None, None)] * (len(start) - len(bounds))
        found = minimize(
            self.loss, start, jac=True, method="L-BFGS-B", bounds=bounds,
            options={"maxiter": 1000, "maxfun": 2000, "ftol": 1e-11, "gtol": 1e-6},
        )  # fmt: skip
        return np.asarray(found.x)

    def fitted(self) -> Fitted:
        gain, first, steps, slopes, strict, _ = np.split(self.best(), self.ends)
        counts = np.bincount(self.of_programme, minlength=len(self.programmes))
        told = zip(self.programmes.tolist(), counts.tolist(), strict.tolist(), strict=True)
        return Fitted(
            slopes if self.pull else gain * self.direction,
            self.grades,
            _bars(first, steps),
            tuple(Strictness(*one) for one in told),
        )

    def residuals(self) -> tuple[Floats, Floats]:
        gain, first, steps, _, strict, standing = np.split(self.best(), self.ends)
        eta = self.shares @ (gain * self.direction) - strict[self.of_programme]
        a, b = _reached(eta + standing[self.of_startup], _bars(first, steps), self.levels)
        return self.weights * (1 - a - b), self.weights * (a * (1 - a) + b * (1 - b))

    def _start(self) -> Floats:
        """The expert's slopes, and bars where they would give the grades that came."""
        reached = [np.mean(self.levels >= k) for k in range(1, len(self.grades))]
        bars = GAIN * np.mean(self.shares @ self.direction) - logit(
            np.clip(reached, 1e-6, 1 - 1e-6)
        )
        slopes = GAIN * self.direction if self.pull else np.zeros(0)
        rest = np.zeros(len(self.programmes) + int(self.of_startup.max()) + 1)
        steps = np.maximum(np.diff(bars), LEAST_STEP)
        return np.concatenate([[GAIN], bars[:1], steps, slopes, rest])

    def loss(self, unknowns: Floats) -> tuple[float, Floats]:
        """Minus log likelihood and prior, and its gradient."""
        gain, first, steps, slopes, strict, standing = np.split(unknowns, self.ends)
        used = slopes if self.pull else gain * self.direction
        eta = self.shares @ used - strict[self.of_programme] + standing[self.of_startup]
        chances, by_eta, by_bars = _chances(eta, _bars(first, steps), self.levels)
        apart = slopes - gain * self.direction if self.pull else np.zeros(0)
        off = (gain[0] - GAIN) / GAIN_SPREAD
        loss = -float(self.weights @ np.log(chances)) + 0.5 * (
            self.pull * float(apart @ apart)
            + off * off
            + float(strict @ strict) / STRICTNESS_SPREAD**2
            + float(standing @ standing) / STANDING_SPREAD**2
        )
        by_eta, by_bars = -self.weights * by_eta, -self.weights @ by_bars
        by_slopes = by_eta @ self.shares
        at_gain = -self.pull * (apart @ self.direction) if self.pull else by_slopes @ self.direction
        from_here = np.cumsum(by_bars[::-1])[::-1]
        gradient = [
            np.array([off / GAIN_SPREAD + at_gain]),
            from_here,
            by_slopes + self.pull * apart if self.pull else np.zeros(0),
            strict / STRICTNESS_SPREAD**2 - np.bincount(self.of_programme, by_eta, len(strict)),
            standing / STANDING_SPREAD**2 + np.bincount(self.of_startup, by_eta, len(standing)),
        ]
        return loss, np.concatenate(gradient)


def _bars(first: Floats, steps: Floats) -> Floats:
    return np.cumsum(np.concatenate([first, steps]))


def _reached(eta: Floats, bars: Floats, levels: Ints) -> tuple[Floats, Floats]:
    """Chances to reach each pair's level and the next one, (pairs,)."""
    rows = np.arange(len(eta))
    reach = expit(eta[:, None] - bars)
    padded = np.concatenate([np.ones((len(eta), 1)), reach, np.zeros((len(eta), 1))], axis=1)
    return padded[rows, levels], padded[rows, levels + 1]


def _chances(eta: Floats, bars: Floats, levels: Ints) -> tuple[Floats, Floats, Floats]:
    """Chance of each pair's level, and what its log gains by eta, (pairs,), and by bars.

    With a and b the chances to reach the level and the next one, the chance is a - b, and its log
    gains 1 - a - b by eta.
    """
    rows, last = np.arange(len(eta)), len(bars)
    a, b = _reached(eta, bars, levels)
    chances = np.maximum(a - b, 1e-12)
    by_bars = np.zeros((len(eta), last))
    lower, upper = levels > 0, levels < last
    by_bars[rows[lower], levels[lower] - 1] = -(a * (1 - a) / chances)[lower]
    by_bars[rows[upper], levels[upper]] += (b * (1 - b) / chances)[upper]
    return chances, 1 - a - b, by_bars
