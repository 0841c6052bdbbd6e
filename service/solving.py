"""Solves a round in a process of its own, so that it can be watched, limited in time, and stopped.

A solver holds the interpreter for seconds, sometimes for its whole time limit; the service has to
answer meanwhile. The child imports the matcher alone: neither web, nor database, nor model.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from matcher.assignment.building import Round
from matcher.assignment.flow import is_flow_shaped
from matcher.assignment.instance import How
from matcher.errors import CauNoiError, OutOfTime, RunCancelled, SolverStopped
from matcher.outcome import Outcome, Shortfall
from matcher.rounds import run_round

Report = Callable[[str, float], bool]
"""Takes the stage and the share done (0 to 1); False asks the work to stop."""

BEAT_SECONDS = 1.0
"""How often progress is told even where nothing is new: a sign of life."""

MOST_HERE = 20_000
"""Pairs of a round that a process of its own would only delay."""

GRACE_SECONDS = 120.0
"""What a run may take beside the solver's own time limit."""


def solve_apart(round_: Round, how: How, report: Report) -> Outcome | Shortfall:
    """Run a round in a child process; the same answer as :func:`matcher.rounds.run_round`.

    Raises
    ------
    RunCancelled
        Where ``report`` said to stop; the child is ended at once.
    OutOfTime
        Where the time limit of ``how`` and its grace have passed.
    SolverStopped
        Where the child ended without an answer, such as for want of memory.
    CauNoiError
        Whatever the run itself raises.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_work, args=(theirs, round_, how), daemon=True)
    child.start()
    theirs.close()
    try:
        return _answer_of(ours, how, report)
    finally:
        child.kill()
        child.join()
        child.close()
        ours.close()


def solve_near(round_: Round, how: How, report: Report) -> Outcome | Shortfall:
    """Run a small round here, where no solver can hold it up, and any other in a child process.

    Raises as :func:`solve_apart`.
    """
    n, m = round_.instance.shape
    if n * m > MOST_HERE or not is_flow_shaped(round_.instance):
        return solve_apart(round_, how, report)

    def told(stage: str, share: float) -> None:
        if not report(stage, share):
            raise RunCancelled

    return run_round(round_, how, told)


def _answer_of(pipe: Connection, how: How, report: Report) -> Outcome | Shortfall:
    deadline = time.monotonic() + how.seconds + GRACE_SECONDS
    told: tuple[str, float] = ("starting", 0.0)
    while time.monotonic() < deadline:
        if pipe.poll(BEAT_SECONDS):
            kind, content = _received(pipe)
            if kind == "answer":
                answer: Outcome | Shortfall = content
                return answer
            if kind == "error":
                error, facts = content
                raise error(**facts)
            told = content
        if not report(*told):
            raise RunCancelled
    raise OutOfTime(seconds=how.seconds)


def _received(pipe: Connection) -> tuple[str, Any]:
    try:
        received: tuple[str, Any] = pipe.recv()
    except EOFError:
        raise SolverStopped from None
    return received


def _work(pipe: Connection, round_: Round, how: How) -> None:
    """The child: run the round, tell how far it is, and send what came out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent, which ends the child

    def report(stage: str, share: float) -> None:
        pipe.send(("progress", (stage, share)))

    try:
        pipe.send(("answer", run_round(round_, how, report)))
    except CauNoiError as error:
        pipe.send(("error", (type(error), error.facts)))
