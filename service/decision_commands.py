"""Commands for decisions: record one about a startup at a programme, list those on record.

Only their forms: what they do stands in ``decision_errands.py``, imported where it is needed, so
that other commands need not wait for it.
"""

from __future__ import annotations

from typing import Annotated

import typer

from data.decisions import KNOWN
from service.cohort_commands import ProgrammeId, StartupId, Why
from service.desk import AsJson, Lang, desk

Word = Annotated[str, typer.Argument(metavar="WORD", help=f"One of: {', '.join(KNOWN)}.")]


def decide(
    startup: StartupId,
    programme: ProgrammeId,
    word: Word,
    why: Why = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Record a decision about a startup at a programme; "withdrawn" takes the one before back."""
    from service import decision_errands

    decision_errands.decide(desk(as_json, lang), startup, programme, word, why)


def decisions(
    startup: Annotated[str | None, typer.Option(metavar="ID", help="Only of this startup.")] = None,
    programme: Annotated[
        str | None, typer.Option(metavar="ID", help="Only at this programme.")
    ] = None,
    k: Annotated[int, typer.Option("-k", "--top", min=1, max=1000, help="How many.")] = 50,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Decisions on record, newest first; the latest of a pair counts."""
    from service import decision_errands

    decision_errands.list_decisions(desk(as_json, lang), startup, programme, k)


def add_to(app: typer.Typer) -> None:
    """Put these commands into the command line."""
    app.command()(decide)
    app.command()(decisions)
