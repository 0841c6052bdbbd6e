"""The dates of a startup's programmes: a month, a list, and a feed at a secret address."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

from babel.dates import get_day_names, get_month_names
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from data import accounts, feeds, wishes
from data.accounts import Account
from data.engines import Connection, reading
from data.texts import Texts
from matcher.errors import NotFound
from matcher.profile import Programme
from service.matchmaking import Matchmaker, Wish
from service.pages.doors import PageRoute, PageVisit, StartupVisit
from service.pages.frame import LOCALES, go_to, render
from service.pages.own_feed import ICS, calendar_file
from service.pages.own_terms import Event, events_of, month_after
from service.security import Installed

PATH = "/me/calendar"
RECOMMENDED = 20
"""Programmes of the head of the list whose dates are shown beside those of interest."""

SHOWN_UNKNOWN = 10


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the table; ``inside`` tells whether it belongs to the month."""

    day: date
    inside: bool
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """A month with the days before and after that fill its weeks, and all that is to come.

    ``address`` is a secret address in full, on the page on which it was made only.
    """

    month: date
    name: str
    before: str
    after: str
    today: date
    day_names: tuple[str, ...]
    weeks: tuple[tuple[Day, ...], ...]
    whole_month: tuple[Event, ...]
    events: tuple[Event, ...]
    unknown: tuple[Programme, ...]
    unknown_count: int
    feed_made_at: object
    address: str | None


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route(PATH, calendar_page, methods=["GET"])
    pages.add_api_route(f"{PATH}/caunoi.ics", download, methods=["GET"])
    pages.add_api_route(f"{PATH}/feed", make_feed, methods=["POST"])
    pages.add_api_route(f"{PATH}/feed/end", end_feed, methods=["POST"])
    pages.add_api_route("/calendar/{secret}.ics", read_feed, methods=["GET"])
    return pages


def calendar_page(request: Request, visit: StartupVisit, month: str = "") -> Response:
    """A month, by default this one, and everything that is to come."""
    if visit.account.profile_id is None:
        return go_to("/me/profile")
    return _show(request, visit, month)


def make_feed(request: Request, visit: StartupVisit) -> HTMLResponse:
    """Make a secret address and show it this once; the one before it ends."""
    visit.note("made calendar address", "startup", visit.profile_id)
    with visit.writing() as conn:
        secret = feeds.make(conn, visit.account.id, at=visit.at)
    return _show(request, visit, "", f"{request.base_url}calendar/{secret}.ics")


def end_feed(visit: StartupVisit) -> Response:
    """End the secret address."""
    visit.note("ended calendar address", "startup", visit.profile_id)
    with visit.writing() as conn:
        feeds.end(conn, visit.account.id)
    return go_to(PATH, "feed_ended")


def download(visit: StartupVisit) -> Response:
    """The same dates as a file."""
    with visit.reading() as conn:
        programmes = _programmes(visit.parts.matchmaker, conn, visit.account)
    return _file(visit.parts, programmes, visit.texts)


def read_feed(request: Request, secret: str) -> Response:
    """The dates of the account whose secret this is, in its language, without signing in.

    Raises NotFound for a secret that never was or has ended.
    """
    parts: Installed = request.app.state.parts
    with reading(parts.engine) as conn:
        account = accounts.get(conn, feeds.owner(conn, secret))
        if account.disabled_at is not None or account.profile_id is None:
            raise NotFound(path="/calendar/….ics")
        programmes = _programmes(parts.matchmaker, conn, account)
    return _file(parts, programmes, Texts(account.lang))


def _file(parts: Installed, programmes: tuple[Programme, ...], texts: Texts) -> Response:
    events = _events(programmes, parts.matchmaker.programmes.roster.on)
    headers = {
        "Content-Disposition": 'attachment; filename="caunoi.ics"',
        "Cache-Control": "private, no-store",
    }
    return Response(calendar_file(events, texts, parts.now()), media_type=ICS, headers=headers)


def _programmes(maker: Matchmaker, conn: Connection, account: Account) -> tuple[Programme, ...]:
    """Those of interest, then the best of the list; never those that are not for the startup."""
    id = account.profile_id or ""
    said = {one.programme_id: one.wish for one in wishes.latest(conn, id)}
    told = maker.top_matches(id, Wish(k=RECOMMENDED, refusals=0))
    roster = maker.programmes.roster
    ids = [one for one, wish in said.items() if wish == "interested" and one in roster]
    ids += [match.id for match in told.ranking.matches if match.id not in said]
    return tuple(roster.profiles[roster.place(one)] for one in ids)


def _events(programmes: tuple[Programme, ...], on: date) -> tuple[Event, ...]:
    found = [event for programme in programmes for event in events_of(programme, on)]
    return tuple(sorted(found, key=lambda one: (one.day, one.kind, one.programme.name)))


def _show(
    request: Request, visit: PageVisit, month: str, address: str | None = None
) -> HTMLResponse:
    with visit.reading() as conn:
        programmes = _programmes(visit.parts.matchmaker, conn, visit.account)
        made_at = feeds.made_at(conn, visit.account.id)
    today = visit.parts.matchmaker.programmes.roster.on
    first = _month_in(month, today)
    events = _events(programmes, today)
    dated = {event.programme.id for event in events}
    unknown = tuple(one for one in programmes if one.id not in dated and not one.rolling)
    lang = visit.texts.lang
    page = CalendarPage(
        month=first,
        name=str(get_month_names("wide", "stand-alone", locale=LOCALES[lang])[first.month]),
        before=f"{_month_before(first):%Y-%m}",
        after=f"{month_after(first):%Y-%m}",
        today=today,
        day_names=tuple(
            get_day_names("abbreviated", locale=LOCALES[lang])[number] for number in range(7)
        ),
        weeks=_weeks(first, events),
        whole_month=tuple(one for one in events if one.until and one.day == first),
        events=events,
        unknown=unknown[:SHOWN_UNKNOWN],
        unknown_count=len(unknown),
        feed_made_at=made_at,
        address=address,
    )
    return render(request, "me_calendar.html", page, visit=visit)


def _weeks(first: date, events: tuple[Event, ...]) -> tuple[tuple[Day, ...], ...]:
    by_day: dict[date, list[Event]] = {}
    for event in events:
        if event.until is None:
            by_day.setdefault(event.day, []).append(event)
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    return tuple(
        tuple(Day(day, day.month == first.month, tuple(by_day.get(day, ()))) for day in week)
        for week in weeks
    )


def _month_in(text: str, today: date) -> date:
    """The first day of a month of an address; this month for anything else."""
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    near = abs((asked - today).days) <= 366 * 3
    return asked if near else today.replace(day=1)


def _month_before(first: date) -> date:
    return date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)
