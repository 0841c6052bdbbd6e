"""A city's whole round the product's own way: scored, solved, told, matched again, written.

Run as ``python -m tests.benchmarks.bench_cohorts``; it needs the texts that stand beside the
checkout (see :mod:`tests.benchmarks.cohort_crowd`). The peak of memory is read after the first run
and before any baseline, so that it is the round's own.
"""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from matcher.assignment.building import Round
from matcher.assignment.instance import How, Instance, Solution
from matcher.assignment.solving import solve
from matcher.outcome import Outcome
from matcher.rounds import exchange_for, known_of, run_round
from matcher.telling.fairness import fairness_sheet
from matcher.telling.placing import placements
from matcher.telling.reserves import reserves
from matcher.weights import PORTFOLIO, TEXT
from service.scoreboard import Scoreboard
from tests.benchmarks import crowd
from tests.benchmarks.cohort_again import run_again, run_changed, run_reports
from tests.benchmarks.cohort_crowd import (
    FEW,
    MANY,
    TEXTS,
    World,
    points_of,
    round_with,
    world_of,
)
from tests.benchmarks.figures import Figure, show, timed

STARTUPS = 20_000


def peak() -> str:
    """Highest memory of this process so far."""
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB"


def bare_flow(instance: Instance) -> int:
    """The total by OR-tools' flow over all open pairs, as its makers show it for assignment."""
    n, m = instance.shape
    rows, cols = np.nonzero(instance.open_)
    source, sink = n + m, n + m + 1
    everybody, every = np.arange(n), np.arange(n, n + m)
    tails = np.concatenate([rows, np.full(n, source), every, [source]])
    heads = np.concatenate([n + cols, everybody, np.full(m, sink), [sink]])
    most = np.concatenate([np.ones(len(rows)), np.ones(n), instance.places, [n]]).astype(np.int64)
    costs = np.zeros(len(tails), np.int64)
    costs[: len(rows)] = -instance.fit[rows, cols].astype(np.int64)
    solver = SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(tails, heads, most, costs)
    solver.set_nodes_supplies(np.array([source, sink]), np.array([n, -n]))
    if solver.solve() != solver.OPTIMAL:
        raise RuntimeError("the bare flow found no answer")
    return -solver.optimal_cost()


def bare_product(world: World) -> None:
    """Both likenesses of every pair as bare float32 products."""
    texts = world.startups.indexes[TEXT].gallery.centres
    for name in (TEXT, PORTFOLIO):
        texts @ world.programmes.indexes[name].gallery.centres.T


@dataclass(frozen=True, slots=True, eq=False)
class First:
    """The first run of a round, and the seconds of its scoring, solving and all of it."""

    round: Round
    best: Solution
    outcome: Outcome
    scoring: float
    solving: float
    whole: float


def run_few(board: Scoreboard, world: World) -> tuple[First, list[Figure]]:
    """Score, solve and tell a round of few places, and its parts one by one."""
    _, scoring = timed(lambda: points_of(board, world))
    scored = board.scored
    round_, building = timed(lambda: round_with(board, world, FEW))
    outcome, whole = timed(lambda: run_round(round_, How()))
    memory, instance = peak(), round_.instance
    best, solving = timed(lambda: solve(instance, How()))
    told, together = _told(round_, best)
    product = timed(lambda: bare_product(world))[1]
    putting = timed(lambda: world.startups.on(crowd.TODAY))[1]
    together += scoring + building + solving
    figures = [
        Figure("startups put on the roster, once at the start of the service", f"{putting:.2f} s"),
        Figure(
            f"{scored:,} pairs scored, rules and texts, both sides",
            f"{scoring:.2f} s",
            f"{scoring / product:.1f} times the two bare float32 products ({product:.2f} s)",
        ),
        Figure("the round built, its points being kept", f"{building:.2f} s"),
        _beside_bare_flow(instance, best, solving),
        *told,
        Figure(
            "  together, the reasons apart",
            f"{together:.1f} s",
            f"peak {memory}; wanted: 20 s and 3 GiB",
        ),
        Figure("  the whole run as the product does it, scoring apart", f"{whole:.1f} s"),
    ]
    return First(round_, best, outcome, scoring, solving, whole), figures


def _told(round_: Round, best: Solution) -> tuple[list[Figure], float]:
    """What is said of a solution, and the seconds of reserves and fairness sheet."""
    instance = round_.instance
    waiting, listing = timed(lambda: reserves(instance, best, How().reserves))
    _, sheet = timed(lambda: fairness_sheet(instance, best, best, round_.groups))
    known, proving = timed(lambda: known_of(round_, How(), exchange_for(instance, How(), best)))
    _, telling = timed(lambda: placements(instance, best, waiting, known))
    figures = [
        Figure("reserves", f"{listing:.2f} s"),
        Figure(f"fairness sheet with {len(round_.groups)} groups", f"{sheet:.2f} s"),
        Figure(
            "proof and prices of places, from the solution alone",
            f"{proving:.2f} s",
        ),
        Figure("every placement, its reasons with it", f"{telling:.2f} s", "wanted: 30 s"),
    ]
    return figures, listing + sheet


def _beside_bare_flow(instance: Instance, best: Solution, solving: float) -> Figure:
    bare, flowing = timed(lambda: bare_flow(instance))
    same = "same total" if best.total == bare else f"ANOTHER TOTAL {bare:,}"
    return Figure(
        f"best, {len(best.rows):,} placed at {instance.places.sum():,} places, "
        f"proved: {best.proved}",
        f"{solving:.2f} s",
        f"{flowing / solving:.1f} times as fast as OR-tools' flow over all open pairs "
        f"({flowing:.2f} s), {same}",
    )


def run_modes(instance: Instance, best: Solution, solving: float) -> list[Figure]:
    """The other modes beside the best total."""
    figures = []
    for mode in ("fair", "stable"):
        found, spent = timed(lambda mode=mode: solve(instance, How(mode=mode)))
        placed = len(found.rows)
        lowest = int(instance.fit[found.rows, found.cols].min())
        lowest_of_best = int(instance.fit[best.rows, best.cols].min())
        figures.append(
            Figure(
                f"{mode}, proved: {found.proved}",
                f"{spent:.2f} s",
                f"{spent / solving:.1f} times best; total {found.total / best.total:.3f} of best; "
                f"{placed:,} placed, lowest fit {lowest} beside {lowest_of_best} hundredths"
                + ("; wanted: 60 s" if mode == "fair" else ""),
            )
        )
    return figures


def run_many(board: Scoreboard, world: World) -> list[Figure]:
    """The same startups with about as many places."""
    round_ = round_with(board, world, MANY)
    instance = round_.instance
    best, solving = timed(lambda: solve(instance, How()))
    _, whole = timed(lambda: run_round(round_, How(mode="fair")))
    return [
        _beside_bare_flow(instance, best, solving),
        *run_modes(instance, best, solving),
        Figure("  the whole fair run as the product does it", f"{whole:.1f} s"),
    ]


def main() -> None:
    """Measure and print."""
    if not TEXTS.exists():
        print(f"\nCohorts: skipped, the startups' texts are not at {TEXTS}")
        return
    board, world = Scoreboard(), world_of(STARTUPS)
    what = f"{len(world.lefts):,} startups x {len(world.rights)} programmes"
    busy = os.getloadavg()[0]
    first, figures = run_few(board, world)
    figures += run_modes(first.round.instance, first.best, first.solving)
    show(f"Cohort, {what}, vectors: {world.vectors}; load {busy:.1f}", figures)
    show("The same, about as many places as startups", run_many(board, world))
    again = run_again(board, world, first.outcome, first.whole)
    show("The same, matched again", [*again, run_changed(board, world, first.scoring)])
    show("The same, written", run_reports(world, first.outcome, first.whole))


if __name__ == "__main__":
    main()
