"""Pages that set things side by side: two runs of a cohort, and lists that crowd no programme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from data import cohorts, runs
from matcher.errors import RunNotFound
from service.pages.cohort_views import CohortHead, head_of
from service.pages.cohorts import PageNumber
from service.pages.doors import OfficerVisit, PageRoute
from service.pages.frame import render
from service.pages.paging import Paged, paged, pages_of
from service.pages.run_views import MeasureLine, RunHead, measures_beside, run_head
from service.publication_answers import CapOut, CappedOut
from service.publications_api import read_lists
from service.round_answers import MoveOut, RunOut
from service.round_schemas import run_out
from service.runs_api import read_difference

Run = Annotated[int, Query(ge=1, le=2**62)]
PER_LISTS = 25
OFFERED = 50
"""Runs of the cohort that may be chosen beside."""


@dataclass(frozen=True, slots=True)
class ComparePage:
    """Two runs side by side: ``b`` against ``a``; ``others`` are the runs to choose from."""

    a: RunHead
    b: RunHead
    measures: tuple[MeasureLine, ...]
    moves: Paged[MoveOut]
    others: tuple[RunOut, ...]


@dataclass(frozen=True, slots=True)
class ListsPage:
    """Lists for every startup that respect the places, and what that does."""

    head: CohortHead
    lists: CappedOut
    caps: tuple[CapOut, ...]
    number: int
    pages: int


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/runs/compare", compare_page, methods=["GET"])
    pages.add_api_route("/cohorts/{id}/lists", lists_page, methods=["GET"])
    return pages


def compare_page(
    request: Request, visit: OfficerVisit, a: Run, b: Run, page: PageNumber = 1
) -> HTMLResponse:
    """What one run changes against another: totals, fairness, and every move with its reasons."""
    with visit.reading() as conn:
        heads = run_head(visit, conn, a, "compare"), run_head(visit, conn, b, "compare")
        if heads[0].run.cohort_id != heads[1].run.cohort_id:
            raise RunNotFound(id=b)
        sheets = runs.outcome(conn, a).sheet, runs.outcome(conn, b).sheet
        cohort_id = heads[0].run.cohort_id
        found = runs.runs_of(conn, cohort_id, limit=OFFERED)
        others = tuple(run_out(one, visit.texts) for one in found if one.state == "done")
    difference = read_difference(visit, a, b)
    content = ComparePage(
        *heads,
        tuple(measures_beside(visit.texts, *sheets)),
        paged(difference.moves, page),
        others,
    )
    return render(request, "run_compare.html", content, visit=visit)


def lists_page(
    request: Request,
    visit: OfficerVisit,
    id: str,
    k: Annotated[int, Query(ge=1, le=20)] = 5,
    slack: Annotated[float, Query(ge=1, le=10)] = 1.5,
    page: PageNumber = 1,
) -> HTMLResponse:
    """Lists that crowd no programme before anybody applies."""
    offset = (page - 1) * PER_LISTS
    lists = read_lists(visit, id, k, slack, PER_LISTS, offset)
    with visit.reading() as conn:
        head = head_of(conn, cohorts.get(conn, id), "lists")
    pages = pages_of(lists.total, PER_LISTS)
    caps = sorted(lists.caps, key=lambda one: (-one.listed, one.programme.name.casefold()))
    content = ListsPage(head, lists, tuple(caps[:PER_LISTS]), min(page, pages), pages)
    return render(request, "cohort_lists.html", content, visit=visit)
