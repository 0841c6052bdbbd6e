"""Commands for learning from decisions: weights proposed, accepted, undone; chances.

Only their forms: what they do stands in ``weights_errands.py``, imported where it is needed, so
that other commands need not wait for it.
"""

from __future__ import annotations

from typing import Annotated

import typer

from service.cohort_commands import Why
from service.desk import AsJson, Lang, desk

HIGHEST = 2**63 - 1
"""The highest number that a database gives."""

Number = typer.Argument(metavar="ID", min=1, max=HIGHEST, help="Number of a proposal.")

weights_app = typer.Typer(
    help="Weights of the score: what stands, what decisions propose, and its evidence.",
    no_args_is_help=True,
)


@weights_app.command()
def show(
    proposal: Annotated[int | None, Number] = None, as_json: AsJson = False, lang: Lang = None
) -> None:
    """Points that stand beside those proposed, the evidence, and what was accepted and undone."""
    from service import weights_errands

    weights_errands.show(desk(as_json, lang), proposal)


@weights_app.command()
def propose(as_json: AsJson = False, lang: Lang = None) -> None:
    """Learn weights from all decisions and measure them on held-out quarters; adopts nothing."""
    from service import weights_errands

    weights_errands.propose(desk(as_json, lang))


@weights_app.command()
def accept(
    proposal: Annotated[int, Number], why: Why = None, as_json: AsJson = False, lang: Lang = None
) -> None:
    """Score by a proposal from now on; refused unless it was shown to be better."""
    from service import weights_errands

    weights_errands.accept(desk(as_json, lang), proposal, why)


@weights_app.command()
def undo(why: Why = None, as_json: AsJson = False, lang: Lang = None) -> None:
    """Score again by the points before the last acceptance; again walks further back."""
    from service import weights_errands

    weights_errands.undo(desk(as_json, lang), why)


def chances(as_json: AsJson = False, lang: Lang = None) -> None:
    """Whether a chance of acceptance is shown beside scores, how it does, and gaps by group."""
    from service import weights_errands

    weights_errands.chances(desk(as_json, lang))


def add_to(app: typer.Typer) -> None:
    """Put these commands into the command line."""
    app.add_typer(weights_app, name="weights")
    app.command()(chances)
