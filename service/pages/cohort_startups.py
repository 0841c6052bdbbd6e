"""Pages of the startups of a cohort: who belongs to it, and who may be added."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from data import cohorts, profiles
from data.engines import Connection
from data.named_profiles import names_by_id
from matcher.cohort import Cohort
from service.pages.cohort_fields import (
    NO_FAULTS,
    Faults,
    Wrong,
    faults_of,
)
from service.pages.cohort_search import (
    Candidate,
    Search,
    Text,
    back_to,
    chosen_of,
    search_of,
    under_name,
)
from service.pages.cohort_setup import saved
from service.pages.cohort_views import CohortHead, having, head_of
from service.pages.cohorts import PageNumber
from service.pages.doors import Form, OfficerVisit, PageRoute, PageVisit
from service.pages.frame import render
from service.pages.paging import Paged, paged
from service.security import Visit


@dataclass(frozen=True, slots=True)
class StartupsPage:
    """The startups of a cohort, and those that may be added."""

    head: CohortHead
    within: str
    members: Paged[Candidate]
    search: Search
    faults: Faults


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/cohorts/{id}/startups", startups_page, methods=["GET"])
    pages.add_api_route("/cohorts/{id}/startups", change_startups, methods=["POST"])
    return pages


def startups_page(
    request: Request, visit: OfficerVisit, id: str, page: PageNumber = 1, within: Text = ""
) -> HTMLResponse:
    """The startups of a cohort, by name."""
    return _startups(request, visit, id, page, within)


def _startups(
    request: Request,
    visit: PageVisit,
    id: str,
    number: int = 1,
    within: str = "",
    faults: Faults = NO_FAULTS,
) -> HTMLResponse:
    with visit.reading() as conn:
        kept = cohorts.get(conn, id)
        names = names_by_id(conn, "startup", kept.cohort.startups)
        members = [Candidate(one, names.get(one, one), "", True) for one in kept.cohort.startups]
        members.sort(key=lambda one: (one.name.casefold(), one.id))
        members = having(members, within, lambda one: one.name, lambda one: one.id)
        shown = paged(members, number)
        page = StartupsPage(
            head_of(conn, kept, "startups"),
            within,
            _described(conn, visit, shown),
            search_of(conn, visit, request, "startup", frozenset(kept.cohort.startups)),
            faults,
        )
        visit.note("read", "cohort", id)
    return render(request, "cohort_startups.html", page, visit=visit, status=faults.status)


def _described(conn: Connection, visit: Visit, shown: Paged[Candidate]) -> Paged[Candidate]:
    """The shown members with what they do."""
    found = profiles.get_many(conn, "startup", [one.id for one in shown.items])
    items = (
        dataclasses.replace(one, under=under_name(visit, found[one.id])) if one.id in found else one
        for one in shown.items
    )
    return dataclasses.replace(shown, items=tuple(items))


def change_startups(request: Request, visit: OfficerVisit, id: str, form: Form) -> Response:
    """Add or take out the chosen startups, or add all that a search finds."""
    chosen = chosen_of(visit, form, "startup")

    def edit(before: Cohort) -> Cohort:
        if form.get("do") == "remove":
            return _without_startups(before, frozenset(chosen))
        more = [one for one in chosen if one not in frozenset(before.startups)]
        return dataclasses.replace(before, startups=(*before.startups, *more))

    def again(error: Wrong) -> Response:
        return _startups(request, visit, id, faults=faults_of(visit, error, ()))

    return saved(request, visit, id, form, edit, again, back_to(request, form))


def _without_startups(before: Cohort, gone: frozenset[str]) -> Cohort:
    """Without these startups and the rulings on them."""
    return dataclasses.replace(
        before,
        startups=tuple(one for one in before.startups if one not in gone),
        pair_rules=tuple(one for one in before.pair_rules if one.startup_id not in gone),
    )
