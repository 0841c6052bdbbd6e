"""Gate: a programme known to have ended is refused; one of unknown status is asked about."""

from __future__ import annotations

from datetime import date

from matcher.profile import Programme, Startup
from matcher.rules.base import Kind, Rule, Verdict, blocked, passed, unknown


def startup_key(_startup: Startup, _on: date) -> None:
    """Nothing of the startup matters."""


def programme_key(programme: Programme, _on: date) -> str:
    """Open, closed or unknown."""
    return programme.status


def judge(_: None, status: str) -> Verdict:
    """Closed blocks; unknown asks the organiser."""
    if status == "closed":
        return blocked("status.closed")
    if status == "unknown":
        return unknown("status.ask_programme")
    return passed("status.open")


RULE = Rule("status", Kind.GATE, startup_key, programme_key, judge)
