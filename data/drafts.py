"""What somebody has typed into a long form and not sent yet, one draft for each form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from data.account_tables import DRAFTS

MOST_KEPT = 100_000
"""Characters of a draft; what is longer is no form of ours."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The fields of a form as they were typed, in their order, and when."""

    fields: tuple[tuple[str, str], ...]
    changed_at: datetime


def keep(
    conn: Connection, account_id: int, form: str, fields: Sequence[tuple[str, str]], *, at: datetime
) -> bool:
    """Keep what was typed in place of what was there; False where it is too long to be kept."""
    if sum(len(name) + len(value) for name, value in fields) > MOST_KEPT:
        return False
    drop(conn, account_id, form)
    body = [list(pair) for pair in fields]
    values = {"account_id": account_id, "form": form, "body": body, "changed_at": at}
    conn.execute(insert(DRAFTS).values(values))
    return True


def get(conn: Connection, account_id: int, form: str) -> Draft | None:
    """The draft of a form, or None."""
    query = select(DRAFTS.c.body, DRAFTS.c.changed_at)
    row = conn.execute(
        query.where(DRAFTS.c.account_id == account_id, DRAFTS.c.form == form)
    ).one_or_none()
    if row is None:
        return None
    return Draft(tuple((str(name), str(value)) for name, value in row.body), row.changed_at)


def drop(conn: Connection, account_id: int, form: str) -> None:
    """Forget the draft of a form."""
    conn.execute(delete(DRAFTS).where(DRAFTS.c.account_id == account_id, DRAFTS.c.form == form))


def drop_all(conn: Connection, account_id: int) -> None:
    """Forget every draft of an account."""
    conn.execute(delete(DRAFTS).where(DRAFTS.c.account_id == account_id))
