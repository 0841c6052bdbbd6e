"""The story: a profile comes in, its matches go out with their reasons. Knows no web.

The database is the truth. The pools and the vectors beside it are derived: filled at the start,
and caught up with the numbered changes of the database before every answer, so that a change made
by anybody, in this process or another, is seen by the next search.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np

from data import decisions, profiles, weights_kept
from data.engines import Connection, Engine, reading
from matcher.batch import Best, best_of_all
from matcher.errors import ProfileNotFound
from matcher.explaining import Explanation, explain
from matcher.panel import Panel
from matcher.partner_rules import PARTNER_RULES
from matcher.partners import partner_ids, partners_of
from matcher.profile import Incubator, Programme, Startup
from matcher.ranking import Asker, Limit, Ranking, rank
from matcher.rules import RULES
from matcher.weights import PORTFOLIO, TEXT, Scale
from models.encoder import Progress
from models.index import VectorIndex
from models.shortlist import Shortlist, Vector
from models.text import incubator_texts
from service.pool import Index, Pool, Seen, both_sides

LIMITS: dict[str, Callable[[Any], str]] = {
    "country": lambda profile: getattr(profile, "host", profile.country),
    "organisation": lambda profile: getattr(profile, "organisation", profile.name),
}
"""What a list can be limited by: at most so many of the same country or organisation."""

EXCLUDING = frozenset({"declined"})
"""Decisions that take a pair out of further lists; the others mark it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a list.

    ``k`` matches; at most ``limits[name]`` of the same country or organisation; and as many
    refusals explained as ``refusals``. With ``with_declined`` pairs that were declined stay in.
    Profiles that ``keeps`` says no to are left out altogether.
    """

    k: int = 10
    limits: dict[str, int] = field(default_factory=dict)
    refusals: int = 1000
    with_declined: bool = False
    keeps: Callable[[Any], bool] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Who asked, the ranking, and the decision on record for each id that has one."""

    asker: Any
    ranking: Ranking
    decisions: dict[str, str]
    profiles: dict[str, Any]


class Matchmaker:
    """Joins what is remembered, what is near, and what is judged.

    Parameters
    ----------
    today
        Tells the day on which rules are read; a function, since a service outlives a day.
    """

    def __init__(
        self,
        engine: Engine,
        shortlist: Shortlist,
        scale: Scale,
        partner_scale: Scale,
        today: Callable[[], date],
    ) -> None:
        self.engine = engine
        self.shortlist = shortlist
        self.own_scale = scale
        self.panel = Panel(RULES, scale)
        self.partner_panel = Panel(PARTNER_RULES, partner_scale)
        self.today = today
        self._lock = threading.RLock()
        self._seq = 0
        self._weights_act = 0
        self._partner_vectors = VectorIndex(shortlist.encoder.dimension, shortlist.encoder.model_id)
        self._fresh_pools(today())

    def _fresh_pools(self, day: date) -> None:
        near = self.shortlist
        texts: dict[str, Index] = {TEXT: near.programmes, PORTFOLIO: near.portfolios}
        self.programmes = Pool(RULES, "right", day, texts)
        self.startups = Pool(RULES, "left", day, {TEXT: near.startups, PORTFOLIO: near.startups})
        self.incubators: dict[str, Incubator] = {}
        self.partners = Pool(PARTNER_RULES, "right", day, {TEXT: self._partner_vectors})

    # -- catching up -----------------------------------------------------------------------

    def catch_up(self, progress: Progress | None = None) -> int:
        """Take in every change of the database since the last time; return how many.

        The first call reads everything. Profiles are encoded before they are put on a roster, so
        that an interruption leaves both sides as they were and the next call goes on.
        """
        with self._lock:
            with reading(self.engine) as conn:
                self._take_weights(conn)
                latest = profiles.latest_seq(conn)
                if latest == self._seq:
                    self._turn_the_day()
                    return 0
                changed = self._changed(conn)
            for kind, found, gone in changed:
                self._learn(kind, found, progress)
                self._forget(kind, gone)
            if any(kind in ("programme", "incubator") for kind, _, _ in changed):
                self._gather_partners()
            if self._seq == 0:
                gc.freeze()  # the pools live as long as the process: no need to walk them again
            count, self._seq = latest - self._seq, latest
            self._turn_the_day()
            return count

    @contextmanager
    def still(self) -> Iterator[Connection]:
        """Hold everything as it is at one moment of the database, which the connection reads."""
        with self._lock:
            while True:
                self.catch_up()
                with reading(self.engine) as conn:
                    act = weights_kept.latest_act(conn)
                    same = (0 if act is None else act.id) == self._weights_act
                    if same and profiles.latest_seq(conn) == self._seq:
                        yield conn
                        return

    def _take_weights(self, conn: Connection) -> None:
        """Score by the weights that stand, where they have changed."""
        act = weights_kept.latest_act(conn)
        number = 0 if act is None else act.id
        if number == self._weights_act:
            return
        self.panel = Panel(RULES, self.scale_now(conn))
        self._weights_act = number

    def scale_now(self, conn: Connection) -> Scale:
        """The scale of the installation with the points that stand."""
        points = weights_kept.points_now(conn, self.own_scale.points)
        return replace(self.own_scale, points=points)

    def _changed(self, conn: Connection) -> list[tuple[str, Sequence[Any], list[str]]]:
        """For each kind that changed: the living profiles, and the ids of those now gone."""
        if self._seq == 0:
            kinds = ("programme", "startup", "incubator")
            return [(kind, profiles.all_profiles(conn, kind), []) for kind in kinds]
        ids: dict[str, set[str]] = {}
        for change in profiles.changes_since(conn, self._seq):
            ids.setdefault(change.kind, set()).add(change.id)
        found = {kind: profiles.get_many(conn, kind, wanted) for kind, wanted in ids.items()}
        return [
            (kind, list(found[kind].values()), sorted(wanted - found[kind].keys()))
            for kind, wanted in ids.items()
        ]

    def _learn(self, kind: str, found: Sequence[Any], progress: Progress | None) -> None:
        if kind == "programme":
            self.shortlist.learn_programmes(found, progress)
            self.programmes.put(found)
        elif kind == "startup":
            self.shortlist.learn_startups(found, progress)
            self.startups.put(found)
        else:
            self.shortlist.learn_incubators(found, progress)
            self.incubators |= {incubator.id: incubator for incubator in found}

    def _forget(self, kind: str, gone: Sequence[str]) -> None:
        for profile_id in gone:
            self.shortlist.forget(kind, profile_id)
            if kind == "incubator":
                self.incubators.pop(profile_id, None)
            else:
                pool = self.programmes if kind == "programme" else self.startups
                pool.remove(profile_id)

    def _gather_partners(self) -> None:
        """Derive the partners abroad anew: organisations of programmes, and kept incubators."""
        programmes: Sequence[Programme] = self.programmes.roster.profiles
        runs: dict[str, list[str]] = {}
        for programme_id, partner in partner_ids(programmes).items():
            runs.setdefault(partner, []).append(programme_id)
        partners = partners_of(programmes) + tuple(self.incubators.values())
        near = self.shortlist
        vectors = {i: near.mean_of_programmes(ids) for i, ids in runs.items()}
        vectors |= {i: near.incubators.vector(i) for i in self.incubators}
        self._partner_vectors = VectorIndex(near.encoder.dimension, near.encoder.model_id)
        for profile_id, vector in vectors.items():
            if vector is not None:
                self._partner_vectors.put([profile_id], vector[None, :])
        day = self.partners.roster.on
        self.partners = Pool(PARTNER_RULES, "right", day, {TEXT: self._partner_vectors})
        self.partners.put(partners)

    def _turn_the_day(self) -> None:
        """Read ages, windows and intakes anew when the day has changed."""
        day = self.today()
        if day != self.programmes.roster.on:
            self.programmes = self.programmes.on(day)
            self.startups = self.startups.on(day)
            self.partners = self.partners.on(day)

    # -- the three askers ------------------------------------------------------------------

    def top_matches(self, startup: str | Startup, wish: Wish) -> Answer:
        """The programmes open to a startup, best first, and those that are not, with the reason.

        ``startup`` is the id of a kept profile, or a profile that need not be kept.

        Raises
        ------
        ProfileNotFound
            With the ids that are spelt alike.
        """
        vector = self._new_vector(startup)
        with self._lock:
            self.catch_up()
            asker = self.asker_of(startup, vector)
            on_record = self._decisions_of(asker.profile.id, "programme")
            ranking = self._rank(self.panel, self.programmes, asker, wish, on_record)
            return _answer(asker.profile, ranking, on_record, self.programmes)

    def top_startups(self, programme: str | Programme, wish: Wish) -> Answer:
        """The startups that a programme fits best; raises ProfileNotFound.

        ``programme`` is the id of a kept profile, or a kept profile with other conditions: texts
        and portfolio are those that are kept under its id.
        """
        with self._lock:
            self.catch_up()
            if isinstance(programme, Programme):
                asking = programme
            else:
                asking = self.kept("programme", programme)
            near = self.shortlist
            seen: dict[str, Seen] = {
                TEXT: near.programme_vector(asking.id),
                PORTFOLIO: near.portfolio(asking.id),
            }
            asker = Asker(asking, self.startups.likenesses(seen))
            on_record = self._decisions_about("programme", asking.id)
            ranking = self._rank(self.panel, self.startups, asker, wish, on_record)
            return _answer(asking, ranking, on_record, self.startups)

    def top_partners(self, incubator: str | Incubator, wish: Wish) -> Answer:
        """The organisations abroad that suit an incubator best; raises ProfileNotFound."""
        with self._lock:
            self.catch_up()
            home, vector = self._incubator(incubator)
            asker = Asker(home, self.partners.likenesses({TEXT: vector}))
            on_record = self._decisions_of(home.id, "incubator")
            panel = self.partner_panel
            ranking = self._rank(panel, self.partners, asker, wish, on_record, {home.id})
            return _answer(home, ranking, on_record, self.partners)

    def explain_pair(self, startup: str | Startup, programme_id: str) -> Explanation:
        """Every part of a pair, and the single changes that help, each proved by a second run."""
        vector = self._new_vector(startup)
        with self._lock:
            self.catch_up()
            asker = self.asker_of(startup, vector)
            self.kept("programme", programme_id)
            return explain(self.panel, self.programmes.roster, asker, programme_id)

    def similar(self, kind: str, profile_id: str, k: int) -> list[tuple[Any, float]]:
        """The k kept profiles of the same kind that are nearest in text, with their likeness.

        For finding a profile that was entered twice, or a precedent; raises ProfileNotFound.
        """
        with self._lock:
            self.catch_up()
            self.kept(kind, profile_id)
            found = self.shortlist.similar(kind, profile_id, k)
            return [(self.kept(kind, one.id), one.likeness) for one in found]

    def best_for_all(self, k: int) -> Best:
        """The k best programmes of every kept startup, by place in the two pools."""
        with self._lock:
            self.catch_up()
            askers, roster = self.startups.roster, self.programmes.roster
            places = np.arange(len(askers)), np.arange(len(roster))
            likenesses = both_sides(self.startups, places[0], self.programmes, places[1])
            return best_of_all(self.panel, askers, roster, likenesses, k)

    # -- parts of the story ----------------------------------------------------------------

    def _new_vector(self, startup: str | Startup) -> Vector | None:
        """Encode a profile that is not kept, before the lock is taken: others need not wait."""
        return None if isinstance(startup, str) else self.shortlist.startup_vector(startup)

    def asker_of(self, startup: str | Startup, vector: Vector | None = None) -> Asker:
        """A startup with its likenesses to every programme; a kept one brings its own vector."""
        profile: Startup
        if isinstance(startup, str):
            profile = self.kept("startup", startup)
            vector = self.shortlist.startups.vector(startup)
        else:
            profile = startup
        likenesses = self.programmes.likenesses({TEXT: vector, PORTFOLIO: vector})
        return Asker(profile, likenesses, self.shortlist.nearest_alumni(vector))

    def _incubator(self, incubator: str | Incubator) -> tuple[Incubator, Vector | None]:
        if not isinstance(incubator, str):
            kept = self.incubators.get(incubator.id)
            if kept is not None and incubator_texts(kept) == incubator_texts(incubator):
                return incubator, self.shortlist.incubators.vector(incubator.id)
            return incubator, self.shortlist.incubator_vector(incubator)
        if incubator not in self.incubators:
            self._not_found("incubator", incubator)
        return self.incubators[incubator], self.shortlist.incubators.vector(incubator)

    def kept(self, kind: str, profile_id: str) -> Any:
        """A kept profile; raises ProfileNotFound with ids that are spelt alike."""
        if kind == "incubator":
            return self._incubator(profile_id)[0]
        roster = (self.programmes if kind == "programme" else self.startups).roster
        if profile_id not in roster:
            self._not_found(kind, profile_id)
        return roster.profiles[roster.place(profile_id)]

    def _not_found(self, kind: str, profile_id: str) -> None:
        with reading(self.engine) as conn:
            profiles.get(conn, kind, profile_id)
        raise ProfileNotFound(kind=kind, id=profile_id, nearest=())

    def _rank(
        self,
        panel: Panel,
        pool: Pool,
        asker: Asker,
        wish: Wish,
        on_record: dict[str, str],
        itself: Set[str] = frozenset(),
    ) -> Ranking:
        """Rank a pool; ``itself`` is the asker's own id where the asker is in that pool."""
        declined = {i for i, decision in on_record.items() if decision in EXCLUDING}
        limits = [Limit(LIMITS[name], most) for name, most in wish.limits.items()]
        without = itself if wish.with_declined else declined | itself
        if wish.keeps is not None:
            without = without | {p.id for p in pool.roster.profiles if not wish.keeps(p)}
        return rank(
            panel,
            pool.roster,
            asker,
            wish.k,
            without=without,
            limits=limits,
            refusals=wish.refusals,
        )

    def _decisions_of(self, asker_id: str, target_kind: str) -> dict[str, str]:
        with reading(self.engine) as conn:
            latest = decisions.latest_decisions(conn, asker_id)
        return {d.target_id: d.decision for d in latest if d.target_kind == target_kind}

    def _decisions_about(self, target_kind: str, target_id: str) -> dict[str, str]:
        with reading(self.engine) as conn:
            latest = decisions.latest_about_target(conn, target_kind, target_id)
        return {d.startup_id: d.decision for d in latest}


def _answer(asker: Any, ranking: Ranking, on_record: dict[str, str], pool: Pool) -> Answer:
    shown = [m.id for m in ranking.matches] + [r.id for r in ranking.refusals]
    roster = pool.roster
    return Answer(asker, ranking, on_record, {i: roster.profiles[roster.place(i)] for i in shown})
