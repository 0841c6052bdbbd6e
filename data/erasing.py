"""Erases what a profile tells of persons: from its row and from every version of its history."""

from __future__ import annotations

import dataclasses
from typing import Any

from sqlalchemy import Connection, select, update

from data.bodies import body_of, class_of, digest_of, profile_of
from data.tables import HISTORY, PROFILES
from matcher.profile import Profile, forms


def erase_personal(conn: Connection, kind: str, id: str) -> int:
    """Blank the personal fields of a profile everywhere; return how many versions held some.

    What remains are facts of a company: rounds that it took part in can still be replayed.
    Raises UnknownName for a kind that is not known.
    """
    names = [form.name for form in forms(class_of(kind)).values() if form.personal]
    blank = dict.fromkeys(names)
    mine = HISTORY.c.kind == kind, HISTORY.c.id == id
    erased, latest = 0, None
    for row in conn.execute(select(HISTORY).where(*mine).order_by(HISTORY.c.version)).all():
        latest = _without(profile_of(kind, row.body), blank)
        if any(row.body.get(name) is not None for name in names):
            erased += 1
            at = HISTORY.c.version == row.version
            conn.execute(update(HISTORY).where(*mine, at).values(body=body_of(latest)))
    if latest is not None:
        table = PROFILES[kind]
        values = blank | {"digest": digest_of(latest)}
        conn.execute(update(table).where(table.c.id == id).values(values))
    return erased


def _without(profile: Profile, blank: dict[str, Any]) -> Profile:
    return dataclasses.replace(profile, **blank)
