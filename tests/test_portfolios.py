"""Portfolios side by side: what is put is found again, whatever came and went between."""

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from matcher.nearness import of_portfolio
from models.portfolios import MOST_ALUMNI, Portfolios
from tests.galleries import unit_rows
from tests.strategies import examples

WIDTH = 8


class History(RuleBasedStateMachine):
    """Puts, replaces and removes portfolios beside a plain dict."""

    def __init__(self):
        super().__init__()
        self.held = Portfolios(WIDTH, "made-up")
        self.kept = {}

    @rule(name=st.sampled_from("abcd"), size=st.integers(1, 90), seed=st.integers(0, 9))
    def put(self, name, size, seed):
        vectors = unit_rows(np.random.default_rng(seed), size, WIDTH)
        self.held.put(name, vectors)
        self.kept[name] = vectors

    @rule(name=st.sampled_from("abcde"))
    def remove(self, name):
        self.held.remove([name])
        self.kept.pop(name, None)

    @invariant()
    def all_is_held_and_nothing_else(self):
        assert sorted(self.held.ids) == sorted(self.kept)
        assert len(self.held) == len(self.kept)
        gallery = self.held.gallery
        for row, name in enumerate(self.held.ids):
            expected, vectors = of_portfolio(self.kept[name]), self.kept[name]
            for seen in (gallery.portrait(row), self.held.portrait(name)):
                assert seen.centre.tolist() == expected.centre.tolist()
                assert seen.members.tolist() == vectors[-MOST_ALUMNI:].tolist()
        alumni = [self.kept[name][-MOST_ALUMNI:] for name in self.held.ids]
        assert self.held.alumni.tolist() == [row.tolist() for rows in alumni for row in rows]
        assert self.held.portrait("e") is None


def test_what_happened_to_portfolios_does_not_show():
    run_state_machine_as_test(History, settings=examples(25))


def test_gaps_are_closed_before_more_room_is_taken():
    held = Portfolios(WIDTH, "made-up")
    rng = np.random.default_rng(1)
    held.put("stays", unit_rows(rng, 3, WIDTH))
    expected = held.portrait("stays").members.tolist()
    for _ in range(200):
        held.put("changes", unit_rows(rng, 60, WIDTH))
    assert len(held.gallery.members) < 6 * 60
    assert held.portrait("stays").members.tolist() == expected


def test_many_portfolios_take_the_room_that_they_need():
    held = Portfolios(WIDTH, "made-up")
    vectors = unit_rows(np.random.default_rng(2), 2000, WIDTH)
    for number in range(100):
        held.put(f"{number:03}", vectors[number * 20 : number * 20 + 20])
    assert held.alumni.tolist() == vectors.tolist()


def test_of_a_large_portfolio_the_last_are_looked_at_and_the_mean_is_over_all():
    vectors = unit_rows(np.random.default_rng(3), MOST_ALUMNI + 6, WIDTH)
    held = Portfolios(WIDTH, "made-up")
    held.put("large", vectors)
    seen = held.portrait("large")
    assert seen.members.tolist() == vectors[6:].tolist()
    assert seen.centre.tolist() == of_portfolio(vectors).centre.tolist()


@pytest.mark.parametrize(
    "vectors",
    [np.zeros((0, WIDTH)), np.zeros(WIDTH), np.zeros((2, 3)), np.full((1, WIDTH), np.nan)],
)
def test_what_are_no_vectors_of_alumni_is_refused_and_changes_nothing(vectors):
    held = Portfolios(WIDTH, "made-up")
    first = unit_rows(np.random.default_rng(4), 2, WIDTH)
    held.put("one", first)
    with pytest.raises(ValueError, match="expected"):
        held.put("one", vectors.astype(np.float32))
    assert held.portrait("one").members.tolist() == first.tolist()
    assert held.ids == ("one",)


def test_an_empty_gallery_has_no_rows():
    held = Portfolios(WIDTH, "made-up")
    assert held.gallery.centres.shape == (0, WIDTH)
    assert held.gallery.spans.shape == (0, 2)
    assert held.alumni.shape == (0, WIDTH)
    assert "one" not in held
