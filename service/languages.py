"""The same startups in two languages, measured: by engines that have not learnt from them.

What the engine learns from the shipped catalogue (centres, topics, ends of the likeness, how
Vietnamese is written) is learnt anew for each of :data:`FOLDS` parts of the startups, without
them, and those are measured with it. Lists are the product's own, rules and gates and all; the
rules read the fields that both writings share.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from data import profiles
from data.engines import reading
from matcher.profile import Startup
from matcher.weights import LIKENESSES
from models.accents import AccentingEncoder
from models.encoder import Encoder, Progress
from models.twins import (
    DIRECTIONS,
    TOP,
    WRITINGS,
    Agreement,
    Seen,
    agreement_of,
    compare,
    is_twin,
)
from models.vectors import MemoryVectors, RememberingEncoder
from service.matchmaking import Matchmaker, Wish
from service.opening import today, wire_engine
from service.settings import Settings
from service.wiring import wire

FOLDS = 5


def measure_languages(settings: Settings, progress: Progress | None = None) -> list[Agreement]:
    """Measure every direction of :data:`DIRECTIONS` over the startups kept in both languages."""
    with reading(wire_engine(settings)) as conn:
        kept = profiles.all_profiles(conn, "startup")
    startups = [s for s in kept if isinstance(s, Startup) and is_twin(s)]
    memory = MemoryVectors()
    rows: dict[tuple[str, str], list[Any]] = {direction: [] for direction in DIRECTIONS}
    for fold in range(min(FOLDS, len(startups))):
        places = list(range(fold, len(startups), FOLDS))
        left_out = frozenset(startups[place].id for place in places)
        matchmaker = wire(settings, today, progress, left_out).matchmaker
        matchmaker.catch_up(progress)
        near = matchmaker.shortlist
        near.passing = _remembering(near.passing, memory)
        for direction, found in _compared(matchmaker, startups, places):
            rows[direction].append(found)
    return [agreement_of(*d, np.concatenate(found)) for d, found in rows.items() if found]


def as_json(found: Sequence[Agreement]) -> dict[str, Any]:
    """The form of ``caunoi evaluate --languages --json``; what is not known is null."""
    told = [
        {name: None if value != value else value for name, value in asdict(one).items()}
        for one in found
    ]
    return {"directions": told}


def _compared(
    matchmaker: Matchmaker, startups: Sequence[Startup], places: Sequence[int]
) -> Iterator[tuple[tuple[str, str], Any]]:
    targets = {target for _, target in DIRECTIONS}
    seen = {
        name: _seen(matchmaker, [write(s) for s in startups])
        for name, write in WRITINGS.items()
        if name in targets
    }
    for source, target in DIRECTIONS:
        write = WRITINGS[source]
        one = _seen(matchmaker, [write(startups[place]) for place in places])
        yield (source, target), compare(one, seen[target], places)


def _seen(matchmaker: Matchmaker, startups: Sequence[Startup]) -> Seen:
    """How the product sees startups that it does not keep."""
    vectors = [matchmaker.shortlist.startup_vector(startup) for startup in startups]
    pool = matchmaker.programmes
    everywhere = np.arange(len(pool.roster))
    near = [
        {n.name: n.at(everywhere) for n in pool.likenesses(dict.fromkeys(LIKENESSES, vector))}
        for vector in vectors
    ]
    tops = [
        frozenset(m.id for m in matchmaker.top_matches(s, Wish(TOP, refusals=0)).ranking.matches)
        for s in startups
    ]
    cosines = {name: np.stack([one[name] for one in near]) for name in LIKENESSES}
    known = [
        v if v is not None else np.zeros(matchmaker.shortlist.encoder.dimension) for v in vectors
    ]
    return Seen(np.stack(known), cosines, tops)


def _remembering(encoder: Encoder, memory: MemoryVectors) -> Encoder:
    """Remember vectors from fold to fold, but not how one fold has restored the marks of a text."""
    if isinstance(encoder, AccentingEncoder):
        return AccentingEncoder(_remembering(encoder.within, memory), encoder.accents)
    return RememberingEncoder(encoder, memory)
