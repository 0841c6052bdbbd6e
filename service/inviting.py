"""Invitations: an account is made, and a one-time link by which its owner comes in."""

from __future__ import annotations

from datetime import datetime

from data import accounts, links, profiles
from data.accounts import Account
from data.engines import Connection
from data.keys import BOUND_ROLES
from matcher.errors import RoleForbids

FIRST = 0
"""In place of an account's number: whoever holds this link makes the first account."""

INVITED_BY_OFFICERS = BOUND_ROLES
"""Roles that an officer may invite; only an administrator makes officers and administrators."""


def may_invite(by: str, role: str) -> bool:
    """Whether somebody of one role may invite, change or end accounts of another."""
    return by == "admin" or (by == "officer" and role in INVITED_BY_OFFICERS)


def require_inviter(by: str, role: str) -> None:
    """Refuse those who may not; raises RoleForbids."""
    if not may_invite(by, role):
        raise RoleForbids(role=by, needed="admin")


def invite(
    conn: Connection,
    email: str,
    name: str,
    role: str,
    *,
    profile_id: str | None,
    lang: str,
    by: str,
    at: datetime,
) -> tuple[Account, str]:
    """Make an account without a password, and the secret of its link.

    Raises ProfileNotFound for a profile that is not kept, and what ``accounts.create`` raises.
    """
    if profile_id is not None and role in BOUND_ROLES:
        profiles.stored(conn, role, profile_id)
    account = accounts.create(conn, email, name, role, lang=lang, at=at, profile_id=profile_id)
    return account, links.make(conn, account.id, by=by, at=at)


def first_link(conn: Connection, *, at: datetime) -> str | None:
    """The secret of the link of the first account, made anew; None where there is an account."""
    return None if accounts.count(conn) else links.make(conn, FIRST, by="setup", at=at)
