"""Profiles as plain JSON values and back: what tables, history and digests hold.

Money is kept as amount and currency only; its dollars are filled in on reading from the dated
rates of ``currencies.py``, so that a new rate needs no rewriting of profiles.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any

from data.currencies import in_usd
from matcher.errors import UnknownName
from matcher.profile import KINDS, FieldForm, Money, Profile, forms

Body = dict[str, Any]


def kind_of(profile: Profile) -> str:
    """Return ``startup``, ``programme`` or ``incubator``."""
    return next(name for name, kind in KINDS.items() if type(profile) is kind)


def class_of(kind: str) -> type:
    """Return the value class of a kind; raises UnknownName with the known kinds."""
    if kind not in KINDS:
        raise UnknownName(what="kind", value=kind, known=tuple(KINDS))
    return KINDS[kind]


def fields_of(value: Any) -> tuple[FieldForm, ...]:
    """Return the forms of a value's fields, in their order."""
    kind: type = type(value)
    return tuple(forms(kind).values())


def body_of(profile: Profile) -> Body:
    """Return every field of a profile as JSON values: ISO dates, lists, objects; texts in NFC."""
    return {f.name: plain(f, getattr(profile, f.name)) for f in fields_of(profile)}


def profile_of(kind: str, body: Mapping[str, Any]) -> Profile:
    """Build a profile from a body.

    Fields that are absent take their defaults; fields that profiles no longer have, as an old
    version in the history may hold, are left out.
    """
    profile: Profile = value_of(class_of(kind), body)
    return profile


def digest_of(profile: Profile) -> str:
    """SHA-256 (hex) of a profile's content; equal content gives an equal digest.

    What is unknown is left out, so that a field added later changes no digest.
    """
    known = {name: content for name, content in body_of(profile).items() if content is not None}
    text = json.dumps(known, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def plain(form: FieldForm, content: Any) -> Any:
    """Return one field's content as JSON values."""
    if content is None:
        return None
    return [_plain(form, item) for item in content] if form.many else _plain(form, content)


def _plain(form: FieldForm, item: Any) -> Any:
    if isinstance(item, str):
        return unicodedata.normalize("NFC", item)
    if form.type is float:
        return float(item)  # 12 and 12.0 are one content
    if form.type is Money:
        return {"amount": float(item.amount), "currency": item.currency}
    if form.type is date:
        return item.isoformat()
    if dataclasses.is_dataclass(item):
        named = {f.name: plain(f, getattr(item, f.name)) for f in fields_of(item)}
        return {name: content for name, content in named.items() if content is not None}
    return item


@cache
def readers(kind: type) -> dict[str, Callable[[Any], Any]]:
    """Return for each field of a value class the function that reads it from JSON values."""
    return {name: _reader(form) for name, form in forms(kind).items()}


def _reader(form: FieldForm) -> Callable[[Any], Any]:
    one = _item_reader(form.type)
    if not form.many:
        return one
    if one is _same:
        return tuple
    return lambda items: tuple(map(one, items))


def _item_reader(kind: type) -> Callable[[Any], Any]:
    if kind is Money:
        return _money
    if kind is date:
        return lambda item: item if isinstance(item, date) else date.fromisoformat(item)
    if kind is float:
        return float
    if dataclasses.is_dataclass(kind):
        return lambda item: value_of(kind, item)
    return _same


def _same(item: Any) -> Any:
    return item


def _money(body: Mapping[str, Any]) -> Money:
    return in_usd(Money(float(body["amount"]), body["currency"]))


def value_of(kind: type, body: Mapping[str, Any]) -> Any:
    """Build a value class from its JSON values; names that it does not know are left out."""
    read = readers(kind)
    known = ((name, content) for name, content in body.items() if name in read)
    return kind(**{name: None if v is None else read[name](v) for name, v in known})
