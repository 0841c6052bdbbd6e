"""Runs from the queue to their end, with workers that die and officers who cancel."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from data import cohorts, runs
from data.engines import engine_of, migrate, reading, transaction
from data.outcomes import digest_of_outcome, digest_of_shortfall
from data.runs import Grounds, Order
from data.solved_rounds import packed_round, unpacked_round
from matcher.assignment.building import Round
from matcher.assignment.instance import Bound, How
from matcher.errors import CohortNotFound, NoOutcome, RunLost, RunNotFound, code_of
from matcher.rules.base import Reason
from tests.builders import NOW
from tests.kept_rounds import cohort, drawn_outcome, drawn_shortfall, keep_profiles
from tests.rounds import drawn_round, round_of

LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def engine(tmp_path):
    engine = engine_of(f"sqlite:///{tmp_path}/caunoi.db")
    migrate(engine)
    with transaction(engine) as conn:
        keep_profiles(conn)
        cohorts.add(conn, cohort(), who="an", at=NOW)
    return engine


@pytest.fixture
def conn(engine):
    with transaction(engine) as conn:
        yield conn


def order(**changes):
    how = How("stable", "programme", seed=7, keep_value=25, max_moves=3, seconds=12.5)
    return replace(Order("dot-1-2026", 1, how, None, "an", NOW), **changes)


def grounds(round_):
    return Grounds(
        day=date(2026, 3, 1),
        model_id="minishlab/x@1",
        points=(("sector", 12.5), ("text", 10.0)),
        calibrations=(("text", 0.1, 0.9, 0.4),),
        noise=0.5,
        code_version="0.2.0",
        versions=(("startup", "an-pay", 1), ("programme", "k-lab", 3)),
        input_digest=round_.digest(),
    )


def solved():
    """A round of nine startups and four programmes with something in every field."""
    bounds = (
        Bound("Tối đa 2 suất Hàn Quốc", "programme", np.array([1, 0, 1, 0]), 0, 2),
        Bound("budget", "programme", np.array([2**40, 0, 1, 5]), 0, 2**41),
        Bound("Ít nhất 1 y tế", "startup", np.arange(9) % 2, 1, None),
    )
    return around(drawn_round(9, 4, 3, forced=[[0, 1]], held=[[2, 3], [4, 0]], bounds=bounds))


def around(instance, **changes):
    """A round around these numbers."""
    n, m = instance.shape
    values = {
        "instance": instance,
        "assumed": np.arange(m) % 2 == 0,
        "unknown": np.arange(m) == 1,
        "refusals": np.arange(n * m, dtype=np.int32).reshape(n, m) % 3,
        "shut": np.array([[0, 0]] * min(n, 1), np.int32).reshape(-1, 2),
        "least_fit": 4_000,
        "startup_side": 60.0,
        "before": (("S2", "P3"), ("S9", "P0")),
        "groups": (
            ("stage", "seed", np.arange(n) % 2 == 1),
            ("district", "Bến Nghé", np.arange(n) < 2),
        ),
        "notes": (Reason.of("round.assumed_places", count=2, places=3), Reason("bare")),
    }
    return Round(**(values | changes))


def equal(one, other):
    """Whether two rounds are the same, groups and all."""
    return (
        one.digest() == other.digest()
        and one.instance.digest() == other.instance.digest()
        and [group[:2] for group in one.groups] == [group[:2] for group in other.groups]
        and all((a[2] == b[2]).all() for a, b in zip(one.groups, other.groups, strict=True))
        and (one.shut == other.shut).all()
        and (one.least_fit, one.startup_side) == (other.least_fit, other.startup_side)
    )


def test_a_run_waits_is_claimed_and_ends_with_its_outcome(conn):
    number = runs.queue(conn, order())
    waiting = runs.get(conn, number)
    assert (waiting.state, waiting.attempts, waiting.order) == ("queued", 0, order())
    taken = runs.claim(conn, "worker-1", LATER)
    assert (taken.id, taken.state, taken.attempts) == (number, "running", 1)
    assert (taken.worker, taken.started_at) == ("worker-1", LATER)
    assert runs.report(conn, number, "solving", 0.5, LATER)
    assert (runs.get(conn, number).stage, runs.get(conn, number).share) == ("solving", 0.5)
    round_, said = solved(), drawn_outcome(600)
    assert runs.finish(conn, number, grounds(round_), round_, said, LATER)
    done = runs.get(conn, number)
    assert (done.state, done.share, done.finished_at) == ("done", 1.0, LATER)
    assert (done.total, done.bound, done.proved) == (said.total, said.bound, said.proved)
    assert done.placed == sum(one.state == "placed" for one in said.placements)
    assert done.result_digest == digest_of_outcome(said)
    assert runs.grounds_of(done) == grounds(round_)
    assert runs.outcome(conn, number) == runs.answer(conn, number) == said
    assert equal(runs.round_of(conn, number), round_)
    assert runs.instance(conn, number).digest() == round_.instance.digest()


@pytest.mark.parametrize("startups", [0, 3, 250, 620])
def test_a_page_of_placements_is_the_same_as_of_all_of_them(conn, startups):
    number, said = runs.queue(conn, order()), drawn_outcome(startups)
    runs.claim(conn, "w", NOW)
    runs.finish(conn, number, grounds(solved()), solved(), said, NOW)
    for state in (None, "placed", "out"):
        every = [one for one in said.placements if state in (None, one.state)]
        for offset, limit in ((0, 7), (248, 5), (250, 250), (600, 50), (9_000, 3)):
            page = runs.placements(conn, number, state=state, limit=limit, offset=offset)
            assert page.items == tuple(every[offset : offset + limit])
            assert page.total == len(every)


def test_what_is_made_ready_beforehand_is_kept_as_it_is(conn):
    number = runs.queue(conn, order())
    runs.claim(conn, "w", NOW)
    round_, said = solved(), drawn_outcome(600)
    bulk = runs.bulk_of(grounds(round_), round_, said)
    assert runs.finish(conn, number, grounds(round_), round_, said, LATER, bulk=bulk)
    assert runs.outcome(conn, number) == said
    assert runs.get(conn, number).grounds == grounds(round_)
    assert runs.get(conn, number).result_digest == digest_of_outcome(said)


def test_one_placement_is_read_without_the_others(conn):
    number = runs.queue(conn, order())
    runs.claim(conn, "w", NOW)
    said = drawn_outcome(600)
    runs.finish(conn, number, grounds(solved()), solved(), said, NOW)
    for place in (0, 249, 250, 599):
        one = said.placements[place]
        assert runs.placement(conn, number, one.startup_id) == one
    assert runs.placement(conn, number, "startup-00001-b") is None
    assert runs.placement(conn, number, "a") is None


def test_a_round_that_cannot_be_solved_keeps_the_ways_out(conn):
    number = runs.queue(conn, order())
    runs.claim(conn, "w", NOW)
    assert runs.finish_short(conn, number, grounds(solved()), solved(), drawn_shortfall(), LATER)
    assert runs.get(conn, number).state == "infeasible"
    assert runs.get(conn, number).grounds == grounds(solved())
    assert runs.shortfall(conn, number) == runs.answer(conn, number) == drawn_shortfall()
    assert runs.get(conn, number).result_digest == digest_of_shortfall(drawn_shortfall())
    for ask in (runs.outcome, lambda conn, id: runs.placement(conn, id, "an-pay")):
        with pytest.raises(NoOutcome) as refused:
            ask(conn, number)
        assert refused.value.facts == {"run": number, "state": "infeasible"}


def test_a_run_that_has_not_ended_has_no_result(conn):
    number = runs.queue(conn, order())
    for ask in (runs.outcome, runs.shortfall, runs.instance, runs.round_of, runs.answer):
        with pytest.raises(NoOutcome):
            ask(conn, number)
    with pytest.raises(NoOutcome):
        runs.grounds_of(runs.get(conn, number))


@pytest.mark.parametrize("ask", [runs.get, runs.outcome, runs.instance, runs.cancel])
def test_a_run_that_nobody_ordered_is_not_found(conn, ask):
    with pytest.raises(RunNotFound):
        ask(conn, 7)


def test_only_a_version_that_is_kept_can_be_run(conn):
    for one in (order(cohort_version=2), order(cohort_id="dot-9")):
        with pytest.raises(CohortNotFound):
            runs.queue(conn, one)


def test_the_oldest_waits_no_longer_and_nobody_gets_a_run_twice(engine):
    with transaction(engine) as conn:
        numbers = [runs.queue(conn, order()) for _ in range(3)]
    taken = []
    for worker in ("a", "b", "a", "b"):
        with transaction(engine) as conn:
            taken.append(runs.claim(conn, worker, NOW))
    assert [one and one.id for one in taken] == [*numbers, None]


def test_workers_that_ask_at_once_never_share_a_run(engine):
    with transaction(engine) as conn:
        numbers = {runs.queue(conn, order()) for _ in range(12)}

    def take(worker):
        taken = []
        for _ in range(4):
            with transaction(engine) as conn:
                run = runs.claim(conn, worker, NOW)
            taken += [] if run is None else [run.id]
        return taken

    with ThreadPoolExecutor(4) as workers:
        taken = [id for some in workers.map(take, "abcd") for id in some]
    assert len(taken) == len(set(taken)) == 12
    assert set(taken) == numbers


def test_a_cancelled_run_tells_its_worker_to_stop_and_keeps_nothing(conn):
    number = runs.queue(conn, order())
    runs.claim(conn, "w", NOW)
    assert runs.cancel(conn, number, LATER)
    assert not runs.report(conn, number, "solving", 0.7, LATER)
    assert not runs.finish(conn, number, grounds(solved()), solved(), drawn_outcome(3), LATER)
    assert not runs.fail(conn, number, "x", {}, LATER)
    assert runs.get(conn, number).state == "cancelled"
    assert not runs.cancel(conn, number)
    with pytest.raises(NoOutcome):
        runs.outcome(conn, number)


def test_a_cancelled_run_is_not_claimed(conn):
    runs.cancel(conn, runs.queue(conn, order()))
    assert runs.claim(conn, "w", NOW) is None


def test_a_failure_keeps_the_code_and_the_facts_of_its_error(conn):
    number = runs.queue(conn, order())
    runs.claim(conn, "w", NOW)
    facts = {"model": "m", "known": ("a", "b"), "share": 0.5, "at": NOW, "none": None}
    assert runs.fail(conn, number, "encoder-unavailable", facts, LATER)
    error = runs.get(conn, number).error
    assert error.code == "encoder-unavailable"
    assert dict(error.facts) == facts | {"at": str(NOW)}
    assert runs.get(conn, number).state == "failed"


def test_a_silent_run_goes_back_to_the_queue_and_fails_after_its_attempts(conn):
    number = runs.queue(conn, order())
    for attempt in (1, 2, 3):
        at = NOW + attempt * timedelta(hours=1)
        assert runs.claim(conn, "w", at).attempts == attempt
        assert runs.rescue(conn, at + timedelta(seconds=20), 30) == ()
        assert runs.rescue(conn, at + timedelta(seconds=40), 30) == (number,)
    lost = runs.get(conn, number)
    assert lost.state == "failed"
    assert lost.error.code == code_of(RunLost)
    assert dict(lost.error.facts) == {"run": number, "attempts": 3}
    assert runs.claim(conn, "w", LATER) is None


def test_a_report_shows_that_the_worker_lives(conn):
    number = runs.queue(conn, order())
    runs.claim(conn, "w", NOW)
    runs.report(conn, number, "scoring", 0.1, NOW + timedelta(seconds=25))
    assert runs.rescue(conn, NOW + timedelta(seconds=40), 30) == ()


def test_a_worker_that_was_given_up_does_not_speak_for_the_one_in_its_place(conn):
    number = runs.queue(conn, order())
    first = runs.claim(conn, "a", NOW)
    runs.rescue(conn, LATER, 30)
    second = runs.claim(conn, "b", LATER)
    assert not runs.report(conn, number, "solving", 0.9, LATER, first.attempts)
    assert not runs.finish(
        conn, number, grounds(solved()), solved(), drawn_outcome(3), LATER, first.attempts
    )
    assert runs.report(conn, number, "scoring", 0.1, LATER, second.attempts)


def test_runs_are_listed_newest_first_page_by_page(conn):
    numbers = [runs.queue(conn, order()) for _ in range(5)]
    first = runs.runs_of(conn, "dot-1-2026", limit=2)
    assert [one.id for one in first] == numbers[:2:-1]
    rest = runs.runs_of(conn, "dot-1-2026", before=first[-1].id)
    assert [one.id for one in rest] == numbers[2::-1]
    assert runs.runs_of(conn, "dot-2") == ()


def test_results_can_be_read_while_nobody_may_write(engine):
    with transaction(engine) as conn:
        number = runs.queue(conn, order())
        runs.claim(conn, "w", NOW)
        runs.finish(conn, number, grounds(solved()), solved(), drawn_outcome(3), NOW)
    with reading(engine) as conn:
        assert runs.outcome(conn, number) == drawn_outcome(3)


@pytest.mark.parametrize("n", [0, 1, 7])
def test_a_round_of_any_size_is_kept_as_it_is(n):
    round_ = around(drawn_round(n, 3, seed=n))
    assert equal(unpacked_round(packed_round(round_)), round_)


def test_a_round_with_nothing_but_its_numbers_is_kept_as_it_is():
    bare = around(drawn_round(3, 2, 1), before=(), groups=(), notes=(), startup_side=None)
    assert equal(unpacked_round(packed_round(bare)), bare)


def test_numbers_too_large_for_half_the_bytes_are_kept_whole():
    round_ = around(round_of([[1, 2], [3, 4]], [100_000, 0]))
    assert equal(unpacked_round(packed_round(round_)), round_)


def test_a_run_is_claimed_by_its_number(conn):
    first, second = runs.queue(conn, order()), runs.queue(conn, order())
    assert runs.claim(conn, "w", NOW, second).id == second
    assert runs.claim(conn, "w", NOW, second) is None
    assert runs.claim(conn, "w", NOW).id == first


def test_a_run_whose_worker_stops_waits_again(conn):
    number = runs.queue(conn, order())
    attempt = runs.claim(conn, "w", NOW).attempts
    assert runs.workers(conn) == {"w"}
    assert runs.release(conn, number, attempt)
    assert not runs.release(conn, number, attempt)
    assert runs.workers(conn) == frozenset()
    assert runs.claim(conn, "v", LATER).attempts == attempt + 1


def test_a_run_of_a_dead_worker_is_taken_at_once(conn):
    dead, alive = runs.queue(conn, order()), runs.queue(conn, order())
    runs.claim(conn, "dead", NOW, dead)
    runs.claim(conn, "alive", NOW, alive)
    assert runs.rescue(conn, NOW, 30, dead=["dead"]) == (dead,)
    assert runs.get(conn, alive).state == "running"
