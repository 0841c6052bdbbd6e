"""The versions of a profile: who changed what and when, field by field, and any of them again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from data import profiles
from data.bodies import class_of
from data.history import Edition, history
from matcher.errors import InvalidField, Stale
from matcher.profile import Profile
from service.pages.doers import doer
from service.pages.doors import Form, PageRoute, PageVisit, SignedIn
from service.pages.frame import go_to, render
from service.pages.paging import pages_of
from service.pages.posted import Posted, number_of
from service.profiles_api import by_asker, changed_fields, given
from service.security import Sight, may_write, sight_of

PER_PAGE = 10


@dataclass(frozen=True, slots=True)
class Altered:
    """One field of a change: what it held and holds; ``withheld`` where that may not be shown."""

    label: str
    before: str
    after: str
    withheld: bool


@dataclass(frozen=True, slots=True)
class Version:
    """One version, and what it changed; ``known`` is how many fields it holds."""

    number: int
    at: datetime
    by: str | None
    action: str
    altered: tuple[Altered, ...]
    known: int
    is_present: bool


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Versions, newest first."""

    kind: str
    id: str
    name: str
    versions: tuple[Version, ...]
    present: int
    deleted: bool
    page_number: int
    pages: int


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/programmes/{id}/history", past_of_programme, methods=["GET"])
    pages.add_api_route("/programmes/{id}/history", restore_programme, methods=["POST"])
    pages.add_api_route("/startups/{id}/history", past_of_startup, methods=["GET"])
    pages.add_api_route("/startups/{id}/history", restore_startup, methods=["POST"])
    pages.add_api_route("/incubators/{id}/history", past_of_incubator, methods=["GET"])
    pages.add_api_route("/incubators/{id}/history", restore_incubator, methods=["POST"])
    return pages


def past_of_programme(request: Request, visit: SignedIn, id: str) -> HTMLResponse:
    """The versions of a programme, for officers."""
    return _past(request, visit, "programme", id)


def past_of_startup(request: Request, visit: SignedIn, id: str) -> HTMLResponse:
    """The versions of a startup, for officers and itself."""
    return _past(request, visit, "startup", id)


def past_of_incubator(request: Request, visit: SignedIn, id: str) -> HTMLResponse:
    """The versions of an incubator, for officers and itself."""
    return _past(request, visit, "incubator", id)


def restore_programme(visit: SignedIn, id: str, form: Form) -> Response:
    """Keep an old version of a programme as the newest."""
    return _restore(visit, "programme", id, form)


def restore_startup(visit: SignedIn, id: str, form: Form) -> Response:
    """Keep an old version of a startup as the newest."""
    return _restore(visit, "startup", id, form)


def restore_incubator(visit: SignedIn, id: str, form: Form) -> Response:
    """Keep an old version of an incubator as the newest."""
    return _restore(visit, "incubator", id, form)


def _past(request: Request, visit: PageVisit, kind: str, id: str) -> HTMLResponse:
    with visit.reading() as conn:
        may_write(visit, conn, kind, id)
        editions = history(conn, kind, id)
        sight = sight_of(visit, conn, kind, id)
        pages = pages_of(len(editions), PER_PAGE)
        number = min(max(1, number_of(request.query_params.get("page", "")) or 1), pages)
        shown = editions[(number - 1) * PER_PAGE : number * PER_PAGE + 1]
        personal = {name for edition in shown for name in sight.personal(edition.profile)}
        visit.note("history", kind, id, tuple(sorted(personal)))
    newest = editions[0]
    found = HistoryPage(
        kind=kind,
        id=id,
        name=newest.profile.name,
        versions=tuple(_versions(visit, kind, sight, shown, newest))[:PER_PAGE],
        present=newest.version,
        deleted=newest.action == "deleted",
        page_number=number,
        pages=pages,
    )
    return render(request, "history.html", found, visit=visit)


def _restore(visit: PageVisit, kind: str, id: str, form: Posted) -> Response:
    """Keep an old version as a new one; personal fields that one may not see stay as they are.

    Raises
    ------
    Stale
        Where the profile has changed since the page was read.
    InvalidField
        For a version that there is not.
    """
    with visit.writing() as conn:
        may_write(visit, conn, kind, id)
        editions = history(conn, kind, id)
        newest = editions[0]
        if form.get("present") != str(newest.version):
            raise Stale(id=id, version=newest.version)
        wanted = [e for e in editions if form.get("version") == str(e.version)]
        if not wanted:
            raise InvalidField(field="version", value=form.get("version")[:20], expected="int")
        sight = sight_of(visit, conn, kind, id)
        profile = _again(visit, sight, wanted[0].profile, newest.profile)
        kept = profiles.put(conn, profile, who=visit.who, at=visit.at)
        if kept.changed:
            fields = changed_fields(newest.profile, profile)
            visit.note(kept.action, kind, id, fields or tuple(given(profile)))
    return go_to(f"/{kind}s/{id}/profile", "version_restored" if kept.changed else "version_same")


def _again(visit: PageVisit, sight: Sight, old: Profile, newest: Profile) -> Profile:
    hidden = {*sight.hidden(old), *sight.hidden(newest)}
    kept_back: dict[str, Any] = {name: getattr(newest, name) for name in hidden}
    return by_asker(visit, replace(old, **kept_back), newest)


def _versions(
    visit: PageVisit, kind: str, sight: Sight, shown: Sequence[Edition], newest: Edition
) -> Iterator[Version]:
    """Each of these versions against the one before it, which follows it; the first of all has
    none."""
    for edition, before in pairwise((*shown, None)):
        assert edition is not None  # noqa: S101 - only the last of a pair is None
        altered = () if before is None else tuple(_altered(visit, kind, sight, before, edition))
        yield Version(
            number=edition.version,
            at=edition.changed_at,
            by=doer(edition.changed_by, visit.texts) if visit.is_officer else None,
            action=edition.action,
            altered=altered,
            known=len(given(edition.profile)),
            is_present=edition.version == newest.version,
        )


def _altered(
    visit: PageVisit, kind: str, sight: Sight, before: Edition, after: Edition
) -> Iterator[Altered]:
    hidden = {*sight.hidden(before.profile), *sight.hidden(after.profile)}
    for name in changed_fields(before.profile, after.profile):
        if name == "fact_sources":
            continue  # they follow from the fields beside them
        old, new = (_told(visit, kind, name, one.profile) for one in (before, after))
        closed = name in hidden
        label = visit.texts.field(name)
        yield Altered(label, "" if closed else old, "" if closed else new, closed)


def _told(visit: PageVisit, kind: str, name: str, profile: Profile) -> str:
    return visit.texts.content(class_of(kind), name, getattr(profile, name))
