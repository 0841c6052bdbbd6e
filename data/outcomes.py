"""Outcomes as plain JSON and back, exactly: every value by the places of its fields.

Values are lists of their fields in order, so that twenty thousand placements are quick to write
and to read; a field that was added later, at the end, takes its default when an old one is read.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import types
import typing
import zlib
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, TypeVar

from matcher.outcome import Outcome, Placement, Shortfall
from matcher.rules.base import Coded, InLanguages, Reason, Sum

Value = TypeVar("Value", Outcome, Placement, Shortfall, Reason)
Plain = Any
Turn = Callable[[Any], Any]

LEVEL = 1
"""Of compression: quick, since a database waits for it."""

REMEMBERED = 16
"""Contents that were read last: the outcomes of a few rounds as cities have them."""


def packed(*values: Any) -> bytes:
    """Values of one class each as compressed JSON; see :func:`unpacked`."""
    kinds: list[Any] = list(map(type, values))
    plain = [_writer(kind)(one) for kind, one in zip(kinds, values, strict=True)]
    return zlib.compress(_json(plain), LEVEL)


def unpacked(kind: type[Value], content: bytes) -> tuple[Value, ...]:
    """The values of one class that were packed together, equal to what they were."""
    made: Any = kind
    found: tuple[Value, ...] = _unpacked(made, content)
    return found


@lru_cache(maxsize=REMEMBERED)
def _unpacked(kind: Any, content: bytes) -> tuple[Any, ...]:
    """The same, remembered by the content itself: every page of a run reads its outcome."""
    return values_of(kind, rows_of(content))


def rows_of(content: bytes) -> list[list[Any]]:
    """What was packed as plain rows: much quicker than the values, to choose among them."""
    rows: list[list[Any]] = json.loads(zlib.decompress(content))
    return rows


def values_of(kind: type[Value], rows: Iterable[list[Any]]) -> tuple[Value, ...]:
    """The values of plain rows, which are used up."""
    made: Any = kind
    return tuple(map(_reader(made), rows))


def digest_of_outcome(outcome: Outcome) -> str:
    """SHA-256 (hex) of everything that an outcome says; equal outcomes give equal digests."""
    return hashlib.sha256(_json(_writer(Outcome)(outcome))).hexdigest()


def digest_of_shortfall(shortfall: Shortfall) -> str:
    """SHA-256 (hex) of the ways out of a round; equal ones give equal digests."""
    return hashlib.sha256(_json(_writer(Shortfall)(shortfall))).hexdigest()


def _json(plain: Plain) -> bytes:
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()


@cache
def _writer(kind: Any) -> Turn:
    """How a value class becomes a list of its fields."""
    if kind is Reason:
        return _written_reason
    names = [field.name for field in dataclasses.fields(kind)]
    fields = attrgetter(*names) if len(names) > 1 else lambda one: (getattr(one, names[0]),)
    turns = [(place, turn) for place, turn in enumerate(_turns(kind, _writer)) if turn]
    if not turns:
        return fields

    def written(one: Any) -> Plain:
        row = list(fields(one))
        for place, turn in turns:
            row[place] = turn(row[place])
        return row

    return written


@cache
def _reader(kind: Any) -> Turn:
    """How a value class is made of a list of its fields."""
    if kind is Reason:
        return _read_reason
    turns = [(place, turn) for place, turn in enumerate(_turns(kind, _reader)) if turn]

    def read(row: list[Any]) -> Any:
        for place, turn in turns:
            if place < len(row):
                row[place] = turn(row[place])
        return kind(*row)

    return read


def _turns(kind: Any, of: Callable[[Any], Turn]) -> list[Turn | None]:
    """What becomes of each field on its way; None for one that is plain already."""
    hints = typing.get_type_hints(kind)
    return [_turn(hints[field.name], of) for field in dataclasses.fields(kind)]


def _turn(hint: Any, of: Callable[[Any], Turn]) -> Turn | None:
    if dataclasses.is_dataclass(hint):
        return of(hint)
    if typing.get_origin(hint) is not tuple:
        _refuse_unplain(hint)
        return None
    inner = typing.get_args(hint)
    turn = _turn(inner[0], of)
    if turn is None:
        return tuple
    return lambda items: tuple(map(turn, items))


def _refuse_unplain(hint: Any) -> None:
    """A field of a kind that JSON would not give back as it was has no place here."""
    parts = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    known = (int, float, str, bool, types.NoneType)
    if any(part not in known and typing.get_origin(part) is not typing.Literal for part in parts):
        raise TypeError(f"no way is known to write {hint}")


def _written_reason(reason: Reason) -> Plain:
    facts = [(name, _written_fact(fact)) for name, fact in reason.facts]
    return (reason.code, facts) if facts else (reason.code,)


def _read_reason(row: list[Any]) -> Reason:
    if len(row) == 1:
        return Reason(row[0])
    return Reason(row[0], tuple((name, _read_fact(fact)) for name, fact in row[1]))


def _written_fact(fact: Any) -> Plain:
    """A fact of a plain type as it is, any other as a list that begins with its class."""
    match fact:
        case None | bool() | str() | int() | float():
            return fact
        case Coded(vocabulary, codes):
            return ("codes", vocabulary, codes)
        case InLanguages(en, vi):
            return ("text", en, vi)
        case Sum(amount, currency):
            return ("sum", amount, currency)
        case date():
            return ("day", fact.isoformat())
        case _:
            raise TypeError(f"a reason cannot hold a {type(fact).__name__}")


def _read_fact(plain: Plain) -> Any:
    match plain:
        case ["codes", vocabulary, codes]:
            return Coded(vocabulary, tuple(codes))
        case ["text", en, vi]:
            return InLanguages(en, vi)
        case ["sum", amount, currency]:
            return Sum(amount, currency)
        case ["day", day]:
            return date.fromisoformat(day)
        case _:
            return plain
