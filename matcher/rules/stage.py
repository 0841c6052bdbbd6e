"""Fit: how well the stage of the startup meets the stages of the programme."""

from __future__ import annotations

from datetime import date

from matcher.profile import Programme, Startup
from matcher.rules.base import Coded, Kind, Rule, Verdict, fit, unknown
from matcher.rules.stage_range import steps_outside

SHARE_BETWEEN = 0.9
SHARE_NEXT_STEP = 0.4
"""Shares of a stage that lies between two named ones, and of one that is a step outside."""


def startup_key(startup: Startup, _on: date) -> str | None:
    """Stage of the startup."""
    return startup.stage


def programme_key(programme: Programme, _on: date) -> tuple[str, ...] | None:
    """Stages that the programme names."""
    return programme.stages


def judge(stage: str | None, stages: tuple[str, ...] | None) -> Verdict:
    """A named stage earns all, one between nearly all, the next one some."""
    if stage is None:
        return unknown("stage.ask_startup")
    if not stages:
        return unknown("stage.ask_programme")
    facts = {"stage": Coded("stage", (stage,)), "stages": Coded("stage", stages)}
    if stage in stages:
        return fit(1.0, "stage.named", **facts)
    steps = steps_outside(stage, stages)
    if steps == 0:
        return fit(SHARE_BETWEEN, "stage.between", **facts)
    return fit(SHARE_NEXT_STEP if steps == 1 else 0.0, "stage.outside", **facts)


RULE = Rule("stage", Kind.FIT, startup_key, programme_key, judge, neutral=0.6)
