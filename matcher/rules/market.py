"""Fit: the markets that the startup aims at against those that the programme opens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

from matcher.profile import Programme, Startup
from matcher.rules.base import Change, Kind, Rule, Verdict, coded, fit, unknown
from matcher.taxonomy import ANY_MARKET, BLOCS, expand, share_bloc

BEST_WEIGHT = 0.7
"""Weight of the best-served target; the rest is the mean over all targets."""

BLOC_SHARES = {"ASEAN": 0.5, "EU": 0.6, "GCC": 0.5, "CPTPP": 0.3, "RCEP": 0.3, "APEC": 0.15}
"""Share of a target that is not opened itself but lies in one bloc with the host country: a
common market or economic community counts more than a trade agreement, and that more than a
forum."""

Codes = tuple[str, ...]


def startup_key(startup: Startup, _on: date) -> tuple[Codes | None, str | None]:
    """Target markets, countries and blocs in alphabetical order, and the startup's own country."""
    targets = startup.target_markets
    return targets and tuple(sorted(set(targets))), startup.country


def programme_key(programme: Programme, _on: date) -> tuple[str, Codes | None]:
    """Host country, and the markets that the programme opens."""
    return programme.host, programme.markets and tuple(sorted(set(programme.markets)))


def judge(aim: tuple[Codes | None, str | None], offer: tuple[str, Codes | None]) -> Verdict:
    """Best target and mean of all, each covered by a market opened or by a bloc shared.

    The host country is opened by being there; the startup's own country opens no bloc to it.
    """
    targets, home = aim
    host, markets = offer
    if not targets:
        return unknown("market.ask_startup")
    if not markets:
        return unknown("market.ask_programme")
    opened = _opened(host, markets)
    shares = [_share(target, host, opened, home) for target in targets]
    share = BEST_WEIGHT * max(shares) + (1 - BEST_WEIGHT) * sum(shares) / len(shares)
    covered = tuple(t for t, s in zip(targets, shares, strict=True) if s == 1.0)
    code = "market.opened" if covered else "market.near" if share else "market.far"
    named = coded("market", covered or targets)
    return fit(min(1.0, share), code, targets=named, host=coded("country", (host,)))


def _share(target: str, host: str, opened: frozenset[str], home: str | None) -> float:
    if target in opened or target == ANY_MARKET:
        return 1.0
    if target in BLOCS:
        return 1.0 if (BLOCS[target] & opened) - {home} else 0.0
    return _share_by_bloc(target, host)


@cache
def _opened(host: str, markets: Codes) -> frozenset[str]:
    return expand(markets) | {host}


@cache
def _share_by_bloc(target: str, host: str) -> float:
    return max((BLOC_SHARES[bloc] for bloc in share_bloc(target, host)), default=0.0)


def remedies(startup: Startup, programme: Programme, _on: date) -> Iterable[Change]:
    """Aim at the host country as well."""
    targets = startup.target_markets or ()
    if programme.host not in expand(targets):
        yield Change("target_markets", (*targets, programme.host))


RULE = Rule("market", Kind.FIT, startup_key, programme_key, judge, remedies, neutral=0.4)
