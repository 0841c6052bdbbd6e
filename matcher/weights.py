"""How many points each part is worth, and how likeness becomes points: settings, with defaults."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from matcher.errors import WeightsInvalid

TEXT = "text"
PORTFOLIO = "portfolio"
LIKENESSES: tuple[str, ...] = (TEXT, PORTFOLIO)
"""The parts that come from vectors: the text of the asker against the description, and against
the past portfolio. The third likeness, needs against services, is a rule over codes."""

TOTAL_POINTS = 100.0
WHOLE = 1e-6
"""How far hundredths may be from a whole number, for what floats cannot hold."""

DEFAULT_POINTS: Mapping[str, float] = MappingProxyType(
    {
        "needs": 20.0,
        "portfolio": 14.0,
        "sector": 14.0,
        "text": 12.0,
        "market": 10.0,
        "stage": 8.0,
        "goal": 5.0,
        "language_level": 4.0,
        "equity": 4.0,
        "funding": 4.0,
        "timing": 3.0,
        "fee": 2.0,
    }
)
"""Points of a startup's match to a programme; argued in the decision records of the README."""


PARTNER_POINTS: Mapping[str, float] = MappingProxyType(
    {
        "shared_sectors": 22.0,
        "offers": 18.0,
        "reciprocity": 14.0,
        "wants": 12.0,
        "text": 12.0,
        "links": 8.0,
        "complement": 8.0,
        "shared_language": 6.0,
    }
)
"""Points of an incubator's match to a partner abroad."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns a raw cosine into a share: 0 up to ``lowest``, 1 from ``highest`` on, linear between.

    Raw cosines of a text encoder fill only a small part of -1..1, and which part depends on the
    model; the two ends are therefore measured for each model. ``neutral`` is the share that a
    pair of unknown likeness is expected to have.
    """

    lowest: float
    highest: float
    neutral: float = 0.5

    def __post_init__(self) -> None:
        if not (-math.inf < self.lowest < self.highest < math.inf and 0 <= self.neutral <= 1):
            ends = f"{self.lowest} .. {self.highest}, neutral {self.neutral}"
            raise WeightsInvalid(cause=f"calibration {ends}")


@dataclass(frozen=True, slots=True)
class Scale:
    """The whole scale of a ranking.

    Attributes
    ----------
    points
        Points of each fit and each likeness by name, in whole hundredths: not negative, and
        summing to 100.
    calibrations
        One for each likeness.
    noise
        Points below which a difference between two scores says nothing: such neighbours are
        flagged as a near tie, for a person to decide.
    """

    points: Mapping[str, float] = field(default_factory=lambda: DEFAULT_POINTS)
    calibrations: Mapping[str, Calibration] = field(
        default_factory=lambda: MappingProxyType(
            {name: Calibration(0.0, 1.0) for name in LIKENESSES}
        )
    )
    noise: float = 1.0

    def __post_init__(self) -> None:
        bad = {n: p for n, p in self.points.items() if not (math.isfinite(p) and p >= 0)}
        if bad:
            raise WeightsInvalid(cause=f"{bad}")
        parts = [n for n, p in self.points.items() if abs(p * 100 - round(p * 100)) > WHOLE]
        if parts:
            raise WeightsInvalid(cause=f"not in whole hundredths: {', '.join(sorted(parts))}")
        if sum(map(self.hundredths, self.points)) != round(TOTAL_POINTS * 100):
            raise WeightsInvalid(cause=f"sum {sum(self.points.values()):g}")
        if not (math.isfinite(self.noise) and self.noise >= 0):
            raise WeightsInvalid(cause=f"noise {self.noise}")
        silent = set(LIKENESSES) & set(self.points) - set(self.calibrations)
        if silent:
            raise WeightsInvalid(cause=f"no calibration: {', '.join(sorted(silent))}")

    def hundredths(self, name: str) -> int:
        """Most hundredths of a point that a part can earn."""
        return round(self.points[name] * 100)


def hundredths_of(share: float, most: int) -> int:
    """Hundredths of a point that a share (0 to 1) of ``most`` hundredths earns, rounded half up.

    Scores are whole hundredths throughout, so that the parts shown add up to the total exactly
    and no order of summing changes a score.
    """
    return math.floor(share * most + 0.5)
