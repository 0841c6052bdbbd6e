"""A round that was solved as bytes and back, its digest the same."""

from __future__ import annotations

import dataclasses
import io
import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.outcomes import LEVEL, packed, unpacked
from matcher.assignment.building import CONSENTED, Round
from matcher.assignment.instance import Bound, Instance
from matcher.rules.base import Reason

IN_INSTANCE = ("fit", "gain", "want", "places", "least", "offers", "must", "forced", "held")
IN_ROUND = ("refusals", "shut")
FLAGS = ("assumed", "unknown")
SIDES = ("startup", "programme")

Arrays = Mapping[str, NDArray[Any]]


def packed_round(round_: Round) -> bytes:
    """A round as compressed numpy arrays; equal rounds need not give equal bytes.

    Groups that rest on a consent are left out: who belongs to them must be forgotten with it.
    """
    instance = round_.instance
    kept = tuple(group for group in round_.groups if group[0] not in CONSENTED)
    round_ = dataclasses.replace(round_, groups=kept)
    arrays = {name: _narrow(getattr(instance, name)) for name in IN_INSTANCE}
    arrays |= {name: _narrow(getattr(round_, name)) for name in IN_ROUND}
    arrays |= {name: getattr(round_, name) for name in FLAGS}
    arrays |= dict(zip(SIDES, (_weights(instance, side) for side in SIDES), strict=True))
    masks = [mask for _, _, mask in round_.groups]
    arrays["groups"] = np.array(masks, np.bool_).reshape(len(masks), instance.shape[0])
    arrays["notes"] = np.frombuffer(packed(*round_.notes), np.uint8)
    arrays["head"] = np.frombuffer(json.dumps(_head(round_), ensure_ascii=False).encode(), np.uint8)
    out = io.BytesIO()
    np.savez(out, **arrays)
    return zlib.compress(out.getvalue(), LEVEL)


def unpacked_round(content: bytes) -> Round:
    """The round that was packed."""
    with np.load(io.BytesIO(zlib.decompress(content)), allow_pickle=False) as kept:
        arrays = {name: kept[name] for name in kept.files}
    head = json.loads(arrays["head"].tobytes())
    named = zip(head["groups"], arrays["groups"], strict=True)
    return Round(
        instance=_instance(head, arrays),
        **{name: arrays[name].astype(np.int32) for name in IN_ROUND},
        **{name: arrays[name] for name in FLAGS},
        least_fit=head["least_fit"],
        startup_side=head["startup_side"],
        before=tuple((startup, programme) for startup, programme in head["before"]),
        groups=tuple((attribute, value, mask) for (attribute, value), mask in named),
        notes=unpacked(Reason, arrays["notes"].tobytes()),
    )


def _head(round_: Round) -> dict[str, Any]:
    """What is no array."""
    return {
        "startups": round_.instance.startups,
        "programmes": round_.instance.programmes,
        "bounds": [(b.name, b.side, b.at_least, b.at_most) for b in round_.instance.bounds],
        "least_fit": round_.least_fit,
        "startup_side": round_.startup_side,
        "before": round_.before,
        "groups": [(attribute, value) for attribute, value, _ in round_.groups],
    }


def _instance(head: Mapping[str, Any], arrays: Arrays) -> Instance:
    weights: dict[str, Iterator[Any]] = {side: iter(arrays[side]) for side in SIDES}
    bounds = (
        Bound(name, side, next(weights[side]), least, most)
        for name, side, least, most in head["bounds"]
    )
    return Instance(
        startups=tuple(head["startups"]),
        programmes=tuple(head["programmes"]),
        bounds=tuple(bounds),
        **{name: arrays[name].astype(np.int32) for name in IN_INSTANCE},
    )


def _weights(instance: Instance, side: str) -> NDArray[np.int64]:
    """The weights of the bounds of one side, (bounds, profiles), in their order."""
    ours = [bound.weights for bound in instance.bounds if bound.side == side]
    return np.array(ours, np.int64).reshape(len(ours), instance.shape[SIDES.index(side)])


def _narrow(array: Any) -> Any:
    """Half as many bytes where the numbers allow it, as fits and scores always do."""
    bounds = np.iinfo(np.int16)
    fits = array.size == 0 or (array.min() >= bounds.min and array.max() <= bounds.max)
    return array.astype(np.int16) if fits else array
