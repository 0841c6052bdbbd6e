"""A round solved in a process of its own gives the same answer, tells how far it is, and stops."""

import multiprocessing

import numpy as np
import pytest

from data.outcomes import digest_of_outcome
from matcher.assignment.building import Round
from matcher.assignment.instance import Bound, How
from matcher.errors import OutOfTime, RunCancelled, SolverStopped, UnknownName
from matcher.outcome import Shortfall
from matcher.rounds import run_round
from service.solving import solve_apart, solve_near
from tests.rounds import drawn_round, round_of


@pytest.fixture(autouse=True)
def a_quick_beat(monkeypatch):
    monkeypatch.setattr("service.solving.BEAT_SECONDS", 0.01)


def whole(instance, **changes):
    n, m = instance.shape
    values = {
        "instance": instance,
        "assumed": np.zeros(m, np.bool_),
        "unknown": np.zeros(m, np.bool_),
        "refusals": np.zeros((n, m), np.int32),
        "shut": np.zeros((0, 2), np.int32),
        "least_fit": 0,
        "startup_side": None,
        "before": (),
        "groups": (("sector", "fintech", np.arange(n) % 2 == 0),),
        "notes": (),
    }
    return Round(**(values | changes))


def goes_on(stage, share):
    return True


def test_the_answer_is_the_same_as_in_this_process_and_progress_is_told():
    round_, told = whole(drawn_round(30, 6, 4)), []

    def report(stage, share):
        told.append((stage, share))
        return True

    apart = solve_apart(round_, How("fair"), report)
    assert digest_of_outcome(apart) == digest_of_outcome(run_round(round_, How("fair")))
    stages = list(dict.fromkeys(stage for stage, _ in told))
    assert stages[:2] == ["starting", "solving"]
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert multiprocessing.active_children() == []


def test_the_ways_out_of_a_round_that_cannot_be_solved_come_through():
    answer = solve_apart(whole(round_of([[5_000]], [1], least=[2])), How(), goes_on)
    assert isinstance(answer, Shortfall)
    assert answer.ways_out


def test_a_run_is_ended_at_once_where_its_report_says_stop():
    with pytest.raises(RunCancelled):
        solve_apart(whole(drawn_round(30, 6, 4)), How(), lambda stage, share: False)
    assert multiprocessing.active_children() == []


def test_a_typed_error_of_the_run_comes_through_with_its_facts():
    with pytest.raises(UnknownName) as told:
        solve_apart(whole(drawn_round(3, 2, 4)), How("nonsense"), goes_on)
    assert told.value.facts["value"] == "nonsense"
    assert "stable" in told.value.facts["known"]


def test_a_child_that_dies_without_a_word_is_an_error_that_says_so():
    def killing(stage, share):
        for child in multiprocessing.active_children():
            child.kill()
        return True

    with pytest.raises(SolverStopped):
        solve_apart(whole(drawn_round(30, 6, 4)), How(), killing)


def test_a_run_that_takes_longer_than_its_limit_and_grace_is_ended(monkeypatch):
    monkeypatch.setattr("service.solving.GRACE_SECONDS", 0.0)
    with pytest.raises(OutOfTime) as told:
        solve_apart(whole(drawn_round(30, 6, 4)), How(seconds=0.02), goes_on)
    assert told.value.facts == {"seconds": 0.02}
    assert multiprocessing.active_children() == []


def test_a_small_round_of_a_flow_is_solved_here_and_any_other_apart(monkeypatch):
    apart = []

    def noted(round_, how, report):
        apart.append(round_.instance.shape)
        return run_round(round_, how)

    monkeypatch.setattr("service.solving.solve_apart", noted)
    money = Bound("budget", "programme", np.array([3, 0]), 0, 7)
    small, wide = drawn_round(4, 2, 1), drawn_round(5, 2, 1)
    monkeypatch.setattr("service.solving.MOST_HERE", 8)
    for instance in (small, wide, drawn_round(4, 2, 1, bounds=(money,))):
        answer = solve_near(whole(instance), How(), goes_on)
        assert digest_of_outcome(answer) == digest_of_outcome(run_round(whole(instance), How()))
    assert apart == [(5, 2), (4, 2)]


def test_a_round_that_is_solved_here_stops_where_its_report_says_so():
    with pytest.raises(RunCancelled):
        solve_near(whole(drawn_round(4, 2, 1)), How(), lambda stage, share: share < 0.5)
