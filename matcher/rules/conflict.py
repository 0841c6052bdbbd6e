"""Gate: conflict of interest between the startup and the organisation."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from matcher.profile import Programme, Startup
from matcher.rules.base import Kind, Rule, Verdict, blocked, passed, unknown

SHORTEST_NAME = 5
"""Names up to this length, spaces around them counted, are too short to stand in another."""

WORD = re.compile(r"\w+")


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
    if any(stands_in(tie, organisation) for tie in ties):
        return unknown("conflict.similar.ask_startup")
    return passed("conflict.none")


def stands_in(one: str, other: str) -> bool:
    """Whether one of two folded names, as whole words, stands in the other; signs do not count."""
    short, long = sorted((_words(one), _words(other)), key=len)
    return len(short) > SHORTEST_NAME and short in long


def _words(name: str) -> str:
    return f" {' '.join(WORD.findall(name))} "


RULE = Rule("conflict", Kind.GATE, startup_key, programme_key, judge)
