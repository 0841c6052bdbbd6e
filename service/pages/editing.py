"""Editing a profile: all its fields, its version held to, and the source of what is changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response

from data import profiles
from data.bodies import body_of, class_of
from data.engines import Connection
from data.history import profiles_as_of
from data.texts import ErrorText
from matcher.errors import BadInput, InvalidField, Stale
from matcher.profile import Profile
from service.pages.controls import Beside, Section, Theirs, editable, sections
from service.pages.doers import doer
from service.pages.doors import Form, PageRoute, PageVisit, SignedIn
from service.pages.frame import go_to, render
from service.pages.merging import MINE, chosen, joined, with_sources
from service.pages.posted import Posted, number_of
from service.pages.typed import body_of_form, faults_of, filled
from service.profile_forms import Body, validated
from service.profiles_api import by_asker, changed_fields
from service.security import may_write, sight_of

AS_OF = "change.as_of"
SOURCE = "change.source"
MOST_SOURCE = 300
"""Characters of a source."""


@dataclass(frozen=True, slots=True)
class EditPage:
    """A form over a profile; ``id`` is None for one that is yet to be added.

    ``taken`` are fields that others have changed meanwhile and whose new value is in the form;
    ``apart`` those that both have changed, so that one must be chosen.
    """

    kind: str
    id: str | None
    name: str
    sections: tuple[Section, ...]
    version: int
    error: ErrorText | None
    faulty: tuple[tuple[str, str], ...]
    taken: tuple[str, ...]
    apart: tuple[str, ...]
    changed_by: str | None
    changed_at: datetime | None
    source: str
    as_of: str
    as_of_fault: ErrorText | None
    may_remove: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What a form is shown with: its version, what stands beside it, and an error at its head."""

    form: Posted
    version: int
    beside: Beside = field(default_factory=Beside)
    error: ErrorText | None = None
    taken: tuple[str, ...] = ()
    status: int = 200


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/programmes/{id}/edit", edit_programme, methods=["GET"])
    pages.add_api_route("/programmes/{id}/edit", save_programme, methods=["POST"])
    pages.add_api_route("/startups/{id}/edit", edit_startup, methods=["GET"])
    pages.add_api_route("/startups/{id}/edit", save_startup, methods=["POST"])
    pages.add_api_route("/incubators/{id}/edit", edit_incubator, methods=["GET"])
    pages.add_api_route("/incubators/{id}/edit", save_incubator, methods=["POST"])
    return pages


def edit_programme(request: Request, visit: SignedIn, id: str) -> HTMLResponse:
    """The form over a programme, for officers."""
    return _edit(request, visit, "programme", id)


def edit_startup(request: Request, visit: SignedIn, id: str) -> HTMLResponse:
    """The form over a startup, for officers and itself."""
    return _edit(request, visit, "startup", id)


def edit_incubator(request: Request, visit: SignedIn, id: str) -> HTMLResponse:
    """The form over an incubator, for officers and itself."""
    return _edit(request, visit, "incubator", id)


def save_programme(request: Request, visit: SignedIn, id: str, form: Form) -> Response:
    """Keep an edit of a programme, or show the form again."""
    return _save(request, visit, "programme", id, form)


def save_startup(request: Request, visit: SignedIn, id: str, form: Form) -> Response:
    """Keep an edit of a startup, or show the form again."""
    return _save(request, visit, "startup", id, form)


def save_incubator(request: Request, visit: SignedIn, id: str, form: Form) -> Response:
    """Keep an edit of an incubator, or show the form again."""
    return _save(request, visit, "incubator", id, form)


def _edit(request: Request, visit: PageVisit, kind: str, id: str) -> HTMLResponse:
    with visit.reading() as conn:
        present, hidden = _present(visit, conn, kind, id)
    names = editable(kind, visit.is_officer)
    shown = {n: v for n, v in body_of(present.profile).items() if n not in hidden}
    form = filled(kind, shown, names, visit.texts.lang)
    page = Shown(form, present.version, Beside(withheld=hidden))
    return _show(request, visit, kind, present, page)


def _present(
    visit: PageVisit, conn: Connection, kind: str, id: str
) -> tuple[profiles.Stored, tuple[str, ...]]:
    """The profile that is to be edited, and its fields that the person must not see."""
    may_write(visit, conn, kind, id)
    present = profiles.stored(conn, kind, id)
    sight = sight_of(visit, conn, kind, id)
    visit.note("read", kind, id, sight.personal(present.profile))
    return present, sight.hidden(present.profile)


def _save(request: Request, visit: PageVisit, kind: str, id: str, form: Posted) -> Response:
    """Hold an edit to its form, then to its version, and keep it."""
    names = editable(kind, visit.is_officer)
    with visit.writing() as conn:
        present, hidden = _present(visit, conn, kind, id)
        before = body_of(present.profile)
        shown = _held(visit, conn, kind, form, names, hidden, present)
        if isinstance(shown, Shown):
            return _show(request, visit, kind, present, shown)
        edited = validated(kind, chosen(shown, before, _choices(form, names)))
        sourced = with_sources(present.profile, edited, _source(visit, form), _day(visit, form))
        profile = by_asker(visit, sourced, present.profile)
        kept = profiles.put(conn, profile, who=visit.who, at=visit.at)
        if kept.changed:
            visit.note("changed", kind, id, changed_fields(present.profile, profile))
    return go_to(f"/{kind}s/{id}/profile", "version_saved" if kept.changed else "version_same")


def _held(
    visit: PageVisit,
    conn: Connection,
    kind: str,
    form: Posted,
    names: Sequence[str],
    hidden: tuple[str, ...],
    present: profiles.Stored,
) -> Body | Shown:
    """The body that a form asks for, or the form again: with its faults, or beside what others
    have changed."""
    before = body_of(present.profile)
    typed = body_of_form(kind, form, names, before)
    fixed = {n: before[n] for n in before if n not in names or (n in hidden and n not in typed)}
    version = _version(form)
    faults = _record_faults(visit, form)
    try:
        mine = body_of(validated(kind, typed | fixed))
    except RequestValidationError as error:
        faults |= faults_of(kind, error, visit.texts)
    if faults:
        open_ = [name for name in names if name not in hidden]
        beside = Beside(faults, _theirs(visit, kind, form, open_, present), hidden)
        return Shown(form, version, beside, visit.texts.error(BadInput()), status=BadInput.status)
    if version == present.version:
        return mine
    base = profiles_as_of(conn, kind, {present.profile.id: version}).get(present.profile.id)
    seen = [name for name in names if name not in hidden]
    both = joined(None if base is None else body_of(base), mine, before, seen)
    told = {name: Theirs(_told(visit, kind, name, present.profile), MINE) for name in both.apart}
    own = [name for name in names if name not in hidden or name in typed]
    again = (*filled(kind, both.body, own, visit.texts.lang).fields, *_of_the_change(form))
    stale = visit.texts.error(Stale(id=present.profile.id, version=present.version))
    beside = Beside(theirs=told, withheld=hidden)
    return Shown(Posted(again), present.version, beside, stale, both.taken, 409)


def _show(
    request: Request, visit: PageVisit, kind: str, present: profiles.Stored | None, shown: Shown
) -> HTMLResponse:
    """The page of a form; of a profile that is yet to be added, ``present`` is None."""
    texts, beside = visit.texts, shown.beside
    names: tuple[str, ...] = editable(kind, visit.is_officer)
    if present is None:
        names = ("id", *names)
    page = EditPage(
        kind=kind,
        id=None if present is None else present.profile.id,
        name="" if present is None else present.profile.name,
        sections=sections(kind, names, shown.form, texts, beside),
        version=shown.version,
        error=shown.error,
        faulty=tuple((name, texts.field(name)) for name in names if name in beside.faults),
        taken=tuple(texts.field(name) for name in shown.taken),
        apart=tuple(texts.field(name) for name in beside.theirs),
        changed_by=doer(present.changed_by, texts)
        if present is not None and visit.is_officer
        else None,
        changed_at=None if present is None else present.changed_at,
        source=shown.form.get(SOURCE),
        as_of=shown.form.get(AS_OF) or visit.at.date().isoformat(),
        as_of_fault=beside.faults.get(AS_OF),
        may_remove=visit.is_officer,
    )
    return render(request, "edit.html", page, visit=visit, status=shown.status)


def show_new(request: Request, visit: PageVisit, kind: str, shown: Shown) -> HTMLResponse:
    """The page of a form over a profile that is yet to be added."""
    return _show(request, visit, kind, None, shown)


# -- what a form says beside its fields ----------------------------------------------------------


def _version(form: Posted) -> int:
    """The version that an edit rests on; 0, which there never was, where a form names none."""
    return number_of(form.get("version")) or 0


def _choices(form: Posted, names: Sequence[str]) -> dict[str, str]:
    found = {name: form.get(f"choose.{name}") for name in names}
    return {name: choice for name, choice in found.items() if choice}


def _theirs(
    visit: PageVisit, kind: str, form: Posted, names: Sequence[str], present: profiles.Stored
) -> dict[str, Theirs]:
    """The fields for which one of two values was to be chosen, as the form has them."""
    return {
        name: Theirs(_told(visit, kind, name, present.profile), choice)
        for name, choice in _choices(form, names).items()
    }


def _told(visit: PageVisit, kind: str, name: str, profile: Profile) -> str:
    value: Any = getattr(profile, name)
    return visit.texts.content(class_of(kind), name, value)


def _of_the_change(form: Posted) -> tuple[tuple[str, str], ...]:
    return tuple((name, form.get(name)) for name in (SOURCE, AS_OF))


def _source(visit: PageVisit, form: Posted) -> str:
    """Where a change comes from; where nobody says it, who has entered it."""
    who = "editing.by_officer" if visit.is_officer else "editing.by_owner"
    return form.get(SOURCE)[:MOST_SOURCE] or visit.texts.page(who)


def _day(visit: PageVisit, form: Posted) -> date:
    """The day that a change is known from; raises ValueError for what is no day."""
    text = form.get(AS_OF)
    return date.fromisoformat(text) if text else visit.at.date()


def _record_faults(visit: PageVisit, form: Posted) -> dict[str, ErrorText]:
    """What is wrong with the day of a change: it must be one, and not lie ahead."""
    try:
        wrong = _day(visit, form) > visit.at.date()
    except ValueError:
        wrong = True
    if not wrong:
        return {}
    expected = f"≤ {visit.texts.value(visit.at.date())}"
    error = InvalidField(field="as_of", value=form.get(AS_OF)[:80], expected=expected)
    return {AS_OF: visit.texts.error(error)}
