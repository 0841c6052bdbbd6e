"""All pages, bound together, and what they look like when something is wrong."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles

from data.texts import ErrorText, Texts
from matcher.errors import CauNoiError, SignInNeeded
from service.pages import (
    catalogue,
    home,
    importing,
    incubator,
    partners,
    people,
    profile_page,
    programme,
    signing,
    startup,
    what_if,
    world_map,
)
from service.pages.doors import GUEST_COOKIE, find_visit, set_cookie
from service.pages.frame import go_to, page_language, render
from service.pages.shelf import Shelves
from service.pages.tries import Tries

ROUTERS: tuple[Callable[[], APIRouter], ...] = (
    signing.router,
    catalogue.router,
    world_map.router,
    profile_page.router,
    home.router,
    people.router,
    importing.router,
    startup.router,
    programme.router,
    incubator.router,
    partners.router,
    what_if.router,
)
"""In reading order; a new group of pages is entered here."""

STATIC = "/static"
BASE = f"{STATIC}/base"


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
    app.state.shelves = Shelves()
    app.state.error_page = error_page
    routers = [make() for make in ROUTERS]
    for router in routers:
        app.include_router(router)
    app.mount(BASE, StaticFiles(packages=[("flask_bootstrap", "static/bootstrap5")]))
    app.mount(STATIC, StaticFiles(packages=[("service", "static")]))
    return routers


def error_page(
    request: Request, error: CauNoiError, faults: tuple[CauNoiError, ...], headers: dict[str, str]
) -> Response:
    """Say what is wrong and what to do next; who must sign in first is led there.

    A form that was filled in when the session ended is carried through the sign-in.
    """
    request.state.cookies = []
    if isinstance(error, SignInNeeded):
        return _to_sign_in(request)
    texts = Texts(page_language(request))
    page = Failed(
        error.status,
        texts.error(error),
        tuple(map(texts.error, faults)),
        getattr(request.state, "request_id", ""),
    )
    visit = find_visit(request) if error.status < 500 else None
    return render(request, "failed.html", page, visit=visit, status=error.status, headers=headers)


def _to_sign_in(request: Request) -> Response:
    if request.method != "POST":
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return go_to("/sign-in" if asked == "/" else f"/sign-in?{urlencode({'to': asked})}")
    token = request.cookies.get(GUEST_COOKIE, "") or secrets.token_urlsafe(32)
    request.state.csrf = token
    response = signing.ask_to_sign_in(request, request.state.posted)
    set_cookie(response, GUEST_COOKIE, token)
    return response
