"""Commands for runs: match a cohort again, look at a run, publish it, undo, do it again.

Only their forms: what they do stands in ``run_errands.py`` and ``report_errands.py``, imported
where it is needed, so that other commands need not wait for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.cohort_commands import CohortId, Why
from service.desk import AsJson, Lang, desk

RunId = Annotated[int, typer.Argument(metavar="RUN", help="Number of a run.")]
FORMS = "A report: .xlsx, .docx, .csv, or a picture (flow, choices or loads, .svg or .png)."


def rematch(
    cohort: CohortId,
    mode: Annotated[str, typer.Option(help="best, fair or stable.")] = "best",
    proposing: Annotated[
        str, typer.Option(help="Side that proposes in mode stable: startups or programmes.")
    ] = "startups",
    seed: Annotated[int, typer.Option(min=0, help="Of the draw that breaks ties.")] = 0,
    keep: Annotated[
        float, typer.Option(min=0, max=100, help="Points that keeping a published place is worth.")
    ] = 0.0,
    max_moves: Annotated[
        int | None, typer.Option(min=0, help="At most so many published places given up.")
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(min=1, max=3600, help="Time limit of the solver.")
    ] = None,
    reserves: Annotated[
        int, typer.Option(min=0, max=1000, help="Startups on each reserve list.")
    ] = 10,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Keep nothing.")] = False,
    out: Annotated[Path | None, typer.Option(help=FORMS)] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Match a cohort again, here and now; the result is a draft until it is published."""
    from service import run_errands

    at = desk(as_json, lang)
    how = run_errands.how_of(
        mode, proposing, seed, keep, max_moves, seconds or at.settings.run_seconds, reserves
    )
    if dry_run:
        run_errands.try_out(at, cohort, how, out)
    else:
        run_errands.rematch(at, cohort, how, out)


def list_runs(
    cohort: CohortId,
    k: Annotated[int, typer.Option("-k", "--top", min=1, max=1000, help="How many runs.")] = 20,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Runs of a cohort, newest first."""
    from service import run_errands

    run_errands.list_runs(desk(as_json, lang), cohort, k)


def show_run(
    run: RunId,
    startup: Annotated[
        str | None, typer.Option(help="Only this startup, with what would change its place.")
    ] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """A run, or what it says of one startup and what would change that, each proved."""
    from service import run_errands

    at = desk(as_json, lang)
    if startup is None:
        run_errands.show_run(at, run)
    else:
        run_errands.explain(at, run, startup)


def compare(run: RunId, other: RunId, as_json: AsJson = False, lang: Lang = None) -> None:
    """What another run changes against a run, startup by startup."""
    from service import run_errands

    run_errands.compare(desk(as_json, lang), run, other)


def publish(
    run: RunId,
    startup: Annotated[
        list[str] | None,
        typer.Option(help="Only what the run says of this startup; may be given more than once."),
    ] = None,
    why: Why = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Let a run be the published list, whole or for some startups; refused if overtaken."""
    from service import run_errands

    run_errands.publish(desk(as_json, lang), run, startup or None, why)


def undo(cohort: CohortId, why: Why = None, as_json: AsJson = False, lang: Lang = None) -> None:
    """Let the list stand again that stood before the last publication."""
    from service import run_errands

    run_errands.undo(desk(as_json, lang), cohort, why)


def replay(run: RunId, as_json: AsJson = False, lang: Lang = None) -> None:
    """Do a run again from what was kept with it; exit code 1 where the result differs by a bit."""
    from service import run_errands

    run_errands.replay(desk(as_json, lang), run)


def report(run: RunId, out: Annotated[Path, typer.Option(help=FORMS)], lang: Lang = None) -> None:
    """Write a run as a workbook, a document, a list or a picture, by the end of the name."""
    from service import report_errands

    report_errands.report(desk(lang=lang), run, out)


def add_to(app: typer.Typer) -> None:
    """Put these commands into the command line."""
    app.command()(rematch)
    app.command("runs")(list_runs)
    app.command("run")(show_run)
    for command in (compare, publish, undo, replay, report):
        app.command()(command)
