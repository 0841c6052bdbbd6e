"""Pages of signing in and out, and of the one-time links by which a password is chosen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from data import accounts, links, sessions
from data.accounts import Account
from data.audit import AuditLine, write_audit
from data.engines import Connection, reading, transaction
from data.texts import LANGUAGES, ErrorText, Texts
from matcher.errors import (
    CauNoiError,
    FormForeign,
    InvalidField,
    LinkSpent,
    SignInFailed,
    TooManyTries,
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
from service.pages.frame import go_to, page_language, render
from service.pages.menu import home_of
from service.pages.posted import Posted
from service.pages.tries import SIGN_IN, Tries

MOST_KEPT = 200_000
"""Characters of a form that are carried through a sign-in."""


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
    error = SignIn(
        str(request.url.path), kept[:MOST_KEPT] if len(kept) <= MOST_KEPT else "", "", None
    )
    return render(request, "sign_in.html", error, status=401)


def sign_in(request: Request, guest: Anybody, form: Form) -> Response:
    """Let somebody in; a wrong try is told nothing of whether the address has an account."""
    to, kept, email = local(form.get("to")), form.get("kept"), form.get("email")
    tries: Tries = request.app.state.tries
    try:
        tries.take(SIGN_IN, _address(request))
        account = _identified(guest, email, form.get("password"))
    except CauNoiError as error:
        page = SignIn(to, kept, email, guest.texts.error(error))
        return render(request, "sign_in.html", page, status=error.status)
    _begin(request, guest, account)
    if kept:
        request.state.csrf = _session_csrf(request)
        return render(request, "go_on.html", GoOn(to, fields_of(kept)))
    return go_to(to or home_of(account.role))


def sign_out(request: Request, visit: SignedIn) -> Response:
    """End the session."""
    visit.note("signed out")
    with visit.writing() as conn:
        sessions.end(conn, visit.session.id)
    request.state.cookies.append((COOKIE, ""))
    return go_to("/sign-in", "signed_out")


def account_page(request: Request, visit: SignedIn) -> HTMLResponse:
    """One's own account."""
    page = Own(visit.account.name, None, passwords.FEWEST)
    return render(request, "account.html", page, visit=visit)


def change_account(request: Request, visit: SignedIn, form: Form) -> Response:
    """Change name and language, and the password where a new one is given with the old."""
    values: dict[str, Any] = {"name": form.get("name"), "lang": form.get("language")}
    try:
        if not values["name"] or values["lang"] not in LANGUAGES:
            raise InvalidField(field="name", value=values["name"][:80], expected="text")
        if form.get("password"):
            values["password"] = _new_password(visit, form)
    except CauNoiError as error:
        page = Own(form.get("name"), visit.texts.error(error), passwords.FEWEST)
        return render(request, "account.html", page, visit=visit, status=error.status)
    visit.note("changed own account", fields=tuple(values))
    with visit.writing() as conn:
        accounts.change(conn, visit.account.id, **values)
        if "password" in values:
            sessions.end_others(conn, visit.session)
    return go_to(f"/account?lang={values['lang']}", "saved")


def _new_password(visit: PageVisit, form: Posted) -> str:
    """The hash of a new password; raises SignInFailed where the old one is wrong."""
    with transaction(visit.parts.engine) as conn:
        kept = accounts.password_of(conn, visit.account.id)
    if not passwords.fits(form.get("password_before"), kept):
        raise SignInFailed
    return _chosen(form, visit.account.email, visit.account.name)


def _chosen(form: Posted, *about: str) -> str:
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
    _begin(request, guest, account)
    return go_to(home_of(account.role), "welcome")


def _owner_of(guest: Guest, secret: str) -> Account | None:
    """The account of a link, None for that of the first account; raises LinkSpent."""
    with reading(guest.parts.engine) as conn:
        number = links.owner(conn, secret, at=guest.at)
        return None if number == FIRST else accounts.get(conn, number)


def _let_in(guest: Guest, secret: str, form: Posted, account: Account | None) -> Account:
    """Keep the password that was chosen; raises what is wrong with it, and LinkSpent."""
    email, name = form.get("email"), form.get("name")
    about = (email, name) if account is None else (account.email, account.name)
    kept = _chosen(form, *about)
    with transaction(guest.parts.engine) as conn:
        if account is None:
            lang, at = guest.texts.lang, guest.at
            account = accounts.create(conn, email, name, "admin", lang=lang, at=at, password=kept)
        else:
            account = accounts.change(conn, account.id, password=kept)
            sessions.end_all(conn, account.id)
        links.use(conn, secret, at=guest.at)
        _note(conn, guest, account, "chose a password")
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
    return render(request, "choose_password.html", page, status=status)


def _identified(guest: Guest, email: str, password: str) -> Account:
    """The account of an address and its password.

    Raises SignInFailed, and TooManyTries while the account is locked.
    """
    try:
        address = accounts.folded(email)
    except InvalidField:
        address = ""
    with transaction(guest.parts.engine) as conn:
        account = accounts.by_email(conn, address)
        kept = None if account is None else accounts.password_of(conn, account.id)
    right = passwords.fits(password, kept)
    if account is not None and account.is_locked(guest.at):
        raise TooManyTries(minutes=int(accounts.LOCK.total_seconds() // 60))
    if account is None or not right or account.disabled_at is not None:
        if account is not None:
            with transaction(guest.parts.engine) as conn:
                accounts.note_failure(conn, account, at=guest.at)
                _note(conn, guest, account, "sign-in failed")
        raise SignInFailed
    return account


def _begin(request: Request, guest: Guest, account: Account) -> None:
    """Begin a new session: the secret of before, if any, is never taken on."""
    with transaction(guest.parts.engine) as conn:
        old = sessions.find(conn, request.cookies.get(COOKIE, ""), at=guest.at)
        if old is not None:
            sessions.end(conn, old.id)
        session, secret = sessions.begin(conn, account.id, at=guest.at)
        accounts.note_success(conn, account, at=guest.at)
        sessions.sweep(conn, at=guest.at)
        _note(conn, guest, account, "signed in")
    request.state.session = session
    request.state.cookies.append((COOKIE, secret))


def _session_csrf(request: Request) -> str:
    csrf: str = request.state.session.csrf
    return csrf


def _note(conn: Connection, guest: Guest, account: Account, action: str) -> None:
    line = AuditLine(guest.at, account.label, account.role, action, request_id=guest.request_id)
    write_audit(conn, line)


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


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
