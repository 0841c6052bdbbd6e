"""Fit: the equity that a programme takes against what the founders accept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from matcher.profile import Programme, Startup
from matcher.rules.base import Change, Kind, Rule, Verdict, fit, unknown

ACCEPTED_SHARE = 0.8
"""Equity within what the founders accept; taking none earns all."""


def startup_key(startup: Startup, _on: date) -> float | None:
    """Most equity that the founders give, in percent."""
    return startup.max_equity_percent


def programme_key(programme: Programme, _on: date) -> float | None:
    """Equity taken, in percent; 0 where it is known that none is."""
    return programme.equity_percent


def judge(accepted: float | None, taken: float | None) -> Verdict:
    """No equity earns all, an accepted share most, more than accepted nothing."""
    if taken is None:
        return unknown("equity.ask_programme")
    if taken == 0:
        return fit(1.0, "equity.none")
    if accepted is None:
        return unknown("equity.ask_startup", taken=taken)
    if taken <= accepted:
        return fit(ACCEPTED_SHARE, "equity.accepted", taken=taken, accepted=accepted)
    return fit(0.0, "equity.too_much", taken=taken, accepted=accepted)


def remedies(startup: Startup, programme: Programme, _on: date) -> Iterable[Change]:
    """Accept the equity that the programme takes."""
    taken = programme.equity_percent
    if taken and (startup.max_equity_percent or 0) < taken:
        yield Change("max_equity_percent", taken)


RULE = Rule("equity", Kind.FIT, startup_key, programme_key, judge, remedies)
