"""Fit: when the startup is free to go against when the next intake starts."""

from __future__ import annotations

import math
from datetime import date

from matcher.profile import Programme, Startup
from matcher.rules.base import Kind, Rule, Verdict, fit, unknown

ROLLING_SHARE = 0.9
"""A rolling intake can be joined at once, but sets no date to work towards."""

PREPARATION_MONTHS = 2
"""Months that an application, a visa and a dossier take before an intake."""

WAIT_SHARES = ((6, 1.0), (9, 0.7), (14, 0.4), (math.inf, 0.2))
"""Longest wait in months from now to the intake that can be joined, and the share it earns."""


def startup_key(startup: Startup, on: date) -> tuple[int, int] | None:
    """This month (1 to 12), and the months from now until the team is free to go."""
    free = startup.available_from
    if free is None:
        return None
    return on.month, max(0, (free.year - on.year) * 12 + free.month - on.month)


def programme_key(programme: Programme, _on: date) -> tuple[bool | None, tuple[int, ...] | None]:
    """Whether intake is rolling, and the months in which a run starts."""
    return programme.rolling, programme.intake_months


def judge(
    free: tuple[int, int] | None, intake: tuple[bool | None, tuple[int, ...] | None]
) -> Verdict:
    """The sooner the first intake that the team can join, the better."""
    rolling, months = intake
    if not months and not rolling:
        return unknown("timing.ask_programme")
    if not months:
        return fit(ROLLING_SHARE, "timing.rolling")
    if free is None:
        return unknown("timing.ask_startup")
    earliest = max(free[1], PREPARATION_MONTHS)
    wait, month = min((_months_to(m, free[0], earliest), m) for m in months)
    share = _share(wait)
    if rolling and share < ROLLING_SHARE:
        return fit(ROLLING_SHARE, "timing.rolling")
    return fit(share, "timing.intake", month=month, wait=wait)


def _months_to(month: int, now: int, earliest: int) -> int:
    """Months from now to the first intake in that month which is not before ``earliest``."""
    return earliest + (month - now - earliest) % 12


def _share(wait: int) -> float:
    return next(share for longest, share in WAIT_SHARES if wait <= longest)


RULE = Rule("timing", Kind.FIT, startup_key, programme_key, judge)
