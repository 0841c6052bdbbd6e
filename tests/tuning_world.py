"""A made world whose true weights are known: startups, programmes, lists, and what came of them.

Everything is drawn from one seed. Officers see each startup's list by the expert's score and look
at its top more often than at its end; programmes are strict or lenient; startups are strong or
weak beyond what any part says; some five pairs in a hundred are taken.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matcher.weights import DEFAULT_POINTS
from models.tuning import Judged

NAMES = tuple(DEFAULT_POINTS)
EXPERT = np.array(list(DEFAULT_POINTS.values())) / 100
GAIN = 10.0
LONG = 10
"""Programmes on each startup's list."""
REACHED = (0.42, 0.34, 0.05, 0.035, 0.012)
"""Share of all pairs that would reach each grade from ``met`` on."""


@dataclass(frozen=True)
class World:
    """What is true, what was decided, and later lists of which everything is known."""

    weights: np.ndarray
    judged: Judged
    later: Judged
    later_utility: np.ndarray


def other_weights(seed: int, strength: float = 6.0) -> np.ndarray:
    """True weights that differ from the expert's: a Dirichlet draw around an even blend."""
    rng = np.random.default_rng(seed)
    return rng.dirichlet(strength * len(NAMES) * (0.5 * EXPERT + 0.5 / len(NAMES)))


def world(
    seed: int,
    decisions: int,
    weights: np.ndarray,
    *,
    then: np.ndarray | None = None,
    rounds: int = 8,
    programmes: int = 30,
) -> World:
    """A world with about so many decisions; with ``then`` the truth changes half-way to it."""
    rng = np.random.default_rng(seed)
    strict = rng.normal(0, 1.0, programmes)
    nature = rng.uniform(0.2, 0.8, (programmes, len(NAMES)))
    lists = max(rounds, round(decisions / 5))
    found = [_list(rng, strict, nature) for _ in range(lists + 60)]
    shares = np.stack([one[1] for one in found])
    which = np.stack([one[0] for one in found])
    when = np.concatenate([np.sort(rng.integers(0, rounds, lists)), np.full(60, rounds)])
    truth = np.where((when >= rounds / 2)[:, None], weights if then is None else then, weights)
    standing = rng.normal(0, 0.7, (len(found), 1))
    utility = GAIN * np.einsum("lpk,lk->lp", shares, truth) - strict[which] + standing
    order = np.argsort(np.argsort(-(shares @ EXPERT), axis=1), axis=1)
    seen = rng.random(order.shape) < 1 / (1 + 0.25 * order)
    trust = 0.4 / (1 + order)
    latent = utility + trust + rng.logistic(0, 1, utility.shape)
    bars = np.quantile(latent, 1 - np.array(REACHED))
    grades = (latent[:, :, None] >= bars).sum(axis=2)
    known = np.zeros(lists + 60, bool)
    known[:lists] = True
    told = _judged(shares, grades, which, when, seen & known[:, None])
    keep = np.sort(rng.permutation(len(told))[:decisions])
    mask = np.zeros(len(told), bool)
    mask[keep] = True
    later = _judged(shares, grades, which, when, np.broadcast_to(~known[:, None], seen.shape))
    return World(truth[-1], told.only(mask), later, utility[lists:].ravel())


def _list(rng: np.random.Generator, strict: np.ndarray, nature: np.ndarray):
    which = rng.permutation(len(strict))[:LONG]
    own = rng.normal(0, 0.12, len(NAMES))
    noise = rng.normal(0, 0.25, (LONG, len(NAMES)))
    return which, np.clip(nature[which] + own + noise, 0, 1)


def _judged(shares, grades, which, when, kept) -> Judged:
    rows, cols = np.nonzero(kept)
    return Judged(
        NAMES,
        shares[rows, cols],
        grades[rows, cols].astype(np.int64),
        np.array([f"s{row:05d}" for row in rows]),
        np.array([f"p{one:03d}" for one in which[rows, cols]]),
        np.array([f"r{one:03d}" for one in when[rows]]),
    )


def mean_ndcg(scores: np.ndarray, gains: np.ndarray) -> float:
    """nDCG of whole lists of the later world: by scores, of gains that are not negative."""
    s, g = scores.reshape(-1, LONG), gains.reshape(-1, LONG)
    discount = 1 / np.log2(np.arange(LONG) + 2)
    got = np.take_along_axis(g, np.argsort(-s, axis=1, kind="stable"), 1) @ discount
    best = -np.sort(-g, axis=1) @ discount
    return float(np.mean(got / np.maximum(best, 1e-12)))


def quality(world_: World, points: dict[str, float]) -> float:
    """nDCG of points over the later lists, by the true worth of a pair within its list.

    What a programme's bar takes away counts too: it is not the score's to know, and lowers all.
    """
    truth = world_.later.shares @ world_.weights
    lists = truth.reshape(-1, LONG)
    gains = (lists - lists.min(axis=1, keepdims=True)).ravel() ** 2
    return mean_ndcg(world_.later.scores(points), gains)
