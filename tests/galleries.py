"""Seeded vectors for tests, and galleries of portfolios of given sizes."""

import numpy as np

from matcher.nearness import Gallery
from models.portfolios import Portfolios


def unit_rows(rng, count, width):
    """Unit vectors, (count, width) float32."""
    vectors = rng.normal(size=(count, width)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def portfolios_of(rng, ids, sizes, width) -> Portfolios:
    """Portfolios of so many alumni each; none where the size is 0."""
    found = Portfolios(width, "made-up")
    for profile_id, size in zip(ids, sizes, strict=True):
        if size:
            found.put(profile_id, unit_rows(rng, size, width))
    return found


def gallery_with(rng, sizes, width) -> tuple[Gallery, np.ndarray]:
    """A gallery of portfolios of so many alumni each, and the row of each, -1 for size 0."""
    names = [str(number) for number in range(len(sizes))]
    found = portfolios_of(rng, names, sizes, width)
    where = {name: row for row, name in enumerate(found.ids)}
    return found.gallery, np.array([where.get(name, -1) for name in names], np.intp)
