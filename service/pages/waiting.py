"""What is between two pages: whose password was right and whose code is still asked for, and second
factors that are shown but not confirmed. Kept in the memory of this process, for a short while."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from service.second_factor import new_secret

COOKIE = "__Host-caunoi-code"
GOOD_FOR = timedelta(minutes=5)
MOST = 1000
"""Of each kind that are kept; of more, those of long ago are forgotten."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody whose password was right: of which account, with which hash of the password, in
    which known browser if any, and where they were going with what they had typed."""

    digest: str
    account_id: int
    password: str
    browser: str | None
    ends_at: datetime
    to: str
    kept: str


class Lobby:
    """Those who wait: they have no session, and can do nothing but send their code.

    Each account has one place, and one more in every browser that its owner is known by.
    """

    def __init__(self) -> None:
        self._places: OrderedDict[tuple[int, str], Waiting] = OrderedDict()
        self._lock = Lock()

    def enter(
        self,
        account_id: int,
        password: str,
        *,
        browser: str | None,
        at: datetime,
        to: str,
        kept: str,
    ) -> str:
        """Begin to wait; return the secret by which the browser is known again."""
        secret, place = secrets.token_urlsafe(32), (account_id, browser or "")
        one = Waiting(digest_of(secret), account_id, password, browser, at + GOOD_FOR, to, kept)
        with self._lock:
            self._places.pop(place, None)
            self._places[place] = one
            while len(self._places) > MOST:
                self._places.popitem(last=False)
        return secret

    def find(self, secret: str, at: datetime) -> Waiting | None:
        """Who waits under a secret, None for a strange one or after too long."""
        digest = digest_of(secret)
        with self._lock:
            for place in [p for p, one in self._places.items() if one.ends_at <= at]:
                del self._places[place]
            everybody = tuple(self._places.values())
        return next((one for one in everybody if hmac.compare_digest(one.digest, digest)), None)

    def leave(self, waiting: Waiting) -> bool:
        """End the wait; False where it has ended already."""
        with self._lock:
            place = (waiting.account_id, waiting.browser or "")
            if self._places.get(place) != waiting:
                return False
            del self._places[place]
            return True


class Offers:
    """Secrets that are shown to somebody who sets up a second factor, by their session: a page that
    is loaded again shows the same one."""

    def __init__(self) -> None:
        self._secrets: OrderedDict[int, str] = OrderedDict()
        self._lock = Lock()

    def of(self, session_id: int) -> str:
        """The secret that is offered to a session."""
        with self._lock:
            secret = self._secrets.setdefault(session_id, new_secret())
            while len(self._secrets) > MOST:
                self._secrets.popitem(last=False)
            return secret

    def forget(self, session_id: int) -> None:
        """Offer another one the next time."""
        with self._lock:
            self._secrets.pop(session_id, None)


def digest_of(secret: str) -> str:
    """A secret as it is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()
