"""Gate: large firms are not startups."""

from __future__ import annotations

from datetime import date

from matcher.profile import Programme, Startup
from matcher.rules.base import Kind, Rule, Verdict, blocked, passed, unknown

SME_EMPLOYEES = 200
"""Most employees of a small or medium firm: Law 04/2017/QH14, article 4."""


def startup_key(startup: Startup, _on: date) -> tuple[str | None, bool | None]:
    """Declared size, and whether it employs more people than an SME may."""
    many = None if startup.employees is None else startup.employees > SME_EMPLOYEES
    return startup.size, many


def programme_key(_programme: Programme, _on: date) -> None:
    """Nothing of the programme matters: no programme of the catalogue is for large firms."""


def judge(firm: tuple[str | None, bool | None], _: None) -> Verdict:
    """Law 04/2017/QH14 supports small and medium firms; a large one is refused."""
    size, many_employees = firm
    if size == "large":
        return blocked("size.large")
    if size == "sme" and not many_employees:
        return passed("size.sme")
    if size is None and many_employees is False:
        return passed("size.sme")
    return unknown("size.ask_startup", employees=SME_EMPLOYEES)


RULE = Rule("size", Kind.GATE, startup_key, programme_key, judge)
