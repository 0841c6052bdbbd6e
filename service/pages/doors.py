"""Who is at the door: guests, and people who are signed in; and whether a form is really ours.

A form must carry the token of the session (or, of a guest, of a cookie), and a browser that says
where a request comes from must say: from here (OWASP: synchroniser token, and Fetch Metadata).
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute

from data import accounts, sessions
from data.engines import reading, transaction
from data.sessions import Session
from data.texts import LANGUAGES, Texts
from matcher.errors import FactorNeeded, FormForeign, RoleForbids, SignInNeeded
from service.pages.frame import LANGUAGE_COOKIE, page_language, unmasked
from service.pages.posted import Posted, posted
from service.second_factor import is_missing
from service.security import Installed, Visit

COOKIE = "__Host-caunoi"
GUEST_COOKIE = "__Host-caunoi-guest"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Guest:
    """A request of somebody who need not be known."""

    parts: Installed
    texts: Texts
    at: datetime
    request_id: str
    csrf: str


@dataclass(slots=True)
class PageVisit(Visit):
    """A page's request of somebody who is signed in."""

    session: Session = field(kw_only=True)

    @property
    def account(self) -> accounts.Account:
        """Who is signed in."""
        assert isinstance(self.key, accounts.Account)  # noqa: S101 - narrows a type
        return self.key

    @property
    def profile_id(self) -> str:
        """The profile that the account stands for; raises RoleForbids where there is none."""
        if self.key.profile_id is None:
            raise RoleForbids(role=self.key.role, needed="startup")
        return self.key.profile_id


class PageRoute(APIRoute):
    """A route whose answer takes along the cookies that were set on the way."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler, with the cookies of the request's state."""
        handle = super().get_route_handler()

        async def with_cookies(request: Request) -> Response:
            request.state.cookies = []
            response = await handle(request)
            for cookie in request.state.cookies:
                set_cookie(response, *cookie)
            return response

        return with_cookies


def set_cookie(response: Response, name: str, value: str, seconds: int | None = None) -> None:
    """Set a cookie that only our own pages send and no script reads; no value takes it away."""
    response.set_cookie(
        name, value, max_age=seconds if value else 0, secure=True, httponly=True, samesite="lax"
    )


def guest(request: Request, form: Annotated[Posted, Depends(posted)]) -> Guest:
    """Let anybody in; raises FormForeign for a form that is not ours."""
    parts: Installed = request.app.state.parts
    token = request.cookies.get(GUEST_COOKIE, "")
    if request.method == "POST":
        check_form(request, form, token)
    if not token:
        token = secrets.token_urlsafe(32)
        request.state.cookies.append((GUEST_COOKIE, token))
    request.state.csrf = token
    lang = _language(request)
    return Guest(parts, Texts(lang), parts.now(), request.state.request_id, token)


def find_visit(request: Request) -> PageVisit | None:
    """Who is signed in, or None; renews the session's secret when it is time."""
    parts: Installed = request.app.state.parts
    secret, at = request.cookies.get(COOKIE, ""), parts.now()
    if not secret:
        return None
    with reading(parts.engine) as conn:
        session = sessions.find(conn, secret, at=at)
        account = None if session is None else accounts.get(conn, session.account_id)
    if session is None or account is None or account.disabled_at is not None:
        return None
    if sessions.needs_noting(session, at):
        with transaction(parts.engine) as conn:
            renewed = sessions.note(conn, session, at=at)
        if renewed is not None:
            request.state.cookies.append((COOKIE, renewed))
    request.state.csrf, request.state.role = session.csrf, account.role
    texts = Texts(_language(request, account.lang))
    return PageVisit(parts, account, texts, at, request.state.request_id, session=session)


def at_door(request: Request, form: Annotated[Posted, Depends(posted)]) -> PageVisit:
    """Let only those in who are signed in, also before they have set up what is asked of them.

    Raises SignInNeeded, and FormForeign for a form that is not ours.
    """
    visit = find_visit(request)
    if visit is None:
        raise SignInNeeded
    if request.method == "POST":
        check_form(request, form, visit.session.csrf)
    return visit


def signed_in(visit: Annotated[PageVisit, Depends(at_door)]) -> PageVisit:
    """Let only those in who are signed in as this installation asks; raises FactorNeeded."""
    if is_missing(visit.parts.settings, visit.account):
        raise FactorNeeded
    return visit


def only(*roles: str) -> Callable[[PageVisit], PageVisit]:
    """Let only these roles and the admin in; raises RoleForbids."""

    def allowed(visit: Annotated[PageVisit, Depends(signed_in)]) -> PageVisit:
        if visit.key.role not in (*roles, "admin"):
            raise RoleForbids(role=visit.key.role, needed=roles[0])
        return visit

    return allowed


def exactly(role: str) -> Callable[[PageVisit], PageVisit]:
    """Let only one role in, not even the admin: pages of one's own profile; raises RoleForbids."""

    def allowed(visit: Annotated[PageVisit, Depends(signed_in)]) -> PageVisit:
        if visit.key.role != role:
            raise RoleForbids(role=visit.key.role, needed=role)
        return visit

    return allowed


Anybody = Annotated[Guest, Depends(guest)]
AtDoor = Annotated[PageVisit, Depends(at_door)]
SignedIn = Annotated[PageVisit, Depends(signed_in)]
OfficerVisit = Annotated[PageVisit, Depends(only("officer"))]
AdminVisit = Annotated[PageVisit, Depends(only("admin"))]
StartupVisit = Annotated[PageVisit, Depends(exactly("startup"))]
IncubatorVisit = Annotated[PageVisit, Depends(exactly("incubator"))]
Form = Annotated[Posted, Depends(posted)]


def check_form(request: Request, form: Posted, token: str) -> None:
    """Refuse a form that another site made a browser send; raises FormForeign."""
    origin = request.headers.get("origin")
    host = request.headers.get("host", "")
    foreign = origin is not None and urlsplit(origin).netloc != host
    site = request.headers.get("sec-fetch-site", "same-origin")
    if foreign or site not in ("same-origin", "none"):
        raise FormForeign
    if not token or not hmac.compare_digest(unmasked(form.get("csrf")), token.encode()):
        raise FormForeign


def _language(request: Request, own: str | None = None) -> str:
    """The page's language; one that is asked for is remembered."""
    lang = page_language(request, own)
    asked = request.query_params.get("lang")
    if asked in LANGUAGES and request.cookies.get(LANGUAGE_COOKIE) != asked:
        request.state.cookies.append((LANGUAGE_COOKIE, asked, YEAR))
    return lang
