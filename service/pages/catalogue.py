"""The catalogue as lists: search, filters with counts, and what is found, twenty-five a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from data.engines import Connection
from data.folding import place_name
from data.listing import matching_ids
from data.taxonomies import name_of, terms
from data.texts import Texts
from matcher.errors import RoleForbids
from matcher.freshness import MOST_MONTHS
from service.pages.doors import OfficerVisit, PageRoute, PageVisit, SignedIn
from service.pages.facets import (
    FACETS,
    STATES,
    UNKNOWN,
    Counts,
    counted,
    ordered,
    vocabulary_of,
    window_on,
)
from service.pages.frame import render
from service.pages.paging import paged
from service.pages.posted import number_of
from service.pages.rows import Row, row_of
from service.pages.shelf import Entry
from service.security import readable_startups

MOST_OPTIONS = 100
"""Choices of one facet that a page offers; the search finds the rest."""
MOST_TEXT = 300
"""Characters that a search reads."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a facet: how many profiles it leaves, and whether it is chosen."""

    code: str
    name: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet with its choices; ``chosen`` of them are."""

    name: str
    label: str
    options: tuple[Option, ...]
    chosen: int


@dataclass(frozen=True, slots=True)
class Chip:
    """A choice that is in force, and the address of the page without it."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a list: what was asked, what was found, and what else could be asked."""

    kind: str
    text: str
    sort: str
    sorts: tuple[tuple[str, str], ...]
    found: int
    all: int
    facets: tuple[Facet, ...]
    chips: tuple[Chip, ...]
    rows: tuple[Row, ...]
    page_number: int
    pages: int
    most_months: int
    is_officer: bool


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/programmes", list_programmes, methods=["GET"])
    pages.add_api_route("/startups", list_startups, methods=["GET"])
    pages.add_api_route("/incubators", list_incubators, methods=["GET"])
    return pages


def list_programmes(request: Request, visit: SignedIn) -> HTMLResponse:
    """The programmes, for everybody who is signed in."""
    return _list(request, visit, "programme")


def list_startups(request: Request, visit: SignedIn) -> HTMLResponse:
    """The startups: an incubator sees those that consented to it; raises RoleForbids."""
    if visit.key.role == "startup":
        raise RoleForbids(role=visit.key.role, needed="officer")
    return _list(request, visit, "startup")


def list_incubators(request: Request, visit: OfficerVisit) -> HTMLResponse:
    """The incubators, for officers."""
    return _list(request, visit, "incubator")


def _list(request: Request, visit: PageVisit, kind: str) -> HTMLResponse:
    on, asked = visit.at.date(), request.query_params
    text = asked.get("q", "").strip()[:MOST_TEXT]
    chosen = _chosen(request, kind)
    with visit.reading() as conn:
        entries = readable(request, visit, conn, kind)
        matching = matching_ids(conn, kind, text) if text else None
        visit.note("list", kind)
    searched = [e for id, e in entries.items() if matching is None or id in matching]
    counts = counted(kind, searched, chosen)
    sort = asked.get("sort", "") if asked.get("sort", "") in SORTS[kind] else SORTS[kind][0]
    found = sorted(counts.found, key=lambda entry: ORDERS[sort](entry, on))
    shown = paged(found, number_of(asked.get("page", "")) or 1)
    page = Listing(
        kind=kind,
        text=text,
        sort=sort,
        sorts=tuple((name, visit.texts.page(f"catalogue.sort.{name}")) for name in SORTS[kind]),
        found=shown.total,
        all=len(entries),
        facets=tuple(_facets(kind, visit.texts, counts, chosen)),
        chips=tuple(_chips(request, kind, visit.texts, text, chosen)),
        rows=tuple(row_of(kind, entry.profile, visit.texts, on) for entry in shown.items),
        page_number=shown.number,
        pages=shown.pages,
        most_months=MOST_MONTHS,
        is_officer=visit.is_officer,
    )
    return render(request, "catalogue.html", page, visit=visit)


def _chosen(request: Request, kind: str) -> dict[str, frozenset[str]]:
    """The choices that an address names; what is none is passed over."""
    asked = request.query_params
    return {
        name: frozenset(c for c in asked.getlist(name) if c and is_choice(kind, name, c))
        for name in FACETS[kind]
    }


def readable(request: Request, visit: PageVisit, conn: Connection, kind: str) -> dict[str, Entry]:
    """The entries of a kind that a person may read, in the order of names."""
    entries: dict[str, Entry] = request.app.state.shelves.entries(conn, kind, visit.at.date())
    if visit.is_officer or kind == "programme":
        return entries
    ids = readable_startups(visit, conn) if kind == "startup" else {visit.key.profile_id}
    return {id: entry for id, entry in entries.items() if id in ids}


# -- what is chosen, and what could be ---------------------------------------------------------


def _facets(
    kind: str, texts: Texts, counts: Counts, chosen: Mapping[str, frozenset[str]]
) -> Iterator[Facet]:
    for name, count in zip(FACETS[kind], counts.counts, strict=True):
        codes = ordered(kind, name, {*count, *chosen[name]}, count)
        shown = codes[:MOST_OPTIONS] + [c for c in codes[MOST_OPTIONS:] if c in chosen[name]]
        options = tuple(
            Option(code, choice_name(kind, name, code, texts), count[code], code in chosen[name])
            for code in shown
        )
        label = texts.page(f"catalogue.facet.{name}")
        yield Facet(name, label, options, sum(option.chosen for option in options))


def choice_name(kind: str, name: str, code: str, texts: Texts) -> str:
    """The name of a facet's code."""
    if code == UNKNOWN:
        return texts.page("catalogue.unknown")
    if name in STATES:
        return texts.page(f"catalogue.{name}.{code}")
    vocabulary = vocabulary_of(kind, name)
    if vocabulary is None:
        return place_name(code, texts.lang) if name == "city" else code
    return name_of(vocabulary, code, texts.lang)


def is_choice(kind: str, name: str, code: str) -> bool:
    """Whether an address names a code that there is; where there is no vocabulary, any is."""
    if name in STATES:
        return code in STATES[name]
    vocabulary = vocabulary_of(kind, name)
    return code == UNKNOWN or vocabulary is None or code in terms(vocabulary)


def _chips(
    request: Request, kind: str, texts: Texts, text: str, chosen: Mapping[str, frozenset[str]]
) -> Iterator[Chip]:
    if text:
        yield Chip(f"“{text}”", _without(request, "q"))
    for name in FACETS[kind]:
        label = texts.page(f"catalogue.facet.{name}")
        for code in sorted(chosen[name]):
            named = choice_name(kind, name, code, texts)
            yield Chip(f"{label}: {named}", _without(request, name, code))


def _without(request: Request, name: str, value: str | None = None) -> str:
    """The address without one choice, from its first page."""
    kept = [
        (key, content)
        for key, content in request.query_params.multi_items()
        if content
        and key not in ("page", "said")
        and not (key == name and value in (None, content))
    ]
    return f"{request.url.path}?{urlencode(kept)}" if kept else str(request.url.path)


# -- orders ------------------------------------------------------------------------------------


def _by_name(entry: Entry, _on: date) -> Any:
    return entry.key


def _by_country(entry: Entry, _on: date) -> Any:
    return entry.profile.country or "~", entry.key


def _by_day(entry: Entry, _on: date) -> Any:
    day = entry.profile.as_of
    return -day.toordinal() if day else 0, entry.key


def _by_oldest(entry: Entry, _on: date) -> Any:
    day = entry.profile.as_of
    return day.toordinal() if day else 0, entry.key


def _by_closing(entry: Entry, on: date) -> Any:
    state, day = window_on(entry.profile, on)  # type: ignore[arg-type]  # programmes only
    return STATES["window"].index(state), day or date.max, entry.key


ORDERS: dict[str, Callable[[Entry, date], Any]] = {
    "name": _by_name,
    "closing": _by_closing,
    "country": _by_country,
    "newest": _by_day,
    "oldest": _by_oldest,
}
SORTS: dict[str, tuple[str, ...]] = {
    "programme": ("name", "closing", "country", "newest", "oldest"),
    "startup": ("name", "newest", "oldest"),
    "incubator": ("name", "country", "newest", "oldest"),
}
"""The orders of each kind, the first where none is asked for."""
