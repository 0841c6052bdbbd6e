"""Outcomes kept as JSON: what is read is equal to what was written."""

import dataclasses
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.outcomes import digest_of_outcome, packed, unpacked
from matcher import outcome as values
from matcher.outcome import Move, Outcome, Placement, Shortfall
from matcher.rules.base import Coded, InLanguages, Reason, Sum
from tests.kept_rounds import drawn_outcome, drawn_shortfall
from tests.strategies import examples, seeds

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
facts = st.one_of(
    st.none(),
    texts,
    st.integers(),
    st.floats(allow_nan=False),
    st.dates(),
    st.builds(Coded, texts, st.lists(texts, max_size=3).map(tuple)),
    st.builds(InLanguages, texts, texts),
    st.builds(Sum, st.floats(allow_nan=False), texts),
)
reasons = st.builds(Reason, texts, st.lists(st.tuples(texts, facts), max_size=4).map(tuple))


@examples(30)
@given(seeds)
def test_an_outcome_comes_back_equal(seed):
    outcome = drawn_outcome(6, seed)
    assert unpacked(Outcome, packed(outcome)) == (outcome,)


@examples(60)
@given(st.lists(reasons, max_size=4).map(tuple))
def test_a_reason_with_facts_of_any_kind_comes_back_equal(some):
    placement = Placement("a", "out", (), (), 0, some)
    (read,) = unpacked(Placement, packed(placement))
    assert read == placement
    assert repr(read) == repr(placement)


@examples(10)
@given(seeds)
def test_a_shortfall_comes_back_equal(seed):
    shortfall = drawn_shortfall(seed)
    assert unpacked(Shortfall, packed(shortfall)) == (shortfall,)


def test_the_drawn_outcomes_hold_every_value_of_the_module():
    kinds = {k for k in vars(values).values() if dataclasses.is_dataclass(k) and k is not Reason}
    seen = set()

    def walk(one):
        if isinstance(one, tuple):
            for item in one:
                walk(item)
        elif dataclasses.is_dataclass(one):
            seen.add(type(one))
            for field in dataclasses.fields(one):
                walk(getattr(one, field.name))

    walk((drawn_outcome(20), drawn_shortfall()))
    assert kinds <= seen


def test_equal_outcomes_have_equal_digests_and_others_have_others():
    outcome = drawn_outcome(5)
    again = drawn_outcome(5)
    assert digest_of_outcome(outcome) == digest_of_outcome(again)
    for changes in (
        {"total": outcome.total + 1},
        {"notes": (Reason.of("x", day=date(2026, 1, 1)),)},
        {"placements": outcome.placements[1:]},
        {"moves": (Move("a", (), (), False, 0, ()),)},
    ):
        assert digest_of_outcome(dataclasses.replace(outcome, **changes)) != digest_of_outcome(
            outcome
        )


def test_a_number_of_numpy_is_refused_rather_than_kept_as_something_else():
    with pytest.raises(TypeError):
        packed(dataclasses.replace(drawn_outcome(1), total=np.int64(3)))


def test_a_fact_of_another_kind_is_refused():
    with pytest.raises(TypeError, match="set"):
        packed(dataclasses.replace(drawn_outcome(1), notes=(Reason("x", (("y", {1}),)),)))
