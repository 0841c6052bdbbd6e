"""Pages of all cohorts: the list, a new one, files in and out, deleting one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response

from data import cohorts, profiles
from data.engines import Connection
from data.folding import slug
from data.texts import ErrorText
from matcher.errors import CauNoiError, InvalidField
from service.cohort_files_api import export_cohort, loaded, read_cohort_form
from service.cohort_forms import validated_cohort
from service.cohorts_api import delete_cohort
from service.etags import etag_of
from service.pages.cohort_fields import NO_FAULTS, Faults, Typed, faults_of, typed_of
from service.pages.cohort_views import CohortHead, head_with
from service.pages.doors import Form, OfficerVisit, PageRoute, PageVisit
from service.pages.frame import go_to, render
from service.pages.paging import Paged, paged
from service.pages.posted import Posted, number_of
from service.publication_answers import CohortReportOut

PageNumber = Annotated[int, Query(alias="page", ge=1, le=10_000)]

NEW = ("name",)

MOST_ALIKE = 100
"""Rounds whose names make the same id; of more, the name is refused."""

MOST_SHOWN = 50
"""Refused lines of a file that its report shows."""


@dataclass(frozen=True, slots=True)
class CohortsPage:
    """The list of cohorts, the form of a new one, and the form for a file."""

    shown: Paged[CohortHead]
    every: tuple[CohortHead, ...]
    typed: Typed
    faults: Faults
    file_fault: ErrorText | None


@dataclass(frozen=True, slots=True)
class LoadedPage:
    """What became of a file."""

    report: CohortReportOut
    more: int


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/cohorts", list_page, methods=["GET"])
    pages.add_api_route("/cohorts", add_cohort, methods=["POST"])
    pages.add_api_route("/cohort-form", empty_form, methods=["GET"])
    pages.add_api_route("/cohorts/import", load_file, methods=["POST"])
    pages.add_api_route("/cohorts/{id}/export", export_file, methods=["GET"])
    pages.add_api_route("/cohorts/{id}/delete", remove, methods=["POST"])
    return pages


def list_page(request: Request, visit: OfficerVisit, page: PageNumber = 1) -> HTMLResponse:
    """Every cohort with its state, places and startups."""
    return _list(request, visit, page)


def _list(
    request: Request,
    visit: PageVisit,
    number: int = 1,
    typed: Typed = Typed(()),
    faults: Faults = NO_FAULTS,
    file_fault: ErrorText | None = None,
) -> HTMLResponse:
    with visit.reading() as conn:
        every = sorted(_heads(conn), key=lambda one: one.changed_at, reverse=True)
        visit.note("list", "cohort")
    page = CohortsPage(paged(every, number), tuple(every), typed, faults, file_fault)
    status = faults.status if file_fault is None else 422
    return render(request, "cohorts.html", page, visit=visit, status=status)


def _heads(conn: Connection) -> Iterator[CohortHead]:
    """The heads of all cohorts; their programmes are read once."""
    found = cohorts.all_cohorts(conn)
    ids = {one.programme_id for kept in found for one in kept.cohort.intakes}
    programmes = profiles.get_many(conn, "programme", ids)
    return (head_with(conn, kept, programmes, "") for kept in found)


def add_cohort(request: Request, visit: OfficerVisit, form: Form) -> Response:
    """Add an empty cohort under a name; its id is made of the name."""
    name = form.get("name")
    try:
        with visit.writing() as conn:
            id = _free_id(conn, name)
            kept = cohorts.add(
                conn, validated_cohort({"id": id, "name": name}), who=visit.who, at=visit.at
            )
            visit.note("added", "cohort", id, ("name",))
    except (CauNoiError, RequestValidationError) as error:
        return _list(request, visit, typed=typed_of(form), faults=faults_of(visit, error, NEW))
    return go_to(f"/cohorts/{kept.cohort.id}", "cohort_made")


def _free_id(conn: Connection, name: str) -> str:
    """An id made of a name that no cohort has, living or not."""
    base = slug(name, 60)
    if not base:
        raise InvalidField(field="name", value=name[:80], expected="text")
    tried = (base if n == 1 else f"{base}-{n}" for n in range(1, MOST_ALIKE))
    free = next((id for id in tried if id != "import" and cohorts.find(conn, id) is None), None)
    if free is None:
        raise InvalidField(field="name", value=name[:80], expected="text")
    return free


def load_file(request: Request, visit: OfficerVisit, form: Form) -> Response:
    """Load or only check a file; a cohort that is there changes against the version seen."""
    file = form.file("file")
    dry_run = form.get("do") == "check"
    try:
        if file is None:
            raise InvalidField(field="file", value="", expected="a value")
        report = _loaded(visit, form, *file, dry_run)
    except (CauNoiError, RequestValidationError) as error:
        fault = faults_of(visit, error, ()).whole
        return _list(request, visit, typed=typed_of(form), file_fault=fault)
    page = LoadedPage(report, max(len(report.refused) - MOST_SHOWN, 0))
    return render(request, "cohort_loaded.html", page, visit=visit)


def _loaded(
    visit: PageVisit, form: Posted, filename: str, content: bytes, dry_run: bool
) -> CohortReportOut:
    """What a file comes to: tried first, to know which cohort it means."""
    into, name = form.get("into") or None, form.get("file_name") or None
    if into is None and name is not None:
        into = slug(name, 60) or None
    tried = loaded(visit, content, filename[:200], (into, name, None), True)
    if dry_run:
        return tried
    seen = dict(one.rpartition("@")[::2] for one in form.all("seen"))
    version = number_of(seen.get(tried.id, ""))
    return loaded(visit, content, filename[:200], (into, name, version), False)


def empty_form(visit: OfficerVisit) -> Response:
    """An empty workbook to fill in."""
    return read_cohort_form(visit)


def export_file(visit: OfficerVisit, id: str) -> Response:
    """A cohort as a workbook that loads back."""
    return export_cohort(visit, id)


def remove(request: Request, visit: OfficerVisit, id: str, form: Form) -> Response:
    """Delete a cohort; refused while a published list of it stands."""
    delete_cohort(visit, id, seen(form))
    return go_to("/cohorts", "cohort_deleted")


def seen(form: Posted) -> str | None:
    """The version of a cohort that a form was made of, as an If-Match; None without one."""
    version = number_of(form.get("version"))
    return None if version is None else etag_of(version, False)
