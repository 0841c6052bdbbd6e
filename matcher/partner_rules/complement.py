"""Fit: what the partner has that the incubator does not offer itself."""

from __future__ import annotations

from datetime import date

from matcher.profile import Incubator
from matcher.rules import needs
from matcher.rules.base import Coded, Kind, Rule, Verdict, fit, unknown

Services = tuple[str, ...] | None

ENOUGH = 4
"""Services beyond the incubator's own that earn all the points."""


def home_key(home: Incubator, _on: date) -> Services:
    """Services that the incubator gives."""
    return needs.in_order(home.services)


def partner_key(partner: Incubator, _on: date) -> Services:
    """Services that the partner gives."""
    return needs.in_order(partner.services)


def judge(own: Services, theirs: Services) -> Verdict:
    """Counts the partner's services that are new, each by its weight as a need."""
    if not own:
        return unknown("complement.ask_startup")
    if not theirs:
        return unknown("complement.ask_programme")
    new = tuple(service for service in theirs if service not in own)
    share = min(1.0, sum(map(needs.weight, new)) / ENOUGH)
    code = "complement.new" if new else "complement.nothing_new"
    return fit(share, code, services=Coded("service", new))


RULE = Rule("complement", Kind.FIT, home_key, partner_key, judge)
