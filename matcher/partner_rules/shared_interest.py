"""Gate: a declared tie between the incubator and the organisation."""

from __future__ import annotations

from datetime import date

from matcher.profile import Incubator
from matcher.rules.base import Kind, Rule, Verdict, blocked, passed, unknown
from matcher.rules.conflict import fold, stands_in


def home_key(home: Incubator, _on: date) -> frozenset[str] | None:
    """Organisations with which the management of the incubator has a tie."""
    return None if home.conflicts is None else frozenset(map(fold, home.conflicts))


def partner_key(partner: Incubator, _on: date) -> str:
    """The organisation asked about."""
    return fold(partner.name)


def judge(ties: frozenset[str] | None, organisation: str) -> Verdict:
    """A declared tie is a refusal; no declaration is a question."""
    if ties is None:
        return unknown("shared_interest.ask_startup")
    if organisation in ties:
        return blocked("shared_interest.declared")
    if any(stands_in(tie, organisation) for tie in ties):
        return unknown("shared_interest.similar.ask_startup")
    return passed("shared_interest.none")


RULE = Rule("shared_interest", Kind.GATE, home_key, partner_key, judge)
