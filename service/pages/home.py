"""An officer's first page: what needs them today."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.pages.doors import OfficerVisit, PageRoute
from service.pages.frame import render
from service.today import Lists, today


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/home", home_page, methods=["GET"])
    return pages


def home_page(request: Request, visit: OfficerVisit) -> HTMLResponse:
    """What came in, what is to be decided and asked, what closes soon, and the last runs."""
    with visit.reading() as conn:
        page = today(conn, _lists(request, visit), visit.at)
    return render(request, "home.html", page, visit=visit)


def _lists(request: Request, visit: OfficerVisit) -> Lists:
    """The lists of this application, kept from visit to visit."""
    lists: Lists | None = getattr(request.app.state, "lists", None)
    if lists is None:
        lists = request.app.state.lists = Lists(visit.parts.matchmaker)
    return lists
