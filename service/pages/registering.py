"""A startup makes its own account.

Whether an address has an account already is told to nobody: the answer, its time and what is
written are the same, and either way the next step is to sign in.
"""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from data import accounts
from data.audit import AuditLine, write_audit
from data.engines import transaction
from data.texts import LANGUAGES, ErrorText
from matcher.errors import CauNoiError, InvalidField
from service import passwords
from service.pages.doors import Anybody, Form, Guest, PageRoute
from service.pages.frame import render
from service.pages.signing import chosen_password
from service.pages.tries import REGISTER, Tries, origin_of

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Registering:
    """The form: what was typed, and what was wrong with it."""

    name: str
    email: str
    language: str
    error: ErrorText | None
    fewest: int


@dataclass(frozen=True, slots=True)
class Registered:
    """The step after it, for a new address and for a known one alike."""

    email: str


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/register", register_page, methods=["GET"])
    pages.add_api_route("/register", register, methods=["POST"])
    return pages


def register_page(request: Request, guest: Anybody) -> HTMLResponse:
    """The form."""
    page = Registering("", "", guest.texts.lang, None, passwords.FEWEST)
    return render(request, "register.html", page)


def register(request: Request, guest: Anybody, form: Form) -> Response:
    """Make an account where the address has none, and ask to sign in."""
    name, email, lang = (form.get(field) for field in ("name", "email", "language"))
    tries: Tries = request.app.state.tries
    try:
        tries.take(REGISTER, origin_of(request))
        address = _checked(name, email, lang)
        kept = chosen_password(form, address, name)
    except CauNoiError as error:
        page = Registering(name, email, lang, guest.texts.error(error), passwords.FEWEST)
        return render(request, "register.html", page, status=error.status)
    _make(guest, address, name, lang, kept)
    return render(request, "register_done.html", Registered(email))


def _checked(name: str, email: str, lang: str) -> str:
    """The address as it is kept; raises InvalidField."""
    if not name or len(name) > LONGEST_NAME:
        raise InvalidField(field="name", value=name[:80], expected="1–200")
    if lang not in LANGUAGES:
        raise InvalidField(field="language", value=lang[:80], expected=" / ".join(LANGUAGES))
    return accounts.folded(email)


def _make(guest: Guest, address: str, name: str, lang: str, kept: str) -> None:
    """Make the account unless the address has one; one line of the audit either way."""
    with transaction(guest.parts.engine) as conn:
        account = accounts.by_email(conn, address)
        action = "registered" if account is None else "registered again"
        if account is None:
            account = accounts.create(
                conn, address, name, "startup", lang=lang, at=guest.at, password=kept
            )
        line = AuditLine(guest.at, account.label, account.role, action, request_id=guest.request_id)
        write_audit(conn, line)
