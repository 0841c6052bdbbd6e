"""Gate: how old a company may be."""

from __future__ import annotations

from datetime import date

from matcher.profile import Programme, Startup
from matcher.rules.base import Kind, Rule, Verdict, blocked, passed, unknown

DAYS_A_YEAR = 365.25


def startup_key(startup: Startup, on: date) -> tuple[float, float] | None:
    """Least and greatest age in years that the known dates allow; a team without company is 0."""
    if startup.founded_on is not None:
        age = _years(startup.founded_on, on)
        return age, age
    if startup.founded_year is not None:
        year = startup.founded_year
        return _years(date(year, 12, 31), on), _years(date(year, 1, 1), on)
    return (0.0, 0.0) if startup.legal_status == "team" else None


def _years(since: date, on: date) -> float:
    """Age in years, whole on every anniversary; 0 for a day that is still to come."""
    months = (on.year - since.year) * 12 + on.month - since.month
    return max(0.0, months / 12 + (on.day - since.day) / DAYS_A_YEAR)


def programme_key(programme: Programme, _on: date) -> tuple[float | None, float | None]:
    """Least and greatest age admitted, in years."""
    return programme.min_age_years, programme.max_age_years


def judge(age: tuple[float, float] | None, limits: tuple[float | None, float | None]) -> Verdict:
    """Refuses only an age that is surely outside."""
    lowest, highest = limits
    if age is not None and highest is not None and age[0] > highest:
        return blocked("age.too_old", age=round(age[0], 2), limit=highest)
    if age is not None and lowest is not None and age[1] < lowest:
        return blocked("age.too_young", age=round(age[1], 2), limit=lowest)
    if lowest is None and highest is None:
        return unknown("age.ask_programme")
    if age is None or _straddles(age, lowest, highest):
        return unknown("age.ask_startup", lowest=lowest, highest=highest)
    return passed("age.inside", age=round(age[1], 2))


def _straddles(age: tuple[float, float], lowest: float | None, highest: float | None) -> bool:
    too_old = highest is not None and age[1] > highest
    return too_old or (lowest is not None and age[0] < lowest)


RULE = Rule("age", Kind.GATE, startup_key, programme_key, judge)
