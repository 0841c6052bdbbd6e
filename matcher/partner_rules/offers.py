"""Fit: what the partner offers against what the incubator wants for its startups."""

from __future__ import annotations

from datetime import date

from matcher.profile import Incubator
from matcher.rules import needs
from matcher.rules.base import Kind, Reason, Rule, Verdict

Services = tuple[str, ...] | None


def home_key(home: Incubator, _on: date) -> Services:
    """Services that the incubator seeks."""
    return needs.in_order(home.wants)


def partner_key(partner: Incubator, _on: date) -> Services:
    """Services that the partner gives."""
    return needs.in_order(partner.services)


def judge(wanted: Services, offered: Services) -> Verdict:
    """The same measure as a startup's needs against a programme's services."""
    return renamed(needs.judge(wanted, offered), "offers")


def renamed(verdict: Verdict, rule: str) -> Verdict:
    """The verdict of the needs rule under the name of another rule."""
    code = rule + verdict.reason.code.removeprefix("needs")
    return Verdict(verdict.outcome, Reason(code, verdict.reason.facts), verdict.share)


RULE = Rule("offers", Kind.FIT, home_key, partner_key, judge)
