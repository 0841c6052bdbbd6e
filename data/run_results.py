"""What a run has kept in bulk, read back: its grounds, its round, and what came of it."""

from __future__ import annotations

import dataclasses
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from data.outcomes import rows_of, unpacked, values_of
from data.run_bulk import STRETCH, Grounds
from data.solved_rounds import unpacked_round
from data.tables import RUN_BLOBS, RUNS
from matcher.assignment.building import Round
from matcher.assignment.instance import Instance
from matcher.errors import NoOutcome, RunNotFound
from matcher.outcome import Outcome, Placement, Shortfall

STATE = [field.name for field in dataclasses.fields(Placement)].index("state")
"""The place of a placement's state in its row."""


def grounds(conn: Connection, run_id: int) -> Grounds | None:
    """Return what a run rests on."""
    content = _content(conn, run_id, "grounds")
    if content is None:
        return None
    plain = json.loads(zlib.decompress(content))
    rows = {name: tuple(map(tuple, plain[name])) for name in ("points", "calibrations", "versions")}
    return Grounds(**(plain | rows | {"day": date.fromisoformat(plain["day"])}))


def round_of(conn: Connection, run_id: int) -> Round:
    """Return the round that a run solved, its digest the same; raises RunNotFound, NoOutcome."""
    return unpacked_round(_content(conn, run_id, "round") or _refuse(conn, run_id))


def instance(conn: Connection, run_id: int) -> Instance:
    """Return the numbers of the round that a run solved; raises RunNotFound, NoOutcome."""
    return round_of(conn, run_id).instance


def outcome(conn: Connection, run_id: int) -> Outcome:
    """Return what a run that is done says; raises RunNotFound, NoOutcome."""
    content = _content(conn, run_id, "outcome") or _refuse(conn, run_id)
    c = RUN_BLOBS.c
    rows = select(c.content).where(c.run_id == run_id, c.part == "placements").order_by(c.key)
    stretches = conn.execute(rows).scalars()
    placements = tuple(one for some in stretches for one in unpacked(Placement, some))
    return replace(unpacked(Outcome, content)[0], placements=placements)


def placement(conn: Connection, run_id: int, startup_id: str) -> Placement | None:
    """Return what a run says of one startup, None where it was not in the round.

    Reads a small part of the outcome only. Raises RunNotFound, NoOutcome.
    """
    c = RUN_BLOBS.c
    rows = select(c.content).where(c.run_id == run_id, c.part == "placements", c.key <= startup_id)
    content = conn.execute(rows.order_by(c.key.desc()).limit(1)).scalar()
    if content is None and _content(conn, run_id, "outcome") is None:
        _refuse(conn, run_id)
    some = () if content is None else unpacked(Placement, content)
    return next((one for one in some if one.startup_id == startup_id), None)


@dataclass(frozen=True, slots=True)
class PlacementsPage:
    """Some placements of a run, by id of the startup, and how many there are to page through."""

    items: tuple[Placement, ...]
    total: int


def placements(
    conn: Connection, run_id: int, *, state: str | None = None, limit: int, offset: int = 0
) -> PlacementsPage:
    """Return one page of what a run says of its startups, of those in one state if it is named.

    Raises RunNotFound, NoOutcome.
    """
    if _content(conn, run_id, "outcome") is None:
        _refuse(conn, run_id)
    c = RUN_BLOBS.c
    ours = (c.run_id == run_id) & (c.part == "placements")
    keys = conn.execute(select(c.key).where(ours).order_by(c.key)).scalars().all()

    def rows(some: Sequence[str]) -> list[list[Any]]:
        stretches = select(c.content).where(ours, c.key.in_(some)).order_by(c.key)
        return [row for content in conn.execute(stretches).scalars() for row in rows_of(content)]

    if state is None:  # all stretches but the last are full, so only those of the page are read
        first, end = offset // STRETCH, -(-(offset + limit) // STRETCH)
        total = len(keys) and (len(keys) - 1) * STRETCH + len(rows(keys[-1:]))
        start = offset - first * STRETCH
        return PlacementsPage(
            values_of(Placement, rows(keys[first:end])[start : start + limit]), total
        )
    found = [row for row in rows(keys) if row[STATE] == state]
    return PlacementsPage(values_of(Placement, found[offset : offset + limit]), len(found))


def shortfall(conn: Connection, run_id: int) -> Shortfall:
    """Return the ways out of a run that is infeasible; raises RunNotFound, NoOutcome."""
    content = _content(conn, run_id, "shortfall") or _refuse(conn, run_id)
    return unpacked(Shortfall, content)[0]


def answer(conn: Connection, run_id: int) -> Outcome | Shortfall:
    """Return whichever of the two a run has; raises RunNotFound, NoOutcome."""
    if _content(conn, run_id, "shortfall") is not None:
        return shortfall(conn, run_id)
    return outcome(conn, run_id)


def _refuse(conn: Connection, run_id: int) -> Any:
    state = conn.execute(select(RUNS.c.state).where(RUNS.c.id == run_id)).scalar()
    if state is None:
        raise RunNotFound(id=run_id)
    raise NoOutcome(run=run_id, state=state)


def _content(conn: Connection, run_id: int, part: str) -> bytes | None:
    c = RUN_BLOBS.c
    found = select(c.content).where(c.run_id == run_id, c.part == part, c.key == "")
    return conn.execute(found).scalar()
