"""The home of an incubator that is signed in, and the page of an organisation abroad."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from data import decisions
from data.decisions import Decision
from matcher.profile import Incubator, Programme, Startup
from service.answers import IncubatorPartners, PartnerMatch, RefusedBy, StartupMatches
from service.matchmaking import Wish
from service.pages.doors import IncubatorVisit, PageRoute, PageVisit, only
from service.pages.frame import go_to, render
from service.pages.paging import paged
from service.pages.partner_lists import PartnersList, asked_in, partners_list, ways_of
from service.pages.posted import number_of
from service.pages.programme_facts import (
    PARTNER_SECTIONS,
    Section,
    Story,
    sections_of,
    story_of,
)
from service.pages.sides import Line, about_startup, best_reasons, names_of
from service.partnering import homes_of, pairs_of_partner, partner_of, programmes_of
from service.schemas import answer_out, measure_of
from service.security import Sight, may_read, readable_startups, sight_of

PER_PAGE = 10
"""Startups on one page, each with its first programmes."""
MATCHES = 3
HOMES_SHOWN = 10

PartnerVisit = Annotated[PageVisit, Depends(only("officer", "incubator"))]


@dataclass(frozen=True, slots=True)
class Personal:
    """A personal field that its startup consented to show: its label and text."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Consenting:
    """A startup that consented to be seen, with its first programmes."""

    startup: Startup
    about: str
    personal: tuple[Personal, ...]
    told: StartupMatches


@dataclass(frozen=True, slots=True)
class OwnPage:
    """The home of an incubator: its partners, and the startups that consented to it."""

    incubator: Incubator
    partners: PartnersList
    startups: tuple[Consenting, ...]
    all: int
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class HomeLine:
    """A home incubator for a partner: open with its points, or refused with why."""

    line: Line | None
    id: str
    name: str
    href: str
    refused: tuple[RefusedBy, ...]


@dataclass(frozen=True, slots=True)
class PartnerPage:
    """An organisation abroad: what it is, what it runs, and whom it suits."""

    partner: Incubator
    sections: tuple[Section, ...]
    story: Story | None
    programmes: tuple[Programme, ...]
    homes: tuple[HomeLine, ...]
    noise: float
    first: int = HOMES_SHOWN


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/partners", own_page, methods=["GET"])
    pages.add_api_route("/partners/{id}", partner_page, methods=["GET"])
    return pages


def own_page(request: Request, visit: IncubatorVisit, page: str = "") -> Response:
    """Its own partners, and the startups that consented to it, with their programmes."""
    own = visit.profile_id
    partners = partners_list(visit, own, asked_in(request.query_params.multi_items()), {})
    matchmaker = visit.parts.matchmaker
    with visit.reading() as conn:
        ids, sight = sorted(readable_startups(visit, conn)), sight_of(visit, conn, "startup")
    shown = paged(ids, number_of(page) or 1, PER_PAGE)
    startups = _consenting(visit, sight, shown.items)
    visit.write_lines()
    incubator = matchmaker.kept("incubator", own)
    content = OwnPage(incubator, partners, startups, shown.total, shown.number, shown.pages)
    return render(request, "partners.html", content, visit=visit)


def partner_page(request: Request, visit: PartnerVisit, id: str) -> Response:
    """An organisation abroad; an incubator that is kept here has its own page.

    Raises ProfileNotFound.
    """
    matchmaker = visit.parts.matchmaker
    partner = partner_of(matchmaker, id)
    if id in matchmaker.incubators:
        with visit.reading() as conn:
            may_read(visit, conn, "incubator", id)
        return go_to(f"/incubators/{id}")
    with visit.reading() as conn:
        latest = decisions.latest_about_target(conn, "incubator", id)
        visit.note("read partner", "incubator", id)
    page = PartnerPage(
        partner,
        sections_of(partner, PARTNER_SECTIONS, visit.texts),
        story_of(partner, visit.texts.lang),
        programmes_of(matchmaker, id),
        _homes(visit, partner, {one.startup_id: one for one in latest}),
        matchmaker.partner_panel.scale.noise,
    )
    return render(request, "partner.html", page, visit=visit)


def _consenting(visit: PageVisit, sight: Sight, ids: Sequence[str]) -> tuple[Consenting, ...]:
    """Startups with their first programmes, each noted for the audit."""
    matchmaker = visit.parts.matchmaker
    measure = measure_of(matchmaker, "startup", visit.parts.chances)
    found = []
    for id in ids:
        answer = matchmaker.top_matches(id, Wish(MATCHES, {}, 0))
        told: Any = answer_out(answer, visit.texts, "startup", measure)
        startup: Startup = answer.asker
        visit.note("match", "startup", id, sight.personal(startup))
        visit.parts.metrics.served("startup", len(told.matches))
        about = about_startup(startup, visit.texts)
        found.append(Consenting(startup, about, _personal(startup, sight, visit), told))
    return tuple(found)


def _personal(startup: Startup, sight: Sight, visit: PageVisit) -> tuple[Personal, ...]:
    texts = visit.texts
    return tuple(
        Personal(texts.field(name), texts.content(Startup, name, getattr(startup, name)))
        for name in sight.personal(startup)
    )


def _homes(
    visit: PageVisit, partner: Incubator, on_record: dict[str, Decision]
) -> tuple[HomeLine, ...]:
    """The home incubators for a partner, best first; an incubator sees itself alone."""
    matchmaker = visit.parts.matchmaker
    homes = homes_of(matchmaker)
    if not visit.is_officer:
        homes = tuple(home for home in homes if visit.owns("incubator", home.id))
    measure = measure_of(matchmaker, "incubator", visit.parts.chances)
    names = {home.id: home.name for home in homes}
    lines = []
    for rank, answer in enumerate(pairs_of_partner(matchmaker, partner, homes), 1):
        told: Any = answer_out(answer, visit.texts, "incubator", measure)
        lines.append(_home(rank, told, names, on_record))
    return tuple(lines)


def _home(
    rank: int, told: IncubatorPartners, names: dict[str, str], on_record: dict[str, Decision]
) -> HomeLine:
    id, name = told.incubator.id, told.incubator.name
    href = f"/incubators/{id}"
    if not told.matches:
        return HomeLine(None, id, name, href, tuple(told.blocked[0].all))
    match: PartnerMatch = told.matches[0]
    line = Line(
        rank,
        id,
        href,
        "",
        match,
        best_reasons(match.parts),
        names_of(match.near_tie_with, names),
        on_record.get(id),
        ways_of(match),
    )
    return HomeLine(line, id, name, href, ())
