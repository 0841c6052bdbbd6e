"""The story of a round: a cohort is matched again, looked at, published, undone, done again.

A run is a draft: nothing leaves before somebody publishes it. Everything that a run rests on is
kept with it, so that it can be done again bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from data import cohorts, publications, runs
from data.engines import Engine, reading, transaction
from data.runs import Order, Run
from matcher.assignment.building import Round
from matcher.assignment.instance import How
from matcher.errors import (
    CauNoiError,
    ProfileNotFound,
    RunNotFound,
    SolverStopped,
)
from matcher.outcome import Outcome, Placement, Shortfall
from matcher.rounds import placed_elsewhere, what_would_change
from matcher.telling.elsewhere import Elsewhere
from matcher.telling.exposure import CappedLists, Exposure, capped_lists, exposure_of, plain_lists
from matcher.telling.what_if import WhatIf
from service.acting import Acts
from service.changed_profiles import changed_rows
from service.matchmaking import Matchmaker
from service.preparing import Prepared, prepare
from service.scoreboard import Scoreboard

Solve = Callable[[Round, How], Outcome | Shortfall]


@dataclass(frozen=True, slots=True)
class Explained:
    """What a run says of one startup, and what would change it."""

    run: Run
    placement: Placement
    what_ifs: tuple[WhatIf, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Lists:
    """Lists for the startups of a round, by place, with what they do beside those by fit alone.

    ``lists`` holds columns of the round's programmes, best fit first, -1 past the last.
    """

    round: Round
    capped: CappedLists
    before: Exposure
    after: Exposure


class Rounds(Acts):
    """Runs of cohorts, over one matchmaker; with all acts on those that are kept.

    Parameters
    ----------
    now
        Tells the moment at which something is written.
    """

    def __init__(self, engine: Engine, matchmaker: Matchmaker, now: Callable[[], datetime]) -> None:
        super().__init__(engine, now)
        self.matchmaker = matchmaker
        self.board = Scoreboard()

    # -- before a run ----------------------------------------------------------------------

    def order(self, cohort_id: str, how: How, who: str) -> Order:
        """An order for a cohort as it stands, against the list that is published now.

        Raises CohortNotFound.
        """
        with reading(self.engine) as conn:
            kept = cohorts.get(conn, cohort_id)
            latest = publications.latest(conn, cohort_id)
        held_from = None if latest is None else latest.id
        return Order(cohort_id, kept.version, how, held_from, who, self.now())

    def prepared(self, order: Order) -> Prepared:
        """The round of an order, from one moment of the database; raises CohortNotFound."""
        return prepare(self.matchmaker, self.board, order)

    # -- a run -----------------------------------------------------------------------------

    def try_out(self, order: Order, solve: Solve) -> tuple[Prepared, Outcome | Shortfall]:
        """Run a cohort and keep nothing."""
        prepared = self.prepared(order)
        return prepared, solve(prepared.round, order.how)

    def work(self, run: Run, solve: Solve) -> Run:
        """Do a claimed run and keep what came out; return it as it then stands."""
        prepared = self.prepared(run.order)
        answer = solve(prepared.round, run.order.how)
        kept = (run.id, prepared.grounds, prepared.round)
        bulk = runs.bulk_of(prepared.grounds, prepared.round, answer)  # before others must wait
        with transaction(self.engine) as conn:
            if isinstance(answer, Shortfall):
                runs.finish_short(conn, *kept, answer, self.now(), run.attempts, bulk)
            else:
                runs.finish(conn, *kept, answer, self.now(), run.attempts, bulk)
            return runs.get(conn, run.id)

    def run_now(self, order: Order, solve: Solve) -> Run:
        """Order a run and do it here and now; a run that fails is kept as failed, and raises."""
        with transaction(self.engine) as conn:
            number = runs.queue(conn, order)
            run = runs.claim(conn, order.ordered_by, self.now(), number)
        if run is None:
            raise RunNotFound(id=number)
        return self.attempt(run, solve)

    def attempt(self, run: Run, solve: Solve) -> Run:
        """Do a claimed run; where it fails, keep why and raise."""
        try:
            return self.work(run, solve)
        except Exception as error:
            self._keep_failure(run, error)
            raise

    def _keep_failure(self, run: Run, error: Exception) -> None:
        told = error if isinstance(error, CauNoiError) else SolverStopped()
        with transaction(self.engine) as conn:
            runs.fail(conn, run.id, told.code, told.facts, self.now(), run.attempts)

    # -- looking at a run ------------------------------------------------------------------

    def explained(self, run_id: int, startup_id: str) -> Explained:
        """What a run says of one startup, and what would change it, each proved by solving again.

        Raises RunNotFound, NoOutcome, and ProfileNotFound for a startup that was not in the round.
        """
        with reading(self.engine) as conn:
            run = runs.get(conn, run_id)
            outcome, round_ = runs.outcome(conn, run_id), runs.round_of(conn, run_id)
        said = {one.startup_id: one for one in outcome.placements}
        if startup_id not in said:
            raise ProfileNotFound(kind="startup", id=startup_id, nearest=())
        placement = said[startup_id]
        wanted = [one.programme_id for one in placement.missed]
        rows = changed_rows(self.matchmaker, round_, startup_id, wanted)
        changes = what_would_change(round_, run.order.how, outcome, startup_id, rows)
        return Explained(run, placement, changes)

    def elsewhere(self, run_id: int, startup_id: str, programme_id: str) -> Elsewhere:
        """What a run's round would lose if a startup had to be placed at a programme, proved.

        Raises RunNotFound, NoOutcome, ProfileNotFound for an id that was not in the round, and what
        solving raises.
        """
        with reading(self.engine) as conn:
            run = runs.get(conn, run_id)
            outcome, round_ = runs.outcome(conn, run_id), runs.round_of(conn, run_id)
        instance = round_.instance
        for kind, id, known in (
            ("startup", startup_id, instance.startups),
            ("programme", programme_id, instance.programmes),
        ):
            if id not in known:
                raise ProfileNotFound(kind=kind, id=id, nearest=())
        return placed_elsewhere(round_, run.order.how, outcome, startup_id, programme_id)

    def exposure(self, cohort_id: str, k: int, slack: float) -> Lists:
        """Lists of k programmes for every startup that respect the places before anybody applies.

        Raises CohortNotFound.
        """
        round_ = self.prepared(self.order(cohort_id, How(), "")).round
        fit, places = round_.instance.fit, round_.instance.places
        capped = capped_lists(fit, places, k, slack)
        before = exposure_of(fit, places, plain_lists(fit, places, k))
        return Lists(round_, capped, before, exposure_of(fit, places, capped.lists))
