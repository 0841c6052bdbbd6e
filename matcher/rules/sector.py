"""Fit: how near the sectors of the startup and of the programme are."""

from __future__ import annotations

from datetime import date

from matcher.profile import Programme, Startup
from matcher.rules.base import Coded, Kind, Rule, Verdict, fit, unknown
from matcher.taxonomy import PRIORITY_FIELDS, sector_nearness

GENERALIST_SHARE = 0.55
"""What a programme for all sectors earns: between an exact specialist (1.0) and an unrelated one
(0), about level with a neighbouring specialist, so that neither kind drowns the other."""

SECONDARY_SHARE = 0.8
"""Weight of a startup's second and third sector beside its first."""

Sectors = tuple[str, ...] | None


def startup_key(startup: Startup, _on: date) -> Sectors:
    """Sectors, the primary one first."""
    return startup.sectors


def programme_key(programme: Programme, _on: date) -> Sectors:
    """Sectors that the programme names; ``all`` where it is open to any."""
    return programme.sectors


def judge(own: Sectors, taken: Sectors) -> Verdict:
    """The best nearness of a pair of sectors; a generalist earns its fixed share at least."""
    if not own:
        return unknown("sector.ask_startup")
    if not taken:
        return unknown("sector.ask_programme")
    share, mine, theirs = max(_pairs(own, taken), key=lambda pair: pair[0])
    facts = {"own": Coded("sector", (mine,)), "priority": PRIORITY_FIELDS.get(own[0])}
    if "all" in taken and share <= GENERALIST_SHARE:
        return fit(GENERALIST_SHARE, "sector.generalist", **facts)
    code = "sector.same" if mine == theirs else "sector.near" if share else "sector.far"
    return fit(share, code, theirs=Coded("sector", (theirs,)), **facts)


def _pairs(own: tuple[str, ...], taken: tuple[str, ...]) -> list[tuple[float, str, str]]:
    weights = [1.0] + [SECONDARY_SHARE] * (len(own) - 1)
    return [
        (weight * sector_nearness(mine, theirs), mine, theirs)
        for weight, mine in zip(weights, own, strict=True)
        for theirs in taken
    ]


RULE = Rule("sector", Kind.FIT, startup_key, programme_key, judge, neutral=0.45)
