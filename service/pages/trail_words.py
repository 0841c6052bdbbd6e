"""Lines of the audit trail in words: who did what, and to whom."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from data.audit import AuditLine
from data.texts import Texts
from matcher.profile import Incubator, Programme, Startup

PERSON = re.compile(r"(.+) <([^<>]+)>")


@dataclass(frozen=True, slots=True)
class Told:
    """One line in words; ``did`` and ``fields`` are as they are kept where no words are known."""

    at: datetime
    who: str
    email: str | None
    role: str
    did: str
    kind: str | None
    about: str
    fields: tuple[str, ...]


def told(line: AuditLine, texts: Texts, name: Callable[[str, str], str]) -> Told:
    """Tell a line; ``name`` gives the name of a profile by its kind and id."""
    person = PERSON.fullmatch(line.who)
    who, email = person.groups() if person else (line.who, None)
    return Told(
        line.at,
        who,
        email,
        line.role,
        deed(line.action, texts),
        _kind(line.kind, texts),
        name(line.kind, line.id) if line.kind and line.id else line.id or "",
        tuple(_field(field, texts) for field in line.fields),
    )


def deed(action: str, texts: Texts) -> str:
    """An action in words: by the longest beginning that has some, with the rest behind it."""
    said, known = action.split(" "), texts.page_keys
    for many in range(len(said), 0, -1):
        key = f"trail.did.{'_'.join(said[:many]).replace('-', '_')}"
        if key in known:
            return " ".join((texts.page(key), *said[many:]))
    return action


def _kind(kind: str | None, texts: Texts) -> str | None:
    key = f"trail.kind.{kind}"
    return texts.page(key) if key in texts.page_keys else kind


def _field(name: str, texts: Texts) -> str:
    try:
        return texts.field(name)
    except KeyError:
        return name


def named(profile: Startup | Programme | Incubator, lang: str) -> str:
    """A profile's name; of an incubator its Vietnamese one in Vietnamese."""
    own: str | None = getattr(profile, "name_vi", None) if lang == "vi" else None
    return own or profile.name
