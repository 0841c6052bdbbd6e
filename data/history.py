"""What happened to profiles: every version with who and when, and one number for every change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, func, insert, select

from data.bodies import body_of, class_of, profile_of
from data.listing import nearest_ids
from data.tables import CHANGES, HISTORY
from matcher.errors import ProfileNotFound
from matcher.profile import Profile

CHUNK = 500
"""Ids asked for in one query; well below the parameter limit of every engine."""

Action = Literal["added", "changed", "unchanged", "restored", "deleted"]


@dataclass(frozen=True, slots=True)
class Edition:
    """One version in the history of a profile."""

    profile: Profile
    version: int
    changed_at: datetime
    changed_by: str
    action: Action


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one profile; ``seq`` rises with every change of any profile."""

    seq: int
    kind: str
    id: str
    at: datetime


def history(conn: Connection, kind: str, id: str) -> tuple[Edition, ...]:
    """Return every version of a profile, newest first; raises ProfileNotFound if there is none."""
    class_of(kind)
    rows = conn.execute(
        select(HISTORY)
        .where(HISTORY.c.kind == kind, HISTORY.c.id == id)
        .order_by(HISTORY.c.version.desc())
    ).all()
    if not rows:
        raise ProfileNotFound(kind=kind, id=id, nearest=nearest_ids(conn, kind, id))
    return tuple(
        Edition(profile_of(kind, r.body), r.version, r.changed_at, r.changed_by, r.action)
        for r in rows
    )


def ids_ever_used(conn: Connection, kind: str, prefix: str) -> frozenset[str]:
    """Return every id that begins like this and has a history, of deleted profiles too."""
    rows = conn.execute(
        select(HISTORY.c.id)
        .where(HISTORY.c.kind == kind, HISTORY.c.id.startswith(prefix, autoescape=True))
        .distinct()
    )
    return frozenset(rows.scalars())


def profiles_as_of(conn: Connection, kind: str, versions: Mapping[str, int]) -> dict[str, Profile]:
    """Return profiles as they were in these versions, by id; those never kept are left out."""
    found: dict[str, Profile] = {}
    ids = sorted(versions)
    for start in range(0, len(ids), CHUNK):
        rows = conn.execute(
            select(HISTORY.c.id, HISTORY.c.version, HISTORY.c.body).where(
                HISTORY.c.kind == kind, HISTORY.c.id.in_(ids[start : start + CHUNK])
            )
        )
        asked = (row for row in rows if row.version == versions[row.id])
        found |= {row.id: profile_of(kind, row.body) for row in asked}
    return found


def changes_since(conn: Connection, seq: int) -> tuple[Change, ...]:
    """Return the changes after a number, oldest first; 0 gives all there ever were.

    SQLite has one writer at a time, so the order of numbers is the order of commits.
    """
    rows = conn.execute(select(CHANGES).where(CHANGES.c.seq > seq).order_by(CHANGES.c.seq))
    return tuple(Change(r.seq, r.kind, r.id, r.at) for r in rows)


def latest_seq(conn: Connection) -> int:
    """Return the number of the newest change, 0 before the first."""
    return conn.execute(select(func.max(CHANGES.c.seq))).scalar() or 0


def remember(conn: Connection, kind: str, editions: Sequence[Edition]) -> None:
    """Append versions to the history, and a change for each."""
    if not editions:
        return
    conn.execute(insert(HISTORY), [_row(kind, edition) for edition in editions])
    marks = [{"kind": kind, "id": e.profile.id, "at": e.changed_at} for e in editions]
    conn.execute(insert(CHANGES), marks)


def _row(kind: str, edition: Edition) -> dict[str, Any]:
    return {
        "kind": kind,
        "id": edition.profile.id,
        "version": edition.version,
        "body": body_of(edition.profile),
        "changed_at": edition.changed_at,
        "changed_by": edition.changed_by,
        "action": edition.action,
    }
