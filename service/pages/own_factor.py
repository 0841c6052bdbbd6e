"""One's own second factor: set up, given new recovery codes, turned off."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from data import second_factors
from data.accounts import Account
from data.engines import reading
from data.texts import ErrorText
from matcher.errors import CauNoiError, CodeWrong, InvalidField
from service import second_factor
from service.pages.doors import AtDoor, Form, PageRoute, PageVisit
from service.pages.entering import tried_code
from service.pages.frame import go_to, render
from service.pages.menu import home_of
from service.pages.posted import Posted
from service.pages.signing import check_own_password
from service.pages.waiting import Offers
from service.second_factor import Picture

PAGE = "/account/second-factor"
ACTS = ("on", "off", "codes")


@dataclass(frozen=True, slots=True)
class OwnFactor:
    """A factor to be set up, with its secret and picture, or the one that is on.

    ``codes`` are new recovery codes, shown this once; ``left`` is how many are not used yet.
    """

    picture: Picture | None
    secret: str
    left: int
    codes: tuple[str, ...]
    is_asked_for: bool
    home: str
    error: ErrorText | None


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route(PAGE, factor_page, methods=["GET"])
    pages.add_api_route(PAGE, change_factor, methods=["POST"])
    return pages


def factor_page(request: Request, visit: AtDoor) -> HTMLResponse:
    """One's own second factor."""
    return _page(request, visit)


def change_factor(request: Request, visit: AtDoor, form: Form) -> Response:
    """Set it up, make new recovery codes, or turn it off: with the password and a code, always."""
    act = form.get("act")
    try:
        if act not in ACTS or (act == "on") == visit.account.has_factor:
            raise InvalidField(field="act", value=act[:80], expected=" / ".join(ACTS))
        check_own_password(request, visit, form.get("password_before"))
        codes = _set_up(request, visit, form) if act == "on" else _changed(request, visit, form)
    except CauNoiError as error:
        return _page(request, visit, error=error)
    if act == "off":
        return go_to("/account", "factor_off")
    return _page(request, visit, codes=codes)


def _set_up(request: Request, visit: PageVisit, form: Posted) -> tuple[str, ...]:
    """Keep the factor that was offered, by a code of it; raises CodeWrong."""
    offers: Offers = request.app.state.offers
    secret = offers.of(visit.session.id)
    step = second_factor.step_of(secret, form.get("one_time_code"), visit.at)
    if step is None:
        raise CodeWrong
    codes = second_factor.recovery_codes()
    visit.note("turned the second factor on")
    with visit.writing() as conn:
        kept = [second_factor.digest(code) for code in codes]
        second_factors.keep(conn, visit.account.id, secret, step=step, recovery=kept)
    offers.forget(visit.session.id)
    return codes


def _changed(request: Request, visit: PageVisit, form: Posted) -> tuple[str, ...]:
    """Turn the factor off, or make new recovery codes, by a code of it; raises CodeWrong."""
    tried_code(visit, form.get("one_time_code"))
    if form.get("act") == "off":
        visit.note("turned the second factor off")
        with visit.writing() as conn:
            second_factors.remove(conn, visit.account.id)
        return ()
    codes = second_factor.recovery_codes()
    visit.note("made recovery codes")
    with visit.writing() as conn:
        kept = [second_factor.digest(code) for code in codes]
        second_factors.keep_recovery(conn, visit.account.id, kept)
    return codes


def _page(
    request: Request,
    visit: PageVisit,
    *,
    codes: tuple[str, ...] = (),
    error: CauNoiError | None = None,
) -> HTMLResponse:
    account = visit.account
    with reading(visit.parts.engine) as conn:
        factor = second_factors.of_account(conn, account.id)
    picture, secret = (None, "") if factor else _offer(request, visit, account)
    page = OwnFactor(
        picture,
        secret,
        len(factor.recovery) if factor else 0,
        codes,
        second_factor.is_missing(visit.parts.settings, account) and not factor,
        home_of(account.role),
        None if error is None else visit.texts.error(error),
    )
    status = 200 if error is None else error.status
    return render(request, "second_factor.html", page, visit=visit, status=status)


def _offer(request: Request, visit: PageVisit, account: Account) -> tuple[Picture, str]:
    offers: Offers = request.app.state.offers
    secret = offers.of(visit.session.id)
    shown = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    return second_factor.picture_of(secret, account.email), shown
