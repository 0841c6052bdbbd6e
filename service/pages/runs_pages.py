"""Pages of a run: how far it is, what came of it, programmes, fairness, moves, pictures, files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from data import cohorts, publications, runs
from data.cohorts import StoredCohort
from data.engines import Connection
from data.reports import REPORTS
from matcher.errors import NoOutcome, NotFound
from matcher.outcome import Outcome, Shortfall
from service.admin_api import Number
from service.cohorts_api import edited
from service.etags import etag_of
from service.pages.cohort_views import CohortHead, head_of
from service.pages.cohorts import PageNumber
from service.pages.doors import Form, OfficerVisit, PageRoute, PageVisit
from service.pages.frame import go_to, render
from service.pages.paging import Paged, paged
from service.pages.posted import number_of
from service.pages.run_views import (
    GroupTable,
    MeasureLine,
    RunHead,
    group_tables,
    measure_lines,
    run_head,
    unknown_groups,
)
from service.relaxed_cohort import relaxed_cohort
from service.replaying import replayed
from service.round_answers import LoadOut, MoveOut, OutcomeOut, ReplayOut, RunOut
from service.round_schemas import replay_out, run_out
from service.round_texts import whole_of
from service.run_reports import money_unit
from service.runs_api import outcome_told, read_report, solve_waiting
from service.security import Visit

RUNS_SHOWN = 20
FILES = ("docx", "xlsx", "csv")
PICTURES = ("flow", "choices", "loads")


@dataclass(frozen=True, slots=True)
class CohortRuns:
    """A cohort's runs, newest first; ``next`` begins the page after."""

    head: CohortHead
    runs: tuple[RunOut, ...]
    published: int | None
    next: int | None


@dataclass(frozen=True, slots=True)
class RunPage:
    """A run: how far it is, or what came of it as a whole."""

    head: RunHead
    told: tuple[str, ...]
    outcome: OutcomeOut | None
    replay: ReplayOut | None
    files: tuple[str, ...]
    others: tuple[RunOut, ...]


@dataclass(frozen=True, slots=True)
class LoadsPage:
    """How each programme is filled, and who waits there."""

    head: RunHead
    loads: Paged[LoadOut]


@dataclass(frozen=True, slots=True)
class FairnessPage:
    """The fairness sheet; ``unknown`` names what no startup tells, ``by_sex`` whether some
    consented to be counted by the founders' sex."""

    head: RunHead
    measures: tuple[MeasureLine, ...]
    groups: tuple[GroupTable, ...]
    unknown: tuple[str, ...]
    by_sex: bool


@dataclass(frozen=True, slots=True)
class MovesPage:
    """Who moves against the list that was published before; ``least`` None without such a list."""

    head: RunHead
    moves: Paged[MoveOut]
    least: int | None


@dataclass(frozen=True, slots=True)
class PicturesPage:
    """The pictures, each at an address of its own."""

    head: RunHead
    pictures: tuple[str, ...]


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/cohorts/{id}/runs", runs_page, methods=["GET"])
    pages.add_api_route("/runs/{id}", run_page, methods=["GET"])
    pages.add_api_route("/runs/{id}/cancel", cancel, methods=["POST"])
    pages.add_api_route("/runs/{id}/replay", replay, methods=["POST"])
    pages.add_api_route("/runs/{id}/relax", relax, methods=["POST"])
    pages.add_api_route("/runs/{id}/programmes", loads_page, methods=["GET"])
    pages.add_api_route("/runs/{id}/fairness", fairness_page, methods=["GET"])
    pages.add_api_route("/runs/{id}/moves", moves_page, methods=["GET"])
    pages.add_api_route("/runs/{id}/pictures", pictures_page, methods=["GET"])
    pages.add_api_route("/runs/{id}/report/{form}", report, methods=["GET"])
    return pages


def runs_page(
    request: Request,
    visit: OfficerVisit,
    id: str,
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
) -> HTMLResponse:
    """A cohort's runs."""
    with visit.reading() as conn:
        head = head_of(conn, cohorts.get(conn, id), "runs")
        found = runs.runs_of(conn, id, RUNS_SHOWN + 1, before)
        published = _published(conn, id)
        visit.note("list runs", "cohort", id)
    more = found[RUNS_SHOWN - 1].id if len(found) > RUNS_SHOWN else None
    shown = tuple(run_out(run, visit.texts) for run in found[:RUNS_SHOWN])
    return render(
        request, "cohort_runs.html", CohortRuns(head, shown, published, more), visit=visit
    )


def _published(conn: Connection, cohort_id: str) -> int | None:
    latest = publications.latest(conn, cohort_id)
    return None if latest is None else latest.run_id


def run_page(request: Request, visit: OfficerVisit, id: Number) -> HTMLResponse:
    """How far a run is; of one that has ended, what came of it."""
    return _run(request, visit, id)


def _run(
    request: Request, visit: PageVisit, number: int, replay: ReplayOut | None = None
) -> HTMLResponse:
    with visit.reading() as conn:
        head = run_head(visit, conn, number, "result")
        told: tuple[str, ...] = ()
        outcome: OutcomeOut | None = None
        if head.run.state in ("done", "infeasible"):
            answer = runs.answer(conn, number)
            outcome = _told(visit, conn, number, answer)
            if isinstance(answer, Outcome):
                told = tuple(whole_of(answer, visit.texts))
        others = tuple(
            run_out(run, visit.texts)
            for run in runs.runs_of(conn, head.run.cohort_id, limit=RUNS_SHOWN)
            if run.id != number and run.state == "done"
        )
        visit.note("read outcome" if outcome else "read", "run", str(number))
    files = FILES if outcome is not None else ()
    page = RunPage(head, told, outcome, replay, files, others)
    return render(request, "run.html", page, visit=visit)


def _told(visit: Visit, conn: Connection, number: int, answer: Outcome | Shortfall) -> OutcomeOut:
    order, round_ = runs.get(conn, number).order, runs.round_of(conn, number)
    return outcome_told(visit, conn, order, number, round_, answer)


def cancel(visit: OfficerVisit, id: Number) -> Response:
    """Stop a run that waits or is worked on."""
    with visit.writing() as conn:
        if stopped := runs.cancel(conn, id, visit.at):
            visit.note("cancelled", "run", str(id))
    return go_to(f"/runs/{id}", "run_cancelled" if stopped else "run_over")


def replay(request: Request, visit: OfficerVisit, id: Number, form: Form) -> Response:
    """Do a run again from what was kept with it, and say whether it repeats bit for bit."""
    again = replayed(visit.parts.matchmaker, id, solve_waiting)
    visit.note("replayed", "run", str(id))
    visit.write_lines()
    return _run(request, visit, id, replay_out(again))


def relax(visit: OfficerVisit, id: Number, form: Form) -> Response:
    """Take a way out: relax its limits in the cohort, as a new version of it.

    Raises NotFound for a way that the run does not name, CohortStale where the cohort was changed
    since the run.
    """
    with visit.reading() as conn:
        run = runs.get(conn, id)
        ways = runs.shortfall(conn, id).ways_out
        instance = runs.instance(conn, id)
        then: StoredCohort = cohorts.get(conn, run.order.cohort_id, run.order.cohort_version)
    place = number_of(form.get("way"))
    if place is None or place >= len(ways):
        raise NotFound(path=f"/runs/{id}/relax")
    way, unit = ways[place], money_unit(then.cohort, instance)
    edited(
        visit,
        run.order.cohort_id,
        etag_of(run.order.cohort_version, False),
        lambda before: relaxed_cohort(before, way, instance, unit),
    )
    return go_to(f"/cohorts/{run.order.cohort_id}", "cohort_relaxed")


def loads_page(
    request: Request, visit: OfficerVisit, id: Number, page: PageNumber = 1
) -> HTMLResponse:
    """How each programme is filled, and its reserve list."""
    with visit.reading() as conn:
        head = run_head(visit, conn, id, "programmes")
        outcome = _told(visit, conn, id, runs.outcome(conn, id))
        visit.note("read outcome", "run", str(id))
    loads = sorted(outcome.loads, key=lambda one: (one.programme.name.casefold(), one.programme.id))
    return render(request, "run_programmes.html", LoadsPage(head, paged(loads, page)), visit=visit)


def fairness_page(request: Request, visit: OfficerVisit, id: Number) -> HTMLResponse:
    """How fair a run is, beside the optimum of the total."""
    with visit.reading() as conn:
        head = run_head(visit, conn, id, "fairness")
        sheet = runs.outcome(conn, id).sheet
        visit.note("read outcome", "run", str(id))
    groups = group_tables(visit.texts, sheet)
    page = FairnessPage(
        head,
        tuple(measure_lines(visit.texts, sheet)),
        groups,
        unknown_groups(visit.texts, sheet),
        any(table.by_consent for table in groups),
    )
    return render(request, "run_fairness.html", page, visit=visit)


def moves_page(
    request: Request, visit: OfficerVisit, id: Number, page: PageNumber = 1
) -> HTMLResponse:
    """Who moves against the list that was published before the run, and why."""
    with visit.reading() as conn:
        head = run_head(visit, conn, id, "moves")
        outcome = _told(visit, conn, id, runs.outcome(conn, id))
        visit.note("read outcome", "run", str(id))
    shown = MovesPage(head, paged(outcome.moves, page), outcome.least_moves)
    return render(request, "run_moves.html", shown, visit=visit)


def pictures_page(request: Request, visit: OfficerVisit, id: Number) -> HTMLResponse:
    """The pictures of a run."""
    with visit.reading() as conn:
        head = run_head(visit, conn, id, "pictures")
        visit.note("read", "run", str(id))
    if head.run.state != "done":
        raise NoOutcome(run=id, state=head.run.state)
    return render(request, "run_pictures.html", PicturesPage(head, PICTURES), visit=visit)


def report(visit: OfficerVisit, id: Number, form: str) -> Response:
    """The run as a file or picture, in the reader's language; without personal data."""
    if form not in REPORTS:
        raise NotFound(path=f"/runs/{id}/report/{form}")
    return read_report(visit, id, form)
