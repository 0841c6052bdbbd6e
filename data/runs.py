"""Runs of cohorts: ordered, waiting, worked on, ended, each with all that it rests on.

Every function takes the connection of a writing transaction (see ``engines.py``), those that only
ask also that of a reading one. What a run keeps in bulk is made in ``run_bulk.py`` and
read in ``run_results.py``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from data import run_results
from data.cohorts import get as cohort_of
from data.run_bulk import Bulk, Grounds, bulk_of, keep
from data.run_records import Failure, Order, Run, plain_fact, run_of
from data.run_results import (
    answer,
    instance,
    outcome,
    placement,
    placements,
    round_of,
    shortfall,
)
from data.tables import RUNS
from matcher.assignment.building import Round
from matcher.errors import NoOutcome, RunLost, RunNotFound
from matcher.outcome import Outcome, Shortfall

__all__ = [
    "Bulk", "Failure", "Grounds", "Order", "Run", "answer", "bulk_of", "cancel", "claim", "fail",
    "finish", "finish_short", "get", "grounds_of", "instance", "outcome", "placement",
    "placements", "queue", "release", "report", "rescue", "round_of", "runs_of", "shortfall",
    "workers",
]  # fmt: skip

MOST_ATTEMPTS = 3
WAITING: Mapping[str, Any] = MappingProxyType(
    {"state": "queued", "worker": None, "stage": None, "share": 0.0}
)
"""What a run is whose worker was taken from it."""


def queue(conn: Connection, order: Order) -> int:
    """Let a run wait for a worker and return its number; raises CohortNotFound."""
    cohort_of(conn, order.cohort_id, order.cohort_version)
    values = {field.name: getattr(order, field.name) for field in dataclasses.fields(order)}
    values |= {"how": dataclasses.asdict(order.how), "state": "queued", "share": 0.0}
    made = insert(RUNS).values(values | {"attempts": 0}).returning(RUNS.c.id)
    return int(conn.execute(made).scalar_one())


def claim(conn: Connection, worker: str, at: datetime, number: int | None = None) -> Run | None:
    """Take up the run that has waited longest, or one by its number; None where it does not wait.

    Of two workers that ask at once only one gets it: the row is taken in one statement.
    """
    waits = RUNS.c.state == "queued"
    oldest = select(RUNS.c.id).where(waits).order_by(RUNS.c.id).limit(1).scalar_subquery()
    taken = (
        update(RUNS)
        .where(RUNS.c.id == (oldest if number is None else number), waits)
        .values(state="running", worker=worker, started_at=at, heard_at=at, stage=None, share=0.0)
        .values(attempts=RUNS.c.attempts + 1)
        .returning(RUNS)
    )
    row = conn.execute(taken).one_or_none()
    return None if row is None else run_of(row)


def report(
    conn: Connection, id: int, stage: str, share: float, at: datetime, attempt: int | None = None
) -> bool:
    """Say how far a run has come, and that its worker is alive; False tells the worker to stop.

    Parameters
    ----------
    attempt
        ``Run.attempts`` as it was claimed: a worker that was given up for lost must not speak for
        the one that took its place.
    """
    values = {"stage": stage, "share": min(max(share, 0.0), 1.0), "heard_at": at}
    return _change(conn, id, values, attempt)


def finish(
    conn: Connection,
    id: int,
    grounds: Grounds,
    round_: Round,
    outcome: Outcome,
    at: datetime,
    attempt: int | None = None,
    bulk: Bulk | None = None,
) -> bool:
    """Keep what came of a run; False where it was cancelled, and nothing is kept.

    ``bulk`` is what :func:`bulk_of` made of the same three, before the transaction began.
    """
    values = {
        "state": "done",
        "total": outcome.total,
        "bound": outcome.bound,
        "proved": outcome.proved,
        "placed": sum(one.state == "placed" for one in outcome.placements),
    }
    return _finish(conn, id, values, bulk or bulk_of(grounds, round_, outcome), at, attempt)


def finish_short(
    conn: Connection,
    id: int,
    grounds: Grounds,
    round_: Round,
    shortfall: Shortfall,
    at: datetime,
    attempt: int | None = None,
    bulk: Bulk | None = None,
) -> bool:
    """Keep that not all limits can be kept; False where it was cancelled, and nothing is kept."""
    bulk = bulk or bulk_of(grounds, round_, shortfall)
    return _finish(conn, id, {"state": "infeasible"}, bulk, at, attempt)


def _finish(
    conn: Connection,
    id: int,
    values: Mapping[str, Any],
    bulk: Bulk,
    at: datetime,
    attempt: int | None,
) -> bool:
    ended = {"share": 1.0, "finished_at": at, "result_digest": bulk.result_digest}
    is_ours = _change(conn, id, {**values, **ended}, attempt)
    if is_ours:
        keep(conn, id, bulk)
    return is_ours


def fail(
    conn: Connection,
    id: int,
    code: str,
    facts: Mapping[str, object],
    at: datetime,
    attempt: int | None = None,
) -> bool:
    """Keep why a run failed: the code and the facts of an error; False where it was cancelled."""
    error = {"code": code, "facts": {name: plain_fact(fact) for name, fact in facts.items()}}
    return _change(conn, id, {"state": "failed", "finished_at": at, "error": error}, attempt)


def cancel(conn: Connection, id: int, at: datetime | None = None) -> bool:
    """Cancel a run that waits or is worked on; False where it has ended. Raises RunNotFound."""
    get(conn, id)
    ongoing = RUNS.c.state.in_(("queued", "running"))
    ended = update(RUNS).where(RUNS.c.id == id, ongoing)
    return conn.execute(ended.values(state="cancelled", finished_at=at)).rowcount == 1


def release(conn: Connection, id: int, attempt: int) -> bool:
    """Put a run back into the queue whose worker stops; False where it is not that attempt's."""
    return _change(conn, id, WAITING, attempt)


def workers(conn: Connection) -> frozenset[str]:
    """Return the names of all workers that have a run in work."""
    busy = select(RUNS.c.worker).where(RUNS.c.state == "running", RUNS.c.worker.is_not(None))
    return frozenset(conn.execute(busy).scalars())


def rescue(
    conn: Connection,
    at: datetime,
    silent_seconds: float,
    most_attempts: int = MOST_ATTEMPTS,
    dead: Collection[str] = (),
) -> tuple[int, ...]:
    """Take runs from workers that are silent: back to the queue, or failed after enough attempts.

    Those of the ``dead`` workers are taken at once. Returns the numbers of all, in order.
    """
    silent = RUNS.c.heard_at < at - timedelta(seconds=silent_seconds)
    lost = (RUNS.c.state == "running") & or_(silent, RUNS.c.worker.in_(sorted(dead)))
    found = conn.execute(select(RUNS.c.id, RUNS.c.attempts).where(lost).order_by(RUNS.c.id)).all()
    for row in found:
        if row.attempts >= most_attempts:
            error = RunLost(run=row.id, attempts=row.attempts)
            fail(conn, row.id, error.code, error.facts, at)
        else:
            _change(conn, row.id, WAITING, row.attempts)
    return tuple(row.id for row in found)


def get(conn: Connection, id: int) -> Run:
    """Return a run with its grounds; raises RunNotFound."""
    row = conn.execute(select(RUNS).where(RUNS.c.id == id)).one_or_none()
    if row is None:
        raise RunNotFound(id=id)
    has_ended = row.state in ("done", "infeasible")
    return run_of(row, run_results.grounds(conn, id) if has_ended else None)


def runs_of(
    conn: Connection, cohort_id: str, limit: int = 50, before: int | None = None
) -> tuple[Run, ...]:
    """Return a cohort's runs, newest first and without their grounds, below a number if given."""
    query = select(RUNS).where(RUNS.c.cohort_id == cohort_id)
    if before is not None:
        query = query.where(RUNS.c.id < before)
    return tuple(run_of(row) for row in conn.execute(query.order_by(RUNS.c.id.desc()).limit(limit)))


def grounds_of(run: Run) -> Grounds:
    """What a run rests on; raises NoOutcome where it has not ended with a result."""
    if run.grounds is None:
        raise NoOutcome(run=run.id, state=run.state)
    return run.grounds


def _change(conn: Connection, id: int, values: Mapping[str, Any], attempt: int | None) -> bool:
    """Change a run that is worked on, by that attempt if one is given; say whether it was."""
    is_theirs = RUNS.c.attempts == (RUNS.c.attempts if attempt is None else attempt)
    ours = (RUNS.c.id == id) & (RUNS.c.state == "running") & is_theirs
    if conn.execute(update(RUNS).where(ours).values(dict(values))).rowcount == 1:
        return True
    get(conn, id)
    return False
