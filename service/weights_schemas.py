"""Writes weights, proposals, their evidence and the reliability of chances in a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.texts import Texts
from data.weights_kept import Points, Proposal, WeightAct
from matcher.evidence import Bin, Compared, Evidence, Gap, Reliability
from matcher.rules.base import Coded
from models.proposing import LEAST_DECISIONS, LEAST_HELD_OUT, LEAST_LISTS
from service.chances import DIGITS, note_of
from service.round_schemas import named
from service.round_texts import RoundTexts
from service.weights_answers import (
    BinOut,
    ChancesOut,
    ChangedPointsOut,
    ComparedOut,
    EvidenceOut,
    GapOut,
    PointsOut,
    ProposalLine,
    ProposalOut,
    StrictnessOut,
    WeightActOut,
    WeightsOut,
)

SAME_OF_ACT = ("id", "action", "proposal_id", "who", "at", "why")
SAME_OF_EVIDENCE = (
    "verdict", "decisions", "startups", "rounds", "held_out", "held_out_lists", "seen_until",
)  # fmt: skip
SAME_OF_CHANCES = (
    "shown", "hidden", "method", "decisions", "accepted", "needed", "needed_each", "held_out",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Present:
    """What stands now, which proposals are told beside."""

    points: Mapping[str, float]
    proposal_id: int | None

    def stands(self, proposal: Proposal) -> bool:
        """Whether it is the one that scores now."""
        return proposal.id == self.proposal_id

    def acceptable(self, proposal: Proposal) -> bool:
        """Whether it was shown to be better than just these points."""
        better = proposal.evidence.verdict == "better"
        return better and dict(proposal.before) == dict(self.points)


def weights_out(
    present: Present, own: Mapping[str, float], acts: tuple[WeightAct, ...], texts: Texts
) -> WeightsOut:
    """The weights of now in the order of the installation's own, and how they came."""
    parts = [
        PointsOut(rule=name, label=texts.rule(name), points=present.points[name], own_points=points)
        for name, points in own.items()
    ]
    told = [act_out(act) for act in acts]
    return WeightsOut(parts=parts, proposal_id=present.proposal_id, acts=told)


def act_out(act: WeightAct) -> WeightActOut:
    """One act."""
    return WeightActOut(**{name: getattr(act, name) for name in SAME_OF_ACT})


def proposal_line(proposal: Proposal, present: Present, texts: Texts) -> ProposalLine:
    """A proposal in short."""
    evidence = proposal.evidence
    return ProposalLine(
        id=proposal.id,
        who=proposal.who,
        at=proposal.at,
        stands=present.stands(proposal),
        acceptable=present.acceptable(proposal),
        verdict=evidence.verdict,
        sentence=verdict_of(evidence, texts),
        decisions=evidence.decisions,
    )


def proposal_out(proposal: Proposal, present: Present, say: RoundTexts) -> ProposalOut:
    """A proposal with its evidence; ``say`` knows the programmes of the evidence by name."""
    return ProposalOut(
        id=proposal.id,
        who=proposal.who,
        at=proposal.at,
        stands=present.stands(proposal),
        acceptable=present.acceptable(proposal),
        parts=_changes(proposal.before, proposal.points, say.texts),
        evidence=_evidence(proposal.evidence, say),
    )


def _changes(before: Points, points: Points, texts: Texts) -> list[ChangedPointsOut]:
    proposed = dict(points)
    return [
        ChangedPointsOut(
            rule=name,
            label=texts.rule(name),
            before=old,
            proposed=proposed[name],
            difference=round(proposed[name] - old, 2),
        )
        for name, old in before
    ]


def _evidence(evidence: Evidence, say: RoundTexts) -> EvidenceOut:
    strictness = [
        StrictnessOut(
            programme=named(say, one.programme_id),
            decisions=one.decisions,
            offset=round(one.offset, DIGITS),
        )
        for one in evidence.strictness
    ]
    return EvidenceOut(
        sentence=verdict_of(evidence, say.texts),
        held_out_rounds=list(evidence.held_out_rounds),
        compared=[_compared(one, say.texts) for one in evidence.compared],
        strictness=strictness,
        **{name: getattr(evidence, name) for name in SAME_OF_EVIDENCE},
    )


def verdict_of(evidence: Evidence, texts: Texts) -> str:
    """Say what the held-out rounds show, in a sentence."""
    if evidence.verdict in ("too_few", "all_seen"):
        return texts.screen(
            f"proposal.{evidence.verdict}",
            decisions=evidence.decisions,
            held_out=evidence.held_out,
            lists=evidence.held_out_lists,
            needed=LEAST_DECISIONS,
            needed_held_out=LEAST_HELD_OUT,
            needed_lists=LEAST_LISTS,
            seen_until=evidence.seen_until,
        )
    measured = {one.measure: one.difference for one in evidence.compared}
    step = measured.get("step")
    return texts.screen(
        f"proposal.{evidence.verdict}",
        held_out=evidence.held_out,
        loss=round(measured["log_loss"].value, 3),
        order=round(measured["ndcg"].value, 3),
        step=None if step is None else round(step.value, 2),
        step_low=None if step is None else round(step.low, 2),
        seen_until=evidence.seen_until,
    )


def _compared(one: Compared, texts: Texts) -> ComparedOut:
    change = one.difference
    return ComparedOut(
        measure=one.measure,
        label=texts.screen(f"proposal.{one.measure}"),
        present=round(one.present, DIGITS),
        proposed=round(one.proposed, DIGITS),
        difference=round(change.value, DIGITS),
        low=round(change.low, DIGITS),
        high=round(change.high, DIGITS),
    )


def chances_out(reliability: Reliability, say: RoundTexts, compares_groups: bool) -> ChancesOut:
    """The reliability table; gaps of groups only for those who may compare them."""
    gaps = [_gap(gap, say) for gap in reliability.gaps] if compares_groups else None
    return ChancesOut(
        note=note_of(reliability, say.texts),
        brier=_rounded(reliability.brier),
        brier_base=_rounded(reliability.brier_base),
        bins=[_bin(one) for one in reliability.bins],
        gaps=gaps,
        **{name: getattr(reliability, name) for name in SAME_OF_CHANCES},
    )


def _bin(one: Bin) -> BinOut:
    return BinOut(
        low=round(one.low, DIGITS),
        high=round(one.high, DIGITS),
        decisions=one.n,
        predicted=round(one.predicted, DIGITS),
        observed=round(one.observed.value, DIGITS),
        observed_low=round(one.observed.low, DIGITS),
        observed_high=round(one.observed.high, DIGITS),
    )


def _gap(gap: Gap, say: RoundTexts) -> GapOut:
    return GapOut(
        attribute=gap.attribute,
        value=gap.value,
        label=_group(gap, say),
        startups=gap.startups,
        decisions=gap.decisions,
        expected=round(gap.expected, DIGITS),
        observed=round(gap.observed, DIGITS),
        gap=round(gap.gap.value, DIGITS),
        low=round(gap.gap.low, DIGITS),
        high=round(gap.gap.high, DIGITS),
        note=_note(gap, say.texts),
    )


def _group(gap: Gap, say: RoundTexts) -> str:
    """A group by the name under which an officer knows it."""
    if gap.attribute == "language":
        return say.texts.screen(f"chance.written_{gap.value}")
    if gap.attribute == "country":  # the programme stands there
        return say.texts.screen("chance.in_country", country=Coded("country", (gap.value,)))
    return say.attribute(gap.attribute, gap.value)


def _note(gap: Gap, texts: Texts) -> str:
    """Say whether the group is accepted more or less often, where its interval leaves out 0."""
    low, size, high = (round(100 * one, 1) for one in (gap.gap.low, gap.gap.value, gap.gap.high))
    way = "higher" if gap.gap.low > 0 else "lower" if gap.gap.high < 0 else "unclear"
    if way == "lower":
        low, size, high = -high, -size, -low
    return texts.screen(f"chance.gap_{way}", size=size, low=low, high=high)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
