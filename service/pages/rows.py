"""One profile as a line of a list: who and where, its key facts, its window, and how old it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from data.bodies import class_of
from data.folding import place_name
from data.taxonomies import name_of
from data.texts import Texts
from matcher.freshness import Freshness, freshness, months_held
from matcher.profile import Money, Profile, Programme, forms
from service.pages.facets import window_on

MOST_NAMED = 3
"""Codes of one fact that a line names; of more it says how many."""

KEY_FACTS: dict[str, tuple[tuple[str, str], ...]] = {
    "programme": (("sectors", "sector"), ("stages", "stage"), ("funding", "money")),
    "startup": (("sectors", "sector"), ("stage", "stage"), ("needs", "need")),
    "incubator": (("org_type", "org_type"), ("sectors", "sector"), ("services", "service")),
}
"""Fields that a line shows, each with the key of its short label."""


@dataclass(frozen=True, slots=True)
class KeyFact:
    """A fact of a line; ``text`` is None where it is not known."""

    label: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Window:
    """When a programme takes applications: its state, and the day that it turns on with the days
    until then."""

    state: str
    day: date | None
    days: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list."""

    id: str
    name: str
    organisation: str | None
    country: str | None
    city: str | None
    facts: tuple[KeyFact, ...]
    window: Window | None
    as_of: date | None
    freshness: Freshness


def row_of(kind: str, profile: Profile, texts: Texts, on: date) -> Row:
    """A profile as a line on a day; it holds no personal field."""
    country = getattr(profile, "host", profile.country)
    return Row(
        id=profile.id,
        name=profile.name,
        organisation=_organisation(profile, texts.lang),
        country=None if country is None else name_of("country", country, texts.lang),
        city=None if profile.city is None else place_name(profile.city, texts.lang),
        facts=tuple(_facts(kind, profile, texts)),
        window=window_of(profile, on) if isinstance(profile, Programme) else None,
        as_of=profile.as_of,
        freshness=freshness(profile.as_of, months_held(profile), on),
    )


def window_of(programme: Programme, on: date) -> Window:
    """A programme's window on a day."""
    state, day = window_on(programme, on)
    return Window(state, day, None if day is None else (day - on).days)


def _organisation(profile: Profile, lang: str) -> str | None:
    """Who stands behind a profile; in Vietnamese, of an incubator its Vietnamese name first."""
    own = ("name_vi",) if lang == "vi" else ()
    for name in (*own, "organisation", "operator", "legal_name"):
        found: str | None = getattr(profile, name, None)
        if found and found != profile.name:
            return found
    return None


def _facts(kind: str, profile: Profile, texts: Texts) -> Iterator[KeyFact]:
    for name, label in KEY_FACTS[kind]:
        said = texts.page(f"catalogue.facet.{label}")
        yield KeyFact(said, _short(kind, name, getattr(profile, name), texts))


def _short(kind: str, name: str, content: Any, texts: Texts) -> str | None:
    if content is None:
        return None
    vocabulary = forms(class_of(kind))[name].vocabulary
    if isinstance(content, Money) or vocabulary is None:
        return texts.content(class_of(kind), name, content)
    codes = content if isinstance(content, tuple) else (content,)
    names = [name_of(vocabulary, code, texts.lang) for code in codes[:MOST_NAMED]]
    more = len(codes) - MOST_NAMED
    return ", ".join(names) + (f" +{more}" if more > 0 else "") if names else texts.screen("none")
