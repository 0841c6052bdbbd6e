"""Texts -> unit vectors; the only file that imports torch or sentence-transformers.

A model is a sentence-transformers folder, or a hub name that this machine has already fetched.
Two engines run it. A BERT with mean pooling and unit length, as the default model is, runs in
:class:`_PlainBert`: no padding, so a text's vector does not depend on what is encoded beside it,
and none of the seconds it takes to import the library. Every other model runs in
:class:`_Library`, that is by sentence-transformers itself.
"""

import hashlib
import heapq
import json
import logging
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.errors import EncoderUnavailable

if TYPE_CHECKING:
    import torch
    from torch import Tensor

Role = Literal["query", "passage"]
"""``query`` for the one who asks, ``passage`` for what is looked through."""

Precision = Literal["auto", "bfloat16", "float32"]
Progress = Callable[[int, int], None]
"""Called with how many texts are done and how many there are."""

RECIPE_FILE = "recipe.json"
TOKENS_AT_ONCE = 1024
"""Tokens that go through the layers together; found by measurement, larger leaves the cache."""
USUAL_TOKENS = 128
"""Tokens that matrices are laid out for: about half a profile, one thread's share."""

LIBRARY_BATCH = 16

_PROMPT_NAMES: dict[Role, tuple[str, ...]] = {
    "query": ("query",),
    "passage": ("passage", "document", "corpus"),
}

log = logging.getLogger(__name__)


class Encoder(Protocol):
    """Whatever turns texts into vectors that can be compared by their inner product."""

    @property
    def model_id(self) -> str:
        """Stable name of model, weights and numeric path; vectors of two ids never mix."""

    @property
    def dimension(self) -> int:
        """Numbers in one vector."""

    def encode(
        self, texts: Sequence[str], role: Role, *, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Give an array (texts, dimension) whose rows have unit length, in the order given."""


class _Engine(Protocol):
    dimension: int

    def encode(self, texts: Sequence[str], report: Progress) -> NDArray[np.float32]: ...


class SentenceEncoder:
    """A sentence-transformers model behind the :class:`Encoder` protocol.

    Parameters
    ----------
    model
        A folder, or a hub name such as ``intfloat/multilingual-e5-base``.
    precision
        ``auto`` computes in bfloat16 where the processor multiplies it natively, else in float32.
    threads
        Threads that encode; None takes as many as torch does, one per core.
    download
        Whether a hub name may be fetched from the internet; ``HF_HUB_OFFLINE`` still forbids it.

    Attributes
    ----------
    path, reason
        The numeric path taken, ``bfloat16`` or ``float32``, and why, in one sentence.

    Raises
    ------
    EncoderUnavailable
        If the folder or the hub model is not there or cannot be read.

    Notes
    -----
    On the bfloat16 path a vector's cosine to its float32 twin was at least 0.999995 on all the
    catalogue's descriptions, and a likeness moved by at most 5e-4 (standard deviation 1e-4).
    A text alone and among others gave the same bits, or differed by no more than 1e-6.
    Texts are read in Unicode NFC; what goes beyond the model's longest text is cut off.
    """

    def __init__(
        self,
        model: str | Path,
        *,
        precision: Precision = "auto",
        threads: int | None = None,
        download: bool = False,
    ) -> None:
        name, folder = _named(model)
        import torch
        from safetensors import SafetensorError

        self.path, self.reason = _numeric_path(precision)
        kind = torch.bfloat16 if self.path == "bfloat16" else torch.float32
        try:
            if folder is not None and _is_plain_bert(folder):
                self._engine: _Engine = _led(folder, kind, threads or torch.get_num_threads())
                self._prompts = _prompts_in(folder)
                digest = _folder_digest(folder)
            else:
                library = _Library(str(folder or model), kind, download=download)
                self._engine, self._prompts = library, library.prompts
                digest = _folder_digest(folder) if folder else library.commit
        except (
            OSError,
            ValueError,
            LookupError,
            ImportError,
            RuntimeError,
            SafetensorError,
        ) as error:
            raise EncoderUnavailable(model=str(model), cause=_in_one_line(error)) from error
        self._model_id = f"{name}/{digest[:8]}/{self.path}"
        log.info("encoder %s ready: %s", self._model_id, self.reason)

    @property
    def model_id(self) -> str:
        """Model name, first eight hex digits of its digest, numeric path."""
        return self._model_id

    @property
    def dimension(self) -> int:
        """Numbers in one vector, 384 for the default model."""
        return self._engine.dimension

    def encode(
        self, texts: Sequence[str], role: Role, *, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Encode texts with the prompt that the model has for their role.

        Returns an array (texts, dimension) of float32 rows of unit length, in the order given.
        """
        prompt = _prompt_for(role, self._prompts)
        ready = [prompt + unicodedata.normalize("NFC", text) for text in texts]
        if not ready:
            return np.empty((0, self.dimension), np.float32)
        return self._engine.encode(ready, progress or _silent)


def _silent(done: int, total: int) -> None:
    """Report to nobody."""


def _named(model: str | Path) -> tuple[str, Path | None]:
    """Tell a model's short name and its folder, None for a hub name."""
    folder = Path(model)
    if folder.is_dir():
        return folder.resolve().name, folder
    if isinstance(model, Path) or model.startswith((".", "/")) or model.count("/") > 1:
        raise EncoderUnavailable(
            model=str(model), cause="there is no such folder; `make setup` builds the default model"
        )
    return model, None


def _numeric_path(precision: Precision) -> tuple[Literal["bfloat16", "float32"], str]:
    if precision != "auto":
        return precision, f"{precision} was asked for"
    if _multiplies_bfloat16():
        return "bfloat16", "the processor multiplies bfloat16 natively"
    return "float32", "the processor has no bfloat16 instructions, so the fast path is not taken"


def _multiplies_bfloat16() -> bool:
    import torch

    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()


def _folder_digest(folder: Path) -> str:
    """Digest of a model folder: its recipe's where it has one, else that of all its files."""
    record = folder / RECIPE_FILE
    if record.is_file():
        return str(_read_json(record)["digest"])
    total = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".md"):
        with path.open("rb") as file:
            total.update(path.relative_to(folder).as_posix().encode())
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()


def _prompts_in(folder: Path) -> Mapping[str, str]:
    settings = folder / "config_sentence_transformers.json"
    prompts = _read_json(settings).get("prompts") if settings.is_file() else None
    return prompts or {}


def _prompt_for(role: Role, prompts: Mapping[str, str]) -> str:
    found = (prompts.get(name) for name in _PROMPT_NAMES[role])
    return next((prompt for prompt in found if prompt), "")


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__


class _Library:
    """Any model, run by sentence-transformers."""

    def __init__(self, model: str, kind: "torch.dtype", *, download: bool) -> None:
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(model, device="cpu", local_files_only=not download)
        self._model.to(kind)
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self.prompts = {name: text or "" for name, text in self._model.prompts.items()}
        config = getattr(getattr(self._model[0], "auto_model", None), "config", None)
        self.commit = str(getattr(config, "_commit_hash", None) or "unversioned")

    def encode(self, texts: Sequence[str], report: Progress) -> NDArray[np.float32]:
        order = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for start in range(0, len(order), LIBRARY_BATCH):
            rows = order[start : start + LIBRARY_BATCH]
            found = self._model.encode(
                [texts[row] for row in rows],
                prompt="",
                batch_size=LIBRARY_BATCH,
                convert_to_tensor=True,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
            vectors[rows] = found.float().numpy()
            report(min(start + LIBRARY_BATCH, len(texts)), len(texts))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


def _is_plain_bert(folder: Path) -> bool:
    """Tell whether the folder is a BERT, mean pooling, unit length: what _PlainBert computes."""
    needed = ("modules.json", "config.json", "model.safetensors", "tokenizer.json")
    if not all((folder / name).is_file() for name in needed):
        return False
    modules = [str(module["type"]).rsplit(".", 1)[-1] for module in _read_json(folder / needed[0])]
    bert = _read_json(folder / "config.json")
    pooling = folder / "1_Pooling" / "config.json"
    return (
        modules == ["Transformer", "Pooling", "Normalize"]
        and bert.get("model_type") == "bert"
        and bert.get("hidden_act") == "gelu"
        and bert.get("position_embedding_type", "absolute") == "absolute"
        and pooling.is_file()
        and _pools_by_mean(_read_json(pooling))
    )


def _pools_by_mean(pooling: Mapping[str, Any]) -> bool:
    if "pooling_mode" in pooling:
        return bool(pooling["pooling_mode"] == "mean" and pooling.get("include_prompt", True))
    asked = {key for key, value in pooling.items() if key.startswith("pooling_mode_") and value}
    return asked == {"pooling_mode_mean_tokens"} and bool(pooling.get("include_prompt", True))


def even_groups(sizes: Sequence[int], count: int) -> list[list[int]]:
    """Deal positions into at most `count` groups whose sizes sum to much the same; none is empty.

    The longest first, each to the group that has least so far (Graham 1969): the largest sum is at
    most 4/3 of the least possible.
    """
    groups: list[list[int]] = [[] for _ in range(min(count, len(sizes)))]
    totals = [(0, number) for number in range(len(groups))]
    for place in sorted(range(len(sizes)), key=lambda i: (-sizes[i], i)):
        total, number = totals[0]
        groups[number].append(place)
        heapq.heapreplace(totals, (total + sizes[place], number))
    return [group for group in groups if group]


def _led(folder: Path, kind: "torch.dtype", threads: int) -> "_PlainBert":
    """Load a BERT on the thread that leads its products from then on.

    OpenMP keeps a team of threads for every thread that ever led one; once the teams together are
    more than the cores, each of them takes twice the time. So there is one leader, from the first
    product on. It loads alone: a team over small copies waits longer than it copies, a second in
    all on a busy machine.
    """
    import torch

    leader = ThreadPoolExecutor(1, "encoder", torch.set_num_threads, (1,))
    engine = leader.submit(_PlainBert, folder, kind, threads, leader).result()
    leader.submit(torch.set_num_threads, threads).result()
    return engine


class _PlainBert:
    """BERT, mean pooling, unit length (Devlin and others 2018; Reimers and Gurevych 2019).

    The texts of a batch are laid end to end, (tokens, hidden), and only attention looks at them
    one by one. `kind` is that of the large matrix products; all that comes before and after them,
    their biases too, is float32, which halves the noise of bfloat16.
    """

    def __init__(
        self, folder: Path, kind: "torch.dtype", threads: int, leader: ThreadPoolExecutor
    ) -> None:
        from safetensors.torch import load_file
        from tokenizers import Tokenizer

        settings = _read_json(folder / "config.json")
        self.dimension = int(settings["hidden_size"])
        self._threads = threads
        self._leader = leader
        self._heads = int(settings["num_attention_heads"])
        self._epsilon = float(settings["layer_norm_eps"])
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_longest_text(folder, settings))
        weights = load_file(folder / "model.safetensors")
        self._words = weights["embeddings.word_embeddings.weight"].to(kind)
        self._places = (
            weights["embeddings.position_embeddings.weight"]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self._norm = _pair(weights, "embeddings.LayerNorm")
        count = int(settings["num_hidden_layers"])
        self._layers = [_layer(weights, f"encoder.layer.{i}.", kind) for i in range(count)]

    def encode(self, texts: Sequence[str], report: Progress) -> NDArray[np.float32]:
        tokens = [found.ids for found in self._tokenizer.encode_batch(list(texts))]
        sizes = [len(ids) for ids in tokens]
        rounds = sum(sizes) // (TOKENS_AT_ONCE * self._threads) + 1
        groups = even_groups(sizes, rounds * self._threads)
        vectors = np.empty((len(texts), self.dimension), np.float32)
        done = 0
        for rows, found in self._computed(groups, tokens):
            vectors[rows] = found
            done += len(rows)
            report(done, len(texts))
        return vectors

    def _computed(
        self, groups: Sequence[list[int]], tokens: Sequence[Sequence[int]]
    ) -> Iterator[tuple[list[int], NDArray[np.float32]]]:
        """Give each group with its vectors: a single group on all threads, many one a thread.

        Threads that share a product wait for each other hundreds of times a text, which a busy
        machine makes slow; threads with a group each never wait. A single group is led by the
        leader, whoever asks (see :func:`_led`).
        """
        import torch

        asked = [[tokens[row] for row in rows] for rows in groups]
        if len(groups) == 1 or self._threads == 1:
            yield from zip(groups, self._leader.map(self._vectors, asked), strict=True)
            return
        with ThreadPoolExecutor(self._threads, "encoder", torch.set_num_threads, (1,)) as pool:
            yield from zip(groups, pool.map(self._vectors, asked), strict=True)

    def _vectors(self, texts: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """Token ids of some texts -> (texts, dimension)."""
        import torch
        from torch.nn import functional as F

        lengths = [len(ids) for ids in texts]
        with torch.inference_mode():
            ids = torch.tensor([token for text in texts for token in text])
            places = torch.cat([torch.arange(length) for length in lengths])
            state = self._words[ids].float() + self._places[places]
            state = F.layer_norm(state, (self.dimension,), *self._norm, self._epsilon)
            for layer in self._layers:
                state = self._through(layer, state, lengths)
            means = torch.stack([text.mean(0) for text in torch.split(state, lengths)])
            return np.asarray(F.normalize(means, dim=1).numpy(), np.float32)

    def _through(
        self, layer: "Mapping[str, tuple[Tensor, Tensor]]", state: "Tensor", lengths: Sequence[int]
    ) -> "Tensor":
        """Take the state (tokens, hidden), float32, through one layer."""
        from torch.nn import functional as F

        size = (self.dimension,)
        seen = self._attention(_product(state, *layer["qkv"]), lengths)
        state = state + _product(seen, *layer["out"])
        state = F.layer_norm(state, size, *layer["norm"], self._epsilon)
        wide = F.gelu(_product(state, *layer["wide"]))
        state = state + _product(wide, *layer["narrow"])
        return F.layer_norm(state, size, *layer["last"], self._epsilon)

    def _attention(self, qkv: "Tensor", lengths: Sequence[int]) -> "Tensor":
        """Let each token see those of its own text: (tokens, 3 hidden) -> (tokens, hidden)."""
        from torch.nn import functional as F

        seen = qkv.new_empty(len(qkv), self.dimension)
        start = 0
        for length in lengths:
            rows = slice(start, start + length)
            query, key, value = qkv[rows].view(1, length, 3, self._heads, -1).permute(2, 0, 3, 1, 4)
            found = F.scaled_dot_product_attention(query, key, value)
            seen[rows] = found[0].transpose(0, 1).reshape(length, self.dimension)
            start += length
        return seen


def _product(state: "Tensor", weight: "Tensor", bias: "Tensor") -> "Tensor":
    """Multiply (tokens, in) by (out, in) in the kind of the weight; float32 in and out."""
    import torch
    from torch.nn import functional as F

    narrow = state.to(weight.dtype)
    if weight.is_mkldnn:
        found: Tensor = torch.ops.mkldnn._linear_pointwise(narrow, weight, None, "none", [], "")
    else:
        found = F.linear(narrow, weight)
    return found.float().add_(bias)


def _laid_out(weight: "Tensor") -> "Tensor":
    """Lay a bfloat16 matrix out as oneDNN multiplies it, once instead of before every product.

    The products are the same bits; what is saved counts where few tokens meet a matrix.
    """
    import torch

    if weight.dtype is torch.bfloat16 and _multiplies_bfloat16():
        laid_out: Tensor = torch.ops.mkldnn._reorder_linear_weight(weight, USUAL_TOKENS)
        return laid_out
    return weight


def _longest_text(folder: Path, settings: Mapping[str, Any]) -> int:
    positions = int(settings["max_position_embeddings"])
    tokenizer = folder / "tokenizer_config.json"
    stated = _read_json(tokenizer).get("model_max_length") if tokenizer.is_file() else None
    return min(positions, int(stated or positions))


def _pair(weights: "Mapping[str, Tensor]", name: str) -> "tuple[Tensor, Tensor]":
    """Copy a weight and its bias out of the mapped file, which a view would keep in memory."""
    return weights[name + ".weight"].clone(), weights[name + ".bias"].clone()


def _layer(
    weights: "Mapping[str, Tensor]", name: str, kind: "torch.dtype"
) -> "dict[str, tuple[Tensor, Tensor]]":
    """Gather one layer: query, key and value become one matrix, of `kind` as all matrices."""
    import torch

    def product(*parts: str) -> "tuple[Tensor, Tensor]":
        pairs = [_pair(weights, name + part) for part in parts]
        weight, bias = (torch.cat(side) for side in zip(*pairs, strict=True))
        return _laid_out(weight.to(kind)), bias

    return {
        "qkv": product(*(f"attention.self.{part}" for part in ("query", "key", "value"))),
        "out": product("attention.output.dense"),
        "norm": _pair(weights, name + "attention.output.LayerNorm"),
        "wide": product("intermediate.dense"),
        "narrow": product("output.dense"),
        "last": _pair(weights, name + "output.LayerNorm"),
    }
