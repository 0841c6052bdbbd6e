"""The programme texts in four languages, and the benchmark that measures them."""

import csv
import re
import unicodedata

import numpy as np
import pytest

from matcher.weights import TEXT
from models.shortlist import Shortlist
from models.text import LOCAL, Written, programme_texts
from models.twins import TOP, compare
from tests.benchmarks.bench_languages import (
    DIRECTIONS,
    FIELDS,
    TWINS,
    measured,
    seen,
    twins,
    written,
)
from tests.service_fixtures import STARTUPS, centring, encoder

SCRIPTS = {
    "en": re.compile(r"[ -~]+"),
    "vi": re.compile(r"[\u0020-\u024f\u1e00-\u1eff]*[\u00c0-\u024f\u1e00-\u1eff].*"),
    "ko": re.compile(r"[ -~\uac00-\ud7a3]*[\uac00-\ud7a3][ -~\uac00-\ud7a3]*"),
    "ja": re.compile(r"(?=.*[\u3040-\u30ff])[\u3000-\u30ff\u4e00-\u9fff\uff1a]+"),
}
"""What a text of each language is written in, whole."""


@pytest.fixture(scope="module")
def product():
    return Shortlist(encoder(), centring())


@pytest.mark.parametrize("language", FIELDS)
def test_every_text_is_written_in_the_letters_of_its_language(language):
    texts = twins()[language]
    assert len(set(texts)) == len(texts) == 24
    assert all(SCRIPTS[language].fullmatch(text) for text in texts)
    assert all(unicodedata.is_normalized("NFC", text) for text in texts)


def test_every_row_of_the_file_is_read():
    with TWINS.open(encoding="utf-8", newline="") as file:
        heading, *rows = csv.reader(file)
    assert heading == list(FIELDS)
    assert [list(row) for row in zip(*twins().values(), strict=True)] == rows


def test_korean_and_japanese_are_measured_against_both_own_languages_there_and_back():
    pairs = {(local, own) for local in ("ko", "ja") for own in ("en", "vi")}
    assert set(DIRECTIONS) == pairs | {(own, local) for local, own in pairs}


def test_texts_that_are_the_same_agree_wholly_and_a_list_is_of_the_nearest(product):
    startups = np.stack([product.startup_vector(one) for one in STARTUPS])
    read = seen(product, "ko", twins()["ko"][:3], startups)
    assert compare(read, read, range(3))[:, [0, 1, 3]].tolist() == [[1.0, 1.0, 1.0]] * 3
    assert read.cosines[TEXT] == pytest.approx(read.vectors @ startups.T)
    assert [len(one) for one in read.tops] == [min(TOP, len(STARTUPS))] * 3


def test_every_direction_is_measured_and_most_twins_are_found(product):
    found = measured(product, STARTUPS)
    assert [(one.source, one.target, one.n) for one in found] == [(*d, 24) for d in DIRECTIONS]
    assert min(one.found_first for one in found) > 0.8
    assert all(-1 <= one.text <= 1 for one in found)


@pytest.mark.parametrize(("language", "as_read"), [("vi", "vi"), ("ko", LOCAL), ("ja", LOCAL)])
def test_a_programme_is_read_by_its_text_alone(language, as_read):
    """Not by a name, which would be the same in all languages."""
    text = twins()[language][0]
    read = programme_texts(written("any", language, text))
    assert read == (Written("programme", as_read, text),)
