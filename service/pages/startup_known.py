"""What a visitor may know of a startup, and what was decided on it: read alike by all its pages."""

from __future__ import annotations

from dataclasses import dataclass

from data import decisions, profiles
from data.decisions import Decision
from data.engines import Connection
from matcher.profile import Startup
from service.pages.doors import PageVisit
from service.pages.programme_facts import Story, story_of
from service.pages.sides import about_startup
from service.pages.startup_facts import (
    Fact,
    personal_facts,
    startup_facts,
    without_personal,
)
from service.security import sight_of


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a startup; ``about`` tells it in a few words, ``withheld`` are labels of
    what needs a consent to be shown."""

    startup: Startup
    about: str
    facts: tuple[Fact, ...]
    story: Story | None
    personal: tuple[Fact, ...]
    withheld: tuple[str, ...]

    @property
    def unknown(self) -> int:
        """How many key facts nobody knows."""
        return sum(fact.text is None for fact in self.facts)


def read_known(visit: PageVisit, conn: Connection, id: str) -> Known:
    """What the visitor may know of a startup, noted for the audit; raises ProfileNotFound."""
    profile = profiles.get(conn, "startup", id)
    assert isinstance(profile, Startup)  # noqa: S101 - narrows a type
    sight, texts = sight_of(visit, conn, "startup", id), visit.texts
    visit.note("read", "startup", id, sight.personal(profile))
    seen = without_personal(profile, sight)
    return Known(
        seen,
        about_startup(seen, texts),
        startup_facts(seen, texts),
        story_of(seen, texts.lang),
        personal_facts(seen, sight.personal(profile), texts),
        tuple(texts.field(name) for name in sight.hidden(profile)),
    )


def decided_on(conn: Connection, id: str) -> dict[str, Decision]:
    """The decision that counts for each programme of a startup that has one."""
    latest = decisions.latest_decisions(conn, id)
    return {one.target_id: one for one in latest if one.target_kind == "programme"}
