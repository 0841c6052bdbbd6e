"""Gate: the range of stages that a programme takes."""

from __future__ import annotations

from datetime import date

from matcher.profile import Programme, Startup
from matcher.rules.base import Coded, Kind, Rule, Verdict, blocked, passed, unknown
from matcher.taxonomy import STAGE_RANK

STEPS_TO_ASK = 1
"""A startup this many steps outside the range is asked about, not refused: published stage names
differ from programme to programme by about one step."""


def startup_key(startup: Startup, _on: date) -> str | None:
    """Stage of the startup."""
    return startup.stage


def programme_key(programme: Programme, _on: date) -> tuple[str, ...] | None:
    """Stages that the programme names."""
    return programme.stages


def steps_outside(stage: str, stages: tuple[str, ...]) -> int:
    """Steps between a stage and the nearest end of a range; 0 inside it."""
    ranks = [STAGE_RANK[s] for s in stages]
    rank = STAGE_RANK[stage]
    return max(min(ranks) - rank, rank - max(ranks), 0)


def judge(stage: str | None, stages: tuple[str, ...] | None) -> Verdict:
    """Inside the range passes, one step outside is asked, further is refused."""
    if stage == "acquired":
        return blocked("stage_range.acquired")
    if stage is None:
        return unknown("stage_range.ask_startup")
    if not stages:
        return unknown("stage_range.ask_programme", stage=Coded("stage", (stage,)))
    facts = {"stage": Coded("stage", (stage,)), "stages": Coded("stage", stages)}
    steps = steps_outside(stage, stages)
    if steps == 0:
        return passed("stage_range.inside", **facts)
    if steps <= STEPS_TO_ASK:
        return unknown("stage_range.next_step.ask_programme", **facts)
    return blocked("stage_range.outside", **facts)


RULE = Rule("stage_range", Kind.GATE, startup_key, programme_key, judge)
