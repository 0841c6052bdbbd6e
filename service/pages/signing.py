"""Pages of signing in and out, and of the one-time links by which a password is chosen."""

from __future__ import annotations

import json
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from data import accounts, links, sessions
from data.accounts import Account
from data.engines import reading, transaction
from data.texts import ErrorText, Texts
from matcher.errors import (
    CauNoiError,
    InvalidField,
    LinkSpent,
    SignInFailed,
)
from service import passwords
from service.inviting import FIRST
from service.pages.arriving import MOST_KEPT, come_in, local
from service.pages.doors import (
    COOKIE,
    Anybody,
    AtDoor,
    Form,
    Guest,
    PageRoute,
    PageVisit,
    find_visit,
)
from service.pages.entering import identified, note
from service.pages.frame import go_to, page_language, path_of, render
from service.pages.menu import home_of
from service.pages.posted import Posted
from service.pages.tries import OWN_PASSWORD, Tries

KEPT_TO_ITSELF = {"Referrer-Policy": "strict-origin"}
"""A link's page names its address to nobody, not even to our own files and their logs."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """The form: where it leads to, what it carries along, and what was wrong with the last try."""

    to: str
    kept: str
    email: str
    error: ErrorText | None


@dataclass(frozen=True, slots=True)
class Choose:
    """The form in which a link's owner chooses a password."""

    name: str
    email: str
    is_first: bool
    error: ErrorText | None
    fewest: int


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/", front, methods=["GET"])
    pages.add_api_route("/sign-in", sign_in_page, methods=["GET"])
    pages.add_api_route("/sign-in", sign_in, methods=["POST"])
    pages.add_api_route("/sign-out", sign_out, methods=["POST"])
    pages.add_api_route("/link/{secret}", link_page, methods=["GET"])
    pages.add_api_route("/link/{secret}", choose_password, methods=["POST"])
    return pages


def front(request: Request, guest: Anybody) -> Response:
    """The address alone leads to where a person begins."""
    visit = find_visit(request)
    return go_to("/sign-in" if visit is None else home_of(visit.key.role))


def sign_in_page(request: Request, guest: Anybody, to: str = "") -> HTMLResponse:
    """The form."""
    return render(request, "sign_in.html", SignIn(local(to), "", "", None))


def ask_to_sign_in(request: Request, form: Posted) -> HTMLResponse:
    """The form, for somebody whose session ended while a form was filled in: it carries it."""
    kept = json.dumps(list(form.kept()), ensure_ascii=False)
    error = SignIn(path_of(request), kept[:MOST_KEPT] if len(kept) <= MOST_KEPT else "", "", None)
    return render(request, "sign_in.html", error, status=401)


def sign_in(request: Request, guest: Anybody, form: Form) -> Response:
    """Let somebody in, or ask for a code first; a wrong try is told nothing of whether the address
    has an account."""
    to, kept, email = local(form.get("to")), form.get("kept"), form.get("email")
    try:
        account = identified(request, guest, email, form.get("password"))
    except CauNoiError as error:
        page = SignIn(to, kept, email, guest.texts.error(error))
        return render(request, "sign_in.html", page, status=error.status)
    return come_in(request, guest, account, form.get("password"), to=to, kept=kept)


def sign_out(request: Request, visit: AtDoor) -> Response:
    """End the session."""
    visit.note("signed out")
    with visit.writing() as conn:
        sessions.end(conn, visit.session.id)
    request.state.cookies.append((COOKIE, ""))
    answer = go_to("/sign-in", "signed_out")
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def check_own_password(request: Request, visit: PageVisit, password: str) -> None:
    """Refuse whoever sits at a signed-in browser and does not know its owner's password.

    Raises SignInFailed, and TooManyTries.
    """
    tries: Tries = request.app.state.tries
    tries.take(OWN_PASSWORD, str(visit.account.id))
    with transaction(visit.parts.engine) as conn:
        kept = accounts.password_of(conn, visit.account.id)
    if not passwords.fits(password, kept):
        visit.note("wrong password")
        visit.write_lines()
        raise SignInFailed


def chosen_password(form: Posted, *about: str) -> str:
    """The hash of a password that was typed twice; raises InvalidField and WeakPassword."""
    if form.get("password") != form.get("password_again"):
        raise InvalidField(field="password_again", value="", expected="= password")
    return passwords.hashed(form.get("password"), *about, "caunoi")


def link_page(request: Request, guest: Anybody, secret: str) -> HTMLResponse:
    """The form of a link that is still good; to look at it does not spend it.

    Raises LinkSpent.
    """
    account = _owner_of(guest, secret)
    return _choose_page(request, account, Posted(()), None)


def choose_password(request: Request, guest: Anybody, secret: str, form: Form) -> Response:
    """Spend the link, keep the password, end what was signed in, and let its owner in, or ask for a
    code first.

    The first link of an installation makes the account, an administrator's. Raises LinkSpent.
    """
    account = _owner_of(guest, secret)
    try:
        account = _let_in(guest, secret, form, account)
    except LinkSpent:
        raise
    except CauNoiError as error:
        return _choose_page(request, account, form, error)
    home = f"{home_of(account.role)}?said=welcome"
    return come_in(request, guest, account, form.get("password"), to=home)


def _owner_of(guest: Guest, secret: str) -> Account | None:
    """The account of a link, None for that of the first account.

    Raises LinkSpent, also for the first account's link once there is an account.
    """
    with reading(guest.parts.engine) as conn:
        number = links.owner(conn, secret, at=guest.at)
        if number != FIRST:
            return accounts.get(conn, number)
        if accounts.count(conn):
            raise LinkSpent
        return None


def _let_in(guest: Guest, secret: str, form: Posted, account: Account | None) -> Account:
    """Keep the password that was chosen; raises what is wrong with it, and LinkSpent."""
    email, name = form.get("email"), form.get("name")
    about = (email, name) if account is None else (account.email, account.name)
    kept = chosen_password(form, *about)
    with transaction(guest.parts.engine) as conn:
        if account is None:
            lang, at = guest.texts.lang, guest.at
            account = accounts.create(conn, email, name, "admin", lang=lang, at=at, password=kept)
        else:
            account = accounts.change(conn, account.id, password=kept)
            sessions.end_all(conn, account.id)
        links.use(conn, secret, at=guest.at)
        note(conn, guest, account.label, account.role, "chose a password")
    return account


def _choose_page(
    request: Request, account: Account | None, form: Posted, error: CauNoiError | None
) -> HTMLResponse:
    texts = Texts(page_language(request))
    page = Choose(
        form.get("name") if account is None else account.name,
        form.get("email") if account is None else account.email,
        account is None,
        None if error is None else texts.error(error),
        passwords.FEWEST,
    )
    status = 200 if error is None else error.status
    return render(request, "choose_password.html", page, status=status, headers=KEPT_TO_ITSELF)
