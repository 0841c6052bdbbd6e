"""When a fact of a profile is too old to be relied on: the one rule for it.

A fact is stale once it was recorded longer ago than :data:`MOST_MONTHS` months. Where a programme's
intakes are known and come more often, it is stale once it is older than the longest time between
two of its intakes: the call that it tells of is over. What bears no day is neither fresh nor stale.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from matcher.profile import Profile, Programme

MOST_MONTHS = 12
"""The most months that a fact holds without being looked at again."""

Freshness = Literal["fresh", "stale", "undated"]


def months_held(profile: Profile) -> int:
    """Months that a fact of this profile holds: 1 to :data:`MOST_MONTHS`."""
    months = sorted(set(profile.intake_months or ())) if isinstance(profile, Programme) else []
    if len(months) < 2:
        return MOST_MONTHS
    following = [*months[1:], months[0] + 12]
    return max(after - month for month, after in zip(months, following, strict=True))


def freshness(as_of: date | None, months: int, on: date) -> Freshness:
    """Whether a fact recorded on a day still holds after so many months."""
    if as_of is None:
        return "undated"
    count = as_of.year * 12 + as_of.month - 1 + months
    until = (count // 12, count % 12 + 1, as_of.day)
    return "stale" if (on.year, on.month, on.day) > until else "fresh"
