"""One-time links: whoever holds one may choose the password of one account, once, for a while."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from data.account_tables import LINKS
from matcher.errors import LinkSpent

GOOD_FOR = timedelta(hours=72)
"""How long an invitation is good; within an ordinary weekend."""


def make(
    conn: Connection, account_id: int, *, by: str, at: datetime, good_for: timedelta = GOOD_FOR
) -> str:
    """Make a link's secret, which cannot be had again; earlier ones of the account end."""
    secret = secrets.token_urlsafe(32)
    end_all(conn, account_id, at=at)
    values = {
        "digest": _digest(secret),
        "account_id": account_id,
        "made_by": by,
        "made_at": at,
        "ends_at": at + good_for,
    }
    conn.execute(insert(LINKS).values(values))
    return secret


def owner(conn: Connection, secret: str, *, at: datetime) -> int:
    """The account of a link that is still good; raises LinkSpent."""
    query = select(LINKS.c.account_id).where(
        LINKS.c.digest == _digest(secret), LINKS.c.used_at.is_(None), LINKS.c.ends_at > at
    )
    found = conn.execute(query).scalar_one_or_none()
    if found is None:
        raise LinkSpent
    return int(found)


def use(conn: Connection, secret: str, *, at: datetime) -> int:
    """Spend a link and return its account; raises LinkSpent, also where another was quicker."""
    account_id = owner(conn, secret, at=at)
    spent = conn.execute(
        update(LINKS)
        .where(LINKS.c.digest == _digest(secret), LINKS.c.used_at.is_(None))
        .values(used_at=at)
    )
    if spent.rowcount != 1:
        raise LinkSpent
    return account_id


def end_all(conn: Connection, account_id: int, *, at: datetime) -> None:
    """Spend every link of an account that is still good."""
    conn.execute(
        update(LINKS)
        .where(LINKS.c.account_id == account_id, LINKS.c.used_at.is_(None))
        .values(used_at=at)
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
