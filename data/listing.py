"""What a list of profiles can be filtered and searched by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, Table, and_, cast, or_, select

from data.bodies import class_of
from data.folding import fold, place
from data.tables import PROFILES, is_json
from data.taxonomies import names_of
from matcher.errors import UnknownField
from matcher.profile import Profile, forms

FILTERS: dict[str, tuple[str, ...]] = {
    "country": ("country", "host_country"),
    "city": ("city",),
    "sector": ("sectors",),
    "stage": ("stage", "stages"),
    "service": ("services",),
    "need": ("needs", "wants"),
    "family": ("family", "families"),
    "direction": ("direction",),
    "org_type": ("org_type",),
    "status": ("status",),
    "size": ("size",),
    "market": ("markets",),
    "target_market": ("target_markets",),
    "language": ("languages",),
    "source_kind": ("source_kind",),
    "incubator": ("incubator_id",),
}
"""What each filter looks at; the fields that a kind does not have are passed over."""

SEARCHED = (
    "name name_vi legal_name organisation operator city product_en product_vi "
    "description_en description_vi description_local website"
).split()
"""Fields that a text search reads: never a personal one."""

Filters = Mapping[str, str | Sequence[str]]


def filters_of(kind: str) -> tuple[str, ...]:
    """Return the names of the filters that a kind of profile knows."""
    fields = forms(class_of(kind))
    return tuple(name for name, looked in FILTERS.items() if any(f in fields for f in looked))


def search_text(profile: Profile) -> str:
    """Return a profile's text, sectors and country by their names in both languages, folded."""
    return fold(" \n ".join(_searched(profile)))


def conditions(kind: str, filters: Filters, text: str | None) -> ColumnElement[bool]:
    """Return the condition for living profiles that pass every filter and hold every word.

    A filter with several values passes if any of them is met. Raises UnknownField for a filter
    that this kind does not know.
    """
    table = PROFILES[kind]
    parts: list[ColumnElement[bool]] = [table.c.deleted_at.is_(None)]
    parts += [_filter(table, kind, name, value) for name, value in filters.items()]
    for word in fold(text or "").split():
        parts.append(table.c.search.contains(word, autoescape=True))
    return and_(*parts)


def matching_ids(conn: Connection, kind: str, text: str) -> frozenset[str]:
    """Return the ids of living profiles that hold every word, with or without diacritics."""
    column = PROFILES[kind].c.id
    return frozenset(conn.execute(select(column).where(conditions(kind, {}, text))).scalars())


def nearest_ids(conn: Connection, kind: str, id: str) -> tuple[str, ...]:
    """Return up to three ids of living profiles that are spelt alike, the nearest first."""
    column = PROFILES[kind].c.id
    alive = PROFILES[kind].c.deleted_at.is_(None)
    likely = column.contains(id.split("-")[0][:20], autoescape=True)
    ids = conn.execute(select(column).where(alive).order_by(likely.desc(), column).limit(2000))
    return tuple(get_close_matches(id, ids.scalars().all(), n=3, cutoff=0.5))


def _searched(profile: Profile) -> Iterator[str]:
    for name in SEARCHED:
        content = getattr(profile, name, None)
        if content:
            yield content
    for sector in profile.sectors or ():
        yield from names_of("sector", sector)
    if profile.country:
        yield from names_of("country", profile.country)


def _filter(table: Table, kind: str, name: str, value: str | Sequence[str]) -> ColumnElement[bool]:
    if name not in filters_of(kind):
        raise UnknownField(field=name, known=filters_of(kind))
    values = (value,) if isinstance(value, str) else tuple(value)
    fields = [f for f in FILTERS[name] if f in forms(class_of(kind))]
    return or_(*(_holds(table, kind, field, v) for field in fields for v in values))


def _holds(table: Table, kind: str, field: str, value: str) -> ColumnElement[bool]:
    column: Any = table.c[field]
    if is_json(forms(class_of(kind))[field]):  # codes are plain ASCII, so their JSON is themselves
        return cast(column, String).contains(f'"{value}"', autoescape=True)
    wanted: ColumnElement[bool] = column == (place(value) if field == "city" else value)
    return wanted
