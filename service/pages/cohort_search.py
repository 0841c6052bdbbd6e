"""A search for profiles to add to a cohort, and what was chosen of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import Query, Request

from data import profiles
from data.engines import Connection
from data.listing import Filters
from data.taxonomies import name_of, terms
from service.pages.doors import PageVisit
from service.pages.paging import Paged, pages_of
from service.pages.posted import Posted, number_of
from service.security import Visit

Text = Annotated[str, Query(max_length=200)]

FOUND = 20
"""Profiles that a search for more shows at once."""

MOST_ADDED = 50_000
"""Profiles that all those of a filter may be."""

FILTERS = {"startup": ("sector", "stage"), "programme": ("country", "sector")}
"""What those to add are filtered by, beside words."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A profile that may be added, or that belongs already (``inside``)."""

    id: str
    name: str
    under: str
    inside: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """One filter: its name, its values as (code, name), and the chosen one."""

    name: str
    options: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class Search:
    """A search for profiles to add."""

    text: str
    choices: tuple[Choice, ...]
    asked: bool
    found: Paged[Candidate]


def search_of(
    conn: Connection, visit: Visit, request: Request, kind: str, inside: frozenset[str]
) -> Search:
    """What a search for profiles to add finds; nothing before one is asked for."""
    asked_for = request.query_params
    text = asked_for.get("q", "")[:200]
    filters: Filters = {n: v for n in FILTERS[kind] if (v := asked_for.get(n, ""))}
    asked = bool(text or filters or "q" in asked_for)
    number = asked_for.get("more", "1")
    at = number_of(number) or 1
    page = profiles.Page((), 0)
    if asked:
        offset = max(at - 1, 0) * FOUND
        page = profiles.list_profiles(
            conn, kind, filters=filters, text=text, limit=FOUND, offset=offset
        )
    items = tuple(
        Candidate(one.id, one.name, under_name(visit, one), one.id in inside) for one in page.items
    )
    pages = pages_of(page.total, FOUND)
    found = Paged(items, min(max(at, 1), pages), pages, page.total)
    return Search(text, tuple(_choices(visit, kind, filters)), asked, found)


def _choices(visit: Visit, kind: str, filters: Filters) -> Iterable[Choice]:
    for name in FILTERS[kind]:
        named = ((code, name_of(name, code, visit.texts.lang)) for code in terms(name))
        options = sorted(named, key=lambda one: one[1]) if name == "country" else list(named)
        yield Choice(name, tuple(options), str(filters.get(name, "")))


def under_name(visit: Visit, profile: Any) -> str:
    """What stands below a name: where and what, by codes that everybody may see."""
    lang = visit.texts.lang
    told = [name_of("sector", one, lang) for one in (profile.sectors or ())[:2]]
    if getattr(profile, "stage", None):
        told.append(name_of("stage", profile.stage, lang))
    if getattr(profile, "organisation", None):
        told = [profile.organisation, name_of("country", profile.host, lang)]
    return " · ".join(told)


def chosen_of(visit: PageVisit, form: Posted, kind: str) -> tuple[str, ...]:
    """The ids that a form names: those ticked, or all that its filter finds."""
    if form.get("do") != "add_all":
        return form.all("id")
    text, filters = form.get("q"), {n: v for n in FILTERS[kind] if (v := form.get(n))}
    with visit.reading() as conn:
        found = profiles.list_profiles(conn, kind, filters=filters, text=text, limit=MOST_ADDED)
    return tuple(one.id for one in found.items)


def back_to(request: Request, form: Posted) -> str:
    """The page from which a form was sent, with its search."""
    kept = [one for one in parse_qsl(form.get("query"), max_num_fields=20) if one[0] != "said"]
    path = str(request.url.path)
    return f"{path}?{urlencode(kept)}" if kept else path
