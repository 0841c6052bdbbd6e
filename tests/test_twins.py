"""Ways of writing the same startup, and how far two of them agree."""

import numpy as np
import pytest

from matcher.weights import PORTFOLIO, TEXT
from models.twins import (
    DIRECTIONS,
    WRITINGS,
    Seen,
    agreement_of,
    compare,
    in_shorthand,
    is_twin,
    overlap,
    rank_correlation,
)
from tests.builders import startup


def test_every_direction_is_between_ways_of_writing():
    assert {name for direction in DIRECTIONS for name in direction} <= set(WRITINGS)


def test_a_way_of_writing_changes_the_words_and_nothing_else():
    whole = startup()
    for write in WRITINGS.values():
        other = write(whole)
        assert (other.id, other.sectors, other.stage) == (whole.id, whole.sectors, whole.stage)
    assert WRITINGS["en"](whole).description_vi is None
    assert WRITINGS["vi"](whole).description_en is None
    assert WRITINGS["bare"](whole).description_vi.isascii()
    assert is_twin(whole)
    assert not is_twin(WRITINGS["vi"](whole))


def test_shorthand_replaces_whole_words_alone():
    assert in_shorthand("Doanh nghiệp không bán phần mềm") == "DN ko bán software"
    assert in_shorthand("vàng") == "vàng"


def test_equal_ranks_correlate_wholly_and_turned_ones_against():
    row = np.array([[0.1, 0.5, 0.3]])
    assert rank_correlation(row, row * 2) == pytest.approx([1.0])
    assert rank_correlation(row, -row) == pytest.approx([-1.0])


def test_unknown_columns_count_for_nothing():
    row = np.array([[0.1, np.nan, 0.3, 0.5]])
    assert rank_correlation(row, row) == pytest.approx([1.0])
    assert np.isnan(rank_correlation(row * np.nan, row)).all()


def test_a_list_of_nothing_shares_nothing_that_is_known():
    assert overlap(frozenset("ab"), frozenset("bc")) == 0.5
    assert np.isnan(overlap(frozenset(), frozenset("a")))


def test_startups_at_some_places_are_looked_for_among_all():
    cosines = np.array([[0.1, 0.2, 0.3], [0.3, 0.2, 0.1]])
    tops = (frozenset("ab"), frozenset("bc"))
    every = Seen(np.eye(2), {TEXT: cosines, PORTFOLIO: cosines}, tops)
    last = Seen(np.eye(2)[1:], {TEXT: cosines[1:], PORTFOLIO: cosines[1:]}, tops[1:])
    rows = compare(last, every, [1])
    assert rows.tolist() == [[1.0, 1.0, 1.0, 1.0]]
    assert agreement_of("vi", "en", rows).top10 == 1.0
