"""Measures of a ranked list against what is relevant, exact under ties, and their intervals.

Scores that are equal say nothing about their order, so a tie is measured as the mean over all its
orders, in closed form (McSherry and Najork 2008, "Computing information retrieval performance
measures efficiently in the presence of tied scores"). Constant scores are thus a random ranking,
without a draw.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MEASURES: tuple[str, ...] = ("mrr", "hit1", "hit5", "ndcg10")
"""What :func:`measures_of` gives, in this order."""

NDCG_DEPTH = 10
CONFIDENCE = 0.95
DECIMALS = 6
"""Kept of every figure: enough to compare, too few to show in which order a sum was taken."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A mean over cases, with the ends of its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


def measures_of(scores: Floats, relevant: Flags) -> Floats:
    """The :data:`MEASURES` of one list, (4,), each expected over the orders that ties allow.

    ``scores`` (n,), higher is better, without NaN; at least one of ``relevant`` (n,) is true.
    Reciprocal rank and hits look at the first relevant one, nDCG at all, with binary gains.
    """
    groups = list(_tied(scores, relevant))
    chances = _first_ranks(groups, len(scores))
    reciprocal = float((chances / np.arange(1, len(scores) + 1)).sum())
    ndcg = _gain(groups) / _ideal_gain(int(relevant.sum()))
    return np.array([reciprocal, chances[:1].sum(), chances[:5].sum(), ndcg])


def _tied(scores: Floats, relevant: Flags) -> Iterator[tuple[int, int, int]]:
    """Each group of equal scores, best first: ranks before it, its size, its relevant ones."""
    before = 0
    for score in np.unique(scores)[::-1]:
        inside = scores == score
        size = int(inside.sum())
        yield before, size, int((inside & relevant).sum())
        before += size


def _first_ranks(groups: list[tuple[int, int, int]], n: int) -> Floats:
    """Chance that the first relevant one stands at rank 1, 2, .. n; sums to 1."""
    chances = np.zeros(n)
    before, size, hits = next(group for group in groups if group[2])
    for place in range(size - hits + 1):
        chances[before + place] = comb(size - place - 1, hits - 1) / comb(size, hits)
    return chances


def _gain(groups: list[tuple[int, int, int]]) -> float:
    """Expected discounted gain of the first ranks: every rank of a tie holds its mean gain."""
    return sum(
        hits / size * float(_discounts(before + size)[before:].sum())
        for before, size, hits in groups
    )


def _ideal_gain(hits: int) -> float:
    return float(_discounts(hits).sum())


def _discounts(ranks: int) -> Floats:
    found: Floats = 1.0 / np.log2(np.arange(min(ranks, NDCG_DEPTH)) + 2.0)
    return found


def with_intervals(values: Floats, seed: int, resamples: int) -> list[list[Measured]]:
    """Means over cases with percentile bootstrap intervals, by method and measure.

    ``values`` is (methods, cases, measures). All methods are resampled by the same draws of cases,
    and the same seed gives the same draws.
    """
    methods, cases, measures = values.shape
    draws = np.random.default_rng(seed)
    means = np.empty((resamples, methods, measures))
    for number in range(resamples):
        times = np.bincount(draws.integers(cases, size=cases), minlength=cases).astype(np.float64)
        means[number] = np.einsum("c,mck->mk", times, values) / cases
    tail = (1.0 - CONFIDENCE) / 2.0
    low, high = np.quantile(means, (tail, 1.0 - tail), axis=0)
    middle = values.mean(axis=1)
    return [
        [
            Measured(*(round(float(found[m, k]), DECIMALS) for found in (middle, low, high)))
            for k in range(measures)
        ]
        for m in range(methods)
    ]
