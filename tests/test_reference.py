"""The centres that are taken away from vectors, and the ends of the likeness."""

import numpy as np
import pytest

from matcher.nearness import gallery_of, likeness_to, of_portfolio
from matcher.scoring import calibrated
from matcher.weights import PORTFOLIO, TEXT, Scale
from models.reference import (
    HIGH_QUANTILE,
    LEAST_TWINS,
    LOW_QUANTILE,
    ROLES,
    Centring,
    calibrations_of,
    centring_of,
    encode_texts,
    topics_of,
)
from models.text import LOCAL, Written, programme_texts, startup_texts
from tests.builders import programme, startup
from tests.galleries import unit_rows
from tests.service_fixtures import encoder as real_encoder

TOPICS = {
    "rice": ("Sensors for rice fields.", "Cảm biến cho ruộng lúa."),
    "pay": ("A wallet that pays by phone.", "Ví thanh toán bằng điện thoại."),
    "scan": ("Software that reads X-ray images.", "Phần mềm đọc ảnh X-quang."),
    "boat": ("Electric motors for river boats.", "Động cơ điện cho thuyền trên sông."),
    "school": ("Lessons in mathematics for children.", "Bài học toán cho trẻ em."),
}
STARTUPS = [
    startup(id=i, product_en=None, product_vi=None, description_en=en, description_vi=vi)
    for i, (en, vi) in TOPICS.items()
]
PROGRAMMES = [
    programme(id=i, name="Programme", description_en=f"For: {en}", description_vi=f"Dành cho: {vi}")
    for i, (en, vi) in TOPICS.items()
]


def raw(texts):
    return encode_texts(real_encoder(), texts)


def texts_in(language, of, profiles):
    return [text for profile in profiles for text in of(profile) if text.language == language]


@pytest.fixture(scope="module")
def centring():
    return centring_of(real_encoder(), STARTUPS, PROGRAMMES)


def test_a_centre_is_the_mean_of_its_kind_and_language(centring):
    for kind, of, profiles in (
        ("startup", startup_texts, STARTUPS),
        ("programme", programme_texts, PROGRAMMES),
    ):
        for language in ("en", "vi"):
            mean = raw(texts_in(language, of, profiles)).mean(axis=0)
            np.testing.assert_allclose(centring.centres[kind, language], mean, atol=1e-5)


def test_a_language_without_reference_texts_takes_the_mean_over_the_others(centring):
    every = [text for profile in PROGRAMMES for text in programme_texts(profile)]
    np.testing.assert_allclose(
        centring.centres["programme", LOCAL], raw(every).mean(axis=0), atol=1e-5
    )
    assert centring.model_id == real_encoder().model_id


def test_taking_a_centre_away_leaves_the_reference_without_a_common_part(centring):
    written = texts_in("vi", startup_texts, STARTUPS)
    away = [centring.away(w, v) for w, v in zip(written, raw(written), strict=True)]
    np.testing.assert_allclose(np.mean(away, axis=0), 0, atol=1e-5)


def test_an_incubator_is_centred_as_a_programme_and_an_alumnus_as_a_startup():
    first, second = np.array([1, 0], np.float32), np.array([0, 1], np.float32)
    centring = Centring("any", {("programme", "en"): first, ("startup", "en"): second})
    vector = np.array([2, 2], np.float32)
    assert centring.away(Written("incubator", "en", ""), vector).tolist() == [1, 2]
    assert centring.away(Written("alumnus", "en", ""), vector).tolist() == [2, 1]


def test_a_text_without_a_centre_keeps_its_vector():
    vector = np.array([2, 2], np.float32)
    assert Centring("any", {}).away(Written("startup", "ja", ""), vector) is vector


def test_centring_makes_the_topic_count_and_not_the_language(centring):
    """The likeness of twins in two languages stands out from that of strangers in one language."""
    vi, en = (texts_in(lang, startup_texts, STARTUPS) for lang in ("vi", "en"))
    away = {
        lang: np.array([centring.away(w, v) for w, v in zip(ws, raw(ws), strict=True)])
        for lang, ws in (("vi", vi), ("en", en))
    }
    unit = {k: v / np.linalg.norm(v, axis=1, keepdims=True) for k, v in away.items()}
    twins = (unit["vi"] * unit["en"]).sum(axis=1)
    strangers = (unit["vi"] @ unit["vi"].T)[~np.eye(len(TOPICS), dtype=bool)]
    assert twins.min() > strangers.max() + 0.2
    bare = raw(vi) @ raw(vi).T
    assert strangers.mean() < 0.1 < 0.7 < bare[~np.eye(len(TOPICS), dtype=bool)].mean()


def test_each_kind_of_text_is_encoded_on_its_own_side():
    texts = [Written(kind, "en", "Sensors for rice fields.") for kind in ROLES]
    vectors = raw(texts)
    sides = {
        role: real_encoder().encode(["Sensors for rice fields."], role)[0]
        for role in ("query", "passage")
    }
    assert not np.allclose(sides["query"], sides["passage"])
    for text, vector in zip(texts, vectors, strict=True):
        np.testing.assert_allclose(vector, sides[ROLES[text.kind]], atol=1e-5)


def test_no_texts_are_no_vectors_and_no_centres():
    assert raw([]).shape == (0, real_encoder().dimension)
    assert centring_of(real_encoder(), [], []).centres == {}


def reference_vectors(seed=7, sizes=(30, 40, 20)):
    rng = np.random.default_rng(seed)
    return [unit_rows(rng, size, 16) for size in sizes]


def test_the_ends_of_the_likeness_of_texts_are_quantiles_of_all_pairs():
    startups, programmes, alumni = reference_vectors()
    found = calibrations_of(startups, programmes, alumni)
    assert set(found) == {TEXT, PORTFOLIO}
    cosines = startups @ programmes.T
    low, high = np.quantile(cosines, (LOW_QUANTILE, HIGH_QUANTILE))
    shares = np.clip((cosines - low) / (high - low), 0, 1)
    assert found[TEXT].lowest == pytest.approx(low, abs=1e-4)
    assert found[TEXT].highest == pytest.approx(high, abs=1e-4)
    assert found[TEXT].neutral == pytest.approx(shares.mean(), abs=1e-4)


def test_a_portfolio_reaches_from_strangers_to_what_all_alumni_together_reach():
    startups, programmes, alumni = reference_vectors()
    found = calibrations_of(startups, programmes, alumni)[PORTFOLIO]
    cosines = startups @ alumni.T
    mean = alumni.mean(axis=0) / np.linalg.norm(alumni.mean(axis=0))
    reached = 0.5 * 20 / 30 * startups @ mean + 0.1 * np.sort(cosines, axis=1)[:, -5:].sum(axis=1)
    assert found.lowest == pytest.approx(np.quantile(cosines, LOW_QUANTILE), abs=1e-4)
    assert found.highest == pytest.approx(np.quantile(reached, HIGH_QUANTILE), abs=1e-4)
    assert found.lowest + found.neutral * (found.highest - found.lowest) == pytest.approx(0)


def test_nothing_jumps_when_the_first_alumnus_becomes_known():
    scale = Scale(calibrations=calibrations_of(*reference_vectors()))
    startup_vector, alumnus = np.eye(16, dtype=np.float32)[:2]
    texts, rows = gallery_of(startup_vector[None, :]), np.zeros(1, np.intp)
    known = likeness_to(of_portfolio(alumnus[None, :]), texts, rows)
    earned = calibrated(PORTFOLIO, np.array([known[0], np.nan], np.float32), scale)
    assert abs(int(earned[0]) - int(earned[1])) <= 1


def test_the_ends_do_not_depend_on_the_order_of_the_reference():
    startups, programmes, alumni = reference_vectors(8, (12, 9, 11))
    rng = np.random.default_rng(9)
    shuffled = (rng.permutation(side) for side in (startups, programmes, alumni))
    assert calibrations_of(startups, programmes, alumni) == calibrations_of(*shuffled)


def test_few_twins_tell_no_topics_apart(centring):
    assert centring.topics is None


def test_what_twins_share_is_kept_and_what_they_do_not_is_made_small():
    rng = np.random.default_rng(9)
    topic = rng.normal(size=(LEAST_TWINS, 8)) * [4, 4, 1, 1, 0.1, 0.1, 0.1, 0.1]
    own = rng.normal(size=(2, LEAST_TWINS, 8)) * [0.1, 0.1, 0.1, 0.1, 2, 2, 2, 2]
    pairs = list(zip(topic + own[0], topic + own[1], strict=True))
    kept = topics_of(pairs)
    assert kept is not None
    assert np.diag(kept)[:2].min() > 4 * np.diag(kept)[4:].max() > 0
    assert topics_of(pairs[1:]) is None
