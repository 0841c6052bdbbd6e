import json
import logging
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from matcher.errors import EncoderUnavailable
from models.encoder import SentenceEncoder, even_groups
from models.recipe import build_default_model
from tests.encoder_fixtures import default_model, tiny_recipe

VIETNAMESE = [
    "Nền tảng cho vay trực tuyến dành cho doanh nghiệp nhỏ và vừa",
    "Cảm biến đo độ mặn và oxy cho ao nuôi tôm ở Đồng bằng sông Cửu Long",
    "Ứng dụng học tiếng Anh cho trẻ em có chấm phát âm bằng trí tuệ nhân tạo",
    "Xe máy điện và trạm đổi pin trong thành phố",
    "Bệnh án điện tử và khám bệnh từ xa cho phòng khám",
]
ENGLISH = [
    "An online lending platform for small and medium-sized businesses",
    "Sensors of salinity and oxygen for shrimp ponds in the Mekong Delta",
    "An app that teaches children English and scores their pronunciation with artificial "
    "intelligence",
    "Electric motorbikes and battery swapping stations in the city",
    "Electronic medical records and remote consultations for clinics",
]
KOREAN = "도시의 전기 오토바이와 배터리 교환소"
JAPANESE = "都市の電動バイクとバッテリー交換ステーション"


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder(default_model())


@pytest.fixture(scope="module")
def exact() -> SentenceEncoder:
    return SentenceEncoder(default_model(), precision="float32")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a BERT of a few kilobytes that knows two words."""
    folder = tmp_path_factory.mktemp("tiny")
    with pytest.MonkeyPatch.context() as settings:
        settings.setenv("PIP_NO_INDEX", "1")
        settings.setenv("PIP_FIND_LINKS", str(folder / "wheels"))
        recipe = tiny_recipe(folder / "wheels")
        return build_default_model(folder / "model", say=lambda line: None, recipe=recipe)


def likeness(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cosine of each row of the one with the same row of the other."""
    found: NDArray[np.float32] = (left * right).sum(axis=1)
    return found


def test_a_vietnamese_text_finds_its_english_twin(encoder: SentenceEncoder) -> None:
    table = encoder.encode(VIETNAMESE, "query") @ encoder.encode(ENGLISH, "passage").T
    assert table.argmax(axis=1).tolist() == list(range(len(ENGLISH)))
    assert table.argmax(axis=0).tolist() == list(range(len(ENGLISH)))


@pytest.mark.parametrize("text", [KOREAN, JAPANESE])
def test_korean_and_japanese_meet_vietnamese_in_one_space(
    encoder: SentenceEncoder, text: str
) -> None:
    table = encoder.encode([text], "query") @ encoder.encode(VIETNAMESE, "passage").T
    assert table.argmax() == 3


def test_vectors_have_unit_length_and_stand_in_the_order_of_the_texts(
    encoder: SentenceEncoder,
) -> None:
    forward = encoder.encode(VIETNAMESE, "query")
    assert forward.shape == (len(VIETNAMESE), encoder.dimension)
    assert forward.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(forward, axis=1), 1, atol=1e-5)
    assert likeness(forward[::-1], encoder.encode(VIETNAMESE[::-1], "query")).min() > 0.9999


def test_a_text_alone_and_in_a_crowd_has_the_same_vector(encoder: SentenceEncoder) -> None:
    texts = VIETNAMESE + ENGLISH + [" ".join(ENGLISH * 12)]
    alone = np.concatenate([encoder.encode([text], "query") for text in texts])
    assert likeness(alone, encoder.encode(texts, "query")).min() > 0.9999


def test_the_role_changes_the_vector(encoder: SentenceEncoder) -> None:
    asked, offered = encoder.encode(ENGLISH, "query"), encoder.encode(ENGLISH, "passage")
    assert likeness(asked, offered).max() < 0.9999


def test_decomposed_vietnamese_is_the_same_text(encoder: SentenceEncoder) -> None:
    decomposed = [unicodedata.normalize("NFD", text) for text in VIETNAMESE]
    assert decomposed != VIETNAMESE
    np.testing.assert_array_equal(
        encoder.encode(decomposed, "query"), encoder.encode(VIETNAMESE, "query")
    )


def test_no_texts_give_no_vectors(encoder: SentenceEncoder) -> None:
    assert encoder.encode([], "query").shape == (0, encoder.dimension)


def test_an_empty_text_and_one_beyond_the_limit_have_vectors(encoder: SentenceEncoder) -> None:
    long = " ".join(ENGLISH * 60)
    vectors = encoder.encode(["", long, long + " and more"], "passage")
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert likeness(vectors[1:2], vectors[2:]) > 0.9999


def test_progress_counts_up_to_all_texts(encoder: SentenceEncoder) -> None:
    told: list[tuple[int, int]] = []
    texts = VIETNAMESE * 20
    encoder.encode(texts, "query", progress=lambda done, total: told.append((done, total)))
    assert len(told) > 1
    assert told == sorted(told)
    assert told[-1] == (len(texts), len(texts))


def test_the_model_id_names_model_recipe_and_numeric_path(
    encoder: SentenceEncoder, exact: SentenceEncoder
) -> None:
    digest = json.loads((default_model() / "recipe.json").read_text())["digest"]
    assert encoder.model_id == f"multilingual-e5-small/{digest[:8]}/{encoder.path}"
    assert exact.model_id == f"multilingual-e5-small/{digest[:8]}/float32"


def test_the_path_taken_is_said_with_its_reason(
    tiny: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="models.encoder"):
        encoder = SentenceEncoder(tiny)
    assert encoder.path in caplog.text
    assert encoder.reason in caplog.text


def test_the_fast_path_stays_near_the_exact_one(
    encoder: SentenceEncoder, exact: SentenceEncoder
) -> None:
    texts = VIETNAMESE + ENGLISH
    assert likeness(encoder.encode(texts, "query"), exact.encode(texts, "query")).min() > 0.9999


def test_the_exact_path_is_what_the_library_computes(exact: SentenceEncoder) -> None:
    from sentence_transformers import SentenceTransformer

    library = SentenceTransformer(str(default_model()), device="cpu")
    assert library.prompts["query"] == "query: "
    for name in ("query", "passage"):
        expected = library.encode(VIETNAMESE + ENGLISH, prompt_name=name)
        found = exact.encode(VIETNAMESE + ENGLISH, name)
        np.testing.assert_allclose(found, np.asarray(expected), atol=1e-5)


def test_a_model_of_another_form_is_run_by_the_library(tiny: Path, tmp_path: Path) -> None:
    other = shutil.copytree(tiny, tmp_path / "other")
    (other / "recipe.json").unlink()
    modules = json.loads((other / "modules.json").read_text())
    (other / "modules.json").write_text(json.dumps(modules[:2]))
    plain = SentenceEncoder(tiny, precision="float32")
    library = SentenceEncoder(other, precision="float32")
    texts = ["rice robot", "robot robot robot", "rice", "something else"]
    np.testing.assert_allclose(
        library.encode(texts, "query"), plain.encode(texts, "query"), atol=1e-5
    )
    assert library.model_id.split("/")[0] == "other"
    assert library.model_id.split("/")[1] != plain.model_id.split("/")[1]


def test_a_folder_that_is_not_there_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="make setup"):
        SentenceEncoder(tmp_path / "nowhere")


def test_a_folder_that_holds_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable):
        SentenceEncoder(tmp_path)


def test_a_damaged_model_is_refused(tiny: Path, tmp_path: Path) -> None:
    damaged = shutil.copytree(tiny, tmp_path / "damaged")
    (damaged / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(EncoderUnavailable):
        SentenceEncoder(damaged)


def test_a_hub_model_that_was_never_fetched_is_refused() -> None:
    with pytest.raises(EncoderUnavailable, match="nobody/no-such-model"):
        SentenceEncoder("nobody/no-such-model")


def test_importing_the_module_loads_no_torch() -> None:
    code = "import sys, models.encoder; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own words


def test_groups_hold_every_place_once_and_are_of_like_size() -> None:
    sizes = [38, 41, 30, 35, 28, 7, 90]
    groups = even_groups(sizes, 2)
    assert sorted(place for group in groups for place in group) == list(range(len(sizes)))
    assert [sum(sizes[place] for place in group) for group in groups] == [127, 142]


def test_no_group_is_empty() -> None:
    assert even_groups([5], 2) == [[0]]
    assert even_groups([0, 0], 2) == [[0, 1]]
    assert even_groups([], 2) == []
