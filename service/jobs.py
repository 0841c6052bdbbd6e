"""Does the runs that wait, one after the other, beside the requests of the service.

Runs stand in the database: those that a stop or a crash interrupts are taken up again. Several
processes may work on one database, since a run is claimed by one of them only.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from data import runs
from data.engines import reading, transaction
from data.runs import Run
from matcher.assignment.building import Round
from matcher.assignment.instance import How
from matcher.errors import CauNoiError, RunCancelled
from matcher.outcome import Outcome, Shortfall
from service.metrics import Metrics
from service.problems import LOG
from service.pulse import SILENT_SECONDS, Pulse, is_dead, worker_name
from service.rounds import Rounds
from service.solving import Report, solve_apart

PAUSE_SECONDS = 5.0
"""How often the queue is looked at where nobody wakes the worker: others may have queued a run."""

STOP_SECONDS = 15.0
"""How long a stop waits for work that cannot be ended at once; then it is left to a rescue."""

SolveWatched = Callable[[Round, How, Report], Outcome | Shortfall]


class Stopping(BaseException):
    """The service stops: not a fault of the run in work, which nothing may keep as its end."""


class Jobs(threading.Thread):
    """One worker.

    Parameters
    ----------
    warm
        Set when the matchmaker has taken in every profile; no run is claimed before.
    solve
        Solves a round, tells how far it is, and ends when the answer to that is False.
    silent_seconds
        After so long without a sign of life, a run is taken from its worker.
    """

    def __init__(
        self,
        rounds: Rounds,
        warm: threading.Event,
        metrics: Metrics | None = None,
        *,
        solve: SolveWatched = solve_apart,
        pause: float = PAUSE_SECONDS,
        silent_seconds: float = SILENT_SECONDS,
    ) -> None:
        super().__init__(name="jobs", daemon=True)
        self.rounds = rounds
        self.warm = warm
        self.metrics = metrics
        self.solve = solve
        self.pause = pause
        self.silent_seconds = silent_seconds
        self.stopped = threading.Event()
        self._awake = threading.Event()

    def run(self) -> None:
        """Take runs from dead workers, then do one run after the other until it is stopped."""
        while not self.warm.wait(0.1):
            if self.stopped.is_set():
                return
        self._guarded(self._take_from_the_dead)
        while not self.stopped.is_set():
            if not self._guarded(self.do_one):
                self._awake.wait(self.pause)
                self._awake.clear()

    def wake(self) -> None:
        """Let the worker look at the queue now."""
        self._awake.set()

    def stop(self) -> None:
        """End soon: a run in work goes back into the queue, and the next start takes it up."""
        self.stopped.set()
        self.wake()
        if self.is_alive():
            self.join(STOP_SECONDS)

    def do_one(self) -> bool:
        """Do the run that has waited longest; False where none waits."""
        at = self.rounds.now()
        with transaction(self.rounds.engine) as conn:
            runs.rescue(conn, at, self.silent_seconds)
            run = runs.claim(conn, worker_name(), at)
        if run is None:
            return False
        started = time.monotonic()
        try:
            state = self._done(run)
        except Stopping:
            with transaction(self.rounds.engine) as conn:
                runs.release(conn, run.id, run.attempts)
            return False
        if self.metrics is not None:
            self.metrics.ran(state, time.monotonic() - started)
        return True

    def _done(self, run: Run) -> str:
        """Do a run and return its state; its errors are kept with it and not raised."""
        try:
            return worked_on(self.rounds, run, self._solve).state
        except RunCancelled:
            return "cancelled"
        except CauNoiError as error:
            LOG.warning("run %d failed: %s", run.id, error)
        except Exception:
            LOG.exception("run %d failed", run.id)
        return "failed"

    def _solve(self, round_: Round, how: How, report: Report) -> Outcome | Shortfall:
        def watched(stage: str, share: float) -> bool:
            if self.stopped.is_set():
                raise Stopping
            return report(stage, share)

        if not watched("starting", 0.0):
            raise RunCancelled
        return self.solve(round_, how, watched)

    def _take_from_the_dead(self) -> bool:
        with reading(self.rounds.engine) as conn:
            dead = [worker for worker in runs.workers(conn) if is_dead(worker)]
        with transaction(self.rounds.engine) as conn:
            return bool(runs.rescue(conn, self.rounds.now(), self.silent_seconds, dead=dead))

    def _guarded(self, work: Callable[[], bool]) -> bool:
        try:
            return work()
        except Exception:
            LOG.exception("the worker of runs could not go on; it tries again")
            return False


def worked_on(rounds: Rounds, run: Run, solve: SolveWatched) -> Run:
    """Do a claimed run under its pulse, and return it as it then stands.

    Raises
    ------
    RunCancelled
        Where somebody cancelled it, or another worker took it over.
    Exception
        Whatever the run itself raises; it is kept with it.
    """
    with Pulse(rounds.engine, run, rounds.now) as pulse:
        return rounds.attempt(run, lambda round_, how: solve(round_, how, pulse.report))
