"""A pair has one likeness and one score, whichever way the product comes to it."""

from datetime import date

import numpy as np
import pytest

from matcher.batch import best_of_all
from matcher.mutual import two_sided
from matcher.panel import BLOCK, Panel
from matcher.profile import Alumnus
from matcher.rules import RULES
from matcher.scoring import best_sums, total
from matcher.weights import LIKENESSES, PORTFOLIO, TEXT, Calibration, Scale
from models.evaluation import Bench, _likenesses
from models.shortlist import Shortlist
from service.pool import Pool, both_sides
from service.scoreboard import Scoreboard
from tests.builders import programme, startup
from tests.service_fixtures import centring
from tests.service_fixtures import encoder as real_encoder

DAY = date(2026, 3, 1)
SIZES = (0, 1, 4, 5, 12, 30)
TRADES = (
    "payments for small shops", "rice sensors", "X-ray software", "river boats", "school lessons",
    "shrimp ponds", "used clothes", "electric motorbikes", "warehouse robots", "cold storage",
)  # fmt: skip
FOR_WHOM = ("in cities", "for farmers", "for exporters")
TEXTS = [f"{trade} {whom}" for whom in FOR_WHOM for trade in TRADES]
PROGRAMMES = [
    programme(
        id=f"p{size:02}",
        description_en=f"For founders of {TEXTS[size % 10]}.",
        description_vi=None,
        portfolio=tuple(Alumnus(f"Firm {n}", TEXTS[n]) for n in range(size)) or None,
    )
    for size in SIZES
]
SILENT = {"product_en": None, "product_vi": None, "description_en": None, "description_vi": None}
STARTUPS = [
    startup(id=f"s{n:02}", **(SILENT | {"description_en": f"We make {trade}." if trade else None}))
    for n, trade in enumerate((*TRADES, None))
]
SCALE = Scale(calibrations=dict.fromkeys(LIKENESSES, Calibration(-0.14, 0.54, 0.2)))
LEFTS, RIGHTS = np.arange(len(STARTUPS)), np.arange(len(PROGRAMMES))


@pytest.fixture(scope="module")
def near():
    near = Shortlist(real_encoder(), centring())
    near.learn_startups(STARTUPS)
    near.learn_programmes(PROGRAMMES)
    return near


@pytest.fixture(scope="module")
def pools(near):
    left = Pool(RULES, "left", DAY, {TEXT: near.startups, PORTFOLIO: near.startups})
    right = Pool(RULES, "right", DAY, {TEXT: near.programmes, PORTFOLIO: near.portfolios})
    left.put(STARTUPS)
    right.put(PROGRAMMES)
    return left, right


@pytest.fixture(scope="module")
def likenesses(near, pools):
    """Each likeness (startups, programmes) as startups ask for it."""
    asked = [
        pools[1].likenesses(dict.fromkeys(LIKENESSES, near.startups.vector(one.id)))
        for one in STARTUPS
    ]
    return {n: np.stack([one[i].at(RIGHTS) for one in asked]) for i, n in enumerate(LIKENESSES)}


@pytest.fixture(scope="module")
def scores(near, pools):
    """Sums of hundredths (startups, programmes) as startups ask for them."""
    panel, roster = Panel(RULES, SCALE), pools[1].roster
    rows = []
    for one in STARTUPS:
        asked = pools[1].likenesses(dict.fromkeys(LIKENESSES, near.startups.vector(one.id)))
        rows.append(total(panel, roster, panel.asker_keys(one, roster), asked))
    return np.stack(rows)


def same(one, other):
    return np.array_equal(one, other, equal_nan=True)


def test_likenesses_differ_and_some_are_unknown(likenesses):
    for name in LIKENESSES:
        known = likenesses[name][:-1]
        assert np.isnan(likenesses[name][-1]).all()
        assert len(np.unique(known[~np.isnan(known)])) > 40
    assert np.isnan(likenesses[PORTFOLIO][:, 0]).all()


def test_a_pair_alone_is_as_in_the_list(near, pools, likenesses):
    for left, one in enumerate(STARTUPS):
        asked = pools[1].likenesses(dict.fromkeys(LIKENESSES, near.startups.vector(one.id)))
        for likeness in asked:
            alone = [likeness.at(np.array([right]))[0] for right in RIGHTS]
            assert same(alone, likenesses[likeness.name][left])


def test_a_programme_that_asks_sees_what_startups_see(near, pools, likenesses, scores):
    panel, roster = Panel(RULES, SCALE), pools[0].roster
    for right, one in enumerate(PROGRAMMES):
        seen = {TEXT: near.programme_vector(one.id), PORTFOLIO: near.portfolio(one.id)}
        asked = pools[0].likenesses(seen)
        for likeness in asked:
            assert same(likeness.at(LEFTS), likenesses[likeness.name][:, right])
        keys = panel.asker_keys(one, roster)
        assert (total(panel, roster, keys, asked) == scores[:, right]).all()
        open_ = np.ones(len(LEFTS), np.bool_)
        best = best_sums(panel, roster, keys, asked, open_, 3)
        assert (best[open_] == scores[open_, right]).all()


def test_a_round_scores_what_lists_score(pools, scores):
    panel, between = Panel(RULES, SCALE), both_sides(pools[0], LEFTS, pools[1], RIGHTS)
    both = two_sided(panel, pools[0].roster, LEFTS, pools[1].roster, RIGHTS, between)
    assert (both.score() + both.refusals * BLOCK == scores).all()
    ids = [one.id for one in STARTUPS], [one.id for one in PROGRAMMES]
    board = Scoreboard()
    board.points(panel, *pools, ids[0][::2], ids[1][1:])
    kept = board.points(panel, *pools, *ids)
    assert (kept.score() + kept.refusals * BLOCK == scores).all()


def test_a_batch_scores_what_lists_score(pools, scores):
    panel, between = Panel(RULES, SCALE), both_sides(pools[0], LEFTS, pools[1], RIGHTS)
    for k in (1, 2, len(RIGHTS)):
        best = best_of_all(panel, pools[0].roster, pools[1].roster, between, k)
        for row, places, sums in zip(scores, best.places, best.sums, strict=True):
            known = places >= 0
            assert (sums[known] == row[places[known]]).all()
            assert known.sum() == min(k, (row >= 0).sum())
            assert sums[known].tolist() == sorted(row[row >= 0].tolist(), reverse=True)[:k]


def test_what_is_measured_is_what_the_product_scores(near, likenesses):
    bench = Bench(PROGRAMMES, STARTUPS, near, SCALE, DAY, with_rules=False)
    for name in LIKENESSES:
        assert same(_likenesses(bench, name), likenesses[name])
