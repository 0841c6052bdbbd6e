"""Gate: a programme abroad runs in another country than the startup's own."""

from __future__ import annotations

from datetime import date

from matcher.profile import Programme, Startup
from matcher.rules.base import Coded, Kind, Rule, Verdict, blocked, passed, unknown


def startup_key(startup: Startup, _on: date) -> str | None:
    """Home country."""
    return startup.country


def programme_key(programme: Programme, _on: date) -> str:
    """Country in which the programme runs."""
    return programme.host


def judge(home: str | None, host: str) -> Verdict:
    """The startup's own country is refused."""
    named = Coded("country", (host,))
    if home is None:
        return unknown("host.ask_startup")
    if home == host:
        return blocked("host.at_home", country=named)
    return passed("host.abroad", country=named)


RULE = Rule("host", Kind.GATE, startup_key, programme_key, judge)
