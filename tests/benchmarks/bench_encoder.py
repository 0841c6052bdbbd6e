"""The encoder beside the plain library, on the descriptions of the shipped catalogue.

Baseline: ``SentenceTransformer(folder).encode(texts)`` with its defaults, in float32, in the same
run, the two in turns. Run as ``python -m tests.benchmarks.bench_encoder``.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.encoder import SentenceEncoder
from models.recipe import build_default_model
from tests.benchmarks.figures import Figure, milliseconds, seconds, show

CATALOGUE = Path(__file__).resolve().parents[2] / "data" / "catalogue"
TURNS = 2
TOP = 10
Vectors = NDArray[np.float32]


def descriptions(table: str) -> list[str]:
    """Both descriptions, English then Vietnamese, of every row of a catalogue table."""
    with (CATALOGUE / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row[name] for name in ("description_en", "description_vi") for row in rows if row[name]]


def nearest(queries: Vectors, passages: Vectors) -> list[frozenset[int]]:
    """Places of the TOP nearest passages of each query, as sets."""
    likeness = queries @ passages.T
    return [frozenset(row.tolist()) for row in np.argsort(-likeness, axis=1)[:, :TOP]]


def in_turns(*works: Callable[[], object]) -> list[float]:
    """Best seconds of each work, run one after the other for TURNS rounds after a first one."""
    rounds = [[seconds(work, 1)[0] for work in works] for _ in range(TURNS + 1)]
    return [min(times) for times in zip(*rounds[1:], strict=True)]


def agreement(baseline: tuple[Vectors, Vectors], ours: tuple[Vectors, Vectors]) -> list[Figure]:
    """Cosines to the baseline's vectors, and how many queries keep their nearest passages."""
    cosines = np.concatenate([(a * b).sum(axis=1) for a, b in zip(baseline, ours, strict=True)])
    pairs = list(zip(nearest(*baseline), nearest(*ours), strict=True))
    same = np.mean([a == b for a, b in pairs])
    shared = np.mean([len(a & b) / TOP for a, b in pairs])
    return [
        Figure("least cosine to the float32 vectors", f"{cosines.min():.6f}"),
        Figure(f"queries with the very same top {TOP}", f"{same:.1%} of {len(pairs)}"),
        Figure(f"top {TOP} shared on average", f"{shared:.2%}"),
    ]


def main() -> None:
    """Measure and print."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from sentence_transformers import SentenceTransformer

    folder = build_default_model(say=lambda line: None)
    encoder = SentenceEncoder(folder)
    library = SentenceTransformer(str(folder), device="cpu")
    startups, programmes = descriptions("startups"), descriptions("programmes")
    texts = (startups + programmes)[::2]
    plain, ours = in_turns(lambda: library.encode(texts), lambda: encoder.encode(texts, "query"))
    one = seconds(lambda: encoder.encode(startups[:1], "query"), 50)
    expected = (
        np.asarray(library.encode(startups, prompt_name="query")),
        np.asarray(library.encode(programmes, prompt_name="passage")),
    )
    found = (encoder.encode(startups, "query"), encoder.encode(programmes, "passage"))
    rate = f"{len(texts) / ours:.1f} texts/s"
    beside = f"{plain / ours:.2f} times the library's {len(texts) / plain:.1f} texts/s"
    figures = [
        Figure("path", encoder.path, encoder.reason),
        Figure(f"{len(texts)} descriptions", rate, beside),
        Figure("one description alone", milliseconds(one)),
        *agreement(expected, found),
    ]
    show("Encoder", figures)


if __name__ == "__main__":
    main()
