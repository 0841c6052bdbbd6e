"""Adding a profile by hand, for officers."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response

from data import profiles
from data.folding import slug
from matcher.errors import BadInput, ProfileExists
from service.opening import HOME
from service.pages.controls import Beside, editable
from service.pages.doors import Form, OfficerVisit, PageRoute, PageVisit
from service.pages.editing import Shown, show_new
from service.pages.frame import go_to
from service.pages.posted import Posted
from service.pages.typed import body_of_form, faults_of, filled
from service.profile_forms import validated
from service.profiles_api import given


def router() -> APIRouter:
    """The routes; they stand before those of a profile by its id."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/programmes/new", new_programme, methods=["GET"])
    pages.add_api_route("/programmes/new", add_programme, methods=["POST"])
    pages.add_api_route("/startups/new", new_startup, methods=["GET"])
    pages.add_api_route("/startups/new", add_startup, methods=["POST"])
    pages.add_api_route("/incubators/new", new_incubator, methods=["GET"])
    pages.add_api_route("/incubators/new", add_incubator, methods=["POST"])
    return pages


def new_programme(request: Request, visit: OfficerVisit) -> HTMLResponse:
    """An empty form over a programme."""
    return _new(request, visit, "programme")


def new_startup(request: Request, visit: OfficerVisit) -> HTMLResponse:
    """An empty form over a startup."""
    return _new(request, visit, "startup")


def new_incubator(request: Request, visit: OfficerVisit) -> HTMLResponse:
    """An empty form over an incubator."""
    return _new(request, visit, "incubator")


def add_programme(request: Request, visit: OfficerVisit, form: Form) -> Response:
    """Keep a new programme, or show the form again."""
    return _add(request, visit, "programme", form)


def add_startup(request: Request, visit: OfficerVisit, form: Form) -> Response:
    """Keep a new startup, or show the form again."""
    return _add(request, visit, "startup", form)


def add_incubator(request: Request, visit: OfficerVisit, form: Form) -> Response:
    """Keep a new incubator, or show the form again."""
    return _add(request, visit, "incubator", form)


def _new(request: Request, visit: PageVisit, kind: str) -> HTMLResponse:
    begun = {"as_of": visit.at.date().isoformat(), "source_kind": "found"}
    home = {} if kind == "programme" else {"country": HOME}
    names = editable(kind, is_officer=True)
    form = filled(kind, begun | home, names, visit.texts.lang)
    return show_new(request, visit, kind, Shown(form, 0))


def _add(request: Request, visit: PageVisit, kind: str, form: Posted) -> Response:
    typed = body_of_form(kind, form, editable(kind, is_officer=True), {})
    body = typed | {"id": form.get("id") or slug(form.get("name"))}
    try:
        profile = validated(kind, body)
        with visit.writing() as conn:
            profiles.put(conn, profile, who=visit.who, at=visit.at, create=True)
            visit.note("added", kind, profile.id, tuple(given(profile)))
    except RequestValidationError as error:
        faults = faults_of(kind, error, visit.texts)
        if not form.get("name"):
            faults.pop("id", None)  # it is made of the name
        shown = Shown(form, 0, Beside(faults), visit.texts.error(BadInput()), (), BadInput.status)
        return show_new(request, visit, kind, shown)
    except ProfileExists as error:
        said = visit.texts.error(error)
        return show_new(request, visit, kind, Shown(form, 0, Beside({"id": said}), said, (), 409))
    return go_to(f"/{kind}s/{profile.id}/profile", "version_added")
