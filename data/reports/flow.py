"""The flow from sectors to countries: how an alluvial picture of the placements is laid out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from data.reports.naming import Naming, given_places

MOST_ENDS = 10
"""Sectors and countries that are named; all others are taken together."""
GAP = 0.022
"""Between two bands, as a share of all placements."""

Flows = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Band:
    """A sector or country on its side: ``count`` placements, from ``top`` downwards."""

    name: str
    count: int
    top: float

    @property
    def bottom(self) -> float:
        """Where it ends."""
        return self.top + self.count


@dataclass(frozen=True, slots=True)
class Ribbon:
    """Placements from one sector to one country: where they leave and where they arrive."""

    sector: str
    count: int
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Alluvial:
    """Both sides from the top down, in placements, and the ribbons between them."""

    sectors: tuple[Band, ...]
    countries: tuple[Band, ...]
    ribbons: tuple[Ribbon, ...]
    height: float


def alluvial(naming: Naming) -> Alluvial:
    """Lay out the placements of a run, most first on each side, what is taken together last."""
    flows, other = _flows(naming), naming.texts.report("picture.other")
    gap = GAP * sum(flows.values())
    sides = [_ends(flows, side, other) for side in (0, 1)]
    room = max(len(side) for side in sides) - 1
    sectors, countries = (_bands(side, gap * room / max(len(side) - 1, 1)) for side in sides)
    height = sum(flows.values()) + gap * max(room, 0)
    return Alluvial(sectors, countries, _ribbons(flows, sectors, countries), height)


def _flows(naming: Naming) -> Flows:
    pairs: Flows = Counter()
    unknown = naming.unknown.capitalize()
    for given in given_places(naming.report):
        sector = naming.main_sector(naming.startup(given.placement.startup_id))
        pairs[sector, naming.country(given.place.programme_id) or unknown] += 1
    other = naming.texts.report("picture.other")
    kept = [{name for name, _ in _ends(pairs, side, other)[:MOST_ENDS]} for side in (0, 1)]
    joined: Flows = Counter()
    for pair, count in pairs.items():
        sector, country = (name if name in kept[side] else other for side, name in enumerate(pair))
        joined[sector, country] += count
    return joined


def _ends(flows: Flows, side: int, other: str) -> list[tuple[str, int]]:
    sums: Counter[str] = Counter()
    for pair, count in flows.items():
        sums[pair[side]] += count
    return sorted(sums.items(), key=lambda end: (end[0] == other, -end[1], end[0]))


def _bands(ends: list[tuple[str, int]], gap: float) -> tuple[Band, ...]:
    bands, top = [], 0.0
    for name, count in ends:
        bands.append(Band(name, count, top))
        top = bands[-1].bottom + gap
    return tuple(bands)


def _ribbons(
    flows: Flows, sectors: tuple[Band, ...], countries: tuple[Band, ...]
) -> tuple[Ribbon, ...]:
    """Ribbons leave and arrive in the order of the other side, so that few of them cross."""
    arrived = {band.name: band.top for band in countries}
    ribbons = []
    for sector in sectors:
        left = sector.top
        for country in countries:
            count = flows[sector.name, country.name]
            if count:
                ribbons.append(Ribbon(sector.name, count, left, arrived[country.name]))
                left += count
                arrived[country.name] += count
    return tuple(ribbons)
