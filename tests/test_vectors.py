import unicodedata
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from models.encoder import Encoder, Progress, Role
from models.vectors import MemoryVectors, RememberingEncoder, text_digest


class CountingEncoder:
    """An encoder of two numbers that notes what it is asked and may stop half-way."""

    def __init__(self, model_id: str = "counting", stop_at: int | None = None) -> None:
        self.model_id = model_id
        self.dimension = 2
        self.asked: list[str] = []
        self.stop_at = stop_at

    def encode(
        self, texts: Sequence[str], role: Role, *, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        if self.stop_at is not None and len(self.asked) >= self.stop_at:
            raise KeyboardInterrupt
        self.asked += texts
        angles = np.array([len(text) + (role == "query") for text in texts], np.float32)
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def test_it_stands_wherever_an_encoder_is_wanted() -> None:
    encoder: Encoder = RememberingEncoder(CountingEncoder(), MemoryVectors())
    assert (encoder.model_id, encoder.dimension) == ("counting", 2)


def test_no_text_is_encoded_twice() -> None:
    counting = CountingEncoder()
    encoder = RememberingEncoder(counting, MemoryVectors())
    first = encoder.encode(["a", "bb", "a"], "query")
    second = encoder.encode(["ccc", "bb"], "query")
    assert sorted(counting.asked) == ["a", "bb", "ccc"]
    np.testing.assert_array_equal(first[0], first[2])
    np.testing.assert_array_equal(first[1], second[1])


def test_what_comes_back_is_what_the_encoder_gives_in_the_order_asked() -> None:
    texts = [word * n for n, word in enumerate("abcdefghij", start=1)][::-1]
    encoder = RememberingEncoder(CountingEncoder(), MemoryVectors(), chunk=3)
    expected = CountingEncoder().encode(texts, "passage")
    np.testing.assert_array_equal(encoder.encode(texts, "passage"), expected)
    np.testing.assert_array_equal(encoder.encode(texts, "passage"), expected)


def test_another_role_is_another_vector() -> None:
    counting = CountingEncoder()
    encoder = RememberingEncoder(counting, MemoryVectors())
    encoder.encode(["a"], "query")
    encoder.encode(["a"], "passage")
    assert counting.asked == ["a", "a"]


def test_a_change_of_model_encodes_again_and_keeps_both() -> None:
    store, old, new = MemoryVectors(), CountingEncoder("old"), CountingEncoder("new")
    for counting in (old, new, old, new):
        RememberingEncoder(counting, store).encode(["a", "bb"], "query")
    assert old.asked == new.asked == ["a", "bb"]
    assert len(store) == 4


def test_an_interruption_loses_at_most_one_chunk() -> None:
    store = MemoryVectors()
    texts = ["x" * n for n in range(1, 11)]
    with pytest.raises(KeyboardInterrupt):
        RememberingEncoder(CountingEncoder(stop_at=6), store, chunk=3).encode(texts, "query")
    assert len(store) == 6
    rest = CountingEncoder()
    RememberingEncoder(rest, store, chunk=3).encode(texts, "query")
    assert len(rest.asked) == 4


def test_progress_starts_at_what_is_kept_and_ends_at_all() -> None:
    encoder = RememberingEncoder(CountingEncoder(), MemoryVectors(), chunk=2)
    encoder.encode(["a"], "query")
    told: list[tuple[int, int]] = []
    encoder.encode(
        ["a", "bb", "ccc", "dddd"],
        "query",
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(1, 4), (3, 4), (4, 4)]


def test_no_texts_give_no_vectors() -> None:
    assert RememberingEncoder(CountingEncoder(), MemoryVectors()).encode([], "query").shape == (
        0,
        2,
    )


def test_the_digest_is_of_the_composed_text_and_its_role() -> None:
    text = "Cầu Nối"
    assert text_digest(text, "query") == text_digest(unicodedata.normalize("NFD", text), "query")
    assert text_digest(text, "query") != text_digest(text, "passage")
    assert text_digest("a\nb", "query") != text_digest("a b", "query")
    assert len(text_digest(text, "query")) == 64


def test_a_kept_vector_does_not_change_with_the_array_it_came_from() -> None:
    store = MemoryVectors()
    vector = np.ones(2, np.float32)
    store.keep("m", {"d": vector})
    vector[:] = 5
    np.testing.assert_array_equal(store.fetch("m", ["d", "unknown"])["d"], [1, 1])
