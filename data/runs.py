"""Runs of cohorts: ordered, waiting, worked on, ended, each with all that it rests on.

Every function takes the connection of a writing transaction (see ``engines.py``), those that only
ask also that of a reading one. What a run keeps in bulk stands in ``run_results.py``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert, or_, select, update

from data import run_results
from data.cohorts import get as cohort_of
from data.outcomes import digest_of_outcome, digest_of_shortfall
from data.run_results import (
    Grounds,
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
from matcher.assignment.instance import How
from matcher.errors import NoOutcome, RunLost, RunNotFound
from matcher.outcome import Outcome, Shortfall

__all__ = [
    "Failure", "Grounds", "Order", "Run", "answer", "cancel", "claim", "fail", "finish",
    "finish_short", "get", "grounds_of", "instance", "outcome", "placement", "placements", "queue",
    "release", "report", "rescue", "round_of", "runs_of", "shortfall", "workers",
]  # fmt: skip

State = Literal["queued", "running", "done", "infeasible", "failed", "cancelled"]
Fact = str | int | float | bool | None | tuple[str, ...]

MOST_ATTEMPTS = 3
WAITING: Mapping[str, Any] = MappingProxyType(
    {"state": "queued", "worker": None, "stage": None, "share": 0.0}
)
"""What a run is whose worker was taken from it."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a run is asked to do; ``held_from`` is the publication that is its round before."""

    cohort_id: str
    cohort_version: int
    how: How
    held_from: int | None
    ordered_by: str
    ordered_at: datetime


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run failed: the code of an error and its facts."""

    code: str
    facts: tuple[tuple[str, Fact], ...]


@dataclass(frozen=True, slots=True)
class Run:
    """A run and how far it has come.

    Attributes
    ----------
    stage, share
        What its worker is at, and which share (0 to 1) of the whole is done.
    attempts
        How often a worker took it up. Together with the id it names one attempt.
    grounds
        None before the end, and in lists (:func:`runs_of`).
    total, bound, proved, placed, result_digest
        Of the outcome; None where there is none. ``placed`` counts startups.
    """

    id: int
    order: Order
    state: State
    stage: str | None
    share: float
    attempts: int
    worker: str | None
    started_at: datetime | None
    heard_at: datetime | None
    finished_at: datetime | None
    error: Failure | None
    grounds: Grounds | None
    result_digest: str | None
    total: int | None
    bound: int | None
    proved: bool | None
    placed: int | None


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
    return None if row is None else _run(row)


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
) -> bool:
    """Keep what came of a run; False where it was cancelled, and nothing is kept."""
    values = {
        "state": "done",
        "share": 1.0,
        "finished_at": at,
        "result_digest": digest_of_outcome(outcome),
        "total": outcome.total,
        "bound": outcome.bound,
        "proved": outcome.proved,
        "placed": sum(one.state == "placed" for one in outcome.placements),
    }
    is_ours = _change(conn, id, values, attempt)
    if is_ours:
        run_results.keep(conn, id, grounds, round_)
        run_results.keep_outcome(conn, id, outcome)
    return is_ours


def finish_short(
    conn: Connection,
    id: int,
    grounds: Grounds,
    round_: Round,
    shortfall: Shortfall,
    at: datetime,
    attempt: int | None = None,
) -> bool:
    """Keep that not all limits can be kept; False where it was cancelled, and nothing is kept."""
    digest = digest_of_shortfall(shortfall)
    values = {"state": "infeasible", "share": 1.0, "finished_at": at, "result_digest": digest}
    is_ours = _change(conn, id, values, attempt)
    if is_ours:
        run_results.keep(conn, id, grounds, round_)
        run_results.keep_shortfall(conn, id, shortfall)
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
    error = {"code": code, "facts": {name: _plain_fact(fact) for name, fact in facts.items()}}
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
    return _run(row, run_results.grounds(conn, id) if has_ended else None)


def runs_of(
    conn: Connection, cohort_id: str, limit: int = 50, before: int | None = None
) -> tuple[Run, ...]:
    """Return a cohort's runs, newest first and without their grounds, below a number if given."""
    query = select(RUNS).where(RUNS.c.cohort_id == cohort_id)
    if before is not None:
        query = query.where(RUNS.c.id < before)
    return tuple(_run(row) for row in conn.execute(query.order_by(RUNS.c.id.desc()).limit(limit)))


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


def _run(row: Row[Any], grounds: Grounds | None = None) -> Run:
    order = {field.name: getattr(row, field.name) for field in dataclasses.fields(Order)}
    ours = {
        field.name: getattr(row, field.name)
        for field in dataclasses.fields(Run)
        if field.name not in ("order", "error", "grounds")
    }
    asked = Order(**(order | {"how": How(**row.how)}))
    return Run(**ours, order=asked, error=_failure(row.error), grounds=grounds)


def _failure(error: Mapping[str, Any] | None) -> Failure | None:
    if error is None:
        return None
    facts = error["facts"].items()
    return Failure(error["code"], tuple((n, tuple(f) if type(f) is list else f) for n, f in facts))


def _plain_fact(fact: object) -> Any:
    if isinstance(fact, (list, tuple, frozenset, set)):
        items = fact if isinstance(fact, (list, tuple)) else sorted(map(str, fact))
        return [str(item) for item in items]
    return fact if fact is None or isinstance(fact, (str, int, float)) else str(fact)
