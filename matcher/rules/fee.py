"""Fit: the fee of a programme against what the startup can pay."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from matcher.profile import Money, Programme, Startup
from matcher.rules.base import Change, Kind, Rule, Verdict, fit, money, unknown

PAYABLE_SHARE = 0.6
"""A fee within reach; no fee earns all."""


def startup_key(startup: Startup, _on: date) -> Money | None:
    """Highest fee that the startup can pay."""
    return startup.max_fee


def programme_key(programme: Programme, _on: date) -> Money | None:
    """Fee asked; an amount of 0 where it is known to be free."""
    return programme.fee


def judge(payable: Money | None, fee: Money | None) -> Verdict:
    """Free earns all, a payable fee some, a higher one nothing."""
    if fee is None or (fee.amount and fee.usd is None):
        return unknown("fee.ask_programme")
    if fee.amount == 0:
        return fit(1.0, "fee.free")
    if payable is None or payable.usd is None:
        return unknown("fee.ask_startup", fee=money(fee))
    if (fee.usd or 0) <= payable.usd:
        return fit(PAYABLE_SHARE, "fee.payable", fee=money(fee))
    return fit(0.0, "fee.too_high", fee=money(fee), payable=money(payable))


def remedies(startup: Startup, programme: Programme, _on: date) -> Iterable[Change]:
    """Find the money for the fee, from the startup or a sponsor."""
    fee, payable = programme.fee, startup.max_fee
    if fee and fee.usd and (payable is None or (payable.usd or 0) < fee.usd):
        yield Change("max_fee", fee)


RULE = Rule("fee", Kind.FIT, startup_key, programme_key, judge, remedies)
