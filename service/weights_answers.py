"""The forms of the answers about weights learned from decisions, and about chances."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from matcher.evidence import Hidden, Verdict
from service.answers import Named, Out


class PointsOut(Out):
    """What a part of the score is worth now, and by the installation's own weights."""

    rule: str
    label: str
    points: float
    own_points: float


class WeightActOut(Out):
    """An acceptance or an undoing; ``proposal_id`` stands after it, null for the own weights."""

    id: int
    action: Literal["accept", "undo"]
    proposal_id: int | None
    who: str
    at: AwareDatetime
    why: str | None


class WeightsOut(Out):
    """The weights that score now, and every act that led there, newest first."""

    parts: list[PointsOut]
    proposal_id: int | None = Field(
        description="The proposal that stands; null for the installation's own weights."
    )
    acts: list[WeightActOut]


class ChangedPointsOut(Out):
    """A part of the score before and after a proposal; ``difference`` is proposed less before."""

    rule: str
    label: str
    before: float
    proposed: float
    difference: float


class ComparedOut(Out):
    """A measure on the held-out rounds; ``low`` and ``high`` bound the difference at 95 %."""

    measure: str
    label: str
    present: float
    proposed: float
    difference: float
    low: float
    high: float


class StrictnessOut(Out):
    """How far a programme's bar lies above (+) or below (-) the others', in logits, shrunken."""

    programme: Named
    decisions: int
    offset: float


class EvidenceOut(Out):
    """What was learned from, what was held out, and how the proposed weights do there."""

    verdict: Verdict
    sentence: str
    decisions: int
    startups: int
    rounds: int
    held_out: int
    held_out_rounds: list[str]
    held_out_lists: int
    seen_until: str | None = Field(
        description="The last quarter that the present weights were learned from; none up to it is "
        "held out. Null where they are the installation's own."
    )
    compared: list[ComparedOut]
    strictness: list[StrictnessOut]


class ProposalOut(Out):
    """A proposal; ``acceptable`` while it is shown to be better than the weights of now."""

    id: int
    who: str
    at: AwareDatetime
    stands: bool
    acceptable: bool
    parts: list[ChangedPointsOut]
    evidence: EvidenceOut


class ProposalLine(Out):
    """A proposal in short."""

    id: int
    who: str
    at: AwareDatetime
    stands: bool
    acceptable: bool
    verdict: Verdict
    sentence: str
    decisions: int


class Proposals(Out):
    """The latest proposals, newest first."""

    items: list[ProposalLine]


class BinOut(Out):
    """Held-out decisions of like chance: what was foretold, and what came, bounded at 95 %."""

    low: float
    high: float
    decisions: int
    predicted: float
    observed: float
    observed_low: float
    observed_high: float


class GapOut(Out):
    """Acceptance of a group less that of the others, at equal score, bounded at 95 %."""

    attribute: str
    value: str
    label: str
    startups: int
    decisions: int
    expected: float
    observed: float
    gap: float
    low: float
    high: float
    note: str


class ChancesOut(Out):
    """How far a chance of acceptance can be trusted; Brier scores are on held-out rounds.

    ``brier_base`` is the score of saying the share accepted in the rounds before for every pair.
    """

    shown: bool
    hidden: Hidden | None = Field(
        description="Why no chance is shown: too few decisions, too few of later quarters to check "
        "by, or no closer to what came there than the share accepted alone; null where one is."
    )
    note: str
    method: Literal["platt", "isotonic"] | None
    decisions: int
    accepted: int
    needed: int
    needed_each: int
    held_out: int
    brier: float | None
    brier_base: float | None
    bins: list[BinOut]
    gaps: list[GapOut] | None = Field(description="Null for those who may not compare groups.")
