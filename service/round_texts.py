"""Says what a run says: its reasons, limits and moves, with the names of those concerned."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from data.engines import Connection
from data.named_profiles import names_by_id
from data.texts import Texts
from matcher.outcome import Outcome
from matcher.rules.base import Coded, Fact, Reason

NAMED = frozenset({"startup", "programme", "other"})
"""Facts of reasons that hold an id and are told by name."""


@dataclass(frozen=True, slots=True)
class RoundTexts:
    """The texts of one language, with names by id."""

    texts: Texts
    names: Mapping[str, str]

    def name(self, profile_id: str) -> str:
        """Name of a startup or programme; its id where it is gone."""
        return self.names.get(profile_id, profile_id)

    def say(self, reason: Reason) -> str:
        """A reason as a sentence."""
        facts = tuple((name, self._fact(name, fact)) for name, fact in reason.facts)
        return self.texts.reason(dataclasses.replace(reason, facts=facts))

    def say_all(self, reasons: Iterable[Reason]) -> list[str]:
        """Reasons as sentences, in their order."""
        return [self.say(reason) for reason in reasons]

    def limit(self, name: str) -> str:
        """A limit by the name under which the officer knows it."""
        return self.texts.limit(name, self.name)

    def attribute(self, attribute: str, value: str) -> str:
        """A group of the fairness sheet: what it shares, and the value."""
        if attribute == "founder_sex":
            return self.texts.screen(f"founder_sex.{value}")
        named = self.texts.value(Coded("attribute", (attribute,)))
        coded = attribute in ("sector", "stage", "phase", "country")
        shown = self.texts.value(Coded(attribute, (value,))) if coded else value
        return f"{named}: {shown}"

    def _fact(self, name: str, fact: Fact) -> Fact:
        return self.name(fact) if name in NAMED and isinstance(fact, str) else fact


def names_of(
    conn: Connection, startups: Iterable[str] = (), programmes: Iterable[str] = ()
) -> dict[str, str]:
    """Names of profiles by id; those that are gone are left out."""
    wanted = {"startup": startups, "programme": programmes}
    return {
        id: name
        for kind, ids in wanted.items()
        for id, name in names_by_id(conn, kind, ids).items()
    }


def whole_of(outcome: Outcome, texts: Texts) -> Iterator[str]:
    """What came of a run as a whole, in a few sentences."""
    say, here, loads = texts.screen, outcome.sheet.here, outcome.loads
    yield say("rematch.placed", placed=here.placed, able=here.able, startups=here.startups)
    yield say(
        "rematch.places",
        taken=sum(load.taken for load in loads),
        places=sum(load.places or 0 for load in loads),
        programmes=len(loads),
        assumed=sum(load.assumed for load in loads),
        unknown=sum(load.places is None for load in loads),
    )
    gap = _points(texts, outcome.bound - outcome.total)
    yield say("rematch.proved") if outcome.proved else say("rematch.not_proved", gap=gap)
    if here.lowest_placed is not None:
        lowest, without = _points(texts, here.lowest_placed), here.able - here.placed
        yield say("rematch.worst", lowest=lowest, without=without)
    if outcome.sheet.price:
        yield say("rematch.price", price=_points(texts, outcome.sheet.price))
    if outcome.moves:
        yield say("rematch.moves", moves=len(outcome.moves), least=outcome.least_moves)
    elif outcome.least_moves is not None:
        yield say("rematch.no_moves")


def _points(texts: Texts, hundredths: int) -> str:
    return texts.value(hundredths / 100)
