"""Proposed weights are measured on the latest rounds, and on none that the present have seen."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from matcher.weights import DEFAULT_POINTS
from models.proposing import latest_rounds, propose
from models.tuning import tuned_points
from tests.tuning_world import other_weights, world

OWN = dict(DEFAULT_POINTS)


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Sums this small are slower on several threads than on one."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def judged():
    """A thousand decisions over eight rounds, r000 to r007."""
    return world(3, 1000, other_weights(103)).judged


def names_of(judged, *arguments):
    return latest_rounds(judged, *arguments)[1]


def test_the_latest_rounds_are_held_out_but_never_the_first(judged):
    mask, names = latest_rounds(judged, 0.5)
    assert names == tuple(sorted(set(judged.rounds[mask].tolist())))
    assert names[-1] == "r007"
    assert 0.5 * len(judged) <= mask.sum() < 0.5 * len(judged) + (judged.rounds == names[0]).sum()
    assert names_of(judged, 1.0) == tuple(f"r00{one}" for one in range(1, 8))


def test_only_rounds_after_one_that_was_seen_are_held_out(judged):
    assert names_of(judged, 1.0, "r004") == ("r005", "r006", "r007")
    assert names_of(judged, 1.0, "r") == names_of(judged, 1.0)
    mask, names = latest_rounds(judged, 1.0, "r007")
    assert names == ()
    assert not mask.any()


def test_points_that_have_seen_every_round_are_measured_on_none(judged):
    present = tuned_points(judged, OWN)
    found = propose(judged, present, OWN, "r007")
    evidence = found.evidence
    assert evidence.verdict == "all_seen"
    assert (evidence.held_out, evidence.held_out_rounds, evidence.compared) == (0, (), ())
    assert (evidence.seen_until, evidence.last_round) == ("r007", None)
    assert found.points == present


def test_points_that_have_seen_some_are_measured_on_the_later_ones_alone(judged):
    present = tuned_points(judged.only(judged.rounds <= "r003"), OWN)
    evidence = propose(judged, present, OWN, "r003").evidence
    assert evidence.verdict in ("better", "not_shown")
    assert evidence.held_out_rounds == ("r004", "r005", "r006", "r007")
    assert evidence.held_out == (judged.rounds > "r003").sum()
    assert (evidence.seen_until, evidence.last_round) == ("r003", "r007")
    assert evidence.compared


def test_a_later_round_of_few_decisions_is_too_few_to_say(judged):
    few = judged.only((judged.rounds < "r007") | (np.cumsum(judged.rounds == "r007") <= 10))
    found = propose(few, OWN, OWN, "r006")
    assert (found.evidence.verdict, found.evidence.held_out) == ("too_few", 10)
    assert found.points == OWN


def test_a_second_improvement_is_proposed_once_later_rounds_show_it():
    change = world(4, 3000, other_weights(304), then=other_weights(104)).judged
    present = tuned_points(change.only(change.rounds <= "r003"), OWN)
    found = propose(change, present, OWN, "r003")
    assert found.evidence.verdict == "better"
    assert found.points == tuned_points(change, OWN)
