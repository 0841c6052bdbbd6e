"""What lists of profiles are filtered by, and how many profiles each choice would leave.

A choice is counted as if nothing else were chosen in its own facet, so that a second choice beside
the first shows how many it adds. What a profile does not tell is a choice like the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from data.bodies import class_of
from data.listing import FILTERS
from data.taxonomies import terms
from matcher.freshness import freshness, months_held
from matcher.profile import LanguageSkill, Profile, Programme, forms
from matcher.rules.window import programme_key
from service.profiles_api import filter_form

if TYPE_CHECKING:
    from service.pages.shelf import Entry

UNKNOWN = "-"
"""The choice of what a profile does not tell."""

FACETS: dict[str, tuple[str, ...]] = {
    "programme": (
        "window", "country", "sector", "stage", "org_type", "family", "language", "funding",
        "on_site", "direction", "status", "facts",
    ),
    "startup": (
        "sector", "stage", "city", "need", "target_market", "language", "size", "country",
        "status", "facts",
    ),
    "incubator": (
        "country", "sector", "service", "need", "family", "org_type", "direction", "language",
        "status", "facts",
    ),
}  # fmt: skip
"""The facets of each kind, in reading order."""

STATES: dict[str, tuple[str, ...]] = {
    "window": ("open", "rolling", "opens", "passed", "unknown"),
    "facts": ("fresh", "stale", "undated"),
}
"""Facets whose choices are states that are worked out, not codes of a vocabulary."""

FIELDS = {"funding": "funding_kind", "on_site": "on_site"}
"""Facets over one field that is no filter of the API."""

IN_ORDER = ("stage", "family", "on_site", "status", "size", "direction")
"""Facets whose choices stand in the order of their vocabulary; the others go by how many."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What passes every choice, and for each facet how many profiles each code would leave."""

    found: tuple[Entry, ...]
    counts: tuple[Counter[str], ...]


def codes_of(kind: str, name: str, profile: Profile, on: date) -> Iterable[str]:
    """The codes of a profile in a facet; never none."""
    if name in STATES:
        return (_STATE_OF[name](profile, on),)
    return tuple(dict.fromkeys(_held(profile, name, kind))) or (UNKNOWN,)


def vocabulary_of(kind: str, name: str) -> str | None:
    """The vocabulary that names a facet's codes; None where they name themselves."""
    if name == "language":
        return "language"
    if name in FIELDS:
        return forms(class_of(kind))[FIELDS[name]].vocabulary
    return None if name in STATES else filter_form(kind, name).vocabulary


def counted(kind: str, entries: Iterable[Entry], chosen: Mapping[str, frozenset[str]]) -> Counts:
    """Hold entries against the choices of each facet; of one facet any may hold."""
    wanted = [(place, chosen[name]) for place, name in enumerate(FACETS[kind]) if chosen.get(name)]
    counts: tuple[Counter[str], ...] = tuple(Counter() for _ in FACETS[kind])
    found: list[Entry] = []
    for entry in entries:
        failed = [place for place, codes in wanted if codes.isdisjoint(entry.codes[place])]
        if not failed:
            found.append(entry)
            for count, codes in zip(counts, entry.codes, strict=True):
                count.update(codes)
        elif len(failed) == 1:
            counts[failed[0]].update(entry.codes[failed[0]])
    return Counts(tuple(found), counts)


def ordered(kind: str, name: str, codes: Iterable[str], count: Counter[str]) -> list[str]:
    """The codes of a facet as they stand on the page: what is not known comes last."""
    rank = _ranks(kind, name)
    return sorted(codes, key=lambda c: (c == UNKNOWN, rank.get(c, 0) if rank else -count[c], c))


def _ranks(kind: str, name: str) -> dict[str, int]:
    if name in STATES:
        return {code: place for place, code in enumerate(STATES[name])}
    vocabulary = vocabulary_of(kind, name) if name in IN_ORDER else None
    return {code: place for place, code in enumerate(terms(vocabulary))} if vocabulary else {}


def _held(profile: Profile, name: str, kind: str) -> Iterator[str]:
    fields = (FIELDS[name],) if name in FIELDS else FILTERS[name]
    for field in fields:
        content: Any = getattr(profile, field, None) if field in forms(class_of(kind)) else None
        if content is not None:
            for item in content if isinstance(content, tuple) else (content,):
                yield item.language if isinstance(item, LanguageSkill) else str(item)


def window_on(programme: Programme, on: date) -> tuple[str, date | None]:
    """The state of a programme's window on a day and the day that it turns on: one that has ended
    takes no more applications, whatever its dates say."""
    return ("passed", None) if programme.status == "closed" else programme_key(programme, on)


def _window(profile: Profile, on: date) -> str:
    return window_on(profile, on)[0]  # type: ignore[arg-type]  # programmes only have it


def _facts(profile: Profile, on: date) -> str:
    return freshness(profile.as_of, months_held(profile), on)


_STATE_OF: dict[str, Callable[[Profile, date], str]] = {"window": _window, "facts": _facts}
