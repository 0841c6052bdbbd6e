"""Gate: the countries whose firms a programme admits."""

from __future__ import annotations

from datetime import date

from matcher.homes import Homes, homes_of
from matcher.profile import Programme, Startup
from matcher.rules.base import Coded, Kind, Rule, Verdict, blocked, passed, unknown
from matcher.taxonomy import ANY_MARKET, expand


def startup_key(startup: Startup, _on: date) -> Homes:
    """The countries that the startup belongs to."""
    return homes_of(startup)


def programme_key(programme: Programme, _on: date) -> tuple[str, ...] | None:
    """Countries and blocs admitted; ``*`` where any is."""
    return programme.allowed_countries


def judge(homes: Homes, allowed: tuple[str, ...] | None) -> Verdict:
    """One of the startup's countries must be admitted; an unknown home might be."""
    if allowed is None:
        return unknown("country.ask_programme", homes=Coded("country", homes.known))
    if ANY_MARKET in allowed:
        return passed("country.any")
    admitted = tuple(c for c in homes.known if c in expand(allowed))
    if admitted:
        return passed("country.listed", country=Coded("country", admitted))
    if not homes.complete:
        return unknown("country.ask_startup")
    return blocked("country.not_listed", allowed=Coded("market", allowed))


RULE = Rule("country", Kind.GATE, startup_key, programme_key, judge)
