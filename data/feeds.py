"""Secret addresses of calendars: whoever holds one reads one account's deadlines, until it ends."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from data.account_tables import FEEDS
from matcher.errors import NotFound


def make(conn: Connection, account_id: int, *, at: datetime) -> str:
    """Make a secret, which cannot be had again; the account's earlier ones end."""
    end(conn, account_id)
    secret = secrets.token_urlsafe(32)
    values = {"digest": _digest(secret), "account_id": account_id, "made_at": at, "ended": False}
    conn.execute(insert(FEEDS).values(values))
    return secret


def owner(conn: Connection, secret: str) -> int:
    """The account of a secret that has not ended; raises NotFound."""
    query = select(FEEDS.c.account_id).where(
        FEEDS.c.digest == _digest(secret), FEEDS.c.ended.is_(False)
    )
    found = conn.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound(path="/calendar/….ics")
    return int(found)


def made_at(conn: Connection, account_id: int) -> datetime | None:
    """When the account's present secret was made, or None where it has none."""
    query = select(FEEDS.c.made_at).where(
        FEEDS.c.account_id == account_id, FEEDS.c.ended.is_(False)
    )
    found: datetime | None = conn.execute(query).scalar_one_or_none()
    return found


def end(conn: Connection, account_id: int) -> None:
    """End every secret of an account."""
    conn.execute(update(FEEDS).where(FEEDS.c.account_id == account_id).values(ended=True))


def forget(conn: Connection, account_id: int) -> None:
    """Remove every trace of an account's secrets."""
    conn.execute(delete(FEEDS).where(FEEDS.c.account_id == account_id))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
