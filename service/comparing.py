"""Two lists of the same asker, before and after a change: who comes in, falls out, rises, falls.

Here both lists are at hand, with every match; ``service/what_if.py`` says it of a startup's long
list and judges only what is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from matcher.ranking import Match, Part, Ranking, Refusal


@dataclass(frozen=True, slots=True)
class PartChange:
    """A part of a score whose points changed, with what it says now."""

    rule: str
    before: float
    now: Part


@dataclass(frozen=True, slots=True)
class Standing:
    """One profile in the list after the change.

    ``rank`` counts from 1; ``before`` is its match in the list before with its rank there, or None
    where it was not open, and then ``refusal`` is why.
    """

    rank: int
    match: Match
    before: tuple[int, Match] | None
    refusal: Refusal | None
    parts: tuple[PartChange, ...]

    @property
    def gain(self) -> float | None:
        """Points more than before; None where it was not open before."""
        if self.before is None:
            return None
        return round(self.match.score - self.before[1].score, 2)

    @property
    def rise(self) -> int:
        """Ranks gained; 0 where it was not open before."""
        return 0 if self.before is None else self.before[0] - self.rank

    @property
    def way(self) -> str:
        """``opened``, ``rose``, ``fell`` or ``same``."""
        if self.gain is None:
            return "opened"
        return "rose" if self.gain > 0 else "fell" if self.gain < 0 else "same"


@dataclass(frozen=True, slots=True)
class FellOut:
    """A profile that was open before and is not now: its rank and score then, and why."""

    rank: int
    match: Match
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Compared:
    """The list after a change beside the one before; counts are of the whole lists."""

    standings: tuple[Standing, ...]
    fell_out: tuple[FellOut, ...]
    before: Ranking
    after: Ranking

    def count(self, way: str) -> int:
        """How many of the list went a way; see :attr:`Standing.way`."""
        return sum(one.way == way for one in self.standings)

    @property
    def is_same(self) -> bool:
        """Whether nothing changed at all."""
        return not self.fell_out and all(one.way == "same" for one in self.standings)


def compared(before: Ranking, after: Ranking) -> Compared:
    """Hold two rankings of one asker against each other, each with all its matches and refusals."""
    was = {match.id: (rank, match) for rank, match in enumerate(before.matches, 1)}
    shut = {refusal.id: refusal for refusal in before.refusals}
    refused = {refusal.id: refusal for refusal in after.refusals}
    standings = tuple(
        standing(rank, match, was.get(match.id), shut.get(match.id))
        for rank, match in enumerate(after.matches, 1)
    )
    fell_out = tuple(
        FellOut(rank, match, refused[id]) for id, (rank, match) in was.items() if id in refused
    )
    return Compared(standings, fell_out, before, after)


def standing(
    rank: int, match: Match, before: tuple[int, Match] | None, refusal: Refusal | None
) -> Standing:
    """A match of the list after a change, held against what it was before."""
    parts = () if before is None else _changed(before[1], match)
    return Standing(rank, match, before, refusal, parts)


def _changed(before: Match, now: Match) -> tuple[PartChange, ...]:
    points = {part.rule: part.points for part in before.parts}
    return tuple(
        PartChange(part.rule, points[part.rule], part)
        for part in now.parts
        if part.rule in points and part.points != points[part.rule]
    )
