"""The commands that learn from decisions: shown, proposed, accepted, undone; chances told."""

import pytest

from matcher.evidence import Evidence, Reliability
from matcher.weights import DEFAULT_POINTS
from service.weights_answers import ComparedOut
from service.weights_terminal import lacks_of_chances, lacks_of_proposal, way_of
from service.wiring import wire
from tests.command_fixtures import _settings, caunoi, small_home
from tests.decided_world import keep_world

MANY = 300


def home_with(folder, count):
    home = small_home(folder)
    parts = wire(_settings(home))
    keep_world(parts, count)
    parts.engine.dispose()
    return home


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    """A home with decisions enough; its first proposal stands accepted, then undone."""
    home = home_with(tmp_path_factory.mktemp("taught") / "home", MANY)
    return home, caunoi(home, "weights", "propose", "--json")


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """A home with twenty decisions."""
    return home_with(tmp_path_factory.mktemp("few") / "home", 20)


def points_of(told):
    return {part["rule"]: part["points"] for part in told["parts"]}


def test_few_decisions_are_told_to_be_too_few_with_how_many_more_it_takes(few):
    ran = caunoi(few, "weights", "propose", "--lang", "en")
    assert ran.code == 0, ran.err
    assert "It takes 40 more decisions." in ran.out
    said = caunoi(few, "chances", "--lang", "vi")
    assert "Cần thêm 10 cặp được nhận." in said.out
    assert "Bảng độ tin cậy" not in said.out
    made = caunoi(few, "weights", "show", "--json").json["proposal"]
    assert made["evidence"]["verdict"] == "too_few"
    assert not made["acceptable"]
    unproved = caunoi(few, "weights", "accept", str(made["id"]), "--json")
    assert (unproved.code, unproved.error["type"]) == (2, "proposal-unproved")


def test_an_unknown_and_an_impossible_number_are_refused_and_undoing_nothing(few):
    unknown = caunoi(few, "weights", "accept", "99", "--json")
    assert (unknown.code, unknown.error["type"]) == (3, "proposal-not-found")
    assert caunoi(few, "weights", "accept", str(2**63)).code == 2
    assert caunoi(few, "weights", "show", "99").code == 3
    nothing = caunoi(few, "weights", "undo", "--json")
    assert (nothing.code, nothing.error["type"]) == (2, "no-weights-to-undo")


def test_a_proposal_is_shown_beside_what_stands_and_adopts_nothing(taught):
    home, made = taught
    assert made.json["acceptable"]
    told = caunoi(home, "weights", "show", "--json").json
    assert points_of(told) == dict(DEFAULT_POINTS)
    assert told["proposal_id"] is None
    assert told["proposal"] == made.json
    english = caunoi(home, "weights", "show", "--lang", "en").out
    assert english.split("Part of the score")[1].split()[:4] == ["Own", "Now", "Proposal", "1"]
    assert "Nothing has changed yet." in english
    assert "Programmes by how strict they are" in english
    vietnamese = caunoi(home, "weights", "show", "1").out
    assert "Chưa có gì thay đổi." in vietnamese
    assert "Khắt khe hơn" in vietnamese


def test_what_is_accepted_stands_until_it_is_undone(taught):
    home, made = taught
    number = made.json["id"]
    proposed = {part["rule"]: part["proposed"] for part in made.json["parts"]}
    act = caunoi(home, "weights", "accept", str(number), "--why", "Đã xem căn cứ", "--json").json
    assert (act["action"], act["proposal_id"], act["why"]) == ("accept", number, "Đã xem căn cứ")
    assert points_of(caunoi(home, "weights", "show", "--json").json) == proposed
    shown = caunoi(home, "weights", "show", "--lang", "en").out
    assert f"The weights of proposal {number} stand." in shown
    assert f"Accepted proposal {number}" in shown
    undone = caunoi(home, "weights", "undo", "--why", "Thử", "--lang", "vi")
    assert "trọng số gốc" in undone.out
    assert points_of(caunoi(home, "weights", "show", "--json").json) == dict(DEFAULT_POINTS)


def test_chances_are_told_with_their_reliability_and_the_gaps_by_group(taught):
    home, _ = taught
    told = caunoi(home, "chances", "--json").json
    assert told["shown"]
    assert told["passed_over"] == {"alumni": 0, "gone": 0}
    assert sum(one["decisions"] for one in told["bins"]) == told["held_out"]
    assert {one["attribute"] for one in told["gaps"]} >= {"sector", "language"}
    assert "founder_sex" not in {one["attribute"] for one in told["gaps"]}
    said = caunoi(home, "chances", "--lang", "en").out
    assert "Reliability table" in said
    assert "Profile written in" in said
    assert "Brier score" in said


# -- what is lacking, and what a difference says -----------------------------------------------


def test_what_is_lacking_is_named_only_where_it_lacks():
    evidence = Evidence("too_few", 58, 40, 4, 30, ("2026-Q1",), 3)
    assert lacks_of_proposal(evidence) == [("decisions", 2), ("lists", 2)]
    one_quarter = Evidence("too_few", 90, 40, 1, 0)
    assert ("quarters", 1) in lacks_of_proposal(one_quarter)
    assert lacks_of_proposal(Evidence("not_shown", 10, 5, 2, 5)) == ()
    found = Reliability("too_few", None, 55, 3, 50, 10)
    assert lacks_of_chances(found) == [("accepted", 7)]
    unchecked = Reliability("unchecked", "platt", 55, 13, 50, 10, held_out=12)
    assert lacks_of_chances(unchecked) == [("later", 8)]
    for enough in (None, "no_closer"):
        assert lacks_of_chances(Reliability(enough, "platt", 90, 20, 50, 10, held_out=40)) == []


@pytest.mark.parametrize(
    ("measure", "low", "high", "way"),
    [
        ("log_loss", -0.2, -0.1, "better"),
        ("log_loss", 0.1, 0.2, "worse"),
        ("log_loss", -0.1, 0.1, "unclear"),
        ("ndcg", 0.1, 0.2, "better"),
        ("mrr", -0.2, -0.1, "worse"),
    ],
)
def test_a_difference_is_told_in_words_by_its_whole_interval(measure, low, high, way):
    middle = (low + high) / 2
    one = ComparedOut(
        measure=measure, label="", present=1, proposed=1, difference=middle, low=low, high=high
    )
    assert way_of(one) == way
