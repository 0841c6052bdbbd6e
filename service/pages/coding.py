"""The second page of a sign-in: it asks for a code where an account has a second factor."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from data.texts import ErrorText
from matcher.errors import CauNoiError, SignInNeeded
from service.pages import waiting
from service.pages.arriving import CODE_PAGE, arrive
from service.pages.doors import Anybody, Form, Guest, PageRoute
from service.pages.entering import begin, proved
from service.pages.frame import go_to, render
from service.pages.waiting import Lobby, Waiting


@dataclass(frozen=True, slots=True)
class Coding:
    """The form: whether something is carried along, and what was wrong with the last try."""

    has_kept: bool
    error: ErrorText | None


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route(CODE_PAGE, code_page, methods=["GET"])
    pages.add_api_route(CODE_PAGE, send_code, methods=["POST"])
    return pages


def code_page(request: Request, guest: Anybody) -> Response:
    """The form, for those alone whose password was right a moment ago."""
    found = _waiting(request, guest)
    if found is None:
        return _back(request)
    return render(request, "sign_in_code.html", Coding(bool(found.kept), None))


def send_code(request: Request, guest: Anybody, form: Form) -> Response:
    """Let somebody in whose code is right, too; a wait ends with that, and by itself."""
    found = _waiting(request, guest)
    if found is None:
        return _back(request)
    try:
        account = proved(request, guest, found, form.get("one_time_code"))
    except SignInNeeded:
        return _back(request)
    except CauNoiError as error:
        page = Coding(bool(found.kept), guest.texts.error(error))
        return render(request, "sign_in_code.html", page, status=error.status)
    lobby: Lobby = request.app.state.lobby
    if not lobby.leave(found):
        return _back(request)
    request.state.cookies.append((waiting.COOKIE, ""))
    session = begin(request, guest, account)
    return arrive(request, session, account, found.to, found.kept)


def _waiting(request: Request, guest: Guest) -> Waiting | None:
    lobby: Lobby = request.app.state.lobby
    return lobby.find(request.cookies.get(waiting.COOKIE, ""), guest.at)


def _back(request: Request) -> Response:
    """To the password: nobody waits here, or not any more."""
    request.state.cookies.append((waiting.COOKIE, ""))
    return go_to("/sign-in", "code_too_late")
