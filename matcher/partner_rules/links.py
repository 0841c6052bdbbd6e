"""Fit: countries and organisations that the incubator already works with."""

from __future__ import annotations

from datetime import date

from matcher.profile import Incubator
from matcher.rules.base import Coded, Kind, Rule, Verdict, fit, unknown
from matcher.rules.conflict import fold, stands_in

SAME_COUNTRY = 0.8
NEW_COUNTRY = 0.4
"""A country already worked with spares the first agreement; a new one still opens a bridge."""

Links = tuple[tuple[str, ...] | None, tuple[str, ...] | None]


def home_key(home: Incubator, _on: date) -> Links:
    """Countries linked, and organisations linked, folded."""
    names = home.linked_organisations
    return home.linked_countries, names and tuple(sorted(map(fold, names)))


def partner_key(partner: Incubator, _on: date) -> tuple[str, str]:
    """Country and folded name."""
    return partner.country, fold(partner.name)


def judge(links: Links, partner: tuple[str, str]) -> Verdict:
    """An existing partner earns all, a known country most, a new country some."""
    countries, organisations = links
    country, name = partner
    named = Coded("country", (country,))
    if any(name == linked or stands_in(name, linked) for linked in organisations or ()):
        return fit(1.0, "links.organisation")
    if countries is None:
        return unknown("links.ask_startup")
    if country in countries:
        return fit(SAME_COUNTRY, "links.country", country=named)
    return fit(NEW_COUNTRY, "links.new", country=named)


RULE = Rule("links", Kind.FIT, home_key, partner_key, judge)
