"""What needs an officer today: arrivals, near ties, unknowns, closing windows, questions, runs."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from data import cohorts, decisions, profiles, questions, runs, weights_kept
from data.arrivals import Arrival, arrivals
from data.engines import Connection
from data.questions import Question
from data.run_records import Run
from matcher.batch import Best
from matcher.panel import BLOCK
from matcher.profile import Programme, Startup
from service.matchmaking import Matchmaker

CLOSING_WITHIN = timedelta(days=30)
NEW_WITHIN = timedelta(days=14)
SHOWN = 6
"""Entries of each kind on the page; of more, only how many there are."""

MOST_TIES = 40
"""Near ties on the page, all but the first few folded away."""

LIST = 10
"""Length of the lists in which programmes are looked for."""

CATALOGUE = "catalogue"
"""Who has brought in the shipped profiles."""

ASKED_OF_PROGRAMMES = (
    "capacity",
    "equity_percent",
    "fee",
    "funding",
    "languages",
    "on_site",
    "min_age_years",
    "max_age_years",
    "incorporation_required",
)
"""Fields of a programme on which a match most often waits, in reading order."""


@dataclass(frozen=True, slots=True)
class NearTie:
    """A startup whose two best programmes are closer than the noise, and nobody has decided."""

    startup_id: str
    startup: str
    programmes: tuple[tuple[str, str], ...]
    score: float
    gap: float


@dataclass(frozen=True, slots=True)
class Unknowns:
    """A programme that stands in many lists, and what is not known of it."""

    id: str
    name: str
    lists: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Closing:
    """A programme whose window closes soon, and in how many lists it stands."""

    id: str
    name: str
    country: str
    on: date
    days: int
    lists: int


@dataclass(frozen=True, slots=True)
class Today:
    """All of it; the counts are of everything, also of what is not shown."""

    counts: tuple[tuple[str, int], ...]
    arrivals: tuple[Arrival, ...]
    near_ties: tuple[NearTie, ...]
    near_ties_all: int
    unknowns: tuple[Unknowns, ...]
    closing: tuple[Closing, ...]
    window_unknown: int
    questions: tuple[Question, ...]
    runs: tuple[Run, ...]
    round_names: Mapping[str, str]


class Lists:
    """The best programmes of every startup, worked out again only when something has changed."""

    def __init__(self, matchmaker: Matchmaker) -> None:
        self.matchmaker = matchmaker
        self._lock = threading.Lock()
        self._sign: tuple[object, ...] | None = None
        self._best: Best | None = None

    def best(self, conn: Connection) -> Best:
        """For every startup by place on its roster, the :data:`LIST` best programmes."""
        act = weights_kept.latest_act(conn)
        day = self.matchmaker.today()
        sign = (profiles.latest_seq(conn), None if act is None else act.id, day)
        with self._lock:
            if self._best is None or sign != self._sign:
                self._best, self._sign = self.matchmaker.best_for_all(LIST), sign
            return self._best


def today(conn: Connection, lists: Lists, now: datetime) -> Today:
    """Gather it, from one moment of the database; ``now`` is the moment of asking."""
    best = lists.best(conn)
    matchmaker = lists.matchmaker
    programmes: list[Programme] = list(matchmaker.programmes.roster.profiles)
    in_lists = Counter(int(place) for place in best.places.ravel() if place >= 0)
    ties = _near_ties(conn, matchmaker, best)
    day = matchmaker.programmes.roster.on
    kinds = ("startup", "programme", "incubator")
    return Today(
        counts=tuple((kind, profiles.count(conn, kind)) for kind in kinds),
        arrivals=arrivals(conn, now - NEW_WITHIN, besides=(CATALOGUE,), limit=SHOWN),
        near_ties=ties[:MOST_TIES],
        near_ties_all=len(ties),
        unknowns=_unknowns(programmes, in_lists)[:SHOWN],
        closing=_closing(programmes, in_lists, day),
        window_unknown=sum(_has_no_window(programmes[place]) for place in in_lists),
        questions=questions.unanswered(conn, SHOWN),
        runs=_last_runs(conn),
        round_names={one.cohort.id: one.cohort.name for one in cohorts.all_cohorts(conn)},
    )


def _near_ties(conn: Connection, matchmaker: Matchmaker, best: Best) -> tuple[NearTie, ...]:
    """Closest first. A startup about which anything was decided is left to its officer."""
    decided = {one.startup_id for one in decisions.latest_of_all(conn, "programme")}
    startups: list[Startup] = list(matchmaker.startups.roster.profiles)
    programmes: list[Programme] = list(matchmaker.programmes.roster.profiles)
    noise = round(matchmaker.panel.scale.noise * 100)
    found = []
    for place in map(int, np.flatnonzero(best.sums[:, 1] > BLOCK)):
        gap = int(best.sums[place, 0] - best.sums[place, 1])
        if gap < noise and startups[place].id not in decided:
            pair = [programmes[at] for at in best.places[place, :2]]
            found.append(
                NearTie(
                    startups[place].id,
                    startups[place].name,
                    tuple((one.id, one.name) for one in pair),
                    int(best.sums[place, 0]) / 100,
                    gap / 100,
                )
            )
    return tuple(sorted(found, key=lambda tie: (tie.gap, -tie.score, tie.startup_id)))


def _unknowns(programmes: list[Programme], in_lists: Counter[int]) -> tuple[Unknowns, ...]:
    """Those first whose answers would serve the most lists."""
    found = []
    for place, count in in_lists.items():
        one = programmes[place]
        fields = tuple(name for name in ASKED_OF_PROGRAMMES if getattr(one, name) is None)
        if _has_no_window(one):
            fields = ("application_close", *fields)
        if fields:
            found.append(Unknowns(one.id, one.name, count, fields))
    return tuple(sorted(found, key=lambda one: (-one.lists * len(one.fields), one.id)))


def _has_no_window(programme: Programme) -> bool:
    known = programme.application_close, programme.intake_months
    return not programme.rolling and known == (None, None)


def _closing(programmes: list[Programme], in_lists: Counter[int], day: date) -> tuple[Closing, ...]:
    found = []
    for place, one in enumerate(programmes):
        last = one.application_close
        if last is not None and day <= last <= day + CLOSING_WITHIN:
            days = (last - day).days
            found.append(Closing(one.id, one.name, one.host, last, days, in_lists[place]))
    return tuple(sorted(found, key=lambda one: (one.on, one.id)))


def _last_runs(conn: Connection) -> tuple[Run, ...]:
    found = [
        run for kept in cohorts.all_cohorts(conn) for run in runs.runs_of(conn, kept.cohort.id, 3)
    ]
    return tuple(sorted(found, key=lambda run: -run.id)[:SHOWN])
