"""A profile as it is read: every fact with its source, every gap with its question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from data import profiles
from data.folding import place_name
from data.taxonomies import name_of
from matcher.errors import ProfileNotFound
from matcher.freshness import MOST_MONTHS, Freshness, freshness, months_held
from matcher.profile import Profile, Programme
from service.pages.doers import doer
from service.pages.doors import PageRoute, PageVisit, SignedIn
from service.pages.frame import render
from service.pages.known_facts import Group, Sheet, Source
from service.pages.rows import Window, window_of
from service.security import may_read, sight_of

SIMILAR = 5
"""Profiles of the same kind that are named as nearest."""


@dataclass(frozen=True, slots=True)
class Near:
    """A profile that is near in text; ``likeness`` from 0 to 1."""

    id: str
    name: str
    country: str | None
    likeness: float


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """A profile, with what may be done from here."""

    kind: str
    id: str
    name: str
    under: str
    groups: tuple[Group, ...]
    sources: tuple[Source, ...]
    stale: int
    asked: int
    as_of: date | None
    freshness: Freshness
    months: int
    most_months: int
    verified: bool | None
    window: Window | None
    near: tuple[Near, ...]
    version: int
    changed_at: datetime
    changed_by: str | None
    may_edit: bool
    may_match: bool
    may_list: bool


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/programmes/{id}/profile", read_programme, methods=["GET"])
    pages.add_api_route("/startups/{id}/profile", read_startup, methods=["GET"])
    pages.add_api_route("/incubators/{id}/profile", read_incubator, methods=["GET"])
    return pages


def read_programme(request: Request, visit: SignedIn, id: str) -> HTMLResponse:
    """A programme; raises ProfileNotFound."""
    return _read(request, visit, "programme", id)


def read_startup(request: Request, visit: SignedIn, id: str) -> HTMLResponse:
    """A startup, as far as its consents go; raises ProfileNotFound."""
    return _read(request, visit, "startup", id)


def read_incubator(request: Request, visit: SignedIn, id: str) -> HTMLResponse:
    """An incubator, for officers and itself; raises ProfileNotFound and RoleForbids."""
    return _read(request, visit, "incubator", id)


def _read(request: Request, visit: PageVisit, kind: str, id: str) -> HTMLResponse:
    on = visit.at.date()
    with visit.reading() as conn:
        may_read(visit, conn, kind, id)
        kept = profiles.stored(conn, kind, id)
        sight = sight_of(visit, conn, kind, id)
        visit.note("read", kind, id, sight.personal(kept.profile))
    profile = kept.profile
    sheet = Sheet(kind, profile, sight, visit.texts, on)
    groups = sheet.groups()
    months = months_held(profile)
    own = visit.owns(kind, id)
    page = ProfilePage(
        kind=kind,
        id=id,
        name=profile.name,
        under=", ".join(_under(visit, profile)),
        groups=groups,
        sources=sheet.sources,
        stale=sum(
            f.source is not None and f.source.freshness != "fresh" for g in groups for f in g.facts
        ),
        asked=sum(group.unknown for group in groups),
        as_of=profile.as_of,
        freshness=freshness(profile.as_of, months, on),
        months=months,
        most_months=MOST_MONTHS,
        verified=profile.verified,
        window=window_of(profile, on) if isinstance(profile, Programme) else None,
        near=_near(visit, kind, id),
        version=kept.version,
        changed_at=kept.changed_at,
        changed_by=doer(kept.changed_by, visit.texts) if visit.is_officer else None,
        may_edit=visit.is_officer or own,
        may_match=visit.is_officer,
        may_list=visit.is_officer or kind == "programme" or (kind, visit.key.role) == _PAIR,
    )
    return render(request, "profile.html", page, visit=visit)


_PAIR = ("startup", "incubator")
"""A list that others than officers may see."""


def _under(visit: PageVisit, profile: Profile) -> Iterator[str]:
    own = ("name_vi",) if visit.texts.lang == "vi" else ()
    for name in (*own, "organisation", "operator", "legal_name"):
        found = getattr(profile, name, None)
        if found and found != profile.name:
            yield found
            break
    country = getattr(profile, "host", profile.country)
    named = name_of("country", country, visit.texts.lang) if country else None
    city = place_name(profile.city, visit.texts.lang) if profile.city else None
    yield from (place for place in dict.fromkeys((city, named)) if place)


def _near(visit: PageVisit, kind: str, id: str) -> tuple[Near, ...]:
    """Profiles of the same kind that are nearest in text, of those that the person may read."""
    if not visit.is_officer and kind != "programme":
        return ()
    try:
        found = visit.parts.matchmaker.similar(kind, id, SIMILAR)
    except ProfileNotFound:
        return ()
    lang = visit.texts.lang
    return tuple(
        Near(p.id, p.name, name_of("country", p.country, lang) if p.country else None, likeness)
        for p, likeness in found
    )
