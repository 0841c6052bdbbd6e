"""Gate: grants that cannot be held together with a programme."""

from __future__ import annotations

from datetime import date

from matcher.profile import Programme, Startup
from matcher.rules.base import Kind, Rule, Verdict, blocked, passed, unknown

Ids = tuple[str, ...]


def startup_key(startup: Startup, _on: date) -> Ids | None:
    """Ids of the programmes and grants that the startup holds now."""
    return None if startup.grants_held is None else tuple(sorted(startup.grants_held))


def programme_key(programme: Programme, _on: date) -> Ids | None:
    """Ids of what cannot be held together with this programme."""
    return programme.exclusive_with


def judge(held: Ids | None, exclusive: Ids | None) -> Verdict:
    """A grant held that excludes the programme is a refusal."""
    if held == () or exclusive == ():
        return passed("exclusivity.free")
    if held is None:
        return unknown("exclusivity.ask_startup", grants=", ".join(exclusive or ()))
    if exclusive is None:
        return unknown("exclusivity.ask_programme", grants=", ".join(held))
    clash = tuple(grant for grant in held if grant in exclusive)
    if clash:
        return blocked("exclusivity.held", grants=", ".join(clash))
    return passed("exclusivity.free")


RULE = Rule("exclusivity", Kind.GATE, startup_key, programme_key, judge)
