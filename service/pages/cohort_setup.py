"""Pages on which a cohort is set up: its details, and the order of a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from data import cohorts, runs
from data.currencies import rates
from matcher.cohort import Cohort
from matcher.errors import CauNoiError, CohortStale
from service.cohort_forms import given, validated_cohort
from service.cohorts_api import edited
from service.pages.cohort_fields import (
    DETAILS,
    HOME_CURRENCY,
    NO_FAULTS,
    Faults,
    Typed,
    Wrong,
    decimal_of,
    details_patch,
    details_typed,
    faults_of,
    typed_of,
    whole_of,
)
from service.pages.cohort_views import CohortHead, head_of
from service.pages.cohorts import seen
from service.pages.doors import Form, OfficerVisit, PageRoute, PageVisit
from service.pages.frame import go_to, render
from service.pages.posted import Posted
from service.profile_forms import merged
from service.round_answers import RunOut
from service.round_schemas import run_out
from service.runs_api import RunBody, how_of, queued

ORDER = ("mode", "proposing", "keep_points", "max_moves", "seconds", "reserves")
LATEST_RUNS = 5

FIRST_ORDER = Typed((("mode", "best"), ("proposing", "startup"), ("reserves", "10")))
"""What the form of an order holds before anybody typed anything."""


@dataclass(frozen=True, slots=True)
class SetupPage:
    """A cohort's details, the form of a run, and its latest runs.

    ``others`` names the fields that somebody else changed meanwhile, with what stands in them now;
    the form then holds what was typed, to be saved over that or corrected.
    """

    head: CohortHead
    typed: Typed
    faults: Faults
    others: tuple[tuple[str, str], ...]
    order: Typed
    order_faults: Faults
    runs: tuple[RunOut, ...]
    seconds: float
    rates_on: date | None


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/cohorts/{id}", setup_page, methods=["GET"])
    pages.add_api_route("/cohorts/{id}", save_details, methods=["POST"])
    pages.add_api_route("/cohorts/{id}/runs", order_run, methods=["POST"])
    return pages


def setup_page(request: Request, visit: OfficerVisit, id: str) -> HTMLResponse:
    """The details of a cohort."""
    return _page(request, visit, id)


def _page(
    request: Request,
    visit: PageVisit,
    id: str,
    typed: Typed | None = None,
    faults: Faults = NO_FAULTS,
    others: tuple[tuple[str, str], ...] = (),
    order: Typed = FIRST_ORDER,
    order_faults: Faults = NO_FAULTS,
) -> HTMLResponse:
    with visit.reading() as conn:
        kept = cohorts.get(conn, id)
        found = runs.runs_of(conn, id, limit=LATEST_RUNS)
        head = head_of(conn, kept, "setup")
        visit.note("read", "cohort", id)
    page = SetupPage(
        head,
        typed or details_typed(kept.cohort, visit),
        faults,
        others,
        order,
        order_faults,
        tuple(run_out(run, visit.texts) for run in found),
        visit.parts.settings.run_seconds,
        rates()[HOME_CURRENCY].as_of,
    )
    status = max(faults.status, order_faults.status)
    return render(request, "cohort.html", page, visit=visit, status=status)


def save_details(request: Request, visit: OfficerVisit, id: str, form: Form) -> Response:
    """Save the details as a new version, against the version that was seen."""
    patch = details_patch(form)

    def amended(before: Cohort) -> Cohort:
        return validated_cohort(merged(given(before), patch))

    try:
        edited(visit, id, seen(form), amended)
    except CohortStale as error:
        typed, others = _beside_theirs(visit, id, form)
        return _page(request, visit, id, typed, faults_of(visit, error, DETAILS), others)
    except (CauNoiError, RequestValidationError) as error:
        return _page(request, visit, id, typed_of(form), faults_of(visit, error, DETAILS))
    return go_to(f"/cohorts/{id}", "cohort_saved")


def _beside_theirs(
    visit: PageVisit, id: str, form: Posted
) -> tuple[Typed, tuple[tuple[str, str], ...]]:
    """What was typed, over what stands now where the form was left as it was; and the fields that
    somebody else changed since the form was made, with what stands in them now."""
    with visit.reading() as conn:
        now = details_typed(cohorts.get(conn, id).cohort, visit)
        then = cohorts.find(conn, id, int(form.get("version")))
    was = now if then is None else details_typed(then.cohort, visit)
    touched = {name for name in DETAILS if form.get(name) != was.of(name)}
    typed = ((name, form.get(name) if name in touched else now.of(name)) for name in DETAILS)
    changed = ((name, now.of(name)) for name in DETAILS if was.of(name) != now.of(name))
    return Typed(tuple(typed)), tuple(changed)


def order_run(request: Request, visit: OfficerVisit, id: str, form: Form) -> Response:
    """Order a run of the cohort as it stands; it is done beside the requests."""
    try:
        how = how_of(visit, _body(form))
        run = queued(visit, visit.parts.rounds.order(id, how, visit.who))
    except (CauNoiError, RequestValidationError) as error:
        faults = faults_of(visit, error, ORDER)
        return _page(request, visit, id, order=typed_of(form), order_faults=faults)
    return go_to(f"/runs/{run.id}", "run_ordered")


def _body(form: Posted) -> RunBody:
    """What a form asks of a run; raises RequestValidationError with every field at fault."""
    values: dict[str, object] = {
        "mode": form.get("mode", "best"),
        "proposing": form.get("proposing", "startup"),
        "keep_points": decimal_of(form.get("keep_points")),
        "max_moves": whole_of(form.get("max_moves")),
        "seconds": decimal_of(form.get("seconds")),
        "reserves": whole_of(form.get("reserves")),
    }
    try:
        return RunBody.model_validate(
            {name: one for name, one in values.items() if one is not None}
        )
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]
        raise RequestValidationError(faults) from None


def saved(
    request: Request,
    visit: PageVisit,
    id: str,
    form: Posted,
    edit: Callable[[Cohort], Cohort],
    again: Callable[[Wrong], Response],
    to: str,
) -> Response:
    """Keep an edit of a cohort against the version seen and go on; else show the form again."""
    try:
        edited(visit, id, seen(form), edit)
    except (CauNoiError, RequestValidationError) as error:
        return again(error)
    return go_to(to, "cohort_saved")
