"""Gate: how many people, and how many of them full time, a programme wants."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from matcher.profile import Programme, Startup
from matcher.rules.base import Change, Kind, Rule, Verdict, blocked, passed, unknown

People = tuple[int | None, int | None]


def startup_key(startup: Startup, _on: date) -> People:
    """People in the team, and those who work full time."""
    return startup.team_size, startup.full_time_people


def programme_key(programme: Programme, _on: date) -> People:
    """Least people in the team, and least full-time people."""
    return programme.min_team, programme.min_full_time


def judge(team: People, least: People) -> Verdict:
    """A team known to be too small is refused."""
    if least[0] is not None and team[0] is not None and team[0] < least[0]:
        return blocked("team.too_small", people=team[0], least=least[0])
    if least[1] is not None and team[1] is not None and team[1] < least[1]:
        return blocked("team.too_few_full_time", people=team[1], least=least[1])
    if least == (None, None):
        return unknown("team.ask_programme")
    if any(need and have is None for have, need in zip(team, least, strict=True)):
        return unknown("team.ask_startup", team=least[0], full_time=least[1])
    return passed("team.enough")


def remedies(startup: Startup, programme: Programme, _on: date) -> Iterable[Change]:
    """Bring the team up to the least that the programme takes."""
    if programme.min_team and (startup.team_size or 0) < programme.min_team:
        yield Change("team_size", programme.min_team)
    if programme.min_full_time and (startup.full_time_people or 0) < programme.min_full_time:
        yield Change("full_time_people", programme.min_full_time)


RULE = Rule("team", Kind.GATE, startup_key, programme_key, judge, remedies)
