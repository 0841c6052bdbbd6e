"""Pages of who is placed where: the list with reasons, one startup, and what would change it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response

from data import cohorts, runs
from data.engines import Connection
from data.named_profiles import names_by_id
from data.taxonomies import terms
from matcher.cohort import Cohort, PairRule
from matcher.errors import CauNoiError, ProfileNotFound
from matcher.outcome import Placement
from matcher.telling.elsewhere import Elsewhere
from service.admin_api import Number
from service.cohort_forms import with_rule
from service.cohorts_api import edited
from service.pages.cohort_fields import NO_FAULTS, Faults, Typed, faults_of, typed_of
from service.pages.cohort_views import having
from service.pages.cohorts import PageNumber, seen
from service.pages.doors import Form, OfficerVisit, PageRoute, PageVisit
from service.pages.frame import go_to, render
from service.pages.paging import Paged, paged
from service.pages.run_views import RunHead, run_head
from service.placement_answers import ExplainedOut, PlacementOut
from service.placement_schemas import placement_out
from service.round_names import ids_of_placements, reasons_of_placements, telling
from service.runs_api import explain_placement
from service.security import Visit

STATES = ("placed", "reserve", "out")
RULE_FIELDS = ("programme", "ruling", "why")


@dataclass(frozen=True, slots=True)
class PlacementsPage:
    """What a run says of its startups: those of a state, of a programme, of some words.

    ``at`` is the programme whose placed ones are shown, with its name; both empty for all.
    """

    head: RunHead
    state: str
    text: str
    at: str
    at_name: str
    counts: tuple[tuple[str, int], ...]
    shown: Paged[PlacementOut]


@dataclass(frozen=True, slots=True)
class Priced:
    """What it would cost to place the startup elsewhere."""

    programme: str
    found: Elsewhere


@dataclass(frozen=True, slots=True)
class PlacementPage:
    """What a run says of one startup, the forms that rule on it, and what would change it.

    ``programmes`` are those of the round as (id, name); ``explained`` and ``priced`` None where
    they were not asked for.
    """

    head: RunHead
    one: PlacementOut
    programmes: tuple[tuple[str, str], ...]
    rulings: tuple[str, ...]
    explained: ExplainedOut | None
    to: str
    priced: Priced | None
    typed: Typed
    faults: Faults


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/runs/{id}/placements", placements_page, methods=["GET"])
    pages.add_api_route("/runs/{id}/startups/{startup_id}", startup_page, methods=["GET"])
    pages.add_api_route("/runs/{id}/startups/{startup_id}", rule_on, methods=["POST"])
    return pages


def placements_page(
    request: Request,
    visit: OfficerVisit,
    id: Number,
    page: PageNumber = 1,
    state: Annotated[str, Query(max_length=10)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
    at: Annotated[str, Query(max_length=80)] = "",
) -> HTMLResponse:
    """Every startup of the round by name, with its place and why."""
    state = state if state in STATES else ""
    with visit.reading() as conn:
        head = run_head(visit, conn, id, "placements")
        every = runs.outcome(conn, id).placements
        found = _found(conn, [one for one in every if not state or one.state == state], q, at)
        shown = paged(found, page)
        items = _told(conn, visit, shown.items)
        at_name = names_by_id(conn, "programme", [at]).get(at, at) if at else ""
        visit.note("read placements", "run", str(id))
    counts = tuple((one, sum(p.state == one for p in every)) for one in STATES)
    told = Paged(items, shown.number, shown.pages, shown.total)
    content = PlacementsPage(head, state, q, at, at_name, counts, told)
    return render(request, "run_placements.html", content, visit=visit)


def _found(conn: Connection, some: Iterable[Placement], text: str, at: str) -> list[Placement]:
    """Those with a place at a programme, of whose names a text tells; by name, or best fit first
    where one programme is looked at."""
    here = [p for p in some if not at or any(place.programme_id == at for place in p.places)]
    places = {place.programme_id for one in here for place in one.places}
    names = names_by_id(conn, "startup", [one.startup_id for one in here])
    names |= names_by_id(conn, "programme", places)

    def told(one: Placement) -> str:
        ids = (one.startup_id, *(place.programme_id for place in one.places))
        return " ".join(names.get(id, id) for id in ids)

    def order(one: Placement) -> tuple[int, str, str]:
        fits = [-place.fit for place in one.places if place.programme_id == at]
        name = names.get(one.startup_id, one.startup_id)
        return min(fits, default=0), name.casefold(), one.startup_id

    return sorted(having(here, text, told), key=order)


def _told(conn: Connection, visit: Visit, some: tuple[Placement, ...]) -> tuple[PlacementOut, ...]:
    say = telling(conn, visit.texts, ids_of_placements(some), reasons_of_placements(some))
    return tuple(placement_out(one, say) for one in some)


# -- one startup -------------------------------------------------------------------------------


def startup_page(
    request: Request,
    visit: OfficerVisit,
    id: Number,
    startup_id: str,
    why: bool = False,
    to: Annotated[str, Query(max_length=80)] = "",
) -> HTMLResponse:
    """What a run says of one startup; ``why`` asks what would change it, ``to`` what another
    programme would cost. Both solve the round again, which takes some seconds for a large one."""
    explained = explain_placement(visit, id, startup_id) if why else None
    priced = _priced(visit, id, startup_id, to) if to else None
    return _startup(request, visit, id, startup_id, explained, to, priced)


def _priced(visit: PageVisit, number: int, startup_id: str, to: str) -> Priced:
    found = visit.parts.rounds.elsewhere(number, startup_id, to)
    with visit.reading() as conn:
        name = names_by_id(conn, "programme", [to]).get(to, to)
        visit.note(f"price in run {number}", "startup", startup_id)
    return Priced(name, found)


def _startup(
    request: Request,
    visit: PageVisit,
    number: int,
    startup_id: str,
    explained: ExplainedOut | None = None,
    to: str = "",
    priced: Priced | None = None,
    typed: Typed = Typed(()),
    faults: Faults = NO_FAULTS,
) -> HTMLResponse:
    with visit.reading() as conn:
        head = run_head(visit, conn, number, "placements")
        placement = runs.placement(conn, number, startup_id)
        if placement is None:
            raise ProfileNotFound(kind="startup", id=startup_id, nearest=())
        one = _told(conn, visit, (placement,))[0]
        kept = cohorts.get(conn, head.run.cohort_id, head.run.cohort_version)
        programmes = [intake.programme_id for intake in kept.cohort.intakes]
        names = names_by_id(conn, "programme", programmes)
        visit.note(f"read in run {number}", "startup", startup_id)
    offered = sorted(names.items(), key=lambda pair: (pair[1].casefold(), pair[0]))
    page = PlacementPage(
        head, one, tuple(offered), tuple(terms("ruling")), explained, to, priced, typed, faults
    )
    return render(request, "run_startup.html", page, visit=visit, status=faults.status)


def rule_on(
    request: Request, visit: OfficerVisit, id: Number, startup_id: str, form: Form
) -> Response:
    """Pin the startup to a programme, or forbid the pair: in the next version of the cohort."""
    with visit.reading() as conn:
        cohort_id = runs.get(conn, id).order.cohort_id
    rule = PairRule(
        startup_id=startup_id,
        programme_id=form.get("programme"),
        ruling=form.get("ruling"),
        why=form.get("why") or None,
    )

    def ruled(before: Cohort) -> Cohort:
        return with_rule(before, rule)

    try:
        edited(visit, cohort_id, seen(form), ruled)
    except (CauNoiError, RequestValidationError) as error:
        faults = faults_of(visit, error, RULE_FIELDS)
        if error_is_without_why(error) and faults.whole is not None:
            faults = Faults((("why", faults.whole),), status=faults.status)
        return _startup(request, visit, id, startup_id, typed=typed_of(form), faults=faults)
    return go_to(f"/cohorts/{cohort_id}", "cohort_ruled")


def error_is_without_why(error: CauNoiError | RequestValidationError) -> bool:
    """Whether a ruling lacks the reason that it needs."""
    return isinstance(error, CauNoiError) and error.facts.get("cause") == "forced_without_why"
