"""Decisions about profiles that are kept: recorded in the same way by whoever asks for it."""

from __future__ import annotations

from datetime import datetime

from data import decisions, profiles
from data.decisions import Decision
from data.engines import Connection
from matcher.errors import TextTooLong

LONGEST_WHY = 2000
"""Characters of a reason."""


def asker_of(target_kind: str) -> str:
    """The kind of profile that a target of this kind is decided on for."""
    return "incubator" if target_kind == "incubator" else "startup"


def decide(
    conn: Connection,
    asker_id: str,
    target_kind: str,
    target_id: str,
    decision: str,
    *,
    who: str,
    at: datetime,
    why: str | None = None,
) -> Decision:
    """Record a decision on a pair whose profiles are kept.

    A partner need not be: most are organisations of programmes, which only a matchmaker knows.

    Raises
    ------
    ProfileNotFound
        With ids that are spelt alike.
    UnknownCode
        For a decision or a kind of target that is not known.
    TextTooLong
        For a reason above :data:`LONGEST_WHY`.
    """
    if why is not None and len(why) > LONGEST_WHY:
        raise TextTooLong(field="why", length=len(why), limit=LONGEST_WHY)
    profiles.stored(conn, asker_of(target_kind), asker_id)
    if target_kind == "programme":
        profiles.stored(conn, "programme", target_id)
    return decisions.decide(
        conn, asker_id, target_kind, target_id, decision, who=who, at=at, why=why or None
    )
