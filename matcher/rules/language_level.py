"""Fit: how well the team speaks a working language of the programme."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from matcher.profile import Programme, Startup
from matcher.rules import working_language
from matcher.rules.base import Change, Coded, Kind, Rule, Verdict, fit, unknown
from matcher.rules.working_language import Skills, skills

LEVEL_SHARES = {
    "A1": 0.1,
    "A2": 0.25,
    "B1": 0.5,
    "B2": 0.8,
    "C1": 0.95,
    "C2": 1.0,
    "native": 1.0,
}
"""B2, the level at which one works independently by the CEFR's own description, earns most."""

NEUTRAL = 0.6
"""Expected share of a shared language at an unknown level."""


def startup_key(startup: Startup, _on: date) -> Skills | None:
    """Languages of the team with their levels."""
    return skills(startup)


def programme_key(programme: Programme, _on: date) -> tuple[str, ...] | None:
    """Working languages."""
    return programme.languages


def judge(spoken: Skills | None, languages: tuple[str, ...] | None) -> Verdict:
    """The best level among the shared languages; an unknown one that may be better is asked."""
    if not languages:
        return unknown("language_level.ask_programme")
    if spoken is None:
        return unknown("language_level.ask_startup")
    shared = [(code, level) for code, level in spoken if code in languages]
    if not shared:
        return fit(0.0, "language_level.none_shared")
    silent = tuple(code for code, level in shared if level is None)
    known = [(LEVEL_SHARES[level], code, level) for code, level in shared if level]
    if silent and max(known, default=(0.0,))[0] < NEUTRAL:
        return unknown("language_level.level.ask_startup", languages=Coded("language", silent))
    share, code, level = max(known)
    return fit(share, "language_level.best", language=Coded("language", (code,)), level=level)


def remedies(startup: Startup, programme: Programme, on: date) -> Iterable[Change]:
    """The same steps as the gate of the working language."""
    return working_language.remedies(startup, programme, on)


RULE = Rule(
    "language_level", Kind.FIT, startup_key, programme_key, judge, remedies, neutral=NEUTRAL
)
