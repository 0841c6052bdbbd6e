"""Both sides of a pair: together they are the score of the lists."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.catalogue import shipped
from matcher.errors import WeightsInvalid
from matcher.mutual import (
    FULL,
    PROGRAMME,
    SIDES,
    STARTUP,
    most_of,
    mutual,
    one_way,
    two_sided,
)
from matcher.nearness import Likenesses, gallery_of, likeness_to, of_text
from matcher.panel import BLOCK, Panel
from matcher.roster import Roster
from matcher.rules import RULES
from matcher.scoring import Likeness, total
from matcher.weights import DEFAULT_POINTS, LIKENESSES, PORTFOLIO, TEXT, Calibration, Scale
from tests.galleries import gallery_with, unit_rows
from tests.strategies import DAY, examples

WIDTH = 24


def world(seed=1, n=40):
    """The shipped startups and programmes with seeded vectors, some of them missing."""
    rng = np.random.default_rng(seed)
    lefts, rights = Roster(RULES, "left", DAY), Roster(RULES, "right", DAY)
    lefts.put(shipped("startup")[:n])
    rights.put(shipped("programme"))
    scale = Scale(calibrations={name: Calibration(-0.3, 0.4, 0.4) for name in LIKENESSES})
    vectors = unit_rows(rng, len(lefts), WIDTH)
    left_rows = np.arange(len(lefts))
    left_rows[::7] = -1
    rows = np.arange(len(rights))
    rows[::5] = -1
    texts = gallery_of(unit_rows(rng, len(rights), WIDTH))
    alumni = gallery_with(rng, [n % 13 for n in range(len(rights))], WIDTH)
    likenesses = [
        Likenesses(TEXT, texts, rows, vectors, left_rows),
        Likenesses(PORTFOLIO, *alumni, vectors, left_rows),
    ]
    return Panel(RULES, scale), lefts, rights, likenesses


def part(likenesses, lefts, rights):
    """The likenesses of some places only."""
    return [
        Likenesses(one.name, one.gallery, one.rows[rights], one.vectors, one.vector_rows[lefts])
        for one in likenesses
    ]


def scored(seed=1, workers=None):
    panel, lefts, rights, likenesses = world(seed)
    places = np.arange(len(lefts)), np.arange(len(rights))
    return panel, two_sided(panel, lefts, places[0], rights, places[1], likenesses, workers)


def test_the_two_sides_together_are_the_score_of_the_lists():
    panel, lefts, rights, likenesses = world()
    _, both = scored()
    for place, startup in enumerate(lefts.profiles):
        raw = []
        for one in likenesses:
            row = one.vector_rows[place]
            cosines = np.full(len(rights), np.nan, np.float32)
            if row >= 0:
                cosines = likeness_to(of_text(one.vectors[row]), one.gallery, one.rows)
            raw.append(Likeness(one.name, cosines))
        expected = total(panel, rights, panel.asker_keys(startup, rights), raw)
        assert (both.score()[place] + both.refusals[place] * BLOCK == expected).all()


def test_a_pair_comes_out_the_same_alone_in_a_block_and_in_a_whole_round():
    panel, lefts, rights, likenesses = world()
    _, whole = scored(workers=1)
    some, few = np.array([3, 30, 11]), np.array([150, 7, 8, 99])
    block = two_sided(panel, lefts, some, rights, few, part(likenesses, some, few))
    for name in ("startup", "programme", "refusals"):
        assert (getattr(block, name) == getattr(whole, name)[np.ix_(some, few)]).all()


def test_every_part_of_the_shipped_scale_serves_one_side():
    assert set(SIDES) == set(DEFAULT_POINTS)
    panel, both = scored()
    assert most_of(panel, STARTUP) + most_of(panel, PROGRAMME) == FULL
    assert both.startup.max() <= most_of(panel, STARTUP)
    assert both.programme.max() <= most_of(panel, PROGRAMME)


def test_a_part_without_a_side_is_refused():
    points = {"needs": 90.0, "novelty": 10.0}
    rules = tuple(rule for rule in RULES if rule.name == "needs")
    strange = type(rules[0])(
        **{f: getattr(rules[0], f) for f in rules[0].__slots__} | {"name": "novelty"}
    )
    panel = Panel((*rules, strange), Scale(points))
    roster = Roster(panel.rules, "left", DAY), Roster(panel.rules, "right", DAY)
    roster[0].put(shipped("startup")[:1])
    roster[1].put(shipped("programme")[:1])
    with pytest.raises(WeightsInvalid, match="novelty"):
        two_sided(panel, roster[0], np.array([0]), roster[1], np.array([0]), [])


@examples(200)
@given(st.integers(0, 4800), st.integers(0, 4800))
def test_a_one_way_score_keeps_the_order_of_points_and_its_bounds(one, other):
    low, high = one_way(np.array(sorted((one, other)), np.int32), 4800)
    assert 0 <= low <= high <= FULL
    assert one_way(np.array([0, 4800], np.int32), 4800).tolist() == [0, FULL]


def test_a_side_without_points_has_no_score():
    assert one_way(np.array([0], np.int32), 0).tolist() == [0]


def test_the_mutual_fit_is_the_score_unless_the_round_weighs_the_sides_itself():
    panel, both = scored()
    assert (mutual(both, panel) == both.score()).all()
    gain = one_way(both.startup, most_of(panel, STARTUP))
    want = one_way(both.programme, most_of(panel, PROGRAMME))
    assert (mutual(both, panel, 100) == gain).all()
    assert (mutual(both, panel, 0) == want).all()
    halves = mutual(both, panel, 50)
    assert (np.abs(2 * halves.astype(int) - gain - want) <= 1).all()
