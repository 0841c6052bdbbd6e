"""Profiles kept: read, listed, written with their history, and followed by a change number.

Every function takes the connection of a transaction that its caller opened (see ``engines.py``).
A deleted profile keeps its row and its history, is found by nothing here but :func:`history`, and
comes back when it is put again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from data.bodies import body_of, class_of, digest_of, fields_of, kind_of, plain, profile_of, readers
from data.history import Action, Change, Edition, changes_since, history, latest_seq, remember
from data.listing import Filters, conditions, nearest_ids, search_text
from data.tables import PROFILES, is_json
from matcher.errors import ProfileExists, ProfileNotFound, Stale
from matcher.profile import KINDS, FieldForm, Profile, check, forms

__all__ = [
    "Action", "Change", "Edition", "Page", "Stored", "all_profiles", "changes_since", "count",
    "delete", "get", "get_many", "history", "latest_seq", "list_profiles", "put", "put_all",
    "stored", "touched_by_others", "version_of", "versions",
]  # fmt: skip

CHUNK = 500
"""Ids asked for in one query; well below the parameter limit of every engine."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A profile as it is kept: its version (from 1), its digest, and what became of it."""

    profile: Profile
    version: int
    digest: str
    changed_at: datetime
    changed_by: str
    action: Action = "unchanged"

    @property
    def changed(self) -> bool:
        """Whether the call that returned this wrote anything."""
        return self.action != "unchanged"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list and how many profiles the whole list holds."""

    items: tuple[Profile, ...]
    total: int


def get(conn: Connection, kind: str, id: str) -> Profile:
    """Return a profile; raises ProfileNotFound with ids that are spelt alike."""
    return stored(conn, kind, id).profile


def stored(conn: Connection, kind: str, id: str) -> Stored:
    """Return a profile with its version; raises ProfileNotFound with ids that are spelt alike."""
    class_of(kind)
    table = PROFILES[kind]
    alive = table.c.deleted_at.is_(None)
    row = conn.execute(select(table).where(table.c.id == id, alive)).one_or_none()
    if row is None:
        raise ProfileNotFound(kind=kind, id=id, nearest=nearest_ids(conn, kind, id))
    profile = next(_profiles(kind, [row]))
    return Stored(profile, row.version, row.digest, row.changed_at, row.changed_by)


def version_of(conn: Connection, kind: str, id: str) -> int:
    """Return the present version of a profile; raises ProfileNotFound."""
    return stored(conn, kind, id).version


def versions(conn: Connection, kind: str, ids: Sequence[str]) -> dict[str, int]:
    """Return the present version of each of these profiles; those that are gone are left out."""
    heads = _heads(conn, kind, ids)
    return {id: head.version for id, head in heads.items() if head.deleted_at is None}


def get_many(conn: Connection, kind: str, ids: Iterable[str]) -> dict[str, Profile]:
    """Return the living profiles among these ids, by id; the others are left out."""
    class_of(kind)
    table = PROFILES[kind]
    found: dict[str, Profile] = {}
    for chunk in _chunks(sorted(set(ids))):
        rows = conn.execute(
            select(table).where(table.c.id.in_(chunk), table.c.deleted_at.is_(None))
        )
        found |= {profile.id: profile for profile in _profiles(kind, rows)}
    return found


def list_profiles(
    conn: Connection,
    kind: str,
    *,
    filters: Filters | None = None,
    text: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Page:
    """Return one page in the order of ids.

    Parameters
    ----------
    filters
        Names of ``data.listing.FILTERS`` with one value or several, any of which may hold.
    text
        Words that must all occur, in either language, with or without diacritics.

    Raises
    ------
    UnknownField
        For a filter that this kind of profile does not know.
    """
    class_of(kind)
    table = PROFILES[kind]
    held = conditions(kind, filters or {}, text)
    total = conn.execute(select(func.count()).select_from(table).where(held)).scalar_one()
    rows = conn.execute(select(table).where(held).order_by(table.c.id).limit(limit).offset(offset))
    return Page(tuple(_profiles(kind, rows)), total)


def count(conn: Connection, kind: str) -> int:
    """Return how many living profiles of a kind there are."""
    class_of(kind)
    table = PROFILES[kind]
    alive = select(func.count()).select_from(table).where(table.c.deleted_at.is_(None))
    return conn.execute(alive).scalar_one()


def all_profiles(conn: Connection, kind: str) -> tuple[Profile, ...]:
    """Return every living profile of a kind, in the order of ids."""
    class_of(kind)
    table = PROFILES[kind]
    fields = [table.c[name] for name in forms(class_of(kind))]
    rows = conn.execute(select(*fields).where(table.c.deleted_at.is_(None)).order_by(table.c.id))
    return tuple(_profiles(kind, rows))


def put(
    conn: Connection,
    profile: Profile,
    *,
    who: str,
    at: datetime,
    expected_version: int | None = None,
    create: bool = False,
) -> Stored:
    """Add or change one profile; equal content changes nothing and writes no history.

    Parameters
    ----------
    expected_version
        The version that the caller has seen, if the edit rests on one.
    create
        The profile must not exist yet.

    Raises
    ------
    Stale
        If the present version is another than expected, or the profile is gone.
    ProfileExists
        If ``create`` is asked for an id in use.
    InvalidField, UnknownCode, TextTooLong
        If a field does not hold.
    """
    kind = kind_of(profile)
    if expected_version is not None or create:
        present = _heads(conn, kind, [profile.id]).get(profile.id)
        alive = present is not None and present.deleted_at is None
        if create and alive:
            raise ProfileExists(kind=kind, id=profile.id)
        if expected_version is not None:
            _refuse_stale(profile.id, expected_version, present.version if present else 0, alive)
    return put_all(conn, [profile], who=who, at=at)[0]


def put_all(
    conn: Connection, profiles: Sequence[Profile], *, who: str, at: datetime
) -> tuple[Stored, ...]:
    """Add or change many profiles of distinct ids, in few statements; what came of each in order.

    Raises
    ------
    InvalidField, UnknownCode, TextTooLong
        If a field of any profile does not hold; then nothing is written.
    """
    for profile in profiles:
        check(profile)
    outcomes: dict[tuple[str, str], Stored] = {}
    for kind in KINDS:
        ours = [p for p in profiles if kind_of(p) == kind]
        heads = _heads(conn, kind, [p.id for p in ours])
        planned = [_outcome(p, heads.get(p.id), who, at) for p in ours]
        _write(conn, kind, [s for s in planned if s.changed])
        outcomes |= {(kind, s.profile.id): s for s in planned}
    return tuple(outcomes[kind_of(p), p.id] for p in profiles)


def touched_by_others(conn: Connection, kind: str, who: str) -> frozenset[str]:
    """Return the ids of profiles, deleted ones too, whose last change somebody else made."""
    class_of(kind)
    table = PROFILES[kind]
    return frozenset(conn.execute(select(table.c.id).where(table.c.changed_by != who)).scalars())


def delete(
    conn: Connection,
    kind: str,
    id: str,
    *,
    who: str,
    at: datetime,
    expected_version: int | None = None,
) -> int:
    """Hide a profile and return the version that says so; raises ProfileNotFound or Stale."""
    present = stored(conn, kind, id)
    if expected_version is not None:
        _refuse_stale(id, expected_version, present.version, alive=True)
    gone = Stored(present.profile, present.version + 1, present.digest, at, who, "deleted")
    table = PROFILES[kind]
    conn.execute(
        update(table)
        .where(table.c.id == id)
        .values(version=gone.version, changed_at=at, changed_by=who, deleted_at=at)
    )
    remember(conn, kind, [_edition(gone)])
    return gone.version


def _outcome(profile: Profile, head: Row[Any] | None, who: str, at: datetime) -> Stored:
    digest = digest_of(profile)
    kept = profile_of(kind_of(profile), body_of(profile))
    if head is None:
        return Stored(kept, 1, digest, at, who, "added")
    if head.deleted_at is not None:
        return Stored(kept, head.version + 1, digest, at, who, "restored")
    if head.digest == digest:
        return Stored(kept, head.version, digest, head.changed_at, head.changed_by)
    return Stored(kept, head.version + 1, digest, at, who, "changed")


def _write(conn: Connection, kind: str, written: list[Stored]) -> None:
    table = PROFILES[kind]
    added = [_row(s) | {"created_at": s.changed_at} for s in written if s.action == "added"]
    others = [_row(s) | {"its_id": s.profile.id} for s in written if s.action != "added"]
    if added:
        conn.execute(insert(table), added)
    if others:
        conn.execute(update(table).where(table.c.id == bindparam("its_id")), others)
    remember(conn, kind, [_edition(stored) for stored in written])


def _row(kept: Stored) -> dict[str, Any]:
    profile = kept.profile
    columns = {form.name: _cell(form, getattr(profile, form.name)) for form in fields_of(profile)}
    return columns | {
        "version": kept.version,
        "digest": kept.digest,
        "changed_at": kept.changed_at,
        "changed_by": kept.changed_by,
        "deleted_at": None,
        "search": search_text(profile),
    }


def _cell(form: FieldForm, content: Any) -> Any:
    return plain(form, content) if is_json(form) else content


def _edition(kept: Stored) -> Edition:
    return Edition(kept.profile, kept.version, kept.changed_at, kept.changed_by, kept.action)


def _heads(conn: Connection, kind: str, ids: Sequence[str]) -> dict[str, Row[Any]]:
    c = PROFILES[kind].c
    columns = (c.id, c.version, c.digest, c.changed_at, c.changed_by, c.deleted_at)
    found: dict[str, Row[Any]] = {}
    for chunk in _chunks(ids):
        rows: Iterable[Row[Any]] = conn.execute(select(*columns).where(c.id.in_(chunk)))
        found |= {row.id: row for row in rows}
    return found


def _profiles(kind: str, rows: Iterable[Row[Any]]) -> Iterator[Profile]:
    """Build profiles of rows that begin with the fields of the kind, in their order."""
    built = class_of(kind)
    read = list(readers(built).items())
    for row in rows:
        pairs = zip(read, row, strict=False)
        yield built(**{name: None if v is None else one(v) for (name, one), v in pairs})


def _refuse_stale(id: str, expected: int, present: int, alive: bool) -> None:
    if not alive or expected != present:
        raise Stale(id=id, version=present)


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
