"""Officers record decisions and look at those on record, from the command line."""

from datetime import datetime

import pytest

from data.decisions import KNOWN
from data.texts import LANGUAGES, Texts
from tests.command_fixtures import caunoi, small_home
from tests.test_commands import squeezed

PAIR = ("vi-du-pay", "merlion-growth")


@pytest.fixture
def home(tmp_path):
    return small_home(tmp_path / "home")


def items(home, *options):
    return caunoi(home, "decisions", *options, "--json").json["items"]


def words(told):
    return [(one["decision"], one["counts"]) for one in told]


def test_a_recorded_decision_is_told_with_how_to_take_it_back(home):
    ran = caunoi(home, "decide", *PAIR, "declined", "--why", "Không hợp lịch", "--lang", "en")
    assert ran.code == 0, ran.err
    assert "The decision is recorded." in ran.out
    assert "Ví Dụ Pay at Merlion Growth: Declined." in ran.out
    assert "caunoi decide vi-du-pay merlion-growth withdrawn" in ran.out
    vietnamese = caunoi(home, "decide", *PAIR, "met").out
    assert "Đã ghi nhận quyết định." in vietnamese
    assert "Ví Dụ Pay tại Merlion Growth: Đã gặp." in vietnamese


def test_for_programs_it_has_the_form_of_the_api(home):
    made = caunoi(home, "decide", *PAIR, "shortlisted", "--why", "Hợp", "--json").json
    assert datetime.fromisoformat(made.pop("at")).tzinfo is not None
    assert made == {
        "id": 1,
        "startup_id": "vi-du-pay",
        "target_kind": "programme",
        "target_id": "merlion-growth",
        "decision": "shortlisted",
        "who": "command line",
        "why": "Hợp",
    }


def test_a_declined_pair_leaves_the_list_until_the_decision_is_withdrawn(home):
    def matches():
        answer = caunoi(home, "match", "vi-du-pay", "--json").json
        return [match["programme_id"] for match in answer["matches"]]

    before = matches()
    caunoi(home, "decide", *PAIR, "declined")
    assert set(before) - set(matches()) == {"merlion-growth"}
    withdrawn = caunoi(home, "decide", *PAIR, "withdrawn", "--lang", "en")
    assert "Ví Dụ Pay at Merlion Growth: Withdrawn." in withdrawn.out
    assert "Take back" not in withdrawn.out
    assert matches() == before


def test_the_list_says_which_decisions_count(home):
    for pair, word in (
        (PAIR, "met"),
        (("vi-du-pay", "merlion-landing"), "declined"),
        (PAIR, "accepted"),
        (("nong-trai-so", "merlion-landing"), "met"),
        (("vi-du-pay", "merlion-landing"), "withdrawn"),
    ):
        assert caunoi(home, "decide", *pair, word).code == 0
    assert words(items(home)) == [
        ("withdrawn", False),
        ("met", True),
        ("accepted", True),
        ("declined", False),
        ("met", False),
    ]
    at_landing = items(home, "--programme", "merlion-landing")
    assert words(at_landing) == [("withdrawn", False), ("met", True), ("declined", False)]
    of_farm = items(home, "--startup", "nong-trai-so")
    assert words(of_farm) == [("met", True)]
    assert len(items(home, "-k", "2")) == 2
    told = squeezed(caunoi(home, "decisions", "--lang", "en").out)
    assert "Met (counts no more)" in told
    assert "Accepted command line" in told
    assert "Đã gặp (không còn hiệu lực)" in squeezed(caunoi(home, "decisions").out)


def test_where_nothing_is_on_record_it_is_said(home):
    english = caunoi(home, "decisions", "--lang", "en").out
    assert "No decision is on record." in english
    assert "Chưa có quyết định nào." in caunoi(home, "decisions", "--startup", "vi-du-pay").out
    assert items(home) == []


def test_unknown_ids_and_words_are_refused_with_what_is_known(home):
    unknown = caunoi(home, "decide", "vi-du-pai", "merlion-growth", "met", "--json")
    assert (unknown.code, unknown.error["type"]) == (3, "profile-not-found")
    assert "vi-du-pay" in unknown.error["next"]
    word = caunoi(home, "decide", *PAIR, "hired", "--lang", "en", "--json")
    assert (word.code, word.error["type"]) == (2, "unknown-code")
    assert "shortlisted" in word.error["next"]
    assert caunoi(home, "decisions", "--programme", "x").code == 3
    assert items(home) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_is_told_in_both_languages(lang):
    told = {Texts(lang).screen(f"decision.{word}") for word in KNOWN}
    assert len(told) == len(KNOWN)
    assert not told & set(KNOWN)
