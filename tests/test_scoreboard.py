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
from tests.galleries import portfolios_of, unit_rows
from tests.strategies import DAY

SCALE = Scale(calibrations={name: Calibration(-0.5, 0.5) for name in (TEXT, PORTFOLIO)})
STAGES = ("idea", "mvp", "seed", "series_a")


def pools(n=30, m=7, seed=3):
    """Two pools with seeded vectors; the panel that judges them, and the ids of both."""
    rng = np.random.default_rng(seed)
    indexes = [VectorIndex(8, "test") for _ in range(2)]
    lefts = [startup(id=f"s{i:02}", stage=STAGES[i % 4]) for i in range(n)]
    rights = [programme(id=f"p{j}", markets=("SG",) if j % 2 else ("US",)) for j in range(m)]
    indexes[0].put([one.id for one in lefts], unit_rows(rng, n, 8))
    indexes[1].put([one.id for one in rights], unit_rows(rng, m, 8))
    sizes = [0 if j % 2 else 2 + j for j in range(m)]
    alumni = portfolios_of(rng, [one.id for one in rights], sizes, 8)
    left = Pool(RULES, "left", DAY, {TEXT: indexes[0], PORTFOLIO: indexes[0]})
    right = Pool(RULES, "right", DAY, {TEXT: indexes[1], PORTFOLIO: alumni})
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
    left.indexes[TEXT].put(["s11"], unit_rows(np.random.default_rng(9), 1, 8))
    points = scored(board, panel, left, right)
    assert board.scored == 7
    assert same(points, scored(Scoreboard(), panel, left, right))


def test_an_alumnus_more_or_another_one_is_a_change_of_its_programme():
    board, (panel, left, right) = Scoreboard(), pools()
    held = right.indexes[PORTFOLIO]
    alumni = held.portrait("p2").members
    scored(board, panel, left, right)
    first, other, more = unit_rows(np.random.default_rng(9), 3, 8)
    held.put("p2", np.vstack([alumni, more]))
    held.put("p4", np.stack([first, other]))
    points = scored(board, panel, left, right)
    assert board.scored == 2 * 30
    assert same(points, scored(Scoreboard(), panel, left, right))
    held.put("p4", np.stack([first, other]))
    scored(board, panel, left, right)
    assert board.scored == 0


def test_alumni_with_the_same_mean_are_told_apart():
    board, (panel, left, right) = Scoreboard(), pools()
    held = right.indexes[PORTFOLIO]
    one, other = np.eye(8, dtype=np.float32)[:2]
    half = ((one + other) / np.sqrt(2)).astype(np.float32)
    for alumni in ([one, other], [half, half]):
        held.put("p2", np.stack(alumni))
        points = scored(board, panel, left, right)
        assert same(points, scored(Scoreboard(), panel, left, right))
    assert board.scored == 30


def test_a_portfolio_that_becomes_known_is_a_change():
    board, (panel, left, right) = Scoreboard(), pools()
    scored(board, panel, left, right)
    right.indexes[PORTFOLIO].put("p3", unit_rows(np.random.default_rng(5), 1, 8))
    right.put([right.roster.profiles[right.roster.place("p3")]])
    points = scored(board, panel, left, right)
    assert board.scored == 30
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
