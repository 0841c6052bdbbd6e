"""What stands behind proposed weights and a chance of acceptance: plain figures, with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

GRADES: tuple[str, ...] = (
    "declined",
    "met",
    "shortlisted",
    "accepted",
    "completed",
    "succeeded",
)
"""Decisions in rising order of how well a pair did; ``withdrawn`` takes one back and has none."""

CHOSEN = GRADES.index("accepted")
"""The least grade of a pair that was taken; below it only ``declined`` has come to an end."""

Verdict = Literal["better", "not_shown", "too_few", "all_seen"]
"""What the held-out rounds say of new weights: better, not shown to be, too few to say, or none at
all, since the present weights have seen every round."""


Hidden = Literal["too_few", "unchecked", "no_closer"]
"""Why no chance is shown: too few decisions; too few in later rounds to check by; or no closer to
what came in these than the base rate, so that it would say nothing."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure on the held-out rounds: by present weights, by the new ones, new less present.

    ``measure`` is ``step`` (how much of the step from the present weights to the new ones the
    held-out decisions want, 0 none, 1 whole; each end of its interval holds by itself at 95 %),
    ``log_loss`` (nats per decision, lower is better), ``ndcg`` or ``mrr`` (0 to 1).
    """

    measure: str
    present: float
    proposed: float
    difference: Interval


@dataclass(frozen=True, slots=True)
class Strictness:
    """How far a programme's bar lies above (+) or below (-) the others', in logits, shrunken."""

    programme_id: str
    decisions: int
    offset: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was learned from, what was held out, and how the weights do there.

    Attributes
    ----------
    decisions, held_out
        Decisions in all, and those of the latest rounds; each of these was foretold from the rounds
        before it only.
    held_out_rounds
        Names of these rounds, oldest first.
    held_out_lists
        Startups of the held-out rounds with both a better and a worse pair, which MRR and nDCG
        are taken over.
    compared
        Empty where there were too few to measure.
    seen_until
        The last round that the present weights were learned from; none up to it is held out. None
        where they were not learned.
    """

    verdict: Verdict
    decisions: int
    startups: int
    rounds: int
    held_out: int
    held_out_rounds: tuple[str, ...] = ()
    held_out_lists: int = 0
    compared: tuple[Compared, ...] = ()
    strictness: tuple[Strictness, ...] = ()
    seen_until: str | None = None

    @property
    def last_round(self) -> str | None:
        """The last round that was learned from; None where nothing was held out."""
        return self.held_out_rounds[-1] if self.held_out_rounds else None


@dataclass(frozen=True, slots=True)
class Bin:
    """One row of a reliability table: ``n`` decisions of like chance."""

    low: float
    high: float
    n: int
    predicted: float
    observed: Interval


@dataclass(frozen=True, slots=True)
class Gap:
    """Acceptance of a group less that of all others, at equal score, as shares (-1 to 1).

    ``expected`` is the chance that its scores alone would give it, ``observed`` what came.
    """

    attribute: str
    value: str
    startups: int
    decisions: int
    expected: float
    observed: float
    gap: Interval


@dataclass(frozen=True, slots=True)
class Reliability:
    """How far a chance of acceptance can be trusted, measured on held-out rounds.

    Attributes
    ----------
    hidden
        Why no chance may be shown; None where one is.
    method
        How the curve was made; None where there are too few decisions for one.
    needed, needed_each
        Decisions, and those of each kind, that it takes.
    brier, brier_base
        Brier scores on the held-out rounds: of the chances, and of saying the base rate of the
        rounds before for every pair. Chances are shown only where theirs is the lower one.
    """

    hidden: Hidden | None
    method: Literal["platt", "isotonic"] | None
    decisions: int
    accepted: int
    needed: int
    needed_each: int
    held_out: int = 0
    brier: float | None = None
    brier_base: float | None = None
    bins: tuple[Bin, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def shown(self) -> bool:
        """Whether chances may be shown at all."""
        return self.hidden is None
