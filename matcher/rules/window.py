"""Gate: whether the application window is open, will open, or has passed."""

from __future__ import annotations

from datetime import date

from matcher.profile import Programme, Startup
from matcher.rules.base import Kind, Rule, Verdict, blocked, passed, unknown

STALE_DAYS = 365
"""A closing date older than a year says nothing of this year's call: it is asked about."""

Window = tuple[str, date | None]


def startup_key(_startup: Startup, _on: date) -> None:
    """Nothing of the startup matters."""


def programme_key(programme: Programme, on: date) -> Window:
    """State of the window on that day, and the date that the state turns on.

    A closing date before the opening date is that of an earlier call, and closes nothing.
    """
    opens, closes = programme.application_open, programme.application_close
    if opens is not None and opens > on:
        return "opens", opens
    if closes is not None and closes < on:
        reopened = opens is not None and opens > closes
        stale = (on - closes).days > STALE_DAYS
        return ("unknown", None) if reopened or stale else ("passed", closes)
    if closes is not None:
        return "open", closes
    return ("rolling" if programme.rolling else "unknown"), None


def judge(_: None, window: Window) -> Verdict:
    """A window that has passed is refused; an unknown one is asked about."""
    state, day = window
    if state == "passed":
        return blocked("window.passed", day=day)
    if state == "unknown":
        return unknown("window.ask_programme")
    return passed(f"window.{state}", day=day)


RULE = Rule("window", Kind.GATE, startup_key, programme_key, judge)
