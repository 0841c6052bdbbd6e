"""Packed 4-bit weights of a BERT encoder, read into plain float32 arrays."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.errors import ModelRecipeError

MAGIC = b"E5S1"
LAYOUT_VERSION = 1
BLOCK = 32
"""Values that share one scale; a packed block is an f16 scale and 16 bytes of two nibbles each."""

_BLOCK_BYTES = 2 + BLOCK // 2

_EMBEDDING_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_PART_NAMES = {"w": "weight", "b": "bias"}


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a BERT encoder, in the order the packed file states them."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float

    def sizes(self, name: str) -> tuple[int, ...]:
        """Array shape of the tensor with this packed name, such as ``emb.word`` or ``l3.fi.w``."""
        if name in _EMBEDDING_NAMES and not name.startswith("emb.ln"):
            rows = {"word": self.vocabulary, "pos": self.positions, "type": self.token_types}
            return rows[name.removeprefix("emb.")], self.hidden
        part = name.split(".")[1]
        wide = self.feed_forward if part == "fi" else self.hidden
        if name.endswith(".b") or part in ("ln", "aln", "oln"):
            return (wide,)
        return wide, self.feed_forward if part == "fo" else self.hidden


@dataclass(frozen=True, slots=True)
class PackedModel:
    """What a packed file holds: sizes, tokenizer pieces by id, float32 tensors by packed name."""

    shape: Shape
    pieces: tuple[str, ...]
    tensors: Mapping[str, NDArray[np.float32]]

    def bert_tensors(self) -> dict[str, NDArray[np.float32]]:
        """Give the same tensors under the names of transformers' ``BertModel`` without pooler."""
        return {bert_name(name): tensor for name, tensor in self.tensors.items()}


class _Reader:
    """A place in a byte string that moves as little-endian values are taken from it."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.at = 0

    def values(self, form: str) -> tuple[int | float, ...]:
        found = struct.unpack_from("<" + form, self.raw, self.at)
        self.at += struct.calcsize("<" + form)
        return found

    def ints(self, form: str) -> tuple[int, ...]:
        return tuple(int(value) for value in self.values(form))

    def array(self, kind: str, count: int) -> NDArray[np.generic]:
        found = np.frombuffer(self.raw, kind, count, self.at)
        self.at += found.nbytes
        return found

    def bytes(self, count: int) -> bytes:
        self.at += count
        return self.raw[self.at - count : self.at]


def read_packed(raw: bytes) -> PackedModel:
    """Read a packed model file.

    Layout, little-endian: magic ``E5S1``; u32 version; seven i32 sizes; f32 epsilon; i32 block;
    the tokenizer (five i32, u64 blob length, u32 offsets, f32 scores, blob); the normalisation
    map (i32 count, u32 length, bytes); i32 number of tensors, each u16 name length, name, u8
    type, u32 values, u64 offset, u64 bytes. A tensor of 4 bytes a value is float32; any other is
    packed in blocks (see :func:`unpack_blocks`).

    Raises
    ------
    ModelRecipeError
        If the bytes do not follow that layout.
    """
    try:
        return _read(_Reader(raw))
    except (struct.error, ValueError, KeyError, IndexError) as error:
        raise _unreadable(str(error)) from error


def _read(reader: _Reader) -> PackedModel:
    if reader.bytes(4) != MAGIC or reader.ints("I") != (LAYOUT_VERSION,):
        raise _unreadable("it does not start with the expected magic and version")
    shape = _read_shape(reader)
    if reader.ints("i") != (BLOCK,):
        raise _unreadable(f"its blocks do not hold {BLOCK} values")
    pieces = _read_pieces(reader)
    _, map_bytes = reader.ints("iI")
    reader.bytes(map_bytes)
    return PackedModel(shape, pieces, _read_tensors(reader, shape))


def _read_shape(reader: _Reader) -> Shape:
    hidden, layers, heads, feed_forward, vocabulary, positions, types = reader.ints("7i")
    epsilon = float(reader.values("f")[0])
    return Shape(hidden, layers, heads, feed_forward, vocabulary, positions, types, epsilon)


def _read_pieces(reader: _Reader) -> tuple[str, ...]:
    count, *_special = reader.ints("5i")
    (blob_bytes,) = reader.ints("Q")
    ends = [int(end) for end in reader.array("<u4", count + 1)]
    reader.array("<f4", count)
    blob = reader.bytes(blob_bytes)
    return tuple(blob[ends[i] : ends[i + 1]].decode() for i in range(count))


def _read_tensors(reader: _Reader, shape: Shape) -> dict[str, NDArray[np.float32]]:
    tensors = {}
    for _ in range(reader.ints("i")[0]):
        name = reader.bytes(reader.ints("H")[0]).decode()
        _, count, offset, size = reader.ints("BIQQ")
        raw = reader.raw[offset : offset + size]
        flat = np.frombuffer(raw, "<f4") if size == 4 * count else unpack_blocks(raw)
        tensors[name] = flat.astype(np.float32, copy=False).reshape(shape.sizes(name))
    return tensors


def unpack_blocks(raw: bytes) -> NDArray[np.float32]:
    """Unpack 4-bit blocks into a flat float32 array.

    Each block is an f16 scale and 16 bytes: the low nibbles are its first 16 values, the high
    nibbles the next 16; a value is its nibble minus 8, times the scale.
    """
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, _BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = np.empty((len(blocks), BLOCK), np.float32)
    nibbles[:, : BLOCK // 2] = blocks[:, 2:] & 0x0F
    nibbles[:, BLOCK // 2 :] = blocks[:, 2:] >> 4
    nibbles -= 8
    nibbles *= scales
    return nibbles.reshape(-1)


def round_to_bfloat16(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Round finite float32 numbers to the nearest that bfloat16 holds, halves to even."""
    bits = np.ascontiguousarray(values).view(np.uint32)
    bits = bits + (((bits >> np.uint32(16)) & np.uint32(1)) + np.uint32(0x7FFF))
    bits &= np.uint32(0xFFFF0000)
    return bits.view(np.float32)


def bert_name(name: str) -> str:
    """Translate a packed tensor name into that of ``BertModel``; KeyError on an unknown one."""
    if name in _EMBEDDING_NAMES:
        return _EMBEDDING_NAMES[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{int(layer[1:])}.{_LAYER_NAMES[part]}.{_PART_NAMES[kind]}"


def _unreadable(reason: str) -> ModelRecipeError:
    return ModelRecipeError(package="the packed weights", cause=f"they cannot be read: {reason}")
