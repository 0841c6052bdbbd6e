"""A run as it stands: what was ordered, how far it has come, and why it failed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row

from data.run_bulk import Grounds
from matcher.assignment.instance import How

State = Literal["queued", "running", "done", "infeasible", "failed", "cancelled"]
Fact = str | int | float | bool | None | tuple[str, ...]


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


def run_of(row: Row[Any], grounds: Grounds | None = None) -> Run:
    """A run of its row, and of its grounds where they were read too."""
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


def plain_fact(fact: object) -> Any:
    """A fact of an error as JSON keeps it."""
    if isinstance(fact, (list, tuple, frozenset, set)):
        items = fact if isinstance(fact, (list, tuple)) else sorted(map(str, fact))
        return [str(item) for item in items]
    return fact if fact is None or isinstance(fact, (str, int, float)) else str(fact)
