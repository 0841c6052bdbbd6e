"""Shares of parts: the points of a score over their most, for any points, refused or not."""

import numpy as np
import pytest

from matcher.panel import Panel
from matcher.ranking import Asker, judge_pair
from matcher.roster import Roster
from matcher.rules import RULES
from matcher.scoring import Likeness
from matcher.shares import shares_of
from matcher.weights import DEFAULT_POINTS, LIKENESSES, Calibration, Scale
from tests import builders
from tests.service_fixtures import DAY

ENDS = {name: Calibration(0.1, 0.7, 0.3) for name in LIKENESSES}
SCALE = Scale(DEFAULT_POINTS, ENDS)
PROGRAMMES = [
    builders.programme(),
    builders.programme(id="farm", sectors=("agritech",), markets=("KR",), services=None),
    builders.programme(id="shut", status="closed"),
]
COSINES = np.array([0.4, np.nan, 0.4], np.float32)


def asked():
    roster = Roster(RULES, "right", DAY)
    roster.put(PROGRAMMES)
    near = [Likeness(name, COSINES) for name in LIKENESSES]
    return roster, Asker(builders.startup(), near)


def shares(scale=SCALE, places=(0, 1, 2)):
    roster, asker = asked()
    return shares_of(Panel(RULES, scale), roster, asker, np.array(places, np.intp))


def test_a_share_is_what_a_part_earns_of_its_most_and_the_neutral_one_where_unknown():
    roster, asker = asked()
    panel = Panel(RULES, SCALE)
    for place, programme in enumerate(PROGRAMMES[:2]):
        parts = judge_pair(panel, roster, asker, programme.id).parts
        told = {part.rule: part.points / part.max_points for part in parts}
        expected = [told[name] for name in DEFAULT_POINTS]
        assert shares()[place].tolist() == pytest.approx(expected, abs=0.003)
    text = list(DEFAULT_POINTS).index("text")
    assert shares()[:2, text].tolist() == [0.5, 0.3]


def test_a_refused_pair_has_the_shares_that_it_would_have_if_it_were_open():
    assert shares()[2].tolist() == shares()[0].tolist()


def test_shares_do_not_depend_on_points_and_a_part_without_points_has_one_too():
    moved = dict(DEFAULT_POINTS) | {"needs": 0.0, "text": 0.0, "fee": 34.0}
    assert shares(Scale(moved, ENDS)).tolist() == shares().tolist()


def test_places_come_in_the_order_asked_for_and_none_gives_no_row():
    assert shares(places=(1, 0)).tolist() == shares()[[1, 0]].tolist()
    assert shares(places=()).shape == (0, len(DEFAULT_POINTS))
