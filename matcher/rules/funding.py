"""Fit: the money that a programme gives, and of what kind."""

from __future__ import annotations

from datetime import date

from matcher.profile import Money, Programme, Startup
from matcher.rules.base import Coded, Kind, Rule, Verdict, fit, money, unknown

KIND_SHARES = {"grant": 1.0, "prize": 0.8, "safe": 0.7, "equity": 0.7, "credit": 0.4}
"""A grant costs the founders nothing; a prize is won by few; a SAFE or equity is paid in shares;
credits are spent only with their giver."""

NONE_LISTED = 0.2
"""A programme that lists its services, and no money among them."""


def startup_key(_startup: Startup, _on: date) -> None:
    """Nothing: whether the startup needs money stands in its needs."""


def programme_key(programme: Programme, _on: date) -> tuple[str | None, Money | None, bool | None]:
    """Kind, highest sum, and whether the services list money (None where no service is listed)."""
    services = programme.services
    pays = None if services is None else bool({"funding", "grant"} & set(services))
    return programme.funding_kind, programme.funding, pays


def judge(_: None, offer: tuple[str | None, Money | None, bool | None]) -> Verdict:
    """By kind; a programme known to pay, of unknown kind, is asked about."""
    kind, sum_paid, pays = offer
    if kind is not None:
        named = Coded("funding_kind", (kind,))
        return fit(KIND_SHARES[kind], "funding.given", kind=named, sum=money(sum_paid))
    if pays is False and sum_paid is None:
        return fit(NONE_LISTED, "funding.none_listed")
    return unknown("funding.ask_programme")


RULE = Rule("funding", Kind.FIT, startup_key, programme_key, judge)
