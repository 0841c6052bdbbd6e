"""Small rounds under every kind of limit, and what is best in them, found by trying everything."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from matcher.assignment.instance import Bound, Instance
from tests.rounds import round_of


def limited_round(
    seed: int, n: int = 5, m: int = 4, *, most_fit: int = 30, laminar: bool = True
) -> Instance:
    """A round with offers, musts, least intakes, forced and held pairs, and groups on both sides.

    Few different fits make ties common. About half of these rounds have a solution.
    """
    draw = np.random.default_rng(seed)
    fit = draw.integers(0, most_fit, (n, m))
    fit[draw.random((n, m)) < 0.25] = -1
    open_ = np.argwhere(fit >= 0)
    offers = draw.integers(0, 3, n)
    places = draw.integers(0, 3, m)
    return round_of(
        fit,
        places,
        least=np.minimum(places, draw.random(m) < 0.2),
        offers=offers,
        must=np.minimum(offers, draw.random(n) < 0.2),
        forced=open_[draw.random(len(open_)) < 0.05],
        held=_some_pairs(draw, n, m),
        bounds=tuple(_bounds(draw, "startup", n, laminar) + _bounds(draw, "programme", m, laminar)),
    )


def _some_pairs(draw: np.random.Generator, n: int, m: int) -> np.ndarray:
    pairs = np.argwhere(np.ones((n, m)))
    return pairs[draw.random(len(pairs)) < 0.25]


def _bounds(draw: np.random.Generator, side: str, size: int, laminar: bool) -> list[Bound]:
    halves = draw.random(size) < 0.5
    quarters = halves & (draw.random(size) < 0.6) if laminar else draw.random(size) < 0.5
    groups = [quarters, halves, ~halves, np.ones(size, bool)]
    if not laminar:
        groups[2] = draw.integers(0, 3, size)
    bounds = []
    for number in range(int(draw.integers(0, 4))):
        members = groups[int(draw.integers(len(groups)))]
        at_least = int(draw.integers(0, 3)) if draw.random() < 0.4 else 0
        at_most = at_least + int(draw.integers(0, 4)) if draw.random() < 0.7 else None
        weights = np.asarray(members, np.int64)
        bounds.append(Bound(f"{side} {number}", side, weights, at_least, at_most))
    return bounds


def best_by_kept(instance: Instance) -> dict[int, int]:
    """For each number of held pairs that some lawful solution keeps, the best total with it."""
    held = set(map(tuple, instance.held.tolist()))
    states = {((0,) * len(instance.programmes), (0,) * len(instance.bounds), 0): 0}
    for i in range(len(instance.startups)):
        following: dict[tuple, int] = {}
        for chosen in _choices(instance, i):
            worth = sum(int(instance.fit[i, j]) for j in chosen)
            kept = sum((i, j) in held for j in chosen)
            for (taken, sums, so_far), total in states.items():
                state = (
                    tuple(t + (j in chosen) for j, t in enumerate(taken)),
                    tuple(
                        s + _adds(b, i, chosen) for s, b in zip(sums, instance.bounds, strict=True)
                    ),
                    so_far + kept,
                )
                following[state] = max(following.get(state, -1), total + worth)
        states = following
    best: dict[int, int] = {}
    for (taken, sums, kept), total in states.items():
        if _lawful(instance, taken, sums):
            best[kept] = max(best.get(kept, -1), total)
    return best


def _choices(instance: Instance, i: int) -> list[tuple[int, ...]]:
    open_ = np.flatnonzero(instance.fit[i] >= 0).tolist()
    forced = {int(j) for s, j in instance.forced.tolist() if s == i}
    sizes = range(int(instance.must[i]), int(instance.offers[i]) + 1)
    return [c for size in sizes for c in combinations(open_, size) if forced <= set(c)]


def _adds(bound: Bound, i: int, chosen: tuple[int, ...]) -> int:
    if bound.side == "startup":
        return int(bound.weights[i]) * len(chosen)
    return sum(int(bound.weights[j]) for j in chosen)


def _lawful(instance: Instance, taken: tuple[int, ...], sums: tuple[int, ...]) -> bool:
    return all(
        low <= t <= high
        for t, low, high in zip(
            taken, instance.least.tolist(), instance.places.tolist(), strict=True
        )
    ) and all(
        s >= b.at_least and (b.at_most is None or s <= b.at_most)
        for s, b in zip(sums, instance.bounds, strict=True)
    )
