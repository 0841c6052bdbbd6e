"""Gate: the least share that the founders must hold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from matcher.profile import Programme, Startup
from matcher.rules.base import Change, Kind, Rule, Verdict, blocked, passed, unknown


def startup_key(startup: Startup, _on: date) -> float | None:
    """Share that the founders hold, in percent."""
    return startup.founder_share_percent


def programme_key(programme: Programme, _on: date) -> float | None:
    """Least share, in percent; 0 where it is known that none is asked."""
    return programme.min_founder_share


def judge(share: float | None, least: float | None) -> Verdict:
    """A share known to be too low is refused."""
    if least is None:
        return unknown("founder_share.ask_programme")
    if least == 0:
        return passed("founder_share.none_asked")
    if share is None:
        return unknown("founder_share.ask_startup", least=least)
    if share < least:
        return blocked("founder_share.too_low", share=share, least=least)
    return passed("founder_share.enough", share=share, least=least)


def remedies(startup: Startup, programme: Programme, _on: date) -> Iterable[Change]:
    """Raise the founders' share to the least asked."""
    least = programme.min_founder_share
    if least and (startup.founder_share_percent or 0) < least:
        yield Change("founder_share_percent", least)


RULE = Rule("founder_share", Kind.GATE, startup_key, programme_key, judge, remedies)
