"""Pages of the versions of a cohort: what each changed, and using one again."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from data import cohorts
from data.cohorts import StoredCohort
from matcher.cohort import Cohort
from service.cohorts_api import edited
from service.pages.cohort_views import CohortHead, head_of
from service.pages.cohorts import PageNumber, seen
from service.pages.doors import Form, OfficerVisit, PageRoute
from service.pages.frame import go_to, render
from service.pages.paging import Paged, paged
from service.pages.posted import number_of

KEYS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "startups": lambda one: one,
        "intakes": lambda one: one.programme_id,
        "pair_rules": lambda one: (one.startup_id, one.programme_id),
        "quotas": lambda one: one.name,
    }
)
"""What the items of a cohort's lists are known by."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A field that a version changed; of a list, how many items came, went, and changed."""

    field: str
    added: int = 0
    removed: int = 0
    edited: int = 0


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of a cohort, and what it changed against the one before."""

    kept: StoredCohort
    changed: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Every version of a cohort, newest first."""

    head: CohortHead
    versions: Paged[VersionLine]


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/cohorts/{id}/history", history_page, methods=["GET"])
    pages.add_api_route("/cohorts/{id}/restore", restore, methods=["POST"])
    return pages


def history_page(
    request: Request, visit: OfficerVisit, id: str, page: PageNumber = 1
) -> HTMLResponse:
    """Every version of a cohort: who saved it when, and what it changed."""
    with visit.reading() as conn:
        kept = cohorts.get(conn, id)
        found = cohorts.versions(conn, id)
        head = head_of(conn, kept, "history")
        visit.note("history", "cohort", id)
    before = [one.cohort for one in found[1:]]
    lines = [_line(one, was) for one, was in zip(found, [*before, None], strict=True)]
    return render(
        request, "cohort_history.html", HistoryPage(head, paged(lines, page)), visit=visit
    )


def _line(kept: StoredCohort, before: Cohort | None) -> VersionLine:
    return VersionLine(kept, () if before is None else tuple(_changes(before, kept.cohort)))


def _changes(before: Cohort, after: Cohort) -> Iterator[Changed]:
    """The fields in which two versions differ; of a list, how many items came, went, changed."""
    for field in dataclasses.fields(Cohort):
        was, now = getattr(before, field.name), getattr(after, field.name)
        if was == now:
            continue
        if field.name in KEYS:
            olds, news = ({KEYS[field.name](one): one for one in some} for some in (was, now))
            both = olds.keys() & news.keys()
            same = sum(olds[key] == news[key] for key in both)
            yield Changed(
                field.name, len(news) - len(both), len(olds) - len(both), len(both) - same
            )
        else:
            yield Changed(field.name)


def restore(request: Request, visit: OfficerVisit, id: str, form: Form) -> Response:
    """Let a cohort be as an earlier version had it: a new version with that content."""
    with visit.reading() as conn:
        old = cohorts.get(conn, id, number_of(form.get("restore")) or 0).cohort
    edited(visit, id, seen(form), lambda _: old)
    return go_to(f"/cohorts/{id}", "cohort_saved")
