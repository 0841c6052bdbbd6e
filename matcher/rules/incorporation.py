"""Gate: whether a company in the host country is required."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from matcher.profile import Programme, Startup
from matcher.rules.base import Change, Coded, Kind, Rule, Verdict, blocked, passed, unknown


def startup_key(startup: Startup, _on: date) -> tuple[bool | None, str | None, str | None]:
    """Whether it will incorporate abroad, its country and its legal parent's."""
    return startup.will_incorporate_abroad, startup.country, startup.parent_country


def programme_key(programme: Programme, _on: date) -> tuple[bool | None, str]:
    """Whether a local company is required, and the host country."""
    return programme.incorporation_required, programme.host


def judge(
    firm: tuple[bool | None, str | None, str | None], host: tuple[bool | None, str]
) -> Verdict:
    """A startup that will not incorporate abroad is refused where it must."""
    required, country = host
    if required is None:
        return unknown("incorporation.ask_programme")
    if not required or country in firm[1:]:
        return passed("incorporation.not_needed")
    named = Coded("country", (country,))
    if firm[0] is None:
        return unknown("incorporation.ask_startup", country=named)
    if not firm[0]:
        return blocked("incorporation.unwilling", country=named)
    return passed("incorporation.willing", country=named)


def remedies(startup: Startup, programme: Programme, _on: date) -> Iterable[Change]:
    """Be ready to set up a company in the host country."""
    if programme.incorporation_required and startup.will_incorporate_abroad is not True:
        yield Change("will_incorporate_abroad", True)


RULE = Rule("incorporation", Kind.GATE, startup_key, programme_key, judge, remedies)
