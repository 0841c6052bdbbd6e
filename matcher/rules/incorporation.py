"""Gate: whether a company in the host country is required."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from matcher.homes import Homes, homes_of
from matcher.profile import Programme, Startup
from matcher.rules.base import Change, Coded, Kind, Rule, Verdict, blocked, passed, unknown


def startup_key(startup: Startup, _on: date) -> tuple[bool | None, Homes]:
    """Whether it will incorporate abroad, and the countries that it belongs to."""
    return startup.will_incorporate_abroad, homes_of(startup)


def programme_key(programme: Programme, _on: date) -> tuple[bool | None, str]:
    """Whether a local company is required, and the host country."""
    return programme.incorporation_required, programme.host


def judge(firm: tuple[bool | None, Homes], host: tuple[bool | None, str]) -> Verdict:
    """A startup that will not incorporate abroad is refused where it must."""
    willing, homes = firm
    required, country = host
    if required is None:
        return unknown("incorporation.ask_programme")
    if not required or country in homes.known:
        return passed("incorporation.not_needed")
    named = Coded("country", (country,))
    if willing is None or (not willing and not homes.complete):
        return unknown("incorporation.ask_startup", country=named)
    if not willing:
        return blocked("incorporation.unwilling", country=named)
    return passed("incorporation.willing", country=named)


def remedies(startup: Startup, programme: Programme, _on: date) -> Iterable[Change]:
    """Be ready to set up a company in the host country."""
    if programme.incorporation_required and startup.will_incorporate_abroad is not True:
        yield Change("will_incorporate_abroad", True)


RULE = Rule("incorporation", Kind.GATE, startup_key, programme_key, judge, remedies)
