"""Past the password: in, or to the page that asks for a code first, then on to where one went."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from data import accounts
from data.accounts import Account
from data.engines import transaction
from data.sessions import Session
from matcher.errors import FormForeign
from service.pages import browsers, waiting
from service.pages.doors import Guest
from service.pages.entering import begin, renew
from service.pages.frame import go_to, render
from service.pages.menu import home_of
from service.pages.waiting import Lobby

MOST_KEPT = 200_000
"""Characters of a form that are carried through a sign-in."""

CODE_PAGE = "/sign-in/code"


@dataclass(frozen=True, slots=True)
class GoOn:
    """What somebody had typed when the session ended, to be sent once more."""

    to: str
    fields: tuple[tuple[str, str], ...]


def come_in(
    request: Request, guest: Guest, account: Account, password: str, *, to: str = "", kept: str = ""
) -> Response:
    """Let somebody in whose password was right; who has a second factor is asked for its code."""
    if not account.has_factor:
        return arrive(request, begin(request, guest, account, password), account, to, kept)
    with transaction(guest.parts.engine) as conn:
        renew(conn, account, password)
        digest = accounts.password_of(conn, account.id) or ""
    lobby: Lobby = request.app.state.lobby
    secret = lobby.enter(
        account.id,
        digest,
        browser=browsers.known(request.cookies.get(browsers.COOKIE, ""), account.id, digest),
        at=guest.at,
        to=to,
        kept=kept if len(kept) <= MOST_KEPT else "",
    )
    seconds = int(waiting.GOOD_FOR.total_seconds())
    request.state.cookies.append((waiting.COOKIE, secret, seconds))
    return go_to(CODE_PAGE)


def arrive(request: Request, session: Session, account: Account, to: str, kept: str) -> Response:
    """Lead somebody who came in on: to where they were going, with what they had typed."""
    if not kept:
        return go_to(to or home_of(account.role))
    fields = fields_of(kept)
    request.state.csrf = session.csrf
    return render(request, "go_on.html", GoOn(to, fields))


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
