"""Pages of the programmes of a cohort: their places, and what a run will read of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response

from data import cohorts, profiles
from data.cohorts import StoredCohort
from matcher.cohort import Cohort, Intake
from service.cohort_forms import PlacesBody, given, validated_cohort
from service.pages.cohort_fields import (
    NO_FAULTS,
    Faults,
    Typed,
    Wrong,
    faults_of,
    sum_of,
    typed_of,
    whole_of,
)
from service.pages.cohort_search import (
    Search,
    Text,
    back_to,
    chosen_of,
    search_of,
    under_name,
)
from service.pages.cohort_setup import saved
from service.pages.cohort_views import CohortHead, PlacesFrom, having, head_with, places_from
from service.pages.cohorts import PageNumber
from service.pages.doors import Form, OfficerVisit, PageRoute, PageVisit
from service.pages.frame import render
from service.pages.paging import Paged, paged
from service.pages.posted import Posted, number_of
from service.security import Visit

INTAKE_FIELDS = tuple(PlacesBody.model_fields)


@dataclass(frozen=True, slots=True)
class IntakeLine:
    """A programme of a round: what its form holds, and the places that a run will read."""

    id: str
    name: str
    under: str
    typed: Typed
    faults: Faults
    places: int | None
    where: PlacesFrom


@dataclass(frozen=True, slots=True)
class ProgrammesPage:
    """The programmes of a cohort with their places, and those that may be added."""

    head: CohortHead
    assumed_places: int | None
    within: str
    lines: Paged[IntakeLine]
    search: Search
    faults: Faults


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/cohorts/{id}/programmes", programmes_page, methods=["GET"])
    pages.add_api_route("/cohorts/{id}/programmes", change_programmes, methods=["POST"])
    return pages


def programmes_page(
    request: Request, visit: OfficerVisit, id: str, page: PageNumber = 1, within: Text = ""
) -> HTMLResponse:
    """The programmes of a cohort with their places."""
    return _programmes(request, visit, id, page, within)


def _programmes(
    request: Request,
    visit: PageVisit,
    id: str,
    number: int = 1,
    within: str = "",
    faults: Faults = NO_FAULTS,
    typed: Typed | None = None,
) -> HTMLResponse:
    with visit.reading() as conn:
        kept = cohorts.get(conn, id)
        ids = [one.programme_id for one in kept.cohort.intakes]
        found: dict[str, Any] = profiles.get_many(conn, "programme", ids)
        lines = _lines(visit, kept, found, within)
        page = ProgrammesPage(
            head_with(conn, kept, found, "programmes"),
            kept.cohort.assumed_places,
            within,
            _typed_over(paged(lines, number), typed, faults),
            search_of(conn, visit, request, "programme", frozenset(ids)),
            faults,
        )
        visit.note("read", "cohort", id)
    return render(request, "cohort_programmes.html", page, visit=visit, status=faults.status)


def _lines(
    visit: Visit, kept: StoredCohort, found: dict[str, Any], within: str
) -> list[IntakeLine]:
    lines = [
        _line(visit, one, found.get(one.programme_id), kept.cohort) for one in kept.cohort.intakes
    ]
    lines.sort(key=lambda one: (one.name.casefold(), one.id))
    return having(lines, within, lambda one: one.name, lambda one: one.under)


def _line(visit: Visit, intake: Intake, profile: Any, cohort: Cohort) -> IntakeLine:
    cost = intake.cost_per_place
    typed = (
        ("places", "" if intake.places is None else str(intake.places)),
        ("min_intake", str(intake.min_intake) if intake.min_intake else ""),
        ("cost_per_place", "" if cost is None else visit.texts.value(cost)),
    )
    name = intake.programme_id if profile is None else profile.name
    under = "" if profile is None else under_name(visit, profile)
    places = places_from(intake, profile, cohort)
    return IntakeLine(intake.programme_id, name, under, Typed(typed), NO_FAULTS, *places)


def _typed_over(shown: Paged[IntakeLine], typed: Typed | None, faults: Faults) -> Paged[IntakeLine]:
    """The shown lines with what was typed into them, and what is wrong with it."""
    if typed is None:
        return shown
    lines = []
    for line in shown.items:
        fields = tuple((name, typed.of(f"{name}:{line.id}")) for name in INTAKE_FIELDS)
        found = ((name, faults.of(f"{name}:{line.id}")) for name in INTAKE_FIELDS)
        beside = tuple((name, text) for name, text in found if text is not None)
        lines.append(dataclasses.replace(line, typed=Typed(fields), faults=Faults(beside)))
    return dataclasses.replace(shown, items=tuple(lines))


def change_programmes(request: Request, visit: OfficerVisit, id: str, form: Form) -> Response:
    """Save places, add programmes, or take some out with the rulings on them."""
    number = form.get("page", "1")
    at = number_of(number) or 1
    edits: dict[str, Callable[[Cohort], Cohort]] = {
        "remove": lambda before: _without_programmes(before, frozenset(form.all("id"))),
        "save": lambda before: _with_places(before, form),
    }
    chosen = chosen_of(visit, form, "programme")
    edit = edits.get(form.get("do"), lambda before: _with_programmes(before, chosen))

    def again(error: Wrong) -> Response:
        lines = form.all("line")
        known = [f"{name}:{line}" for name in INTAKE_FIELDS for line in lines]
        faults = faults_of(visit, error, known)
        typed = typed_of(form) if form.get("do") == "save" else None
        return _programmes(request, visit, id, at, form.get("within"), faults, typed)

    return saved(request, visit, id, form, edit, again, back_to(request, form))


def _with_programmes(before: Cohort, chosen: Sequence[str]) -> Cohort:
    there = {one.programme_id for one in before.intakes}
    more = [Intake(programme_id=one) for one in chosen if one not in there]
    return dataclasses.replace(before, intakes=(*before.intakes, *more))


def _without_programmes(before: Cohort, gone: frozenset[str]) -> Cohort:
    return dataclasses.replace(
        before,
        intakes=tuple(one for one in before.intakes if one.programme_id not in gone),
        pair_rules=tuple(one for one in before.pair_rules if one.programme_id not in gone),
    )


def _with_places(before: Cohort, form: Posted) -> Cohort:
    """The places of the lines that a form holds; raises RequestValidationError by line."""
    lines = frozenset(form.all("line"))
    body = given(before)
    for intake in body.get("intakes", ()):
        line = intake["programme_id"]
        if line in lines:
            intake["places"] = whole_of(form.get(f"places:{line}"))
            intake["min_intake"] = whole_of(form.get(f"min_intake:{line}")) or 0
            intake["cost_per_place"] = sum_of(form.get(f"cost_per_place:{line}"))
    return by_line(lambda: validated_cohort(body), body.get("intakes", ()))


def by_line(build: Callable[[], Cohort], intakes: Sequence[Any]) -> Cohort:
    """Build a cohort; a fault of a line is told by the field of its line in the form."""
    try:
        return build()
    except RequestValidationError as error:
        faults = [_of_line(fault, intakes) for fault in error.errors()]
        raise RequestValidationError(faults) from None


def _of_line(fault: Any, intakes: Sequence[Any]) -> Any:
    """``intakes, 3, places`` becomes ``places:<id>``, as the form names it."""
    match fault["loc"]:
        case ("body", "intakes", int(at), str(name), *_):
            return {**fault, "loc": ("body", f"{name}:{intakes[at]['programme_id']}")}
        case _:
            return fault
