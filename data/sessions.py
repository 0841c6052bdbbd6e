"""Who is signed in: secrets in browsers, kept hashed, renewed often, ended by idleness and age."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from data.account_tables import SESSIONS

IDLE = timedelta(minutes=30)
WHOLE = timedelta(hours=12)
"""How long a session lives without being used, and at most (OWASP ASVS 5, 7.3)."""

RENEWED_EVERY = timedelta(minutes=15)
"""How often its secret is changed."""

GRACE = timedelta(minutes=1)
"""How long the secret before stays good: requests of one page run side by side."""

SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Session:
    """One browser of one account; ``csrf`` is what its forms must send along."""

    id: int
    account_id: int
    csrf: str
    began_at: datetime
    renewed_at: datetime
    seen_at: datetime
    browser: str | None = None


def begin(
    conn: Connection, account_id: int, *, at: datetime, browser: str | None = None
) -> tuple[Session, str]:
    """Begin a session and return it with its secret; ``browser`` is what its owner knows it by."""
    secret = secrets.token_urlsafe(32)
    values: dict[str, Any] = {
        "account_id": account_id,
        "csrf": secrets.token_urlsafe(32),
        "began_at": at,
        "renewed_at": at,
        "seen_at": at,
        "browser": browser,
    }
    number = conn.execute(
        insert(SESSIONS).values(digest=_digest(secret), **values).returning(SESSIONS.c.id)
    ).scalar_one()
    return Session(id=number, **values), secret


def find(conn: Connection, secret: str, *, at: datetime) -> Session | None:
    """The living session of a secret, or None."""
    digest = _digest(secret)
    row = conn.execute(
        select(SESSIONS).where(or_(SESSIONS.c.digest == digest, SESSIONS.c.digest_before == digest))
    ).one_or_none()
    if row is None or at - row.seen_at > IDLE or at - row.began_at > WHOLE:
        return None
    if row.digest != digest and at - row.renewed_at > GRACE:
        return None
    return _session(row)


def needs_noting(session: Session, at: datetime) -> bool:
    """Whether :func:`note` has something to write."""
    return at - session.seen_at >= SEEN_EVERY or at - session.renewed_at >= RENEWED_EVERY


def note(conn: Connection, session: Session, *, at: datetime) -> str | None:
    """Note that a session is used; return its new secret where it was time for one."""
    values: dict[str, Any] = {"seen_at": at}
    secret = None
    if at - session.renewed_at >= RENEWED_EVERY:
        secret = secrets.token_urlsafe(32)
        values |= {
            "digest_before": SESSIONS.c.digest,
            "digest": _digest(secret),
            "renewed_at": at,
        }
    same = SESSIONS.c.renewed_at == session.renewed_at
    done = conn.execute(update(SESSIONS).where(SESSIONS.c.id == session.id, same).values(values))
    return secret if done.rowcount else None


def end(conn: Connection, session_id: int) -> None:
    """End a session."""
    conn.execute(delete(SESSIONS).where(SESSIONS.c.id == session_id))


def of_account(conn: Connection, account_id: int, *, at: datetime) -> tuple[Session, ...]:
    """The living sessions of an account, the one used last first."""
    alive = (SESSIONS.c.seen_at >= at - IDLE, SESSIONS.c.began_at >= at - WHOLE)
    mine = select(SESSIONS).where(SESSIONS.c.account_id == account_id, *alive)
    return tuple(map(_session, conn.execute(mine.order_by(SESSIONS.c.seen_at.desc()))))


def end_some(conn: Connection, account_id: int, session_ids: Collection[int]) -> int:
    """End these sessions of an account; return how many there were, others' are none."""
    mine = (SESSIONS.c.account_id == account_id, SESSIONS.c.id.in_(session_ids))
    return conn.execute(delete(SESSIONS).where(*mine)).rowcount


def end_all(conn: Connection, account_id: int) -> None:
    """End every session of an account."""
    conn.execute(delete(SESSIONS).where(SESSIONS.c.account_id == account_id))


def sweep(conn: Connection, *, at: datetime) -> int:
    """Remove sessions that have ended by themselves; return how many."""
    old = or_(SESSIONS.c.seen_at < at - IDLE, SESSIONS.c.began_at < at - WHOLE)
    return conn.execute(delete(SESSIONS).where(old)).rowcount


def _session(row: Row[Any]) -> Session:
    return Session(**{name: row._mapping[name] for name in Session.__slots__})


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
