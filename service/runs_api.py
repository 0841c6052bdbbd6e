"""Addresses of runs: ordered, watched, cancelled, read, compared, done again, and as files.

A run is a draft. It is done by a worker beside the requests; nothing of it leaves the officers'
desk before it is published (``publications_api.py``).
"""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import Path, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BeforeValidator, Field

from data import cohorts, runs
from data.engines import Connection
from data.reports import REPORTS, report_form
from matcher.assignment.building import Round
from matcher.assignment.instance import How
from matcher.outcome import Outcome, Shortfall
from matcher.rounds import run_round
from service.admin_api import Number
from service.placement_answers import ExplainedOut, Placements
from service.placement_schemas import explained_out, placement_out
from service.profile_forms import Body, Strict, whole
from service.profiles_api import ALL, check_page
from service.replaying import replayed
from service.round_answers import Difference, OutcomeOut, ReplayOut, RunLines, RunOut
from service.round_names import (
    ids_of_moves,
    ids_of_outcome,
    ids_of_placements,
    ids_of_what_ifs,
    reasons_of_moves,
    reasons_of_outcome,
    reasons_of_placements,
    telling,
)
from service.round_schemas import move_out, outcome_out, replay_out, run_out
from service.run_reports import letterhead_of, limit_lines, limits_asked, money_unit, report_of
from service.security import Officer, Visit
from service.solving import solve_apart

DRY_SECONDS = 60.0
"""Most seconds for a dry run, whose answer is waited for."""
MOST_HERE = 20_000
"""Pairs up to which a round is solved here: a process of its own would only cost its start."""

RUN_FILE: Body = {
    "responses": {
        "200": {
            "description": "The file. / Tệp.",
            "content": {
                form.media_type: {"schema": {"type": "string", "format": "binary"}}
                for form in REPORTS.values()
            },
        }
    }
}
DRY: Body = {
    "responses": {
        "200": {
            "description": "What a dry run says; nothing is kept. / Kết quả chạy thử.",
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/OutcomeOut"}}
            },
        }
    }
}

Whole = BeforeValidator(whole)
ReportName = Annotated[
    str,
    Path(
        description="Form of the report. / Dạng báo cáo.",
        json_schema_extra={"enum": list(REPORTS)},
    ),
]
State = Annotated[
    Literal["placed", "reserve", "out"] | None,
    Query(description="Only those in this state. / Chỉ trạng thái này."),
]


class RunBody(Strict):
    """What is asked of a run.

    ``keep_points`` is the keep dial: what a place of the published list is worth beside its fit.
    ``seconds`` bounds what is not solved by a flow; a dry run takes at most 60.
    """

    mode: Literal["best", "fair", "stable"] = "best"
    proposing: Literal["startup", "programme"] = "startup"
    seed: Annotated[int, Whole] = Field(0, ge=0, le=2**31 - 1)
    keep_points: float = Field(0.0, ge=0, le=100)
    max_moves: Annotated[int | None, Whole] = Field(None, ge=0, le=1_000_000)
    seconds: float | None = Field(None, ge=1, le=600)
    reserves: Annotated[int, Whole] = Field(10, ge=0, le=1000)
    dry_run: bool = Field(False, description="Only say what would come out; nothing is kept.")


def order_run(visit: Officer, id: str, body: RunBody, response: Response) -> Any:
    """The run waits for a worker: read it again until its state says that it has ended.

    Its round before is the list that is published now.
    """
    order = visit.parts.rounds.order(id, how_of(visit, body), visit.who)
    if body.dry_run:
        return _dry(visit, id, order, response)
    answer = queued(visit, order)
    response.headers["Location"] = f"/api/v1/runs/{answer.id}"
    return answer


def queued(visit: Visit, order: runs.Order) -> RunOut:
    """Let an order wait for the worker, wake it, and tell the run."""
    with visit.writing() as conn:
        number = runs.queue(conn, order)
        answer = run_told(visit, conn, runs.get(conn, number))
        visit.note("ordered", "run", str(number))
    visit.parts.jobs.wake()
    return answer


def read_runs(
    visit: Officer,
    id: str,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    before: Annotated[
        int | None, Query(ge=1, le=ALL, description="Only runs below this number.")
    ] = None,
) -> RunLines:
    """Newest first, without their grounds; ``next`` asks for the page after."""
    check_page(visit, limit)
    with visit.reading() as conn:
        cohorts.version_of(conn, id)
        found = runs.runs_of(conn, id, limit + 1, before)
        visit.note("list runs", "cohort", id)
    more = found[limit - 1].id if len(found) > limit else None
    items = [run_out(run, visit.texts) for run in found[:limit]]
    return RunLines(items=items, limit=limit, next=more)


def read_run(visit: Officer, id: Number) -> RunOut:
    """How far it is, what it rests on, and, where it failed, why and what to do next."""
    with visit.reading() as conn:
        run = runs.get(conn, id)
        visit.note("read", "run", str(id))
        return run_told(visit, conn, run)


def cancel_run(visit: Officer, id: Number) -> RunOut:
    """Stop a run that waits or is worked on; one that has ended stays as it is."""
    with visit.writing() as conn:
        if runs.cancel(conn, id, visit.at):
            visit.note("cancelled", "run", str(id))
        return run_told(visit, conn, runs.get(conn, id))


def read_outcome(visit: Officer, id: Number) -> OutcomeOut:
    """The whole of it: totals, loads, fairness, moves, limits; or the ways out of the round."""
    with visit.reading() as conn:
        run, answer = runs.get(conn, id), runs.answer(conn, id)
        round_ = runs.round_of(conn, id)
        visit.note("read outcome", "run", str(id))
        return outcome_told(visit, conn, run.order, id, round_, answer)


def read_placements(
    visit: Officer,
    id: Number,
    state: State = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    offset: Annotated[int, Query(ge=0, le=ALL)] = 0,
) -> Placements:
    """Every startup of the round by id, with its places, its nearest chances, and why."""
    check_page(visit, limit)
    with visit.reading() as conn:
        found = runs.placements(conn, id, state=state, limit=limit, offset=offset)
        page = found.items
        say = telling(conn, visit.texts, ids_of_placements(page), reasons_of_placements(page))
        visit.note("read placements", "run", str(id))
    items = [placement_out(one, say) for one in page]
    return Placements(items=items, total=found.total, limit=limit, offset=offset)


def explain_placement(visit: Officer, id: Number, startup_id: str) -> ExplainedOut:
    """What a run says of one startup, and what would change it, each proved by solving again."""
    explained = visit.parts.rounds.explained(id, startup_id)
    one, ifs = explained.placement, explained.what_ifs
    ids = {*ids_of_placements([one]), *ids_of_what_ifs(ifs)}
    reasons = (*one.reasons, *(reason for what in ifs for reason in what.reasons))
    with visit.reading() as conn:
        say = telling(conn, visit.texts, ids, reasons)
        visit.note(f"explain in run {id}", "startup", startup_id)
    return explained_out(one, ifs, say)


def read_difference(visit: Officer, id: Number, other_id: Number) -> Difference:
    """What the other run changes against this one; both of one cohort."""
    moves = visit.parts.rounds.difference(id, other_id)
    with visit.reading() as conn:
        say = telling(conn, visit.texts, ids_of_moves(moves), reasons_of_moves(moves))
        visit.note(f"compare with run {other_id}", "run", str(id))
    items = [move_out(move, say) for move in moves]
    return Difference(run=id, other=other_id, moves=items)


def replay_run(visit: Officer, id: Number) -> ReplayOut:
    """Do a run again from what was kept with it: the result must come out bit for bit."""
    again = replayed(visit.parts.matchmaker, id, solve_waiting)
    visit.note("replayed", "run", str(id))
    visit.write_lines()
    return replay_out(again)


def read_report(visit: Officer, id: Number, form: ReportName) -> Response:
    """The run as a file, in the reader's language; without personal data."""
    made = report_form(form)
    with visit.reading() as conn:
        report = report_of(conn, id, letterhead_of(visit.parts.settings))
        visit.note(f"report {form}", "run", str(id))
    content = made.write(report, visit.texts.lang)
    word = visit.texts.report("file").lower()
    name = f"{report.cohort.id}-{word}-{id}.{made.extension}"
    return Response(content, headers=attached(name), media_type=made.media_type)


def attached(name: str) -> dict[str, str]:
    """The header that names a file (RFC 6266), in ASCII and in full."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = plain.replace('"', "").replace("\\", "")
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    }


def solve_waiting(round_: Round, how: How) -> Outcome | Shortfall:
    """Solve a round while its asker waits: a small one here, any other in a process of its own."""
    n, m = round_.instance.shape
    if n * m <= MOST_HERE:
        return run_round(round_, how)
    return solve_apart(round_, how, lambda _stage, _share: True)


def run_told(visit: Visit, conn: Connection, run: runs.Run) -> RunOut:
    """A run with the limits that its cohort asked for."""
    cohort = cohorts.get(conn, run.order.cohort_id, run.order.cohort_version).cohort
    return run_out(run, visit.texts, limits_asked(cohort))


def how_of(visit: Visit, body: RunBody) -> How:
    """What a body asks for; the time limit of the installation where it names none."""
    seconds = body.seconds or min(visit.parts.settings.run_seconds, 600.0)
    return How(
        mode=body.mode,
        proposing=body.proposing,
        seed=body.seed,
        keep_value=round(body.keep_points * 100),
        max_moves=body.max_moves,
        seconds=min(seconds, DRY_SECONDS) if body.dry_run else seconds,
        reserves=body.reserves,
    )


def _dry(visit: Visit, id: str, order: runs.Order, response: Response) -> Response:
    prepared, answer = visit.parts.rounds.try_out(order, solve_waiting)
    with visit.reading() as conn:
        visit.note("dry run", "cohort", id)
        out = outcome_told(visit, conn, order, None, prepared.round, answer)
    return JSONResponse(out.model_dump(mode="json"), headers=dict(response.headers))


def outcome_told(
    visit: Visit,
    conn: Connection,
    order: runs.Order,
    run_id: int | None,
    round_: Round,
    answer: Outcome | Shortfall,
) -> OutcomeOut:
    """What a run, or a dry run without a number, says as a whole."""
    cohort = cohorts.get(conn, order.cohort_id, order.cohort_version).cohort
    say = telling(conn, visit.texts, ids_of_outcome(answer), reasons_of_outcome(answer))
    limits = limit_lines(cohort, round_.instance, answer)
    unit = money_unit(cohort, round_.instance)
    return outcome_out(run_id, answer, limits, say, unit)
