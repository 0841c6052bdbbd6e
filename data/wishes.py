"""What startups themselves say of programmes: appended, never changed; the latest counts.

A wish is no decision: it takes nothing out of any list of the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select

from data.account_tables import WISHES
from matcher.errors import InvalidField, UnknownCode

KNOWN = ("interested", "not_for_me", "withdrawn")
"""What can be said; ``withdrawn`` takes what was said before back."""

LONGEST_WHY = 1000


@dataclass(frozen=True, slots=True)
class Wish:
    """What was said: of which programme, for which startup, by whom, when and why."""

    id: int
    startup_id: str
    programme_id: str
    wish: str
    why: str | None
    who: str
    at: datetime


def say(
    conn: Connection,
    startup_id: str,
    programme_id: str,
    wish: str,
    *,
    who: str,
    at: datetime,
    why: str | None = None,
) -> Wish:
    """Append a wish; raises UnknownCode, and InvalidField for a reason that is too long."""
    if wish not in KNOWN:
        raise UnknownCode(field="wish", value=wish[:80], known=KNOWN)
    if why is not None and len(why) > LONGEST_WHY:
        raise InvalidField(field="why", value=why[:80], expected=f"≤ {LONGEST_WHY}")
    values: dict[str, Any] = {
        "startup_id": startup_id,
        "programme_id": programme_id,
        "wish": wish,
        "why": why or None,
        "who": who,
        "at": at,
    }
    number = conn.execute(insert(WISHES).values(values).returning(WISHES.c.id)).scalar_one()
    return Wish(id=number, **values)


def everything(conn: Connection, startup_id: str) -> tuple[Wish, ...]:
    """Every wish of a startup, in the order they were said."""
    query = select(WISHES).where(WISHES.c.startup_id == startup_id)
    return tuple(map(_wish, conn.execute(query.order_by(WISHES.c.id))))


def latest(conn: Connection, startup_id: str) -> tuple[Wish, ...]:
    """The wish that counts for each programme, oldest first; those taken back are left out."""
    last = {wish.programme_id: wish for wish in everything(conn, startup_id)}
    return _standing(last)


def of_programme(conn: Connection, programme_id: str) -> tuple[Wish, ...]:
    """The wish that counts of each startup about a programme, oldest first."""
    return _standing(_last(conn, WISHES.c.programme_id == programme_id))


def forget(conn: Connection, startup_id: str) -> int:
    """Remove every wish of a startup that asks to be forgotten; return how many."""
    return conn.execute(delete(WISHES).where(WISHES.c.startup_id == startup_id)).rowcount


def _last(conn: Connection, condition: ColumnElement[bool]) -> dict[str, Wish]:
    rows = conn.execute(select(WISHES).where(condition).order_by(WISHES.c.id))
    return {wish.startup_id: wish for wish in map(_wish, rows)}


def _standing(last: dict[str, Wish]) -> tuple[Wish, ...]:
    said = (wish for wish in last.values() if wish.wish != "withdrawn")
    return tuple(sorted(said, key=lambda wish: wish.id))


def _wish(row: Row[Any]) -> Wish:
    return Wish(**row._mapping)
