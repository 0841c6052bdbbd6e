"""Programmes in Korean and Japanese beside the same ones in English and Vietnamese.

``tests/files/programme_twins.csv`` holds short made-up texts, each in four languages. They are read
as the product reads programmes: Korean and Japanese as the organiser's own language. The measures
are those of ``caunoi evaluate --languages``, with the shipped startups, in both their languages, in
the place of the programmes, and by texts alone. Run as ``python -m
tests.benchmarks.bench_languages``.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from data.catalogue import shipped
from matcher.profile import Programme, Startup
from matcher.weights import PORTFOLIO, TEXT
from models.shortlist import Shortlist
from models.twins import TOP, Agreement, Floats, Seen, agreement_of, compare
from service.settings import Settings
from service.wiring import wire_measuring
from tests.benchmarks.figures import Figure, show
from tests.builders import programme

TWINS = Path(__file__).resolve().parents[1] / "files" / "programme_twins.csv"
FIELDS = {
    "en": "description_en",
    "vi": "description_vi",
    "ko": "description_local",
    "ja": "description_local",
}
"""Languages of the file, and the field of a programme that each is written in."""

NOTHING_WRITTEN = dict.fromkeys(("name", *FIELDS.values()), "")
"""No name either: one that is the same in all languages would make any two readings more alike."""

DIRECTIONS = tuple(
    pair for local in ("ko", "ja") for own in ("en", "vi") for pair in ((local, own), (own, local))
)


def twins() -> dict[str, list[str]]:
    """The texts of each language; those at one place say the same."""
    with TWINS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {language: [row[language] for row in rows] for language in FIELDS}


def written(programme_id: str, language: str, text: str) -> Programme:
    """A programme of which nothing is read but a text in one language."""
    return programme(**NOTHING_WRITTEN | {"id": programme_id, FIELDS[language]: text})


def seen(product: Shortlist, language: str, texts: Sequence[str], startups: Floats) -> Seen:
    """Programmes, all written in one language, as the product's engine sees them.

    ``startups`` are vectors, (startups, dimension); the nearest of them are a programme's list.
    """
    programmes = [written(str(place), language, text) for place, text in enumerate(texts)]
    reader = Shortlist(product.passing, product.centring)
    reader.learn_programmes(programmes)
    vectors = np.stack([reader.programme_vector(one.id) for one in programmes])
    near = vectors @ startups.T
    lists = np.argsort(-near, axis=1, kind="stable")[:, :TOP]
    tops = [frozenset(map(str, row)) for row in lists.tolist()]
    return Seen(vectors, {TEXT: near, PORTFOLIO: np.full_like(near, np.nan)}, tops)


def measured(product: Shortlist, startups: Sequence[Startup]) -> list[Agreement]:
    """Every direction of :data:`DIRECTIONS`."""
    vectors = np.stack([product.startup_vector(startup) for startup in startups])
    read = {name: seen(product, name, texts, vectors) for name, texts in twins().items()}
    return [
        agreement_of(one, other, compare(read[one], read[other], range(len(read[one].vectors))))
        for one, other in DIRECTIONS
    ]


def line(one: Agreement) -> Figure:
    """A direction as it is printed."""
    found = f"twin found first {one.found_first:.3f}"
    beside = f"ranks of the startups {one.text:.3f}, the {TOP} nearest shared {one.top10:.3f}"
    return Figure(f"{one.source} to {one.target}", found, beside)


def main() -> None:
    """Measure and print."""
    product, _ = wire_measuring(Settings())
    startups = [one for one in shipped("startup") if isinstance(one, Startup)]
    found = measured(product, startups)
    title = f"Korean and Japanese, {found[0].n} programmes, {len(startups)} startups"
    show(title, [line(one) for one in found])


if __name__ == "__main__":
    main()
