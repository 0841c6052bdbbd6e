"""Fit: how far the sectors of the partner cover those of the incubator."""

from __future__ import annotations

from datetime import date

from matcher.profile import Incubator
from matcher.rules.base import Coded, Kind, Rule, Verdict, fit, unknown
from matcher.rules.sector import GENERALIST_SHARE
from matcher.taxonomy import sector_nearness

BOTH_GENERAL = 0.7
"""Two organisations for all sectors: any startup fits, none is sought in particular."""

Sectors = tuple[str, ...] | None


def home_key(home: Incubator, _on: date) -> Sectors:
    """Sectors of the incubator that asks."""
    return home.sectors and tuple(sorted(home.sectors))


def partner_key(partner: Incubator, _on: date) -> Sectors:
    """Sectors of the partner."""
    return partner.sectors and tuple(sorted(partner.sectors))


def judge(own: Sectors, theirs: Sectors) -> Verdict:
    """Mean, over the incubator's sectors, of the nearest sector of the partner."""
    if not own:
        return unknown("shared_sectors.ask_startup")
    if not theirs:
        return unknown("shared_sectors.ask_programme")
    named = tuple(s for s in own if s != "all")
    if not named:
        share = BOTH_GENERAL if "all" in theirs else GENERALIST_SHARE
        return fit(share, "shared_sectors.general", theirs=Coded("sector", theirs))
    floor = GENERALIST_SHARE if "all" in theirs else 0.0
    nearest = {s: max(floor, *(sector_nearness(s, t) for t in theirs)) for s in named}
    shared = Coded("sector", tuple(s for s in named if nearest[s] > GENERALIST_SHARE))
    share = sum(nearest.values()) / len(nearest)
    code = "shared_sectors.shared" if shared.codes else "shared_sectors.few"
    return fit(min(1.0, share), code, shared=shared, theirs=Coded("sector", theirs))


RULE = Rule("shared_sectors", Kind.FIT, home_key, partner_key, judge)
