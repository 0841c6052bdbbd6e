"""Gate: conflict of interest between the startup and the organisation."""

from __future__ import annotations

import unicodedata
from datetime import date

from matcher.profile import Programme, Startup
from matcher.rules.base import Kind, Rule, Verdict, blocked, passed, unknown


def startup_key(startup: Startup, _on: date) -> frozenset[str] | None:
    """Organisations with which a founder, owner or adviser has a tie, folded for comparison."""
    return None if startup.conflicts is None else frozenset(map(fold, startup.conflicts))


def programme_key(programme: Programme, _on: date) -> str:
    """The organisation that selects."""
    return fold(programme.organisation)


def fold(name: str) -> str:
    """Name of an organisation without case, doubled spaces or ways to compose its accents."""
    return unicodedata.normalize("NFC", " ".join(name.split()).casefold())


def judge(ties: frozenset[str] | None, organisation: str) -> Verdict:
    """A declared tie is a refusal; no declaration is a question."""
    if ties is None:
        return unknown("conflict.ask_startup")
    if organisation in ties:
        return blocked("conflict.declared")
    return passed("conflict.none")


RULE = Rule("conflict", Kind.GATE, startup_key, programme_key, judge)
