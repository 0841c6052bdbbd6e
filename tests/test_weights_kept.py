"""Proposed weights are kept, accepted only when proved, and undone step by step."""

import pytest

from data import weights_kept
from data.engines import transaction
from matcher.errors import (
    NoWeightsToUndo,
    ProposalNotFound,
    ProposalOvertaken,
    ProposalUnproved,
    WeightsOvertaken,
)
from matcher.evidence import Compared, Evidence, Interval, Strictness
from matcher.weights import DEFAULT_POINTS
from tests.builders import NOW
from tests.service_fixtures import build

OWN = dict(DEFAULT_POINTS)
NEW = OWN | {"needs": 15.0, "sector": 19.0}


def evidence(verdict="better"):
    fall = Compared("log_loss", 1.0, 0.9, Interval(-0.1, -0.2, -0.05))
    strict = (Strictness("p", 12, 0.5),)
    return Evidence(verdict, 100, 50, 8, 50, ("2026-Q1",), 20, (fall,), strict)


def propose(conn, before=OWN, points=NEW, verdict="better"):
    return weights_kept.keep(conn, before, points, evidence(verdict), who="an", at=NOW)


def number(conn):
    """The number of the last act, 0 before the first."""
    last = weights_kept.latest_act(conn)
    return 0 if last is None else last.id


def accept(conn, id, present, **facts):
    return weights_kept.accept(conn, id, present, expected=number(conn), **facts)


def undo(conn, **facts):
    return weights_kept.undo(conn, expected=number(conn), **facts)


def test_a_proposal_comes_back_with_its_evidence_and_stands_only_once_accepted(conn):
    made = propose(conn)
    assert made.evidence == evidence()
    assert weights_kept.standing(conn) is None
    act = accept(conn, made.id, OWN, who="an", at=NOW, why="Shown")
    assert (act.who, act.at, act.why) == ("an", NOW, "Shown")
    assert weights_kept.standing(conn) == made


def test_undoing_walks_back_to_the_installations_own(conn):
    first = propose(conn)
    accept(conn, first.id, OWN, who="an", at=NOW)
    second = propose(conn, before=NEW, points=OWN)
    accept(conn, second.id, NEW, who="an", at=NOW)
    undo(conn, who="an", at=NOW)
    assert weights_kept.standing(conn) == first
    undo(conn, who="an", at=NOW)
    assert weights_kept.standing(conn) is None
    with pytest.raises(NoWeightsToUndo):
        undo(conn, who="an", at=NOW)


def test_the_points_that_stand_are_the_own_ones_where_the_accepted_name_other_parts(conn):
    assert weights_kept.points_now(conn, OWN) == OWN
    made = propose(conn)
    accept(conn, made.id, OWN, who="an", at=NOW)
    assert weights_kept.points_now(conn, OWN) == NEW
    other = {"needs": 60.0, "text": 40.0}
    assert weights_kept.points_now(conn, other) == other


def test_an_unproved_an_overtaken_and_an_unknown_proposal_are_refused(conn):
    with pytest.raises(ProposalUnproved):
        accept(conn, propose(conn, verdict="not_shown").id, OWN, who="a", at=NOW)
    with pytest.raises(ProposalOvertaken):
        accept(conn, propose(conn).id, NEW, who="a", at=NOW)
    with pytest.raises(ProposalNotFound):
        accept(conn, 99, OWN, who="a", at=NOW)


def test_an_act_that_rests_on_another_than_the_last_one_is_refused(conn):
    made = propose(conn)
    first = weights_kept.accept(conn, made.id, OWN, expected=0, who="an", at=NOW)
    for act in (
        lambda: weights_kept.accept(conn, made.id, OWN, expected=0, who="b", at=NOW),
        lambda: weights_kept.undo(conn, expected=first.id + 1, who="b", at=NOW),
    ):
        with pytest.raises(WeightsOvertaken) as caught:
            act()
        assert caught.value.facts == {"by": "an", "at": NOW}
    assert weights_kept.acts(conn) == (first,)


def test_the_matchmaker_scores_by_accepted_weights_without_a_restart(tmp_path):
    parts = build(tmp_path).parts
    parts.matchmaker.catch_up()
    with transaction(parts.engine) as conn:
        made = propose(conn)
        accept(conn, made.id, OWN, who="an", at=NOW)
    parts.matchmaker.catch_up()
    assert dict(parts.matchmaker.panel.scale.points) == NEW
    with transaction(parts.engine) as conn:
        undo(conn, who="an", at=NOW)
    parts.matchmaker.catch_up()
    assert dict(parts.matchmaker.panel.scale.points) == OWN
