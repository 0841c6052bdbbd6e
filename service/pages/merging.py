"""Two edits of one version of a profile, joined field by field; and the sources of what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from matcher.profile import FactSource, Profile
from service.profile_forms import Body
from service.profiles_api import changed_fields

MINE, THEIRS = "mine", "theirs"
OF_THE_RECORD = frozenset(
    {"id", "source", "source_kind", "as_of", "verified", "fact_sources", "note"}
)
"""Fields that tell of the record itself: no source is noted for them."""


@dataclass(frozen=True, slots=True)
class Joined:
    """One's own edit with what others have changed; ``apart`` are fields that both have changed
    differently, ``taken`` those that only others have."""

    body: Body
    apart: tuple[str, ...]
    taken: tuple[str, ...]


def joined(base: Body | None, mine: Body, theirs: Body, names: Sequence[str]) -> Joined:
    """Join two bodies that rest on the same base; without one, every difference is apart."""
    body, apart, taken = dict(mine), [], []
    for name in names:
        before = base.get(name) if base is not None else None
        own, other = mine.get(name), theirs.get(name)
        if own == other or (base is not None and other == before):
            continue
        if base is not None and own == before:
            body[name] = other
            taken.append(name)
        else:
            apart.append(name)
    return Joined(body, tuple(apart), tuple(taken))


def chosen(mine: Body, theirs: Body, choices: Mapping[str, str]) -> Body:
    """One's own body with the others' value where that was chosen."""
    taken = {name: theirs.get(name) for name, choice in choices.items() if choice == THEIRS}
    return mine | taken


def with_sources(before: Profile, after: Profile, source: str, as_of: date) -> Profile:
    """An edit with the source of every fact that it has changed; others keep their own."""
    changed = [name for name in changed_fields(before, after) if name not in OF_THE_RECORD]
    kept = [one for one in before.fact_sources if one.field not in changed]
    told = [name for name in changed if getattr(after, name) is not None]
    new = [FactSource(name, source, as_of) for name in told]
    return replace(after, fact_sources=(*kept, *new))
