"""Pages of people: who may sign in, invitations by one-time link, and the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from data import accounts, audit, cohorts, links, second_factors, sessions
from data.accounts import Account
from data.engines import reading
from data.keys import BOUND_ROLES, ROLES
from data.texts import ErrorText
from matcher.errors import CauNoiError, InvalidField
from service.inviting import invite, may_invite, require_inviter
from service.pages.doors import AdminVisit, Form, OfficerVisit, PageRoute, PageVisit
from service.pages.frame import go_to, render
from service.pages.posted import Posted
from service.pages.trail_words import Told, named, told

LINES = 50
"""Audit lines on a page."""

Number = Annotated[int, Path(ge=1, le=2**63 - 1)]
PageNumber = Annotated[int, Query(ge=1, le=100_000)]


@dataclass(frozen=True, slots=True)
class Row:
    """An account, and whether the reader may change it."""

    account: Account
    state: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link just made: shown this once."""

    name: str
    url: str
    hours: int


@dataclass(frozen=True, slots=True)
class People:
    """Everybody who may sign in, and the form of an invitation."""

    rows: tuple[Row, ...]
    roles: tuple[str, ...]
    profiles: tuple[tuple[str, str], ...]
    typed: Posted
    error: ErrorText | None
    link: Link | None


@dataclass(frozen=True, slots=True)
class Trail:
    """A page of the audit trail, newest first."""

    lines: tuple[Told, ...]
    who: str
    kind: str
    id: str
    page: int
    has_more: bool


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/people", people_page, methods=["GET"])
    pages.add_api_route("/people", invite_somebody, methods=["POST"])
    pages.add_api_route("/people/audit", audit_page, methods=["GET"])
    pages.add_api_route("/people/{id}/link", new_link, methods=["POST"])
    pages.add_api_route("/people/{id}/disable", shut_out, methods=["POST"])
    pages.add_api_route("/people/{id}/enable", let_in, methods=["POST"])
    pages.add_api_route("/people/{id}/second-factor", take_factor_off, methods=["POST"])
    return pages


def people_page(request: Request, visit: OfficerVisit) -> HTMLResponse:
    """Everybody who may sign in."""
    return _page(request, visit)


def invite_somebody(request: Request, visit: OfficerVisit, form: Form) -> HTMLResponse:
    """Make an account and show its link once."""
    role, profile_id = form.get("role"), form.get("profile_id") or None
    require_inviter(visit.key.role, role)
    try:
        with visit.writing() as conn:
            account, secret = invite(
                conn,
                form.get("email"),
                form.get("name"),
                role,
                profile_id=profile_id if role in BOUND_ROLES else None,
                lang=form.get("language") or visit.texts.lang,
                by=visit.who,
                at=visit.at,
            )
            visit.note("invited", "account", str(account.id))
    except CauNoiError as error:
        return _page(request, visit, form, error)
    return _page(request, visit, link=_link(request, account, secret))


def new_link(request: Request, visit: OfficerVisit, id: Number) -> HTMLResponse:
    """Make a new link for somebody who lost theirs or forgot the password."""
    account = _changeable(visit, id)
    if account.disabled_at is not None:
        raise InvalidField(field="account", value=account.email, expected="enabled")
    visit.note("made a link", "account", str(id))
    with visit.writing() as conn:
        secret = links.make(conn, id, by=visit.who, at=visit.at)
    return _page(request, visit, link=_link(request, account, secret))


def shut_out(visit: OfficerVisit, id: Number) -> Response:
    """End an account: its sessions and links end with it. Nobody shuts out themselves."""
    account = _changeable(visit, id)
    if account.id == visit.account.id:
        raise InvalidField(field="account", value=account.email, expected="another")
    visit.note("disabled", "account", str(id))
    with visit.writing() as conn:
        accounts.change(conn, id, disabled_at=visit.at)
        sessions.end_all(conn, id)
        links.end_all(conn, id, at=visit.at)
    return go_to("/people", "shut_out")


def let_in(visit: OfficerVisit, id: Number) -> Response:
    """Let an account in again."""
    _changeable(visit, id)
    visit.note("enabled", "account", str(id))
    with visit.writing() as conn:
        accounts.change(conn, id, disabled_at=None)
    return go_to("/people", "let_in")


def take_factor_off(visit: AdminVisit, id: Number) -> Response:
    """Take the second factor off for somebody who lost it; their sessions end. Not one's own."""
    account = _changeable(visit, id)
    if account.id == visit.account.id:
        raise InvalidField(field="account", value=account.email, expected="another")
    visit.note("took a second factor off", "account", str(id))
    with visit.writing() as conn:
        second_factors.remove(conn, id)
        sessions.end_all(conn, id)
    return go_to("/people", "factor_taken_off")


def audit_page(
    request: Request,
    visit: OfficerVisit,
    who: Annotated[str, Query(max_length=300)] = "",
    kind: Annotated[str, Query(max_length=20)] = "",
    id: Annotated[str, Query(max_length=80)] = "",
    page: PageNumber = 1,
) -> HTMLResponse:
    """Who saw and changed what, newest first; only an administrator reads it all."""
    mine = None if visit.key.role == "admin" else visit.who
    with visit.reading() as conn:
        lines = audit.read_audit(
            conn,
            who=mine or who or None,
            kind=kind or None,
            id=id or None,
            limit=LINES + 1,
            offset=(page - 1) * LINES,
        )
        rounds = {kept.cohort.id: kept.cohort.name for kept in cohorts.all_cohorts(conn)}
    name = names_in(visit, rounds)
    in_words = tuple(told(line, visit.texts, name) for line in lines[:LINES])
    found = Trail(in_words, mine or who, kind, id, page, len(lines) > LINES)
    return render(request, "audit.html", found, visit=visit)


def names_in(visit: PageVisit, rounds: Mapping[str, str]) -> Callable[[str, str], str]:
    """The name of a profile or a round by its kind and id; the id where it is not there."""
    maker = visit.parts.matchmaker
    kept = {
        "startup": {one.id: one for one in maker.startups.roster.profiles},
        "programme": {one.id: one for one in maker.programmes.roster.profiles},
        "incubator": dict(maker.incubators),
    }

    def name(kind: str, id: str) -> str:
        if kind == "cohort":
            return rounds.get(id, id)
        found = kept.get(kind, {}).get(id)
        return id if found is None else named(found, visit.texts.lang)

    return name


def _changeable(visit: PageVisit, account_id: int) -> Account:
    """An account that the reader may change; raises NotFound and RoleForbids."""
    with visit.reading() as conn:
        account = accounts.get(conn, account_id)
    require_inviter(visit.key.role, account.role)
    return account


def _page(
    request: Request,
    visit: PageVisit,
    typed: Posted | None = None,
    error: CauNoiError | None = None,
    link: Link | None = None,
) -> HTMLResponse:
    with reading(visit.parts.engine) as conn:
        found = accounts.everyone(conn)
    role = visit.key.role
    page = People(
        tuple(Row(one, _state(one), may_invite(role, one.role)) for one in found),
        tuple(one for one in ROLES if may_invite(role, one)),
        _profiles(visit),
        typed or Posted(()),
        None if error is None else visit.texts.error(error),
        link,
    )
    status = 200 if error is None else error.status
    return render(request, "people.html", page, visit=visit, status=status)


def _state(account: Account) -> str:
    if account.disabled_at is not None:
        return "disabled"
    return "came" if account.signed_in_at is not None else "invited"


def _profiles(visit: PageVisit) -> tuple[tuple[str, str], ...]:
    """Ids and names of the profiles that an account can act for, for the form's suggestions."""
    matchmaker = visit.parts.matchmaker
    kept = [*matchmaker.startups.roster.profiles, *matchmaker.incubators.values()]
    return tuple((one.id, named(one, visit.texts.lang)) for one in kept)


def _link(request: Request, account: Account, secret: str) -> Link:
    hours = int(links.GOOD_FOR.total_seconds() // 3600)
    return Link(account.name, f"{request.base_url}link/{secret}", hours)
