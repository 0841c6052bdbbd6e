"""Decisions of people about a startup and a target: appended, never changed; the latest counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from data.tables import DECISIONS
from matcher.errors import UnknownCode
from matcher.profile import KINDS

KNOWN = (
    "shortlisted",
    "declined",
    "accepted",
    "met",
    "withdrawn",
    "completed",
    "succeeded",
)
"""What can be decided; ``withdrawn`` takes the decision before it back."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision: about which pair, what, by whom, when and why."""

    id: int
    startup_id: str
    target_kind: str
    target_id: str
    decision: str
    who: str
    at: datetime
    why: str | None = None


def decide(
    conn: Connection,
    startup_id: str,
    target_kind: str,
    target_id: str,
    decision: str,
    *,
    who: str,
    at: datetime,
    why: str | None = None,
) -> Decision:
    """Append a decision.

    ``startup_id`` is the asker's id: for a partnership, with target kind ``incubator``, it is the
    home incubator's. Raises UnknownCode for a decision or a kind that is not known.
    """
    if decision not in KNOWN:
        raise UnknownCode(field="decision", value=decision, known=KNOWN)
    if target_kind not in KINDS:
        raise UnknownCode(field="target_kind", value=target_kind, known=tuple(KINDS))
    values: dict[str, Any] = {
        "startup_id": startup_id,
        "target_kind": target_kind,
        "target_id": target_id,
        "decision": decision,
        "who": who,
        "at": at,
        "why": why,
    }
    number = conn.execute(insert(DECISIONS).values(values).returning(DECISIONS.c.id)).scalar_one()
    return Decision(id=number, **values)


def latest_decisions(conn: Connection, startup_id: str) -> tuple[Decision, ...]:
    """Return the decision that counts for each target of a startup, oldest first.

    A pair whose last word is ``withdrawn`` is left out.
    """
    last = {(d.target_kind, d.target_id): d for d in decisions_about(conn, startup_id)}
    return tuple(sorted((d for d in last.values() if d.decision != "withdrawn"), key=_number))


def decisions_about(
    conn: Connection, startup_id: str, target_kind: str | None = None, target_id: str | None = None
) -> tuple[Decision, ...]:
    """Return every decision about a startup, or about one pair, in the order they were made."""
    query = select(DECISIONS).where(DECISIONS.c.startup_id == startup_id)
    if target_kind is not None:
        query = query.where(DECISIONS.c.target_kind == target_kind)
    if target_id is not None:
        query = query.where(DECISIONS.c.target_id == target_id)
    return tuple(map(_decision, conn.execute(query.order_by(DECISIONS.c.id))))


def latest_about_target(conn: Connection, target_kind: str, target_id: str) -> tuple[Decision, ...]:
    """Return the decision that counts for each startup that has one about a target."""
    query = select(DECISIONS).where(
        DECISIONS.c.target_kind == target_kind, DECISIONS.c.target_id == target_id
    )
    rows = map(_decision, conn.execute(query.order_by(DECISIONS.c.id)))
    last = {d.startup_id: d for d in rows}
    return tuple(sorted((d for d in last.values() if d.decision != "withdrawn"), key=_number))


def latest_of_all(conn: Connection, target_kind: str) -> tuple[Decision, ...]:
    """Return the decision that counts for every pair with targets of a kind, oldest first.

    A pair whose last word is ``withdrawn`` is left out.
    """
    query = select(DECISIONS).where(DECISIONS.c.target_kind == target_kind)
    rows = map(_decision, conn.execute(query.order_by(DECISIONS.c.id)))
    last = {(d.startup_id, d.target_id): d for d in rows}
    return tuple(sorted((d for d in last.values() if d.decision != "withdrawn"), key=_number))


def recorded(
    conn: Connection,
    target_kind: str,
    *,
    startup_id: str | None = None,
    target_id: str | None = None,
    limit: int = 50,
) -> tuple[Decision, ...]:
    """Return the last decisions on targets of a kind, of a startup or a target if named.

    Newest first, also those that a later one has replaced.
    """
    query = select(DECISIONS).where(DECISIONS.c.target_kind == target_kind)
    if startup_id is not None:
        query = query.where(DECISIONS.c.startup_id == startup_id)
    if target_id is not None:
        query = query.where(DECISIONS.c.target_id == target_id)
    return tuple(map(_decision, conn.execute(query.order_by(DECISIONS.c.id.desc()).limit(limit))))


def latest_number(conn: Connection) -> int:
    """Return the number of the last decision of all, 0 where there is none."""
    return conn.execute(select(func.max(DECISIONS.c.id))).scalar_one() or 0


def pairs_decided(conn: Connection, target_kind: str, decision: str) -> frozenset[tuple[str, str]]:
    """Return every pair of asker and target whose decision that counts is this one."""
    query = select(DECISIONS.c.startup_id, DECISIONS.c.target_id, DECISIONS.c.decision)
    rows = conn.execute(
        query.where(DECISIONS.c.target_kind == target_kind).order_by(DECISIONS.c.id)
    )
    last = {(row.startup_id, row.target_id): row.decision for row in rows}
    return frozenset(pair for pair, word in last.items() if word == decision)


def _number(decision: Decision) -> int:
    return decision.id


def _decision(row: Row[Any]) -> Decision:
    return Decision(**row._mapping)
