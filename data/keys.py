"""Keys of people and systems: made once, shown once, kept hashed.

A key is 32 random bytes. Its SHA-256 is kept: a slow hash protects secrets that can be guessed,
and 256 random bits cannot, so a slow one would only make every request slow.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from data.tables import KEYS
from matcher.errors import InvalidField, NotFound, Unidentified, UnknownCode

ROLES = ("officer", "startup", "incubator", "admin")
BOUND_ROLES = ("startup", "incubator")
"""Roles of a key that stands for one profile."""

MARK = "cn_"
VISIBLE = 11
"""Characters of a key that lists may show: the mark and eight more."""

USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of a key; never the key itself."""

    id: int
    name: str
    role: str
    profile_id: str | None
    prefix: str
    created_at: datetime
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    @property
    def label(self) -> str:
        """Its name in histories and audit lines."""
        return f"{self.name} #{self.id}"


def create_key(
    conn: Connection, name: str, role: str, *, at: datetime, profile_id: str | None = None
) -> tuple[Key, str]:
    """Make a key and return it with its secret, which cannot be had again.

    Raises
    ------
    UnknownCode
        For a role that is not known.
    InvalidField
        For a startup's or incubator's key without its profile, or another's with one.
    """
    if role not in ROLES:
        raise UnknownCode(field="role", value=role, known=ROLES)
    if (role in BOUND_ROLES) != (profile_id is not None):
        expected = "an id" if role in BOUND_ROLES else "no id for this role"
        raise InvalidField(field="profile_id", value=profile_id or "", expected=expected)
    secret = MARK + secrets.token_urlsafe(32)
    values: dict[str, Any] = {
        "name": name,
        "role": role,
        "profile_id": profile_id,
        "prefix": secret[:VISIBLE],
        "created_at": at,
    }
    number = conn.execute(
        insert(KEYS).values(hash=_hash(secret), **values).returning(KEYS.c.id)
    ).scalar_one()
    return Key(id=number, **values), secret


def identify(conn: Connection, secret: str, *, at: datetime) -> Key:
    """Return the key of a secret; raises Unidentified if there is none or it was revoked.

    Compared in constant time; the time of use is noted at most once a minute, by a caller that
    holds a writing transaction (see :func:`note_use`).
    """
    digest = _hash(secret)
    rows = conn.execute(select(KEYS).where(KEYS.c.prefix == secret[:VISIBLE])).all()
    for row in rows:
        revoked = row.revoked_at is not None and row.revoked_at <= at
        if hmac.compare_digest(row.hash, digest) and not revoked:
            return _key(row)
    raise Unidentified


def use_is_due(key: Key, at: datetime) -> bool:
    """Say whether :func:`note_use` has something to write."""
    return key.last_used_at is None or at - key.last_used_at >= USE_NOTED_EVERY


def note_use(conn: Connection, key: Key, *, at: datetime) -> None:
    """Note that a key was used, at most once a minute."""
    if use_is_due(key, at):
        conn.execute(update(KEYS).where(KEYS.c.id == key.id).values(last_used_at=at))


def revoke_key(conn: Connection, key_id: int, *, at: datetime) -> Key:
    """End a key for good; one that was revoked before keeps its date. Raises NotFound."""
    conn.execute(
        update(KEYS).where(KEYS.c.id == key_id, KEYS.c.revoked_at.is_(None)).values(revoked_at=at)
    )
    row = conn.execute(select(KEYS).where(KEYS.c.id == key_id)).one_or_none()
    if row is None:
        raise NotFound(path=f"keys/{key_id}")
    return _key(row)


def list_keys(conn: Connection) -> tuple[Key, ...]:
    """Return every key, revoked ones too, in the order they were made."""
    return tuple(map(_key, conn.execute(select(KEYS).order_by(KEYS.c.id))))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _key(row: Row[Any]) -> Key:
    return Key(**{name: value for name, value in row._mapping.items() if name != "hash"})
