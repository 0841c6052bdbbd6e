"""What was published of a cohort, act by act: appended, never changed; the latest list stands.

Every act keeps the whole list that it leaves. Undoing takes back the last publication that still
stands, so undoing again walks further back.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert, select

from data.cohorts import version_of
from data.runs import get as run_of
from data.tables import PUBLICATIONS
from matcher.errors import NoOutcome, NothingToUndo, Overtaken, RunNotFound

Action = Literal["publish", "undo"]
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Publication:
    """One act, and the whole published list after it.

    Attributes
    ----------
    run_id
        The run that was published; of an undo, the run whose list stands again, None for an empty
        list or one that no run made.
    pairs
        Startup and programme, sorted.
    """

    id: int
    cohort_id: str
    run_id: int | None
    action: Action
    who: str
    at: datetime
    why: str | None
    pairs: Pairs


def latest(conn: Connection, cohort_id: str) -> Publication | None:
    """Return the last act, whose list stands; None where nothing was ever published."""
    rows = select(PUBLICATIONS).where(PUBLICATIONS.c.cohort_id == cohort_id)
    row = conn.execute(rows.order_by(PUBLICATIONS.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else _publication(row)


def get(conn: Connection, id: int) -> Publication | None:
    """Return one act by its number; None where there is none."""
    row = conn.execute(select(PUBLICATIONS).where(PUBLICATIONS.c.id == id)).one_or_none()
    return None if row is None else _publication(row)


def history(conn: Connection, cohort_id: str) -> tuple[Publication, ...]:
    """Return every act of a cohort, newest first."""
    rows = select(PUBLICATIONS).where(PUBLICATIONS.c.cohort_id == cohort_id)
    return tuple(map(_publication, conn.execute(rows.order_by(PUBLICATIONS.c.id.desc()))))


def publish(
    conn: Connection,
    cohort_id: str,
    run_id: int | None,
    pairs: Iterable[tuple[str, str]],
    *,
    expected: int | None,
    who: str,
    at: datetime,
    why: str | None = None,
) -> Publication:
    """Let a list stand as the published one.

    Parameters
    ----------
    pairs
        The whole list; see :func:`merged` for a part of a run.
    expected
        The act that the officer has seen as the last one; None for none yet.

    Raises
    ------
    Overtaken
        If another act was the last one meanwhile.
    CohortNotFound, RunNotFound, NoOutcome
        If the cohort is gone, or the run is not one of this cohort that is done.
    """
    version_of(conn, cohort_id)
    _refuse_overtaken(latest(conn, cohort_id), cohort_id, expected)
    if run_id is not None:
        run = run_of(conn, run_id)
        if run.order.cohort_id != cohort_id:
            raise RunNotFound(id=run_id)
        if run.state != "done":
            raise NoOutcome(run=run_id, state=run.state)
    return _append(conn, cohort_id, run_id, "publish", tuple(pairs), who, at, why)


def undo(
    conn: Connection,
    cohort_id: str,
    *,
    expected: int | None,
    who: str,
    at: datetime,
    why: str | None = None,
) -> Publication:
    """Let the list stand again that stood before the last publication that still stands.

    Raises
    ------
    Overtaken
        If another act than expected was the last one meanwhile.
    NothingToUndo
        If no publication stands any more.
    """
    _refuse_overtaken(latest(conn, cohort_id), cohort_id, expected)
    standing = _standing(conn, cohort_id)
    if not standing:
        raise NothingToUndo(cohort=cohort_id)
    before = get(conn, standing[-2]) if len(standing) > 1 else None
    run_id, pairs = (None, ()) if before is None else (before.run_id, before.pairs)
    return _append(conn, cohort_id, run_id, "undo", pairs, who, at, why)


def merged(
    before: Iterable[tuple[str, str]], run: Iterable[tuple[str, str]], startups: Collection[str]
) -> Pairs:
    """The published list with the places of these startups as a run has them, sorted."""
    chosen = frozenset(startups)
    kept = {pair for pair in before if pair[0] not in chosen}
    return tuple(sorted(kept | {pair for pair in run if pair[0] in chosen}))


def _standing(conn: Connection, cohort_id: str) -> list[int]:
    """Numbers of the publications that were not undone, oldest first."""
    c = PUBLICATIONS.c
    rows = conn.execute(select(c.id, c.action).where(c.cohort_id == cohort_id).order_by(c.id))
    standing: list[int] = []
    for row in rows:
        if row.action == "publish":
            standing.append(row.id)
        else:
            standing.pop()
    return standing


def _refuse_overtaken(last: Publication | None, cohort_id: str, expected: int | None) -> None:
    if last is not None and last.id != expected:
        raise Overtaken(cohort=cohort_id, by=last.who, at=last.at)


def _append(
    conn: Connection,
    cohort_id: str,
    run_id: int | None,
    action: Action,
    pairs: Pairs,
    who: str,
    at: datetime,
    why: str | None,
) -> Publication:
    pairs = tuple(sorted(set(pairs)))
    values: dict[str, Any] = {
        "cohort_id": cohort_id,
        "run_id": run_id,
        "action": action,
        "who": who,
        "at": at,
        "why": why,
    }
    text = json.dumps(pairs, ensure_ascii=False, separators=(",", ":")).encode()
    row = values | {"placed": len(pairs), "pairs": zlib.compress(text)}
    number = conn.execute(insert(PUBLICATIONS).values(row).returning(PUBLICATIONS.c.id))
    return Publication(id=number.scalar_one(), pairs=pairs, **values)


def _publication(row: Row[Any]) -> Publication:
    pairs = tuple(
        (startup, programme) for startup, programme in json.loads(zlib.decompress(row.pairs))
    )
    return Publication(
        row.id, row.cohort_id, row.run_id, row.action, row.who, row.at, row.why, pairs
    )
