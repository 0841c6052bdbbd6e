"""Fit: what the incubator offers against what the partner wants for its own startups."""

from __future__ import annotations

from datetime import date

from matcher.partner_rules.offers import Services, renamed
from matcher.profile import Incubator
from matcher.rules import needs
from matcher.rules.base import Kind, Rule, Verdict, unknown


def home_key(home: Incubator, _on: date) -> Services:
    """Services that the incubator gives."""
    return needs.in_order(home.services)


def partner_key(partner: Incubator, _on: date) -> Services:
    """Services that the partner seeks."""
    return needs.in_order(partner.wants)


def judge(offered: Services, wanted: Services) -> Verdict:
    """The partner's wants against the incubator's services; who is silent is asked."""
    verdict = renamed(needs.judge(wanted, offered), "wants")
    if verdict.reason.code == "wants.ask_startup":
        return unknown("wants.ask_programme")
    if verdict.reason.code == "wants.ask_programme":
        return unknown("wants.ask_startup")
    return verdict


RULE = Rule("wants", Kind.FIT, home_key, partner_key, judge)
