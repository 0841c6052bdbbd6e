"""Gate: an organisation known to have ended is no partner."""

from __future__ import annotations

from datetime import date

from matcher.profile import Incubator
from matcher.rules.base import Kind, Rule, Verdict, blocked, passed, unknown


def home_key(_home: Incubator, _on: date) -> None:
    """Nothing of the incubator that asks matters."""


def partner_key(partner: Incubator, _on: date) -> str:
    """Open, closed or unknown."""
    return partner.status


def judge(_: None, status: str) -> Verdict:
    """Closed blocks; unknown asks."""
    if status == "closed":
        return blocked("activity.closed")
    if status == "unknown":
        return unknown("activity.ask_programme")
    return passed("activity.open")


RULE = Rule("activity", Kind.GATE, home_key, partner_key, judge)
