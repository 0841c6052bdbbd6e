"""How often one address may try what costs us or can be guessed."""

from __future__ import annotations

import math
import time

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from matcher.errors import TooManyTries

SIGN_IN: RateLimitItem = RateLimitItemPerMinute(20, namespace="sign-in")
REGISTER: RateLimitItem = RateLimitItemPerHour(20, namespace="register")


class Tries:
    """Counts tries by address, in the memory of this process."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def take(self, item: RateLimitItem, address: str) -> None:
        """Count a try; raises TooManyTries."""
        if not self._limiter.hit(item, address):
            until = self._limiter.get_window_stats(item, address).reset_time
            raise TooManyTries(minutes=max(1, math.ceil((until - time.time()) / 60)))
