"""Gate: outbound landing pads, networks and visa schemes are never applied to."""

from __future__ import annotations

from datetime import date

from matcher.profile import Programme, Startup
from matcher.rules.base import Kind, Rule, Verdict, blocked, passed, unknown

REFUSED = {"B": "family.outbound", "F": "family.information"}
"""Families that take no startup from abroad: B sends its own home firms out, F is a visa scheme,
a network or a donor programme and serves as an information card or a partner."""


def startup_key(_startup: Startup, _on: date) -> None:
    """Nothing of the startup matters."""


def programme_key(programme: Programme, _on: date) -> str | None:
    """Family A to F; a visa scheme or a network is an F whether or not it is marked so."""
    if programme.family is None and programme.org_type in ("visa_programme", "network"):
        return "F"
    return programme.family


def judge(_: None, family: str | None) -> Verdict:
    """B and F block; an unknown family is asked about."""
    if family is None:
        return unknown("family.ask_programme")
    if family in REFUSED:
        return blocked(REFUSED[family])
    return passed("family.open")


RULE = Rule("family", Kind.GATE, startup_key, programme_key, judge)
