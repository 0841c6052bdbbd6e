"""Second factors: codes by time (RFC 6238), their picture for a telephone, and recovery codes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pyotp
import segno

from data import second_factors
from data.accounts import Account
from data.engines import Connection
from service.security import OFFICERS
from service.settings import Settings

ISSUER = "Cầu Nối"
STEP = 30
"""Seconds of a time step."""

DRIFT = (0, -1, 1)
"""Steps beside the present one whose codes are good: clocks differ, and people type slowly (RFC
6238, 5.2)."""

RECOVERY_CODES = 10
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH, GROUP = 24, 6
"""Of a recovery code: 118 random bits, so that a plain hash keeps it (OWASP ASVS 5, 6.5.2)."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A QR code: its width in squares, and the outline of the dark ones as an SVG path."""

    size: int
    path: str


def new_secret() -> str:
    """A random secret of 160 bits, in letters that can be typed."""
    return pyotp.random_base32()


def picture_of(secret: str, email: str) -> Picture:
    """What a telephone reads a secret from."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)
    rows = tuple(segno.make(uri, error="m", micro=False).matrix)
    return Picture(len(rows), "".join(_runs(rows)))


def _runs(rows: tuple[bytearray, ...]) -> Iterator[str]:
    """Each row's dark squares, those side by side as one."""
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            width = 0
            while x + width < len(row) and row[x + width]:
                width += 1
            if width:
                yield f"M{x} {y}h{width}v1h-{width}z"
            x += width or 1


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The time step near a moment whose code this is, None for a code that is wrong."""
    plain, now = _plain(code), int(at.timestamp()) // STEP
    if not plain.isascii():
        return None
    codes = pyotp.TOTP(secret)
    near = (now + drift for drift in DRIFT)
    return next((n for n in near if hmac.compare_digest(codes.generate_otp(n), plain)), None)


def take(conn: Connection, account: Account, code: str, *, at: datetime) -> str | None:
    """Use up a code, or a recovery code: how the audit names it; None for one that is wrong.

    Every code works once.
    """
    factor = second_factors.of_account(conn, account.id)
    if factor is None:
        return None
    step = step_of(factor.secret, code, at)
    if step is not None:
        return "used a code" if second_factors.use_step(conn, account.id, step) else None
    if second_factors.use_recovery(conn, account.id, digest(code)):
        return "used a recovery code"
    return None


def recovery_codes() -> tuple[str, ...]:
    """New recovery codes, as their owner writes them down."""
    return tuple(_recovery_code() for _ in range(RECOVERY_CODES))


def digest(code: str) -> str:
    """A recovery code as it is kept, whichever way it is typed."""
    return hashlib.sha256(_plain(code).encode()).hexdigest()


def is_missing(settings: Settings, account: Account) -> bool:
    """Whether an account must set up its second factor before its owner goes on."""
    asked = settings.second_factor == "officers" and account.role in OFFICERS
    return asked and not account.has_factor


def _recovery_code() -> str:
    letters = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    return "-".join(letters[i : i + GROUP] for i in range(0, LENGTH, GROUP))


def _plain(code: str) -> str:
    """A code without what people put between its letters."""
    return "".join(code.split()).replace("-", "").casefold()
