"""One's own account: name, language and password, and the browsers in which one is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from data import accounts, links, sessions
from data.engines import reading
from data.texts import LANGUAGES, ErrorText
from matcher.errors import CauNoiError, InvalidField
from service import passwords
from service.pages.doors import Form, PageRoute, PageVisit, SignedIn
from service.pages.entering import enter
from service.pages.frame import go_to, render
from service.pages.posted import Posted, number_of
from service.pages.signing import check_own_password, chosen_password

ACTS = ("ticked", "others")
"""Which sessions a form ends."""


@dataclass(frozen=True, slots=True)
class Place:
    """A browser in which the account is signed in; ``browser`` is None where it is not known."""

    id: int
    began_at: datetime
    seen_at: datetime
    browser: str | None
    is_this: bool


@dataclass(frozen=True, slots=True)
class Own:
    """One's own account: name, language, a new password, and where one is signed in."""

    name: str
    error: ErrorText | None
    fewest: int
    places: tuple[Place, ...]
    ending_error: ErrorText | None


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/account", account_page, methods=["GET"])
    pages.add_api_route("/account", change_account, methods=["POST"])
    pages.add_api_route("/account/sessions", end_sessions, methods=["POST"])
    return pages


def account_page(request: Request, visit: SignedIn) -> HTMLResponse:
    """One's own account."""
    return _page(request, visit, visit.account.name)


def change_account(request: Request, visit: SignedIn, form: Form) -> Response:
    """Change name and language, and the password where a new one is given with the old.

    A new password ends every session and link of the account; this browser begins a new session.
    """
    values: dict[str, Any] = {"name": form.get("name"), "lang": form.get("language")}
    try:
        if not values["name"] or values["lang"] not in LANGUAGES:
            raise InvalidField(field="name", value=values["name"][:80], expected="text")
        if form.get("password"):
            values["password"] = _new_password(request, visit, form)
    except CauNoiError as error:
        return _page(request, visit, form.get("name"), error=error)
    visit.note("changed own account", fields=tuple(values))
    with visit.writing() as conn:
        accounts.change(conn, visit.account.id, **values)
        if "password" in values:
            links.end_all(conn, visit.account.id, at=visit.at)
            sessions.end_all(conn, visit.account.id)
            enter(conn, request, visit.account, visit.at)
    return go_to(f"/account?lang={values['lang']}", "saved")


def end_sessions(request: Request, visit: SignedIn, form: Form) -> Response:
    """End the ticked sessions of the account, or all others, once the password is given again."""
    ticked = {number for value in form.all("session") if (number := number_of(value)) is not None}
    try:
        if form.get("act") not in ACTS:
            raise InvalidField(field="act", value=form.get("act")[:80], expected=" / ".join(ACTS))
        check_own_password(request, visit, form.get("password_before"))
    except CauNoiError as error:
        return _page(request, visit, visit.account.name, ending_error=error)
    visit.note("ended sessions")
    with visit.writing() as conn:
        mine = {one.id for one in sessions.of_account(conn, visit.account.id, at=visit.at)}
        ended = mine if form.get("act") == "others" else ticked
        sessions.end_some(conn, visit.account.id, ended - {visit.session.id})
    return go_to("/account", "sessions_ended")


def _new_password(request: Request, visit: PageVisit, form: Posted) -> str:
    """The hash of a new password; raises SignInFailed where the old one is wrong."""
    check_own_password(request, visit, form.get("password_before"))
    return chosen_password(form, visit.account.email, visit.account.name)


def _page(
    request: Request,
    visit: PageVisit,
    name: str,
    *,
    error: CauNoiError | None = None,
    ending_error: CauNoiError | None = None,
) -> HTMLResponse:
    with reading(visit.parts.engine) as conn:
        found = sessions.of_account(conn, visit.account.id, at=visit.at)
    here = visit.session.id
    page = Own(
        name,
        None if error is None else visit.texts.error(error),
        passwords.FEWEST,
        tuple(Place(s.id, s.began_at, s.seen_at, s.browser, s.id == here) for s in found),
        None if ending_error is None else visit.texts.error(ending_error),
    )
    wrong = error or ending_error
    status = 200 if wrong is None else wrong.status
    return render(request, "account.html", page, visit=visit, status=status)
