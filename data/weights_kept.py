"""Weights that were proposed, accepted and undone: appended, never changed; the last act stands.

Undoing takes back the last acceptance that still stands, so undoing again walks further back, to
the installation's own weights.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert, select

from data.tables import WEIGHT_ACTS, WEIGHTS
from matcher.errors import (
    NoWeightsToUndo,
    ProposalNotFound,
    ProposalOvertaken,
    ProposalUnproved,
    WeightsOvertaken,
)
from matcher.evidence import Compared, Evidence, Interval, Strictness

Points = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Points that decisions propose in the place of those before, and their evidence."""

    id: int
    who: str
    at: datetime
    before: Points
    points: Points
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class WeightAct:
    """An acceptance or an undoing; ``proposal_id`` stands after it, None for the own weights."""

    id: int
    proposal_id: int | None
    action: Literal["accept", "undo"]
    who: str
    at: datetime
    why: str | None


def keep(
    conn: Connection,
    before: Mapping[str, float],
    points: Mapping[str, float],
    evidence: Evidence,
    *,
    who: str,
    at: datetime,
) -> Proposal:
    """Keep a proposal; nothing is adopted by it."""
    values: dict[str, Any] = {
        "who": who,
        "at": at,
        "before": dict(before),
        "points": dict(points),
        "evidence": dataclasses.asdict(evidence),
    }
    made = insert(WEIGHTS).values(values).returning(WEIGHTS.c.id)
    return get(conn, conn.execute(made).scalar_one())


def get(conn: Connection, id: int) -> Proposal:
    """Return one proposal; raises ProposalNotFound."""
    row = conn.execute(select(WEIGHTS).where(WEIGHTS.c.id == id)).one_or_none()
    if row is None:
        raise ProposalNotFound(id=id)
    return _proposal(row)


def proposals(conn: Connection, limit: int = 20) -> tuple[Proposal, ...]:
    """Return the latest proposals, newest first."""
    rows = conn.execute(select(WEIGHTS).order_by(WEIGHTS.c.id.desc()).limit(limit))
    return tuple(map(_proposal, rows))


def acts(conn: Connection) -> tuple[WeightAct, ...]:
    """Return every act, newest first."""
    rows = conn.execute(select(WEIGHT_ACTS).order_by(WEIGHT_ACTS.c.id.desc()))
    return tuple(WeightAct(**row._mapping) for row in rows)


def latest_act(conn: Connection) -> WeightAct | None:
    """Return the last act; None where nothing was ever accepted."""
    rows = select(WEIGHT_ACTS).order_by(WEIGHT_ACTS.c.id.desc()).limit(1)
    row = conn.execute(rows).one_or_none()
    return None if row is None else WeightAct(**row._mapping)


def standing(conn: Connection) -> Proposal | None:
    """Return the proposal whose points stand; None for the installation's own."""
    last = latest_act(conn)
    return None if last is None or last.proposal_id is None else get(conn, last.proposal_id)


def points_now(conn: Connection, own: Mapping[str, float]) -> dict[str, float]:
    """Return the points that stand, in the order of the installation's own.

    They are its own where none were accepted, or those accepted no longer name the same parts.
    """
    accepted = standing(conn)
    points = {} if accepted is None else dict(accepted.points)
    return {name: points[name] for name in own} if points.keys() == own.keys() else dict(own)


def accept(
    conn: Connection,
    id: int,
    present: Mapping[str, float],
    *,
    expected: int,
    who: str,
    at: datetime,
    why: str | None = None,
) -> WeightAct:
    """Let a proposal's points stand.

    Parameters
    ----------
    present
        The points that stand now: the evidence was taken beside them.
    expected
        Number of the act that the officer has seen as the last one; 0 for none yet.

    Raises
    ------
    WeightsOvertaken
        If another act was the last one meanwhile.
    ProposalNotFound
    ProposalUnproved
        If the held-out rounds did not show it to be better.
    ProposalOvertaken
        If other points stand than those it was compared with.
    """
    _refuse_overtaken(conn, expected)
    proposal = get(conn, id)
    if proposal.evidence.verdict != "better":
        raise ProposalUnproved(id=id)
    if dict(proposal.before) != dict(present):
        raise ProposalOvertaken(id=id)
    return _append(conn, id, "accept", who, at, why)


def undo(
    conn: Connection, *, expected: int, who: str, at: datetime, why: str | None = None
) -> WeightAct:
    """Let the points stand again that stood before the last acceptance that still stands.

    Raises WeightsOvertaken if another act than expected was the last one meanwhile, and
    NoWeightsToUndo where no acceptance stands.
    """
    _refuse_overtaken(conn, expected)
    stack: list[int | None] = []
    for act in reversed(acts(conn)):
        if act.action == "accept":
            stack.append(act.proposal_id)
        else:
            stack.pop()
    if not stack:
        raise NoWeightsToUndo
    return _append(conn, stack[-2] if len(stack) > 1 else None, "undo", who, at, why)


def _refuse_overtaken(conn: Connection, expected: int) -> None:
    last = latest_act(conn)
    if last is not None and last.id != expected:
        raise WeightsOvertaken(by=last.who, at=last.at)


def _append(
    conn: Connection,
    proposal_id: int | None,
    action: Literal["accept", "undo"],
    who: str,
    at: datetime,
    why: str | None,
) -> WeightAct:
    values = {"proposal_id": proposal_id, "action": action, "who": who, "at": at, "why": why}
    made = insert(WEIGHT_ACTS).values(values).returning(WEIGHT_ACTS)
    return WeightAct(**conn.execute(made).one()._mapping)


def _proposal(row: Row[Any]) -> Proposal:
    before, points = (tuple(one.items()) for one in (row.before, row.points))
    return Proposal(row.id, row.who, row.at, before, points, _evidence(row.evidence))


def _evidence(plain: dict[str, Any]) -> Evidence:
    compared = tuple(
        Compared(**(one | {"difference": Interval(**one["difference"])}))
        for one in plain["compared"]
    )
    lists = {
        "held_out_rounds": tuple(plain["held_out_rounds"]),
        "compared": compared,
        "strictness": tuple(Strictness(**one) for one in plain["strictness"]),
    }
    return Evidence(**(plain | lists))
