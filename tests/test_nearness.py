"""The likeness of a pair: by hand, whichever side asks, and whoever else is asked for."""

import numpy as np
import pytest

from matcher.nearness import (
    NEAREST,
    TRUSTED_BY_HALF,
    Gallery,
    Portrait,
    gallery_of,
    likeness_to,
    of_portfolio,
    of_text,
    product,
)
from tests.galleries import gallery_with, unit_rows

WIDTHS = (1, 7, 24, 384)
SIZES = (0, 1, 4, 5, 12, 64, 1, 0, 30)


def at(angle):
    """The unit vector at an angle in degrees."""
    turn = np.deg2rad(angle)
    return np.array([np.cos(turn), np.sin(turn)], np.float32)


def near(startup, alumni):
    """Likeness of a startup's vector to a portfolio."""
    gallery = gallery_of(startup[None, :])
    return float(likeness_to(of_portfolio(np.stack(alumni)), gallery, np.zeros(1, np.intp))[0])


def by_hand(startup, alumni):
    """The formula stated again, in double precision."""
    rows = np.stack(alumni).astype(np.float64)
    mean = rows.mean(axis=0)
    cosines = sorted((rows @ startup).tolist(), reverse=True)
    trust = len(rows) / (len(rows) + 10)
    return 0.5 * trust * (mean @ startup) / np.linalg.norm(mean) + 0.5 * sum(cosines[:5]) / 5


EAST = at(0)
CASES = [
    # one alumnus at 60 degrees: its own mean, trusted by 1/11, and 1 of 5 nearest
    ([at(60)], 0.5 / 11 * 0.5 + 0.5 * 0.5 / 5),
    # four alike: trusted by 4/14, 4 of 5
    ([at(60)] * 4, 0.5 * 4 / 14 * 0.5 + 0.5 * 4 * 0.5 / 5),
    # five: trusted by a third, and nobody is missing
    ([at(60)] * 5, 0.5 / 3 * 0.5 + 0.5 * 0.5),
    # twelve, of which the far half adds nothing to the nearest: the mean points to 30 degrees
    ([at(0)] * 6 + [at(60)] * 6, 0.5 * 12 / 22 * np.cos(np.pi / 6) + 0.5),
    # opposite the only alumnus
    ([at(180)], -0.5 / 11 - 0.1),
    # fewer than five count whatever they are
    ([at(0), at(180), at(180)], 0.5 * 3 / 13 * -1 - 0.5 / 5),
    # vectors that cancel out have no mean to be near to
    ([at(0), at(180)], 0.0),
    ([at(90)], 0.0),
]


@pytest.mark.parametrize(("alumni", "expected"), CASES)
def test_the_likeness_to_a_portfolio_is_its_trusted_mean_and_its_nearest(alumni, expected):
    assert near(EAST, alumni) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("size", [1, 4, 5, 6, 12, 63])
def test_the_likeness_is_the_formula(size):
    rng = np.random.default_rng(size)
    startup, *alumni = unit_rows(rng, size + 1, 16)
    assert near(startup, alumni) == pytest.approx(by_hand(startup, alumni), abs=1e-6)


def test_the_likeness_grows_with_every_alumnus_alike_and_never_reaches_one():
    grown = [near(EAST, [at(10)] * size) for size in range(1, 40)]
    assert grown == sorted(grown)
    assert 0 < grown[0] < 0.2
    assert grown[NEAREST - 1] > 0.5
    assert grown[-1] < 1


def test_a_mean_of_ten_is_trusted_by_half():
    seen = of_portfolio(np.stack([EAST] * TRUSTED_BY_HALF))
    assert np.linalg.norm(seen.centre) == pytest.approx(0.25)
    assert np.linalg.norm(of_portfolio(EAST[None, :]).centre) == pytest.approx(0.5 / 11)


@pytest.mark.parametrize("size", [2, 5, 12, 40])
def test_the_order_of_alumni_leaves_no_trace(size):
    rng = np.random.default_rng(size)
    alumni = unit_rows(rng, size, 384)
    texts = gallery_of(unit_rows(rng, 50, 384))
    rows = np.arange(50)
    expected = likeness_to(of_portfolio(alumni), texts, rows)
    for _ in range(5):
        seen = of_portfolio(rng.permutation(alumni))
        assert (likeness_to(seen, texts, rows) == expected).all()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_pair_is_the_same_to_the_bit_whichever_side_asks(width):
    rng = np.random.default_rng(width)
    gallery, rows = gallery_with(rng, SIZES, width)
    vectors = unit_rows(rng, 40, width)
    texts, everybody = gallery_of(vectors), np.arange(len(vectors))
    from_startups = np.stack([likeness_to(of_text(v), gallery, rows) for v in vectors])
    for place, row in enumerate(rows):
        if row < 0:
            assert np.isnan(from_startups[:, place]).all()
            continue
        asked = likeness_to(gallery.portrait(row), texts, everybody)
        assert (asked == from_startups[:, place]).all()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_likeness_does_not_depend_on_the_rows_beside_it(width):
    rng = np.random.default_rng(width)
    gallery, rows = gallery_with(rng, SIZES, width)
    asker = of_text(unit_rows(rng, 1, width)[0])
    whole = likeness_to(asker, gallery, rows)
    for picked in ([3], [8, 0, 3], [4, 4]):
        found = likeness_to(asker, gallery, rows[picked])
        assert np.array_equal(found, whole[picked], equal_nan=True)


@pytest.mark.parametrize("width", WIDTHS)
def test_texts_are_near_by_their_product(width):
    rng = np.random.default_rng(width)
    matrix, vector = unit_rows(rng, 300, width), unit_rows(rng, 1, width)[0]
    whole = likeness_to(of_text(vector), gallery_of(matrix), np.arange(300))
    np.testing.assert_allclose(whole, matrix @ vector, atol=1e-6)
    assert whole[7] == product(matrix[7], vector) == product(vector, matrix[7])


def test_a_profile_without_a_row_has_no_likeness():
    gallery = gallery_of(np.ones((2, 3), np.float32))
    found = likeness_to(of_text(np.ones(3, np.float32)), gallery, np.array([1, -1, 0]))
    assert found[[0, 2]].tolist() == [3.0, 3.0]
    assert np.isnan(found[1])


def test_a_portrait_taken_from_a_gallery_is_its_own():
    gallery = Gallery(
        np.eye(2, dtype=np.float32), np.eye(2, dtype=np.float32), np.array([[0, 1]] * 2)
    )
    seen = gallery.portrait(1)
    gallery.centres[1] = 0
    gallery.members[:] = 0
    assert isinstance(seen, Portrait)
    assert seen.centre.tolist() == [0.0, 1.0]
    assert seen.members.tolist() == [[1.0, 0.0]]
