"""Decisions as labels: what was decided on a pair, beside what its parts earn, and its groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data import decisions
from data.decisions import Decision
from data.engines import Connection
from data.folding import words
from matcher.assignment.building import ATTRIBUTES
from matcher.evidence import GRADES
from matcher.profile import Programme, Startup
from matcher.shares import shares_of
from models.acceptance import Group
from models.text import startup_texts
from models.tuning import Floats, Judged
from service.matchmaking import Matchmaker
from service.opening import CITY
from service.preparing import founder_sexes

TARGET = "programme"
GROUPED = ("sector", "stage", "district", "country")
"""Attributes of a round's profiles that gaps are told by, beside language and founders' sex."""

Pair = tuple[str, str]
Rows = dict[Pair, Floats | None]
"""Shares by pair of startup and programme, (parts,); None where the startup is an alumnus."""


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """Decisions that can be learned from, and those that cannot.

    Attributes
    ----------
    judged
        One row for the decision that counts of each pair, oldest first; its round is the calendar
        quarter of that decision.
    groups
        Groups of these rows; by founders' sex only over those who consent to be seen.
    alumni
        Pairs passed over since the programme's own portfolio names the startup: its likeness to the
        alumni would be one to itself.
    gone
        Pairs passed over since the startup or the programme is no longer kept.
    """

    judged: Judged
    groups: tuple[Group, ...]
    alumni: int
    gone: int

    @property
    def passed_over(self) -> int:
        """Decisions that count for a pair but are not learned from."""
        return self.alumni + self.gone


def quarter_of(moment: datetime) -> str:
    """The calendar quarter of a moment in the city, such as ``2026-Q4``; they sort by time.

    A decision names no intake, and most intakes come once or twice a year: a quarter is the longest
    stretch that seldom mixes two of them, and the shortest with decisions enough.
    """
    day = moment.astimezone(CITY)
    return f"{day.year}-Q{(day.month + 2) // 3}"


def labels_of(matchmaker: Matchmaker, conn: Connection, known: Rows) -> Labels:
    """The labels at one moment, inside ``Matchmaker.still``, without groups.

    ``known`` holds what is worked out already, and takes what is new.
    """
    on_record = decisions.latest_of_all(conn, TARGET)
    kept = [one for one in on_record if _is_kept(matchmaker, one)]
    _fill(matchmaker, [pair for pair in map(_pair, kept) if pair not in known], known)
    told = [(one, row) for one in kept if (row := known[_pair(one)]) is not None]
    judged = _judged(tuple(matchmaker.own_scale.points), told)
    return Labels(judged, (), len(kept) - len(told), len(on_record) - len(kept))


def _is_kept(matchmaker: Matchmaker, one: Decision) -> bool:
    startups, programmes = matchmaker.startups.roster, matchmaker.programmes.roster
    return one.startup_id in startups and one.target_id in programmes


def _pair(one: Decision) -> Pair:
    return one.startup_id, one.target_id


def _fill(matchmaker: Matchmaker, pairs: Sequence[Pair], known: Rows) -> None:
    """Work out shares, startup by startup."""
    wanted: dict[str, list[str]] = {}
    for startup, programme in pairs:
        wanted.setdefault(startup, []).append(programme)
    roster = matchmaker.programmes.roster
    for startup, programmes in wanted.items():
        asker = matchmaker.asker_of(startup)
        places = np.array([roster.place(one) for one in programmes], np.intp)
        rows = shares_of(matchmaker.panel, roster, asker, places)
        for place, row in zip(places.tolist(), rows, strict=True):
            programme = roster.profiles[place]
            is_alumnus = _is_alumnus(asker.profile, programme)
            known[startup, programme.id] = None if is_alumnus else row


def _is_alumnus(startup: Startup, programme: Programme) -> bool:
    """Whether a portfolio names a startup, whatever the case, marks and diacritics."""
    names = {words(name) for name in (startup.name, startup.legal_name) if name}
    return any(words(alumnus.company) in names for alumnus in programme.portfolio or ())


def _judged(names: tuple[str, ...], told: Sequence[tuple[Decision, Floats]]) -> Judged:
    return Judged(
        names,
        np.array([row for _, row in told]).reshape(-1, len(names)),
        np.array([GRADES.index(one.decision) for one, _ in told], np.int64),
        np.array([one.startup_id for one, _ in told], np.str_),
        np.array([one.target_id for one, _ in told], np.str_),
        np.array([quarter_of(one.at) for one, _ in told], np.str_),
    )


# -- groups ------------------------------------------------------------------------------------


def groups_of(matchmaker: Matchmaker, conn: Connection, judged: Judged) -> Iterator[Group]:
    """Groups of labels, inside ``Matchmaker.still``, by the consents of this moment."""
    for name in GROUPED:
        attribute = ATTRIBUTES[name]
        yield from _by(matchmaker, judged, name, attribute.side, attribute.values_of)
    yield from _by(matchmaker, judged, "language", "startup", _language_of)
    ids, owners = np.unique(judged.startups, return_inverse=True)
    seen = [matchmaker.kept("startup", one) for one in ids.tolist()]
    sexes = founder_sexes(conn, matchmaker, seen)
    known = np.any([mask for _, _, mask in sexes], axis=0) if sexes else np.zeros(len(ids), bool)
    for name, value, mask in sexes:
        yield Group(name, value, mask[owners], known[owners])


def _by(
    matchmaker: Matchmaker,
    judged: Judged,
    name: str,
    side: str,
    values_of: Callable[[Any], Sequence[str] | None],
) -> Iterator[Group]:
    """A group for each value of an attribute; pairs of which it is unknown are in none."""
    owners: NDArray[np.str_] = judged.startups if side == "startup" else judged.programmes
    ids, places = np.unique(owners, return_inverse=True)
    values = [values_of(matchmaker.kept(side, one)) for one in ids.tolist()]
    known = np.array([one is not None for one in values], np.bool_)[places]
    for value in sorted({value for some in values for value in some or ()}):
        mask = np.array([value in (some or ()) for some in values], np.bool_)[places]
        yield Group(name, value, mask, known)


def _language_of(startup: Startup) -> tuple[str] | None:
    """The language that a profile is written in, ``both``, or None where nothing is written."""
    written = {text.language for text in startup_texts(startup)}
    return (written.pop() if len(written) == 1 else "both",) if written else None
