"""The door of models/: profiles in, likenesses out, with the real model."""

from dataclasses import replace

import numpy as np
import pytest

from matcher.nearness import likeness_to, of_text
from matcher.profile import Alumnus
from models.portfolios import MOST_ALUMNI
from models.reference import centring_of, encode_texts
from models.shortlist import NEAREST_ALUMNI, Shortlist
from models.text import startup_texts
from tests.builders import incubator, programme, startup
from tests.service_fixtures import encoder as real_encoder

TOPICS = {
    "lua": (
        "Sensors and software that tell rice farmers when to water their fields.",
        "Cảm biến và phần mềm báo cho nông dân biết khi nào cần tưới ruộng lúa.",
    ),
    "vi-tien": (
        "A mobile wallet that lets street vendors take payments by QR code.",
        "Ví điện tử giúp người bán hàng rong nhận thanh toán bằng mã QR.",
    ),
    "x-quang": (
        "Software that reads chest X-ray images and marks signs of tuberculosis.",
        "Phần mềm đọc ảnh X-quang ngực và đánh dấu các dấu hiệu lao phổi.",
    ),
    "tom": (
        "Water quality meters and disease warnings for shrimp ponds.",
        "Máy đo chất lượng nước và cảnh báo dịch bệnh cho ao nuôi tôm.",
    ),
    "xe-may": (
        "Electric motorbikes with batteries that are swapped at a station.",
        "Xe máy điện dùng pin đổi tại trạm.",
    ),
    "toan": (
        "An app with which primary school pupils practise mathematics.",
        "Ứng dụng giúp học sinh tiểu học luyện tập môn toán.",
    ),
    "kho": (
        "Robots that fetch goods from the shelves of warehouses.",
        "Robot lấy hàng từ các kệ trong kho.",
    ),
    "vai": (
        "A recycled fabric for clothes made of used fishing nets.",
        "Vải tái chế may quần áo làm từ lưới đánh cá cũ.",
    ),
}
SILENT = {"product_en": None, "product_vi": None, "description_en": None, "description_vi": None}
VIETNAMESE = [startup(id=i, **(SILENT | {"description_vi": vi})) for i, (_, vi) in TOPICS.items()]
ENGLISH = [
    programme(id=i, name="Accelerator", description_en=en, description_vi=None)
    for i, (en, _) in TOPICS.items()
]
ALUMNI = (
    Alumnus("Silent Ltd"),
    Alumnus("Shrimp Ltd", "meters for shrimp ponds", "máy đo cho ao tôm"),
    Alumnus("Rice Ltd", "irrigation of rice fields", None),
    Alumnus("Coin Ltd", None, "ví điện tử"),
)


@pytest.fixture(scope="module")
def centring():
    return centring_of(real_encoder(), VIETNAMESE, ENGLISH)


@pytest.fixture
def near(centring):
    return Shortlist(real_encoder(), centring)


def unit(vector):
    return vector / np.linalg.norm(vector)


def test_every_vietnamese_startup_finds_its_english_twin(near):
    near.learn_startups(VIETNAMESE)
    near.learn_programmes(ENGLISH)
    for each in VIETNAMESE:
        (found,) = near.programmes.nearest(near.startup_vector(each)[None, :], 1)
        assert found[0].id == each.id


def test_vectors_have_unit_length_and_an_unsaved_startup_has_the_same_one(near):
    near.learn_startups(VIETNAMESE)
    for each in VIETNAMESE:
        kept = near.startups.vector(each.id)
        assert np.linalg.norm(kept) == pytest.approx(1, abs=1e-5)
        np.testing.assert_allclose(near.startup_vector(each), kept, atol=1e-5)


def test_a_profile_in_two_languages_stands_midway_between_its_texts(near, centring):
    english, vietnamese = TOPICS["tom"]
    both = startup(**(SILENT | {"description_en": english, "description_vi": vietnamese}))
    texts = startup_texts(both)
    raw = encode_texts(real_encoder(), texts)
    away = [centring.away(text, vector) for text, vector in zip(texts, raw, strict=True)]
    np.testing.assert_allclose(near.startup_vector(both), unit(np.mean(away, axis=0)), atol=1e-4)


def test_who_has_no_text_has_no_vector_and_loses_the_one_it_had(near):
    silent = startup(**SILENT)
    assert near.startup_vector(silent) is None
    near.learn_startups([startup(), *VIETNAMESE])
    assert startup().id in near.startups
    near.learn_startups([silent])
    assert silent.id not in near.startups
    assert len(near.startups) == len(VIETNAMESE)


def test_a_programme_that_tells_nothing_is_known_by_its_name(near):
    bare = programme(name="Rice Accelerator", description_en=None, description_vi=None)
    near.learn_programmes([bare])
    vector = near.programme_vector(bare.id)
    likeness = {each.id: float(near.startup_vector(each) @ vector) for each in VIETNAMESE}
    assert max(likeness, key=likeness.__getitem__) == "lua"


def test_learning_again_replaces(near):
    first = startup(id="one", **(SILENT | {"description_vi": TOPICS["lua"][1]}))
    near.learn_startups([first])
    before = near.startups.vector("one")
    near.learn_startups([replace(first, description_vi=TOPICS["kho"][1])])
    after = near.startups.vector("one")
    assert len(near.startups) == 1
    assert float(before @ after) < 0.5


def test_learning_one_by_one_or_all_together_gives_the_same_vectors(near, centring):
    near.learn_programmes(ENGLISH)
    alone = Shortlist(real_encoder(), centring)
    for each in reversed(ENGLISH):
        alone.learn_programmes([each])
    for each in ENGLISH:
        np.testing.assert_allclose(
            near.programme_vector(each.id), alone.programme_vector(each.id), atol=1e-5
        )


def test_a_portfolio_is_of_those_alumni_that_are_described(near):
    near.learn_programmes([programme(portfolio=ALUMNI)])
    seen = near.portfolio("merlion-landing")
    assert len(seen.members) == 3
    mean = unit(seen.members.mean(axis=0)) * 0.5 * 3 / 13
    np.testing.assert_allclose(seen.centre, mean, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(seen.members, axis=1), 1, atol=1e-5)


def test_the_order_of_a_portfolio_changes_no_likeness(near):
    startups = [near.startup_vector(each) for each in VIETNAMESE]
    found = []
    for portfolio in (ALUMNI, ALUMNI[::-1]):
        near.learn_programmes([programme(portfolio=portfolio)])
        rows = np.zeros(1, np.intp)
        found.append([likeness_to(of_text(v), near.portfolios.gallery, rows)[0] for v in startups])
    assert found[0] == found[1]


def test_of_a_large_portfolio_the_last_are_named(near):
    crowd = [Alumnus(f"Firm {n}", "meters for shrimp ponds") for n in range(MOST_ALUMNI)]
    last = Alumnus("Rice Ltd", "irrigation of rice fields")
    first = Alumnus("Coin Ltd", None, "ví điện tử")
    near.learn_programmes([programme(portfolio=(first, *crowd, last))])
    by_topic = {each.id: near.startup_vector(each) for each in VIETNAMESE}
    named = near.nearest_alumni(by_topic["lua"])(programme())
    assert named.startswith("Rice Ltd, ")
    assert "Coin Ltd" not in near.nearest_alumni(by_topic["vi-tien"])(programme())


@pytest.mark.parametrize("portfolio", [None, (), (Alumnus("Silent Ltd"),)])
def test_a_portfolio_that_tells_nothing_is_unknown(near, portfolio):
    near.learn_programmes([programme(portfolio=ALUMNI)])
    near.learn_programmes([programme(portfolio=portfolio)])
    assert near.portfolio("merlion-landing") is None
    assert near.programme_vector("merlion-landing") is not None
    assert near.nearest_alumni(near.startup_vector(startup()))(programme()) is None


def test_the_nearest_alumni_are_named_nearest_first(near):
    near.learn_programmes([programme(portfolio=ALUMNI)])
    by_topic = {each.id: near.startup_vector(each) for each in VIETNAMESE}

    def named(topic):
        return near.nearest_alumni(by_topic[topic])(programme()).split(", ")

    assert len(named("tom")) == NEAREST_ALUMNI
    assert named("tom")[0] == "Shrimp Ltd"
    assert named("lua")[0] == "Rice Ltd"
    assert named("vi-tien")[0] == "Coin Ltd"


def test_no_alumni_are_named_for_whoever_has_no_vector(near):
    near.learn_programmes([programme(portfolio=ALUMNI)])
    assert near.nearest_alumni(None)(programme()) is None


def test_an_incubator_is_learnt_and_looked_at_alike(near):
    near.learn_incubators([incubator()])
    kept = near.incubators.vector(incubator().id)
    np.testing.assert_allclose(near.incubator_vector(incubator()), kept, atol=1e-5)
    assert near.incubator_vector(incubator(description_en=None, description_vi=None)) is None


def test_an_organisation_stands_midway_between_its_programmes(near):
    near.learn_programmes(ENGLISH)
    mean = near.mean_of_programmes(["lua", "tom", "nobody"])
    expected = unit(near.programme_vector("lua") + near.programme_vector("tom"))
    np.testing.assert_allclose(mean, expected, atol=1e-5)
    assert near.mean_of_programmes(["nobody"]) is None
    assert near.mean_of_programmes([]) is None


def test_what_is_forgotten_is_found_no_more(near):
    near.learn_startups([startup()])
    near.learn_programmes([programme(portfolio=ALUMNI), *ENGLISH])
    near.learn_incubators([incubator()])
    near.forget("startup", "vi-du-pay")
    near.forget("incubator", "vuon-uom-vi-du")
    near.forget("programme", "merlion-landing")
    near.forget("programme", "nobody")
    assert not len(near.startups)
    assert not len(near.incubators)
    assert not len(near.portfolios)
    assert sorted(near.programmes.ids) == sorted(TOPICS)
    assert near.nearest_alumni(near.startup_vector(startup()))(programme()) is None


def test_learning_nothing_is_no_error(near):
    near.learn_startups([])
    near.learn_programmes([])
    near.learn_incubators([])
    assert not len(near.startups) + len(near.programmes) + len(near.incubators)


def test_progress_reaches_the_number_of_texts(centring):
    told = []
    near = Shortlist(real_encoder(), centring)
    near.learn_startups(VIETNAMESE, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (len(VIETNAMESE), len(VIETNAMESE))
