"""Small rounds for tests: a table of fits, places, and whatever a test wants to be different."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from matcher.assignment.instance import Instance, Ints, Solution, solution_of

SMALL = ("fit", "gain", "want", "places", "least", "offers", "must", "forced", "held")
"""What an instance keeps as int32."""


def round_of(fit: Any, places: Any, **changes: Any) -> Instance:
    """A round with startups S0.. and programmes P0.. (ids are padded so that they stay sorted).

    ``gain`` and ``want`` are the fit, every startup may hold one place and need hold none, and no
    programme has a least intake, unless a change says otherwise. Tables may be plain lists.
    """
    fit = np.asarray(fit, np.int32)
    n, m = fit.shape
    parts: dict[str, Any] = {
        "startups": ids("S", n),
        "programmes": ids("P", m),
        "fit": fit,
        "gain": fit,
        "want": fit,
        "places": places,
        "least": np.zeros(m),
        "offers": np.ones(n),
        "must": np.zeros(n),
        **changes,
    }
    for name in SMALL:
        if name in parts:
            parts[name] = np.asarray(parts[name], np.int32)
    for name in ("forced", "held"):
        if name in parts:
            parts[name] = parts[name].reshape(-1, 2)
    return Instance(**parts)


def ids(letter: str, count: int) -> tuple[str, ...]:
    """Ids of one letter and a number, sorted: S0, S1 .. or S00, S01 .. where there are more."""
    width = len(str(max(count - 1, 0)))
    return tuple(f"{letter}{place:0{width}}" for place in range(count))


def placed_at(instance: Instance, pairs: Sequence[tuple[int, int]]) -> Solution:
    """The solution that places these pairs (startup, programme)."""
    rows, cols = np.asarray(pairs, np.int32).reshape(-1, 2).T
    return solution_of(instance, rows, cols)


def drawn_round(n: int, m: int, seed: int, closed: float = 0.3, **changes: Any) -> Instance:
    """A round with fits, gains and wants drawn apart, and enough places for some of the startups.

    A share ``closed`` of the pairs is not open.
    """
    draw = np.random.default_rng(seed)
    fit: Ints = draw.integers(2_000, 9_900, (n, m), dtype=np.int32)
    fit[draw.random((n, m)) < closed] = -1
    gain = np.clip(fit + draw.integers(-1_500, 1_500, (n, m)), 0, 10_000)
    want = np.clip(2 * fit - gain, 0, 10_000)
    places = draw.integers(0, max(2, 2 * n // max(m, 1)), m)
    return round_of(fit, **{"places": places, "gain": gain, "want": want, **changes})
