"""A profile as facts: each with its label, its source and its age; what is not known is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from data.bodies import class_of
from data.currencies import rates
from data.folding import place_name
from data.taxonomies import name_of
from data.texts import Texts
from matcher.freshness import Freshness, freshness, months_held
from matcher.profile import Alumnus, Founder, Money, Profile
from service.pages.field_groups import GROUPS, is_asked, label_of, question_of
from service.pages.programme_facts import in_home_money
from service.security import Sight

NO_FACT = frozenset({"source", "source_kind", "as_of", "verified", "fact_sources", "id", "note"})
"""Fields that tell of the record itself: they have no source of their own."""


_SITE = re.compile(r"(?:https?://|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})[^\s,;()]*", re.IGNORECASE)
"""The address that a text may begin with."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where facts come from: its number on the page, the day, and how old that is.

    ``site`` is the address that the text begins with, ``href`` where it leads.
    """

    number: int
    text: str
    site: str
    href: str | None
    as_of: date | None
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class Fact:
    """A known field: one text or several items; ``lang`` where it is written in one language."""

    name: str
    label: str
    text: str
    items: tuple[str, ...]
    lang: str | None
    href: str | None
    beside: str | None
    source: Source | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Fields that are not known, with the one question that asks for them."""

    labels: tuple[str, ...]
    question: str


@dataclass(frozen=True, slots=True)
class Group:
    """The facts under one heading, what is to be asked, and what may not be shown."""

    key: str
    facts: tuple[Fact, ...]
    asked: tuple[Asked, ...]
    withheld: tuple[str, ...]

    @property
    def unknown(self) -> int:
        """How many fields are not known."""
        return sum(len(one.labels) for one in self.asked)


class Sheet:
    """A profile as one person sees it on a day."""

    def __init__(self, kind: str, profile: Profile, sight: Sight, texts: Texts, on: date) -> None:
        self.kind, self.profile, self.texts, self.on = kind, profile, texts, on
        self.hidden = sight.hidden(profile)
        self._own = {one.field: (one.source, one.as_of) for one in profile.fact_sources}
        self._months = months_held(profile)
        self._sources: dict[tuple[str, date | None], Source] = {}

    def groups(self) -> tuple[Group, ...]:
        """Every group that holds a fact or a question."""
        made = (self._group(key, names) for key, names in GROUPS[self.kind])
        return tuple(g for g in made if g.facts or g.asked or g.withheld)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources that the facts of :meth:`groups` name, in the order of their numbers."""
        return tuple(self._sources.values())

    def _group(self, key: str, names: tuple[str, ...]) -> Group:
        return Group(
            key,
            tuple(self._facts(names)),
            tuple(self._asked(names)),
            tuple(self.texts.field(name) for name in names if name in self.hidden),
        )

    def _facts(self, names: tuple[str, ...]) -> Iterator[Fact]:
        for name in names:
            content = getattr(self.profile, name)
            told = content is not None and name not in self.hidden and name != "fact_sources"
            if told and not (name == "status" and content == "unknown"):
                yield self._fact(name, content)

    def _fact(self, name: str, content: Any) -> Fact:
        items = tuple(_items(content, self.texts))
        return Fact(
            name=name,
            label=self.texts.field(name),
            text="" if items else self._text(name, content),
            items=items,
            lang={"_vi": "vi", "_en": "en"}.get(name[-3:]),
            href=link_of(content) if name in ("website", "source") else None,
            beside=self._beside(content),
            source=None if name in NO_FACT else self._source(name),
        )

    def _text(self, name: str, content: Any) -> str:
        if isinstance(content, date):
            return f"{content:%d/%m/%Y}" if self.texts.lang == "vi" else self.texts.value(content)
        if name == "city":
            return place_name(content, self.texts.lang)
        return self.texts.content(class_of(self.kind), name, content)

    def _beside(self, content: Any) -> str | None:
        if not isinstance(content, Money):
            return None
        home = in_home_money(content, self.texts)
        return home if home or content.currency not in rates() else None

    def _asked(self, names: tuple[str, ...]) -> Iterator[Asked]:
        labels: dict[str, list[str]] = {}
        for name in names:
            if is_asked(self.profile, self.kind, name):
                question = question_of(self.kind, name, self.texts)
                labels.setdefault(question, []).append(label_of(name, self.texts))
        for question, named in labels.items():
            yield Asked(tuple(named), question)

    def _source(self, name: str) -> Source | None:
        text, as_of = self._own.get(name, (self.profile.source, self.profile.as_of))
        if text is None and as_of is None:
            return None
        said = text or self.texts.page("profile.no_source")
        key = (said, as_of)
        if key not in self._sources:
            number = len(self._sources) + 1
            state = freshness(as_of, self._months, self.on)
            site = _SITE.match(said)
            begun = site[0].rstrip(",;.") if site else ""
            self._sources[key] = Source(number, said, begun, link_of(begun), as_of, state)
        return self._sources[key]


def link_of(text: str) -> str | None:
    """The address that a whole text is, or None: only the web, never a script or a file."""
    bare = text.strip()
    if any(c.isspace() for c in bare) or not bare.isprintable():
        return None
    if bare.lower().startswith(("https://", "http://")):
        return bare
    host = bare.split("/")[0]
    plain = all(part and part.replace("-", "").isalnum() for part in host.split("."))
    return f"https://{bare}" if "." in host and plain and host.isascii() else None


def _items(content: Any, texts: Texts) -> Iterator[str]:
    """What stands in a list of its own: people, companies, and texts of a line each."""
    if not isinstance(content, tuple):
        return
    for item in content:
        match item:
            case Founder():
                yield _founder(item, texts)
            case Alumnus():
                what = item.what_vi if texts.lang == "vi" else item.what_en
                said = what or item.what_vi or item.what_en
                yield f"{item.company}: {said}" if said else item.company


def _founder(one: Founder, texts: Texts) -> str:
    told = [one.role] if one.role else []
    for name in ("sex", "full_time", "share_percent"):
        value = getattr(one, name)
        if value is not None:
            told.append(f"{texts.field(name)}: {texts.content(Founder, name, value)}")
    if one.nationality is not None:
        told.append(name_of("country", one.nationality, texts.lang))
    return ", ".join([one.name, *told])
