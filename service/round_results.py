"""Gathers what a command says of a result: for people, and for programs."""

from __future__ import annotations

from typing import Any

from data import cohorts, publications
from data.engines import Connection
from data.runs import Order, Run
from data.texts import Texts
from matcher.assignment.building import Round
from matcher.outcome import Outcome, Shortfall
from service.placement_schemas import placement_out
from service.round_names import (
    ids_of_outcome,
    ids_of_placements,
    reasons_of_outcome,
    reasons_of_placements,
    telling,
)
from service.round_schemas import outcome_out, run_out
from service.round_terminal import SHOWN, Shown, first_placed
from service.round_texts import RoundTexts
from service.run_reports import limit_lines, money_unit


def printed(
    conn: Connection,
    texts: Texts,
    order: Order,
    run: Run | None,
    round_: Round,
    answer: Outcome | Shortfall,
) -> tuple[RoundTexts, Shown]:
    """What is printed of a result, with the names that it needs; ``run`` None for a dry run."""
    kept = cohorts.get(conn, order.cohort_id, order.cohort_version)
    latest = publications.latest(conn, order.cohort_id)
    first = first_placed(answer)[:SHOWN] if isinstance(answer, Outcome) else []
    ids = ids_of_placements(first) if isinstance(answer, Outcome) else ids_of_outcome(answer)
    reasons = (*reasons_of_placements(first), *reasons_of_outcome(answer))
    shown = Shown(
        cohort=kept,
        how=order.how,
        answer=answer,
        run=None if run is None else run.id,
        published=None if latest is None else latest.run_id,
        unit=money_unit(kept.cohort, round_.instance),
    )
    return telling(conn, texts, ids, reasons), shown


def result_out(
    conn: Connection,
    texts: Texts,
    order: Order,
    run: Run | None,
    round_: Round,
    answer: Outcome | Shortfall,
) -> dict[str, Any]:
    """A result for programs: the run (null for a dry run), the whole of it, every placement."""
    cohort = cohorts.get(conn, order.cohort_id, order.cohort_version).cohort
    every = answer.placements if isinstance(answer, Outcome) else ()
    ids = (*ids_of_outcome(answer), *ids_of_placements(every))
    say = telling(conn, texts, ids, (*reasons_of_outcome(answer), *reasons_of_placements(every)))
    limits, unit = limit_lines(cohort, round_.instance, answer), money_unit(cohort, round_.instance)
    outcome = outcome_out(None if run is None else run.id, answer, limits, say, unit)
    return {
        "run": None if run is None else run_out(run, texts).model_dump(mode="json"),
        "outcome": outcome.model_dump(mode="json"),
        "placements": [placement_out(one, say).model_dump(mode="json") for one in every],
    }
