"""Pages of who belongs to a cohort: its startups, and its programmes with their places."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response

from data import cohorts, profiles
from data.cohorts import StoredCohort
from data.engines import Connection
from data.listing import Filters
from data.named_profiles import names_by_id
from data.taxonomies import name_of, terms
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
from service.pages.cohort_setup import saved
from service.pages.cohort_views import (
    CohortHead,
    Paged,
    PlacesFrom,
    having,
    head_of,
    head_with,
    paged,
    places_from,
)
from service.pages.cohorts import PageNumber
from service.pages.doors import Form, OfficerVisit, PageRoute, PageVisit
from service.pages.frame import render
from service.pages.posted import Posted, number_of
from service.security import Visit

Text = Annotated[str, Query(max_length=200)]
FOUND = 20
"""Profiles that a search for more shows at once."""
MOST_ADDED = 50_000
"""Profiles that all those of a filter may be."""
INTAKE_FIELDS = tuple(PlacesBody.model_fields)
FILTERS = {"startup": ("sector", "stage"), "programme": ("country", "sector")}
"""What those to add are filtered by, beside words."""

PATHS = {"startup": "startups", "programme": "programmes"}


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


@dataclass(frozen=True, slots=True)
class StartupsPage:
    """The startups of a cohort, and those that may be added."""

    head: CohortHead
    within: str
    members: Paged[Candidate]
    search: Search
    faults: Faults


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
    pages.add_api_route("/cohorts/{id}/startups", startups_page, methods=["GET"])
    pages.add_api_route("/cohorts/{id}/startups", change_startups, methods=["POST"])
    pages.add_api_route("/cohorts/{id}/programmes", programmes_page, methods=["GET"])
    pages.add_api_route("/cohorts/{id}/programmes", change_programmes, methods=["POST"])
    return pages


# -- startups ----------------------------------------------------------------------------------


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
            _search(conn, visit, request, "startup", frozenset(kept.cohort.startups)),
            faults,
        )
        visit.note("read", "cohort", id)
    return render(request, "cohort_startups.html", page, visit=visit, status=faults.status)


def _described(conn: Connection, visit: Visit, shown: Paged[Candidate]) -> Paged[Candidate]:
    """The shown members with what they do."""
    found = profiles.get_many(conn, "startup", [one.id for one in shown.items])
    items = (
        dataclasses.replace(one, under=_under(visit, found[one.id])) if one.id in found else one
        for one in shown.items
    )
    return dataclasses.replace(shown, items=tuple(items))


def _under(visit: Visit, profile: Any) -> str:
    """What stands below a name: where and what, by codes that everybody may see."""
    lang = visit.texts.lang
    told = [name_of("sector", one, lang) for one in (profile.sectors or ())[:2]]
    if getattr(profile, "stage", None):
        told.append(name_of("stage", profile.stage, lang))
    if getattr(profile, "organisation", None):
        told = [profile.organisation, name_of("country", profile.host, lang)]
    return " · ".join(told)


def change_startups(request: Request, visit: OfficerVisit, id: str, form: Form) -> Response:
    """Add or take out the chosen startups, or add all that a search finds."""
    chosen = _chosen(visit, form, "startup")

    def edit(before: Cohort) -> Cohort:
        if form.get("do") == "remove":
            return _without_startups(before, frozenset(chosen))
        more = [one for one in chosen if one not in frozenset(before.startups)]
        return dataclasses.replace(before, startups=(*before.startups, *more))

    def again(error: Wrong) -> Response:
        return _startups(request, visit, id, faults=faults_of(visit, error, ()))

    return saved(request, visit, id, form, edit, again, _back(request, form))


def _without_startups(before: Cohort, gone: frozenset[str]) -> Cohort:
    """Without these startups and the rulings on them."""
    return dataclasses.replace(
        before,
        startups=tuple(one for one in before.startups if one not in gone),
        pair_rules=tuple(one for one in before.pair_rules if one.startup_id not in gone),
    )


def _chosen(visit: PageVisit, form: Posted, kind: str) -> tuple[str, ...]:
    """The ids that a form names: those ticked, or all that its filter finds."""
    if form.get("do") != "add_all":
        return form.all("id")
    text, filters = form.get("q"), {n: v for n in FILTERS[kind] if (v := form.get(n))}
    with visit.reading() as conn:
        found = profiles.list_profiles(conn, kind, filters=filters, text=text, limit=MOST_ADDED)
    return tuple(one.id for one in found.items)


def _back(request: Request, form: Posted) -> str:
    """The page from which a form was sent, with its search."""
    query = form.get("query")
    return f"{request.url.path}?{query}" if query.isprintable() and query else request.url.path


# -- those to add ------------------------------------------------------------------------------


def _search(
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
        Candidate(one.id, one.name, _under(visit, one), one.id in inside) for one in page.items
    )
    pages = max(-(-page.total // FOUND), 1)
    found = Paged(items, min(max(at, 1), pages), pages, page.total)
    return Search(text, tuple(_choices(visit, kind, filters)), asked, found)


def _choices(visit: Visit, kind: str, filters: Filters) -> Iterable[Choice]:
    for name in FILTERS[kind]:
        named = ((code, name_of(name, code, visit.texts.lang)) for code in terms(name))
        options = sorted(named, key=lambda one: one[1]) if name == "country" else list(named)
        yield Choice(name, tuple(options), str(filters.get(name, "")))


# -- programmes --------------------------------------------------------------------------------


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
            _search(conn, visit, request, "programme", frozenset(ids)),
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
    under = "" if profile is None else _under(visit, profile)
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
    chosen = _chosen(visit, form, "programme")
    edit = edits.get(form.get("do"), lambda before: _with_programmes(before, chosen))

    def again(error: Wrong) -> Response:
        lines = form.all("line")
        known = [f"{name}:{line}" for name in INTAKE_FIELDS for line in lines]
        faults = faults_of(visit, error, known)
        typed = typed_of(form) if form.get("do") == "save" else None
        return _programmes(request, visit, id, at, form.get("within"), faults, typed)

    return saved(request, visit, id, form, edit, again, _back(request, form))


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
