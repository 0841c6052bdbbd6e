"""The kept points of a round: what changed is scored again, and nothing else."""

import dataclasses

import numpy as np

from matcher.panel import Panel
from matcher.rules import RULES
from matcher.weights import PORTFOLIO, TEXT, Calibration, Scale
from models.index import VectorIndex
from service.pool import Pool
from service.scoreboard import Scoreboard
from tests.builders import programme, startup
from tests.strategies import DAY

SCALE = Scale(calibrations={name: Calibration(-0.5, 0.5) for name in (TEXT, PORTFOLIO)})
STAGES = ("idea", "mvp", "seed", "series_a")


def unit(rng, count):
    vectors = rng.normal(size=(count, 8)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def pools(n=30, m=7, seed=3):
    """Two pools with seeded vectors; the panel that judges them, and the ids of both."""
    rng = np.random.default_rng(seed)
    indexes = [VectorIndex(8, "test") for _ in range(3)]
    lefts = [startup(id=f"s{i:02}", stage=STAGES[i % 4]) for i in range(n)]
    rights = [programme(id=f"p{j}", markets=("SG",) if j % 2 else ("US",)) for j in range(m)]
    indexes[0].put([one.id for one in lefts], unit(rng, n))
    indexes[1].put([one.id for one in rights], unit(rng, m))
    indexes[2].put([one.id for one in rights[::2]], unit(rng, len(rights[::2])))
    left = Pool(RULES, "left", DAY, {TEXT: indexes[0], PORTFOLIO: indexes[0]})
    right = Pool(RULES, "right", DAY, {TEXT: indexes[1], PORTFOLIO: indexes[2]})
    left.put(lefts)
    right.put(rights)
    return Panel(RULES, SCALE), left, right


def ids(pool):
    return sorted(one.id for one in pool.roster.profiles)


def scored(board, panel, left, right):
    return board.points(panel, left, right, ids(left), ids(right))


def same(one, other):
    return all(
        (getattr(one, name) == getattr(other, name)).all()
        for name in ("startup", "programme", "refusals")
    )


def test_the_first_time_everything_is_scored_and_then_nothing():
    board, world = Scoreboard(), pools()
    first = scored(board, *world)
    assert board.scored == 30 * 7
    again = scored(board, *world)
    assert board.scored == 0
    assert same(first, again)


def test_a_changed_startup_costs_its_row_and_a_changed_programme_its_column():
    board, (panel, left, right) = Scoreboard(), pools()
    scored(board, panel, left, right)
    left.put([startup(id="s07", stage="series_a", needs=("grants",))])
    right.put([programme(id="p3", stages=("series_a",))])
    points = scored(board, panel, left, right)
    assert board.scored == 7 + 29
    assert same(points, scored(Scoreboard(), panel, left, right))


def test_a_changed_vector_is_a_change():
    board, (panel, left, right) = Scoreboard(), pools()
    scored(board, panel, left, right)
    left.indexes[TEXT].put(["s11"], unit(np.random.default_rng(9), 1))
    points = scored(board, panel, left, right)
    assert board.scored == 7
    assert same(points, scored(Scoreboard(), panel, left, right))


def test_who_leaves_or_joins_costs_only_itself():
    board, (panel, left, right) = Scoreboard(), pools()
    scored(board, panel, left, right)
    left.remove("s00")
    right.remove("p2")
    left.put([startup(id="a-new-one")])
    points = scored(board, panel, left, right)
    assert board.scored == 6
    assert same(points, scored(Scoreboard(), panel, left, right))


def test_another_day_is_scored_anew():
    board, (panel, left, right) = Scoreboard(), pools()
    scored(board, panel, left, right)
    later = DAY.replace(year=DAY.year + 4)
    points = scored(board, panel, left.on(later), right.on(later))
    assert board.scored == 30 * 7
    assert same(points, scored(Scoreboard(), panel, left.on(later), right.on(later)))


def test_a_change_that_no_rule_reads_costs_nothing():
    board, (panel, left, right) = Scoreboard(), pools()
    scored(board, panel, left, right)
    left.put([dataclasses.replace(startup(id="s01", stage="mvp"), note="Called back.")])
    scored(board, panel, left, right)
    assert board.scored == 0
