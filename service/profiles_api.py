"""Addresses of profiles: list, add, read, replace, amend, delete, history; alike for each kind."""

from __future__ import annotations

import types
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import Body, Header, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, create_model

from data import history, listing, profiles
from data.bodies import body_of, class_of
from data.engines import Connection
from matcher.errors import InvalidField, PreconditionMissing, Stale, UnknownCode, UnknownField
from matcher.profile import FieldForm, Profile, forms
from matcher.taxonomy import knows
from service.etags import etag_of, is_fresh, versions_in
from service.problems import nearest_codes
from service.profile_forms import WITHHELD, merged, shown, shown_model, validated
from service.security import (
    Anyone,
    Sight,
    Visit,
    may_create,
    may_list,
    may_read,
    may_write,
    readable_startups,
    sight_of,
)

ALL = 1_000_000_000
"""More than any list holds."""

IfMatch = Annotated[
    str | None, Header(description="The ETag that the edit rests on. / ETag của bản đã đọc.")
]
IfNoneMatch = Annotated[str | None, Header(description="ETag already held. / ETag đang có.")]
Json = Annotated[dict[str, Any], Body()]


class Edition(BaseModel):
    """One version of a profile."""

    version: int
    changed_at: AwareDatetime
    changed_by: str
    action: Literal["added", "changed", "unchanged", "restored", "deleted"]
    profile: dict[str, Any]


class History(BaseModel):
    """Versions of a profile, newest first."""

    items: list[Edition]
    total: int
    limit: int
    offset: int


def listed_model(kind: str) -> type[BaseModel]:
    """The form of a page of profiles of a kind."""
    items: Any = (types.GenericAlias(list, (shown_model(kind),)), ...)
    number: Any = (int, ...)
    numbers = dict.fromkeys(("total", "limit", "offset"), number)
    return create_model(
        f"{kind.capitalize()}List", __doc__="One page of a list.", items=items, **numbers
    )


class ProfileRoutes:
    """The routes of one kind of profile."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def list(
        self,
        visit: Anyone,
        request: Request,
        limit: Annotated[int, Query(ge=1, le=1000)] = 50,
        offset: Annotated[int, Query(ge=0, le=ALL)] = 0,
        q: Annotated[str | None, Query(max_length=300)] = None,
    ) -> Any:
        """Any of several values of one filter may hold; all filters and words must."""
        may_list(visit, self.kind)
        check_page(visit, limit)
        filters = filters_in(self.kind, request)
        with visit.reading() as conn:
            page = _page(visit, conn, self.kind, filters, q, limit, offset)
            sight = sight_of(visit, conn, self.kind)
            items = [self._seen(visit, sight, profile) for profile in page.items]
            visit.note("list", self.kind)
        return {"items": items, "total": page.total, "limit": limit, "offset": offset}

    def create(self, visit: Anyone, body: Json, request: Request, response: Response) -> Any:
        """The answer holds the ETag that the first edit needs."""
        profile = by_asker(visit, validated(self.kind, body), None)
        may_create(visit, self.kind, profile.id)
        with visit.writing() as conn:
            kept = profiles.put(conn, profile, who=visit.who, at=visit.at, create=True)
            visit.note(kept.action, self.kind, profile.id, tuple(given(profile)))
            answer = self._answer(visit, conn, kept, response)
        response.headers["Location"] = f"{request.url.path}/{profile.id}"
        return answer

    def read(
        self, visit: Anyone, id: str, response: Response, if_none_match: IfNoneMatch = None
    ) -> Any:
        """304 where the version named by If-None-Match is still the present one."""
        with visit.reading() as conn:
            may_read(visit, conn, self.kind, id)
            kept = profiles.stored(conn, self.kind, id)
            answer = self._answer(visit, conn, kept, response)
        if is_fresh(if_none_match, response.headers["ETag"]):
            return Response(status_code=304, headers=dict(response.headers))
        return answer

    def replace(
        self, visit: Anyone, id: str, body: Json, response: Response, if_match: IfMatch = None
    ) -> Any:
        """Fields left out become unknown; those withheld from you stay, unless they are given."""
        validated(self.kind, body)
        with visit.writing() as conn:
            present = self._present(visit, conn, id)
            hidden = sight_of(visit, conn, self.kind, id).hidden(present.profile)
            before = body_of(present.profile)
            kept_back = {name: before[name] for name in hidden if body.get(name) is None}
            return self._put(visit, conn, present, body | kept_back, if_match, response)

    def amend(
        self,
        visit: Anyone,
        id: str,
        patch: Annotated[dict[str, Any], Body(media_type="application/merge-patch+json")],
        response: Response,
        if_match: IfMatch = None,
    ) -> Any:
        """A merge patch (RFC 7396): the fields named change, ``null`` makes a field unknown."""
        with visit.writing() as conn:
            present = self._present(visit, conn, id)
            body = merged(given(present.profile), patch)
            return self._put(visit, conn, present, body, if_match, response)

    def delete(self, visit: Anyone, id: str, if_match: IfMatch = None) -> Response:
        """The history stays; the profile comes back when it is added again."""
        with visit.writing() as conn:
            _check_version(self._present(visit, conn, id), if_match)
            profiles.delete(conn, self.kind, id, who=visit.who, at=visit.at)
            visit.note("deleted", self.kind, id)
        return Response(status_code=204)

    def history(
        self,
        visit: Anyone,
        id: str,
        limit: Annotated[int, Query(ge=1, le=1000)] = 50,
        offset: Annotated[int, Query(ge=0, le=ALL)] = 0,
    ) -> History:
        """Every version, newest first, of deleted profiles too."""
        check_page(visit, limit)
        with visit.reading() as conn:
            may_write(visit, conn, self.kind, id)
            editions = history.history(conn, self.kind, id)
            sight = sight_of(visit, conn, self.kind, id)
            page = editions[offset : offset + limit]
            shown_ = {name for edition in page for name in sight.personal(edition.profile)}
            visit.note("history", self.kind, id, tuple(sorted(shown_)))
            items = [_edition(sight, edition) for edition in page]
        return History(items=items, total=len(editions), limit=limit, offset=offset)

    def _present(self, visit: Visit, conn: Connection, id: str) -> profiles.Stored:
        """The profile that is to be edited, if the caller may."""
        may_write(visit, conn, self.kind, id)
        return profiles.stored(conn, self.kind, id)

    def _put(
        self,
        visit: Visit,
        conn: Connection,
        present: profiles.Stored,
        body: dict[str, Any],
        if_match: str | None,
        response: Response,
    ) -> Any:
        """Keep an edit; the body is held to its form before its version is (RFC 9110, 13.2.1)."""
        before = present.profile
        profile = by_asker(visit, validated(self.kind, body), before)
        if profile.id != before.id:
            raise InvalidField(field="id", value=profile.id, expected=before.id)
        _check_version(present, if_match)
        kept = profiles.put(conn, profile, who=visit.who, at=visit.at)
        if kept.changed:
            visit.note("changed", self.kind, before.id, changed_fields(before, profile))
        return self._answer(visit, conn, kept, response)

    def _answer(
        self, visit: Visit, conn: Connection, kept: profiles.Stored, response: Response
    ) -> Any:
        sight = sight_of(visit, conn, self.kind, kept.profile.id)
        visit.note("read", self.kind, kept.profile.id, sight.personal(kept.profile))
        body = shown(kept.profile, sight.hidden(kept.profile))
        response.headers["ETag"] = etag_of(kept.version, bool(body[WITHHELD]))
        return body

    def _seen(self, visit: Visit, sight: Sight, profile: Profile) -> dict[str, Any]:
        """A profile of a list, with an audit line where personal fields are shown."""
        personal = sight.personal(profile)
        if personal:
            visit.note("read", self.kind, profile.id, personal)
        return shown(profile, sight.hidden(profile))


def check_page(visit: Visit, limit: int) -> None:
    """Refuse a page that is longer than the settings allow; raises InvalidField."""
    most = visit.parts.settings.most_per_page
    if limit > most:
        raise InvalidField(field="limit", value=str(limit), expected=f"1..{most}")


def _check_version(present: profiles.Stored, if_match: str | None) -> None:
    """Refuse an edit of a version that is not the present one.

    The write lock is held since before the version was read, so no other edit comes between.
    """
    if not if_match:
        raise PreconditionMissing(id=present.profile.id)
    seen = versions_in(if_match)
    if seen is not None and present.version not in seen:
        raise Stale(id=present.profile.id, version=present.version)


def filters_in(kind: str, request: Request) -> dict[str, list[str]]:
    """The filters of an address; raises UnknownField or UnknownCode, with what is known."""
    known = listing.filters_of(kind)
    filters: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        if name in ("q", "limit", "offset", "lang"):
            continue
        if name not in known:
            raise UnknownField(field=name[:80], known=(*known, "q", "limit", "offset", "lang"))
        form = filter_form(kind, name)
        if form.vocabulary and not knows(form.vocabulary, value):
            near = nearest_codes(form.vocabulary, value)
            raise UnknownCode(field=name, value=value[:80], known=near)
        filters.setdefault(name, []).append(value)
    return filters


def filter_form(kind: str, name: str) -> FieldForm:
    """The form of the first field that a filter looks at."""
    fields = forms(class_of(kind))
    return next(fields[field] for field in listing.FILTERS[name] if field in fields)


def _page(
    visit: Visit,
    conn: Connection,
    kind: str,
    filters: dict[str, list[str]],
    text: str | None,
    limit: int,
    offset: int,
) -> profiles.Page:
    """One page of the profiles that the caller may read."""
    if visit.is_officer or kind == "programme":
        return profiles.list_profiles(
            conn, kind, filters=filters, text=text, limit=limit, offset=offset
        )
    own = frozenset({visit.key.profile_id or ""})
    readable = own if kind == "incubator" else readable_startups(visit, conn)
    whole = profiles.list_profiles(conn, kind, filters=filters, text=text, limit=ALL)
    mine = tuple(p for p in whole.items if p.id in readable)
    return profiles.Page(mine[offset : offset + limit], len(mine))


def given(profile: Profile) -> dict[str, Any]:
    """What is known of a profile, as a body."""
    return {name: value for name, value in body_of(profile).items() if value is not None}


def by_asker(visit: Visit, profile: Profile, before: Profile | None) -> Profile:
    """A profile as its asker may set it: what an owner changes is no longer verified."""
    if visit.is_officer:
        return profile
    if before is not None and replace(profile, verified=before.verified) == before:
        return before
    return replace(profile, verified=False)


def changed_fields(before: Profile, after: Profile) -> tuple[str, ...]:
    """Names of the fields that differ."""
    one, other = body_of(before), body_of(after)
    return tuple(name for name in one if one[name] != other[name])


def _edition(sight: Sight, edition: history.Edition) -> Edition:
    return Edition(
        version=edition.version,
        changed_at=edition.changed_at,
        changed_by=edition.changed_by,
        action=edition.action,
        profile=shown(edition.profile, sight.hidden(edition.profile)),
    )
