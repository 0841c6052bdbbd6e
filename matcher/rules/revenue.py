"""Gate: the revenue that a programme wants its startups to have, or not to exceed."""

from __future__ import annotations

from datetime import date

from matcher.profile import Money, Programme, Startup
from matcher.rules.base import Kind, Rule, Verdict, blocked, money, passed, unknown

Limits = tuple[Money | None, Money | None]


def startup_key(startup: Startup, _on: date) -> Money | None:
    """Revenue of the last twelve months."""
    return startup.revenue_12m


def programme_key(programme: Programme, _on: date) -> Limits:
    """Least and greatest revenue admitted."""
    return programme.min_revenue, programme.max_revenue


def judge(revenue: Money | None, limits: Limits) -> Verdict:
    """Compares in US dollars; without a rate the question is asked."""
    lowest, highest = limits
    if lowest is None and highest is None:
        return unknown("revenue.ask_programme")
    if revenue is None or revenue.usd is None:
        return unknown("revenue.ask_startup", lowest=money(lowest), highest=money(highest))
    if highest is not None and highest.usd is not None and revenue.usd > highest.usd:
        return blocked("revenue.too_high", revenue=money(revenue), limit=money(highest))
    if lowest is not None and lowest.usd is not None and revenue.usd < lowest.usd:
        return blocked("revenue.too_low", revenue=money(revenue), limit=money(lowest))
    unrated = next((limit for limit in limits if limit is not None and limit.usd is None), None)
    if unrated is not None:
        return unknown("revenue.no_rate.ask_programme", limit=money(unrated))
    return passed("revenue.inside", revenue=money(revenue))


RULE = Rule("revenue", Kind.GATE, startup_key, programme_key, judge)
