"""The rest of a cohort's benchmark: matched again, scored again, and written.

Run from :mod:`tests.benchmarks.bench_cohorts`.
"""

from __future__ import annotations

import random
from dataclasses import replace

from data.reports import write_report
from data.reports.table import ProgrammeLine, RunReport, StartupLine, WeightLine
from matcher.assignment.instance import How
from matcher.outcome import Outcome
from matcher.rounds import pairs_of, run_round
from service.scoreboard import Scoreboard
from tests.benchmarks import crowd
from tests.benchmarks.cohort_crowd import FEW, World, cohort_of, points_of, round_with
from tests.benchmarks.figures import Figure, timed

REPORTS = ("xlsx", "docx", "csv", "flow.svg")
DROPPED, CHANGED = 0.02, 0.01
DIALS = (
    ("the dial off", How()),
    ("a kept pair worth 5 points more", How(keep_value=500)),
    ("no move that is not forced", How(max_moves=0)),
)


def run_again(board: Scoreboard, world: World, outcome: Outcome, first: float) -> list[Figure]:
    """Match again after some startups have left, by each setting of the dial."""
    gone = set(random.Random(3).sample(range(len(world.lefts)), round(DROPPED * len(world.lefts))))
    stay = tuple(one for at, one in enumerate(world.lefts) if at not in gone)
    less = replace(world, lefts=stay)
    (round_, building) = timed(lambda: round_with(board, less, FEW, pairs_of(outcome)))
    figures = [
        Figure(
            f"round built anew without {len(gone):,} startups",
            f"{building:.2f} s",
            f"{board.scored:,} pairs scored",
        )
    ]
    for name, how in DIALS:
        again, spent = timed(lambda how=how: run_round(round_, how))
        moved = len(again.moves)
        by_choice = sum(not one.forced and bool(one.before) for one in again.moves)
        figures.append(
            Figure(
                f"  {name}",
                f"{spent:.1f} s",
                f"{spent / first:.2f} times the first run; {moved} startups with other places, "
                f"{by_choice} that lose one by choice; forced moves: {again.least_moves}; "
                f"total {again.total / outcome.total:.4f} of the first",
            )
        )
    return figures


def run_changed(board: Scoreboard, world: World, first: float) -> Figure:
    """Score again after some startups have changed what they answer."""
    points_of(board, world)
    some = random.Random(4).sample(world.lefts, round(CHANGED * len(world.lefts)))
    world.startups.put([replace(one, founded_year=2015, needs=("grants",)) for one in some])
    _, spent = timed(lambda: points_of(board, world))
    return Figure(
        f"{len(some):,} startups changed: {board.scored:,} pairs scored again",
        f"{spent:.2f} s",
        f"{spent / first:.2f} times the first scoring ({first:.2f} s)",
    )


def run_reports(world: World, outcome: Outcome, whole: float) -> list[Figure]:
    """Every form in which officers take a run away."""
    report = RunReport(
        cohort=cohort_of(world, FEW),
        run=1,
        how=How(),
        day=crowd.TODAY,
        who="benchmark",
        version="benchmark",
        model=world.vectors,
        weights=tuple(WeightLine(*one) for one in sorted(world.panel.scale.points.items())),
        input_digest="0" * 64,
        outcome=outcome,
        startups=tuple(StartupLine(s.id, s.name, None, s.sectors or ()) for s in world.lefts),
        programmes=tuple(
            ProgrammeLine(p.id, p.name, p.organisation, p.country) for p in world.rights
        ),
    )
    figures = []
    for name in REPORTS:
        file, spent = timed(lambda name=name: write_report(name, report, "vi"))
        beside = f"{spent / whole:.1f} times the run; {len(file) / 1e6:.1f} MB"
        figures.append(Figure(f"report {name}", f"{spent:.1f} s", beside))
    return figures
