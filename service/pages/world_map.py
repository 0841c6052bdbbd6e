"""The programmes on a map of the world, with the same numbers in a table beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from data.folding import fold
from data.taxonomies import name_of
from service.pages.catalogue import readable
from service.pages.doors import PageRoute, SignedIn
from service.pages.facets import FACETS
from service.pages.frame import render
from service.pages.geography import CITY, ISLANDS, VIEW, Land, Point, lands
from service.pages.shelf import Entry

STEPS = (1, 3, 6, 12)
"""The fewest programmes of each depth of colour."""
OPEN = frozenset({"open", "rolling"})
"""The states of a window in which applications are taken."""


@dataclass(frozen=True, slots=True)
class Country:
    """A country with programmes: how many, how many of them open, and how it is drawn, if it is."""

    code: str
    name: str
    count: int
    open: int
    step: int
    land: Land | None


@dataclass(frozen=True, slots=True)
class WorldMap:
    """The map: countries with programmes, most first; the outline of all others; the city."""

    countries: tuple[Country, ...]
    others: str
    home: Point
    islands: Mapping[str, tuple[Point, ...]]
    view: str
    steps: tuple[tuple[int, int | None], ...]
    programmes: int


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/map", show_map, methods=["GET"])
    return pages


def show_map(request: Request, visit: SignedIn) -> HTMLResponse:
    """The map of the programmes, which everybody who is signed in may read."""
    with visit.reading() as conn:
        entries = readable(request, visit, conn, "programme")
        visit.note("list", "programme")
    drawn = lands()
    countries = _countries(entries.values(), visit.texts.lang)
    codes = {country.code for country in countries}
    bounds = [*(least - 1 for least in STEPS[1:]), None]
    page = WorldMap(
        countries=countries,
        others="".join(land.path for code, land in drawn.items() if code not in codes),
        home=CITY,
        islands=ISLANDS,
        view=VIEW,
        steps=tuple(zip(STEPS, bounds, strict=True)),
        programmes=len(entries),
    )
    return render(request, "map.html", page, visit=visit)


def _countries(entries: Iterable[Entry], lang: str) -> tuple[Country, ...]:
    """The countries of programmes, by how many and then by name; it counts as the filter does."""
    country, window = (FACETS["programme"].index(name) for name in ("country", "window"))
    counts: Counter[str] = Counter()
    open_now: Counter[str] = Counter()
    for entry in entries:
        counts.update(entry.codes[country])
        if entry.codes[window] & OPEN:
            open_now.update(entry.codes[country])
    drawn = lands()
    found = [
        Country(code, name_of("country", code, lang), n, open_now[code], _step(n), drawn.get(code))
        for code, n in counts.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.count, fold(one.name))))


def _step(count: int) -> int:
    return sum(count >= least for least in STEPS)
