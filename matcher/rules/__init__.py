"""Every rule over a startup and a programme, in reading order: gates first, then fits.

To add a rule: write ``matcher/rules/<noun>.py`` with its ``RULE``, put it into the tuple below,
give a fit its points in ``matcher/weights.py``, and its sentences in ``data/languages/*.toml``.
The contract tests name whatever was forgotten.
"""

from __future__ import annotations

from matcher.rules import (
    age,
    capital,
    conditions,
    conflict,
    country,
    direction,
    equity,
    exclusivity,
    family,
    fee,
    founder_share,
    funding,
    goal,
    home_country,
    host,
    incorporation,
    language_level,
    market,
    needs,
    presence,
    revenue,
    sector,
    size,
    stage,
    stage_range,
    status,
    team,
    timing,
    window,
    working_language,
)
from matcher.rules.base import Kind, Rule

RULES: tuple[Rule, ...] = (
    size.RULE,
    status.RULE,
    family.RULE,
    direction.RULE,
    host.RULE,
    home_country.RULE,
    country.RULE,
    stage_range.RULE,
    age.RULE,
    team.RULE,
    founder_share.RULE,
    revenue.RULE,
    capital.RULE,
    incorporation.RULE,
    presence.RULE,
    working_language.RULE,
    conditions.RULE,
    window.RULE,
    exclusivity.RULE,
    conflict.RULE,
    needs.RULE,
    sector.RULE,
    market.RULE,
    stage.RULE,
    goal.RULE,
    language_level.RULE,
    timing.RULE,
    equity.RULE,
    fee.RULE,
    funding.RULE,
)

GATES: tuple[Rule, ...] = tuple(rule for rule in RULES if rule.kind is Kind.GATE)
FITS: tuple[Rule, ...] = tuple(rule for rule in RULES if rule.kind is Kind.FIT)
