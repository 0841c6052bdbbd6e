"""Cohorts kept: every version of them, none of which is ever lost.

Every function takes the connection of a transaction that its caller opened (see ``engines.py``).
A deleted cohort keeps its versions, and its id may be used again.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, select, update

from data.bodies import Body, fields_of, plain, value_of
from data.history import Action
from data.listing import nearest_ids
from data.profiles import get_many
from data.tables import COHORT_VERSIONS, COHORTS, PROFILES, PUBLICATIONS
from matcher.cohort import Cohort
from matcher.errors import (
    CohortExists,
    CohortMemberUnknown,
    CohortNotFound,
    CohortPublished,
    CohortStale,
)
from matcher.profile import Profile, Programme, Startup, check

CHUNK = 500
"""Ids asked for in one query; well below the parameter limit of every engine."""


@dataclass(frozen=True, slots=True)
class StoredCohort:
    """A cohort as it is kept: its version (from 1), and who made it when."""

    cohort: Cohort
    version: int
    changed_at: datetime
    changed_by: str


def add(conn: Connection, cohort: Cohort, *, who: str, at: datetime) -> StoredCohort:
    """Keep a new cohort.

    Raises
    ------
    CohortExists
        If its id is in use.
    InvalidField, UnknownCode, TextTooLong, LimitInvalid, CohortMemberUnknown
        As :func:`hold`.
    """
    present = _head(conn, cohort.id)
    if present is not None and present.deleted_at is None:
        raise CohortExists(id=cohort.id)
    kept = hold(conn, cohort)
    version = 1 if present is None else present.version + 1
    return _written(conn, StoredCohort(kept, version, at, who), "restored" if present else "added")


def replace(
    conn: Connection, cohort: Cohort, *, who: str, at: datetime, expected: int | None
) -> StoredCohort:
    """Keep a cohort in the place of its version before; equal content changes nothing.

    Parameters
    ----------
    expected
        The version that the caller has seen; None replaces whichever there is.

    Raises
    ------
    CohortNotFound
    CohortStale
        If the present version is another than expected.
    InvalidField, UnknownCode, TextTooLong, LimitInvalid, CohortMemberUnknown
        As :func:`hold`.
    """
    present = get(conn, cohort.id)
    _refuse_stale(present, expected)
    kept = hold(conn, cohort)
    if kept == present.cohort:
        return present
    return _written(conn, StoredCohort(kept, present.version + 1, at, who), "changed")


def hold(conn: Connection, cohort: Cohort) -> Cohort:
    """Check a cohort against the profiles that are kept, and return it as it would be kept.

    Rounds and limits are known by their names: of spaces that stand together in one, one is kept.

    Raises
    ------
    InvalidField, UnknownCode, TextTooLong
        If a field does not hold.
    LimitInvalid
        If a limit cannot hold, by its name.
    CohortMemberUnknown
        If an id of the cohort has no living profile.
    """
    from matcher.limits import checked, needs_profiles  # reading cohorts must not wait for numpy

    check(cohort)
    kept = cohort_of(body_of(cohort))
    named = tuple(dataclasses.replace(one, name=" ".join(one.name.split())) for one in kept.quotas)
    kept = dataclasses.replace(kept, name=" ".join(kept.name.split()), quotas=named)
    programmes = get_many(conn, "programme", [one.programme_id for one in kept.intakes])
    _refuse_unknown(conn, "programme", [one.programme_id for one in kept.intakes], programmes)
    startups: dict[str, Profile] | None = None
    if needs_profiles(kept):
        startups = get_many(conn, "startup", kept.startups)
    _refuse_unknown(conn, "startup", kept.startups, startups or _living(conn, kept.startups))
    checked(
        kept,
        None if startups is None else {p.id: p for p in startups.values() if type(p) is Startup},
        {p.id: p for p in programmes.values() if type(p) is Programme},
    )
    return kept


def get(conn: Connection, id: str, version: int | None = None) -> StoredCohort:
    """Return a cohort, as it is now or as an earlier version had it.

    Versions of a deleted cohort are still found by their number. Raises CohortNotFound with ids
    that are spelt alike.
    """
    found = find(conn, id, version)
    if found is None:
        raise CohortNotFound(id=id, nearest=_nearest(conn, id))
    return found


def find(conn: Connection, id: str, version: int | None = None) -> StoredCohort | None:
    """Return what :func:`get` does, None where there is no such cohort."""
    query = select(COHORT_VERSIONS).where(COHORT_VERSIONS.c.id == id)
    if version is None:
        query = query.join(COHORTS, _is_present()).where(COHORTS.c.deleted_at.is_(None))
    else:
        query = query.where(COHORT_VERSIONS.c.version == version)
    row = conn.execute(query).one_or_none()
    return None if row is None else _stored(row)


def version_of(conn: Connection, id: str) -> int:
    """Return the present version of a cohort; raises CohortNotFound."""
    head = _head(conn, id)
    if head is None or head.deleted_at is not None:
        raise CohortNotFound(id=id, nearest=_nearest(conn, id))
    return int(head.version)


def versions(conn: Connection, id: str) -> tuple[StoredCohort, ...]:
    """Return every version of a cohort, newest first; raises CohortNotFound if there is none."""
    query = select(COHORT_VERSIONS).where(COHORT_VERSIONS.c.id == id)
    rows = conn.execute(query.order_by(COHORT_VERSIONS.c.version.desc())).all()
    if not rows:
        raise CohortNotFound(id=id, nearest=_nearest(conn, id))
    return tuple(map(_stored, rows))


def all_cohorts(conn: Connection) -> tuple[StoredCohort, ...]:
    """Return every cohort as it is now, by id."""
    query = select(COHORT_VERSIONS).join(COHORTS, _is_present())
    rows = conn.execute(query.where(COHORTS.c.deleted_at.is_(None)).order_by(COHORTS.c.id))
    return tuple(map(_stored, rows))


def delete(conn: Connection, id: str, expected: int | None, *, who: str, at: datetime) -> int:
    """Hide a cohort and return the version that says so.

    Raises
    ------
    CohortNotFound
    CohortStale
        If the present version is another than expected.
    CohortPublished
        While a published list of it stands.
    """
    present = get(conn, id)
    _refuse_stale(present, expected)
    latest = (
        select(PUBLICATIONS.c.placed)
        .where(PUBLICATIONS.c.cohort_id == id)
        .order_by(PUBLICATIONS.c.id.desc())
        .limit(1)
    )
    if conn.execute(latest).scalar():
        raise CohortPublished(id=id)
    gone = StoredCohort(present.cohort, present.version + 1, at, who)
    _written(conn, gone, "deleted")
    return gone.version


def body_of(cohort: Cohort) -> Body:
    """Return every field of a cohort as JSON values, texts in NFC."""
    return {form.name: plain(form, getattr(cohort, form.name)) for form in fields_of(cohort)}


def cohort_of(body: Mapping[str, Any]) -> Cohort:
    """Build a cohort from a body; money gets its dollars, absent fields their defaults."""
    cohort: Cohort = value_of(Cohort, body)
    return cohort


def digest_of(cohort: Cohort) -> str:
    """SHA-256 (hex) of a cohort's content; what is unknown is left out."""
    known = {name: content for name, content in body_of(cohort).items() if content is not None}
    text = json.dumps(known, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _head(conn: Connection, id: str) -> Row[Any] | None:
    return conn.execute(select(COHORTS).where(COHORTS.c.id == id)).one_or_none()


def _is_present() -> ColumnElement[bool]:
    """The condition under which a version is the one that counts."""
    same_id = COHORTS.c.id == COHORT_VERSIONS.c.id
    return and_(same_id, COHORTS.c.version == COHORT_VERSIONS.c.version)


def _written(conn: Connection, kept: StoredCohort, action: Action) -> StoredCohort:
    values: dict[str, Any] = {
        "id": kept.cohort.id,
        "version": kept.version,
        "changed_at": kept.changed_at,
        "changed_by": kept.changed_by,
    }
    version = values | {"body": body_of(kept.cohort), "action": action}
    conn.execute(insert(COHORT_VERSIONS).values(version))
    head = values | {"deleted_at": kept.changed_at if action == "deleted" else None}
    if action == "added":
        conn.execute(insert(COHORTS).values(head))
    else:
        conn.execute(update(COHORTS).where(COHORTS.c.id == kept.cohort.id).values(head))
    return kept


def _stored(row: Row[Any]) -> StoredCohort:
    return StoredCohort(cohort_of(row.body), row.version, row.changed_at, row.changed_by)


def _refuse_stale(present: StoredCohort, expected: int | None) -> None:
    if expected is not None and expected != present.version:
        raise CohortStale(id=present.cohort.id, version=present.version)


def _refuse_unknown(conn: Connection, kind: str, ids: Sequence[str], known: Container[str]) -> None:
    for id in ids:
        if id not in known:
            raise CohortMemberUnknown(kind=kind, id=id, nearest=nearest_ids(conn, kind, id))


def _living(conn: Connection, ids: Sequence[str]) -> frozenset[str]:
    """The ids among these of which a living profile of a startup is kept."""
    table = PROFILES["startup"]
    alive = select(table.c.id).where(table.c.deleted_at.is_(None))
    chunks = (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
    found = (conn.execute(alive.where(table.c.id.in_(chunk))).scalars() for chunk in chunks)
    return frozenset(id for some in found for id in some)


def _nearest(conn: Connection, id: str) -> tuple[str, ...]:
    alive = select(COHORTS.c.id).where(COHORTS.c.deleted_at.is_(None)).order_by(COHORTS.c.id)
    return tuple(get_close_matches(id, conn.execute(alive).scalars().all(), n=3, cutoff=0.5))
