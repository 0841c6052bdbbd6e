"""Fit: a language in which the two organisations can work together."""

from __future__ import annotations

from datetime import date

from matcher.profile import Incubator
from matcher.rules.base import Coded, Kind, Rule, Verdict, fit, unknown

NO_COMMON = 0.2
"""Without a common language, work goes through interpreters."""

Languages = tuple[str, ...] | None


def home_key(home: Incubator, _on: date) -> Languages:
    """Working languages of the incubator that asks."""
    return home.languages and tuple(sorted(home.languages))


def partner_key(partner: Incubator, _on: date) -> Languages:
    """Working languages of the partner."""
    return partner.languages and tuple(sorted(partner.languages))


def judge(own: Languages, theirs: Languages) -> Verdict:
    """Any common language earns all."""
    if not own:
        return unknown("shared_language.ask_startup")
    if not theirs:
        return unknown("shared_language.ask_programme")
    common = tuple(code for code in own if code in theirs)
    if common:
        return fit(1.0, "shared_language.common", languages=Coded("language", common))
    return fit(NO_COMMON, "shared_language.none", languages=Coded("language", theirs))


RULE = Rule("shared_language", Kind.FIT, home_key, partner_key, judge)
