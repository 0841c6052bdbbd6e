import numpy as np

from data.engines import engine_of, migrate
from data.vectors import DatabaseVectors


def kept_in(folder):
    engine = engine_of(f"sqlite:///{folder}/caunoi.db")
    migrate(engine)
    return DatabaseVectors(engine)


def test_vectors_come_back_bit_for_bit_and_only_those_of_their_model(tmp_path):
    vectors = kept_in(tmp_path)
    numbers = np.random.default_rng(1).normal(size=(1300, 384)).astype(np.float32)
    given = {f"d{n}": vector for n, vector in enumerate(numbers)}
    vectors.keep("e5", given)
    found = vectors.fetch("e5", [*given, "another", "d0"])
    assert sorted(found) == sorted(given)
    assert all(np.array_equal(found[d], given[d]) for d in given)
    assert found["d0"].dtype == np.float32
    assert vectors.fetch("another model", list(given)) == {}


def test_what_is_kept_already_stays_as_it_is(tmp_path):
    vectors = kept_in(tmp_path)
    vectors.keep("e5", {"d": np.ones(3, dtype=np.float32)})
    vectors.keep("e5", {"d": np.zeros(3, dtype=np.float32), "e": np.zeros(3, dtype=np.float32)})
    assert vectors.fetch("e5", ["d"])["d"].tolist() == [1, 1, 1]
    assert set(vectors.fetch("e5", ["d", "e"])) == {"d", "e"}


def test_nothing_asked_is_nothing_found(tmp_path):
    assert kept_in(tmp_path).fetch("e5", []) == {}
