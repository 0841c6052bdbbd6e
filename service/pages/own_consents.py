"""Whom a startup lets see what: given, withdrawn, and all there was before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from data import consents, profiles
from data.consents import EVERYONE, Consent
from data.engines import Connection
from data.folding import fold
from data.taxonomies import name_of
from data.texts import ErrorText, Texts
from matcher.errors import CauNoiError, InvalidField
from matcher.profile import Incubator
from matcher.taxonomy import knows
from service import admin_api
from service.admin_api import ConsentBody
from service.opening import HOME
from service.pages.doors import Form, PageRoute, PageVisit, StartupVisit
from service.pages.frame import go_to, render
from service.problems import as_ours

PATH = "/me/consents"
ORDER = ("profile", "contact", "founders", "all")
"""Scopes from what tells least to what tells most."""


@dataclass(frozen=True, slots=True)
class Line:
    """A consent with its recipient's name, and whether it holds today."""

    consent: Consent
    who: str
    state: str
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into the form."""

    scope: str = "profile"
    recipient: str = HOME
    until: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ConsentsPage:
    """What holds, the form for another one, and the history, newest first."""

    holding: tuple[Line, ...]
    history: tuple[Line, ...]
    countries: tuple[tuple[str, str], ...]
    incubators: tuple[tuple[str, str], ...]
    scopes: tuple[str, ...]
    typed: Typed
    error: ErrorText | None
    today: date


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route(PATH, consents_page, methods=["GET"])
    pages.add_api_route(PATH, give, methods=["POST"])
    pages.add_api_route(f"{PATH}/{{number}}/withdraw", withdraw, methods=["POST"])
    return pages


def consents_page(request: Request, visit: StartupVisit) -> Response:
    """What is consented to now and was before."""
    if visit.account.profile_id is None:
        return go_to("/me/profile")
    return _show(request, visit, Typed(), None)


def give(request: Request, visit: StartupVisit, form: Form) -> Response:
    """Put a consent on record, as the API does; what does not hold is shown again."""
    typed = Typed(*(form.get(name) for name in ("scope", "recipient", "until", "note")))
    try:
        admin_api.give_consent(visit, visit.profile_id, _body(typed, visit.at.date()))
    except CauNoiError as error:
        return _show(request, visit, typed, error)
    return go_to(PATH, "consent_given")


def withdraw(visit: StartupVisit, number: int) -> Response:
    """Withdraw a consent from today on; raises NotFound for one of another startup."""
    admin_api.withdraw_consent(visit, visit.profile_id, number)
    return go_to(PATH, "consent_withdrawn")


def state_of(consent: Consent, on: date) -> tuple[str, date | None]:
    """Whether a consent holds on a day, was withdrawn or has ended, and since when."""
    if consent.withdrawn_on is not None and consent.withdrawn_on <= on:
        return "withdrawn", consent.withdrawn_on
    if consent.retain_until is not None and consent.retain_until < on:
        return "ended", consent.retain_until
    return "holds", None


def recipient_name(recipient: str, names: dict[str, str], texts: Texts) -> str:
    """Whom a consent names, in words."""
    if recipient == EVERYONE:
        return texts.page("own.consents.everyone")
    if recipient == HOME:
        return texts.page("own.consents.home")
    if knows("country", recipient):
        country = name_of("country", recipient, texts.lang)
        return f"{texts.page('own.consents.group_country')}: {country}"
    return names.get(recipient, recipient)


def incubator_names(conn: Connection, texts: Texts) -> dict[str, str]:
    """The names of all incubators by id, by their Vietnamese name where the reader's is that."""
    found = cast(tuple[Incubator, ...], tuple(profiles.all_profiles(conn, "incubator")))
    vietnamese = texts.lang == "vi"
    return {one.id: (one.name_vi if vietnamese else None) or one.name for one in found}


def _body(typed: Typed, today: date) -> ConsentBody:
    """The consent as the API takes it; raises InvalidField and UnknownCode."""
    given: dict[str, Any] = {"scope": typed.scope, "recipient": typed.recipient}
    if typed.until:
        given["retain_until"] = typed.until
    if typed.note:
        given["note"] = typed.note
    try:
        body = ConsentBody(**given)
    except ValidationError as error:
        fault: Any = error.errors()[0]
        raise as_ours({**fault, "loc": ("body", *fault["loc"])}) from None
    if body.retain_until is not None and body.retain_until < today:
        raise InvalidField(field="retain_until", value=typed.until, expected=f"≥ {today}")
    return body


def _show(
    request: Request, visit: PageVisit, typed: Typed, error: CauNoiError | None
) -> HTMLResponse:
    today, texts = visit.at.date(), visit.texts
    with visit.reading() as conn:
        profiles.stored(conn, "startup", visit.profile_id)
        names = incubator_names(conn, texts)
        found = consents.consents_of(conn, visit.profile_id)
        visit.note("read consents", "startup", visit.profile_id)
    hosts = {one.host for one in visit.parts.matchmaker.programmes.roster.profiles}
    countries = [(code, name_of("country", code, texts.lang)) for code in hosts - {HOME}]
    lines = [
        Line(one, recipient_name(one.recipient, names, texts), *state_of(one, today))
        for one in found
    ]
    page = ConsentsPage(
        holding=tuple(line for line in lines if line.state == "holds"),
        history=tuple(reversed(lines)),
        countries=tuple(sorted(countries, key=lambda pair: fold(pair[1]))),
        incubators=tuple(sorted(names.items(), key=lambda pair: fold(pair[1]))),
        scopes=ORDER,
        typed=typed,
        error=None if error is None else texts.error(error),
        today=today,
    )
    status = 200 if error is None else error.status
    return render(request, "me_consents.html", page, visit=visit, status=status)
