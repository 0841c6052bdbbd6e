"""Decisions become labels; weights are proposed, accepted and undone; chances wait for proof."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from data import decisions, profiles, weights_kept
from data.engines import reading, transaction
from matcher.errors import (
    NoWeightsToUndo,
    ProposalNotFound,
    ProposalOvertaken,
    ProposalUnproved,
    WeightsOvertaken,
)
from matcher.evidence import GRADES
from matcher.profile import Alumnus
from matcher.ranking import Match, judge_pair
from service.labels import quarter_of
from service.learning import Learning
from service.matchmaking import Wish
from tests.builders import NOW
from tests.decided_world import decide, keep_world, some_programmes, some_startups
from tests.service_fixtures import build

MANY = 300
SCORES = np.array([20.0, 50.0, 80.0])


def learning_of(folder, count):
    house = build(folder)
    drawn = keep_world(house.parts, count)
    return house, Learning(house.parts.matchmaker), drawn


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    """A house with decisions enough; tests leave its weights and decisions as they found them."""
    return learning_of(tmp_path_factory.mktemp("taught"), MANY)


@pytest.fixture
def few(tmp_path):
    """A house of its own with twenty decisions."""
    return learning_of(tmp_path, 20)


def list_of(house, startup="s000"):
    ranking = house.parts.matchmaker.top_matches(startup, Wish(k=30)).ranking
    return [(match.id, match.score, match.parts) for match in ranking.matches]


def put(house, *changed):
    with transaction(house.parts.engine) as conn:
        profiles.put_all(conn, changed, who="an", at=NOW)


def remove(house, kind, profile_id):
    with transaction(house.parts.engine) as conn:
        profiles.delete(conn, kind, profile_id, who="an", at=NOW)


def rule_on(house, startup, programme, decision):
    with transaction(house.parts.engine) as conn:
        decide(conn, startup, programme, decision)


def accept(learning, number, **facts):
    return learning.accept(number, expected=learning.standing().number, who="an", **facts)


def undo(learning, **facts):
    return learning.undo(expected=learning.standing().number, who="an", **facts)


def row_of(labels, startup, programme):
    """Place of a pair among the labels, None where it has none."""
    judged = labels.judged
    found = np.flatnonzero((judged.startups == startup) & (judged.programmes == programme))
    return int(found[0]) if len(found) else None


# -- labels ------------------------------------------------------------------------------------


def test_each_decided_pair_has_its_grade(taught):
    _, learning, drawn = taught
    judged = learning.judged().judged
    told = zip(judged.startups, judged.programmes, judged.grades.tolist(), strict=True)
    expected = [(one.startup, one.programme, GRADES.index(one.decision)) for one in drawn]
    assert list(told) == expected


def test_shares_times_points_are_the_score_that_is_shown(taught):
    house, learning, _ = taught
    judged = learning.judged().judged
    matchmaker = house.parts.matchmaker
    scores = judged.scores(matchmaker.panel.scale.points)
    pairs = zip(judged.startups.tolist(), judged.programmes.tolist(), scores, strict=True)
    open_ = 0
    for startup, programme, score in pairs:
        asker = matchmaker.asker_of(startup)
        found = judge_pair(matchmaker.panel, matchmaker.programmes.roster, asker, programme)
        if isinstance(found, Match):
            open_ += 1
            assert found.score == pytest.approx(score, abs=0.005 * len(found.parts))
    assert open_ > 30


def test_a_pair_that_a_gate_refuses_keeps_its_shares(few):
    house, learning, drawn = few
    pair = drawn[0].startup, drawn[0].programme
    before = learning.judged()
    programme = next(one for one in some_programmes() if one.id == pair[1])
    put(house, replace(programme, status="closed"))
    after = learning.judged()
    rows = [one.judged.shares[row_of(one, *pair)] for one in (before, after)]
    assert rows[0].tolist() == rows[1].tolist()


def test_a_changed_profile_has_its_shares_worked_out_anew(few):
    house, learning, drawn = few
    pair = drawn[0].startup, drawn[0].programme
    learning.judged()
    startup = next(one for one in some_startups() if one.id == pair[0])
    put(house, replace(startup, sectors=("media",), needs=("translation",)))
    fresh = Learning(house.parts.matchmaker).judged()
    assert learning.judged().judged.shares.tolist() == fresh.judged.shares.tolist()


def test_the_last_word_on_a_pair_counts_and_a_withdrawn_one_leaves_no_label(few):
    house, learning, drawn = few
    first, second = drawn[:2]
    rule_on(house, first.startup, first.programme, "completed")
    rule_on(house, second.startup, second.programme, "withdrawn")
    labels = learning.judged()
    assert len(labels.judged) == len(drawn) - 1
    row = row_of(labels, first.startup, first.programme)
    assert GRADES[labels.judged.grades[row]] == "completed"
    assert row_of(labels, second.startup, second.programme) is None
    assert labels.passed_over == 0


def test_a_startup_that_the_portfolio_names_is_passed_over(few):
    house, learning, drawn = few
    one = drawn[0]
    programme = next(p for p in some_programmes() if p.id == one.programme)
    startup = next(s for s in some_startups() if s.id == one.startup)
    named = Alumnus(company=f" {startup.name.upper()} ", what_en="Whatever it does.")
    put(house, replace(programme, portfolio=(named,)))
    labels = learning.judged()
    assert (labels.alumni, labels.gone, labels.passed_over) == (1, 0, 1)
    assert row_of(labels, one.startup, one.programme) is None


def test_pairs_of_profiles_that_are_gone_are_passed_over_and_counted(few):
    house, learning, drawn = few
    remove(house, "startup", drawn[0].startup)
    gone = sum(one.startup == drawn[0].startup for one in drawn)
    labels = learning.judged()
    assert (labels.alumni, labels.gone) == (0, gone)
    assert drawn[0].startup not in labels.judged.startups


def test_a_decision_about_a_partner_is_no_label(few):
    house, learning, drawn = few
    with transaction(house.parts.engine) as conn:
        decisions.decide(conn, "vuon-uom-vi-du", "incubator", "x", "accepted", who="an", at=NOW)
    assert len(learning.judged().judged) == len(drawn)


def test_a_round_is_the_quarter_in_the_citys_time():
    assert quarter_of(datetime(2026, 9, 30, 16, 59, tzinfo=UTC)) == "2026-Q3"
    assert quarter_of(datetime(2026, 9, 30, 17, 0, tzinfo=UTC)) == "2026-Q4"
    assert quarter_of(datetime(2025, 12, 31, 17, 0, tzinfo=UTC)) == "2026-Q1"


# -- groups ------------------------------------------------------------------------------------


def groups_of(labels, attribute):
    return {one.value: one for one in labels.groups if one.attribute == attribute}


def test_groups_are_told_by_language_and_place_and_say_of_whom_they_are_known(taught):
    _, learning, _ = taught
    labels = learning.judged()
    languages = groups_of(labels, "language")
    assert set(languages) == {"vi", "en", "both"}
    whole = np.sum([one.mask for one in languages.values()], axis=0)
    assert (whole == 1).all()
    assert set(groups_of(labels, "country")) == {"SG", "KR", "JP", "DE"}
    assert all((one.mask <= one.known).all() for one in labels.groups)


def test_founders_sex_is_read_only_where_startups_consent(few):
    house, learning, drawn = few
    assert groups_of(learning.judged(), "founder_sex") == {}
    decided = sorted({one.startup for one in drawn})
    for startup in decided:
        house.consent(startup, "founders", "VN")
    found = groups_of(learning.judged(), "founder_sex")
    assert set(found) <= {"female", "male"}
    assert found
    by_id = {one.id: one.founders[0].sex for one in some_startups()}
    judged = learning.judged().judged
    for value, group in found.items():
        inside = {by_id[one] for one in judged.startups[group.mask].tolist()}
        assert inside == {value}


# -- weights -----------------------------------------------------------------------------------


def test_twenty_decisions_are_too_few_and_change_nothing(few):
    house, learning, _ = few
    before = list_of(house)
    made = learning.propose(who="an", at=NOW)
    assert made.evidence.verdict == "too_few"
    assert made.points == made.before
    with pytest.raises(ProposalUnproved):
        accept(learning, made.id)
    assert list_of(house) == before


def test_without_any_decision_too_few_is_said(tmp_path):
    learning = Learning(build(tmp_path).parts.matchmaker)
    assert learning.propose(who="an").evidence.verdict == "too_few"
    assert not learning.reliability().shown
    assert learning.foretelling().curve is None


def test_proposing_keeps_the_evidence_and_never_changes_a_score(taught):
    house, learning, _ = taught
    before = list_of(house)
    made = learning.propose(who="an", at=NOW)
    assert (made.who, made.at, made.evidence.verdict) == ("an", NOW, "better")
    assert made.points != made.before
    assert list_of(house) == before
    with reading(house.parts.engine) as conn:
        assert weights_kept.get(conn, made.id) == made
    standing = learning.standing()
    assert standing.points == standing.own
    assert (standing.proposal, standing.latest) == (None, made)


def test_accepting_changes_scores_and_undoing_gives_the_same_bits_back(taught):
    house, learning, _ = taught
    before = list_of(house)
    made = learning.propose(who="an", at=NOW)
    act = accept(learning, made.id, why="Better on four quarters", at=NOW)
    assert (act.proposal_id, act.action, act.why) == (made.id, "accept", "Better on four quarters")
    assert list_of(house) != before
    standing = learning.standing()
    assert dict(standing.points) == dict(made.points)
    assert dict(standing.own) == dict(made.before)
    assert standing.proposal == made
    assert standing.acts[0] == act
    undo(learning, why="A mistake")
    assert list_of(house) == before
    assert learning.standing().proposal is None


def test_the_learned_points_go_where_the_truth_is(taught):
    _, learning, _ = taught
    made = learning.propose(who="an", at=NOW)
    before, after = dict(made.before), dict(made.points)
    assert after["market"] > before["market"] * 1.5
    assert after["needs"] < before["needs"]


def test_an_overtaken_an_unknown_and_a_missing_one_are_refused(taught):
    _, learning, _ = taught
    first, second = (learning.propose(who="an", at=NOW) for _ in "ab")
    accept(learning, first.id)
    with pytest.raises(ProposalOvertaken):
        accept(learning, second.id)
    undo(learning)
    with pytest.raises(ProposalNotFound):
        accept(learning, 10_000)
    with pytest.raises(NoWeightsToUndo):
        undo(learning)


def test_an_act_on_weights_that_have_changed_meanwhile_is_refused(taught):
    _, learning, _ = taught
    made = learning.propose(who="an", at=NOW)
    seen = learning.standing().number
    accepted = learning.accept(made.id, expected=seen, who="an")
    assert learning.standing().number == accepted.id
    with pytest.raises(WeightsOvertaken) as caught:
        learning.undo(expected=seen, who="binh")
    assert (caught.value.facts["by"], caught.value.facts["at"]) == ("an", accepted.at)
    undone = learning.undo(expected=accepted.id, who="binh")
    for overtaken in (seen, accepted.id):
        with pytest.raises(WeightsOvertaken):
            learning.accept(made.id, expected=overtaken, who="an")
    assert learning.standing().acts[0] == undone


def test_after_an_acceptance_only_later_quarters_are_held_out(taught):
    house, learning, drawn = taught
    first = learning.propose(who="an", at=NOW)
    assert (first.evidence.verdict, first.evidence.seen_until) == ("better", None)
    accept(learning, first.id)
    second = learning.propose(who="an", at=NOW)
    assert (second.evidence.verdict, second.evidence.seen_until) == ("all_seen", "2025-Q4")
    assert second.points == first.points
    decided = {(one.startup, one.programme) for one in drawn}
    pairs = [(s.id, p.id) for s in some_startups()[:5] for p in some_programmes()[:6]]
    fresh = [pair for pair in pairs if pair not in decided]
    for number, pair in enumerate(fresh):
        rule_on(house, *pair, "accepted" if number % 3 == 0 else "declined")
    third = learning.propose(who="an", at=NOW).evidence
    assert third.held_out_rounds == ("2026-Q1",)
    assert third.held_out == len(fresh) >= 20
    for pair in fresh:
        rule_on(house, *pair, "withdrawn")
    undo(learning)
    again = learning.propose(who="an", at=NOW).evidence
    assert (again.verdict, again.seen_until) == ("better", None)


# -- chances -----------------------------------------------------------------------------------


def test_no_chance_is_told_before_there_are_decisions_enough(few):
    _, learning, _ = few
    found = learning.reliability()
    assert not found.shown
    assert found.decisions < found.needed
    assert learning.foretelling().curve is None


def test_with_decisions_enough_a_higher_score_has_a_higher_chance(taught):
    _, learning, _ = taught
    assert learning.reliability().shown
    chances = learning.foretelling().curve.chances(SCORES)
    assert chances.tolist() == sorted(chances.tolist())
    assert 0 < chances[0] < chances[2] < 1


def test_the_chance_follows_the_next_decision_at_once(few):
    house, learning, _ = few
    assert learning.foretelling().curve is None
    pairs = [(one.id, p.id) for one in some_startups()[:5] for p in some_programmes()]
    for number, (startup, programme) in enumerate(pairs):
        rule_on(house, startup, programme, "accepted" if number % 4 == 0 else "declined")
    with_many = learning.foretelling().curve.chances(SCORES)
    assert 0 < with_many[0] < 1
    rule_on(house, "s010", "p000", "accepted")
    assert learning.foretelling().curve.chances(SCORES)[0] != with_many[0]


def test_chances_are_worked_out_once_until_something_changes(taught):
    _, learning, _ = taught
    before = learning.foretelling()
    assert learning.foretelling() is before
    assert before.reliability == replace(learning.reliability(), gaps=())
    made = learning.propose(who="an", at=NOW)
    assert learning.foretelling() is before
    accept(learning, made.id)
    by_other_weights = learning.foretelling()
    assert by_other_weights.reliability.brier != before.reliability.brier
    undo(learning)
    again = learning.foretelling()
    assert again is not before
    assert again.reliability == before.reliability
    assert again.curve.chances(SCORES).tolist() == before.curve.chances(SCORES).tolist()
