"""Passwords: hashed by Argon2id, and refused where they are easily guessed."""

from __future__ import annotations

import re
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from matcher.errors import WeakPassword

FEWEST, MOST = 12, 128
"""Characters of a password (OWASP ASVS 5, 6.2.1 and 6.2.9)."""

LEAST_STRENGTH = 3
"""Of zxcvbn's 0 to 4: 3 is "safely unguessable", beyond 10^8 guesses."""

BESIDE_KNOWN = 8
"""Characters that a password has beside the words that must not carry it."""

READ = 64
"""Characters that the strength is judged by; its time grows with the square."""

_HASHER = PasswordHasher()


def hashed(password: str, *about: str) -> str:
    """A password as it is kept.

    ``about`` are words that must not carry it, such as its owner's name and address.

    Raises
    ------
    WeakPassword
        Too short, too long, or easily guessed.
    """
    if not FEWEST <= len(password) <= MOST:
        raise WeakPassword(fewest=FEWEST, most=MOST)
    if _without(password, about) < BESIDE_KNOWN:
        raise WeakPassword(fewest=FEWEST, most=MOST)
    judged = zxcvbn(password[:READ], user_inputs=[word for word in about if word], max_length=READ)
    if judged["score"] < LEAST_STRENGTH:
        raise WeakPassword(fewest=FEWEST, most=MOST)
    return _HASHER.hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether a password is the kept one; takes as long where none is kept.

    One that is longer than any that is kept is wrong, whatever it begins with.
    """
    try:
        same = _HASHER.verify(kept or _of_nobody(), password[:MOST])
    except (VerificationError, InvalidHashError):
        return False
    return same and kept is not None and len(password) <= MOST


def renewed(password: str, kept: str) -> str | None:
    """A password that fits, hashed anew where its hash was made with weaker settings than today's;
    None where it need not be."""
    return _HASHER.hash(password) if _HASHER.check_needs_rehash(kept) else None


def _without(password: str, about: tuple[str, ...]) -> int:
    """How many characters are left of a password without these words and their parts."""
    rest = password.casefold()
    for word in sorted(re.findall(r"\w{4,}", " ".join(about).casefold()), key=len, reverse=True):
        rest = rest.replace(word, "")
    return len(rest)


@cache
def _of_nobody() -> str:
    """A hash to compare with where there is no account, so that its absence takes no less time."""
    return _HASHER.hash("nobody")
