"""Commands for cohorts: load, show, export, rule on pairs, and lists that crowd no programme.

Only their forms: what they do stands in ``cohort_errands.py`` and ``cohort_file_errands.py``,
imported where it is needed, so that other commands need not wait for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from matcher.cohort import PairRule
from service.desk import AsJson, Desk, Lang, desk

CohortId = Annotated[str, typer.Argument(metavar="COHORT", help="Id of a cohort.")]
StartupId = Annotated[str, typer.Argument(metavar="STARTUP", help="Id of a startup.")]
ProgrammeId = Annotated[str, typer.Argument(metavar="PROGRAMME", help="Id of a programme.")]
Workbook = Annotated[Path, typer.Argument(help="Where to write: .xlsx.")]
Why = Annotated[str | None, typer.Option(help="The reason, for the record.")]

cohort_app = typer.Typer(
    help="Cohorts: load, show, export, and rulings on pairs.", no_args_is_help=True
)


@cohort_app.command()
def load(
    file: Annotated[Path, typer.Argument(help="An Excel or CSV file.", exists=False)],
    cohort: Annotated[
        str | None, typer.Option(metavar="ID", help="Id of the cohort; else as the file says.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Name of a new cohort that the file does not name.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check only; keep nothing.")] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Add or change a cohort from a file; every refused row is reported, the good ones kept."""
    from service import cohort_file_errands

    cohort_file_errands.load(desk(as_json, lang), file, cohort, name, dry_run)


@cohort_app.command()
def form(
    file: Workbook,
    example: Annotated[
        bool, typer.Option("--example", help="Filled with an example of the shipped catalogue.")
    ] = False,
    lang: Lang = None,
) -> None:
    """Write an empty form of a cohort to be filled in, or one filled as an example."""
    from service import cohort_file_errands

    cohort_file_errands.write_form(desk(lang=lang), file, example)


@cohort_app.command()
def export(cohort: CohortId, file: Workbook, lang: Lang = None) -> None:
    """Write a cohort to a file that loads back the same."""
    from service import cohort_file_errands

    cohort_file_errands.export(desk(lang=lang), cohort, file)


@cohort_app.command("list")
def list_(as_json: AsJson = False, lang: Lang = None) -> None:
    """Every cohort that is kept, in the order of their ids."""
    from service import cohort_errands

    cohort_errands.list_cohorts(desk(as_json, lang))


@cohort_app.command()
def show(cohort: CohortId, as_json: AsJson = False, lang: Lang = None) -> None:
    """Members, places and limits of a cohort, what is published, and its latest runs."""
    from service import cohort_errands

    cohort_errands.show_cohort(desk(as_json, lang), cohort)


@cohort_app.command()
def pin(
    cohort: CohortId,
    startup: StartupId,
    programme: ProgrammeId,
    why: Why = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Rule that a startup is placed at a programme, even where a condition refuses; needs --why."""
    _rule(desk(as_json, lang), cohort, _ruling(startup, programme, "forced", why))


@cohort_app.command()
def forbid(
    cohort: CohortId,
    startup: StartupId,
    programme: ProgrammeId,
    why: Why = None,
    conflict: Annotated[
        bool, typer.Option("--conflict", help="Note it as a conflict of interest.")
    ] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Rule that a startup is never placed at a programme."""
    ruling = "conflict" if conflict else "forbidden"
    _rule(desk(as_json, lang), cohort, _ruling(startup, programme, ruling, why))


@cohort_app.command()
def release(
    cohort: CohortId,
    startup: StartupId,
    programme: ProgrammeId,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Drop the ruling on a pair; exit code 1 where there is none."""
    from service import cohort_errands

    cohort_errands.release(desk(as_json, lang), cohort, startup, programme)


@cohort_app.command()
def lists(
    cohort: CohortId,
    k: Annotated[int, typer.Option("-k", "--top", min=1, max=50, help="Programmes a list.")] = 5,
    slack: Annotated[
        float, typer.Option(min=1.0, max=100.0, help="How far above its share one may stand.")
    ] = 2.0,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Lists for every startup that crowd no programme before anybody applies, and their effect."""
    from service import cohort_errands

    cohort_errands.lists(desk(as_json, lang), cohort, k, slack)


def _ruling(startup: str, programme: str, ruling: str, why: str | None) -> PairRule:
    return PairRule(startup_id=startup, programme_id=programme, ruling=ruling, why=why)


def _rule(at: Desk, cohort: str, rule: PairRule) -> None:
    from service import cohort_errands

    cohort_errands.rule_on(at, cohort, rule)


def add_to(app: typer.Typer) -> None:
    """Put these commands into the command line."""
    app.add_typer(cohort_app, name="cohort")
