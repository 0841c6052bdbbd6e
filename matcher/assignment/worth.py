"""What a pair is worth to a solver: its fit, and an extra for pairs of the round before."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matcher.assignment.instance import Instance, Ints, Longs


class Worth(NamedTuple):
    """Worth of a pair: its fit times ``scale``, and ``extra`` where it is among some pairs.

    A tuple, so that compiled loops can take it.

    Attributes
    ----------
    starts, cols, extra
        The pairs with an extra, by startup: those of startup i stand from ``starts[i]`` up to
        ``starts[i + 1]``.
    """

    fit: Ints
    scale: int
    starts: Longs
    cols: Ints
    extra: Longs

    def of(self, rows: Ints, cols: Ints) -> Longs:
        """Worth of these pairs, (pairs,) int64."""
        worth = self.fit[rows, cols].astype(np.int64)
        worth *= self.scale
        if len(self.cols):
            width = self.fit.shape[1]
            keys = np.repeat(np.arange(len(self.fit)), np.diff(self.starts)) * width + self.cols
            asked = rows.astype(np.int64) * width + cols
            places = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
            worth += np.where(keys[places] == asked, self.extra[places], 0)
        return worth

    @property
    def largest(self) -> int:
        """Nothing is worth more than this, nor less than this below zero."""
        added = int(np.abs(self.extra).max()) if len(self.extra) else 0
        return int(self.fit.max(initial=0)) * self.scale + added


def worth_of(instance: Instance, bonus: Longs | None = None, scale: int = 1) -> Worth:
    """Worth by fit, and by a bonus (h,) for each pair of ``instance.held``; 0 for all if None."""
    n = len(instance.startups)
    if bonus is None:
        none = np.zeros(0, np.int64)
        return Worth(instance.fit, scale, np.zeros(n + 1, np.int64), none.astype(np.int32), none)
    starts = np.searchsorted(instance.held[:, 0], np.arange(n + 1)).astype(np.int64)
    cols = np.ascontiguousarray(instance.held[:, 1], np.int32)
    return Worth(instance.fit, scale, starts, cols, np.asarray(bonus, np.int64))
