"""Gate: a programme for firms of its own country refuses firms of any other."""

from __future__ import annotations

from datetime import date

from matcher.homes import Homes, homes_of
from matcher.profile import Programme, Startup
from matcher.rules.base import Coded, Kind, Rule, Verdict, blocked, passed, unknown


def startup_key(startup: Startup, _on: date) -> Homes:
    """The countries that the startup belongs to."""
    return homes_of(startup)


def programme_key(programme: Programme, _on: date) -> tuple[bool | None, str]:
    """Whether home firms only, and the host country."""
    return programme.home_country_only, programme.country


def judge(homes: Homes, door: tuple[bool | None, str]) -> Verdict:
    """Home firms only blocks; whether foreigners may apply is asked where it is unknown."""
    home_only, country = door
    if home_only is False or country in homes.known:
        return passed("home_country.open")
    if home_only is None:
        return unknown("home_country.ask_programme")
    if not homes.complete:
        return unknown("home_country.ask_startup")
    return blocked("home_country.home_only", country=Coded("country", (country,)))


RULE = Rule("home_country", Kind.GATE, startup_key, programme_key, judge)
