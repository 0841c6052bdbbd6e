"""Browsers in which somebody signed in before: failures elsewhere do not lock their owner out.

A cookie says so under a key that only we have, the hash of the account's password: with a new
password, all of them end (OWASP: device cookies). Whoever tries others' passwords has none of them,
and meets the lock.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

COOKIE = "__Host-caunoi-known"


def mark(account_id: int, kept: str) -> str:
    """What to keep in a browser in which an account's owner has just signed in."""
    nonce = secrets.token_hex(16)
    return f"{nonce}.{_seal(account_id, nonce, kept)}"


def known(cookie: str, account_id: int, kept: str | None) -> str | None:
    """By what a browser is counted that an account's owner has signed in with; None for others."""
    nonce, _, seal = cookie.partition(".")
    if kept is None or not cookie.isascii():
        return None
    return nonce if hmac.compare_digest(seal, _seal(account_id, nonce, kept)) else None


def _seal(account_id: int, nonce: str, kept: str) -> str:
    told = f"caunoi browser {account_id} {nonce}".encode()
    return hmac.new(kept.encode(), told, hashlib.sha256).hexdigest()
