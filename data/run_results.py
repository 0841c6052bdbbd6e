"""What a run keeps in bulk: its grounds, the round that it solved, and what came of it.

An outcome is kept in stretches of placements beside the rest of it, so that what is said of one
startup can be read without all the others.
"""

from __future__ import annotations

import dataclasses
import io
import json
import zlib
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Connection, insert, select

from data.outcomes import LEVEL, packed, unpacked
from data.tables import RUN_BLOBS
from matcher.assignment.instance import Bound, Instance
from matcher.outcome import Outcome, Placement, Shortfall

STRETCH = 250
"""Placements that are kept, and read, together."""

ARRAYS = ("fit", "gain", "want", "places", "least", "offers", "must", "forced", "held")


@dataclass(frozen=True, slots=True)
class Grounds:
    """All that a result rests on: with it a run can be done again, bit for bit.

    Attributes
    ----------
    points, calibrations, noise
        Of the scale: each part with its points, each likeness with its three numbers.
    versions
        Kind, id and version of every profile that was read.
    input_digest
        Of the instance.
    """

    day: date
    model_id: str
    points: tuple[tuple[str, float], ...]
    calibrations: tuple[tuple[str, float, float, float], ...]
    noise: float
    code_version: str
    versions: tuple[tuple[str, str, int], ...]
    input_digest: str


_GROUNDS = tuple(field.name for field in dataclasses.fields(Grounds))


def keep(conn: Connection, run_id: int, grounds: Grounds, instance: Instance) -> None:
    """Keep what a run rests on."""
    plain = {name: getattr(grounds, name) for name in _GROUNDS} | {"day": grounds.day.isoformat()}
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
    _put(conn, run_id, "grounds", zlib.compress(text, LEVEL))
    _put(conn, run_id, "instance", packed_instance(instance))


def keep_outcome(conn: Connection, run_id: int, outcome: Outcome) -> None:
    """Keep what a run that is done says."""
    placements = outcome.placements
    _put(conn, run_id, "outcome", packed(replace(outcome, placements=())))
    for start in range(0, len(placements), STRETCH):
        some = placements[start : start + STRETCH]
        _put(conn, run_id, "placements", packed(*some), some[0].startup_id)


def keep_shortfall(conn: Connection, run_id: int, shortfall: Shortfall) -> None:
    """Keep the ways out of a round that cannot be solved."""
    _put(conn, run_id, "shortfall", packed(shortfall))


def grounds(conn: Connection, run_id: int) -> Grounds | None:
    """Return what a run rests on."""
    content = _content(conn, run_id, "grounds")
    if content is None:
        return None
    plain = json.loads(zlib.decompress(content))
    rows = {name: tuple(map(tuple, plain[name])) for name in ("points", "calibrations", "versions")}
    return Grounds(**(plain | rows | {"day": date.fromisoformat(plain["day"])}))


def instance(conn: Connection, run_id: int) -> Instance | None:
    """Return the round that was solved."""
    content = _content(conn, run_id, "instance")
    return None if content is None else unpacked_instance(content)


def outcome(conn: Connection, run_id: int) -> Outcome | None:
    """Return a whole outcome."""
    content = _content(conn, run_id, "outcome")
    if content is None:
        return None
    c = RUN_BLOBS.c
    rows = select(c.content).where(c.run_id == run_id, c.part == "placements").order_by(c.key)
    stretches = conn.execute(rows).scalars()
    placements = tuple(one for some in stretches for one in unpacked(Placement, some))
    return replace(unpacked(Outcome, content)[0], placements=placements)


def placement(conn: Connection, run_id: int, startup_id: str) -> Placement | None:
    """Return what an outcome says of one startup."""
    c = RUN_BLOBS.c
    rows = select(c.content).where(c.run_id == run_id, c.part == "placements", c.key <= startup_id)
    content = conn.execute(rows.order_by(c.key.desc()).limit(1)).scalar()
    some = () if content is None else unpacked(Placement, content)
    return next((one for one in some if one.startup_id == startup_id), None)


def shortfall(conn: Connection, run_id: int) -> Shortfall | None:
    """Return the ways out of a round that cannot be solved."""
    content = _content(conn, run_id, "shortfall")
    return None if content is None else unpacked(Shortfall, content)[0]


def packed_instance(instance: Instance) -> bytes:
    """A round as compressed numpy arrays; equal rounds need not give equal bytes."""
    arrays = {name: _narrow(getattr(instance, name)) for name in ARRAYS}
    weights = [bound.weights for bound in instance.bounds]
    for side, count in (("startup", instance.shape[0]), ("programme", instance.shape[1])):
        ours = [w for w, b in zip(weights, instance.bounds, strict=True) if b.side == side]
        arrays[side] = np.array(ours, np.int64).reshape(len(ours), count)
    head = {
        "startups": instance.startups,
        "programmes": instance.programmes,
        "bounds": [(b.name, b.side, b.at_least, b.at_most) for b in instance.bounds],
    }
    text = json.dumps(head, ensure_ascii=False).encode()
    out = io.BytesIO()
    np.savez(out, head=np.frombuffer(text, np.uint8), **arrays)
    return zlib.compress(out.getvalue(), LEVEL)


def unpacked_instance(content: bytes) -> Instance:
    """The round that was packed: its digest is the same."""
    with np.load(io.BytesIO(zlib.decompress(content)), allow_pickle=False) as kept:
        head = json.loads(kept["head"].tobytes())
        arrays = {name: kept[name].astype(np.int32) for name in ARRAYS}
        weights = {side: iter(kept[side]) for side in ("startup", "programme")}
    return Instance(
        startups=tuple(head["startups"]),
        programmes=tuple(head["programmes"]),
        bounds=tuple(
            Bound(name, side, next(weights[side]), least, most)
            for name, side, least, most in head["bounds"]
        ),
        **arrays,
    )


def _narrow(array: Any) -> Any:
    """Half as many bytes where the numbers allow it, as fits and scores always do."""
    bounds = np.iinfo(np.int16)
    fits = array.size == 0 or (array.min() >= bounds.min and array.max() <= bounds.max)
    return array.astype(np.int16) if fits else array


def _put(conn: Connection, run_id: int, part: str, content: bytes, key: str = "") -> None:
    values = {"run_id": run_id, "part": part, "key": key, "content": content}
    conn.execute(insert(RUN_BLOBS).values(values))


def _content(conn: Connection, run_id: int, part: str) -> bytes | None:
    c = RUN_BLOBS.c
    found = select(c.content).where(c.run_id == run_id, c.part == part, c.key == "")
    return conn.execute(found).scalar()
