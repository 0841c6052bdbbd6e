import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.index import Neighbour, VectorIndex

DIMENSION = 8


def unit(seed: int, count: int, dimension: int = DIMENSION) -> NDArray[np.float32]:
    """Seeded random unit vectors; every fourth repeats an earlier one, so that ties occur."""
    drawn = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    drawn[3::4] = drawn[: len(drawn[3::4])]
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    return drawn


def filled(ids: list[str], vectors: NDArray[np.float32]) -> VectorIndex:
    """An index that holds these vectors."""
    index = VectorIndex(vectors.shape[1], "model")
    index.put(ids, vectors)
    return index


def by_hand(
    ids: list[str], vectors: NDArray[np.float32], query: NDArray[np.float32], k: int
) -> list[str]:
    """The k nearest ids by sorting every likeness, equal ones by id."""
    exact = (vectors.astype(np.float64) * query).sum(axis=1).astype(np.float32)
    return [id for _, id in sorted(zip((-exact).tolist(), ids, strict=True))][:k]


names = st.lists(st.integers(0, 9999).map("p{:04d}".format), min_size=1, max_size=80, unique=True)


@settings(max_examples=60, deadline=None)
@given(names, st.integers(0, 99), st.data())
def test_k_eligible_give_k_at_any_selectivity(
    ids: list[str], seed: int, data: st.DataObject
) -> None:
    vectors = unit(seed, len(ids))
    eligible = data.draw(st.lists(st.sampled_from(ids), unique=True))
    k = data.draw(st.integers(0, len(ids) + 3))
    query = unit(seed + 1, 1)
    chosen = np.isin(ids, eligible)
    expected = by_hand([i for i in ids if i in eligible], vectors[chosen], query[0], k)
    for asked in (eligible, chosen):
        (found,) = filled(ids, vectors).nearest(query, k, asked)
        assert [neighbour.id for neighbour in found] == expected
        assert len(found) == min(k, len(eligible))


@settings(max_examples=60, deadline=None)
@given(names, st.integers(0, 99), st.randoms(use_true_random=False))
def test_the_order_of_insertion_does_not_matter(ids: list[str], seed: int, random) -> None:
    vectors = unit(seed, len(ids))
    order = list(range(len(ids)))
    random.shuffle(order)
    queries = unit(seed + 1, 3)
    one = filled(ids, vectors).nearest(queries, 7)
    other = filled([ids[i] for i in order], vectors[order]).nearest(queries, 7)
    assert one == other


@settings(max_examples=40, deadline=None)
@given(names, st.integers(0, 99), st.data())
def test_removing_leaves_what_was_never_removed(
    ids: list[str], seed: int, data: st.DataObject
) -> None:
    vectors = unit(seed, len(ids))
    gone = data.draw(st.lists(st.sampled_from(ids), unique=True))
    index = filled(ids, vectors)
    index.remove(gone)
    kept = [i for i, id in enumerate(ids) if id not in gone]
    expected = filled([ids[i] for i in kept], vectors[kept])
    query = unit(seed + 1, 2)
    assert set(index.ids) == set(expected.ids)
    assert index.nearest(query, 9) == expected.nearest(query, 9)


def test_many_equal_vectors_are_ordered_by_id() -> None:
    ids = [f"p{i:03d}" for i in range(500)]
    vectors = np.repeat(unit(1, 1), 500, axis=0)
    (found,) = filled(ids[::-1], vectors).nearest(vectors[:1], 5)
    assert [neighbour.id for neighbour in found] == ids[:5]


def test_a_change_is_seen_by_the_next_search() -> None:
    first, second = unit(3, 2)
    index = filled(["a", "b"], np.stack([first, second]))
    assert index.nearest(first[None], 1)[0][0].id == "a"
    index.put(["a", "c"], np.stack([-first, first]))
    ((nearest,),) = index.nearest(first[None], 1)
    assert nearest == Neighbour("c", nearest.likeness)
    assert nearest.likeness == pytest.approx(1.0)
    index.remove(["c", "nobody"])
    assert index.nearest(first[None], 9)[0][-1].id == "a"
    assert len(index) == 2
    assert "c" not in index


def test_ids_and_matrix_stand_in_the_same_order() -> None:
    vectors = unit(5, 300)
    ids = [f"p{i}" for i in range(300)]
    index = filled(ids, vectors)
    index.remove(["p0", "p17", "p299"])
    assert index.matrix.shape == (297, DIMENSION)
    for id, row in zip(index.ids, index.matrix, strict=True):
        np.testing.assert_array_equal(row, vectors[int(id[1:])])
    assert np.shares_memory(index.matrix, index.matrix)
    with pytest.raises(ValueError, match="read-only"):
        index.matrix[0, 0] = 1


def test_an_empty_index_and_no_queries_answer_with_nothing() -> None:
    index = VectorIndex(DIMENSION, "model")
    assert index.nearest(unit(1, 2), 3) == [[], []]
    assert filled(["a"], unit(1, 1)).nearest(unit(1, 0), 3) == []


@pytest.mark.parametrize(
    "vectors", [np.zeros((1, 3), np.float32), np.full((1, DIMENSION), np.nan, np.float32)]
)
def test_vectors_of_another_shape_or_not_finite_are_refused(vectors: NDArray[np.float32]) -> None:
    with pytest.raises(ValueError, match="finite vectors"):
        VectorIndex(DIMENSION, "model").put(["a"], vectors)
