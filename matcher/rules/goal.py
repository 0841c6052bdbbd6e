"""Fit: what the founders are after against what this kind of programme is good for."""

from __future__ import annotations

from datetime import date

from matcher.profile import Programme, Startup
from matcher.rules.base import Coded, Kind, Rule, Verdict, fit, unknown
from matcher.taxonomy import service_nearness

SERVING = {
    "learn": ("training", "mentoring"),
    "finish_product": ("product_dev", "lab_access"),
    "first_customers": ("pilot_customers", "market_access"),
    "raise_capital": ("investor_access", "funding"),
    "move_abroad": ("expansion", "legal_setup", "visa_support"),
}
"""Services that serve each goal."""

FOCUS_WEIGHT = 0.2
FOCUSED_BETTER = {"first_customers": True, "raise_capital": False}
"""Industry-focused cohorts go with later revenue, diverse ones with venture money: Assenova and
Amit, Strategic Management Journal 2024 (8,580 startups, 408 accelerators)."""

Offer = tuple[tuple[str, ...] | None, bool | None]


def startup_key(startup: Startup, _on: date) -> str | None:
    """The goal of the founders."""
    return startup.goal


def programme_key(programme: Programme, _on: date) -> Offer:
    """Services, and whether the cohort is focused on sectors (None where they are unknown)."""
    focused = None if programme.sectors is None else "all" not in programme.sectors
    return programme.services, focused


def judge(goal: str | None, offer: Offer) -> Verdict:
    """How far the services serve the goal, and whether the mix of the cohort does."""
    services, focused = offer
    if goal is None:
        return unknown("goal.ask_startup")
    if not services:
        return unknown("goal.ask_programme")
    served, given = max((service_nearness(n, s), s) for n in SERVING[goal] for s in services)
    mix = 0.5
    if goal in FOCUSED_BETTER and focused is not None:
        mix = 1.0 if focused is FOCUSED_BETTER[goal] else 0.0
    share = (1 - FOCUS_WEIGHT) * served + FOCUS_WEIGHT * mix
    facts = {"goal": Coded("goal", (goal,)), "service": Coded("service", (given,))}
    return fit(share, "goal.served" if served >= 0.5 else "goal.unserved", **facts)


RULE = Rule("goal", Kind.FIT, startup_key, programme_key, judge)
