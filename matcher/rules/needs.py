"""Fit: what the startup needs against what the programme gives."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

from matcher.profile import Programme, Startup
from matcher.rules.base import Change, Coded, Kind, Rule, Verdict, fit, unknown
from matcher.taxonomy import CALL_NEEDS, SERVICES, service_nearness

OTHER_NEED_WEIGHT = 0.6
"""Weight of a need beside the call's four (training, product, market, expansion), which weigh 1."""

MET = 0.5
"""From this nearness on, a need is named as met in the reason."""

Services = tuple[str, ...] | None


def startup_key(startup: Startup, _on: date) -> Services:
    """Needs, in the order of the vocabulary."""
    return in_order(startup.needs)


def programme_key(programme: Programme, _on: date) -> Services:
    """Services, in the order of the vocabulary."""
    return in_order(programme.services)


def in_order(services: Services) -> Services:
    """The same services, each once, in the order of the vocabulary."""
    return services and tuple(s for s in SERVICES if s in services)


def weight(need: str) -> float:
    """Weight of one need in the share."""
    return 1.0 if need in CALL_NEEDS else OTHER_NEED_WEIGHT


def judge(needs: Services, services: Services) -> Verdict:
    """Weighted mean, over the needs, of the nearest service given: the gap that is filled."""
    if not needs:
        return unknown("needs.ask_startup")
    if not services:
        return unknown("needs.ask_programme")
    nearest = {need: _nearest(need, services) for need in needs}
    share = sum(weight(n) * near for n, near in nearest.items()) / sum(map(weight, needs))
    met = Coded("service", tuple(n for n in needs if nearest[n] >= MET))
    unmet = Coded("service", tuple(n for n in needs if nearest[n] < MET))
    code = "needs.all" if not unmet.codes else "needs.some" if met.codes else "needs.none"
    return fit(min(1.0, share), code, met=met, unmet=unmet)


@cache
def _nearest(need: str, services: tuple[str, ...]) -> float:
    return max(service_nearness(need, service) for service in services)


def remedies(startup: Startup, programme: Programme, _on: date) -> Iterable[Change]:
    """Name the needs where none is on record, with what the programme gives of the call's four."""
    given = tuple(need for need in CALL_NEEDS if need in (programme.services or ()))
    if startup.needs is None and given:
        yield Change("needs", given)


RULE = Rule("needs", Kind.FIT, startup_key, programme_key, judge, remedies)
