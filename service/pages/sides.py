"""What pages show of the other side of a list: matches in order, refusals by rule, decisions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from data.decisions import Decision
from data.questions import Question
from data.texts import Texts
from matcher.profile import Startup
from service.answers import PartnerMatch, PartOut, ProgrammeMatch, StartupMatch
from service.pages.posted import number_of

REASONS = 3
"""Reasons of a match that are open at once."""
SHUT_SHOWN = 6
"""Profiles of a group of refusals on the first page; a page of its own has the rest."""
SHUT_PER_PAGE = 40
LENGTHS = (10, 20, 50)
"""Matches that a list can show at once; the files have more."""
WORDS = ("shortlisted", "declined", "met", "accepted", "completed", "succeeded", "withdrawn")
"""Decisions in the order of a form."""

AnyMatch = StartupMatch | PartnerMatch | ProgrammeMatch


@dataclass(frozen=True, slots=True)
class Way:
    """One direction of an exchange: its parts of a match."""

    key: str
    parts: tuple[PartOut, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A match of a list: ``about`` says in a few words who it is, ``href`` leads to its page.

    ``reasons`` are the parts that earn most, ``ties`` the names of neighbours that the noise does
    not tell apart, ``ways`` the directions of an exchange, ``put`` the questions that were asked
    before, the last of each rule.
    """

    rank: int
    id: str
    href: str | None
    about: str
    match: AnyMatch
    reasons: tuple[PartOut, ...]
    ties: tuple[str, ...]
    decision: Decision | None
    ways: tuple[Way, ...] = ()
    put: Mapping[str, Question] = field(default_factory=dict)

    @property
    def parts(self) -> Sequence[PartOut]:
        """All parts of the score."""
        return self.match.parts

    def asked_of(self, side: str) -> int:
        """How many open questions go to a side."""
        return sum(check.ask == side for check in self.match.checks)

    @property
    def waiting(self) -> int:
        """How many of the open questions were put and wait for an answer."""
        return sum(c.rule in self.put and self.put[c.rule].is_open for c in self.match.checks)


@dataclass(frozen=True, slots=True)
class Shut:
    """A profile that is not open, with the other rules that refuse by their labels."""

    id: str
    name: str
    href: str | None
    reason: str
    others: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ShutGroup:
    """The profiles that one rule refuses first."""

    rule: str
    label: str
    about: str
    profiles: tuple[Shut, ...]

    @property
    def first(self) -> tuple[Shut, ...]:
        """Those on the first page."""
        return self.profiles[:SHUT_SHOWN]

    @property
    def more(self) -> int:
        """How many more there are."""
        return len(self.profiles) - len(self.first)


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that counts, with the name of whom it is about."""

    id: str
    name: str
    href: str | None
    decision: Decision


def best_reasons(parts: Iterable[PartOut]) -> tuple[PartOut, ...]:
    """The known parts that earn most, in order of their points."""
    known = [part for part in parts if part.verdict == "fit" and part.points > 0]
    return tuple(sorted(known, key=lambda part: -part.points)[:REASONS])


def shut_groups(
    blocked: Iterable[Any], its_id: str, texts: Texts, href: Callable[[str], str | None]
) -> tuple[ShutGroup, ...]:
    """Profiles that are not open by the rule that refuses first, the largest group first.

    ``its_id`` is the name of the field of ``blocked`` that holds the id.
    """
    by_rule: dict[str, list[Shut]] = {}
    for one in blocked:
        id = getattr(one, its_id)
        others = tuple((texts.rule(o.rule), o.reason) for o in one.all if o.rule != one.rule)
        by_rule.setdefault(one.rule, []).append(Shut(id, one.name, href(id), one.reason, others))
    groups = [
        ShutGroup(rule, texts.rule(rule), texts.rule_about(rule), tuple(found))
        for rule, found in by_rule.items()
    ]
    return tuple(sorted(groups, key=lambda group: (-len(group.profiles), group.label)))


def names_of(ids: Iterable[str], names: Mapping[str, str]) -> tuple[str, ...]:
    """The names of profiles, their ids where none is known."""
    return tuple(names.get(id, id) for id in ids)


def about_startup(startup: Startup, texts: Texts) -> str:
    """A startup in a few words: sectors, stage, and where it is."""
    sectors, stage = startup.sectors, startup.stage
    words = (
        texts.content(Startup, "sectors", sectors[:3]) if sectors else None,
        texts.content(Startup, "stage", stage) if stage else None,
        startup.ward,
        texts.content(Startup, "city", startup.city) if startup.city else None,
    )
    return " · ".join(filter(None, words))


def number_in(text: str, least: int, most: int) -> int | None:
    """A number of an address within its bounds; None where none is given."""
    number = number_of(text.strip())
    return None if number is None else min(max(number, least), most)
