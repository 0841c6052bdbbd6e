"""Facts of a startup and of a programme as the pages of a startup list them; unknown is None."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from data.texts import Texts
from matcher.profile import Money, Programme, Startup
from service.pages.programme_facts import in_home_money, told
from service.security import Sight

KEY_FACTS = (
    "sectors", "stage", "city", "legal_status", "founded_on", "target_markets", "markets", "needs",
    "goal", "languages", "team_size", "full_time_people", "revenue_12m", "total_raised",
    "max_equity_percent", "can_travel_weeks", "available_from", "will_incorporate_abroad",
)  # fmt: skip
"""What rules read of a startup, in reading order."""

TERMS = (
    "organisation", "country", "host_country", "status", "application_open", "application_close",
    "intake_months", "rolling", "duration_weeks", "on_site", "on_site_weeks", "capacity", "funding",
    "funding_kind", "equity_percent", "fee", "markets", "sectors", "stages", "services",
    "languages", "min_language_level", "incorporation_required", "as_of",
)  # fmt: skip
"""What an officer weighs of a programme, in reading order."""

OPTIONAL = frozenset({"host_country", "min_language_level"})
"""Terms that are left out where they are unknown: most programmes have none to tell."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A field with its label and what it holds; ``text`` is None where nobody knows.

    ``beside`` is a sum in the home currency with the day of its rate.
    """

    field: str
    label: str
    text: str | None
    beside: str | None = None


def startup_facts(startup: Startup, texts: Texts) -> tuple[Fact, ...]:
    """The key facts of a startup."""
    return tuple(_facts(startup, KEY_FACTS, texts))


def programme_facts(programme: Programme, texts: Texts) -> tuple[Fact, ...]:
    """The terms of a programme."""
    facts = _facts(programme, TERMS, texts)
    return tuple(one for one in facts if one.text is not None or one.field not in OPTIONAL)


def personal_facts(startup: Startup, names: tuple[str, ...], texts: Texts) -> tuple[Fact, ...]:
    """Personal fields that may be shown; founders by their names."""
    return tuple(_facts(startup, names, texts))


def without_personal(startup: Startup, sight: Sight) -> Startup:
    """The startup with what must not be shown taken out."""
    changes: dict[str, Any] = dict.fromkeys(sight.hidden(startup))
    return replace(startup, **changes)


def _facts(profile: Startup | Programme, names: tuple[str, ...], texts: Texts) -> Iterator[Fact]:
    for name in names:
        value = getattr(profile, name)
        label = name
        if name == "founded_on" and value is None:
            label, value = "founded_year", getattr(profile, "founded_year", None)
        beside = in_home_money(value, texts) if isinstance(value, Money) else None
        yield Fact(name, texts.field(label), told(type(profile), label, value, texts), beside)
