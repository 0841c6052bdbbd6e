"""Gate: weeks on site against the weeks that the team can be away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from matcher.profile import Programme, Startup
from matcher.rules.base import Change, Kind, Rule, Verdict, blocked, passed, unknown


def startup_key(startup: Startup, _on: date) -> float | None:
    """Weeks that people of the team can stay abroad."""
    return startup.can_travel_weeks


def programme_key(programme: Programme, _on: date) -> tuple[str | None, float | None]:
    """How far on site, and the weeks of it: its own figure, else the whole length if full."""
    weeks = programme.on_site_weeks
    if weeks is None and programme.on_site == "full":
        weeks = programme.duration_weeks
    return programme.on_site, weeks


def judge(available: float | None, stay: tuple[str | None, float | None]) -> Verdict:
    """Fewer weeks than the stay needs is refused."""
    on_site, weeks = stay
    if on_site == "remote" or weeks == 0:
        return passed("presence.remote")
    if on_site is None or weeks is None:
        return unknown("presence.ask_programme")
    if available is None:
        return unknown("presence.ask_startup", weeks=weeks)
    if available < weeks:
        return blocked("presence.too_long", weeks=weeks, available=available)
    return passed("presence.enough", weeks=weeks, available=available)


def remedies(startup: Startup, programme: Programme, on: date) -> Iterable[Change]:
    """Free the weeks that the stay takes."""
    _, weeks = programme_key(programme, on)
    if programme.on_site != "remote" and weeks and (startup.can_travel_weeks or 0) < weeks:
        yield Change("can_travel_weeks", weeks)


RULE = Rule("presence", Kind.GATE, startup_key, programme_key, judge, remedies)
