"""What the commands for runs do: match again, look, publish, undo, do again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import typer

from data import cohorts, publications, runs
from data.engines import Connection, Engine, reading, transaction
from data.publications import Publication
from data.runs import Order, Run
from matcher.assignment.building import Round
from matcher.assignment.instance import How
from matcher.errors import RunNotFound, UnknownName
from matcher.outcome import Outcome, Shortfall
from service.acting import Acts
from service.desk import ATTENTION, WHO, Desk, ready, watched
from service.jobs import worked_on
from service.opening import now, wire_engine
from service.placement_schemas import explained_out
from service.pulse import FIRST_STAGE, worker_name
from service.replaying import Replayed, replayed
from service.report_errands import form_of, put, write
from service.round_answers import Difference
from service.round_names import (
    ids_of_moves,
    ids_of_placements,
    ids_of_what_ifs,
    reasons_of_moves,
    telling,
)
from service.round_results import printed, result_out
from service.round_schemas import move_out, publication_out, replay_out, run_out
from service.round_terminal import RoundTerminal
from service.round_texts import RoundTexts
from service.rounds import Rounds
from service.run_reports import letterhead_of, report_of_trial
from service.solving import Report, solve_near

MODES: dict[str, Literal["best", "fair", "stable"]] = {
    "best": "best",
    "fair": "fair",
    "stable": "stable",
}
SIDES: dict[str, Literal["startup", "programme"]] = {
    "startups": "startup",
    "programmes": "programme",
}

# -- a new run ---------------------------------------------------------------------------------


def how_of(
    mode: str,
    proposing: str,
    seed: int,
    keep: float,
    max_moves: int | None,
    seconds: float,
    reserves: int,
) -> How:
    """What the options of a command ask for; raises UnknownName for a mode or side."""
    if mode not in MODES:
        raise UnknownName(what="mode", value=mode[:20], known=tuple(MODES))
    if proposing not in SIDES:
        raise UnknownName(what="side", value=proposing[:20], known=tuple(SIDES))
    return How(
        mode=MODES[mode],
        proposing=SIDES[proposing],
        seed=seed,
        keep_value=round(keep * 100),
        max_moves=max_moves,
        seconds=seconds,
        reserves=reserves,
    )


def try_out(at: Desk, cohort: str, how: How, out: Path | None) -> None:
    """Match a cohort and keep nothing; exit code 1 where not all limits can be kept."""
    form = None if out is None else form_of(out)  # refused before anything is solved
    rounds = _rounds(at)
    order = rounds.order(cohort, how, WHO)
    prepared, answer = watched(
        at, lambda report: rounds.try_out(order, lambda one, way: solve_near(one, way, report))
    )
    with reading(rounds.engine) as conn:
        _show_result(at, conn, order, None, prepared.round, answer)
        report = report_of_trial(conn, order, prepared, answer, letterhead_of(at.settings))
    if out is not None and form is not None:
        put(at, report, out, form)
    if isinstance(answer, Shortfall):
        raise typer.Exit(ATTENTION)


def rematch(at: Desk, cohort: str, how: How, out: Path | None) -> None:
    """Match a cohort and keep the run; exit code 1 where there is no result but ways out."""
    form = None if out is None else form_of(out)  # refused before anything is solved
    rounds = _rounds(at)
    run = _taken_up(rounds, rounds.order(cohort, how, WHO))
    try:
        done: Run = watched(at, lambda report: _worked_on(rounds, run, report))
    except KeyboardInterrupt:
        with transaction(rounds.engine) as conn:
            runs.cancel(conn, run.id, now())
        at.console.print(at.texts.screen("rematch.cancelled"))
        raise typer.Exit(ATTENTION) from None
    _show(at, rounds.engine, done)
    if out is not None and form is not None:
        write(at, rounds.engine, done.id, out, form)
    if done.state != "done":
        raise typer.Exit(ATTENTION)


def _taken_up(rounds: Rounds, order: Order) -> Run:
    """Order a run and claim it at once, under the name of this process."""
    with transaction(rounds.engine) as conn:
        number = runs.queue(conn, order)
        run = runs.claim(conn, worker_name(), now(), number)
    if run is None:
        raise RunNotFound(id=number)
    return run


def _worked_on(rounds: Rounds, run: Run, tell: Callable[[str, float], bool]) -> Run:
    def solve(round_: Round, how: How, report: Report) -> Outcome | Shortfall:
        def both(stage: str, share: float) -> bool:
            return tell(stage, share) and report(stage, share)

        return solve_near(round_, how, both)

    tell(FIRST_STAGE, 0.0)
    return worked_on(rounds, run, solve)


# -- looking at runs ---------------------------------------------------------------------------


def list_runs(at: Desk, cohort: str, most: int) -> None:
    """Print the runs of a cohort, newest first."""
    with reading(wire_engine(at.settings)) as conn:
        kept = cohorts.get(conn, cohort)
        found = runs.runs_of(conn, cohort, limit=most)
        latest = publications.latest(conn, cohort)
    if at.as_json:
        at.show({"items": [run_out(run, at.texts).model_dump(mode="json") for run in found]})
    else:
        _printer(at).runs(kept, found, None if latest is None else latest.run_id)


def show_run(at: Desk, number: int) -> None:
    """Print a run: its result, or how far it is."""
    engine = wire_engine(at.settings)
    with reading(engine) as conn:
        run = runs.get(conn, number)
    _show(at, engine, run)


def explain(at: Desk, number: int, startup: str) -> None:
    """Print what a run says of one startup, and what would change it, each proved."""
    rounds = _rounds(at)
    explained = rounds.explained(number, startup)
    one, what_ifs = explained.placement, explained.what_ifs
    ids = (*ids_of_placements([one]), *ids_of_what_ifs(what_ifs))
    reasons = (*one.reasons, *(reason for what_if in what_ifs for reason in what_if.reasons))
    order = explained.run.order
    with reading(rounds.engine) as conn:
        say = telling(conn, at.texts, ids, reasons)
        cohort = cohorts.get(conn, order.cohort_id, order.cohort_version).cohort
    if at.as_json:
        at.show(explained_out(one, what_ifs, say).model_dump(mode="json"))
    else:
        _printer(at, say).placement(explained.run, cohort.name, one, what_ifs)


def compare(at: Desk, number: int, other: int) -> None:
    """Print what another run changes against a run."""
    engine = wire_engine(at.settings)
    moves = Acts(engine, now).difference(number, other)
    with reading(engine) as conn:
        say = telling(conn, at.texts, ids_of_moves(moves), reasons_of_moves(moves))
    if at.as_json:
        items = [move_out(move, say) for move in moves]
        at.show(Difference(run=number, other=other, moves=items).model_dump(mode="json"))
    else:
        _printer(at, say).difference(number, other, moves)


def replay(at: Desk, number: int) -> None:
    """Do a run again and print whether it repeats; exit code 1 where it does not."""
    rounds = _rounds(at)
    again: Replayed = watched(
        at,
        lambda report: replayed(
            rounds.matchmaker, number, lambda one, how: solve_near(one, how, report)
        ),
    )
    if at.as_json:
        at.show(replay_out(again).model_dump(mode="json"))
    else:
        _printer(at).replayed(again)
    if not again.same:
        raise typer.Exit(ATTENTION)


# -- acting on runs ----------------------------------------------------------------------------


def publish(at: Desk, number: int, startups: list[str] | None, why: str | None) -> None:
    """Publish a run, whole or for some startups, against the list as it stands at the start."""
    engine = wire_engine(at.settings)
    with reading(engine) as conn:
        cohort = runs.get(conn, number).order.cohort_id
        expected = _latest(conn, cohort)
    act = Acts(engine, now).publish(
        cohort, number, startups=startups, expected=expected, who=WHO, why=why
    )
    _show_act(at, act)


def undo(at: Desk, cohort: str, why: str | None) -> None:
    """Undo the last publication that stands, as it stands at the start."""
    engine = wire_engine(at.settings)
    with reading(engine) as conn:
        cohorts.version_of(conn, cohort)
        expected = _latest(conn, cohort)
    _show_act(at, Acts(engine, now).undo(cohort, expected=expected, who=WHO, why=why))


def _latest(conn: Connection, cohort: str) -> int | None:
    latest = publications.latest(conn, cohort)
    return None if latest is None else latest.id


def _show_act(at: Desk, act: Publication) -> None:
    if at.as_json:
        at.show(publication_out(act).model_dump(mode="json"))
    else:
        _printer(at).published(act)


# -- parts -------------------------------------------------------------------------------------


def _show(at: Desk, engine: Engine, run: Run) -> None:
    """Print a run: its result, or how far it is."""
    with reading(engine) as conn:
        if run.state in ("done", "infeasible"):
            answer, round_ = runs.answer(conn, run.id), runs.round_of(conn, run.id)
            _show_result(at, conn, run.order, run, round_, answer)
            return
    told = run_out(run, at.texts)
    if at.as_json:
        at.show({"run": told.model_dump(mode="json"), "outcome": None, "placements": []})
    else:
        _printer(at).unfinished(run, None if told.error is None else told.error.detail)


def _show_result(
    at: Desk,
    conn: Connection,
    order: Order,
    run: Run | None,
    round_: Round,
    answer: Outcome | Shortfall,
) -> None:
    if at.as_json:
        at.show(result_out(conn, at.texts, order, run, round_, answer))
        return
    say, shown = printed(conn, at.texts, order, run, round_, answer)
    _printer(at, say).result(shown)


def _rounds(at: Desk) -> Rounds:
    """The story of rounds, over a matchmaker that has caught up."""
    parts = ready(at)
    return Rounds(parts.engine, parts.matchmaker, now)


def _printer(at: Desk, say: RoundTexts | None = None) -> RoundTerminal:
    return RoundTerminal(at.terminal, say or RoundTexts(at.texts, {}))
