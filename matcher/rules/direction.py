"""Gate: a programme that only sends firms abroad takes none from abroad."""

from __future__ import annotations

from datetime import date

from matcher.homes import Homes, homes_of
from matcher.profile import Programme, Startup
from matcher.rules.base import Coded, Kind, Rule, Verdict, blocked, passed, unknown


def startup_key(startup: Startup, _on: date) -> Homes:
    """The countries that the startup belongs to."""
    return homes_of(startup)


def programme_key(programme: Programme, _on: date) -> tuple[str | None, str]:
    """Direction in, out or both, and the host country."""
    return programme.direction, programme.country


def judge(homes: Homes, run: tuple[str | None, str]) -> Verdict:
    """``out`` serves firms of its own country alone."""
    direction, country = run
    if direction is None:
        return unknown("direction.ask_programme")
    if direction != "out" or country in homes.known:
        return passed("direction.open")
    if not homes.complete:
        return unknown("direction.ask_startup")
    return blocked("direction.outbound", country=Coded("country", (country,)))


RULE = Rule("direction", Kind.GATE, startup_key, programme_key, judge)
