"""What a run keeps in bulk, made ready before the database waits for it.

An outcome is kept in stretches of placements beside the rest of it, so that what is said of one
startup can be read without all the others.
"""

from __future__ import annotations

import dataclasses
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, insert

from data.outcomes import LEVEL, digest_of_outcome, digest_of_shortfall, packed
from data.solved_rounds import packed_round
from data.tables import RUN_BLOBS
from matcher.assignment.building import Round
from matcher.outcome import Outcome, Shortfall

STRETCH = 250
"""Placements that are kept, and read, together."""


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


@dataclass(frozen=True, slots=True)
class Bulk:
    """All that a run keeps beside its row, as bytes: part, key, content; and the result's digest.

    Made by :func:`bulk_of`, which takes seconds for a large round; a database that is being
    written to should not wait for that.
    """

    parts: tuple[tuple[str, str, bytes], ...]
    result_digest: str


def bulk_of(grounds: Grounds, round_: Round, answer: Outcome | Shortfall) -> Bulk:
    """Make what a run rests on, and what came of it, ready to be kept."""
    if isinstance(answer, Shortfall):
        told = [("shortfall", "", packed(answer))]
        digest = digest_of_shortfall(answer)
    else:
        told, digest = list(_outcome_parts(answer)), digest_of_outcome(answer)
    names = [field.name for field in dataclasses.fields(Grounds)]
    plain = {name: getattr(grounds, name) for name in names} | {"day": grounds.day.isoformat()}
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
    base = [
        ("grounds", "", zlib.compress(text, LEVEL)),
        ("round", "", packed_round(round_)),
    ]
    return Bulk((*base, *told), digest)


def keep(conn: Connection, run_id: int, bulk: Bulk) -> None:
    """Keep what was made ready."""
    rows = [
        {"run_id": run_id, "part": part, "key": key, "content": content}
        for part, key, content in bulk.parts
    ]
    conn.execute(insert(RUN_BLOBS), rows)


def _outcome_parts(outcome: Outcome) -> Iterator[tuple[str, str, bytes]]:
    placements = outcome.placements
    yield "outcome", "", packed(replace(outcome, placements=()))
    for start in range(0, len(placements), STRETCH):
        some = placements[start : start + STRETCH]
        yield "placements", some[0].startup_id, packed(*some)
