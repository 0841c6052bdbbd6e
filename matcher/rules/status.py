"""Gate: who is known to have ended is refused; a programme of unknown status is asked about."""

from __future__ import annotations

from datetime import date

from matcher.profile import Programme, Startup
from matcher.rules.base import Kind, Rule, Verdict, blocked, passed, unknown


def startup_key(startup: Startup, _on: date) -> bool:
    """Whether the startup is known to have ended; one that is not known to is taken as running."""
    return startup.status == "closed"


def programme_key(programme: Programme, _on: date) -> str:
    """Open, closed or unknown."""
    return programme.status


def judge(startup_ended: bool, status: str) -> Verdict:
    """Closed blocks on either side; an unknown programme asks the organiser."""
    if startup_ended:
        return blocked("status.startup_closed")
    if status == "closed":
        return blocked("status.closed")
    if status == "unknown":
        return unknown("status.ask_programme")
    return passed("status.open")


RULE = Rule("status", Kind.GATE, startup_key, programme_key, judge)
