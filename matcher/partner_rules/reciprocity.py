"""Fit: whether startups can go both ways."""

from __future__ import annotations

from datetime import date

from matcher.profile import Incubator
from matcher.rules.base import Coded, Kind, Rule, Verdict, fit, unknown
from matcher.taxonomy import expand

SHARES = {"both": 1.0, "out_here": 0.8, "in": 0.6, "out": 0.5}
"""Both ways is an exchange; a partner that sends its firms to our country brings startups in; one
that only takes startups in serves ours alone; one that sends its firms elsewhere may send them
here."""

Flow = tuple[str | None, tuple[str, ...] | None]


def home_key(home: Incubator, _on: date) -> str:
    """Country of the incubator that asks."""
    return home.country


def partner_key(partner: Incubator, _on: date) -> Flow:
    """Direction of the partner's programmes, and the markets that they open."""
    return partner.direction, partner.markets


def judge(country: str, flow: Flow) -> Verdict:
    """By direction, and by whether firms are sent to the incubator's country."""
    direction, markets = flow
    if direction is None:
        return unknown("reciprocity.ask_programme")
    here = direction == "out" and markets is not None and country in expand(markets)
    named = Coded("country", (country,))
    return fit(
        SHARES["out_here" if here else direction],
        f"reciprocity.{'out_here' if here else direction}",
        country=named,
    )


RULE = Rule("reciprocity", Kind.FIT, home_key, partner_key, judge)
