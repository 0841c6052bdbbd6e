"""Gate: a partner for exchange abroad is in another country."""

from __future__ import annotations

from datetime import date

from matcher.profile import Incubator
from matcher.rules.base import Coded, Kind, Rule, Verdict, blocked, passed


def home_key(home: Incubator, _on: date) -> str:
    """Country of the incubator that asks."""
    return home.country


def partner_key(partner: Incubator, _on: date) -> str:
    """Country of the organisation asked about."""
    return partner.country


def judge(home: str, partner: str) -> Verdict:
    """The same country is refused."""
    named = Coded("country", (partner,))
    if home == partner:
        return blocked("abroad.same_country", country=named)
    return passed("abroad.other_country", country=named)


RULE = Rule("abroad", Kind.GATE, home_key, partner_key, judge)
