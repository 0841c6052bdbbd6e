"""Finds whom a run's answers speak of, so that their names are read once for an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from data.engines import Connection
from data.texts import Texts
from matcher.outcome import Move, Outcome, Placement, Shortfall
from matcher.rules.base import Reason
from matcher.telling.what_if import WhatIf
from service.round_texts import NAMED, RoundTexts, names_of


def telling(
    conn: Connection, texts: Texts, ids: Iterable[str], reasons: Iterable[Reason] = ()
) -> RoundTexts:
    """Texts that know the names behind these ids, and behind those in reasons."""
    wanted = sorted({*ids, *_ids_in(reasons)})
    return RoundTexts(texts, names_of(conn, wanted, wanted))


def _ids_in(reasons: Iterable[Reason]) -> Iterator[str]:
    for reason in reasons:
        for name, fact in reason.facts:
            if name in NAMED and isinstance(fact, str):
                yield fact


def ids_of_placements(some: Sequence[Placement]) -> Iterator[str]:
    """The startups of placements, and the programmes that these speak of."""
    for one in some:
        yield one.startup_id
        yield from (place.programme_id for place in one.places)
        yield from (miss.programme_id for miss in one.missed)


def reasons_of_placements(some: Sequence[Placement]) -> Iterator[Reason]:
    """All their reasons."""
    for one in some:
        yield from one.reasons


def ids_of_moves(moves: Sequence[Move]) -> Iterator[str]:
    """The startups of moves, and the programmes that they left or went to."""
    for one in moves:
        yield from (one.startup_id, *one.before, *one.after)


def reasons_of_moves(moves: Sequence[Move]) -> Iterator[Reason]:
    """All their reasons."""
    for one in moves:
        yield from one.reasons


def ids_of_what_ifs(answers: Sequence[WhatIf]) -> Iterator[str]:
    """The programmes that answers speak of."""
    for one in answers:
        yield from (*one.before, *one.after)
        if one.programme_id is not None:
            yield one.programme_id


def ids_of_outcome(answer: Outcome | Shortfall) -> Iterator[str]:
    """Every id that the whole of a run speaks of, its placements apart."""
    if isinstance(answer, Shortfall):
        for way in answer.ways_out:
            for one in way.relaxed:
                yield from one.limit.split(":")[1:]
        return
    for load in answer.loads:
        yield load.programme_id
        yield from (waiting.startup_id for waiting in load.reserves)
    yield from ids_of_moves(answer.moves)


def reasons_of_outcome(answer: Outcome | Shortfall) -> Iterator[Reason]:
    """The notes, and why startups moved."""
    if isinstance(answer, Outcome):
        yield from answer.notes
        yield from reasons_of_moves(answer.moves)
