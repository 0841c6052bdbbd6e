"""Gate: the most capital that a startup may have raised before it joins."""

from __future__ import annotations

from datetime import date

from matcher.profile import Money, Programme, Startup
from matcher.rules.base import Kind, Rule, Verdict, blocked, money, passed, unknown


def startup_key(startup: Startup, _on: date) -> Money | None:
    """Capital raised so far."""
    return startup.total_raised


def programme_key(programme: Programme, _on: date) -> Money | None:
    """Most capital admitted."""
    return programme.max_raised


def judge(raised: Money | None, most: Money | None) -> Verdict:
    """Compares in US dollars; without a rate the question is asked."""
    if most is None:
        return unknown("capital.ask_programme")
    if most.usd is None:
        return unknown("capital.no_rate.ask_programme", limit=money(most))
    if raised is None or raised.usd is None:
        return unknown("capital.ask_startup", limit=money(most))
    if raised.usd > most.usd:
        return blocked("capital.too_much", raised=money(raised), limit=money(most))
    return passed("capital.inside", raised=money(raised), limit=money(most))


RULE = Rule("capital", Kind.GATE, startup_key, programme_key, judge)
