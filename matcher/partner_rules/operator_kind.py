"""Gate: an authority that only grants visas hosts no startups and has none to exchange."""

from __future__ import annotations

from datetime import date

from matcher.profile import Incubator
from matcher.rules.base import Kind, Rule, Verdict, blocked, passed, unknown


def home_key(_home: Incubator, _on: date) -> None:
    """Nothing of the incubator that asks matters."""


def partner_key(partner: Incubator, _on: date) -> str | None:
    """What kind of organisation it is."""
    return partner.org_type


def judge(_: None, kind: str | None) -> Verdict:
    """Visa schemes are refused; landing pads and networks are partners like incubators."""
    if kind is None:
        return unknown("operator_kind.ask_programme")
    if kind == "visa_programme":
        return blocked("operator_kind.visa_only")
    return passed("operator_kind.partner")


RULE = Rule("operator_kind", Kind.GATE, home_key, partner_key, judge)
