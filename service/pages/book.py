"""All pages, bound together, and what they look like when something is wrong."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response

from data.texts import ErrorText, Texts
from matcher.errors import CauNoiError, FactorNeeded, SignInNeeded
from service.pages import (
    adding,
    catalogue,
    coding,
    cohort_history,
    cohort_limits,
    cohort_programmes,
    cohort_rulings,
    cohort_setup,
    cohort_startups,
    cohorts,
    editing,
    home,
    importing,
    incubator,
    own_account,
    own_calendar,
    own_consents,
    own_data,
    own_factor,
    own_matches,
    own_profile,
    own_programme,
    own_wishes,
    partners,
    past,
    people,
    placement_pages,
    profile_page,
    programme,
    publishing,
    registering,
    removing,
    run_comparing,
    runs_pages,
    signing,
    startup,
    what_if,
    world_map,
)
from service.pages.doors import GUEST_COOKIE, PageVisit, find_visit, set_cookie
from service.pages.files import mounts
from service.pages.frame import go_to, page_language, path_of, render
from service.pages.shelf import Shelves
from service.pages.tries import Tries
from service.pages.waiting import Lobby, Offers

ROUTERS: tuple[Callable[[], APIRouter], ...] = (
    signing.router,
    coding.router,
    own_account.router,
    own_factor.router,
    catalogue.router,
    world_map.router,
    adding.router,
    profile_page.router,
    editing.router,
    past.router,
    removing.router,
    home.router,
    people.router,
    importing.router,
    startup.router,
    programme.router,
    incubator.router,
    partners.router,
    what_if.router,
    registering.router,
    own_profile.router,
    own_matches.router,
    own_wishes.router,
    own_programme.router,
    own_calendar.router,
    own_consents.router,
    own_data.router,
    cohorts.router,
    cohort_history.router,
    cohort_setup.router,
    cohort_startups.router,
    cohort_programmes.router,
    cohort_rulings.router,
    cohort_limits.router,
    run_comparing.router,
    runs_pages.router,
    placement_pages.router,
    publishing.router,
)
"""In reading order; a new group of pages is entered here."""


@dataclass(frozen=True, slots=True)
class Failed:
    """What was wrong, and under which id the log holds the rest."""

    status: int
    text: ErrorText
    faults: tuple[ErrorText, ...]
    request_id: str


def install(app: FastAPI) -> list[APIRouter]:
    """Add every page to an application; return their routers."""
    app.state.tries = Tries()
    app.state.lobby, app.state.offers = Lobby(), Offers()
    app.state.shelves = Shelves()
    app.state.error_page = error_page
    routers = [make() for make in ROUTERS]
    for router in routers:
        app.include_router(router)
    for address, files in mounts():
        app.mount(address, files)
    return routers


def error_page(
    request: Request, error: CauNoiError, faults: tuple[CauNoiError, ...], headers: dict[str, str]
) -> Response:
    """Say what is wrong and what to do next; who must sign in first is led there.

    A form that was filled in when the session ended is carried through the sign-in.
    """
    request.state.cookies = getattr(request.state, "cookies", [])
    if isinstance(error, SignInNeeded):
        return _to_sign_in(request)
    if isinstance(error, FactorNeeded) and request.method == "GET":
        return go_to(own_factor.PAGE)
    visit = find_visit(request) if error.status < 500 else None
    if visit is not None:
        note_refusal(request, visit, error)
    texts = Texts(page_language(request))
    page = Failed(
        error.status,
        texts.error(error),
        tuple(map(texts.error, faults)),
        getattr(request.state, "request_id", ""),
    )
    answer = render(request, "failed.html", page, visit=visit, status=error.status, headers=headers)
    for cookie in request.state.cookies:
        set_cookie(answer, *cookie)
    return answer


def note_refusal(request: Request, visit: PageVisit, error: CauNoiError) -> None:
    """Write an audit line of what was asked for in vain: another role's page or another's profile.

    What an officer does not find is a slip or gone, since officers may see everything.
    """
    asked = getattr(request.scope.get("route"), "path", None)
    refused = error.status == 403 or (error.status == 404 and not visit.is_officer)
    if asked is not None and refused:
        visit.note("refused", fields=(f"{request.method} {asked}",))
        visit.write_lines()


def _to_sign_in(request: Request) -> Response:
    if request.method != "POST":
        asked = path_of(request) + (f"?{request.url.query}" if request.url.query else "")
        return go_to("/sign-in" if asked == "/" else f"/sign-in?{urlencode({'to': asked})}")
    token = request.cookies.get(GUEST_COOKIE, "") or secrets.token_urlsafe(32)
    request.state.csrf = token
    response = signing.ask_to_sign_in(request, request.state.posted)
    set_cookie(response, GUEST_COOKIE, token)
    return response
