"""A startup's own data: downloaded whole, and the account deleted with what hangs on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from data import accounts, consents, drafts, feeds, keys, links, profiles, sessions, wishes
from data.engines import Connection
from data.erasing import erase_personal
from data.texts import ErrorText
from matcher.errors import CauNoiError, InvalidField
from service.pages.doors import COOKIE, Form, PageRoute, PageVisit, StartupVisit
from service.pages.frame import go_to, render
from service.pages.own_consents import state_of
from service.pages.own_files import as_document, as_json, kept_about
from service.pages.signing import check_own_password

PATH = "/me/data"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class DataPage:
    """The two downloads and the form that deletes; ``shared`` where others act for the startup."""

    shared: bool
    error: ErrorText | None


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route(PATH, data_page, methods=["GET"])
    pages.add_api_route(f"{PATH}/caunoi.json", download_json, methods=["GET"])
    pages.add_api_route(f"{PATH}/caunoi.docx", download_document, methods=["GET"])
    pages.add_api_route(f"{PATH}/delete", delete_account, methods=["POST"])
    return pages


def data_page(request: Request, visit: StartupVisit) -> HTMLResponse:
    """What can be downloaded, and what deleting would do."""
    return _show(request, visit, None)


def download_json(visit: StartupVisit) -> Response:
    """Everything on record, for programs."""
    return _file(visit, "application/json", "caunoi.json")


def download_document(visit: StartupVisit) -> Response:
    """Everything on record, to read."""
    return _file(visit, DOCX, "caunoi.docx")


def delete_account(request: Request, visit: StartupVisit, form: Form) -> Response:
    """Delete the account, and with it what no other account acts for."""
    try:
        if not form.get("sure"):
            raise InvalidField(field="sure", value="", expected="a value")
        check_own_password(request, visit, form.get("password"))
    except CauNoiError as error:
        return _show(request, visit, error)
    visit.note("deleted account", "startup", visit.account.profile_id)
    with visit.writing() as conn:
        if visit.account.profile_id is not None and not _is_shared(conn, visit):
            _delete_profile(conn, visit, visit.account.profile_id)
        _delete_account(conn, visit)
    request.state.cookies.append((COOKIE, ""))
    return go_to("/sign-in", "account_deleted")


def _is_shared(conn: Connection, visit: PageVisit) -> bool:
    """Whether another account acts for the startup too."""
    if visit.account.profile_id is None:
        return False
    others = accounts.acting_for(conn, "startup", visit.account.profile_id)
    return any(one.id != visit.account.id and one.disabled_at is None for one in others)


def _delete_profile(conn: Connection, visit: PageVisit, id: str) -> None:
    """Hide the profile as an edit of its owner, erase what it tells of persons, and end what it has
    allowed and said."""
    today: date = visit.at.date()
    for consent in consents.consents_of(conn, id):
        if state_of(consent, today)[0] == "holds":
            consents.withdraw_consent(conn, consent.id, on=today)
            visit.note("withdrew consent", "startup", id, (consent.scope,))
    wishes.forget(conn, id)
    for key in keys.list_keys(conn):
        if key.profile_id == id and key.role == "startup" and key.revoked_at is None:
            keys.revoke_key(conn, key.id, at=visit.at)
    if profiles.versions(conn, "startup", [id]):
        profiles.delete(conn, "startup", id, who=visit.who, at=visit.at)
        visit.note("deleted", "startup", id)
    if erase_personal(conn, "startup", id):
        visit.note("erased personal fields", "startup", id)


def _delete_account(conn: Connection, visit: PageVisit) -> None:
    mine = visit.account.id
    drafts.drop_all(conn, mine)
    feeds.forget(conn, mine)
    links.end_all(conn, mine, at=visit.at)
    sessions.end_all(conn, mine)
    accounts.remove(conn, mine)


def _file(visit: PageVisit, media: str, name: str) -> Response:
    with visit.reading() as conn:
        kept = kept_about(conn, visit.account)
        visit.note("downloaded own data", "startup", visit.account.profile_id)
    content = as_json(kept) if media != DOCX else as_document(kept, visit.texts, visit.at)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media, headers=headers)


def _show(request: Request, visit: PageVisit, error: CauNoiError | None) -> HTMLResponse:
    with visit.reading() as conn:
        shared = _is_shared(conn, visit)
    page = DataPage(shared, None if error is None else visit.texts.error(error))
    status = 200 if error is None else error.status
    return render(request, "me_data.html", page, visit=visit, status=status)
