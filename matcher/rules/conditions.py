"""Gate: other published conditions, which only a person can check."""

from __future__ import annotations

from datetime import date

from matcher.profile import Programme, Startup
from matcher.rules.base import InLanguages, Kind, Rule, Verdict, passed, unknown


def startup_key(_startup: Startup, _on: date) -> None:
    """Nothing: the condition is free text."""


def programme_key(programme: Programme, _on: date) -> tuple[str | None, str | None]:
    """The condition in English and in Vietnamese."""
    return programme.other_conditions_en, programme.other_conditions_vi


def judge(_: None, texts: tuple[str | None, str | None]) -> Verdict:
    """A listed condition is put to the startup as a question."""
    if texts == (None, None):
        return passed("conditions.none_listed")
    condition = InLanguages(texts[0] or texts[1] or "", texts[1] or texts[0] or "")
    return unknown("conditions.ask_startup", condition=condition)


RULE = Rule("conditions", Kind.GATE, startup_key, programme_key, judge)
