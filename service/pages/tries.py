"""How often one address may try what costs us or can be guessed."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from datetime import datetime
from ipaddress import AddressValueError, IPv6Address, IPv6Network
from threading import Lock

from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from data.accounts import locked_after
from matcher.errors import TooManyTries
from service.problems import LOG

SIGN_IN: RateLimitItem = RateLimitItemPerMinute(20, namespace="sign-in")
REGISTER: RateLimitItem = RateLimitItemPerHour(20, namespace="register")
OWN_PASSWORD: RateLimitItem = RateLimitItemPerMinute(10, 15, namespace="own-password")
"""Guesses at the password of before, by whoever sits at a browser that is signed in."""
KNOWN_BROWSER: RateLimitItem = RateLimitItemPerMinute(10, 15, namespace="known-browser")
"""Tries in a browser in which the owner signed in before."""

MOST_STRANGERS = 10_000


class Tries:
    """Counts tries by address, in the memory of this process."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self.strangers = Strangers()

    def take(self, item: RateLimitItem, address: str) -> None:
        """Count a try; raises TooManyTries."""
        if not self._limiter.hit(item, address):
            LOG.warning("too many tries: %s", item.namespace)
            until = self._limiter.get_window_stats(item, address).reset_time
            raise TooManyTries(minutes=max(1, math.ceil((until - time.time()) / 60)))


class Strangers:
    """Failures at addresses that have no account, which lock like accounts: a lock tells nobody
    which addresses have one."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[int, datetime | None]] = OrderedDict()
        self._lock = Lock()

    def is_locked(self, address: str, at: datetime) -> bool:
        """Whether too many failures keep everybody out at this moment."""
        _, until = self._kept.get(address, (0, None))
        return until is not None and at < until

    def fail(self, address: str, at: datetime) -> None:
        """Count a failure; of very many addresses, those of long ago are forgotten."""
        with self._lock:
            failures, until = self._kept.pop(address, (0, None))
            self._kept[address] = failures + 1, locked_after(failures + 1, at) or until
            while len(self._kept) > MOST_STRANGERS:
                self._kept.popitem(last=False)


def origin_of(request: Request) -> str:
    """Where a request comes from, for counting: an address, or the network of 64 bits that one
    household or attacker has of IPv6."""
    host = request.client.host if request.client else ""
    try:
        return str(IPv6Network((IPv6Address(host), 64), strict=False))
    except AddressValueError:
        return host
