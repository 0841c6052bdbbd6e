import pytest

from data.decisions import (
    decide,
    decisions_about,
    latest_about_target,
    latest_decisions,
    latest_number,
    latest_of_all,
    recorded,
)
from matcher.errors import UnknownCode
from tests.builders import NOW


def say(conn, decision, startup="a", target="p", why=None):
    return decide(conn, startup, "programme", target, decision, who="an", at=NOW, why=why)


def test_the_latest_decision_counts_and_all_are_kept(conn):
    first = say(conn, "shortlisted")
    last = say(conn, "declined", why="Quá xa")
    assert latest_decisions(conn, "a") == (last,)
    assert decisions_about(conn, "a", "programme", "p") == (first, last)


def test_a_withdrawn_decision_counts_no_more(conn):
    say(conn, "declined")
    say(conn, "withdrawn")
    assert latest_decisions(conn, "a") == ()


def test_decisions_are_found_from_the_side_of_the_target(conn):
    of_a = say(conn, "met", startup="a")
    say(conn, "shortlisted", startup="b")
    of_b = say(conn, "accepted", startup="b")
    say(conn, "met", target="q")
    assert latest_about_target(conn, "programme", "p") == (of_a, of_b)


def test_of_all_pairs_the_decision_that_counts_is_found_oldest_first(conn):
    assert (latest_of_all(conn, "programme"), latest_number(conn)) == ((), 0)
    say(conn, "met", startup="a")
    say(conn, "shortlisted", startup="b")
    of_c = say(conn, "met", startup="c")
    of_a = say(conn, "accepted", startup="a")
    last = say(conn, "withdrawn", startup="b")
    decide(conn, "home", "incubator", "abroad", "met", who="an", at=NOW)
    assert latest_of_all(conn, "programme") == (of_c, of_a)
    assert latest_number(conn) == last.id + 1


def test_what_is_on_record_is_told_newest_first_of_a_startup_or_a_target(conn):
    first, second = say(conn, "met", startup="a"), say(conn, "declined", startup="b")
    third, last = say(conn, "accepted", startup="a", target="q"), say(conn, "accepted", startup="a")
    decide(conn, "home", "incubator", "abroad", "met", who="an", at=NOW)
    assert recorded(conn, "programme") == (last, third, second, first)
    assert recorded(conn, "programme", limit=2) == (last, third)
    assert recorded(conn, "programme", startup_id="a") == (last, third, first)
    assert recorded(conn, "programme", target_id="p") == (last, second, first)
    assert recorded(conn, "programme", startup_id="b", target_id="q") == ()


def test_an_unknown_decision_is_refused(conn):
    with pytest.raises(UnknownCode):
        say(conn, "loved")
    with pytest.raises(UnknownCode):
        decide(conn, "a", "investor", "p", "met", who="an", at=NOW)
