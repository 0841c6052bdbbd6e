"""Foreign organisations as partners: what their programmes, taken together, say of each."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain, groupby

from matcher.profile import Incubator, Programme
from matcher.rules.conflict import fold

LONGEST_TEXT = 8000
LONGEST_SLUG = 60
REMEMBERED = 10_000
"""Ids of organisations: all partners are derived anew whenever a programme changes."""


def partners_of(programmes: Iterable[Programme]) -> tuple[Incubator, ...]:
    """One partner for each organisation abroad, from its programmes; sorted by id.

    Every field is the union of what its programmes state; a field that none of them states stays
    unknown. Wants are never derived: a programme says what is given, not what is sought.
    """
    listed = list(programmes)
    ids = partner_ids(listed)
    in_order = sorted(listed, key=lambda p: (ids[p.id], p.id))
    groups = groupby(in_order, key=lambda p: ids[p.id])
    return tuple(_partner(key, list(group)) for key, group in groups)


def partner_ids(programmes: Iterable[Programme]) -> dict[str, str]:
    """Id of the partner that runs each programme, by programme id.

    An organisation with homes in several countries is a partner in each of them, and its country
    then follows its name, after two dashes: no name has two, so no other organisation is meant.
    """
    listed = list(programmes)
    countries: dict[str, set[str]] = {}
    for programme in listed:
        countries.setdefault(partner_id(programme.organisation), set()).add(programme.country)
    ids: dict[str, str] = {}
    for programme in listed:
        key = partner_id(programme.organisation)
        several = len(countries[key]) > 1
        ids[programme.id] = f"{key}--{programme.country.lower()}" if several else key
    return ids


@lru_cache(maxsize=REMEMBERED)
def partner_id(organisation: str) -> str:
    """Id of an organisation: ``org-`` and its name in plain lower-case letters.

    Where that loses letters (Hangul, say, or the end of a long name), a digest of the name follows,
    so that two organisations never share an id.
    """
    letters = _unaccented(organisation.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(c if c.isalnum() and c.isascii() else " " for c in letters).lower().split()
    slug = "-".join(plain)
    if len(slug) <= LONGEST_SLUG and not any(c.isalnum() and not c.isascii() for c in letters):
        return "org-" + slug
    digest = hashlib.sha256(fold(organisation).encode()).hexdigest()[:8]
    return "-".join(filter(None, ("org", slug[:LONGEST_SLUG].strip("-"), digest)))


def _unaccented(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text)
    return "".join(c for c in parts if not unicodedata.combining(c))


def _partner(key: str, programmes: Sequence[Programme]) -> Incubator:
    first = programmes[0]
    cities = {p.city for p in programmes}
    return Incubator(
        id=key,
        name=first.organisation,
        country=first.country,
        city=first.city if len(cities) == 1 else None,
        org_type=_kind(programmes),
        families=_union((p.family,) if p.family else None for p in programmes),
        direction=_direction({p.direction for p in programmes}),
        sectors=_union(p.sectors for p in programmes),
        services=_union(p.services for p in programmes),
        languages=_union(p.languages for p in programmes),
        markets=_union(chain((p.markets for p in programmes), map(_abroad, programmes))),
        visa_help=True if any(p.visa_route for p in programmes) else None,
        status=_status({p.status for p in programmes}),
        website=first.website,
        description_en=_joined(p.description_en for p in programmes),
        description_vi=_joined(p.description_vi for p in programmes),
        source=first.source,
        source_kind=first.source_kind,
        as_of=min((p.as_of for p in programmes if p.as_of), default=None),
        verified=all(bool(p.verified) for p in programmes),
    )


def _abroad(programme: Programme) -> tuple[str, ...] | None:
    """The country in which a programme runs, where that is not the organiser's own."""
    return None if programme.host == programme.country else (programme.host,)


def _kind(programmes: Sequence[Programme]) -> str | None:
    """The kind of the first programme that is more than a visa scheme."""
    kinds = [p.org_type for p in programmes if p.org_type]
    return next((k for k in kinds if k != "visa_programme"), kinds[0] if kinds else None)


def _union(values: Iterable[tuple[str, ...] | None]) -> tuple[str, ...] | None:
    known = [v for v in values if v is not None]
    return tuple(dict.fromkeys(chain.from_iterable(known))) if known else None


def _direction(directions: set[str | None]) -> str | None:
    known = directions - {None}
    return known.pop() if len(known) == 1 else "both" if known else None


def _status(statuses: set[str]) -> str:
    if "open" in statuses:
        return "open"
    return "closed" if statuses == {"closed"} else "unknown"


def _joined(texts: Iterable[str | None]) -> str | None:
    return "\n".join(t for t in texts if t)[:LONGEST_TEXT] or None
