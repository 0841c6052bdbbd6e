"""The worker of the service: every run that waits is done once, through crashes and stops."""

import os
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest

from data import cohorts, runs
from data.engines import reading, transaction
from matcher.assignment.instance import How
from matcher.cohort import Cohort, Intake
from matcher.errors import OutOfTime, RunCancelled
from matcher.rounds import run_round
from service.jobs import Jobs, worked_on
from service.metrics import Metrics
from service.pulse import Pulse, is_dead, worker_name
from service.rounds import Rounds
from tests.builders import NOW
from tests.service_fixtures import build, client_of

COHORT = Cohort(
    id="dot-1",
    name="Đợt 1",
    startups=("lon-qua", "nong-trai-so", "vi-du-pay"),
    intakes=(Intake(programme_id="merlion-landing", places=1), Intake(programme_id="seoul-farm")),
    assumed_places=1,
)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = build(tmp_path_factory.mktemp("jobs"))
    house.parts.matchmaker.catch_up()
    with transaction(house.parts.engine) as conn:
        cohorts.add(conn, COHORT, who="an", at=NOW)
    return house


@pytest.fixture
def rounds(house):
    rounds = Rounds(house.parts.engine, house.parts.matchmaker, lambda: NOW)
    yield rounds
    with transaction(rounds.engine) as conn:
        for run in runs.runs_of(conn, "dot-1"):
            runs.cancel(conn, run.id)


def queued(rounds, how=How()):
    with transaction(rounds.engine) as conn:
        return runs.queue(conn, rounds.order("dot-1", how, "an"))


def claimed(rounds, worker, at=NOW):
    with transaction(rounds.engine) as conn:
        return runs.claim(conn, worker, at)


def run_of(rounds, number):
    with reading(rounds.engine) as conn:
        return runs.get(conn, number)


def here(round_, how, report):
    """Solve in this process, telling where it stands."""
    return run_round(round_, how, lambda stage, share: report(stage, share) and None)


class Endless:
    """Solves for ever, until its report says to stop; tells when it has begun."""

    def __init__(self):
        self.begun = threading.Event()

    def __call__(self, round_, how, report):
        self.begun.set()
        while report("solving", 0.5):
            time.sleep(0.005)
        raise RunCancelled


def jobs(rounds, solve=here, metrics=None, **changes):
    warm = threading.Event()
    warm.set()
    return Jobs(rounds, warm, metrics, solve=solve, **{"pause": 0.02, **changes})


def until(holds):
    for _ in range(2_000):
        if holds():
            return
        time.sleep(0.005)
    raise AssertionError("it did not come to be in 10 s")


def ended(rounds, number):
    until(lambda: run_of(rounds, number).finished_at is not None)
    return run_of(rounds, number)


def test_runs_that_wait_are_done_one_after_the_other(rounds):
    numbers = [queued(rounds), queued(rounds, How("stable"))]
    metrics = Metrics()
    worker = jobs(rounds, metrics=metrics)
    assert worker.do_one()
    assert [run_of(rounds, n).state for n in numbers] == ["done", "queued"]
    assert worker.do_one()
    assert not worker.do_one()
    done = run_of(rounds, numbers[1])
    assert (done.state, done.attempts, done.worker) == ("done", 1, worker_name())
    assert done.placed == 2
    assert b'caunoi_runs_total{state="done"} 2.0' in metrics.render({})


def test_a_run_is_done_in_a_process_of_its_own_and_repeats_bit_for_bit(house, rounds):
    apart, same = queued(rounds), queued(rounds)
    assert Jobs(rounds, threading.Event()).do_one()
    assert jobs(rounds).do_one()
    assert run_of(rounds, apart).state == "done"
    assert run_of(rounds, apart).result_digest == run_of(rounds, same).result_digest


def test_the_thread_waits_until_it_is_warm_and_can_be_woken(rounds):
    worker = Jobs(rounds, threading.Event(), solve=here, pause=60)
    number = queued(rounds)
    worker.start()
    time.sleep(0.15)
    assert run_of(rounds, number).state == "queued"
    worker.warm.set()
    ended(rounds, number)
    number = queued(rounds)
    worker.wake()
    assert ended(rounds, number).state == "done"
    worker.stop()
    assert not worker.is_alive()


def test_a_worker_that_never_grew_warm_or_never_began_can_be_stopped(rounds):
    cold = Jobs(rounds, threading.Event())
    cold.stop()
    cold = Jobs(rounds, threading.Event())
    cold.start()
    cold.stop()
    assert not cold.is_alive()


def test_a_run_in_work_is_cancelled_and_the_next_one_taken_up(rounds):
    endless = Endless()
    number = queued(rounds)
    worker = jobs(rounds, endless)
    worker.start()
    assert endless.begun.wait(10)
    until(lambda: run_of(rounds, number).stage == "solving")
    assert run_of(rounds, number).share == 0.5
    with transaction(rounds.engine) as conn:
        assert runs.cancel(conn, number, NOW)
    endless.begun.clear()
    following = queued(rounds)
    assert endless.begun.wait(10)
    worker.stop()
    assert run_of(rounds, number).state == "cancelled"
    assert run_of(rounds, following).state == "queued"


def test_a_stop_puts_the_run_in_work_back_and_the_next_start_does_it(rounds):
    endless = Endless()
    number = queued(rounds)
    worker = jobs(rounds, endless)
    worker.start()
    assert endless.begun.wait(10)
    worker.stop()
    assert not worker.is_alive()
    waiting = run_of(rounds, number)
    assert (waiting.state, waiting.worker, waiting.error) == ("queued", None, None)
    again = jobs(rounds)
    again.start()
    done = ended(rounds, number)
    again.stop()
    assert (done.state, done.attempts) == ("done", 2)


def test_the_run_of_a_silent_worker_is_taken_up_and_fails_after_three_attempts(rounds):
    number = queued(rounds)
    minute_ago = NOW - timedelta(minutes=1)
    assert claimed(rounds, "elsewhere:1:00000000", minute_ago).id == number
    assert jobs(rounds).do_one()
    done = run_of(rounds, number)
    assert (done.state, done.attempts) == ("done", 2)
    number = queued(rounds)
    for _ in range(3):
        claimed(rounds, "elsewhere:1:00000000", minute_ago)
        worker = jobs(rounds)
        worker.stopped.set()
        worker.do_one()
    lost = run_of(rounds, number)
    assert (lost.state, lost.error.code) == ("failed", "run-lost")
    assert dict(lost.error.facts) == {"run": number, "attempts": 3}


def test_the_run_of_a_worker_that_lives_is_left_to_it(rounds):
    number = queued(rounds)
    assert claimed(rounds, "elsewhere:1:00000000").id == number
    worker = jobs(rounds)
    worker.start()
    assert not worker.do_one()
    worker.stop()
    assert run_of(rounds, number).worker == "elsewhere:1:00000000"


def test_the_run_of_a_dead_process_is_taken_up_at_once_by_the_next_start(rounds):
    number = queued(rounds)
    host, process, _ = worker_name().rsplit(":", 2)
    assert claimed(rounds, f"{host}:{process}:00000000").id == number
    worker = jobs(rounds)
    worker.start()
    assert ended(rounds, number).state == "done"
    worker.stop()


def test_a_worker_is_known_to_be_dead_only_where_that_is_sure():
    host, process, _ = worker_name().rsplit(":", 2)
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert is_dead(f"{host}:{child.pid}:00000000")
    assert is_dead(f"{host}:{process}:00000000")
    assert not is_dead(worker_name())
    assert not is_dead(f"{host}:{os.getppid()}:00000000")
    assert not is_dead(f"elsewhere:{child.pid}:00000000")
    assert not is_dead("an")


def test_an_error_of_a_run_is_kept_with_its_code_and_the_worker_goes_on(rounds):
    numbers = [queued(rounds), queued(rounds), queued(rounds)]

    def out_of_time(round_, how, report):
        raise OutOfTime(seconds=how.seconds)

    def broken(round_, how, report):
        raise ZeroDivisionError

    metrics = Metrics()
    for solve in (out_of_time, broken, here):
        assert jobs(rounds, solve, metrics).do_one()
    failed, stopped, done = (run_of(rounds, number) for number in numbers)
    assert (failed.state, failed.error.code) == ("failed", "out-of-time")
    assert dict(failed.error.facts) == {"seconds": 60.0}
    assert (stopped.state, stopped.error.code) == ("failed", "solver-stopped")
    assert done.state == "done"
    assert b'caunoi_runs_total{state="failed"} 2.0' in metrics.render({})


def test_a_worker_outlives_errors_of_the_database(rounds, monkeypatch):
    worker = jobs(rounds)
    times = iter([ZeroDivisionError, ZeroDivisionError])

    def clock():
        for error in times:
            raise error
        return NOW

    number = queued(rounds)
    monkeypatch.setattr(rounds, "now", clock)
    worker.start()
    assert ended(rounds, number).state == "done"
    worker.stop()


def test_of_two_workers_each_run_is_done_by_one(rounds):
    solved = []

    def counted(round_, how, report):
        solved.append(how.seed)
        return here(round_, how, report)

    numbers = [queued(rounds, How(seed=seed)) for seed in range(6)]
    workers = [jobs(rounds, counted), jobs(rounds, counted)]
    for worker in workers:
        worker.start()
    assert {ended(rounds, number).state for number in numbers} == {"done"}
    for worker in workers:
        worker.stop()
    assert sorted(solved) == list(range(6))


def test_a_pulse_is_kept_even_where_nothing_is_told_and_hears_of_another_worker(rounds):
    number = queued(rounds)
    run = claimed(rounds, worker_name(), NOW - timedelta(minutes=1))
    with Pulse(rounds.engine, run, lambda: NOW, beat=0.01) as pulse:
        until(lambda: run_of(rounds, number).heard_at == NOW)
        assert run_of(rounds, number).stage == "scoring"
        assert pulse.report("solving", 0.25)
        until(lambda: run_of(rounds, number).share == 0.25)
        with transaction(rounds.engine) as conn:
            runs.release(conn, number, run.attempts)
        assert claimed(rounds, "another").id == number
        assert pulse.ended.wait(10)
        assert not pulse.report("solving", 0.5)
    assert run_of(rounds, number).share == 0.0


def test_what_another_worker_took_over_is_not_kept_by_the_first(rounds):
    number = queued(rounds)
    run = claimed(rounds, worker_name())

    def overtaken(round_, how, report):
        with transaction(rounds.engine) as conn:
            runs.release(conn, number, run.attempts)
        claimed(rounds, "another")
        return here(round_, how, report)

    assert worked_on(rounds, run, overtaken).worker == "another"
    assert run_of(rounds, number).state == "running"


def test_the_service_does_waiting_runs_from_its_start_to_its_end(tmp_path):
    house = build(tmp_path)
    parts = house.app.state.parts
    with transaction(parts.engine) as conn:
        cohorts.add(conn, COHORT, who="an", at=NOW)
    first = queued(parts.rounds)
    with client_of(house):
        assert ended(parts.rounds, first).state == "done"
        second = queued(parts.rounds)
        parts.jobs.wake()
        assert ended(parts.rounds, second).state == "done"
    assert not parts.jobs.is_alive()
    assert b'caunoi_runs_total{state="done"} 2.0' in parts.metrics.render({})
