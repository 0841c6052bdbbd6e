"""Publishing, in whole and in part, undoing step by step, and two officers at once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data import cohorts, publications, runs
from data.engines import engine_of, migrate, transaction
from data.publications import merged
from data.texts import LANGUAGES, Texts
from matcher.assignment.instance import How
from matcher.errors import (
    CohortNotFound,
    Conflict,
    NoOutcome,
    NothingToUndo,
    Overtaken,
    RunNotFound,
)
from tests.builders import NOW
from tests.kept_rounds import cohort, drawn_outcome, keep_profiles
from tests.test_runs import grounds, solved

A = (("an-pay", "k-lab"), ("binh-agri", "merlion"))
B = (("an-pay", "merlion"),)
C = (("chi-med", "k-lab"),)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def engine(tmp_path):
    engine = engine_of(f"sqlite:///{tmp_path}/caunoi.db")
    migrate(engine)
    with transaction(engine) as conn:
        keep_profiles(conn)
        for id in ("dot-1-2026", "dot-2"):
            cohorts.add(conn, cohort(id=id), who="an", at=NOW)
    return engine


@pytest.fixture
def conn(engine):
    with transaction(engine) as conn:
        yield conn


def publish(conn, pairs, expected=None, run_id=None, who="an", at=NOW, cohort_id="dot-1-2026"):
    return publications.publish(
        conn, cohort_id, run_id, pairs, expected=expected, who=who, at=at, why="Theo biên bản"
    )


def undo(conn, expected, at=LATER):
    return publications.undo(conn, "dot-1-2026", expected=expected, who="bình", at=at)


def done_run(conn, cohort_id="dot-1-2026"):
    number = runs.queue(conn, runs.Order(cohort_id, 1, How(), None, "an", NOW))
    runs.claim(conn, "w", NOW)
    runs.finish(conn, number, grounds(solved()), solved(), drawn_outcome(2), NOW)
    return number


def test_nothing_is_published_at_first(conn):
    assert publications.latest(conn, "dot-1-2026") is None
    assert publications.history(conn, "dot-1-2026") == ()


def test_a_published_list_stands_with_who_when_and_why(conn):
    number = done_run(conn)
    act = publish(conn, reversed(A), run_id=number)
    assert publications.latest(conn, "dot-1-2026") == act
    assert (act.run_id, act.action, act.who, act.at) == (number, "publish", "an", NOW)
    assert (act.why, act.pairs) == ("Theo biên bản", A)
    assert publications.latest(conn, "dot-2") is None
    assert publications.get(conn, act.id) == act
    assert publications.get(conn, act.id + 1) is None


def test_undoing_walks_back_step_by_step_and_every_act_stays(conn):
    number = done_run(conn)
    first = publish(conn, A, run_id=number)
    second = publish(conn, B, first.id)
    back = undo(conn, second.id)
    assert (back.pairs, back.run_id, back.action) == (A, number, "undo")
    empty = undo(conn, back.id)
    assert (empty.pairs, empty.run_id) == ((), None)
    with pytest.raises(NothingToUndo):
        undo(conn, empty.id)
    assert publications.history(conn, "dot-1-2026") == (empty, back, second, first)


def test_what_is_published_after_an_undo_is_undone_to_the_same_list(conn):
    first = publish(conn, A)
    back = undo(conn, publish(conn, B, first.id).id)
    third = publish(conn, C, back.id)
    again = undo(conn, third.id)
    assert again.pairs == A
    assert undo(conn, again.id).pairs == ()


def test_nothing_can_be_undone_where_nothing_was_published(conn):
    with pytest.raises(NothingToUndo):
        undo(conn, None)


def test_two_officers_do_not_publish_over_each_other(engine):
    with transaction(engine) as conn:
        seen = publish(conn, A)
    with transaction(engine) as conn:
        publish(conn, B, seen.id, who="bình", at=LATER)
    for act in (
        lambda conn: publish(conn, C, seen.id),
        lambda conn: publish(conn, C, None),
        lambda conn: undo(conn, seen.id),
    ):
        with pytest.raises(Overtaken) as refused, transaction(engine) as conn:
            act(conn)
        assert isinstance(refused.value, Conflict)
        assert refused.value.facts == {"cohort": "dot-1-2026", "by": "bình", "at": LATER}
        for lang in LANGUAGES:
            told = Texts(lang).error(refused.value).detail
            assert "bình" in told
            assert "16:00" in told, "by the clock of the city"
    with transaction(engine) as conn:
        assert publications.latest(conn, "dot-1-2026").pairs == B


def test_an_undo_overtakes_as_a_publication_does(conn):
    first = publish(conn, A)
    undo(conn, first.id)
    with pytest.raises(Overtaken):
        publish(conn, B, first.id)


def test_only_a_run_of_this_cohort_that_is_done_is_published(conn):
    waiting = runs.queue(conn, runs.Order("dot-1-2026", 1, How(), None, "an", NOW))
    with pytest.raises(NoOutcome):
        publish(conn, A, run_id=waiting)
    runs.cancel(conn, waiting)
    with pytest.raises(RunNotFound):
        publish(conn, A, run_id=done_run(conn, "dot-2"))
    with pytest.raises(RunNotFound):
        publish(conn, A, run_id=999)
    with pytest.raises(CohortNotFound):
        publish(conn, A, cohort_id="dot-9")
    assert publications.latest(conn, "dot-1-2026") is None


def test_publishing_in_part_replaces_the_places_of_the_chosen_startups_only():
    before = (("a", "p"), ("a", "q"), ("b", "p"), ("c", "p"))
    run = (("a", "r"), ("b", "q"), ("d", "p"))
    assert merged(before, run, {"a", "c", "d"}) == (("a", "r"), ("b", "p"), ("d", "p"))
    assert merged(before, run, ()) == before
    assert merged((), run, {"b"}) == (("b", "q"),)


def test_a_pair_is_published_once(conn):
    act = publish(conn, (*A, A[0]))
    assert act.pairs == A
    assert replace(act, pairs=()) != act
