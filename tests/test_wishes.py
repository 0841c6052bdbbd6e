"""Wishes of startups, drafts of forms, and secret addresses of calendars, on a real database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from data import drafts, feeds, wishes
from data.engines import Connection
from matcher.errors import InvalidField, NotFound, UnknownCode
from tests.builders import NOW

LATER = NOW + timedelta(hours=1)


def say(conn: Connection, wish: str, programme: str = "p", startup: str = "s", **rest: str) -> None:
    wishes.say(conn, startup, programme, wish, who="An", at=NOW, **rest)


def test_the_latest_wish_of_a_pair_counts_and_all_stay_on_record(conn: Connection) -> None:
    say(conn, "not_for_me", why="quá xa")
    say(conn, "interested", programme="q")
    say(conn, "interested")
    counted = [(one.programme_id, one.wish) for one in wishes.latest(conn, "s")]
    assert counted == [("q", "interested"), ("p", "interested")]
    assert next(one.wish for one in wishes.everything(conn, "s")) == "not_for_me"


def test_a_wish_taken_back_counts_no_more(conn: Connection) -> None:
    say(conn, "interested")
    say(conn, "withdrawn")
    assert wishes.latest(conn, "s") == ()
    assert wishes.of_programme(conn, "p") == ()


def test_a_programme_hears_of_every_startup_what_counts(conn: Connection) -> None:
    say(conn, "interested", startup="a")
    say(conn, "not_for_me", startup="b")
    say(conn, "not_for_me", startup="a", why="hết hạn")
    heard = [(one.startup_id, one.wish, one.why) for one in wishes.of_programme(conn, "p")]
    assert heard == [("b", "not_for_me", None), ("a", "not_for_me", "hết hạn")]


def test_an_unknown_wish_and_an_endless_reason_are_refused(conn: Connection) -> None:
    with pytest.raises(UnknownCode):
        say(conn, "perhaps")
    with pytest.raises(InvalidField):
        say(conn, "interested", why="x" * (wishes.LONGEST_WHY + 1))


def test_whoever_asks_to_be_forgotten_leaves_no_wish(conn: Connection) -> None:
    say(conn, "interested")
    say(conn, "interested", startup="other")
    assert wishes.forget(conn, "s") == 1
    assert wishes.everything(conn, "s") == ()
    assert len(wishes.everything(conn, "other")) == 1


def test_a_draft_gives_back_what_was_typed_in_its_order(conn: Connection) -> None:
    typed = (("needs", "mentoring"), ("needs", "funding"), ("name", "Lúa Xanh"))
    assert drafts.keep(conn, 1, "start", typed, at=NOW)
    assert drafts.keep(conn, 1, "start", typed[1:], at=LATER)
    kept = drafts.get(conn, 1, "start")
    assert kept == drafts.Draft(typed[1:], LATER)
    assert drafts.get(conn, 2, "start") is None
    drafts.drop(conn, 1, "start")
    assert drafts.get(conn, 1, "start") is None


def test_a_draft_that_no_form_could_make_is_not_kept(conn: Connection) -> None:
    assert not drafts.keep(conn, 1, "start", [("name", "x" * drafts.MOST_KEPT)], at=NOW)
    assert drafts.get(conn, 1, "start") is None


def test_a_calendar_address_is_its_owners_until_it_ends_or_is_made_anew(conn: Connection) -> None:
    first = feeds.make(conn, 7, at=NOW)
    assert feeds.owner(conn, first) == 7
    second = feeds.make(conn, 7, at=LATER)
    assert feeds.owner(conn, second) == 7
    assert feeds.made_at(conn, 7) == LATER
    with pytest.raises(NotFound):
        feeds.owner(conn, first)
    feeds.end(conn, 7)
    assert feeds.made_at(conn, 7) is None
    with pytest.raises(NotFound):
        feeds.owner(conn, second)


def test_the_secret_of_a_calendar_is_not_kept(conn: Connection) -> None:
    secret = feeds.make(conn, 7, at=NOW)
    raw = conn.connection.driver_connection.execute("select * from feeds").fetchall()
    assert secret not in str(raw)
