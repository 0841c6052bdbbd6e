"""Dates and terms of a programme as a startup weighs them; unknown is None."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from data.texts import Texts
from matcher.profile import Money, Programme
from matcher.rules.window import programme_key as window_of
from service.pages.programme_facts import in_home_money

SOON_DAYS = 30
"""A deadline this near is marked."""

EventKind = Literal["closes", "opens", "intake"]


@dataclass(frozen=True, slots=True)
class Priced:
    """A sum as it is published, and about what it is at home, with the day of the rate."""

    text: str
    beside: str | None


@dataclass(frozen=True, slots=True)
class Terms:
    """When and at what price.

    ``state`` is that of the window (``open``, ``opens``, ``passed``, ``rolling``, ``unknown``),
    ``day`` the day that it turns on and ``days`` from now until then; ``months`` are those of the
    intakes.
    """

    state: str
    day: date | None
    days: int | None
    months: str | None
    fee: Priced | None
    equity: str | None
    funding: Priced | None

    @property
    def is_soon(self) -> bool:
        """Whether the window closes within :data:`SOON_DAYS`."""
        return self.state == "open" and self.days is not None and self.days <= SOON_DAYS


@dataclass(frozen=True, slots=True)
class Event:
    """Something on a day, or in a month of which the day is not known (``until`` is not in it)."""

    kind: EventKind
    programme: Programme
    day: date
    until: date | None = None


def terms_of(programme: Programme, on: date, texts: Texts) -> Terms:
    """The terms of a programme on a day."""
    state, day = window_of(programme, on)
    months = programme.intake_months
    taken = programme.equity_percent
    return Terms(
        state=state,
        day=day,
        days=None if day is None else (day - on).days,
        months=texts.content(Programme, "intake_months", months) if months else None,
        fee=_priced(programme.fee, texts, "own.free"),
        equity=None if taken is None else _equity(taken, texts),
        funding=_priced(programme.funding, texts, "own.no_funding"),
    )


def events_of(programme: Programme, on: date) -> Iterator[Event]:
    """What is to come of a programme within the year: its window, and the months of its intakes."""
    opens, closes = programme.application_open, programme.application_close
    if closes is not None and closes >= on:
        yield Event("closes", programme, closes)
    if opens is not None and opens >= on:
        yield Event("opens", programme, opens)
    for month in programme.intake_months or ():
        year = on.year if month >= on.month else on.year + 1
        yield Event("intake", programme, date(year, month, 1), month_after(date(year, month, 1)))


def month_after(day: date) -> date:
    """The first day of the next month."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _priced(sum_: Money | None, texts: Texts, if_zero: str) -> Priced | None:
    if sum_ is None:
        return None
    if sum_.amount == 0:
        return Priced(texts.page(if_zero), None)
    return Priced(texts.value(sum_), in_home_money(sum_, texts))


def _equity(taken: float, texts: Texts) -> str:
    return texts.page("own.equity_taken", percent=taken) if taken else texts.page("own.no_equity")
