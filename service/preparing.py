"""Scores a cohort's pairs and builds its round, all from one moment of the database."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.metadata import version
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data import cohorts, decisions, profiles, publications
from data.consents import consenting_startups
from data.engines import Connection
from data.runs import Grounds, Order
from matcher.assignment.building import Round, round_of
from matcher.profile import Programme, Startup
from service.matchmaking import EXCLUDING, Matchmaker
from service.opening import HOME
from service.pool import Pool
from service.scoreboard import Scoreboard

FEWEST = 5
"""Startups of a group that rests on consents, below which it is not told: it would tell of one."""

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A round ready to be solved, and what it rests on."""

    round: Round
    grounds: Grounds


def prepare(matchmaker: Matchmaker, board: Scoreboard, order: Order) -> Prepared:
    """Build the round of an order; the board scores again only what changed since it was asked.

    Raises CohortNotFound.
    """
    with matchmaker.still() as conn:
        cohort = cohorts.get(conn, order.cohort_id, order.cohort_version).cohort
        startups: list[Startup] = _present(matchmaker.startups, cohort.startups)
        wanted = [one.programme_id for one in cohort.intakes]
        programmes: list[Programme] = _present(matchmaker.programmes, wanted)
        round_ = round_of(
            cohort,
            startups,
            programmes,
            board.points(
                matchmaker.panel,
                matchmaker.startups,
                matchmaker.programmes,
                [one.id for one in startups],
                [one.id for one in programmes],
            ),
            matchmaker.panel,
            declined=_declined(conn),
            before=_published(conn, order),
            more_groups=founder_sexes(conn, matchmaker, startups),
        )
        return Prepared(round_, _grounds(conn, matchmaker, round_))


def _present(pool: Pool, ids: Iterable[str]) -> list[Any]:
    """The profiles of these ids that are kept, by id."""
    roster = pool.roster
    return [roster.profiles[roster.place(i)] for i in sorted(set(ids)) if i in roster]


def _declined(conn: Connection) -> set[tuple[str, str]]:
    words = sorted(EXCLUDING)
    return {pair for word in words for pair in decisions.pairs_decided(conn, "programme", word)}


def _published(conn: Connection, order: Order) -> Pairs:
    """The list that stood when a run was ordered: its round before."""
    held = None if order.held_from is None else publications.get(conn, order.held_from)
    return () if held is None else held.pairs


def founder_sexes(
    conn: Connection, matchmaker: Matchmaker, startups: Sequence[Startup]
) -> list[tuple[str, str, NDArray[np.bool_]]]:
    """Startups with and without a woman among their founders, where these consented to be seen."""
    seen = consenting_startups(conn, "founders", (HOME,), on=matchmaker.startups.roster.on)
    sexes = [_sexes_of(startup, seen) for startup in startups]
    found = (
        ("female", np.array(["female" in some for some in sexes], np.bool_)),
        ("male", np.array([bool(some) and some <= {"male", "other"} for some in sexes], np.bool_)),
    )
    return [("founder_sex", value, mask) for value, mask in found if mask.sum() >= FEWEST]


def _sexes_of(startup: Startup, seen: Collection[str]) -> set[str | None]:
    return {founder.sex for founder in startup.founders or () if startup.id in seen}


@cache
def code_version() -> str:
    """The version of the package and a digest of the code that decides a result."""
    seen = hashlib.sha256()
    folder = resources.files("matcher")
    for file in sorted(_sources(folder), key=lambda one: one[0]):
        seen.update(file[0].encode() + file[1])
    return f"{version('caunoi')}+{seen.hexdigest()[:12]}"


def _sources(folder: Traversable, path: str = "") -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _sources(entry, f"{path}{entry.name}/")
        elif entry.name.endswith(".py"):
            yield path + entry.name, entry.read_bytes()


def _grounds(conn: Connection, matchmaker: Matchmaker, round_: Round) -> Grounds:
    scale, instance = matchmaker.panel.scale, round_.instance
    read = {"programme": instance.programmes, "startup": instance.startups}
    versions = [
        (kind, one, number)
        for kind, ids in read.items()
        for one, number in sorted(profiles.versions(conn, kind, ids).items())
    ]
    ends = sorted(scale.calibrations.items())
    return Grounds(
        day=matchmaker.startups.roster.on,
        model_id=matchmaker.shortlist.encoder.model_id,
        points=tuple(sorted(scale.points.items())),
        calibrations=tuple((name, c.lowest, c.highest, c.neutral) for name, c in ends),
        noise=scale.noise,
        code_version=code_version(),
        versions=tuple(versions),
        input_digest=round_.digest(),
    )
