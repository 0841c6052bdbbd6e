"""Pages of signing in and out, and of the one-time links by which a password is chosen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from data import accounts, links, sessions
from data.accounts import Account
from data.engines import reading, transaction
from data.texts import LANGUAGES, ErrorText, Texts
from matcher.errors import (
    CauNoiError,
    FormForeign,
    InvalidField,
    LinkSpent,
    SignInFailed,
)
from service import passwords
from service.inviting import FIRST
from service.pages.doors import (
    COOKIE,
    Anybody,
    Form,
    Guest,
    PageRoute,
    PageVisit,
    SignedIn,
    find_visit,
)
from service.pages.entering import begin, enter, identified, note
from service.pages.frame import go_to, page_language, path_of, render
from service.pages.menu import home_of
from service.pages.posted import Posted
from service.pages.tries import OWN_PASSWORD, Tries

MOST_KEPT = 200_000
"""Characters of a form that are carried through a sign-in."""


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
class GoOn:
    """What somebody had typed when the session ended, to be sent once more."""

    to: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Own:
    """One's own account: name, language, and a new password."""

    name: str
    error: ErrorText | None
    fewest: int


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
    pages.add_api_route("/account", account_page, methods=["GET"])
    pages.add_api_route("/account", change_account, methods=["POST"])
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
    """Let somebody in; a wrong try is told nothing of whether the address has an account."""
    to, kept, email = local(form.get("to")), form.get("kept"), form.get("email")
    try:
        account = identified(request, guest, email, form.get("password"))
    except CauNoiError as error:
        page = SignIn(to, kept, email, guest.texts.error(error))
        return render(request, "sign_in.html", page, status=error.status)
    session = begin(request, guest, account, form.get("password"))
    if kept:
        request.state.csrf = session.csrf
        return render(request, "go_on.html", GoOn(to, fields_of(kept)))
    return go_to(to or home_of(account.role))


def sign_out(request: Request, visit: SignedIn) -> Response:
    """End the session."""
    visit.note("signed out")
    with visit.writing() as conn:
        sessions.end(conn, visit.session.id)
    request.state.cookies.append((COOKIE, ""))
    answer = go_to("/sign-in", "signed_out")
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def account_page(request: Request, visit: SignedIn) -> HTMLResponse:
    """One's own account."""
    page = Own(visit.account.name, None, passwords.FEWEST)
    return render(request, "account.html", page, visit=visit)


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
        page = Own(form.get("name"), visit.texts.error(error), passwords.FEWEST)
        return render(request, "account.html", page, visit=visit, status=error.status)
    visit.note("changed own account", fields=tuple(values))
    with visit.writing() as conn:
        accounts.change(conn, visit.account.id, **values)
        if "password" in values:
            links.end_all(conn, visit.account.id, at=visit.at)
            sessions.end_all(conn, visit.account.id)
            enter(conn, request, visit.account, visit.at)
    return go_to(f"/account?lang={values['lang']}", "saved")


def _new_password(request: Request, visit: PageVisit, form: Posted) -> str:
    """The hash of a new password; raises SignInFailed where the old one is wrong."""
    check_own_password(request, visit, form.get("password_before"))
    return chosen_password(form, visit.account.email, visit.account.name)


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
    """Spend the link, keep the password, end what was signed in, and let its owner in.

    The first link of an installation makes the account, an administrator's. Raises LinkSpent.
    """
    account = _owner_of(guest, secret)
    try:
        account = _let_in(guest, secret, form, account)
    except LinkSpent:
        raise
    except CauNoiError as error:
        return _choose_page(request, account, form, error)
    begin(request, guest, account, form.get("password"))
    return go_to(home_of(account.role), "welcome")


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


def local(path: str) -> str:
    """A path on this service, or nothing: no page sends people elsewhere."""
    plain = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if plain and path.isprintable() else ""


def fields_of(kept: str) -> tuple[tuple[str, str], ...]:
    """The fields that a sign-in has carried along; raises FormForeign for anything else."""
    try:
        read: Any = json.loads(kept)
        return tuple((str(name), str(value)) for name, value in read)
    except (ValueError, TypeError):
        raise FormForeign from None
