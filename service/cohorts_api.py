"""Addresses of cohorts: list, add, read, replace, amend, delete, history, files."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Body, Query, Request, Response

from data import cohorts
from data.cohorts import StoredCohort
from data.engines import Connection
from matcher.cohort import Cohort
from matcher.errors import CohortStale, PreconditionMissing
from service.cohort_forms import given, same_id, shown_cohort, validated_cohort
from service.etags import etag_of, is_fresh, versions_in
from service.profile_forms import merged
from service.profiles_api import ALL, IfMatch, IfNoneMatch, Json, check_page
from service.round_answers import CohortLine, CohortLines
from service.round_schemas import cohort_line
from service.security import Officer, Visit

Limit = Annotated[int, Query(ge=1, le=1000)]
Offset = Annotated[int, Query(ge=0, le=ALL)]
Edit = Callable[[Cohort], Cohort]


def list_cohorts(visit: Officer, limit: Limit = 50, offset: Offset = 0) -> CohortLines:
    """Every cohort in short, by id; a deleted one is not among them."""
    check_page(visit, limit)
    with visit.reading() as conn:
        found = cohorts.all_cohorts(conn)
        visit.note("list", "cohort")
    return _page(found, limit, offset)


def create_cohort(visit: Officer, body: Json, request: Request, response: Response) -> Any:
    """A limit that cannot hold is refused by its name; the answer holds the ETag for edits."""
    cohort = validated_cohort(body)
    with visit.writing() as conn:
        kept = cohorts.add(conn, cohort, who=visit.who, at=visit.at)
        visit.note("added", "cohort", cohort.id, tuple(given(cohort)))
    response.headers["Location"] = f"{request.url.path}/{cohort.id}"
    return _shown(kept, response)


def read_cohort(
    visit: Officer,
    id: str,
    response: Response,
    version: Annotated[
        int | None, Query(ge=1, le=ALL, description="An earlier version. / Một bản trước.")
    ] = None,
    if_none_match: IfNoneMatch = None,
) -> Any:
    """As it is now, or as an earlier version had it; 304 where If-None-Match names its ETag."""
    with visit.reading() as conn:
        kept = cohorts.get(conn, id, version)
        visit.note("read", "cohort", id)
    answer = _shown(kept, response)
    if is_fresh(if_none_match, response.headers["ETag"]):
        return Response(status_code=304, headers=dict(response.headers))
    return answer


def replace_cohort(
    visit: Officer, id: str, body: Json, response: Response, if_match: IfMatch = None
) -> Any:
    """Fields left out take their defaults."""
    after = validated_cohort(body)
    return _shown(edited(visit, id, if_match, lambda before: _same(before, after)), response)


def amend_cohort(
    visit: Officer,
    id: str,
    patch: Annotated[dict[str, Any], Body(media_type="application/merge-patch+json")],
    response: Response,
    if_match: IfMatch = None,
) -> Any:
    """A merge patch (RFC 7396): the fields named change, lists whole; ``null`` takes one away."""

    def amended(before: Cohort) -> Cohort:
        return _same(before, validated_cohort(merged(given(before), patch)))

    return _shown(edited(visit, id, if_match, amended), response)


def delete_cohort(visit: Officer, id: str, if_match: IfMatch = None) -> Response:
    """Its versions and runs stay; not while its published list stands."""
    with visit.writing() as conn:
        present = _present(conn, id, if_match)
        cohorts.delete(conn, id, present.version, who=visit.who, at=visit.at)
        visit.note("deleted", "cohort", id)
    return Response(status_code=204)


def read_cohort_history(
    visit: Officer, id: str, limit: Limit = 50, offset: Offset = 0
) -> CohortLines:
    """Every version in short, newest first, of deleted cohorts too."""
    check_page(visit, limit)
    with visit.reading() as conn:
        found = cohorts.versions(conn, id)
        visit.note("history", "cohort", id)
    return _page(found, limit, offset)


def edited(visit: Visit, id: str, if_match: str | None, edit: Edit) -> StoredCohort:
    """Keep an edit as a new version, and note the fields that it changes."""
    with visit.writing() as conn:
        present = cohorts.get(conn, id)
        after = edit(present.cohort)
        _check_version(present, if_match)
        kept = cohorts.replace(conn, after, who=visit.who, at=visit.at, expected=present.version)
        if kept.version != present.version:
            visit.note("changed", "cohort", id, _changed(present.cohort, kept.cohort))
    return kept


def _present(conn: Connection, id: str, if_match: str | None) -> StoredCohort:
    present = cohorts.get(conn, id)
    _check_version(present, if_match)
    return present


def _check_version(present: StoredCohort, if_match: str | None) -> None:
    """Refuse an edit of a version that is not the present one; the write lock is held."""
    if not if_match:
        raise PreconditionMissing(id=present.cohort.id)
    seen = versions_in(if_match)
    if seen is not None and present.version not in seen:
        raise CohortStale(id=present.cohort.id, version=present.version)


def _same(before: Cohort, after: Cohort) -> Cohort:
    same_id(before, after)
    return after


def _changed(before: Cohort, after: Cohort) -> tuple[str, ...]:
    names = (field.name for field in dataclasses.fields(Cohort))
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def _page(found: tuple[StoredCohort, ...], limit: int, offset: int) -> CohortLines:
    items = [cohort_line(kept) for kept in found[offset : offset + limit]]
    return CohortLines(items=items, total=len(found), limit=limit, offset=offset)


def _shown(kept: StoredCohort, response: Response) -> Any:
    response.headers["ETag"] = etag_of(kept.version, False)
    return shown_cohort(kept.cohort)


def line(kept: StoredCohort, response: Response) -> CohortLine:
    """A cohort in short, its ETag in the header."""
    response.headers["ETag"] = etag_of(kept.version, False)
    return cohort_line(kept)
