"""Taking a profile out of the catalogue, for officers; its history stays and brings it back."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from data import profiles
from matcher.errors import Stale
from service.pages.doors import Form, OfficerVisit, PageRoute, PageVisit
from service.pages.frame import go_to
from service.pages.posted import Posted


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/programmes/{id}/delete", remove_programme, methods=["POST"])
    pages.add_api_route("/startups/{id}/delete", remove_startup, methods=["POST"])
    pages.add_api_route("/incubators/{id}/delete", remove_incubator, methods=["POST"])
    return pages


def remove_programme(visit: OfficerVisit, id: str, form: Form) -> Response:
    """Take a programme out; raises Stale where it has changed since it was read."""
    return _remove(visit, "programme", id, form)


def remove_startup(visit: OfficerVisit, id: str, form: Form) -> Response:
    """Take a startup out; raises Stale where it has changed since it was read."""
    return _remove(visit, "startup", id, form)


def remove_incubator(visit: OfficerVisit, id: str, form: Form) -> Response:
    """Take an incubator out; raises Stale where it has changed since it was read."""
    return _remove(visit, "incubator", id, form)


def _remove(visit: PageVisit, kind: str, id: str, form: Posted) -> Response:
    with visit.writing() as conn:
        version = profiles.version_of(conn, kind, id)
        if form.get("version") != str(version):
            raise Stale(id=id, version=version)
        profiles.delete(conn, kind, id, who=visit.who, at=visit.at)
        visit.note("deleted", kind, id)
    return go_to(f"/{kind}s/{id}/history", "version_deleted")
